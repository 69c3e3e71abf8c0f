//! Challenges over HTTP.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Challenge;
use crate::{Auth, http::Answer};

pub(crate) fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new().routes(routes!(challenge))
}

/// Get a challenge: work that lets one sign-up through where a proof of work is asked for.
#[utoipa::path(post, path = "/api/sign-up/challenge", tag = "users",
    responses((status = 200, body = Challenge)))]
async fn challenge(State(auth): State<Auth>) -> Answer<Challenge> {
    Answer(auth.proofs().challenge())
}

//! What the pages ask while a password is chosen.

use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::post,
};
use countersign_proto::secret::Secret;
use serde::{Deserialize, Serialize};

use crate::{
    Auth,
    http::{
        Answer,
        page::{Posted, Visit},
    },
    password::strength::Strength,
};

pub(crate) fn pages() -> Router<Auth> {
    Router::new().route("/password/strength", post(strength))
}

#[derive(Deserialize)]
struct Chosen {
    password: Secret,
    /// The user's own, separated by blanks.
    #[serde(default)]
    names: String,
}

#[derive(Serialize)]
struct Advice {
    /// 0 to 4.
    score: u8,
    /// Whether the policy takes it.
    accepted: bool,
    /// In the reader's language.
    text: String,
}

async fn strength(Posted { visit, form }: Posted<Chosen>) -> Response {
    match visit.auth.passwords().strength(&form.password, &form.names, &visit.client).await {
        Ok(strength) => Answer(advice(&visit, &strength)).into_response(),
        Err(error) => error.into_response(),
    }
}

fn advice(visit: &Visit, strength: &Strength) -> Advice {
    let score = strength.score;
    let text = match &strength.refused {
        Some(denied) => visit.said(denied),
        None => visit.words(&format!("strength-{score}")).unwrap_or_default(),
    };
    Advice { score, accepted: strength.refused.is_none(), text }
}

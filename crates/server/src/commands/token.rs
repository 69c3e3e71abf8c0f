//! `countersign token`: sessions and the tokens that come of them.

use countersign::{Auth, Session, SessionId};
use serde_json::{Value, json};

use super::{collect, find};
use crate::{
    cli::TokenCommand,
    exit::Problem,
    output::{Output, table, time},
    prompt,
};

pub(super) async fn run(command: TokenCommand, auth: &Auth, out: Output) -> Result<(), Problem> {
    match command {
        TokenCommand::List { user, limit } => {
            let sessions = listed(user.as_deref(), limit, auth).await?;
            Ok(out.show(&sessions, |sessions| shown(sessions))?)
        }
        TokenCommand::Revoke { id: Some(id), .. } => {
            revoke(&id, auth).await.map_err(|problem| problem.about(&id))?;
            done(&json!(id), out)
        }
        TokenCommand::Revoke { user: Some(user), .. } => {
            let user = find(auth, &user).await?.id;
            auth.users().end_everything(user).await?;
            done(&json!(user), out)
        }
        TokenCommand::Revoke { .. } => {
            auth.tokens().revoke(&prompt::line("the token")?).await?;
            done(&Value::Null, out)
        }
        TokenCommand::Purge => {
            let purged = auth.purge().await?;
            Ok(out.show(&purged, |purged| {
                format!("{} accounts deleted, {} rows dropped.", purged.users, purged.rows)
            })?)
        }
    }
}

/// A token's id is its session's, a point, and more.
async fn revoke(id: &str, auth: &Auth) -> Result<(), Problem> {
    if id.contains('.') {
        return Ok(auth.tokens().revoke_by_id(id).await?);
    }
    Ok(auth.sessions().end(parse(id)?).await?)
}

fn parse(id: &str) -> Result<SessionId, Problem> {
    id.parse().map_err(|_| {
        Problem::usage("expected the id of a session or of a token; a token itself goes to --stdin")
    })
}

fn done(what: &Value, out: Output) -> Result<(), Problem> {
    Ok(out.show(&json!({ "revoked": what }), |_| "Revoked.".to_owned())?)
}

async fn listed(
    user: Option<&str>,
    limit: Option<usize>,
    auth: &Auth,
) -> Result<Vec<Session>, Problem> {
    if let Some(user) = user {
        let mut sessions = auth.sessions().of(find(auth, user).await?.id).await?;
        sessions.truncate(limit.unwrap_or(usize::MAX));
        return Ok(sessions);
    }
    collect(limit, async |after, size| {
        let after = after.as_deref().map(parse).transpose()?;
        Ok(auth.sessions().list(after, size).await?)
    })
    .await
}

fn shown(sessions: &[Session]) -> String {
    let row = |session: &Session| {
        [
            session.id.to_string(),
            session.user_id.to_string(),
            session.client_id.clone(),
            session.scope.clone(),
            time(session.created_at),
            time(session.last_seen_at),
            time(session.expires_at),
            session.address.clone().unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = sessions.iter().map(row).collect();
    table(["SESSION", "USER", "CLIENT", "SCOPE", "CREATED", "LAST SEEN", "ENDS", "ADDRESS"], &rows)
}

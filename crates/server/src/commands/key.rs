//! `countersign key`: API keys.

use countersign::{ApiKey, ApiKeyId, Auth, NewApiKey, proto::scope::Scope};
use serde_json::json;

use super::{collect, find};
use crate::{
    cli::KeyCommand,
    exit::Problem,
    output::{Output, note, table, time, time_or},
};

pub(super) async fn run(command: KeyCommand, auth: &Auth, out: Output) -> Result<(), Problem> {
    match command {
        KeyCommand::Add { who, name, scope, expires_in } => {
            let new = NewApiKey { name, scope: scopes(&scope)?, expires_in };
            add(&who.user, new, auth, out).await
        }
        KeyCommand::List { user, limit } => {
            let keys = listed(user.as_deref(), limit, auth).await?;
            Ok(out.show(&keys, |keys| shown(keys))?)
        }
        KeyCommand::Revoke { id } => {
            let key = parse(&id)?;
            auth.api_keys().revoke(key).await.map_err(|e| Problem::from(e).about(&id))?;
            Ok(out.show(&json!({ "revoked": key }), |_| format!("Revoked {key}."))?)
        }
    }
}

fn scopes(given: &[String]) -> Result<Scope, Problem> {
    given.join(" ").parse().map_err(|why: countersign::proto::scope::ScopeError| {
        Problem::usage(format!("--scope: {why}"))
    })
}

fn parse(id: &str) -> Result<ApiKeyId, Problem> {
    id.parse().map_err(|why| Problem::usage(format!("the key's id is {why}")))
}

/// The key alone on standard output, so that it can be piped; what it is on standard error.
async fn add(who: &str, new: NewApiKey, auth: &Auth, out: Output) -> Result<(), Problem> {
    let user = find(auth, who).await?;
    let created = auth.api_keys().create(user.id, new).await?;
    if !out.is_json() {
        let until = time_or(created.api_key.expires_at, "it is revoked");
        note(&format!("API key {}, good until {until}. Shown this once:", created.api_key.id));
    }
    Ok(out.show(&created, |created| created.key.clone())?)
}

async fn listed(
    user: Option<&str>,
    limit: Option<usize>,
    auth: &Auth,
) -> Result<Vec<ApiKey>, Problem> {
    if let Some(user) = user {
        let mut keys = auth.api_keys().of(find(auth, user).await?.id).await?;
        keys.truncate(limit.unwrap_or(usize::MAX));
        return Ok(keys);
    }
    collect(limit, async |after, size| {
        let after = after.as_deref().map(parse).transpose()?;
        Ok(auth.api_keys().list(after, size).await?)
    })
    .await
}

fn shown(keys: &[ApiKey]) -> String {
    let row = |key: &ApiKey| {
        [
            key.id.to_string(),
            key.user_id.to_string(),
            key.name.clone(),
            key.hint.clone(),
            key.scope.clone(),
            time(key.created_at),
            time_or(key.expires_at, "never"),
            time_or(key.last_used_at, "never"),
        ]
    };
    let rows: Vec<_> = keys.iter().map(row).collect();
    table(["ID", "USER", "NAME", "HINT", "SCOPE", "CREATED", "EXPIRES", "LAST USED"], &rows)
}

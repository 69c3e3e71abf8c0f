//! `countersign keys`: signing keys.

use countersign::{Auth, KeyInfo, Rotate};

use crate::{
    cli::KeysCommand,
    exit::Problem,
    output::{Output, table, time, time_or},
};

pub(super) async fn run(command: &KeysCommand, auth: &Auth, out: Output) -> Result<(), Problem> {
    match command {
        KeysCommand::List => {
            let keys = auth.signing_keys().list().await?;
            Ok(out.show(&keys, |keys| listed(keys))?)
        }
        KeysCommand::Rotate { at_once } => {
            let when = if *at_once { Rotate::AtOnce } else { Rotate::Published };
            let key = auth.signing_keys().rotate(when).await?;
            Ok(out.show(&key, |key| {
                format!("The new key {} signs from {} on.", key.kid, time(key.active_at))
            })?)
        }
    }
}

fn listed(keys: &[KeyInfo]) -> String {
    let row = |key: &KeyInfo| {
        [
            key.kid.clone(),
            key.algorithm.clone(),
            time(key.created_at),
            time(key.active_at),
            time_or(key.expires_at, "in service"),
        ]
    };
    let rows: Vec<_> = keys.iter().map(row).collect();
    table(["KID", "ALGORITHM", "CREATED", "SIGNS FROM", "VERIFIES UNTIL"], &rows)
}

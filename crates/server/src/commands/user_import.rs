//! `countersign user import`: users with the password hashes of another system.

use std::{
    io::{self, Read},
    path::Path,
};

use countersign::{Auth, Confirmed, NewUser};
use serde::Deserialize;
use serde_json::json;

use super::db::progress_bar;
use crate::{
    exit::Problem,
    output::{Output, note},
};

/// One line of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    username: Option<String>,
    email: Option<String>,
    password_hash: String,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    confirmed: bool,
}

/// Reads all lines before it changes anything; then each user is taken over or told about.
pub(super) async fn run(file: &Path, auth: &Auth, out: Output) -> Result<(), Problem> {
    let text = read(file)?;
    let lines = parse(file, &text)?;
    let bar = progress_bar("users", u64::try_from(lines.len()).unwrap_or(0));
    let (mut imported, mut refused) = (0_u64, Vec::new());
    for (number, line) in lines {
        let (new, hash) = line.into_user();
        match auth.users().import(new, &hash).await {
            Ok(_) => imported += 1,
            Err(error) => {
                let problem = Problem::from(error);
                refused.push(json!({ "line": number, "reason": problem.to_string() }));
                bar.suspend(|| note(&format!("{}:{number}: {problem}", file.display())));
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let failed = refused.len();
    out.show(&json!({ "imported": imported, "refused": refused }), |_| {
        format!("{imported} users imported, {failed} refused.")
    })?;
    let text = format!("{failed} users were refused");
    match (failed, imported) {
        (0, _) => Ok(()),
        (_, 0) => Err(Problem::usage(text)),
        _ => Err(Problem::failed(text)),
    }
}

fn read(file: &Path) -> Result<String, Problem> {
    if file == Path::new("-") {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).map_err(unreadable(file))?;
        return Ok(text);
    }
    std::fs::read_to_string(file).map_err(unreadable(file))
}

fn unreadable(file: &Path) -> impl Fn(io::Error) -> Problem {
    move |error| Problem::usage(format!("{}: {error}", file.display()))
}

fn parse(file: &Path, text: &str) -> Result<Vec<(usize, Line)>, Problem> {
    let numbered = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    numbered
        .map(|(index, line)| {
            let parsed = serde_json::from_str(line).map_err(|error| {
                // The error's own words may quote a hash.
                let place = format!("{}:{}:{}", file.display(), index + 1, error.column());
                Problem::usage(format!(
                    "{place}: expected a JSON object with username or email, password_hash, and \
                     perhaps roles and confirmed; nothing was imported"
                ))
            })?;
            Ok((index + 1, parsed))
        })
        .collect()
}

impl Line {
    fn into_user(self) -> (NewUser, String) {
        let new = NewUser {
            username: self.username,
            email: self.email,
            roles: self.roles,
            confirmed: if self.confirmed { Confirmed::Yes } else { Confirmed::No },
            ..NewUser::default()
        };
        (new, self.password_hash)
    }
}

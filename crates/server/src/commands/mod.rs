//! Commands on the database. Each is a call of the library and a way to show its answer; a running
//! server on the same database takes changes over within a fraction of a second.

mod config;
mod db;
mod key;
mod keys;
mod mail;
mod token;
mod user;
mod user_import;

use clap_complete::Shell;
use countersign::{Auth, Page, User, UserId};

use crate::{
    cli::{self, Command},
    exit::Problem,
    open,
    output::{self, Output},
    settings::Effective,
};

/// Runs a command other than `serve`, `demo` and `completions`.
pub(crate) async fn run(
    command: Command,
    effective: &Effective,
    out: Output,
) -> Result<(), Problem> {
    if let Command::Config(command) = command {
        return config::run(&command, effective, out);
    }
    if let Command::Db(command) = command {
        return db::run(command, effective, out).await;
    }
    let auth = open::visit(effective).await?;
    match command {
        Command::User(command) => user::run(command, &auth, out).await,
        Command::Token(command) => token::run(command, &auth, out).await,
        Command::Key(command) => key::run(command, &auth, out).await,
        Command::Keys(command) => keys::run(&command, &auth, out).await,
        Command::Mail(command) => mail::run(command, &auth, out).await,
        Command::Serve
        | Command::Demo
        | Command::Db(_)
        | Command::Config(_)
        | Command::Completions { .. } => Ok(()),
    }
}

/// Prints the script.
pub(crate) fn completions(shell: Shell, out: Output) -> Result<(), Problem> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::command(), "countersign", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let value = serde_json::json!({ "shell": shell.to_string(), "script": script });
    Ok(out.show(&value, |_| script)?)
}

/// The user with this id, user name or e-mail address.
async fn find(auth: &Auth, who: &str) -> Result<User, Problem> {
    let found = match who.parse::<UserId>() {
        Ok(id) => auth.users().get(id).await,
        Err(_) => auth.users().find(who).await,
    };
    found.map_err(|error| Problem::from(error).about(&output::clean(who)))
}

/// All pages of a list, up to `limit` items.
async fn collect<T>(
    limit: Option<usize>,
    mut page: impl AsyncFnMut(Option<String>, u32) -> Result<Page<T>, Problem>,
) -> Result<Vec<T>, Problem> {
    const PAGE: u32 = 100;
    let limit = limit.unwrap_or(usize::MAX);
    let (mut items, mut after) = (Vec::new(), None);
    while items.len() < limit {
        let next = page(after, PAGE).await?;
        items.extend(next.items);
        match next.next {
            Some(last) => after = Some(last),
            None => break,
        }
    }
    items.truncate(limit);
    Ok(items)
}

//! Passwords and confirmations from the person at the terminal, or from standard input.

use std::io::{self, BufRead, IsTerminal, Read};

use countersign::proto::secret::Secret;

use crate::{cli::PasswordFrom, exit::Problem};

/// Longer lines are not passwords.
const LONGEST: u64 = 64 * 1024;

/// A new password: asked for twice without showing it, or one line of standard input.
///
/// # Errors
/// When there is nobody to ask, or the two differ.
pub(crate) fn new_password(from: &PasswordFrom) -> Result<Secret, Problem> {
    if from.password_stdin || !io::stdin().is_terminal() {
        return line("the password");
    }
    let ask = |prompt| rpassword::prompt_password(prompt).map(Secret::from);
    let first = ask("Password: ")?;
    let second = ask("Password again: ")?;
    if first != second {
        return Err(Problem::usage("the two passwords differ; nothing was changed"));
    }
    Ok(first)
}

/// One line of standard input, without its end.
///
/// # Errors
/// When it is empty or no UTF-8.
pub(crate) fn line(what: &str) -> Result<Secret, Problem> {
    let mut text = String::new();
    io::stdin()
        .lock()
        .take(LONGEST)
        .read_line(&mut text)
        .map_err(|error| Problem::usage(format!("{what} could not be read: {error}")))?;
    let ending = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(ending);
    if text.is_empty() {
        return Err(Problem::usage(format!("{what} was expected as a line of standard input")));
    }
    Ok(text.into())
}

/// Asks before something that cannot be taken back.
///
/// # Errors
/// When the answer is not yes, or there is nobody to ask.
pub(crate) fn confirm(question: &str) -> Result<(), Problem> {
    if !io::stdin().is_terminal() {
        return Err(Problem::usage("there is no terminal to ask at: add --yes"));
    }
    crate::output::note(&format!("{question} Type yes to go on:"));
    let answer = line("yes or no")?;
    if answer.reveal().trim() == "yes" {
        return Ok(());
    }
    Err(Problem::usage("nothing was changed"))
}

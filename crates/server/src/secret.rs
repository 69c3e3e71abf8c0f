//! Where the master secret comes from: the environment, a command, or a file that is made when it is
//! missing. One of them, and no argument: arguments are visible to every user of the machine.

use std::{
    io::Read,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use countersign::{Auth, Builder, proto::seal::MasterKey};

use crate::{
    exit::Problem,
    settings::{Effective, SECRET_VARIABLE},
};

/// How long a command may take: somebody may have to type a passphrase.
const PATIENCE: Duration = Duration::from_secs(60);

/// More than any secret has.
const MOST: u64 = 1024;

/// The one source that is set.
pub(crate) enum Secret<'a> {
    /// The variable [`SECRET_VARIABLE`].
    Environment,
    /// What a program writes to its standard output: the program and its arguments.
    Command(&'a str, &'a [String]),
    /// This file; `None`: as the library has it.
    File(Option<&'a PathBuf>),
}

impl<'a> Secret<'a> {
    /// Which one it is.
    ///
    /// # Errors
    /// When two are set, naming both.
    pub(crate) fn source(effective: &'a Effective) -> Result<Self, Problem> {
        let in_environment = std::env::var_os(SECRET_VARIABLE).is_some();
        let file = effective.server.secret_file.as_ref();
        let command = effective.server.secret_command.0.split_first();
        let besides = |setting: &str, other: &str| {
            Err(effective.mistake(setting, &format!("nothing, as {other} is set")))
        };
        let variable = format!("the environment variable {SECRET_VARIABLE}");
        match (in_environment, command, file) {
            (true, Some(_), _) => besides("secret_command", &variable),
            (true, None, Some(_)) => besides("secret_file", &variable),
            (true, None, None) => Ok(Self::Environment),
            (false, Some(_), Some(_)) => besides(
                "secret_command",
                &format!("secret_file ({})", effective.source("secret_file")),
            ),
            (false, Some((program, arguments)), None) => Ok(Self::Command(program, arguments)),
            (false, None, file) => Ok(Self::File(file)),
        }
    }

    /// In words, for whoever wants to know where it is kept.
    pub(crate) fn place(&self, effective: &Effective) -> String {
        match self {
            Self::Environment => format!("environment variable {SECRET_VARIABLE}"),
            Self::Command(program, _) => format!("output of {program}"),
            Self::File(Some(path)) => path.display().to_string(),
            Self::File(None) => {
                let path = Auth::builder(&effective.server.database).secret_path();
                path.map_or_else(|| "in memory".to_owned(), |path| path.display().to_string())
            }
        }
    }

    /// Hands the secret over; runs the command for it.
    ///
    /// # Errors
    /// Exit code 2 when there is none, or none that can be used; never with a part of it.
    pub(crate) fn give(&self, builder: Builder, effective: &Effective) -> Result<Builder, Problem> {
        match self {
            Self::Environment => {
                let text = std::env::var(SECRET_VARIABLE).unwrap_or_default();
                let key = MasterKey::from_text(&text).map_err(|why| {
                    Problem::usage(format!("environment variable {SECRET_VARIABLE}: {why}"))
                })?;
                Ok(builder.master_key(key))
            }
            Self::Command(program, arguments) => {
                let key = output(program, arguments, PATIENCE)
                    .and_then(|text| MasterKey::from_text(&text).map_err(|why| why.to_string()));
                let key = key.map_err(|why| {
                    let source = effective.source("secret_command");
                    Problem::usage(format!("{source}: secret_command: {program}: {why}"))
                })?;
                Ok(builder.master_key(key))
            }
            Self::File(Some(path)) => Ok(builder.secret_file(path.as_path())),
            Self::File(None) => Ok(builder),
        }
    }
}

/// What a program writes to its standard output. Its errors go where ours go; it reads nothing, as
/// what is on our standard input is for us.
fn output(program: &str, arguments: &[String], patience: Duration) -> Result<String, String> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("it cannot be run: {error}"))?;
    let (done, ended) = mpsc::channel();
    let stdout = child.stdout.take();
    // Detached: something it started may hold its output open for ever.
    thread::spawn(move || {
        let mut text = String::new();
        let read = stdout.map_or(Ok(0), |out| out.take(MOST + 1).read_to_string(&mut text));
        // Nobody waits any more when it is late.
        let _ = done.send(read.map(|_| text));
    });
    let Ok(read) = ended.recv_timeout(patience) else {
        return end(child, &format!("it did not end its output within {} s", patience.as_secs()));
    };
    let Ok(text) = read else { return end(child, "its output is no text") };
    if text.len() as u64 > MOST {
        return end(child, &format!("its output is longer than {MOST} bytes"));
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    match () {
        () if !status.success() => Err(format!("it failed: {status}")),
        () if text.trim().is_empty() => Err("its output is empty".into()),
        () => Ok(text),
    }
}

/// Ends a program that is of no use any more.
fn end(mut child: Child, why: &str) -> Result<String, String> {
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
    Err(why.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        let begun = std::time::Instant::now();

        let refused = output("sleep", &["60".into()], Duration::from_millis(100)).unwrap_err();

        assert!(refused.contains("did not end"), "{refused}");
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}

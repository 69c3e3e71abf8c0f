//! The command line: what can be asked for, and its `--help`. What it does is in `commands/` and
//! `serve/`.

mod import;

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

pub(crate) use import::{Columns, Format, ImportUsers};

use crate::{
    exit,
    settings::{self, Listed},
};

/// Users, passwords, tokens that can be taken back, API keys and roles, behind one HTTP API.
#[derive(Debug, Parser)]
#[command(
    name = "countersign",
    version,
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Print results as JSON
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub(crate) json: bool,
    /// The TOML file [default: ./countersign.toml, if there is one] [env: COUNTERSIGN_CONFIG]
    #[arg(long, global = true, value_name = "PATH", help_heading = "Everywhere")]
    pub(crate) config: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Begin here:
  countersign demo                          sample users on a temporary database, ready to try
  countersign serve                         http://127.0.0.1:8080 on ./countersign.db
  countersign user add NAME --role admin    the first administrator

Settings:
  Every setting is a flag, an environment variable and a TOML key: --hashing-memory-kib,
  COUNTERSIGN_HASHING_MEMORY_KIB, and memory_kib in the table [hashing]. Flags go before the
  environment, that before the file. `countersign config show` tells what is in force and why,
  `countersign config show --template` prints a file to begin with. The master secret may come
  from COUNTERSIGN_SECRET or a command instead of a file; no secret is ever taken from an argument.

";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the HTTP API
    Serve,
    /// Serve sample users from a temporary database, to try things out
    Demo,
    /// Users: add, list, change, lock, delete
    #[command(subcommand)]
    User(UserCommand),
    /// Sessions and their tokens: list, take back
    #[command(subcommand)]
    Token(TokenCommand),
    /// API keys: make, list, revoke
    #[command(subcommand)]
    Key(KeyCommand),
    /// Signing keys: list, rotate
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Mail: what waits in the outbox, whether it arrives
    #[command(subcommand)]
    Mail(MailCommand),
    /// The database: migrate, back up, restore, move, check
    #[command(subcommand)]
    Db(DbCommand),
    /// The configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print a script that completes commands in your shell
    Completions {
        /// Whose script
        shell: Shell,
    },
}

/// Who is meant: an id, a user name or an e-mail address.
#[derive(Debug, Args)]
pub(crate) struct Who {
    /// Id, user name or e-mail address
    #[arg(value_name = "USER")]
    pub(crate) user: String,
}

/// Where a password comes from. Never from an argument: others could read it.
#[derive(Debug, Args)]
pub(crate) struct PasswordFrom {
    /// Read the password from standard input, one line, instead of asking for it
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Make an account; asks for the password
    Add(AddUser),
    /// List users
    List {
        /// At most so many
        #[arg(long, value_name = "COUNT")]
        limit: Option<usize>,
    },
    /// Show a user
    Show(Who),
    /// Lock an account: everything of the user is refused from now on
    Disable(Who),
    /// Unlock an account; what was ended stays ended
    Enable(Who),
    /// Mark an account as confirmed
    Confirm(Who),
    /// Delete an account with all that belongs to it
    Delete {
        #[command(flatten)]
        who: Who,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Set a password and end everything of the user; asks for it
    SetPassword {
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        password: PasswordFrom,
    },
    /// Print a link by which the user chooses a new password, to hand over; it works once
    ResetLink(Who),
    /// Mail an invitation to sign up with this address; it is good for seven days
    Invite {
        /// The e-mail address of the account to be
        #[arg(value_name = "ADDRESS")]
        address: String,
        /// Print the link to hand over instead of mailing it
        #[arg(long)]
        print: bool,
    },
    /// Give or take roles
    Role {
        #[command(flatten)]
        who: Who,
        /// Give this role
        #[arg(long, value_name = "ROLE")]
        grant: Vec<String>,
        /// Take this role away
        #[arg(long, value_name = "ROLE")]
        withdraw: Vec<String>,
    },
    /// Take over users with the password hashes of another system
    Import(Box<ImportUsers>),
}

#[derive(Debug, Args)]
pub(crate) struct AddUser {
    /// The user name; one with an @ is an e-mail address
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// The e-mail address, besides the user name
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<String>,
    /// A role; `admin` administers users
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Vec<String>,
    /// The account is to be confirmed by its owner
    #[arg(long)]
    pub(crate) unconfirmed: bool,
    #[command(flatten)]
    pub(crate) password: PasswordFrom,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// List sessions, each with all its tokens
    List {
        /// Of this user only: id, user name or e-mail address
        #[arg(long, value_name = "USER")]
        user: Option<String>,
        /// At most so many
        #[arg(long, value_name = "COUNT")]
        limit: Option<usize>,
    },
    /// Take back: a session with its tokens, or a single token
    #[command(group = clap::ArgGroup::new("what").required(true))]
    Revoke {
        /// The id of a session, or of a token (its `jti`)
        #[arg(value_name = "ID", group = "what")]
        id: Option<String>,
        /// Read the token itself from standard input: access token, refresh token or API key
        #[arg(long, group = "what")]
        stdin: bool,
        /// Everything of this user: sessions, tokens and API keys
        #[arg(long, value_name = "USER", group = "what")]
        user: Option<String>,
    },
    /// Drop what has expired; the server does it every ten minutes
    Purge,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make an API key and print it, this once
    Add {
        #[command(flatten)]
        who: Who,
        /// What to call it
        #[arg(long, value_name = "NAME")]
        name: String,
        /// What it may do; repeat for several
        #[arg(long, value_name = "SCOPE")]
        scope: Vec<String>,
        /// Its life in seconds; without: until it is revoked
        #[arg(long, value_name = "SECONDS")]
        expires_in: Option<u32>,
    },
    /// List API keys
    List {
        /// Of this user only: id, user name or e-mail address
        #[arg(long, value_name = "USER")]
        user: Option<String>,
        /// At most so many
        #[arg(long, value_name = "COUNT")]
        limit: Option<usize>,
    },
    /// Revoke an API key
    Revoke {
        /// Its id
        #[arg(value_name = "ID")]
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// List signing keys
    List,
    /// Make a new signing key; the old ones verify until their last token has expired
    Rotate {
        /// Sign with it at once, as the old one may be in wrong hands
        #[arg(long)]
        at_once: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum MailCommand {
    /// List the youngest mails, without their text: what was sent, what waits and why
    List {
        /// At most so many
        #[arg(long, value_name = "COUNT", default_value_t = 50)]
        limit: u32,
    },
    /// Send a mail that only shows that mail arrives, and say what the server answered
    Test {
        /// The address to send it to
        #[arg(value_name = "ADDRESS")]
        address: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Bring the schema up to date; every command does
    Migrate,
    /// Write the database, as it is at this moment, into a new file, while it is in use
    Backup {
        /// The new file
        #[arg(value_name = "FILE")]
        target: PathBuf,
    },
    /// Fill the database from a backup; whatever was issued before ends, passwords stay
    Restore {
        /// The backup
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Drop what is in the database now
        #[arg(long)]
        replace: bool,
        /// Let sessions, tokens, API keys and links live on; also those that were taken back since
        #[arg(long)]
        keep_sessions: bool,
    },
    /// Say that the database was restored by other means: whatever was issued before ends
    Restored,
    /// Copy everything into another, empty database, where sessions and tokens go on
    #[command(group = clap::ArgGroup::new("target").required(true))]
    Move {
        /// The new database; a URL without a password, which everybody on this machine could read
        #[arg(long, value_name = "URL", group = "target")]
        to: Option<String>,
        /// A file with the URL of the new database
        #[arg(long, value_name = "PATH", group = "target")]
        to_file: Option<PathBuf>,
    },
    /// Check that the database is whole
    Check,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show the settings in force and where each came from
    Show {
        /// Print a TOML file with every setting and its default instead
        #[arg(long)]
        template: bool,
    },
    /// Print a new master secret, to be kept where `secret_command` or COUNTERSIGN_SECRET get it
    Secret,
}

/// The command line with the flags of all settings on every command that takes them.
pub(crate) fn command() -> clap::Command {
    let root = Cli::command().after_help(format!("{AFTER_HELP}{}", exit::TABLE));
    let names: Vec<String> = root.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    names.iter().fold(root, |root, name| match name.as_str() {
        "serve" | "demo" => root.mut_subcommand(name, |c| settings::flags(c, Listed::All)),
        "completions" => root,
        _ => root.mut_subcommand(name, |group| {
            let leaves: Vec<String> =
                group.get_subcommands().map(|c| c.get_name().to_owned()).collect();
            let listed = if ["config", "mail"].contains(&name.as_str()) {
                Listed::All
            } else {
                Listed::Database
            };
            leaves.iter().fold(group, |group, leaf| {
                group.mut_subcommand(leaf, |c| settings::flags(c, listed))
            })
        }),
    })
}

/// The matches of the command that was given in the end: they hold the settings.
pub(crate) fn leaf(matches: &clap::ArgMatches) -> &clap::ArgMatches {
    matches.subcommand().map_or(matches, |(_, inner)| leaf(inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }
}

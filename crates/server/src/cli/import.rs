//! What can be said of an import of users.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use countersign::proto::name::AttributeName;

/// Where users come from, what their columns mean, and what is told about them.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("place").required(true))]
pub(crate) struct ImportUsers {
    /// A CSV file with a head, or JSON lines; `-`: standard input
    #[arg(value_name = "FILE", group = "place")]
    pub(crate) file: Option<PathBuf>,
    /// What FILE is [default: by its name; JSON lines unless it ends in .csv]
    #[arg(long, value_name = "FORMAT", conflicts_with_all = ["from", "from_file"])]
    pub(crate) format: Option<Format>,
    /// The database of the other application: sqlite:FILE or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", group = "place", requires = "table")]
    pub(crate) from: Option<String>,
    /// A file that holds that URL, which then may have a password
    #[arg(long, value_name = "PATH", group = "place", requires = "table")]
    pub(crate) from_file: Option<PathBuf>,
    /// The table there, perhaps with its schema: public.users
    #[arg(long, value_name = "TABLE")]
    pub(crate) table: Option<String>,
    #[command(flatten)]
    pub(crate) columns: Columns,
    /// A column whose text is kept with the user under a name of the application's:
    /// `given_name=first_name`; can be given several times
    #[arg(long, value_name = "NAME=COLUMN", value_parser = attribute)]
    pub(crate) attribute: Vec<(String, String)>,
    /// What a value of the column with the role means: `0=admin`; `2=` is no role. All values have
    /// to be named then
    #[arg(long, value_name = "VALUE=ROLE", value_parser = role_name)]
    pub(crate) map_role: Vec<(String, String)>,
    /// Take all of them for confirmed
    #[arg(long, conflicts_with = "confirmed")]
    pub(crate) all_confirmed: bool,
    /// A name for the other system, where ids of several could be mixed up
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(crate) source: String,
    /// Write nothing; say what would become of each row
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write a JSON line about each row that was not taken to this new file
    #[arg(long, value_name = "PATH")]
    pub(crate) report: Option<PathBuf>,
}

/// Which column holds what. In a file, none of them given means that the columns are called
/// username, email, password_hash, external_id, roles and confirmed.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Columns {
    /// The column with the user name
    #[arg(long, value_name = "COLUMN")]
    pub(crate) username: Option<String>,
    /// The column with the e-mail address
    #[arg(long, value_name = "COLUMN")]
    pub(crate) email: Option<String>,
    /// The column with the password hash
    #[arg(long, value_name = "COLUMN")]
    pub(crate) password_hash: Option<String>,
    /// The column with the id there: old tokens name it, and a second run recognises users by it
    #[arg(long, value_name = "COLUMN")]
    pub(crate) external_id: Option<String>,
    /// The column with the role, or several separated by blanks
    #[arg(long, value_name = "COLUMN")]
    pub(crate) role: Option<String>,
    /// The column that says whether the account is confirmed: 1 or 0, true or false
    #[arg(long, value_name = "COLUMN")]
    pub(crate) confirmed: Option<String>,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Comma-separated values, the first line being their names
    Csv,
    /// A JSON object a line
    Jsonl,
}

fn attribute(text: &str) -> Result<(String, String), String> {
    let (name, column) = text.split_once('=').ok_or("expected NAME=COLUMN")?;
    AttributeName::parse(name).map_err(|why| format!("NAME: {why}"))?;
    Ok((name.to_owned(), column.to_owned()))
}

fn role_name(text: &str) -> Result<(String, String), String> {
    let (value, role) = text.split_once('=').ok_or("expected VALUE=ROLE")?;
    Ok((value.to_owned(), role.to_owned()))
}

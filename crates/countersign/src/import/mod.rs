//! Users of another system, many at a time, with the password hashes they have there. What is not
//! taken over is told about, one by one; a second run takes what the first left out.

mod outcome;
mod table;

use std::collections::{BTreeMap, HashMap, HashSet};

use countersign_proto::secret::Secret;

pub use outcome::Imported;
pub use table::ForeignTable;

use crate::{
    Auth, Confirmed, NewUser,
    error::{Denied, Error, Result},
    store::{
        self, DbError,
        import::Holder,
        user::{External, NewUserRow},
    },
};

/// A user of another system, as it has them.
#[derive(Debug, Clone, Default)]
pub struct ForeignUser {
    /// Shown as it is, unique without regard to case.
    pub username: Option<String>,
    /// Unique without regard to case.
    pub email: Option<String>,
    /// The hash as it is. Its form is checked; it is replaced at the next login.
    pub password_hash: Secret,
    /// What the user may do.
    pub roles: Vec<String>,
    /// Whether the other system confirmed the account.
    pub confirmed: Confirmed,
    /// The id in the other system's table: what its tokens name, and what a second run recognises
    /// the user by.
    pub external_id: Option<String>,
    /// What the application keeps with them. Of whoever is there already nothing is changed.
    pub attributes: BTreeMap<String, String>,
}

/// How users are imported.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Which system they come from, where ids of several could be mixed up; empty otherwise.
    pub source: String,
    /// Whether anything is written.
    pub mode: ImportMode,
}

/// Whether an import writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ImportMode {
    /// It does.
    #[default]
    Take,
    /// It only says what it would do.
    DryRun,
}

/// An import under way, see [`Auth::import`].
pub struct Import<'a> {
    auth: &'a Auth,
    options: ImportOptions,
    /// What a dry run would have taken so far.
    seen: HashSet<Key>,
}

/// What is unique about a user.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Username(String),
    Email(String),
    External(String),
}

/// An outcome that is not written, and the error that keeps it from being.
enum Undone {
    DryRun(Vec<Imported>),
    Failed(Error),
}

impl Auth {
    /// Begins to import users.
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> countersign::Result<()> {
    /// use countersign::{Auth, ForeignUser, ImportOptions, Imported};
    ///
    /// let auth = Auth::open("sqlite::memory:").await?;
    /// let miguel = ForeignUser {
    ///     username: Some("miguel".into()),
    ///     password_hash: "pbkdf2:sha256:1000$salt$\
    ///         847ab60b08d2a6c50296d545fd90dedb93398c0e6104737dfa29d745a3866e35".to_owned().into(),
    ///     external_id: Some("1".into()),
    ///     ..ForeignUser::default()
    /// };
    /// let mut import = auth.import(ImportOptions::default());
    /// let first = import.take(vec![miguel.clone()]).await?;
    /// let again = import.take(vec![miguel]).await?;
    /// assert!(matches!(first[..], [Imported::Taken(_)]));
    /// assert!(matches!(again[..], [Imported::Already]));
    /// assert_eq!(auth.users().by_external_id("", "1").await?.username.as_deref(), Some("miguel"));
    /// # Ok(()) }
    /// ```
    pub fn import(&self, options: ImportOptions) -> Import<'_> {
        Import { auth: self, options, seen: HashSet::new() }
    }
}

impl Import<'_> {
    /// Takes these users over in one transaction and says of each what became of them, in order.
    /// Hundreds to thousands at a time are fast; others wait meanwhile to write.
    ///
    /// # Errors
    /// When the database fails; none of these users is taken over then.
    pub async fn take(&mut self, users: Vec<ForeignUser>) -> Result<Vec<Imported>> {
        let parsed: Vec<_> = users.into_iter().map(|user| self.parse(user)).collect();
        if self.options.mode == ImportMode::Take {
            return self.auth.db().write(async move |tx| insert(tx, parsed).await).await;
        }
        let keys: Vec<_> = parsed.iter().map(|row| row.as_ref().map_or(vec![], keys)).collect();
        let body = async move |tx: &mut store::Tx| {
            let outcomes = insert(tx, parsed).await.map_err(Undone::Failed)?;
            Err::<(), _>(Undone::DryRun(outcomes))
        };
        match self.auth.db().write(body).await {
            Err(Undone::DryRun(outcomes)) => Ok(self.remember(outcomes, &keys)),
            Err(Undone::Failed(error)) => Err(error),
            Ok(()) => Ok(Vec::new()),
        }
    }

    fn parse(&self, user: ForeignUser) -> Result<NewUserRow, Denied> {
        let users = self.auth.users();
        let external = external(&self.options.source, user.external_id)?;
        let hash = user.password_hash;
        if hash.is_empty() {
            return Err(Denied::invalid_request("There is no hash.").field("password_hash"));
        }
        self.auth.passwords().check_foreign(hash.reveal())?;
        let new = NewUser {
            username: user.username,
            email: user.email,
            roles: user.roles,
            confirmed: user.confirmed,
            attributes: user.attributes,
            ..NewUser::default()
        };
        let row = users.imported_row(&new, hash.reveal()).map_err(denied)?;
        Ok(NewUserRow { external, ..row })
    }

    /// What an earlier batch of a dry run would have taken stands in the way of this one.
    fn remember(&mut self, outcomes: Vec<Imported>, keys: &[Vec<Key>]) -> Vec<Imported> {
        let judge = |(outcome, keys): (Imported, &Vec<Key>)| {
            if !matches!(outcome, Imported::Taken(_)) {
                return outcome;
            }
            let taken: Vec<_> = keys.iter().filter(|key| self.seen.contains(*key)).collect();
            let same = taken.len() == keys.len() || taken.iter().any(|key| key.is_external());
            match taken.first() {
                None => {
                    self.seen.extend(keys.iter().cloned());
                    outcome
                }
                Some(_) if same => Imported::Already,
                Some(key) => Imported::Refused(outcome::taken(key.field())),
            }
        };
        outcomes.into_iter().zip(keys).map(judge).collect()
    }
}

async fn insert(
    tx: &mut store::Tx,
    parsed: Vec<Result<NewUserRow, Denied>>,
) -> Result<Vec<Imported>> {
    let rows: Vec<_> = parsed.iter().flatten().collect();
    let taken = tx.import_users(&rows).await?;
    let places = rows.iter().zip(&taken).enumerate().filter(|(_, (_, taken))| **taken);
    let places: HashMap<_, _> = places.map(|(place, (row, _))| (row.id, place)).collect();
    let mut judged = Vec::with_capacity(rows.len());
    for (place, (row, taken)) in rows.into_iter().zip(taken).enumerate() {
        if taken {
            judged.push(Imported::Taken(row.id));
            continue;
        }
        let mut holders = tx.holders(row).await?;
        // Whoever was taken after a row was not in its way.
        holders.retain(|holder| places.get(&holder.id).is_none_or(|other| *other < place));
        judged.push(outcome::in_the_way(row, &holders));
    }
    let mut judged = judged.into_iter();
    let outcomes = parsed.into_iter().map(|row| match row {
        Ok(_) => judged.next(),
        Err(denied) => Some(Imported::Refused(denied)),
    });
    Ok(outcomes.flatten().collect())
}

fn external(source: &str, id: Option<String>) -> Result<Option<External>, Denied> {
    let Some(id) = id else { return Ok(None) };
    let fits = (1..=255).contains(&id.len()) && !id.chars().any(char::is_control);
    if !fits {
        let text = "An external id has 1 to 255 bytes and no control characters.";
        return Err(Denied::invalid_request(text).field("external_id"));
    }
    Ok(Some((source.to_owned(), id)))
}

fn keys(row: &NewUserRow) -> Vec<Key> {
    let username = row.username.iter().map(|pair| Key::Username(pair.1.clone()));
    let email = row.email.iter().map(|pair| Key::Email(pair.1.clone()));
    let external = row.external.iter().map(|pair| Key::External(pair.1.clone()));
    username.chain(email).chain(external).collect()
}

impl Key {
    fn is_external(&self) -> bool {
        matches!(self, Self::External(_))
    }

    fn field(&self) -> &'static str {
        match self {
            Self::Username(_) => "username",
            Self::Email(_) => "email",
            Self::External(_) => "external_id",
        }
    }
}

/// Parsing a row asks nobody, so whatever is wrong is the row.
fn denied(error: Error) -> Denied {
    match error {
        Error::Denied(denied) => denied,
        Error::Failed(failed) => Denied::invalid_request(failed.to_string()),
    }
}

impl From<DbError> for Undone {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

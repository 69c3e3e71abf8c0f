//! Which column is what of a user, and from a row to a user.

use std::collections::BTreeMap;

use countersign::{Confirmed, ForeignUser};

use crate::{
    cli::{Columns, ImportUsers},
    exit::Problem,
};

/// What a column says of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Field {
    Username,
    Email,
    PasswordHash,
    ExternalId,
    Role,
    Confirmed,
    /// One that the application keeps, by its name.
    Attribute(String),
}

/// The columns of a file that nobody said anything about.
const USUAL: [(Field, &str); 6] = [
    (Field::Username, "username"),
    (Field::Email, "email"),
    (Field::PasswordHash, "password_hash"),
    (Field::ExternalId, "external_id"),
    (Field::Role, "roles"),
    (Field::Confirmed, "confirmed"),
];

/// The texts of one cell: none is NULL, and only roles may be several.
pub(super) type Cell = Vec<String>;

/// The columns that are read, in the order of a row's cells.
pub(super) struct Mapping {
    columns: Vec<(Field, String)>,
    roles: BTreeMap<String, String>,
    confirmed: Confirmed,
    /// The columns were named, but for attributes: others are none of our business.
    pub(super) is_given: bool,
}

impl Mapping {
    pub(super) fn new(arguments: &ImportUsers) -> Result<Self, Problem> {
        let given = given(&arguments.columns);
        let is_given = !given.is_empty();
        if arguments.file.is_none() || is_given {
            let has = |field: &Field| given.iter().any(|(known, _)| known == field);
            if !has(&Field::Username) && !has(&Field::Email) {
                return Err(Problem::usage("--username or --email has to name a column"));
            }
            if !has(&Field::PasswordHash) {
                return Err(Problem::usage("--password-hash has to name a column"));
            }
        }
        let usual = || USUAL.map(|(field, name)| (field, name.to_owned())).to_vec();
        let mut columns = if is_given { given } else { usual() };
        let attribute =
            |(name, column): &(String, String)| (Field::Attribute(name.clone()), column.clone());
        columns.extend(arguments.attribute.iter().map(attribute));
        Ok(Self {
            columns,
            roles: arguments.map_role.iter().cloned().collect(),
            confirmed: if arguments.all_confirmed { Confirmed::Yes } else { Confirmed::No },
            is_given,
        })
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|(_, name)| name.as_str()).collect()
    }

    /// The columns that have to be there: those that somebody named.
    pub(super) fn needed(&self) -> Vec<&str> {
        let named =
            |(field, _): &&(Field, String)| self.is_given || matches!(field, Field::Attribute(_));
        self.columns.iter().filter(named).map(|(_, name)| name.as_str()).collect()
    }

    /// Only the columns that are there.
    pub(super) fn keep(&mut self, is_there: impl Fn(&str) -> bool) {
        self.columns.retain(|(_, name)| is_there(name));
    }

    /// The user of a row, or what is wrong with it.
    pub(super) fn user(&self, cells: Vec<Cell>) -> Result<ForeignUser, String> {
        let mut user = ForeignUser { confirmed: self.confirmed, ..ForeignUser::default() };
        for ((field, name), cell) in self.columns.iter().zip(cells) {
            if *field == Field::Role {
                user.roles = self.roles(cell)?;
                continue;
            }
            let text = single(cell).map_err(|()| format!("{name}: one text is expected"))?;
            match field {
                Field::Username => user.username = text,
                Field::Email => user.email = text,
                Field::PasswordHash => user.password_hash = text.unwrap_or_default().into(),
                Field::ExternalId => user.external_id = text,
                Field::Confirmed => user.confirmed = self.confirmed(name, text.as_deref())?,
                Field::Attribute(name) => {
                    user.attributes.extend(text.map(|text| (name.clone(), text)));
                }
                Field::Role => {}
            }
        }
        Ok(user)
    }

    fn roles(&self, cell: Cell) -> Result<Vec<String>, String> {
        if self.roles.is_empty() {
            let roles = cell.iter().flat_map(|text| text.split([' ', ',']));
            return Ok(roles.filter(|role| !role.is_empty()).map(str::to_owned).collect());
        }
        let mapped = cell.iter().map(|value| {
            let role = self.roles.get(value);
            role.cloned().ok_or_else(|| format!("role: {value:?} is not among --map-role"))
        });
        let roles: Vec<String> = mapped.collect::<Result<_, _>>()?;
        Ok(roles.into_iter().filter(|role| !role.is_empty()).collect())
    }

    fn confirmed(&self, name: &str, text: Option<&str>) -> Result<Confirmed, String> {
        if self.confirmed == Confirmed::Yes {
            return Ok(Confirmed::Yes);
        }
        match text.unwrap_or("0").to_ascii_lowercase().as_str() {
            "1" | "true" | "t" | "yes" => Ok(Confirmed::Yes),
            "0" | "false" | "f" | "no" => Ok(Confirmed::No),
            _ => Err(format!("{name}: expected 1 or 0, true or false")),
        }
    }
}

fn given(columns: &Columns) -> Vec<(Field, String)> {
    let all = [
        (Field::Username, &columns.username),
        (Field::Email, &columns.email),
        (Field::PasswordHash, &columns.password_hash),
        (Field::ExternalId, &columns.external_id),
        (Field::Role, &columns.role),
        (Field::Confirmed, &columns.confirmed),
    ];
    let given = |(field, name): (Field, &Option<String>)| name.clone().map(|name| (field, name));
    all.into_iter().filter_map(given).collect()
}

/// An empty text is as good as none.
fn single(mut cell: Cell) -> Result<Option<String>, ()> {
    match cell.len() {
        0 => Ok(None),
        1 => Ok(cell.pop().filter(|text| !text.is_empty())),
        _ => Err(()),
    }
}

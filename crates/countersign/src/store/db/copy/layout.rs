//! Which tables and columns there are, and in which order they can be filled: what the migrations
//! make of an empty database in memory.

use rusqlite::Connection;

use super::{Onto, Trouble, not_ours};
use crate::store::db::{
    DbError, Migration,
    foreign::quote,
    migrate::{self, Known},
};

/// The schema after so many migrations.
pub(in crate::store::db) struct Layout {
    pub(in crate::store::db) version: usize,
    /// Parents before their children.
    pub(in crate::store::db) tables: Vec<Table>,
    migrations: &'static [Migration],
}

/// A table; its statements are put together here, from names that were checked.
#[derive(Clone)]
pub(in crate::store::db) struct Table {
    pub(in crate::store::db) name: String,
    pub(in crate::store::db) kind: Kind,
    quoted: String,
    columns: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store::db) enum Kind {
    /// The migrations that were applied: of the copy's own, unless its tables are made with it.
    History,
    /// The migrations themselves put rows there.
    Filled,
    Ordinary,
}

impl Table {
    pub(in crate::store::db) fn is_wanted(&self, onto: Onto) -> bool {
        self.kind != Kind::History || onto == Onto::New
    }

    pub(in crate::store::db) fn select(&self) -> String {
        format!("SELECT {} FROM {}", self.columns.join(", "), self.quoted)
    }

    pub(in crate::store::db) fn count(&self) -> String {
        format!("SELECT COUNT(*) FROM {}", self.quoted)
    }

    pub(in crate::store::db) fn any(&self) -> String {
        format!("SELECT 1 FROM {} LIMIT 1", self.quoted)
    }

    pub(in crate::store::db) fn clear(&self) -> String {
        format!("DELETE FROM {}", self.quoted)
    }

    /// With SQLite's parameters.
    pub(in crate::store::db) fn insert(&self) -> String {
        let places: Vec<_> = (1..=self.columns.len()).map(|n| format!("?{n}")).collect();
        let columns = self.columns.join(", ");
        format!("INSERT INTO {} ({columns}) VALUES ({})", self.quoted, places.join(", "))
    }

    /// PostgreSQL's way to take many rows.
    pub(in crate::store::db) fn copy_in(&self) -> String {
        format!("COPY {} ({}) FROM STDIN (FORMAT binary)", self.quoted, self.columns.join(", "))
    }

    pub(in crate::store::db) fn quoted(&self) -> &str {
        &self.quoted
    }
}

impl Layout {
    /// The schema of a database with this history.
    pub(in crate::store::db) fn of_history(
        known: &[Known],
        migrations: &'static [Migration],
    ) -> Result<Self, Trouble> {
        if known.is_empty() {
            return Err(not_ours());
        }
        migrate::next(known, migrations).map_err(|error| match error {
            DbError::Failed(why) => Trouble::Unfit(why.to_string()),
            other => other.into(),
        })?;
        Ok(Self::of(migrations.get(..known.len()).unwrap_or(migrations))?)
    }

    fn of(migrations: &'static [Migration]) -> Result<Self, DbError> {
        let model = Connection::open_in_memory().map_err(DbError::failed)?;
        let mut layout = Self { version: migrations.len(), tables: Vec::new(), migrations };
        layout.make(&model)?;
        layout.tables = tables(&model)?;
        Ok(layout)
    }

    /// Makes the tables, as far as this layout goes, in an empty SQLite database.
    pub(in crate::store::db) fn make(&self, database: &Connection) -> Result<(), DbError> {
        let scripts = self.migrations.iter().map(|migration| migration.sql);
        for script in std::iter::once(migrate::HISTORY).chain(scripts) {
            database.execute_batch(script).map_err(DbError::failed)?;
        }
        Ok(())
    }
}

fn tables(model: &Connection) -> Result<Vec<Table>, DbError> {
    let named = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
        ORDER BY name";
    let mut left = texts(model, named)?;
    let (mut done, mut ordered) = (Vec::new(), Vec::new());
    while !left.is_empty() {
        let (before, mut later) = (ordered.len(), Vec::new());
        for name in std::mem::take(&mut left) {
            let parents = format!("SELECT \"table\" FROM pragma_foreign_key_list('{name}')");
            if texts(model, &parents)?.iter().all(|parent| done.contains(parent)) {
                ordered.push(table(model, &name)?);
                done.push(name);
            } else {
                later.push(name);
            }
        }
        if ordered.len() == before {
            return Err(DbError::failed("the tables refer to each other in a circle"));
        }
        left = later;
    }
    Ok(ordered)
}

fn table(model: &Connection, name: &str) -> Result<Table, DbError> {
    let columns = format!("SELECT name FROM pragma_table_info('{name}') ORDER BY cid");
    let columns = texts(model, &columns)?;
    let mut table = Table {
        name: name.to_owned(),
        kind: Kind::Ordinary,
        quoted: quote(name)?,
        columns: columns.iter().map(|column| quote(column)).collect::<Result<_, _>>()?,
    };
    if name == migrate::TABLE {
        table.kind = Kind::History;
    } else if model.prepare(&table.any()).and_then(|mut any| any.exists([])).unwrap_or(false) {
        table.kind = Kind::Filled;
    }
    Ok(table)
}

fn texts(model: &Connection, sql: &str) -> Result<Vec<String>, DbError> {
    let mut statement = model.prepare(sql).map_err(DbError::failed)?;
    let rows = statement.query_map([], |row| row.get(0)).map_err(DbError::failed)?;
    rows.collect::<Result<_, _>>().map_err(DbError::failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MIGRATIONS;

    #[test]
    fn parents_come_before_their_children_and_what_migrations_fill_is_known() {
        let layout = Layout::of(MIGRATIONS).unwrap();
        let place = |name: &str| layout.tables.iter().position(|table| table.name == name).unwrap();

        for child in ["sessions", "api_keys", "known_devices", "links", "user_attributes"] {
            assert!(place("users") < place(child), "{child}");
        }
        assert!(place("sessions") < place("refresh_tokens"));
        let kind = |name: &str| layout.tables[place(name)].kind;
        assert_eq!([kind("lanes"), kind("status_lists")], [Kind::Filled, Kind::Filled]);
        assert_eq!(kind("schema_migrations"), Kind::History);
        let others = layout.tables.iter().filter(|table| table.kind == Kind::Ordinary).count();
        assert_eq!(others, layout.tables.len() - 3);
    }

    #[test]
    fn tables_in_a_circle_are_refused() {
        const CIRCLE: &[Migration] = &[Migration {
            version: 1,
            name: "circle",
            sql: "CREATE TABLE a (id BIGINT PRIMARY KEY, b BIGINT REFERENCES b (id));
                  CREATE TABLE b (id BIGINT PRIMARY KEY, a BIGINT REFERENCES a (id))",
        }];

        assert!(Layout::of(CIRCLE).is_err());
    }
}

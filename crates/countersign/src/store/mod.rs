//! Storage: the only SQL of the product. `db/` knows the two engines; each other file holds the
//! statements of a table family and nothing else. Rules live in the features.

pub(crate) mod api_key;
pub(crate) mod attribute;
pub(crate) mod change;
pub(crate) mod db;
pub(crate) mod device;
pub(crate) mod farewell;
pub(crate) mod idempotency;
pub(crate) mod import;
pub(crate) mod link;
pub(crate) mod mail;
pub(crate) mod proof;
pub(crate) mod restore;
pub(crate) mod session;
pub(crate) mod signing_key;
pub(crate) mod status_list;
pub(crate) mod throttle;
pub(crate) mod user;

use std::str::FromStr;

pub(crate) use change::{Change, What};
pub(crate) use db::{DbError, V as Value, copy, foreign};

use db::{Migration, Row};

use crate::ids::{ApiKeyId, SessionId, UserId};

/// The database, its writes leaving [`Change`]s behind.
pub(crate) type Db = db::Db<Change>;

/// A write under way.
pub(crate) type Tx = db::Tx<Change>;

/// The one history, for both engines.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "first_light",
        sql: include_str!("../../migrations/0001_first_light.sql"),
    },
    Migration {
        version: 2,
        name: "in_the_browser",
        sql: include_str!("../../migrations/0002_in_the_browser.sql"),
    },
    Migration {
        version: 3,
        name: "the_end_of_an_account",
        sql: include_str!("../../migrations/0003_the_end_of_an_account.sql"),
    },
    Migration {
        version: 4,
        name: "from_elsewhere",
        sql: include_str!("../../migrations/0004_from_elsewhere.sql"),
    },
    Migration {
        version: 5,
        name: "random_tokens",
        sql: include_str!("../../migrations/0005_random_tokens.sql"),
    },
    Migration {
        version: 6,
        name: "user_attributes",
        sql: include_str!("../../migrations/0006_user_attributes.sql"),
    },
    Migration {
        version: 7,
        name: "a_feed_in_order",
        sql: include_str!("../../migrations/0007_a_feed_in_order.sql"),
    },
    Migration {
        version: 8,
        name: "status_lists",
        sql: include_str!("../../migrations/0008_status_lists.sql"),
    },
    Migration {
        version: 9,
        name: "ends_in_their_order",
        sql: include_str!("../../migrations/0009_ends_in_their_order.sql"),
    },
];

macro_rules! stored_as_text {
    ($($id:ty),*) => {$(
        impl From<$id> for Value<'_> {
            fn from(id: $id) -> Self {
                Self::Id(id.into())
            }
        }
    )*};
}

stored_as_text!(ApiKeyId, SessionId, UserId);

fn corrupt(what: String) -> DbError {
    DbError::Failed(format!("the database holds what this program never wrote: {what}").into())
}

fn parse_id<T: FromStr>(text: &str) -> Result<T, DbError> {
    text.parse().map_err(|_| corrupt(format!("an identifier {text:?}")))
}

/// For comparisons that must not meet NULL: no id is less than and different from every id.
fn id_or_empty<'a>(id: Option<impl Into<Value<'a>>>) -> Value<'a> {
    id.map_or(Value::Text(""), Into::into)
}

fn id<T: FromStr>(row: &Row<'_>, column: usize) -> Result<T, DbError> {
    parse_id(&row.get::<String>(column)?)
}

fn id_or_null<T: FromStr>(row: &Row<'_>, column: usize) -> Result<Option<T>, DbError> {
    row.get::<Option<String>>(column)?.map(|text| parse_id(&text)).transpose()
}

#[cfg(test)]
mod tests {
    use super::{db::testing::on_both_databases, *};

    on_both_databases! {
        async fn every_statement_is_prepared(database) {
            let db: Db = database.open().await;
            db.migrate(MIGRATIONS).await.unwrap();
            for statements in [
                api_key::ALL,
                attribute::ALL,
                change::ALL,
                device::ALL,
                farewell::ALL,
                idempotency::ALL,
                import::ALL,
                link::ALL,
                mail::ALL,
                proof::ALL,
                restore::ALL,
                session::ALL,
                signing_key::ALL,
                status_list::ALL,
                throttle::ALL,
                user::ALL,
            ] {
                assert!(!statements.is_empty());
                db.prepare_all(statements).await.unwrap();
            }
        }
    }

    #[test]
    fn no_statement_on_mails_links_devices_attributes_or_proofs_reads_the_whole_table() {
        let db = rusqlite::Connection::open_in_memory().unwrap();
        for migration in MIGRATIONS {
            db.execute_batch(migration.sql).unwrap();
        }
        for sql in
            [attribute::ALL, device::ALL, link::ALL, mail::ALL, proof::ALL, throttle::ALL].concat()
        {
            let text = sql.sqlite();
            let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
            let nothing = vec![rusqlite::types::Null; plan.parameter_count()];
            let rows = plan.query_map(rusqlite::params_from_iter(nothing), |row| row.get(3));
            for step in rows.unwrap().map(Result::<String, _>::unwrap) {
                let whole = step.starts_with("SCAN") && !step.contains("INDEX");
                assert!(!whole, "{text}: {step}");
                // Every mail that was sent has no time to be tried at.
                assert!(!step.contains("mails_due (next_at=?)"), "{text}: {step}");
            }
        }
    }

    #[test]
    fn the_migrations_are_numbered_without_gaps() {
        let versions: Vec<i64> = MIGRATIONS.iter().map(|m| m.version).collect();

        assert_eq!(versions, (1..=i64::try_from(versions.len()).unwrap()).collect::<Vec<_>>());
    }
}

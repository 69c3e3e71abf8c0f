//! PostgreSQL: how to connect, and statements on one connection. Reads share two pipelined
//! connections (`reader`), writes have a pool (`writer`).

mod bell;
pub(super) mod copy;
mod dial;
mod error;
pub(super) mod foreign;
mod reader;
mod tls;
mod value;
mod writer;

use std::{sync::Arc, time::Duration};

use tokio::{sync::mpsc, time::timeout};
use tokio_postgres::{Config, config::Config as Settings};

use super::{Commits, DbError, Options, Sql, V, Wait, tx::Job, url::Target};

use bell::Bell;
use dial::Dial;
use reader::Readers;
pub(super) use {value::column, writer::Session};

/// Serialises migrations of one schema. Migrations may take their time.
pub(super) const LOCK_SCHEMA: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;
    SELECT pg_advisory_xact_lock(1668247156, hashtext(current_schema()))";

pub(super) struct Postgres {
    readers: Readers,
    bell: Bell,
}

impl Postgres {
    pub(super) async fn open<N: Send + 'static>(
        target: Target,
        options: &Options,
        jobs: mpsc::Receiver<Box<dyn Job<N>>>,
        commits: Arc<Commits<N>>,
    ) -> Result<Self, DbError> {
        let dial = Dial {
            tls: tls::connector(&target)?,
            config: settings(target.config, options),
            patience: options.patience,
            statement: options.statement,
        };
        writer::start(dial.clone(), options.connections, jobs, commits)?;
        let readers = Readers::new(dial.clone());
        readers.read(Wait::AsForOne, &crate::store::db::sql!("SELECT 1"), &[]).await?;
        Ok(Self { readers, bell: Bell::hang(dial) })
    }

    pub(super) async fn read(
        &self,
        wait: Wait,
        sql: &Sql,
        params: &[V<'_>],
    ) -> Result<Vec<tokio_postgres::Row>, DbError> {
        self.readers.read(wait, sql, params).await
    }

    pub(super) fn tell(&self) {
        self.bell.ring();
    }

    pub(super) async fn news(&self, told: Duration, untold: Duration) {
        self.bell.news(told, untold).await;
    }

    #[cfg(test)]
    pub(super) async fn prepare(&self, sql: &Sql) -> Result<(), DbError> {
        self.readers.prepare(sql).await
    }
}

/// Limits on both ends of the wire, so that neither a stuck statement nor a silent network holds
/// anyone for long.
fn settings(mut config: Settings, options: &Options) -> Config {
    let limits = format!(
        "{} -c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout={}",
        config.get_options().unwrap_or_default(),
        options.statement.as_millis(),
        (options.statement / 2).as_millis(),
        (options.statement * 2).as_millis(),
    );
    config.options(limits);
    if config.get_application_name().is_none() {
        config.application_name("countersign");
    }
    config.connect_timeout(options.patience);
    config.tcp_user_timeout(options.statement);
    config.keepalives_idle(options.statement);
    config
}

/// Waits no longer than `limit`, then answers `Unavailable`.
async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, DbError> {
    match timeout(limit, work).await {
        Ok(done) => done.map_err(error::fault),
        Err(_) => Err(DbError::unavailable("PostgreSQL did not answer in time")),
    }
}

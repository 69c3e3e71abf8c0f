//! Reading PostgreSQL: two connections that everyone shares. Requests are pipelined, so a reader
//! waits for its answer and not for its turn.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{sync, time::timeout};
use tokio_postgres::{Client, Error, Row, Statement, types::ToSql};

use super::{
    DbError, Dial, Sql, V, Wait,
    error::{fault, is_lost, is_stale},
};

pub(super) struct Readers {
    dial: Dial,
    lines: [Line; 2],
    turn: AtomicUsize,
}

/// A place for a connection, which comes and goes.
#[derive(Default)]
struct Line {
    current: RwLock<Option<Arc<Connected>>>,
    /// Held by whoever connects. Who waits reads from here, and waits no longer than for an answer.
    dialling: sync::Mutex<()>,
}

struct Connected {
    client: Client,
    statements: Mutex<HashMap<&'static str, Statement>>,
}

impl Readers {
    pub(super) fn new(dial: Dial) -> Self {
        Self { dial, lines: Default::default(), turn: AtomicUsize::new(0) }
    }

    #[cfg(test)]
    pub(super) async fn prepare(&self, sql: &Sql) -> Result<(), DbError> {
        let connected = self.lines[0].connected(&self.dial).await?;
        connected.prepared(sql).await.map(drop).map_err(fault)
    }

    pub(super) async fn read(
        &self,
        wait: Wait,
        sql: &Sql,
        params: &[V<'_>],
    ) -> Result<Vec<Row>, DbError> {
        let limit = match wait {
            Wait::AsForOne => self.dial.patience,
            Wait::AsForAny => self.dial.statement,
        };
        let line = &self.lines[self.turn.fetch_add(1, Ordering::Relaxed) % self.lines.len()];
        match timeout(limit, line.read(&self.dial, sql, params)).await {
            Ok(done) => done,
            Err(_) => {
                line.hang_up();
                Err(DbError::unavailable("PostgreSQL did not answer in time"))
            }
        }
    }
}

impl Line {
    /// Reads; once more on a new connection if the old one turns out to be lost or outdated.
    async fn read(&self, dial: &Dial, sql: &Sql, params: &[V<'_>]) -> Result<Vec<Row>, DbError> {
        match self.connected(dial).await?.query(sql, params).await {
            Err(error) if is_lost(&error) || is_stale(&error) => {
                self.hang_up();
                self.connected(dial).await?.query(sql, params).await.map_err(fault)
            }
            done => done.map_err(fault),
        }
    }

    fn current(&self) -> Option<Arc<Connected>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().filter(|it| !it.client.is_closed()).cloned()
    }

    async fn connected(&self, dial: &Dial) -> Result<Arc<Connected>, DbError> {
        if let Some(connected) = self.current() {
            return Ok(connected);
        }
        let _one_dials = self.dialling.lock().await;
        if let Some(connected) = self.current() {
            return Ok(connected);
        }
        let (client, connection) = dial.connect().await?;
        // It ends with its client; its errors reach the client's requests.
        tokio::spawn(async move { drop(connection.await) });
        let connected = Arc::new(Connected { client, statements: Mutex::default() });
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(connected.clone());
        Ok(connected)
    }

    fn hang_up(&self) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Connected {
    async fn query(&self, sql: &Sql, params: &[V<'_>]) -> Result<Vec<Row>, Error> {
        let statement = self.prepared(sql).await?;
        self.client.query(&statement, &refs(params)).await
    }

    async fn prepared(&self, sql: &Sql) -> Result<Statement, Error> {
        if let Some(statement) = self.known(sql) {
            return Ok(statement);
        }
        let statement = self.client.prepare(sql.postgres()).await?;
        let mut known = self.statements.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(sql.postgres(), statement.clone());
        Ok(statement)
    }

    fn known(&self, sql: &Sql) -> Option<Statement> {
        let known = self.statements.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(sql.postgres()).cloned()
    }
}

/// Parameters as the driver takes them.
pub(super) fn refs<'a>(params: &'a [V<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    params.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

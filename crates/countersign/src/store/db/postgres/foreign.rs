//! Reading a table of another application's PostgreSQL database, on a connection of its own.

use std::{pin::pin, time::Duration};

use futures_util::TryStreamExt;
use tokio_postgres::Client;

use super::{
    DbError, Target,
    error::{away, fault},
    tls,
};
use crate::store::db::foreign::{Parcel, Query, Sender};

const PATIENCE: Duration = Duration::from_secs(5);

/// Begins to read; answers how many rows there are.
pub(in crate::store::db) async fn open(
    target: Target,
    query: Query,
    sender: Sender,
) -> Result<u64, DbError> {
    let tls = tls::connector(&target)?;
    let mut config = target.config;
    config.connect_timeout(PATIENCE).application_name("countersign user import");
    let (client, connection) = config.connect(tls).await.map_err(away)?;
    tokio::spawn(connection);
    // One snapshot for both statements, and no way to change anything.
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    client.batch_execute(begin).await.map_err(fault)?;
    let total: i64 = client.query_one(&query.count, &[]).await.map_err(fault)?.get(0);
    let select = query.select(|column| format!("CAST({column} AS TEXT)"));
    client.prepare(&select).await.map_err(fault)?;
    tokio::spawn(async move {
        if let Err(error) = read(&client, &select, &sender).await {
            let _ = sender.send(Err(error)).await;
        }
    });
    Ok(u64::try_from(total).unwrap_or(0))
}

/// Until the end, or until nobody listens.
async fn read(client: &Client, select: &str, sender: &Sender) -> Result<(), DbError> {
    let nothing: [&str; 0] = [];
    let mut rows = pin!(client.query_raw(select, nothing).await.map_err(fault)?);
    let mut parcel = Parcel::new();
    while let Some(row) = rows.try_next().await.map_err(fault)? {
        let cells = (0..row.len()).map(|index| row.get(index)).collect();
        if let Some(full) = parcel.add(Ok(cells))
            && sender.send(Ok(full)).await.is_err()
        {
            return Ok(());
        }
    }
    let _ = sender.send(Ok(parcel.rest())).await;
    Ok(())
}

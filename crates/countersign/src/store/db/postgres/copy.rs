//! A PostgreSQL schema as the source or the target of a copy, on a connection of its own.

use std::{pin::pin, sync::Arc, time::Duration};

use futures_util::TryStreamExt;
use tokio::sync::oneshot;
use tokio_postgres::{Client, binary_copy::BinaryCopyInWriter, types::Type};

use super::{
    DbError, Target,
    bell::RING,
    column,
    error::{away, fault},
    reader::refs,
    tls,
};
use crate::store::db::{
    Migration, Row, V,
    copy::{
        Cells, Deed, Filling, Hold, Kind, Layout, Onto, Opened, Packing, Parcel, Sender, Table,
        Trouble, not_ours, taken,
    },
    migrate::{self, Known},
    value::{self, Owned},
};

const PATIENCE: Duration = Duration::from_secs(10);

/// Nothing is bounded but the wait for a lock.
const LIMITS: &str = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;
    SET lock_timeout = '10s'";

/// How often the locks are asked for. Whoever writes takes them in another order.
const TRIES: usize = 5;

/// Begins to read: one snapshot, from here to the end.
pub(in crate::store::db) async fn open(
    target: Target,
    migrations: &'static [Migration],
    hold: Hold,
) -> Result<Opened, Trouble> {
    let client = connect(target).await?;
    let layout = Arc::new(Layout::of_history(&history(&client).await?, migrations)?);
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    match hold {
        Hold::Nothing => client.batch_execute(begin).await.map_err(fault)?,
        Hold::Writes => lock(&client, begin, (&layout, "SHARE")).await?,
    }
    let mut counts = Vec::new();
    for table in &layout.tables {
        counts.push(u64::try_from(count(&client, table).await?).unwrap_or(0));
    }
    let (source, sender, released) = Opened::new(Arc::clone(&layout), counts);
    tokio::spawn(serve(client, layout, sender, released));
    Ok(source)
}

async fn serve(
    client: Client,
    layout: Arc<Layout>,
    sender: Sender,
    released: oneshot::Receiver<()>,
) {
    for (place, table) in layout.tables.iter().enumerate() {
        match read(&client, (place, table), &sender).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                let _ = sender.send(Err(error)).await;
                return;
            }
        }
    }
    drop(sender);
    // What was held is held until the copy is safe.
    let _ = released.await;
}

/// False when nobody listens any more.
async fn read(
    client: &Client,
    (place, table): (usize, &Table),
    sender: &Sender,
) -> Result<bool, DbError> {
    let nothing: [&str; 0] = [];
    let mut rows = pin!(client.query_raw(&table.select(), nothing).await.map_err(fault)?);
    let mut packing = Packing::of(place);
    while let Some(row) = rows.try_next().await.map_err(fault)? {
        if let Some(parcel) = packing.add(cells(&row, table)?)
            && sender.send(Ok(parcel)).await.is_err()
        {
            return Ok(false);
        }
    }
    Ok(sender.send(Ok(packing.rest())).await.is_ok())
}

fn cells(row: &tokio_postgres::Row, table: &Table) -> Result<Cells, DbError> {
    let cell = |index| {
        let name = &table.name;
        let value = column(row, index).map(V::owned);
        value.ok_or_else(|| DbError::failed(format!("{name} holds what this program never wrote")))
    };
    (0..row.len()).map(cell).collect()
}

/// Takes all rows in one transaction, and tells the processes on this database.
pub(in crate::store::db) async fn fill(target: Target, filling: Filling) -> Result<(), Trouble> {
    let client = connect(target).await?;
    lock(&client, "BEGIN", (&filling.layout, "EXCLUSIVE")).await?;
    // Dropped before its COMMIT, the connection leaves everything as it was.
    take(&client, filling).await?;
    Ok(commit(&client).await?)
}

/// Does this in one transaction, and tells the processes on this database.
pub(in crate::store::db) async fn apply(
    target: Target,
    migrations: &'static [Migration],
    deeds: Vec<Deed>,
) -> Result<(), Trouble> {
    let client = connect(target).await?;
    let layout = Layout::of_history(&history(&client).await?, migrations)?;
    lock(&client, "BEGIN", (&layout, "EXCLUSIVE")).await?;
    do_all(&client, &deeds).await?;
    Ok(commit(&client).await?)
}

async fn do_all(client: &Client, deeds: &[Deed]) -> Result<(), DbError> {
    for deed in deeds {
        let values: Vec<_> = deed.1.iter().map(Owned::borrow).collect();
        client.execute(deed.0.postgres(), &refs(&values)).await.map_err(fault)?;
    }
    Ok(())
}

async fn commit(client: &Client) -> Result<(), DbError> {
    client.batch_execute("COMMIT").await.map_err(fault)?;
    // They find out by themselves, too.
    let _ = client.batch_execute(RING).await;
    Ok(())
}

async fn take(client: &Client, mut filling: Filling) -> Result<(), Trouble> {
    make_room(client, &filling).await?;
    let tables = filling.tables();
    let mut next = receive(&mut filling).await?;
    while let Some((place, _)) = &next {
        let place = *place;
        let table = filling.layout.tables.get(place).cloned().ok_or_else(lost)?;
        let types = types(client, &table).await?;
        let sink = client.copy_in(&table.copy_in()).await.map_err(fault)?;
        let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
        while let Some((_, rows)) = next.take_if(|(of, _)| *of == place) {
            for row in &rows {
                let values: Vec<_> = row.iter().map(Owned::borrow).collect();
                value::check(&values)?;
                writer.as_mut().write(&refs(&values)).await.map_err(fault)?;
            }
            filling.took(rows.len());
            next = receive(&mut filling).await?;
        }
        writer.as_mut().finish().await.map_err(fault)?;
    }
    for (place, table) in &tables {
        filling.compare(*place, count(client, table).await?)?;
    }
    Ok(do_all(client, &filling.deeds).await?)
}

/// The next rows that are wanted.
async fn receive(filling: &mut Filling) -> Result<Option<Parcel>, DbError> {
    while let Some(parcel) = filling.rows.recv().await {
        let parcel = parcel?;
        if filling.is_wanted(parcel.0) {
            return Ok(Some(parcel));
        }
    }
    Ok(None)
}

fn lost() -> DbError {
    DbError::failed("rows of a table that is none")
}

async fn make_room(client: &Client, filling: &Filling) -> Result<(), Trouble> {
    if filling.onto == Onto::New {
        return Err(DbError::failed("a new file is an SQLite file").into());
    }
    for (_, table) in filling.tables().iter().rev() {
        if filling.onto == Onto::Empty && table.kind == Kind::Ordinary {
            if client.query_opt(&table.any(), &[]).await.map_err(fault)?.is_some() {
                return Err(taken(&table.name));
            }
        } else {
            client.batch_execute(&table.clear()).await.map_err(fault)?;
        }
    }
    Ok(())
}

async fn connect(target: Target) -> Result<Client, DbError> {
    let tls = tls::connector(&target)?;
    let mut config = target.config;
    config.connect_timeout(PATIENCE);
    if config.get_application_name().is_none() {
        config.application_name("countersign db");
    }
    let (client, connection) = config.connect(tls).await.map_err(away)?;
    // It ends with its client; its errors reach the client's requests.
    tokio::spawn(async move { drop(connection.await) });
    client.batch_execute(LIMITS).await.map_err(fault)?;
    Ok(client)
}

/// Begins a transaction in which nobody else writes. Nothing was read before, so nothing is missed.
async fn lock(
    client: &Client,
    begin: &str,
    (layout, mode): (&Layout, &str),
) -> Result<(), DbError> {
    let tables: Vec<_> = layout.tables.iter().map(Table::quoted).collect();
    let lock = format!("{begin}; LOCK TABLE {} IN {mode} MODE", tables.join(", "));
    for _ in 1..TRIES {
        match client.batch_execute(&lock).await.map_err(fault) {
            Err(DbError::Conflict(_)) => {
                client.batch_execute("ROLLBACK").await.map_err(fault)?;
            }
            done => return done,
        }
    }
    client.batch_execute(&lock).await.map_err(fault)
}

async fn history(client: &Client) -> Result<Vec<Known>, Trouble> {
    let there = "SELECT to_regclass(current_schema() || '.' || $1) IS NOT NULL";
    let there = client.query_one(there, &[&migrate::TABLE]).await.map_err(fault)?;
    if !there.get::<_, bool>(0) {
        return Err(not_ours());
    }
    let rows = client.query(migrate::known_rows().postgres(), &[]).await.map_err(fault)?;
    let known = rows.iter().map(|row| migrate::known(&Row::postgres(row)));
    known.collect::<Result<_, _>>().map_err(|_| not_ours())
}

async fn count(client: &Client, table: &Table) -> Result<i64, DbError> {
    Ok(client.query_one(&table.count(), &[]).await.map_err(fault)?.get(0))
}

async fn types(client: &Client, table: &Table) -> Result<Vec<Type>, DbError> {
    let statement = client.prepare(&table.select()).await.map_err(fault)?;
    Ok(statement.columns().iter().map(|column| column.type_().clone()).collect())
}

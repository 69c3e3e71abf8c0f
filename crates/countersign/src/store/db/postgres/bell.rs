//! `LISTEN` and `NOTIFY`: one process tells the others on the same schema that there is news. What
//! the news is, is read from tables; a bell that nobody hears costs time and nothing else.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, mpsc},
    time::{sleep, timeout},
};
use tokio_postgres::{AsyncMessage, Client, Error};

use super::{DbError, Dial, error::away, within};

/// Between two attempts to connect.
const PAUSE: Duration = Duration::from_secs(1);

/// Tells of news, after the COMMIT that made it and on a connection of its own: a `NOTIFY` within a
/// transaction would let all such transactions commit one after another.
pub(super) const RING: &str = "SELECT pg_notify('countersign_' || current_schema(), '')";

/// Which channel. Loss of a notification at a crash is made good by whoever reads at intervals, so
/// nothing waits for a disk.
const CHANNEL: &str = "SET synchronous_commit = off;
    SELECT 'LISTEN ' || quote_ident('countersign_' || current_schema())";

pub(super) struct Bell {
    ring: mpsc::Sender<()>,
    heard: Arc<Heard>,
}

#[derive(Default)]
struct Heard {
    news: Notify,
    listening: AtomicBool,
}

impl Bell {
    /// Begins to listen; ends when it is dropped.
    pub(super) fn hang(dial: Dial) -> Self {
        let (ring, rings) = mpsc::channel(1);
        let heard = Arc::new(Heard::default());
        tokio::spawn(attend(dial, rings, Arc::clone(&heard)));
        Self { ring, heard }
    }

    /// Tells the others. Many calls in a short time are one.
    pub(super) fn ring(&self) {
        // A full channel has a ring that has not been rung yet, and it is as good as this one.
        let _ = self.ring.try_send(());
    }

    /// Waits for news, this process's own included: no longer than `told` where they would arrive,
    /// for `untold` where they would not.
    pub(super) async fn news(&self, told: Duration, untold: Duration) {
        if self.heard.listening.load(Ordering::SeqCst) {
            // None is no failure.
            let _ = timeout(told, self.heard.news.notified()).await;
        } else {
            sleep(untold).await;
        }
    }
}

async fn attend(dial: Dial, mut rings: mpsc::Receiver<()>, heard: Arc<Heard>) {
    let mut told = false;
    while !rings.is_closed() {
        let Err(error) = listen(&dial, &mut rings, &heard).await else { return };
        heard.listening.store(false, Ordering::SeqCst);
        if !std::mem::replace(&mut told, true) {
            tracing::warn!(%error, "PostgreSQL does not notify; changes are read at intervals");
        }
        sleep(PAUSE).await;
    }
}

/// Until the connection is lost, or `Ok` when nobody needs it any more.
async fn listen(
    dial: &Dial,
    rings: &mut mpsc::Receiver<()>,
    heard: &Arc<Heard>,
) -> Result<(), DbError> {
    let (client, mut connection) = dial.connect().await?;
    let news = Arc::clone(heard);
    let mut arriving = pin!(async move {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(_) = message? {
                news.news.notify_one();
            }
        }
        Ok::<_, Error>(())
    });
    let mut serving = pin!(serve(dial, client, rings, heard));
    tokio::select! {
        ended = &mut arriving => {
            ended.map_err(away)?;
            Err(DbError::unavailable("the connection was closed"))
        }
        served = &mut serving => served,
    }
}

async fn serve(
    dial: &Dial,
    client: Client,
    rings: &mut mpsc::Receiver<()>,
    heard: &Heard,
) -> Result<(), DbError> {
    let answer = within(dial.patience, client.simple_query(CHANNEL)).await?;
    let listen = answer.iter().find_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    let listen = listen.ok_or_else(|| DbError::failed("the schema has no name"))?;
    within(dial.patience, client.batch_execute(listen)).await?;
    heard.listening.store(true, Ordering::SeqCst);
    // What was told before this connection was there, was told to nobody.
    heard.news.notify_one();
    while rings.recv().await.is_some() {
        within(dial.statement, client.batch_execute(RING)).await?;
    }
    Ok(())
}

//! A way to the database that can be shut: what a network does at its worst.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// What becomes of what is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Open,
    /// Nothing arrives and nothing is refused.
    Stuck,
    /// Every connection is closed, and every new one.
    Closed,
}

#[derive(Clone, Copy)]
struct State {
    way: Way,
    /// Connections before this one are stuck for ever, whatever becomes of the way.
    stranded: u64,
}

/// A port that leads to another one.
pub(crate) struct Proxy {
    address: SocketAddr,
    state: watch::Sender<State>,
    listening: JoinHandle<()>,
}

static CONNECTIONS: AtomicU64 = AtomicU64::new(0);

impl Proxy {
    pub(crate) async fn to(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (state, watched) = watch::channel(State { way: Way::Open, stranded: 0 });
        let listening = tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let number = CONNECTIONS.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(carry(near, target.clone(), number, watched.clone()));
            }
        });
        Self { address, state, listening }
    }

    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Nothing is forwarded any more; connections stay, and new ones are taken.
    pub(crate) fn stick(&self) {
        self.state.send_modify(|state| state.way = Way::Stuck);
    }

    pub(crate) fn close(&self) {
        self.state.send_modify(|state| state.way = Way::Closed);
    }

    /// All goes on where it stuck.
    pub(crate) fn open(&self) {
        self.state.send_modify(|state| state.way = Way::Open);
    }

    /// New connections work; those there were will never get an answer, nor be told so.
    pub(crate) fn open_anew(&self) {
        let stranded = CONNECTIONS.load(Ordering::SeqCst);
        self.state.send_modify(|state| *state = State { way: Way::Open, stranded });
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn carry(
    near: TcpStream,
    target: String,
    number: u64,
    mut state: watch::Receiver<State>,
) -> Option<()> {
    free(&mut state, number).await?;
    let far = TcpStream::connect(target).await.ok()?;
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    let there = pump(near_in, far_out, number, state.clone());
    let back = pump(far_in, near_out, number, state);
    tokio::select! {
        _ = there => {}
        _ = back => {}
    }
    Some(())
}

async fn pump(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    number: u64,
    mut state: watch::Receiver<State>,
) -> Option<()> {
    let mut bytes = vec![0; 16 * 1024];
    let mut closed = state.clone();
    loop {
        let length = tokio::select! {
            read = from.read(&mut bytes) => read.ok().filter(|length| *length > 0)?,
            _ = closed.wait_for(|state| state.way == Way::Closed) => return None,
        };
        free(&mut state, number).await?;
        to.write_all(&bytes[..length]).await.ok()?;
    }
}

/// Waits until bytes of this connection may pass; `None` when the way is closed.
async fn free(state: &mut watch::Receiver<State>, number: u64) -> Option<()> {
    let decided = |state: &State| match state.way {
        Way::Open => number >= state.stranded,
        Way::Stuck => false,
        Way::Closed => true,
    };
    let state = *state.wait_for(decided).await.ok()?;
    (state.way == Way::Open).then_some(())
}

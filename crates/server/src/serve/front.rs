//! Connections: accepted up to a limit, TLS, HTTP/1.1 and HTTP/2, slow ones cut, let go gracefully.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{Request, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto,
        graceful::{GracefulShutdown, Watcher},
    },
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    signal::unix::{Signal, SignalKind, signal},
    sync::{Notify, OwnedSemaphorePermit, Semaphore, watch},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use super::timer::ConnectionTimer;
use crate::settings::Effective;

/// How much at a time, and how long.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    connections: usize,
    header: Duration,
    shutdown: Duration,
}

/// One listener and what answers there.
pub(super) struct Front {
    pub(super) listener: TcpListener,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) app: Router,
    pub(super) limits: Limits,
}

impl Limits {
    pub(super) fn of(effective: &Effective) -> Self {
        let seconds = |n: u32| Duration::from_secs(n.into());
        Self {
            connections: usize::try_from(effective.server.max_connections)
                .unwrap_or(Semaphore::MAX_PERMITS),
            header: seconds(effective.server.header_timeout_seconds),
            shutdown: seconds(effective.server.shutdown_seconds),
        }
    }
}

/// What every connection of a listener needs.
#[derive(Clone)]
struct Shared {
    tls: Option<TlsAcceptor>,
    app: Router,
    http: auto::Builder<TokioExecutor>,
    header: Duration,
}

impl Front {
    /// Answers until `stopped` is dropped by its sender, then as long as requests are under way,
    /// within the limit.
    pub(super) async fn run(self, mut stopped: watch::Receiver<()>) {
        let free = Arc::new(Semaphore::new(self.limits.connections));
        let graceful = GracefulShutdown::new();
        let shared = Shared {
            tls: self.tls,
            app: self.app,
            http: http(self.limits.header),
            header: self.limits.header,
        };
        loop {
            tokio::select! {
                accepted = accept(&self.listener, &free) => {
                    let (stream, peer, permit) = accepted;
                    let shared = shared.clone();
                    tokio::spawn(shared.connection(stream, peer, graceful.watcher(), permit));
                }
                _ = stopped.changed() => break,
            }
        }
        drop(self.listener);
        let ended = timeout(self.limits.shutdown, graceful.shutdown()).await;
        if ended.is_err() {
            tracing::warn!("requests were still under way and are cut off");
        }
    }
}

/// The next connection, once there is room for it. A failure to accept (no more file descriptors)
/// is waited out.
async fn accept(
    listener: &TcpListener,
    free: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed.
    let permit = Arc::clone(free).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, permit),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

fn http(header: Duration) -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().header_read_timeout(header);
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(128)
        .keep_alive_interval(header)
        .keep_alive_timeout(header);
    http
}

impl Shared {
    async fn connection(
        self,
        stream: TcpStream,
        peer: SocketAddr,
        watcher: Watcher,
        permit: Option<OwnedSemaphorePermit>,
    ) {
        // Answers are small and waited for.
        let _ = stream.set_nodelay(true);
        match self.tls.clone() {
            None => self.speak(stream, peer, watcher).await,
            Some(tls) => match timeout(self.header, tls.accept(stream)).await {
                Ok(Ok(stream)) => self.speak(stream, peer, watcher).await,
                Ok(Err(error)) => tracing::debug!(%error, "no TLS connection came about"),
                Err(_) => tracing::debug!("a TLS handshake took too long"),
            },
        }
        drop(permit);
    }

    async fn speak<S>(self, stream: S, peer: SocketAddr, watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let first = Arc::new(Notify::new());
        let (app, asked) = (self.app, Arc::clone(&first));
        let service = service_fn(move |mut request: Request<Incoming>| {
            asked.notify_one();
            request.extensions_mut().insert(ConnectInfo(peer));
            app.clone().oneshot(request.map(Body::new))
        });
        let mut http = self.http;
        http.http1().timer(ConnectionTimer::default());
        let connection = http.serve_connection(TokioIo::new(stream), service).into_owned();
        tokio::select! {
            ended = watcher.watch(connection) => if let Err(error) = ended {
                tracing::debug!(error = %error, "a connection ended early");
            },
            // Which HTTP it is to be is read without a limit of hyper's own.
            () = without_request(&first, self.header) => {
                tracing::debug!("a connection without a request was closed");
            }
        }
    }
}

/// Returns when there was no request in time; never once there was one.
async fn without_request(first: &Notify, limit: Duration) {
    if timeout(limit, first.notified()).await.is_ok() {
        std::future::pending().await
    }
}

/// SIGTERM and SIGINT. To have this is to be told of them instead of being ended by them.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// # Errors
    /// When the system refuses.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// The next of either.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

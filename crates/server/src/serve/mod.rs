//! `countersign serve` and `countersign demo`: from settings to a server that answers, and back
//! down. What is answered is the library's.

mod announce;
mod app;
mod around;
mod demo;
mod front;
mod limited;
mod log;
mod metrics;
mod profiles;
mod timer;
mod tls;

use std::{net::SocketAddr, time::Duration};

use countersign::Auth;
use tokio::{net::TcpListener, sync::watch};

use around::Around;
pub(crate) use demo::demo;
use front::{Front, Limits, Signals};

use crate::{
    exit::Problem,
    open,
    output::Output,
    settings::{Effective, Source},
};

/// Serves until SIGTERM or SIGINT, then finishes what is under way.
///
/// # Errors
/// When it cannot start; a running server ends without one.
pub(crate) async fn serve(mut effective: Effective, out: Output) -> Result<(), Problem> {
    let prepared = Prepared::new(&mut effective).await?;
    let auth = open::open(&effective).await?;
    let running = prepared.start(&effective, &auth)?;
    announce::serving(&effective, &auth, &running, out).await?;
    running.finish().await;
    Ok(())
}

/// What can be wrong with the machine is found before the database is touched.
struct Prepared {
    listener: TcpListener,
    metrics: Option<TcpListener>,
    tls: Option<tokio_rustls::TlsAcceptor>,
    signals: Signals,
}

/// A server at work.
struct Running {
    address: SocketAddr,
    metrics: Option<SocketAddr>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
    stop: watch::Sender<()>,
    signals: Signals,
    auth: Auth,
}

impl Prepared {
    async fn new(effective: &mut Effective) -> Result<Self, Problem> {
        log::start(effective)?;
        refuse_exposure(effective)?;
        profiles::check(effective)?;
        open::check_secrets(effective)?;
        let tls = tls::acceptor(effective)?;
        let listener = bind(effective, "listen", effective.server.listen).await?;
        // Port 0 became a real one, which the default public URL is made of.
        effective.config.public_url = effective.public_url(listener.local_addr()?);
        let metrics = match effective.server.metrics_listen {
            Some(address) => Some(bind(effective, "metrics_listen", address).await?),
            None => None,
        };
        // Before anybody can be answered: from then on a signal lets answers be finished.
        let signals = Signals::listen()?;
        Ok(Self { listener, metrics, tls, signals })
    }

    fn start(self, effective: &Effective, auth: &Auth) -> Result<Running, Problem> {
        let (stop, stopped) = watch::channel(());
        let limits = Limits::of(effective);
        let address = self.listener.local_addr()?;
        let metrics_address = self.metrics.as_ref().map(TcpListener::local_addr).transpose()?;
        let mut tasks = Vec::new();
        let counted = self.metrics.is_some().then(metrics::Requests::default);
        if let Some(listener) = self.metrics {
            let app = metrics::router(metrics::install()?, auth.clone());
            let front = Front { listener, tls: None, app, limits };
            tasks.push(tokio::spawn(front.run(stopped.clone())));
        }
        let timeout = Duration::from_secs(effective.server.request_timeout_seconds.into());
        let profiles = profiles::mounted(effective, auth)?;
        let around = Around::new(timeout, counted);
        let (auth, app) = (auth.clone(), app::router(auth, profiles, around));
        let front = Front { listener: self.listener, tls: self.tls, app, limits };
        tasks.push(tokio::spawn(front.run(stopped)));
        let signals = self.signals;
        Ok(Running { address, metrics: metrics_address, tasks, stop, signals, auth })
    }
}

impl Running {
    /// Waits for the signal, then for the requests under way.
    async fn finish(mut self) {
        self.signals.next().await;
        tracing::info!("stopping: no new requests; those under way are finished");
        drop(self.stop);
        // These would never be finished.
        self.auth.streams().close();
        let all = async {
            for task in self.tasks {
                let _ = task.await;
            }
        };
        tokio::select! {
            () = all => tracing::info!("stopped"),
            () = self.signals.next() => tracing::warn!("stopped at once by a second signal"),
        }
    }
}

async fn bind(
    effective: &Effective,
    name: &str,
    address: SocketAddr,
) -> Result<TcpListener, Problem> {
    TcpListener::bind(address).await.map_err(|error| {
        let text =
            format!("{}: {name}: cannot listen on {address}: {error}", effective.source(name));
        Problem::failed(text)
    })
}

/// Passwords and tokens must not cross a network in the clear.
fn refuse_exposure(effective: &Effective) -> Result<(), Problem> {
    let server = &effective.server;
    if server.listen.ip().to_canonical().is_loopback()
        || server.tls_cert.is_some()
        || server.behind_proxy
    {
        return Ok(());
    }
    let expected = "a loopback address such as 127.0.0.1:8080, as this is plain HTTP; give \
                    --tls-cert and --tls-key to serve HTTPS, or --behind-proxy when a proxy in \
                    front does";
    Err(effective.mistake("listen", expected))
}

/// Whether a setting was given as a flag, so that commands shown need it too.
fn is_flag(effective: &Effective, name: &str) -> bool {
    matches!(effective.source(name), Source::Flag(_))
}

//! Making a connection: one host after the other, each for its part of the time there is, so that one
//! that does not answer keeps nobody from the next.

use std::time::Duration;

use deadpool_postgres::Connect;
use tokio::{task::JoinHandle, time::timeout};
use tokio_postgres::{
    Client, Config, Connection, Error, Socket,
    config::{Host, LoadBalanceHosts},
    tls::MakeTlsConnect,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{DbError, error::away};

type Stream = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;
type Connected = (Client, Connection<Socket, Stream>);

/// All that is needed to make a connection.
#[derive(Clone)]
pub(super) struct Dial {
    pub(super) config: Config,
    pub(super) tls: MakeRustlsConnect,
    pub(super) patience: Duration,
    pub(super) statement: Duration,
}

impl Dial {
    /// How long a COMMIT is waited for. Less than the server's own limit: one that waits for a
    /// standby when that is over is called a success, and is none.
    pub(super) fn commit(&self) -> Duration {
        self.statement * 4 / 5
    }

    /// To the first host that answers in time and is what the URL asks for.
    pub(super) async fn connect(&self) -> Result<Connected, DbError> {
        match timeout(self.patience, self.first()).await {
            Ok(connected) => connected.map_err(away),
            Err(_) => Err(DbError::unavailable("no PostgreSQL server answered in time")),
        }
    }

    /// Waits for ever when no host answers at all.
    async fn first(&self) -> Result<Connected, Error> {
        let hosts = each_alone(&self.config);
        let turn = self.patience / u32::try_from(hosts.len()).unwrap_or(1).max(1);
        let mut refused = None;
        for host in hosts {
            match timeout(turn, host.connect(self.tls.clone())).await {
                Ok(Ok(connected)) => return Ok(connected),
                Ok(Err(error)) => refused = Some(error),
                Err(_) => {}
            }
        }
        match refused {
            Some(error) => Err(error),
            None => std::future::pending().await,
        }
    }
}

/// For the pool, which has a limit of its own.
impl Connect for Dial {
    fn connect(
        &self,
        _: &Config,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<(Client, JoinHandle<()>), Error>> + Send + '_>>
    {
        Box::pin(async move {
            let (client, connection) = self.first().await?;
            // It ends with its client; its errors reach the client's requests.
            Ok((client, tokio::spawn(async move { drop(connection.await) })))
        })
    }
}

/// The configuration once for each of its hosts. Where one of them is to be drawn by lot, that is
/// the driver's to do.
fn each_alone(config: &Config) -> Vec<Config> {
    let count = config.get_hosts().len().max(config.get_hostaddrs().len());
    if count < 2 || config.get_load_balance_hosts() == LoadBalanceHosts::Random {
        return vec![config.clone()];
    }
    (0..count).map(|index| alone(config, index)).collect()
}

fn alone(all: &Config, index: usize) -> Config {
    let mut one = Config::new();
    match all.get_hosts().get(index) {
        Some(Host::Tcp(name)) => drop(one.host(name)),
        Some(Host::Unix(path)) => drop(one.host_path(path)),
        None => {}
    }
    all.get_hostaddrs().get(index).map(|address| one.hostaddr(*address));
    all.get_ports().get(index).or(all.get_ports().first()).map(|port| one.port(*port));
    all.get_user().map(|user| one.user(user));
    all.get_password().map(|password| one.password(password));
    all.get_dbname().map(|name| one.dbname(name));
    all.get_options().map(|options| one.options(options));
    all.get_application_name().map(|name| one.application_name(name));
    all.get_connect_timeout().map(|limit| one.connect_timeout(*limit));
    all.get_tcp_user_timeout().map(|limit| one.tcp_user_timeout(*limit));
    one.ssl_mode(all.get_ssl_mode())
        .ssl_negotiation(all.get_ssl_negotiation())
        .keepalives(all.get_keepalives())
        .keepalives_idle(all.get_keepalives_idle())
        .target_session_attrs(all.get_target_session_attrs())
        .channel_binding(all.get_channel_binding());
    all.get_keepalives_interval().map(|interval| one.keepalives_interval(interval));
    all.get_keepalives_retries().map(|retries| one.keepalives_retries(retries));
    one
}

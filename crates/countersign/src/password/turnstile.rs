//! Logins pass one at a time: between two of them the thread that answers sees who else has come.
//! Several wake together as a rule, and whoever has a token would wait for them all.

use tokio::{sync::Semaphore, task::yield_now};

pub(super) struct Turnstile(Semaphore);

impl Turnstile {
    pub(super) fn new() -> Self {
        Self(Semaphore::new(1))
    }

    /// Waits until everybody who was ready before has been served. It costs a look at the sockets.
    pub(super) async fn pass(&self) {
        // It is never closed.
        let _turn = self.0.acquire().await;
        yield_now().await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::UnixStream,
        task::JoinSet,
    };

    use super::*;

    #[tokio::test]
    async fn between_two_that_pass_others_are_served() {
        let (turnstile, served) = (Arc::new(Turnstile::new()), Arc::new(Mutex::new(Vec::new())));
        let mut running = JoinSet::new();
        let (sockets, mut askers): (Vec<_>, Vec<_>) =
            (0..3).map(|_| UnixStream::pair().unwrap()).unzip();
        askers[0].write_all(b"?").await.unwrap();
        let mut askers = askers.into_iter().skip(1);
        for _ in 0..2 {
            let (turnstile, served) = (Arc::clone(&turnstile), Arc::clone(&served));
            let mut next = askers.next().unwrap();
            running.spawn(async move {
                turnstile.pass().await;
                served.lock().unwrap().push("login");
                // The next token comes while this login is under way.
                next.write_all(b"?").await.unwrap();
            });
        }
        for mut socket in sockets {
            let served = Arc::clone(&served);
            running.spawn(async move {
                socket.read_exact(&mut [0]).await.unwrap();
                served.lock().unwrap().push("token");
            });
        }
        running.join_all().await;

        let order = served.lock().unwrap().clone();
        assert_eq!(order, ["token", "login", "token", "login", "token"]);
    }
}

//! A connection that knows when what it read had arrived: the kernel says so. Whoever has other
//! things to do and reads late does not make an answer late.

use std::{
    io::{self, IoSliceMut},
    os::fd::AsRawFd,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context as _, Result};
use http_body_util::Full;
use hyper::{
    body::Bytes,
    client::conn::http1::{Builder, SendRequest},
};
use hyper_util::rt::TokioIo;
use nix::{
    cmsg_space,
    sys::{
        socket::{ControlMessageOwned, MsgFlags, recvmsg, setsockopt, sockopt::ReceiveTimestampns},
        time::TimeSpec,
    },
};
use tokio::{
    io::{AsyncRead, AsyncWrite, Interest, ReadBuf},
    net::TcpStream,
};

use super::Crowd;

/// Read at once, in bytes: more than a head of anybody's, and small for who reads so often.
const READ: usize = 4096;

/// What clients send on.
pub(super) type Sender = SendRequest<Full<Bytes>>;

/// When the last part of what a connection read had arrived.
#[derive(Clone)]
pub(super) struct Arrival(Arc<Mutex<Instant>>);

impl Arrival {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    pub(super) fn last(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what arrived at `stamp`, or just now where the kernel does not say.
    fn note(&self, stamp: Option<SystemTime>) {
        let ago = stamp.and_then(|stamp| stamp.elapsed().ok()).unwrap_or_default();
        let now = Instant::now();
        let at = now.checked_sub(ago).unwrap_or(now);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

/// Connects to whom `crowd` asks.
pub(super) async fn connect(crowd: &Crowd, arrival: Arrival) -> Result<Sender> {
    let stream = TcpStream::connect(crowd.address).await.context("connect")?;
    stream.set_nodelay(true)?;
    setsockopt(&stream, ReceiveTimestampns, &true).context("ask for times of arrival")?;
    let stamped = Stamped { stream, arrival, room: cmsg_space!(TimeSpec) };
    let mut http = Builder::new();
    http.read_buf_exact_size(Some(READ));
    let (sender, connection) = http.handshake(TokioIo::new(stamped)).await?;
    tokio::spawn(async move {
        // What fails here fails at the request as well.
        let _ = connection.await;
    });
    Ok(sender)
}

struct Stamped {
    stream: TcpStream,
    arrival: Arrival,
    /// For what the kernel says beside the bytes.
    room: Vec<u8>,
}

impl Stamped {
    /// How many bytes there were, and when the last of them had arrived, if the kernel says so.
    fn receive(&mut self, bytes: &mut [u8]) -> io::Result<(usize, Option<SystemTime>)> {
        let Self { stream, room, .. } = self;
        stream.try_io(Interest::READABLE, || {
            let mut parts = [IoSliceMut::new(bytes)];
            let got = recvmsg::<()>(stream.as_raw_fd(), &mut parts, Some(room), MsgFlags::empty())?;
            let stamp = got.cmsgs()?.find_map(|said| match said {
                ControlMessageOwned::ScmTimestampns(at) => {
                    Some(SystemTime::UNIX_EPOCH + Duration::from(at))
                }
                _ => None,
            });
            Ok((got.bytes, stamp))
        })
    }
}

impl AsyncRead for Stamped {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let stamped = self.get_mut();
        loop {
            ready!(stamped.stream.poll_read_ready(context))?;
            match stamped.receive(buffer.initialize_unfilled()) {
                Ok((count, stamp)) => {
                    stamped.arrival.note(stamp);
                    buffer.advance(count);
                    return Poll::Ready(Ok(()));
                }
                Err(failure) if failure.kind() == io::ErrorKind::WouldBlock => {}
                Err(failure) => return Poll::Ready(Err(failure)),
            }
        }
    }
}

impl AsyncWrite for Stamped {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::thread::sleep;

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    #[tokio::test]
    async fn what_is_read_late_had_arrived_when_it_came() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        setsockopt(&stream, ReceiveTimestampns, &true).unwrap();
        let (mut peer, _) = listener.accept().await.unwrap();
        let arrival = Arrival::new();
        let mut stamped = Stamped { stream, arrival: arrival.clone(), room: cmsg_space!(TimeSpec) };
        // The kernel begins to note times a little after it was asked to; until then it says nothing.
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            assert!(Instant::now() < deadline, "the kernel says nothing");
            peer.write_all(b"first").await.unwrap();
            stamped.stream.readable().await.unwrap();
            if matches!(stamped.receive(&mut [0; 5]), Ok((_, Some(_)))) {
                break;
            }
        }

        peer.write_all(b"early").await.unwrap();
        let written = Instant::now();
        sleep(Duration::from_millis(100));
        stamped.read_exact(&mut [0; 5]).await.unwrap();

        let apart = arrival.last().saturating_duration_since(written);
        assert!(apart < Duration::from_millis(50), "{apart:?} after it was written");
    }
}

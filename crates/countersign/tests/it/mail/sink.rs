//! A small SMTP server on loopback that keeps what it gets, and can be told to misbehave.

use std::sync::{Arc, Mutex, PoisonError};

use countersign::{Config, Transport};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    net::{TcpListener, TcpStream, tcp::OwnedReadHalf},
};

/// What the server does with a mail.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    Takes,
    /// 450 to each recipient.
    Defers,
    /// 550 to each recipient.
    Refuses,
    /// Hangs up once it has the whole mail.
    Vanishes,
    /// Says nothing at all.
    Sleeps,
}

pub(super) struct Mail {
    pub(super) to: Vec<String>,
    pub(super) text: String,
}

#[derive(Clone)]
pub(super) struct Sink {
    port: u16,
    manner: Arc<Mutex<Manner>>,
    mails: Arc<Mutex<Vec<Mail>>>,
}

impl Sink {
    pub(super) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink = Self {
            port: listener.local_addr().unwrap().port(),
            manner: Arc::new(Mutex::new(manner)),
            mails: Arc::default(),
        };
        let serving = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sink = serving.clone();
                tokio::spawn(async move { sink.serve(stream).await });
            }
        });
        sink
    }

    /// Sends there.
    pub(super) fn configure(&self, config: &mut Config) {
        config.mail.transport = Transport::Smtp;
        config.mail.from = "Countersign <no-reply@example.org>".into();
        config.mail.smtp_url = Some(format!("smtp://127.0.0.1:{}?tls=none", self.port));
        config.confirmation = countersign::Confirmation::Optional;
    }

    pub(super) fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap_or_else(PoisonError::into_inner) = manner;
    }

    pub(super) fn count(&self) -> usize {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    pub(super) fn recipients(&self) -> Vec<String> {
        let mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
        mails.iter().flat_map(|mail| mail.to.clone()).collect()
    }

    pub(super) fn text(&self, number: usize) -> String {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner)[number].text.clone()
    }

    fn manner(&self) -> Manner {
        *self.manner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(&self, stream: TcpStream) -> Option<()> {
        let (reading, mut writing) = stream.into_split();
        let mut lines = BufReader::new(reading).lines();
        if self.manner() == Manner::Sleeps {
            return std::future::pending().await;
        }
        writing.write_all(b"220 sink ESMTP\r\n").await.ok()?;
        let mut to = Vec::new();
        while let Some(line) = lines.next_line().await.ok()? {
            let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => "250 sink",
                "RCPT" if self.manner() == Manner::Defers => "450 later",
                "RCPT" if self.manner() == Manner::Refuses => "550 never",
                "RCPT" => {
                    to.push(line.split(['<', '>']).nth(1)?.to_owned());
                    "250 ok"
                }
                "DATA" => {
                    writing.write_all(b"354 go on\r\n").await.ok()?;
                    let text = data(&mut lines).await?;
                    let mail = Mail { to: std::mem::take(&mut to), text };
                    self.mails.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
                    if self.manner() == Manner::Vanishes {
                        return None;
                    }
                    "250 taken"
                }
                "QUIT" => {
                    writing.write_all(b"221 bye\r\n").await.ok()?;
                    return None;
                }
                _ => "250 ok",
            };
            writing.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        }
        None
    }
}

/// The lines up to the one that is a dot.
async fn data(lines: &mut Lines<BufReader<OwnedReadHalf>>) -> Option<String> {
    let mut text = String::new();
    loop {
        match lines.next_line().await.ok()?? {
            line if line == "." => return Some(text),
            line => text += &format!("{line}\n"),
        }
    }
}

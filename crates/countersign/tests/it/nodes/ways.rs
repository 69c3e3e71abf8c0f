//! Several hosts in one URL: the first that answers and takes writes is used, whatever becomes of
//! the others.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::support::{Database, Proxy};

/// Signs up, logs in and reads, all by the second host.
async fn works_beside(first: &str) {
    let database = Database::postgres().await;
    let hosts = format!("{first},{}", database.host());
    let behind = database.by_way_of(&hosts, "&target_session_attrs=read-write");

    let session = behind.app().await.user("miguel").await.log_in().await;

    assert_eq!(session.alive().await, (200, 200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_dead_is_passed_over() {
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();

    works_beside(&dead.to_string()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_takes_connections_and_never_answers_is_passed_over() {
    let silent = Proxy::to("127.0.0.1:1".into()).await;
    silent.stick();

    works_beside(&silent.address()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_takes_no_writes_is_passed_over() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let standby = tokio::spawn(async move {
        let mut asked = 0;
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            asked += usize::from(be_a_standby(stream).await.is_some());
            assert!(asked < 100);
        }
    });

    works_beside(&address).await;
    standby.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_writes_changes_over_to_the_next_host_when_the_first_goes_silent() {
    let database = Database::postgres().await;
    let first = Proxy::to(database.host().to_owned()).await;
    let hosts = format!("{},{}", first.address(), database.host());
    let app = database.by_way_of(&hosts, "&target_session_attrs=read-write").app().await;
    let miguel = app.user("miguel").await;
    miguel.log_in().await;

    first.stick();

    let begun = std::time::Instant::now();
    while miguel.post("/api/tokens", &serde_json::json!({})).await.status != 200 {
        assert!(begun.elapsed().as_secs() < 20, "nobody changes over");
    }
    assert_eq!(miguel.log_in().await.alive().await, (200, 200));
}

/// Speaks as much of the protocol as it takes to be asked whether it takes writes, and says no.
async fn be_a_standby(mut stream: TcpStream) -> Option<()> {
    let length = stream.read_u32().await.ok()?;
    stream.read_exact(&mut vec![0; usize::try_from(length).ok()? - 4]).await.ok()?;
    let ready = message(b'Z', b"I");
    stream.write_all(&[message(b'R', &0_u32.to_be_bytes()), ready.clone()].concat()).await.ok()?;
    if stream.read_u8().await.ok()? != b'Q' {
        return None;
    }
    let length = stream.read_u32().await.ok()?;
    stream.read_exact(&mut vec![0; usize::try_from(length).ok()? - 4]).await.ok()?;
    let column = [
        b"\0\x01transaction_read_only\0".as_slice(),
        &[0; 6],
        &[0, 0, 0, 25, 255, 255],
        &[255; 4],
        &[0; 2],
    ]
    .concat();
    let answer = [
        message(b'T', &column),
        message(b'D', b"\0\x01\0\0\0\x02on"),
        message(b'C', b"SHOW\0"),
        ready,
    ];
    stream.write_all(&answer.concat()).await.ok()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap();
    [&[kind], &length.to_be_bytes()[..], body].concat()
}

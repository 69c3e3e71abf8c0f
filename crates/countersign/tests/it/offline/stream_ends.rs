//! How a stream ends: whoever has heard nothing for three heartbeats must not rely on it.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::events::{key, listen, resume};
use crate::support::{App, Database, on_both_engines};

async fn beating(db: &Database) -> App {
    db.app_with(|config| config.heartbeat_seconds = 1).await
}

/// Waits until so many listen.
async fn listeners(app: &App, count: usize) {
    let begun = Instant::now();
    while app.auth.streams().count() != count {
        assert!(begun.elapsed() < Duration::from_secs(10), "{}", app.auth.streams().count());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

on_both_engines! {
    async fn a_stream_gives_signs_of_life_that_say_how_far_it_is(db) {
        let app = beating(&db).await;
        let (miguel, key) = (app.user("miguel").await, key(&app).await);
        let caller = app.api_key(&key.key);
        let mut events = listen(&caller).await;
        let (_, ready) = events.snapshot().await;
        // It says nothing of what is nobody else's business.
        app.auth.roles().grant(miguel.id.parse().unwrap(), "auditor").await.unwrap();

        let mut beat = events.any().await.unwrap();
        while beat.id == Some(ready.clone()) {
            beat = events.any().await.unwrap();
        }

        assert_eq!((beat.name.as_str(), &beat.data), ("heartbeat", &serde_json::json!({})));
        let mut resumed = resume(&caller, &beat.id.unwrap()).await;
        assert_eq!(resumed.next().await.name, "ready");
    }

    async fn a_key_that_is_revoked_hears_nothing_more(db) {
        let app = beating(&db).await;
        let root = app.admin().await;
        let (one, two) = (root.key("revocations").await, root.key("revocations").await);
        let mut events = listen(&app.api_key(&one.key)).await;
        let mut others = listen(&app.api_key(&two.key)).await;
        events.snapshot().await;
        others.snapshot().await;

        root.delete(&format!("/api/me/api-keys/{}", one.id)).await;

        events.end().await;
        assert_eq!(others.any().await.unwrap().name, "heartbeat");
        app.auth.roles().withdraw(root.id.parse().unwrap(), "admin").await.unwrap();
        others.end().await;
        listeners(&app, 0).await;
    }

    async fn a_server_that_stops_ends_its_streams_and_begins_none(db) {
        let here = db.app().await;
        let there = here.neighbour().await;
        let session = here.user("miguel").await.log_in().await;
        let key = key(&here).await;
        let mut events = listen(&here.api_key(&key.key)).await;
        let (_, last) = events.snapshot().await;

        here.auth.streams().close();

        assert_eq!(events.any().await, None, "at once");
        let answer = here.api_key(&key.key).get("/revocations").await;
        assert_eq!(answer.refusal(), (503, "temporarily_unavailable"));
        session.delete("/api/tokens").await;
        let mut elsewhere = resume(&there.api_key(&key.key), &last).await;
        assert_eq!(elsewhere.next().await.data["sid"], session.id.as_str());
    }

    async fn a_process_that_hears_nothing_says_nothing(db) {
        let app = db.app_with(|config| {
            config.heartbeat_seconds = 1;
            config.max_lag_seconds = 1;
        }).await;
        let key = key(&app).await;
        let caller = app.api_key(&key.key);
        let mut events = listen(&caller).await;
        let (_, last) = events.snapshot().await;
        db.execute("ALTER TABLE lanes RENAME TO lanes_away").await;

        events.end().await;
        crate::support::becomes(&caller, "/revocations", 503).await;
        db.execute("ALTER TABLE lanes_away RENAME TO lanes").await;

        crate::support::becomes(&caller, "/me", 200).await;
        assert_eq!(resume(&caller, &last).await.next().await.name, "ready");
    }

    async fn a_listener_that_dies_within_an_event_leaves_nothing_behind(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;
        let key = key(&app).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(countersign::serve(listener, app.router()));
        let mut client = TcpStream::connect(address).await.unwrap();
        let request = format!("GET /revocations HTTP/1.1\r\nhost: a\r\nx-api-key: {}\r\n\r\n", key.key);
        client.write_all(request.as_bytes()).await.unwrap();
        let mut some = [0; 20];
        client.read_exact(&mut some).await.unwrap();
        listeners(&app, 1).await;

        drop(client);

        listeners(&app, 0).await;
        session.delete("/api/tokens").await;
        let mut events = listen(&app.api_key(&key.key)).await;
        assert_eq!(events.snapshot().await.0.len(), 1);
        server.abort();
    }

    async fn there_is_room_for_so_many_listeners_and_no_more(db) {
        let app = db.app().await;
        let key = key(&app).await;
        let caller = app.api_key(&key.key);
        let mut all = Vec::new();
        for _ in 0..256 {
            all.push(listen(&caller).await);
        }

        let refused = caller.get("/revocations").await;
        all.pop();

        assert_eq!(refused.refusal(), (503, "temporarily_unavailable"));
        assert_eq!(refused.header("retry-after"), "5");
        listen(&caller).await.snapshot().await;
    }

    async fn a_listener_that_does_not_keep_up_is_cut_off_and_goes_on_where_it_was(db) {
        let app = db.app().await;
        let key = key(&app).await;
        let caller = app.api_key(&key.key);
        let mut events = listen(&caller).await;
        let (_, last) = events.snapshot().await;
        db.hold(&six_thousand()).await.commit().await;
        let begun = Instant::now();
        while app.auth.revocations() < 6000 {
            assert!(begun.elapsed().as_secs() < 20);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }

        events.end().await;
        let mut resumed = resume(&caller, &last).await;
        let mut heard = 0;
        while resumed.next().await.name != "ready" {
            heard += 1;
        }

        assert_eq!(heard, 6000);
    }
}

/// Revokes six thousand tokens at once, as another process would.
fn six_thousand() -> [String; 2] {
    let table = |count: u8| {
        let rows: Vec<_> = (0..count).map(|n| format!("SELECT {n} AS n")).collect();
        format!("({})", rows.join(" UNION ALL "))
    };
    let (six, ten) = (table(6), table(10));
    let number = "(a.n * 1000 + b.n * 100 + c.n * 10 + d.n)";
    [
        "UPDATE lanes SET seq = seq + 6000 WHERE lane = 3".to_owned(),
        format!(
            "INSERT INTO changes (id, lane, seq, at, kind, subject, expires_at)
            SELECT 'm' || {number}, 3, lanes.seq - 5999 + {number}, 0, 'token', 't' || {number},
                9000000000
            FROM lanes, {six} a, {ten} b, {ten} c, {ten} d WHERE lanes.lane = 3"
        ),
    ]
}

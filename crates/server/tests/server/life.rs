//! Start, health, shutdown.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use crate::kit::{Place, Server, agent, answer, get, get_as};

#[test]
fn without_configuration_it_starts_on_a_database_of_its_own_and_says_where_everything_is() {
    let place = Place::new();
    let mut command = place.command(&["serve", "--json"]);
    // Only the port: the usual one may be taken where the tests run.
    command.env("COUNTERSIGN_LISTEN", "127.0.0.1:0");

    let server = Server::start(command);

    assert_eq!(server.ready["database"], "sqlite://countersign.db");
    assert_eq!(server.ready["secret"], "countersign.db.key");
    assert_eq!(server.ready["users"], 0);
    assert_eq!(get(server.ready["jwks"].as_str().unwrap()).json()["keys"][0]["use"], "sig");
    assert!(get(server.ready["openapi"].as_str().unwrap()).body.contains("\"openapi\""));
    assert_eq!(get(&server.url("/healthz")).status, 200);
    assert_eq!(get(&server.url("/readyz")).status, 200);
    let missing = get(&server.url("/nothing"));
    assert_eq!((missing.status, &missing.json()["error"]), (404, &"not_found".into()));
    assert_eq!(server.stop().0, 0);
}

#[test]
fn people_are_told_how_to_make_the_first_admin() {
    let place = Place::new();
    let mut child = place.command(&["serve", "--listen=127.0.0.1:0"]).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let (mut text, mut buffer) = (String::new(), [0; 4096]);
    while !text.contains("Stop with Ctrl-C") {
        let n = out.read(&mut buffer).unwrap();
        assert!(n > 0, "{text}");
        text.push_str(std::str::from_utf8(&buffer[..n]).unwrap());
    }
    child.kill().unwrap();
    child.wait().unwrap();

    assert!(text.contains("countersign user add NAME --role admin"), "{text}");
    assert!(text.contains("countersign.db.key"), "{text}");
}

#[test]
fn the_demo_has_its_sample_users_when_it_says_it_is_ready() {
    let place = Place::new();
    let server = Server::start(place.command(&["demo", "--json", "--listen=127.0.0.1:0"]));

    let tokens = answer(
        agent()
            .post(server.url("/api/tokens"))
            // JohnDoe:John
            .header("authorization", "Basic Sm9obkRvZTpKb2hu")
            .send_empty(),
    );

    assert_eq!(tokens.status, 200, "{}", tokens.body);
    let token = tokens.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(get_as(&server.url("/api/me"), &token).json()["username"], "JohnDoe");
    assert_eq!(server.ready["users"], 7);
    assert_eq!(std::fs::read_dir(place.0.path()).unwrap().count(), 0);
    assert_eq!(place.run(&["demo", "--database=sqlite://kept.db"]).code, 2);
}

#[test]
fn a_request_under_way_is_finished_before_the_server_ends() {
    let place = Place::new();
    let mut server = place.serve(&[]);
    let body = r#"{"username":"alice","password":"canary-Vx93-horse-staple"}"#;
    let mut stream = TcpStream::connect(server.address()).unwrap();
    write!(
        stream,
        "POST /api/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    )
    .unwrap();
    // The answer to Expect comes when the handler waits for the body: the request is under way.
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert!(interim.starts_with(b"HTTP/1.1 100"), "{}", String::from_utf8_lossy(&interim));

    server.terminate();
    while TcpStream::connect(server.address()).is_ok() {}
    stream.write_all(body.as_bytes()).unwrap();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();

    let (code, log) = server.wait();
    assert!(rest.starts_with("HTTP/1.1 201"), "{rest}\n{log}");
    assert_eq!(code, 0);
    assert!(log.contains("stopped"), "{log}");
}

#[test]
fn a_stream_that_would_never_end_does_not_hold_up_the_end_of_the_server() {
    let place = Place::new();
    let mut server = place.serve(&[]);
    let add = ["user", "add", "root", "--role", "admin", "--password-stdin"];
    place.run_with(&add, "canary-Vx93-horse-staple\n").ok();
    let key = place.run(&["key", "add", "root", "--name", "k", "--scope", "revocations", "--json"]);
    let key = key.ok().json()["key"].as_str().unwrap().to_owned();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    write!(stream, "GET /revocations HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\n\r\n").unwrap();
    let (mut heard, mut some) = (String::new(), [0; 4096]);
    while !heard.contains("event: ready") {
        let count = stream.read(&mut some).unwrap();
        assert!(count > 0, "{heard}");
        heard.push_str(std::str::from_utf8(&some[..count]).unwrap());
    }

    server.terminate();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();

    let (code, log) = server.wait();
    assert!(rest.ends_with("0\r\n\r\n"), "a whole answer: {rest}");
    assert_eq!(code, 0);
    assert!(log.contains("stopped") && !log.contains("cut off"), "{log}");
}

#[test]
fn it_is_not_ready_when_the_database_is_gone_and_says_so_with_503() {
    let place = Place::new();
    let server = place.serve(&[]);
    assert_eq!(get(&server.url("/readyz")).status, 200);

    for name in ["countersign.db", "countersign.db-wal"] {
        let path = place.0.path().join(name);
        let zeros = vec![0; usize::try_from(path.metadata().unwrap().len()).unwrap()];
        let mut file = std::fs::File::options().write(true).open(path).unwrap();
        file.write_all(&zeros).unwrap();
    }
    let away = get(&server.url("/readyz"));

    assert_eq!((away.status, &away.json()["error"]), (503, &"temporarily_unavailable".into()));
    assert_eq!(get(&server.url("/healthz")).status, 200);
}

#[test]
fn a_connection_that_sends_no_request_is_closed() {
    let place = Place::new();
    let server = place.serve(&["--header-timeout-seconds=1"]);

    // As HTTP/2 would begin, and then nothing; a request that never ends; nothing at all.
    for begun in ["PRI * HT", "GET / HTTP/1.1\r\nHost", ""] {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream.write_all(begun.as_bytes()).unwrap();
        let mut rest = Vec::new();
        // Ends when the server closes; without the limit this waits for ever.
        let _ = stream.read_to_end(&mut rest);
    }

    assert_eq!(get(&server.url("/healthz")).status, 200);
}

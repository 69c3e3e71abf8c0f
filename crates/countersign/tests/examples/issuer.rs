//! An issuer in the test's hand: it serves a JWK Set, counts who asks, and changes its key.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

use countersign::proto::jose::{ACCESS_TOKEN_TYP, AccessClaims, Algorithm, KeySet, SigningKey};

pub(crate) struct Issuer {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

struct State {
    key: SigningKey,
    asked: usize,
}

impl Issuer {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State { key: new_key(), asked: 0 }));
        let served = Arc::clone(&state);
        thread::spawn(move || {
            for mut peer in listener.incoming().flatten() {
                let _ = peer.read(&mut [0; 4096]);
                let body = {
                    let mut state = served.lock().unwrap();
                    state.asked += 1;
                    KeySet::new([state.key.verifying_key()]).to_jwks_json()
                };
                let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length:";
                let _ = write!(peer, "{head} {}\r\n\r\n{body}", body.len());
            }
        });
        Self { url, state }
    }

    pub(crate) fn replace_key(&self) {
        self.state.lock().unwrap().key = new_key();
    }

    /// How often the keys were asked for.
    pub(crate) fn asked(&self) -> usize {
        self.state.lock().unwrap().asked
    }

    /// A good token that names `iss` its issuer, as an `Authorization` value.
    pub(crate) fn token(&self, iss: &str) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed();
        let claims = AccessClaims {
            iss: iss.to_owned(),
            sub: "somebody".to_owned(),
            aud: iss.to_owned(),
            client_id: "test".to_owned(),
            scope: String::new(),
            iat: now,
            exp: now + 600,
            jti: "one".to_owned(),
            sid: None,
            auth_time: now,
            amr: vec![],
            roles: vec![],
            status: None,
            epoch: 0,
            extra: std::collections::BTreeMap::new(),
        };
        let state = self.state.lock().unwrap();
        format!("Bearer {}", state.key.sign(ACCESS_TOKEN_TYP, &claims).unwrap())
    }
}

fn new_key() -> SigningKey {
    SigningKey::generate(Algorithm::default()).unwrap()
}

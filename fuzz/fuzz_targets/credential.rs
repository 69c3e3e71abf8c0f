//! Arbitrary request heads: a credential, nothing or an error, and never an empty secret.
#![no_main]

use base64::{Engine, engine::general_purpose::STANDARD};
use countersign_proto::credential::{Carriers, MAX_LEN, Presented, parse};
use libfuzzer_sys::fuzz_target;

// One field a line; the first byte of a line says where it is carried.
fuzz_target!(|data: &[u8]| {
    let carriers = Carriers { schemes: vec!["Token".into(), "JWT".into()], ..Carriers::default() };
    let (mut fields, mut headers, mut query) = (Vec::new(), Vec::new(), Vec::new());
    for line in data.split(|&b| b == b'\n') {
        match line.split_first() {
            Some((b'k', rest)) => headers.push(("X-API-Key", rest)),
            Some((b't', rest)) => headers.push(("x-auth-token", rest)),
            Some((b'q', rest)) => query.extend(std::str::from_utf8(rest)),
            Some((b'b', rest)) => {
                fields.push([b"Basic ", STANDARD.encode(rest).as_bytes()].concat());
            }
            _ => fields.push(line.to_vec()),
        }
    }
    let fields: Vec<&[u8]> = fields.iter().map(Vec::as_slice).collect();

    match parse(&fields, &headers, &query, &carriers) {
        Ok(Some(Presented::Password { username, password })) => {
            assert!(!username.is_empty() && !password.is_empty());
            assert!(!username.contains(':') && !username.chars().any(char::is_control));
        }
        Ok(Some(Presented::Token { token, .. })) => {
            assert!(!token.is_empty() && token.reveal().len() <= MAX_LEN);
            assert!(token.reveal().bytes().all(|b| b.is_ascii_graphic()));
        }
        // No carriers named in the input does not happen: an empty line is an empty field.
        Ok(None) => assert!(fields.is_empty() && headers.is_empty() && query.is_empty()),
        Err(error) => assert!((400..500).contains(&error.code().status())),
    }
});

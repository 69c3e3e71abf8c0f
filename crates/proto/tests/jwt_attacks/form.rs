//! Attacks on the form: parts, spelling, size, serialisations, and the JSON inside.

use countersign_proto::jose::TokenError::{Header, Malformed, Signature};
use countersign_proto::jose::{MAX_TOKEN_LEN, SigningKey};
use serde_json::json;

use crate::forge::{
    Case, ED, b64, case, claim, good, good_claims, good_header, header_member, signed, with_claims,
    with_header,
};

pub(crate) fn cases() -> Vec<Case> {
    let mut all = parts();
    all.extend(spellings());
    all.extend(sizes());
    all.extend(serialisations());
    all.extend(header_json());
    all.extend(claims_json());
    all.extend(claims_that_are_no_object());
    all
}

fn malformed(name: &str, token: String) -> Case {
    case(name, token, Malformed)
}

fn parts() -> Vec<Case> {
    let token = good(&ED);
    let [header, payload, signature] = cut(&token);
    vec![
        malformed("nothing", String::new()),
        malformed("one dot", ".".into()),
        malformed("two dots", "..".into()),
        malformed("one part", header.into()),
        malformed("two parts", format!("{header}.{payload}")),
        malformed("no signature", format!("{header}.{payload}.")),
        malformed("no header", format!(".{payload}.{signature}")),
        malformed("no payload", format!("{header}..{signature}")),
        malformed("a fourth part", format!("{token}.{signature}")),
        malformed("a fourth, empty part", format!("{token}.")),
        malformed("an empty part in front", format!(".{token}")),
        malformed("five parts", format!("{token}.{payload}.{signature}")),
        case("parts in another order", format!("{payload}.{header}.{signature}"), Header),
        case(
            "payload of another token",
            {
                let other = claim("sub", Some(json!("user-2")));
                format!("{header}.{}.{signature}", cut(&other)[1])
            },
            Signature,
        ),
    ]
}

fn spellings() -> Vec<Case> {
    let token = good(&ED);
    let [header, payload, signature] = cut(&token);
    let sign = |header: &str, payload: &str| signed(header, payload, &ED);
    vec![
        malformed("space in front", format!(" {token}")),
        malformed("space behind", format!("{token} ")),
        malformed("newline behind", format!("{token}\n")),
        malformed("carriage return and newline behind", format!("{token}\r\n")),
        malformed("tab inside", format!("{header}.\t{payload}.{signature}")),
        malformed(
            "newline inside the header",
            sign(&format!("{}\n{}", &header[..8], &header[8..]), payload),
        ),
        malformed(
            "newline inside the payload",
            sign(header, &format!("{}\n{}", &payload[..8], &payload[8..])),
        ),
        malformed("NUL behind", format!("{token}\0")),
        malformed("byte order mark in front", format!("\u{feff}{token}")),
        malformed("padding on the signature", format!("{token}==")),
        malformed("padding on the header", sign(&padded(header), payload)),
        malformed("padding on the payload", sign(header, &padded(payload))),
        malformed("plus and slash in the payload", sign(header, &standard_alphabet())),
        malformed("plus in the signature", format!("{header}.{payload}.+{}", &signature[1..])),
        malformed(
            "tail bits of the signature",
            format!("{header}.{payload}.{}", other_tail(signature)),
        ),
        malformed("tail bits of the header", sign(&other_tail(&loose_header()), payload)),
        malformed("tail bits of the payload", sign(header, &other_tail(&loose_payload()))),
        malformed("a lone last character", format!("{header}.{payload}.{signature}AAA")),
        malformed("full-width dots", token.replace('.', "\u{ff0e}")),
        malformed("percent-encoded dots", token.replace('.', "%2E")),
        malformed("a scheme in front", format!("Bearer {token}")),
    ]
}

fn sizes() -> Vec<Case> {
    vec![
        malformed("one byte too long, well signed", of_length(MAX_TOKEN_LEN + 1)),
        malformed("one megabyte of letters", "A".repeat(1 << 20)),
        malformed(
            "one megabyte of claims, well signed",
            claim("x", Some(json!("x".repeat(1 << 20)))),
        ),
        malformed("a hundred thousand dots", ".".repeat(100_000)),
        malformed("eight thousand dots", ".".repeat(8_000)),
        malformed("dots and letters by turns", "a.".repeat(4_000)),
        malformed("a kid of one megabyte", header_member("kid", Some(json!("k".repeat(1 << 20))))),
    ]
}

fn serialisations() -> Vec<Case> {
    let token = good(&ED);
    let [header, payload, signature] = cut(&token);
    let general =
        json!({"payload": payload, "signatures": [{"protected": header, "signature": signature}]});
    let flattened = json!({"payload": payload, "protected": header, "signature": signature});
    let unprotected =
        json!({"payload": payload, "header": good_header(&ED), "signature": signature});
    let polyglot =
        json!({"payload": payload, token.clone(): "", "protected": header, "signature": signature});
    let jwe = json!({"alg": "dir", "enc": "A256GCM"}).to_string();
    let pbes = json!({"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2_147_483_648_u64, "p2s": "AA"});
    vec![
        malformed("general JSON serialisation", general.to_string()),
        malformed("flattened JSON serialisation", flattened.to_string()),
        malformed("flattened with unprotected header", unprotected.to_string()),
        malformed("JSON and compact at once", polyglot.to_string()),
        malformed("encrypted, five parts", format!("{}.AA.AA.AA.AA", b64(&jwe))),
        case("encrypted, dressed as three parts", format!("{}.AAAA.AAAA", b64(&jwe)), Header),
        case(
            "password-based encryption, two thousand million rounds",
            with_header(pbes.to_string()),
            Header,
        ),
        malformed("a token as the payload", with_claims(&token)),
        malformed("a quoted token as the payload", with_claims(format!("\"{token}\""))),
        malformed("detached payload", format!("{header}..{signature}")),
    ]
}

fn header_json() -> Vec<Case> {
    let kid = SigningKey::kid(&ED);
    let body = format!("\"alg\":\"EdDSA\",\"typ\":\"at+jwt\",\"kid\":\"{kid}\"");
    let verdict =
        |name: &str, text: String| case(format!("header: {name}"), with_header(text), Malformed);
    let mut all = vec![
        verdict("alg twice", format!("{{{body},\"alg\":\"EdDSA\"}}")),
        verdict("alg none first, EdDSA later", format!("{{\"alg\":\"none\",{body}}}")),
        verdict("alg twice, once escaped", format!("{{{body},\"\\u0061lg\":\"none\"}}")),
        verdict("kid twice", format!("{{{body},\"kid\":\"{kid}\"}}")),
        verdict("typ twice", format!("{{{body},\"typ\":\"JWT\"}}")),
        verdict("trailing comma", format!("{{{body},}}")),
        verdict("something behind", format!("{{{body}}}x")),
        verdict("two objects", format!("{{{body}}}{{}}")),
        verdict("a comment", format!("{{{body}/**/}}")),
        verdict("single quotes", format!("{{{body}}}").replace('"', "'")),
        verdict("cut off", format!("{{{body}")),
        verdict("byte order mark", format!("\u{feff}{{{body}}}")),
        verdict("an array", format!("[{{{body}}}]")),
        verdict("a string", "\"EdDSA\"".into()),
        verdict("null", "null".into()),
        verdict("white space only", "  ".into()),
        verdict("a thousand brackets", format!("{{{body},\"x\":{}", "[".repeat(1000))),
    ];
    let wide: Vec<u8> = format!("{{{body}}}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    all.push(case("header: UTF-16", with_header(wide), Malformed));
    let broken = [format!("{{{body},\"x\":\"").as_bytes(), b"\xff\"}"].concat();
    all.push(case("header: invalid UTF-8", with_header(broken), Malformed));
    all
}

fn claims_json() -> Vec<Case> {
    let text = good_claims().to_string();
    let body = &text[1..text.len() - 1];
    let verdict = |name: &str, inner: String| {
        case(format!("claims: {name}"), with_claims(format!("{{{body}{inner}}}")), Malformed)
    };
    let bytes = |name: &str, value: &[u8]| {
        let raw = [b"{", body.as_bytes(), b",\"x\":", value, b"}"].concat();
        case(format!("claims: {name}"), with_claims(raw), Malformed)
    };
    vec![
        verdict("exp twice", ",\"exp\":9999999999".into()),
        verdict("sub twice", ",\"sub\":\"root\"".into()),
        verdict("sub twice, once escaped", ",\"s\\u0075b\":\"root\"".into()),
        verdict("roles twice", ",\"roles\":[\"root\"]".into()),
        verdict("a member twice, inside", ",\"x\":{\"a\":1,\"a\":2}".into()),
        verdict("a member twice, inside an array", ",\"x\":[{\"a\":1,\"a\":2}]".into()),
        verdict(
            "nine levels of objects",
            format!(",\"x\":{}1{}", "{\"a\":".repeat(8), "}".repeat(8)),
        ),
        verdict("nine levels of arrays", format!(",\"x\":{}{}", "[".repeat(8), "]".repeat(8))),
        verdict("two thousand levels", format!(",\"x\":{}{}", "[".repeat(2000), "]".repeat(2000))),
        verdict("leading zero", ",\"x\":01".into()),
        verdict("hexadecimal", ",\"x\":0x1".into()),
        verdict("not a number", ",\"x\":NaN".into()),
        verdict("infinity", ",\"x\":1e999".into()),
        verdict("lone surrogate", ",\"x\":\"\\ud800\"".into()),
        verdict("line feed in a string", ",\"x\":\"\n\"".into()),
        verdict("trailing comma", ",".into()),
        verdict("an object behind", "}{".into()),
        bytes("invalid UTF-8", b"\"\xff\""),
        bytes("overlong UTF-8", b"\"\xc0\xaf\""),
        bytes("surrogate in UTF-8", b"\"\xed\xa0\x80\""),
    ]
}

fn claims_that_are_no_object() -> Vec<Case> {
    let text = good_claims().to_string();
    [
        ("byte order mark", format!("\u{feff}{text}")),
        ("an array", format!("[{text}]")),
        ("a string", "\"x\"".into()),
        ("a number", "1".into()),
        ("null", "null".into()),
        ("white space only", " ".into()),
        ("NUL behind", format!("{text}\0")),
    ]
    .into_iter()
    .map(|(name, text)| case(format!("claims: {name}"), with_claims(text), Malformed))
    .collect()
}

fn cut(token: &str) -> [&str; 3] {
    let parts: Vec<&str> = token.split('.').collect();
    parts.try_into().unwrap()
}

fn padded(part: &str) -> String {
    let text = part.to_owned();
    let missing = (4 - text.len() % 4) % 4;
    if missing == 0 { format!("{text}====") } else { text + &"=".repeat(missing) }
}

/// Claims whose encoding differs between the two alphabets, in the wrong one.
fn standard_alphabet() -> String {
    let mut claims = good_claims();
    claims["x"] = json!("???>>>~~~");
    let right = b64(claims.to_string());
    let wrong = right.replace('-', "+").replace('_', "/");
    assert_ne!(right, wrong);
    wrong
}

/// A header whose encoding has unused bits at its end.
fn loose_header() -> String {
    loose(&good_header(&ED).to_string())
}

fn loose_payload() -> String {
    loose(&good_claims().to_string())
}

fn loose(json: &str) -> String {
    let mut text = json.to_owned();
    while text.len() % 3 != 1 {
        text.push(' ');
    }
    b64(text)
}

/// The same bytes in another spelling: the last character's unused bits set.
fn other_tail(part: &str) -> String {
    let last = part.chars().last().unwrap();
    let next = match last {
        'A' => 'B',
        'Q' => 'R',
        'g' => 'h',
        'w' => 'x',
        other => panic!("{other} leaves no bits unused"),
    };
    format!("{}{next}", &part[..part.len() - 1])
}

/// A good token of exactly this length, signed.
pub(crate) fn of_length(length: usize) -> String {
    let overhead = claim("x", Some(json!(""))).len();
    let start = (length - overhead) / 4 * 3;
    let mut tokens =
        (start.saturating_sub(4)..start + 8).map(|n| claim("x", Some(json!("x".repeat(n)))));
    // Some lengths modulo four do not exist for a part; a longer header makes up for one.
    tokens.find(|token| token.len() == length).unwrap_or_else(|| {
        let header = good_header(&ED).to_string();
        let spaced = [" ", "  ", "   "].map(|pad| b64(format!("{header}{pad}")));
        let sized = |n: usize| {
            let mut claims = good_claims();
            claims["x"] = json!("x".repeat(n));
            b64(claims.to_string())
        };
        let all = spaced.iter().flat_map(|h| (start - 8..start + 8).map(move |n| (h, n)));
        all.map(|(h, n)| signed(h, &sized(n), &ED)).find(|token| token.len() == length).unwrap()
    })
}

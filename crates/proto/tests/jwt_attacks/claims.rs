//! Attacks through well-signed claims: wrong types, wrong times, other issuers and audiences,
//! tokens made for another purpose.

use countersign_proto::jose::TokenError::{
    Audience, Claim, Expired, IssuedLater, Issuer, NotYetValid,
};
use serde_json::{Value, json};

use crate::forge::{AUDIENCE, Case, ISSUER, NOW, case, claim, good_claims, raw_claim, with_claims};

pub(crate) fn cases() -> Vec<Case> {
    let mut all = times();
    all.extend(lifetimes());
    all.extend(issuers());
    all.extend(audiences());
    all.extend(texts());
    all.extend(lists_and_counts());
    all.extend(statuses());
    all.extend(other_purposes());
    all
}

fn times() -> Vec<Case> {
    let raw = [
        "\"1800000500\"",
        "\"\"",
        "1800000500.0",
        "1800000500.5",
        "1.8e9",
        "1e308",
        "-1",
        "-0",
        "-1e308",
        "null",
        "true",
        "[1800000500]",
        "{\"v\":1800000500}",
        "1800000500000",
        "253402300800",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "{\"$serde_json::private::Number\":\"1800000500\"}",
    ];
    let mut all = Vec::new();
    for name in ["exp", "iat", "nbf"] {
        for value in raw {
            all.push(case(format!("{name} {value}"), raw_claim(name, value), Claim(name)));
        }
    }
    all.push(case("exp absent", claim("exp", None), Claim("exp")));
    all.push(case("iat absent", claim("iat", None), Claim("iat")));
    all
}

fn lifetimes() -> Vec<Case> {
    let at = |name: &str, time: i64| claim(name, Some(json!(time)));
    let mut ahead = good_claims();
    ahead["iat"] = json!(NOW + 11);
    ahead["nbf"] = json!(NOW);
    vec![
        case("expired a second ago", at("exp", NOW - 1), Expired),
        case("expires this second", at("exp", NOW), Expired),
        case("expired within the leeway", at("exp", NOW - 5), Expired),
        case("ends before it begins", at("exp", NOW - 11), Claim("exp")),
        case("ends as it begins", at("exp", NOW - 10), Claim("exp")),
        case("expires in 1970", at("exp", 0), Claim("exp")),
        case("issued beyond the leeway", at("iat", NOW + 11), IssuedLater),
        case("issued in an hour, expiring before", at("iat", NOW + 3600), Claim("exp")),
        case("issued beyond the leeway, usable now", with_claims(ahead.to_string()), IssuedLater),
        case("not before a time beyond the leeway", at("nbf", NOW + 11), NotYetValid),
        case("not before the year 9999", at("nbf", 253_402_300_799), NotYetValid),
    ]
}

fn issuers() -> Vec<Case> {
    let values = [
        json!(format!("{ISSUER}/")),
        json!("https://ID.example"),
        json!("http://id.example"),
        json!("https://id.example.attacker.example"),
        json!("https://id.exampl"),
        json!("id.example"),
        json!("https://id.example@attacker.example"),
        json!(" https://id.example"),
        json!("https://id.example\u{0}"),
        json!("https://id.example:443"),
        json!(""),
        json!(null),
        json!([ISSUER]),
        json!(1),
        json!({"iss": ISSUER}),
        json!("https://attacker.example"),
    ];
    let mut all: Vec<Case> = values
        .into_iter()
        .map(|iss| case(format!("iss {iss}"), claim("iss", Some(iss)), Issuer))
        .collect();
    all.push(case("iss absent", claim("iss", None), Issuer));
    all
}

fn audiences() -> Vec<Case> {
    let values = [
        json!("https://other.example"),
        json!(format!("{AUDIENCE}/")),
        json!("https://API.example"),
        json!("https://api.example.attacker.example"),
        json!("https://api.exampl"),
        json!("*"),
        json!(format!("{AUDIENCE} https://other.example")),
        json!(""),
        json!(null),
        json!(true),
        json!([]),
        json!([AUDIENCE, AUDIENCE]),
        json!([AUDIENCE, "https://other.example"]),
        json!(["https://other.example", AUDIENCE]),
        json!(["https://other.example"]),
        json!([null]),
        json!([[AUDIENCE]]),
        json!({AUDIENCE: true}),
        json!({"0": AUDIENCE}),
        json!("client-1"),
    ];
    let mut all: Vec<Case> = values
        .into_iter()
        .map(|aud| case(format!("aud {aud}"), claim("aud", Some(aud)), Audience))
        .collect();
    all.push(case("aud absent", claim("aud", None), Audience));
    all
}

/// A token that can be taken back must not pass for one that cannot.
fn statuses() -> Vec<Case> {
    let list = |list: Value| json!({ "status_list": list });
    [
        json!(null),
        json!("active"),
        json!(0),
        json!([]),
        json!({}),
        list(json!(null)),
        list(json!([])),
        list(json!({ "idx": 1 })),
        list(json!({ "uri": "x" })),
        list(json!({ "idx": -1, "uri": "x" })),
        list(json!({ "idx": 1.0, "uri": "x" })),
        list(json!({ "idx": "1", "uri": "x" })),
        list(json!({ "idx": 1, "uri": "" })),
        list(json!({ "idx": 1, "uri": ["x"] })),
    ]
    .map(|value| {
        case(format!("status {value}"), claim("status", Some(value.clone())), Claim("status"))
    })
    .into()
}

fn texts() -> Vec<Case> {
    let mut all = Vec::new();
    for name in ["sub", "jti", "client_id"] {
        let wrong = [json!(""), json!(null), json!(7), json!(true), json!(["x"]), json!({"x": 1})];
        for value in wrong {
            all.push(case(format!("{name} {value}"), claim(name, Some(value)), Claim(name)));
        }
        all.push(case(format!("{name} absent"), claim(name, None), Claim(name)));
    }
    for value in [json!(""), json!(null), json!(1), json!(["s"])] {
        all.push(case(format!("sid {value}"), claim("sid", Some(value)), Claim("sid")));
    }
    for value in [Some(json!(["read"])), Some(json!(null)), Some(json!(1)), None] {
        all.push(case(format!("scope {value:?}"), claim("scope", value), Claim("scope")));
    }
    all
}

fn lists_and_counts() -> Vec<Case> {
    let mut all = Vec::new();
    for name in ["roles", "amr"] {
        let wrong = [
            json!("admin"),
            json!(null),
            json!([1]),
            json!([null]),
            json!([["admin"]]),
            json!({"admin": true}),
        ];
        for value in wrong {
            all.push(case(format!("{name} {value}"), claim(name, Some(value)), Claim(name)));
        }
    }
    all.push(case("amr absent", claim("amr", None), Claim("amr")));
    for name in ["epoch", "auth_time"] {
        let wrong = [json!("3"), json!(3.0), json!(-1), json!(null), json!(u64::MAX), json!([3])];
        for value in wrong {
            all.push(case(format!("{name} {value}"), claim(name, Some(value)), Claim(name)));
        }
        all.push(case(format!("{name} absent"), claim(name, None), Claim(name)));
    }
    all
}

/// Tokens bound to a key or to another client are refused, not weakened.
fn other_purposes() -> Vec<Case> {
    let bound: [(&'static str, Value); 5] = [
        ("cnf", json!({"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})),
        ("cnf", json!(null)),
        ("azp", json!("client-2")),
        ("azp", json!(null)),
        ("azp", json!(["client-1"])),
    ];
    bound
        .into_iter()
        .map(|(name, value)| case(format!("{name} {value}"), claim(name, Some(value)), Claim(name)))
        .collect()
}

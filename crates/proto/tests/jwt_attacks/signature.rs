//! Attacks on the signature: public keys as secrets, other encodings, edge values, other schemes.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_proto::jose::SigningKey;
use countersign_proto::jose::TokenError::{Algorithm, Signature};
use serde_json::json;

use crate::forge::{
    Case, ED, ES, HS, RS, b64, case, good, good_claims, good_header, resigned, signature_of,
};

/// The order of P-256, RFC 6979 A.2.5.
const N: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
/// The order of the Ed25519 base point, low byte first, RFC 8032 §5.1.
const L: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

pub(crate) fn cases() -> Vec<Case> {
    let mut all = public_keys_as_secrets();
    all.extend(ecdsa());
    all.extend(eddsa());
    all.extend(rsa());
    all.extend(hmac_tags());
    all
}

/// RFC 8725 §2.1: our public key is no secret, so an HMAC under it proves nothing.
fn public_keys_as_secrets() -> Vec<Case> {
    let mut all = Vec::new();
    for (name, key, der) in
        [("EdDSA", &*ED, ed_der()), ("ES256", &*ES, es_der()), ("RS256", &*RS, rs_der())]
    {
        for (form, secret) in spellings(key, &der) {
            let hs = json!({"alg": "HS256", "typ": "at+jwt", "kid": key.kid()}).to_string();
            all.push(case(
                format!("HS256 under the {name} key as {form}"),
                mac(&hs, &secret),
                Algorithm,
            ));
            let own = good_header(key).to_string();
            all.push(case(
                format!("{name} claimed, HMAC under it as {form}"),
                mac(&own, &secret),
                Signature,
            ));
        }
    }
    let own = good_header(&HS).to_string();
    all.push(case("HS256 under an empty secret", mac(&own, b""), Signature));
    all.push(case("HS256 under 32 zeros", mac(&own, &[0; 32]), Signature));
    all.push(case("HS256 under its own kid", mac(&own, HS.kid().as_bytes()), Signature));
    all.push(case("HS256 under \"secret\"", mac(&own, b"secret"), Signature));
    all
}

fn spellings(key: &SigningKey, der: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let body = STANDARD.encode(der);
    let lines: Vec<&str> =
        body.as_bytes().chunks(64).map(|c| std::str::from_utf8(c).unwrap()).collect();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", lines.join("\n"));
    let jwk = key.verifying_key().to_jwk().unwrap();
    let main = jwk.get("x").or(jwk.get("n")).unwrap().as_str().unwrap().to_owned();
    vec![
        ("DER", der.to_vec()),
        ("PEM", pem.clone().into_bytes()),
        ("PEM with a newline", format!("{pem}\n").into_bytes()),
        ("PEM with carriage returns", pem.replace('\n', "\r\n").into_bytes()),
        ("PEM body", body.into_bytes()),
        ("JWK", jwk.to_string().into_bytes()),
        ("main parameter, encoded", main.clone().into_bytes()),
        ("main parameter, raw", crate::forge::unb64(&main)),
    ]
}

fn ecdsa() -> Vec<Case> {
    let raw = signature_of(&good(&ES));
    let (r, s) = raw.split_at(32);
    let n = hex(N);
    let zero = [0; 32];
    let one = [[0; 31].as_slice(), &[1]].concat();
    let join = |a: &[u8], b: &[u8]| [a, b].concat();
    [
        ("in DER", es_asn1()),
        ("r = 0, s = 0", join(&zero, &zero)),
        ("r = 0", join(&zero, s)),
        ("s = 0", join(r, &zero)),
        ("r = n", join(&n, s)),
        ("s = n", join(r, &n)),
        ("r = n, s = n", join(&n, &n)),
        ("r = 1, s = 1", join(&one, &one)),
        ("all bits set", vec![0xff; 64]),
        ("r and s exchanged", join(s, r)),
        ("one byte short", raw[..63].to_vec()),
        ("one byte longer", join(&raw, &[0])),
        ("r and s one byte wider", [&[0], r, &[0], s].concat()),
        ("half of it", r.to_vec()),
        ("96 bytes, as of P-384", vec![1; 96]),
        ("132 bytes, as of P-521", vec![1; 132]),
    ]
    .into_iter()
    .map(|(name, bytes)| case(format!("ES256 {name}"), resigned(&ES, bytes), Signature))
    .collect()
}

fn eddsa() -> Vec<Case> {
    let raw = signature_of(&good(&ED));
    let (r, s) = raw.split_at(32);
    let identity = [[1].as_slice(), &[0; 31]].concat();
    let join = |a: &[u8], b: &[u8]| [a, b].concat();
    [
        ("all zero", vec![0; 64]),
        ("R the identity, S = 0", join(&identity, &[0; 32])),
        ("R of small order", join(&[0; 32], s)),
        ("S raised by the group order", join(r, &plus(s, &hex(L)))),
        ("S the group order", join(r, &hex(L))),
        ("one byte short", raw[..63].to_vec()),
        ("one byte longer", join(&raw, &[0])),
        ("114 bytes, as of Ed448", vec![1; 114]),
        ("halves exchanged", join(s, r)),
    ]
    .into_iter()
    .map(|(name, bytes)| case(format!("EdDSA {name}"), resigned(&ED, bytes), Signature))
    .collect()
}

fn rsa() -> Vec<Case> {
    let raw = signature_of(&good(&RS));
    let longer = [&[0], raw.as_slice()].concat();
    [
        ("with PSS padding", rs_signature(&RSA_PSS_SHA256)),
        ("with SHA-512", rs_signature(&RSA_PKCS1_SHA512)),
        ("zero", vec![0; raw.len()]),
        ("one", [vec![0; raw.len() - 1], vec![1]].concat()),
        ("all bits set", vec![0xff; raw.len()]),
        ("one byte short", raw[1..].to_vec()),
        ("one byte longer", longer),
    ]
    .into_iter()
    .map(|(name, bytes)| case(format!("RS256 {name}"), resigned(&RS, bytes), Signature))
    .collect()
}

fn hmac_tags() -> Vec<Case> {
    let raw = signature_of(&good(&HS));
    [
        ("one byte", raw[..1].to_vec()),
        ("cut to 16 bytes", raw[..16].to_vec()),
        ("cut to 31 bytes", raw[..31].to_vec()),
        ("one byte longer", [raw.as_slice(), &[0]].concat()),
        ("all zero", vec![0; 32]),
    ]
    .into_iter()
    .map(|(name, bytes)| case(format!("HS256 {name}"), resigned(&HS, bytes), Signature))
    .collect()
}

/// A good ES256 token and its twin with s replaced by n - s.
pub(crate) fn ecdsa_twins() -> (String, String) {
    let token = good(&ES);
    let raw = signature_of(&token);
    let (r, s) = raw.split_at(32);
    let (message, _) = token.rsplit_once('.').unwrap();
    let twin = format!("{message}.{}", b64([r, &minus(&hex(N), s)].concat()));
    (token, twin)
}

fn mac(header: &str, secret: &[u8]) -> String {
    let message = format!("{}.{}", b64(header), b64(good_claims().to_string()));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
    let tag = aws_lc_rs::hmac::sign(&key, message.as_bytes());
    format!("{message}.{}", b64(tag))
}

fn ed_der() -> Vec<u8> {
    let pair = Ed25519KeyPair::from_pkcs8(&ED.to_bytes()).unwrap();
    spki(pair.public_key())
}

fn es_der() -> Vec<u8> {
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &ES.to_bytes()).unwrap();
    spki(pair.public_key())
}

fn rs_der() -> Vec<u8> {
    spki(RsaKeyPair::from_pkcs8(&RS.to_bytes()).unwrap().public_key())
}

fn spki(key: &impl AsDer<PublicKeyX509Der<'static>>) -> Vec<u8> {
    key.as_der().unwrap().as_ref().to_vec()
}

/// A true signature over the good ES256 token, in the encoding X.509 uses.
fn es_asn1() -> Vec<u8> {
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &ES.to_bytes()).unwrap();
    pair.sign(&SystemRandom::new(), &message(&ES)).unwrap().as_ref().to_vec()
}

/// A true signature over the good RS256 token in another RSA scheme.
fn rs_signature(scheme: &'static dyn RsaEncoding) -> Vec<u8> {
    let pair = RsaKeyPair::from_pkcs8(&RS.to_bytes()).unwrap();
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(scheme, &SystemRandom::new(), &message(&RS), &mut signature).unwrap();
    signature
}

fn message(key: &SigningKey) -> Vec<u8> {
    good(key).rsplit_once('.').unwrap().0.as_bytes().to_vec()
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

/// a - b, both 32 bytes, high byte first, a the larger.
fn minus(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut out = vec![0; 32];
    let mut borrow = 0;
    for i in (0..32).rev() {
        let difference = i16::from(a[i]) - i16::from(b[i]) - borrow;
        borrow = i16::from(difference < 0);
        out[i] = difference.rem_euclid(256) as u8;
    }
    out
}

/// a + b, both 32 bytes, low byte first.
fn plus(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let add = |(a, b): (&u8, &u8)| {
        let sum = u16::from(*a) + u16::from(*b) + carry;
        carry = sum >> 8;
        sum as u8
    };
    a.iter().zip(b).map(add).collect()
}

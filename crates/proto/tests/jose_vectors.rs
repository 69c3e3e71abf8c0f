//! Published test vectors: RFC 7515, RFC 7638, RFC 8037, and Project Wycheproof.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_proto::jose::{Algorithm, SigningKey, VerifyingKey};
use serde_json::{Value, json};
use wycheproof::TestResult;

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn unb64(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// Verifies the token, and that no other bit pattern of the signature's first byte does.
fn holds(key: &VerifyingKey, message: &str, signature: &str) {
    let mut signature = unb64(signature);
    assert_eq!(key.verify_signature(message.as_bytes(), &signature), Ok(()));
    for bit in 0..8 {
        signature[0] ^= 1 << bit;
        assert!(key.verify_signature(message.as_bytes(), &signature).is_err());
        signature[0] ^= 1 << bit;
    }
}

const JOE: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

#[test]
fn rfc_7515_a_1_hmac_sha_256() {
    let secret = unb64(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    );
    let key = SigningKey::from_bytes(Algorithm::HS256, &secret).unwrap();
    let message = format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{JOE}");
    let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    assert_eq!(b64(key.sign_bytes(message.as_bytes()).unwrap()), signature);
    holds(&key.verifying_key(), &message, signature);
}

#[test]
fn rfc_7515_a_2_rsassa_pkcs1_v1_5_sha_256() {
    let key = VerifyingKey::from_jwk(&json!({
        "kty": "RSA",
        "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
        "e": "AQAB",
    }))
    .unwrap();

    holds(
        &key,
        &format!("eyJhbGciOiJSUzI1NiJ9.{JOE}"),
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    );
}

#[test]
fn rfc_7515_a_3_ecdsa_p_256_sha_256() {
    let key = VerifyingKey::from_jwk(&json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }))
    .unwrap();

    holds(
        &key,
        &format!("eyJhbGciOiJFUzI1NiJ9.{JOE}"),
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    );
}

#[test]
fn rfc_8037_a_4_ed25519_signing() {
    // The PKCS#8 frame of RFC 8410 §7 around the seed of RFC 8037 A.1.
    let frame = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let seed = unb64("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
    let key = SigningKey::from_bytes(Algorithm::EdDSA, &[&frame[..], &seed].concat()).unwrap();
    let message = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let signature =
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

    assert_eq!(b64(key.sign_bytes(message.as_bytes()).unwrap()), signature);
    holds(&key.verifying_key(), message, signature);
}

#[test]
fn rfc_8037_a_3_ed25519_thumbprint() {
    let key = VerifyingKey::from_jwk(&json!({
        "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }));
    let key = key.unwrap();

    assert_eq!(key.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn rfc_7638_3_1_rsa_thumbprint() {
    let jwk = json!({
        "kty": "RSA",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
        "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
    });
    let key = VerifyingKey::from_jwk(&jwk).unwrap();

    assert_eq!(key.kid(), "2011-04-29");
    assert_eq!(key.thumbprint().unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

/// How many vectors were judged; a set that judges none shows nothing.
#[derive(Default)]
struct Tally {
    valid: usize,
    invalid: usize,
}

impl Tally {
    fn judge(&mut self, expected: TestResult, passes: bool, name: &str) {
        match expected {
            TestResult::Valid => {
                assert!(passes, "{name} is valid");
                self.valid += 1;
            }
            TestResult::Invalid => {
                assert!(!passes, "{name} is invalid");
                self.invalid += 1;
            }
            TestResult::Acceptable => {}
        }
    }

    fn at_least(&self, valid: usize, invalid: usize) {
        assert!(self.valid >= valid, "{} valid", self.valid);
        assert!(self.invalid >= invalid, "{} invalid", self.invalid);
    }
}

fn passes(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> bool {
    key.verify_signature(message, signature).is_ok()
}

#[test]
fn wycheproof_ed25519() {
    use wycheproof::eddsa::{TestName, TestSet};
    let mut tally = Tally::default();

    for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": b64(&group.key.pk)});
        let key = VerifyingKey::from_jwk(&jwk).unwrap();
        for test in group.tests {
            tally.judge(test.result, passes(&key, &test.msg, &test.sig), &test.tc_id.to_string());
        }
    }

    tally.at_least(50, 50);
}

#[test]
fn wycheproof_ecdsa_p256_sha256_p1363() {
    use wycheproof::ecdsa::{TestName, TestSet};
    let mut tally = Tally::default();

    for group in TestSet::load(TestName::EcdsaSecp256r1Sha256P1363).unwrap().test_groups {
        let (x, y) = group.key.key[1..].split_at(32);
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": b64(x), "y": b64(y)});
        let key = VerifyingKey::from_jwk(&jwk).unwrap();
        for test in group.tests {
            tally.judge(test.result, passes(&key, &test.msg, &test.sig), &test.tc_id.to_string());
        }
    }

    tally.at_least(50, 80);
}

#[test]
fn wycheproof_rsa_pkcs1_sha256() {
    use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};
    let mut tally = Tally::default();
    let sets = [
        TestName::Rsa2048Sha256,
        TestName::Rsa3072Sha256,
        TestName::Rsa4096Sha256,
        TestName::Rsa8192Sha256,
    ];

    for group in sets.into_iter().flat_map(|set| TestSet::load(set).unwrap().test_groups) {
        let key = VerifyingKey::from_jwk(&rsa_jwk(&group.asn_key)).unwrap();
        for test in group.tests {
            let name = format!("{} bits, {}", group.key_size, test.tc_id);
            tally.judge(test.result, passes(&key, &test.msg, &test.sig), &name);
        }
    }

    tally.at_least(30, 500);
}

fn rsa_jwk(der: &[u8]) -> Value {
    let key = aws_lc_rs::rsa::PublicKey::from_der(der).unwrap();
    let n = key.modulus().big_endian_without_leading_zero().to_vec();
    let e = key.exponent().big_endian_without_leading_zero().to_vec();
    json!({"kty": "RSA", "n": b64(n), "e": b64(e)})
}

#[test]
fn wycheproof_hmac_sha256() {
    use wycheproof::mac::{TestName, TestSet};
    let mut tally = Tally::default();

    for group in TestSet::load(TestName::HmacSha256).unwrap().test_groups {
        for test in group.tests {
            let Ok(key) = SigningKey::from_bytes(Algorithm::HS256, &test.key) else {
                assert!(test.key.len() < 32, "a key of {} bytes is refused", test.key.len());
                continue;
            };
            // A tag cut short is a valid HMAC to Wycheproof and no HS256 signature to us.
            let whole = test.tag.len() == 32;
            let expected = if whole { test.result } else { TestResult::Invalid };
            let key = key.verifying_key();
            tally.judge(expected, passes(&key, &test.msg, &test.tag), &test.tc_id.to_string());
        }
    }

    tally.at_least(20, 50);
}

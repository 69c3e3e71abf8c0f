//! The number and byte encodings of the stored formats, and their comparison in constant time.
//! Decoders take what the original systems take: trailing bits of a last character are ignored.

use super::HashError;
use base64::alphabet::{self, Alphabet};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, Engine};
use subtle::ConstantTimeEq;

/// Whose way it is to write a hash down that several systems know.
#[derive(Clone, Copy)]
pub(super) enum Notation {
    Django,
    Werkzeug,
    Passlib,
}

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_encode_padding(false)
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// RFC 4648 Base64, padded or not.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);

/// bcrypt's own alphabet.
pub(super) const BCRYPT: GeneralPurpose = GeneralPurpose::new(&alphabet::BCRYPT, LENIENT);

/// PassLib's "adapted" Base64: `.` in place of `+`.
pub(super) const AB64: GeneralPurpose = GeneralPurpose::new(&AB64_ALPHABET, LENIENT);

const AB64_ALPHABET: Alphabet =
    match Alphabet::new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./") {
        Ok(alphabet) => alphabet,
        Err(_) => panic!("64 different printable characters"),
    };

const ITOA64: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Decodes Base64 of the given alphabet.
pub(super) fn base64(text: &str, engine: &GeneralPurpose) -> Result<Vec<u8>, HashError> {
    engine.decode(text).map_err(|_: DecodeError| HashError::Malformed("not Base64"))
}

/// Decodes lower or upper case hexadecimal.
pub(super) fn hex(text: &str) -> Result<Vec<u8>, HashError> {
    let digit = |b: &u8| char::from(*b).to_digit(16).map(|d| d as u8);
    text.as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        })
        .collect::<Option<_>>()
        .ok_or(HashError::Malformed("not hexadecimal"))
}

/// Encodes as `crypt(3)` does: three bytes at a time, the least significant six bits first.
pub(super) fn crypt64(bytes: impl IntoIterator<Item = u8>) -> String {
    let bytes: Vec<u8> = bytes.into_iter().collect();
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let value = chunk.iter().rev().fold(0u32, |value, b| value << 8 | u32::from(*b));
        for i in 0..=chunk.len() {
            text.push(char::from(ITOA64[(value >> (6 * i)) as usize & 63]));
        }
    }
    text
}

/// The value of one `crypt(3)` digit.
pub(super) fn crypt64_digit(digit: u8) -> Option<u32> {
    ITOA64.iter().position(|c| *c == digit).map(|at| at as u32)
}

/// A decimal number without sign or leading zero.
pub(super) fn number(text: &str) -> Result<u32, HashError> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    // Too large for u32 is too costly for any bound; the bound's message would need the value.
    text.parse().ok().filter(|_| plain).ok_or(HashError::Malformed("not a number in range"))
}

/// Splits into exactly `N` fields.
pub(super) fn fields<const N: usize>(text: &str, separator: char) -> Result<[&str; N], HashError> {
    let fields: Vec<&str> = text.split(separator).take(N + 1).collect();
    fields.try_into().map_err(|_| HashError::Malformed("wrong number of fields"))
}

/// Equality that takes as long wherever the first difference is.
pub(super) fn equal(computed: impl AsRef<[u8]>, stored: impl AsRef<[u8]>) -> bool {
    computed.as_ref().ct_eq(stored.as_ref()).into()
}

//! Short codes: 40 bits in eight characters that are hard to confuse, however they are typed.

use countersign_proto::{
    seal::sha256,
    secret::{PlainToken, TokenKind},
};

/// Digits and letters without I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 8;

/// A new code, without its dash.
pub(super) fn generate() -> String {
    let random = PlainToken::generate(TokenKind::Link);
    let bytes = sha256(random.reveal().as_bytes());
    let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte % 32)]);
    bytes.iter().take(LENGTH).map(letter).collect()
}

/// As it is shown: `XXXX-XXXX`.
pub(super) fn shown(code: &str) -> String {
    match code.split_at_checked(LENGTH / 2) {
        Some((left, right)) if !right.is_empty() => format!("{left}-{right}"),
        _ => code.to_owned(),
    }
}

/// What was typed, as a code; `None`: it is none.
pub(super) fn parse(typed: &str) -> Option<String> {
    let mut code = String::new();
    for c in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        let c = match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        };
        if code.len() == LENGTH || !ALPHABET.contains(&u8::try_from(c).ok()?) {
            return None;
        }
        code.push(c);
    }
    (code.len() == LENGTH).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_typed_in_any_case_with_or_without_its_dash_and_with_letters_for_digits() {
        let code = "01AB9XYZ".to_owned();

        for typed in
            ["01AB-9XYZ", "01ab9xyz", " 01ab 9xyz ", "OIab-9xyz", "olAB-9XYZ", "0-1-ab9xyz"]
        {
            assert_eq!(parse(typed), Some(code.clone()), "{typed}");
        }
        for typed in
            ["", "01AB-9XY", "01AB-9XYZ0", "01AB_9XYZ", "U1AB-9XYZ", "０1AB-9XYZ", "é1AB9XYZ"]
        {
            assert_eq!(parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_code_is_shown_in_two_halves_and_read_back() {
        for _ in 0..100 {
            let code = generate();

            assert_eq!(parse(&shown(&code)), Some(code.clone()));
            assert_eq!(shown(&code).len(), 9);
        }
        assert_eq!(shown(""), "");
        assert_ne!(generate(), generate());
    }
}

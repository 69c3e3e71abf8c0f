//! Arbitrary text as an opaque token: one spelling, one kind, and one length.
#![no_main]

use countersign_proto::secret::{PlainToken, TOKEN_LEN, TokenKind, looks_like_token};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        for kind in TokenKind::ALL {
            if let Ok(token) = PlainToken::parse(kind, text) {
                assert_eq!((token.kind(), token.reveal()), (kind, text));
                assert_eq!((TokenKind::of(text), text.len()), (Some(kind), TOKEN_LEN));
                assert!(looks_like_token(text));
            }
        }
        let _ = looks_like_token(text);
    }
    // A genuine token with one byte changed is none.
    if let [at, to, entropy @ ..] = data
        && let Ok(entropy) = entropy.try_into()
    {
        let token = PlainToken::from_entropy(TokenKind::ApiKey, entropy);
        let mut bytes = token.reveal().as_bytes().to_vec();
        let at = usize::from(*at) % TOKEN_LEN;
        let changed = bytes[at] != *to;
        bytes[at] = *to;
        let parsed = std::str::from_utf8(&bytes)
            .ok()
            .and_then(|text| PlainToken::parse(TokenKind::ApiKey, text).ok());
        assert_eq!(parsed.is_none(), changed);
    }
});

//! Arbitrary text as a scope: what is accepted is written back to an equal scope.
#![no_main]

use countersign_proto::scope::{MAX_TOKENS, Scope};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(scope) = Scope::parse(text) {
        assert_eq!(Scope::parse(&scope.to_string()).as_ref(), Ok(&scope));
        assert!(scope.iter().count() <= MAX_TOKENS);
        assert!(text.split(' ').all(|word| word.is_empty() || scope.contains(word)));
    }
});

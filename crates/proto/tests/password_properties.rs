//! What holds for every password and every stored string, tried on random ones.

use countersign_proto::password::policy::Policy;
use countersign_proto::password::{
    Bound, Memory, Params, Verdict, hash, identify, needs_rehash, verify,
};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

const CHEAP: Params = Params { memory_kib: 8, iterations: 1, lanes: 1 };

/// So low that a mutation which raises a cost is refused, and the rest takes no time.
const TIGHT: Bound = Bound {
    password_bytes: 4096,
    argon2_memory_kib: 256,
    argon2_kib_passes: 512,
    bcrypt_cost: 4,
    pbkdf2_iterations: 100,
    scrypt_bytes: 1 << 16,
    scrypt_work: 1 << 10,
    digest_rounds: 1 << 8,
    digest_blocks: 1 << 10,
};

fn real_hashes() -> Vec<String> {
    let vectors: serde_json::Value =
        serde_json::from_str(include_str!("vectors/password.json")).expect("vectors");
    let hash = |vector: &serde_json::Value| vector["hash"].as_str().expect("a string").to_owned();
    vectors.as_array().expect("a list").iter().map(hash).collect()
}

/// Strings that begin as a known scheme does, and anything after.
fn with_known_beginnings() -> impl Strategy<Value = String> {
    let beginnings: Vec<String> = real_hashes()
        .into_iter()
        .map(|hash| hash.chars().take_while(|c| !c.is_ascii_digit() || *c < '7').collect())
        .collect();
    (prop::sample::select(beginnings), r"[$:,=./a-z0-9\PC]{0,80}").prop_map(|(a, b)| a + &b)
}

/// A character put in, taken out or put in place of another.
fn mutated_hashes() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        prop::sample::select(b"$:,={}019a/.".to_vec()).prop_map(char::from),
        any::<char>()
    ];
    let spot = (any::<prop::sample::Index>(), character, 0..3);
    (prop::sample::select(real_hashes()), prop::collection::vec(spot, 1..4)).prop_map(
        |(hash, spots)| {
            let mut chars: Vec<char> = hash.chars().collect();
            for (at, character, how) in spots {
                let at = at.index(chars.len());
                match how {
                    0 => chars[at] = character,
                    1 => chars.insert(at, character),
                    _ => drop(chars.remove(at)),
                }
            }
            chars.into_iter().collect()
        },
    )
}

fn try_all(stored: &str, password: &str) {
    let known = identify(stored).is_some();
    let verdict = verify(stored, password, &TIGHT, &mut Memory::default());
    assert!(known || verdict.is_err());
    needs_rehash(stored, CHEAP);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_stored_string_panics(stored in any::<String>(), password in any::<String>()) {
        try_all(&stored, &password);
    }

    #[test]
    fn no_string_that_begins_like_a_hash_panics(
        stored in with_known_beginnings(),
        password in any::<String>(),
    ) {
        try_all(&stored, &password);
    }

    #[test]
    fn no_mutated_hash_panics(stored in mutated_hashes(), password in any::<String>()) {
        try_all(&stored, &password);
    }

    #[test]
    fn what_is_hashed_is_verified_and_current(password in any::<String>()) {
        let mut memory = Memory::default();

        let stored = hash(&password, CHEAP, &mut memory).unwrap();

        let verdict = verify(&stored, &password, &Bound::default(), &mut memory);
        prop_assert_eq!(verdict, Ok(Verdict::Match));
        prop_assert!(!needs_rehash(&stored, CHEAP));
    }

    #[test]
    fn one_other_character_is_a_mismatch(
        password in any::<String>(),
        at in any::<prop::sample::Index>(),
        other in any::<char>(),
    ) {
        let mut memory = Memory::default();
        let mut chars: Vec<char> = password.chars().collect();
        let at = at.index(chars.len() + 1);
        chars.splice(at..(at + 1).min(chars.len()), [other]);
        let mutated: String = chars.into_iter().collect();
        prop_assume!(mutated.nfc().ne(password.nfc()));

        let stored = hash(&password, CHEAP, &mut memory).unwrap();

        let verdict = verify(&stored, &mutated, &Bound::default(), &mut memory);
        prop_assert_eq!(verdict, Ok(Verdict::Mismatch));
    }

    #[test]
    fn the_policy_takes_random_unicode(password in prop::collection::vec(any::<char>(), 12..1000)) {
        let password: String = password.into_iter().collect();
        prop_assume!(password.nfc().count() >= 8);

        let answer = Policy::default().check(&password, &["anna", "anna@example.com"]);

        prop_assert_eq!(answer, Ok(()));
    }

    #[test]
    fn no_name_makes_the_policy_panic(password in any::<String>(), names in any::<[String; 3]>()) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();

        let _ = Policy::default().check(&password, &names);
    }
}

//! Our own hashes, and what is refused of stored ones.

use countersign_proto::password::{
    Bound, HashError, Memory, Params, Scheme, Verdict, hash, identify, needs_rehash, verify,
    verify_dummy,
};

/// Cheap, so that the tests measure rules and not Argon2.
const CHEAP: Params = Params { memory_kib: 8, iterations: 1, lanes: 1 };

fn hash_of(password: &str) -> String {
    hash(password, CHEAP, &mut Memory::default()).expect("a hash")
}

fn verdict(stored: &str, password: &str) -> Result<Verdict, HashError> {
    verify(stored, password, &Bound::default(), &mut Memory::default())
}

#[track_caller]
fn assert_too_costly(stored: &str) {
    let verdict = verdict(stored, "password");
    assert!(matches!(verdict, Err(HashError::TooCostly { .. })), "{stored}: {verdict:?}");
}

#[test]
fn a_new_hash_is_argon2id_of_owasps_minimum_with_sixteen_bytes_of_salt() {
    let stored = hash("correct horse", Params::default(), &mut Memory::default()).unwrap();

    let fields: Vec<&str> = stored.split('$').collect();
    assert_eq!(fields[..4], ["", "argon2id", "v=19", "m=19456,t=2,p=1"]);
    assert_eq!((fields[4].len(), fields[5].len()), (22, 43));
    assert_eq!(identify(&stored), Some(Scheme::Argon2id));
    assert_eq!(verdict(&stored, "correct horse"), Ok(Verdict::Match));
}

#[test]
fn one_password_hashed_twice_gives_two_hashes() {
    assert_ne!(hash_of("correct horse"), hash_of("correct horse"));
}

#[test]
fn a_password_typed_composed_or_decomposed_is_one_password() {
    let (composed, decomposed) =
        ("\u{e9}t\u{e9} \u{1e9b}\u{323}", "e\u{301}te\u{301} \u{17f}\u{323}\u{307}");

    assert_eq!(verdict(&hash_of(composed), decomposed), Ok(Verdict::Match));
    assert_eq!(verdict(&hash_of(decomposed), composed), Ok(Verdict::Match));
}

#[test]
fn compatibility_forms_stay_different_passwords() {
    assert_eq!(verdict(&hash_of("\u{fb01}sh"), "fish"), Ok(Verdict::Mismatch));
}

#[test]
fn a_foreign_hash_is_of_the_bytes_as_received() {
    let stored = "{SSHA}TQvKByHjvtsEvUUbPyAIZEhDVltzYWx0c2FsdA==";

    assert_eq!(verdict(stored, "\u{e9}t\u{e9}"), Ok(Verdict::Match));
    assert_eq!(verdict(stored, "e\u{301}te\u{301}"), Ok(Verdict::Mismatch));
}

#[test]
fn nothing_is_trimmed_cut_or_recased() {
    let long = "x".repeat(4000);
    let passwords = ["a\0b", "a", " a ", "A", "a\0", long.as_str(), &long[1..], ""];
    for (i, password) in passwords.iter().enumerate() {
        let stored = hash_of(password);
        for (j, other) in passwords.iter().enumerate() {
            assert_eq!(verdict(&stored, other).map(Verdict::is_match), Ok(i == j), "{i} {j}");
        }
    }
}

#[test]
fn an_argon2_hash_another_library_made_of_a_decomposed_password_matches_it() {
    let stored = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$z6HTYprT0sBGfrPQBmGzjw";

    assert_eq!(verdict(stored, "e\u{301}"), Ok(Verdict::Match));
    assert_eq!(verdict(stored, "e"), Ok(Verdict::Mismatch));
}

#[test]
fn a_nul_neither_ends_a_password_nor_repeats_it() {
    let stored = [
        "$2b$04$abcdefghijklmnopqrstuuMFdJu9yVgmagVAIC24fOZkaFqd3s9JC",
        "bcrypt$$2b$04$abcdefghijklmnopqrstuuMFdJu9yVgmagVAIC24fOZkaFqd3s9JC",
        "$1$salt$M17PcHxFIEt5v7SAsS4v60",
        "$5$rounds=1000$salt$6r/iIvTVE34hgPJ5hHjCXJ/O.cBunKM7LE5EeVggYb6",
        "$P$5saltsaltWdMYySwhIUo7Ka0eqbo541",
    ];
    for stored in stored {
        assert_eq!(verdict(stored, "a"), Ok(Verdict::Match), "{stored}");
        for password in ["a\0", "a\0a", "a\0b", "\0a", "\0", "a\0a\0a"] {
            assert_eq!(verdict(stored, password), Ok(Verdict::Mismatch), "{stored} {password:?}");
        }
    }
}

#[test]
fn a_bare_bcrypt_hash_ends_at_the_72nd_byte_as_its_maker_did() {
    let stored = "$2b$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe";

    assert_eq!(verdict(stored, &"a".repeat(72)), Ok(Verdict::Match));
    assert_eq!(verdict(stored, &"a".repeat(73)), Ok(Verdict::Match));
    assert_eq!(verdict(stored, &"a".repeat(71)), Ok(Verdict::Mismatch));
}

#[test]
fn a_bcrypt_salt_with_stray_last_bits_is_read_as_its_maker_reads_it() {
    let stored = "$2b$04$abcdefghijklmnopqrstuvMFdJu9yVgmagVAIC24fOZkaFqd3s9JC";

    assert_eq!(verdict(stored, "a"), Ok(Verdict::Match));
}

#[test]
fn only_argon2id_of_exactly_these_parameters_stays() {
    let stored = hash_of("correct horse");

    assert!(!needs_rehash(&stored, CHEAP));
    assert!(needs_rehash(&stored, Params { memory_kib: 9, ..CHEAP }));
    assert!(needs_rehash(&stored, Params { iterations: 2, ..CHEAP }));
    assert!(needs_rehash(&stored, Params { memory_kib: 16, lanes: 2, ..CHEAP }));
    for other in [
        stored.replace("argon2id", "argon2i"),
        stored.replace("v=19", "v=16"),
        stored.replace("$v=19", ""),
        stored.replace("p=1", "p=1,data=c2FsdHNhbHQ"),
        stored[..stored.len() - 4].to_owned(),
        format!("argon2{stored}"),
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$z6HTYprT0sBGfrPQBmGzjw".to_owned(),
        format!("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ${}", "A".repeat(43)),
        "!".to_owned(),
        String::new(),
    ] {
        assert!(needs_rehash(&other, CHEAP), "{other}");
    }
}

#[test]
fn an_unknown_user_costs_the_memory_of_a_real_hash() {
    let mut memory = Memory::default();

    verify_dummy("any password", Params::default(), &mut memory);

    assert_eq!(memory.kib(), 19_456);
}

#[test]
fn memory_serves_hashes_of_different_sizes_and_is_given_back_when_trimmed() {
    let mut memory = Memory::default();
    let large = hash("a", Params { memory_kib: 2048, ..CHEAP }, &mut memory).unwrap();
    let small = hash("b", CHEAP, &mut memory).unwrap();

    for (stored, password) in [(&large, "a"), (&small, "b"), (&large, "a")] {
        let verdict = verify(stored, password, &Bound::default(), &mut memory);
        assert_eq!(verdict, Ok(Verdict::Match));
    }
    memory.trim(8);
    assert_eq!(memory.kib(), 0);
    assert_eq!(verify(&large, "a", &Bound::default(), &mut memory), Ok(Verdict::Match));
}

#[test]
fn parameters_argon2_does_not_take_are_refused() {
    for (memory_kib, iterations, lanes) in [(7, 1, 1), (8, 0, 1), (8, 1, 0), (8, 1, 2)] {
        let params = Params::new(memory_kib, iterations, lanes);
        assert_eq!(params, Err(HashError::InvalidParams));

        let params = Params { memory_kib, iterations, lanes };
        let stored = hash("a", params, &mut Memory::default());
        assert_eq!(stored, Err(HashError::InvalidParams));
    }
    assert_eq!(Params::new(19_456, 2, 1), Ok(Params::default()));
}

#[test]
fn a_hash_beyond_the_bound_is_refused_before_it_is_computed() {
    let (argon, pbkdf2) = ("$c2FsdHNhbHQ$z6HTYprT0sBGfrPQBmGzjw", "A".repeat(43));
    for id in ["argon2id", "argon2i", "argon2d"] {
        assert_too_costly(&format!("${id}$v=19$m=262145,t=1,p=1{argon}"));
        assert_too_costly(&format!("${id}$v=19$m=4294967295,t=4294967295,p=1{argon}"));
        assert_too_costly(&format!("argon2${id}$v=19$m=8,t=200000,p=1{argon}"));
    }
    for cost in [15, 31] {
        let bare = format!("$2b${cost}$abcdefghijklmnopqrstuuMFdJu9yVgmagVAIC24fOZkaFqd3s9JC");
        assert_too_costly(&bare);
        assert_too_costly(&format!("bcrypt${bare}"));
        assert_too_costly(&format!("bcrypt_sha256${bare}"));
        let params = format!("v=2,t=2b,r={cost}");
        assert_too_costly(&format!("$bcrypt-sha256${params}${}${}", &bare[7..29], &bare[29..]));
    }
    assert_too_costly("$5$rounds=999999999$salt$x");
    assert_too_costly("$6$rounds=1048577$salt$x");
    assert_too_costly("$P$Jsaltsalt0000000000000000000000");
    assert_too_costly(&format!("$pbkdf2-sha256$2000001$c2FsdA${pbkdf2}"));
    assert_too_costly(&format!("pbkdf2_sha256$4294967295$salt${pbkdf2}="));
    assert_too_costly(&format!("pbkdf2:sha1:99999999$salt${}", "0".repeat(40)));
    for (n, r, p) in [(1 << 24, 8, 1), (16384, 8, 1000), (2, 4294967295u32, 1), (2, 1, u32::MAX)] {
        assert_too_costly(&format!("scrypt:{n}:{r}:{p}$salt${}", "0".repeat(128)));
        assert_too_costly(&format!("scrypt${n}$salt${r}${p}${pbkdf2}="));
    }
    assert_too_costly(&format!("$scrypt$ln=63,r=8,p=1$c2FsdA${pbkdf2}"));
}

#[test]
fn a_bound_can_be_tightened_and_names_what_is_over_it() {
    let stored = "$2b$05$abcdefghijklmnopqrstuuMFdJu9yVgmagVAIC24fOZkaFqd3s9JC";
    let bound = Bound { bcrypt_cost: 4, ..Bound::default() };

    let error = verify(stored, "a", &bound, &mut Memory::default()).unwrap_err();

    assert_eq!(error, HashError::TooCostly { what: "bcrypt cost", value: 5, limit: 4 });
    let text = "the stored hash is too costly to verify: bcrypt cost is 5, the limit 4";
    assert_eq!(error.to_string(), text);
}

#[test]
fn a_bound_can_be_made_to_cover_the_parameters_of_new_hashes() {
    let mut memory = Memory::default();
    let params = Params { memory_kib: 64, iterations: 3, ..CHEAP };
    let tight = Bound { argon2_memory_kib: 8, argon2_kib_passes: 8, ..Bound::default() };
    let stored = hash("a", params, &mut memory).unwrap();

    assert!(verify(&stored, "a", &tight, &mut memory).is_err());
    let verdict = verify(&stored, "a", &tight.covering(params), &mut memory);
    assert_eq!(verdict, Ok(Verdict::Match));
}

#[test]
fn a_long_password_does_not_multiply_the_rounds_of_an_old_hash() {
    let stored = "$6$rounds=656000$saltsalt$x";

    let verdict = verdict(stored, &"x".repeat(4096));

    assert!(matches!(verdict, Err(HashError::TooCostly { .. })));
    assert_too_costly_password(&"x".repeat(4097));
}

#[track_caller]
fn assert_too_costly_password(password: &str) {
    let verdict = verdict(&hash_of("a"), password);
    let what = "password bytes";
    assert_eq!(verdict, Err(HashError::TooCostly { what, value: 4097, limit: 4096 }));
}

#[test]
fn what_is_no_hash_has_no_verdict() {
    for stored in ["", "!", "*", "password", "$", "$7$", "$2x$04$", "md5$a$b", "{SHA}x", "plain$$a"]
    {
        assert_eq!(verdict(stored, ""), Err(HashError::UnknownFormat), "{stored}");
        assert_eq!(identify(stored), None, "{stored}");
    }
}

#[test]
fn a_broken_hash_is_called_malformed() {
    for stored in [
        "$argon2id$",
        "$argon2id$v=19$t=1,p=1$c2FsdHNhbHQ$z6HTYprT0sBGfrPQBmGzjw",
        "$argon2id$v=18$m=8,t=1,p=1$c2FsdHNhbHQ$z6HTYprT0sBGfrPQBmGzjw",
        "$argon2id$v=19$m=8,t=1,p=2$c2FsdHNhbHQ$z6HTYprT0sBGfrPQBmGzjw",
        "$argon2id$v=19$m=8,t=0,p=1$c2FsdHNhbHQ$z6HTYprT0sBGfrPQBmGzjw",
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ",
        "$2b$04$abcdefghijklmnopqrstuuMFdJu9yVgmagVAIC24fOZkaFqd3s9J",
        "$2b$03$abcdefghijklmnopqrstuuMFdJu9yVgmagVAIC24fOZkaFqd3s9JC",
        "$2b$00$abcdefghijklmnopqrstuuMFdJu9yVgmagVAIC24fOZkaFqd3s9JC",
        "bcrypt$",
        "$1$saltsalts$M17PcHxFIEt5v7SAsS4v60",
        "$5$rounds=999$salt$6r/iIvTVE34hgPJ5hHjCXJ/O.cBunKM7LE5EeVggYb6",
        "$5$rounds=$salt$x",
        "$6$salt",
        "$P$5saltsalt",
        "$P$!saltsaltWdMYySwhIUo7Ka0eqbo541",
        "{SSHA}",
        "{SSHA256}TQvKByHjvtsEvUUbPyAIZEhDVltzYWx0c2FsdA==",
        "pbkdf2_sha256$0$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "pbkdf2_sha256$10$salt$",
        "pbkdf2:md5:10$salt$00",
        "pbkdf2:sha256$salt$00",
        "scrypt:0:8:1$salt$00000000000000000000000000000000",
        "scrypt:15:8:1$salt$00000000000000000000000000000000",
        "scrypt:16:8:0$salt$00000000000000000000000000000000",
        "scrypt:16:8:1$salt$",
        "scrypt:16:8:1$salt$00",
        "$scrypt$ln=64,r=8,p=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        let verdict = verdict(stored, "a");
        assert!(matches!(verdict, Err(HashError::Malformed(_))), "{stored}: {verdict:?}");
    }
}

//! Which new passwords are taken and which are not.

use countersign_proto::password::policy::{Policy, Violation};

const NAMES: [&str; 3] = ["anna.schmidt", "Anna.Schmidt@mail.example.com", "Countersign"];

fn check(password: &str) -> Result<(), Violation> {
    Policy::default().check(password, &NAMES)
}

#[test]
fn eight_characters_are_enough_and_seven_are_not() {
    assert_eq!(check("q8 zx7w"), Err(Violation::TooShort { min: 8 }));
    assert_eq!(check("q8 zx7wv"), Ok(()));
}

#[test]
fn a_code_point_counts_as_one_character_however_it_is_encoded() {
    assert_eq!(check("дом-окна"), Ok(()));
    assert_eq!(check("🔑🎻🌊🐙🪁🧵🦔"), Err(Violation::TooShort { min: 8 }));
    assert_eq!(check("🔑🎻🌊🐙🪁🧵🦔🍋"), Ok(()));
    assert_eq!(check(&"e\u{301}".repeat(7)), Err(Violation::TooShort { min: 8 }));
}

#[test]
fn the_least_length_is_a_setting() {
    let policy = Policy { min_chars: 15, ..Policy::default() };

    assert_eq!(policy.check("fourteen chars", &[]), Err(Violation::TooShort { min: 15 }));
    assert_eq!(policy.check("fifteen chars !", &[]), Ok(()));
}

#[test]
fn a_thousand_characters_are_taken_and_more_than_the_cap_refused() {
    assert_eq!(check(&"🔑🎻".repeat(500)), Ok(()));
    assert_eq!(check(&"xy".repeat(2048)), Ok(()));
    assert_eq!(check(&"x".repeat(4097)), Err(Violation::TooLong { max_bytes: 4096 }));
}

#[test]
fn no_kind_of_character_is_asked_for_or_forbidden() {
    for password in [
        "        ",
        "onlylowercaseletters",
        "ONLY UPPER CASE",
        "8305917264",
        "пароль из трёх слов",
        "tab\tline\nnul\0bell\u{7}",
        "مرحبا يا صديقي",
        "' OR 1=1 --",
        "<b>Zwölf</b>",
    ] {
        assert_eq!(check(password), Ok(()), "{password:?}");
    }
}

#[test]
fn every_password_of_the_list_is_refused_in_any_case() {
    let list = include_str!("../data/common-passwords.txt");
    let any_length = Policy { min_chars: 1, ..Policy::default() };

    for common in list.lines() {
        assert!(check(common).is_err(), "{common}");
        for password in [common.to_owned(), common.to_uppercase()] {
            assert_eq!(any_length.check(&password, &[]), Err(Violation::Common), "{password}");
        }
    }
}

#[test]
fn the_list_holds_the_best_known_passwords() {
    for password in ["password", "Password1", "12345678", "QWERTYUIOP", "iloveyou", "trustno1"] {
        assert_eq!(check(password), Err(Violation::Common), "{password}");
    }
}

#[test]
fn a_password_made_from_ones_own_names_is_refused() {
    for password in [
        "anna.schmidt",
        "AnnaSchmidt",
        "Schmidt, Anna",
        "schmidt1987",
        "19870412anna",
        "anna@mail.example.com",
        "Anna.Schmidt@mail.example.com",
        "Example2026!",
        "annaannaanna",
        "tdimhcs.anna",
        "tdimhcsanna",
        "@nn4$chm1dt",
        "a.n.n.a.s.c.h.m.i.d.t",
        "!!!!!!anna!!!!!!",
        "countersign",
        "Countersign123",
        "xAnnaSchmidtx",
    ] {
        assert_eq!(check(password), Err(Violation::OwnName), "{password}");
    }
}

#[test]
fn a_name_with_enough_besides_is_taken() {
    for password in [
        "anna likes green tea",
        "planning-committee",
        "schmidt 8305917264 x",
        "counter with a sign on it",
        "sample-exam-plea",
    ] {
        assert_eq!(check(password), Ok(()), "{password}");
    }
}

#[test]
fn names_outside_latin_count_too_and_short_ones_only_by_themselves() {
    let check = |password, name| Policy::default().check(password, &[name]);

    assert_eq!(check("王伟19870412", "王伟"), Err(Violation::OwnName));
    assert_eq!(check("ОЛЬГА-ольга", "Ольга"), Err(Violation::OwnName));
    assert_eq!(check("alalalal", "al"), Err(Violation::OwnName));
    assert_eq!(check("al 1234 77", "al"), Ok(()));
    assert_eq!(check("anything at all", ""), Ok(()));
    assert_eq!(check("-.-.-.-.-", "-"), Ok(()));
}

#[test]
fn a_refusal_says_the_rule_and_what_to_do() {
    let text = |violation: Violation| violation.to_string();

    assert_eq!(
        text(Violation::TooShort { min: 8 }),
        "The password must have at least 8 characters. Add a word or two."
    );
    assert!(text(Violation::TooLong { max_bytes: 4096 }).contains("4096 bytes"));
    assert!(text(Violation::Common).contains("attackers try first"));
    assert!(text(Violation::OwnName).contains("your e-mail address"));
}

//! Names: what is accepted, what is the same, what is refused.

use countersign_proto::name::{EmailAddress, Login, NameError, RoleName, Username};
use proptest::prelude::*;

fn key(name: &str) -> String {
    Username::parse(name).expect("a name").canonical().to_owned()
}

fn email_key(address: &str) -> String {
    EmailAddress::parse(address).expect("an address").canonical().to_owned()
}

#[test]
fn names_that_differ_in_case_or_width_only_are_one_name() {
    assert_eq!(key("Alice"), key("aLICE"));
    assert_eq!(key("Ａｌｉｃｅ"), "alice");
    assert_eq!(key("Straße"), key("STRASSE"));
    assert_eq!(key("ΣΊΣΥΦΟΣ"), key("σίσυφος"));
    assert_eq!(key("A\u{30a}sa"), key("Åsa"));
    assert_eq!(Username::parse("Alice B").unwrap().shown(), "Alice B");
    assert_ne!(key("раураl"), key("paypal"), "look-alikes are not detected");
}

#[test]
fn a_name_is_checked_after_normalisation_too() {
    for (name, c) in [("a@b", '@'), ("a:b", ':'), ("a＠b", '@'), ("a：b", ':'), ("a﹕b", ':')] {
        let error = Username::parse(name).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "it contains the character U+{:04X}, which is not \
            allowed",
                u32::from(c)
            )
        );
    }
    // U+FDFA becomes 18 characters.
    assert_eq!(Username::parse(&"\u{fdfa}".repeat(10)), Err(NameError::TooLong));
    assert_eq!(Username::parse("ｃｓｋ＿x"), Err(NameError::LooksLikeToken));
}

#[test]
fn what_cannot_be_seen_is_no_part_of_a_name() {
    for hidden in [
        '\0',
        '\n',
        '\r',
        '\t',
        '\u{7f}',
        '\u{85}',
        '\u{a0}',
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{200b}',
        '\u{200d}',
        '\u{202e}',
        '\u{2028}',
        '\u{2066}',
        '\u{3000}',
        '\u{3164}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{e000}',
        '\u{fffe}',
        '\u{e0041}',
        '\u{10ffff}',
        '\u{378}',
    ] {
        let name = format!("a{hidden}b");
        assert!(matches!(Username::parse(&name), Err(NameError::Forbidden(_))), "{name:?}");
        assert!(EmailAddress::parse(&format!("{name}@example.com")).is_err(), "{name:?}");
        assert!(EmailAddress::parse(&format!("a@{name}.com")).is_err(), "{name:?}");
    }
    assert!(Username::parse("\u{301}a").is_err());
    assert!(Username::parse("a \u{301}a").is_err());
}

#[test]
fn blanks_stand_alone_and_inside() {
    for name in [" a", "a ", "a  b", " "] {
        assert_eq!(Username::parse(name), Err(NameError::Blank), "{name:?}");
    }
    assert!(Username::parse("John Doe").is_ok());
}

#[test]
fn a_name_has_1_to_64_code_points_and_a_megabyte_is_refused_unread() {
    assert_eq!(Username::parse(""), Err(NameError::Empty));
    assert!(Username::parse(&"😀".repeat(64)).is_ok());
    assert_eq!(Username::parse(&"a".repeat(65)), Err(NameError::TooLong));
    assert_eq!(Username::parse(&"a\u{300}".repeat(1 << 20)), Err(NameError::TooLong));
    assert_eq!(EmailAddress::parse(&"a\u{300}".repeat(1 << 20)), Err(NameError::TooLong));
}

#[test]
fn a_name_that_looks_like_a_token_is_refused_in_any_case() {
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6MX0.c2ln";
    for name in ["csk_me", "CSR_me", jwt, &jwt.to_lowercase()] {
        assert_eq!(Username::parse(name), Err(NameError::LooksLikeToken), "{name}");
    }
    assert!(Username::parse("eyjolfur.k.jonsson").is_ok());
}

#[test]
fn an_address_is_unique_without_regard_to_case() {
    assert_eq!(email_key("Ann.Lee+x@Example.COM"), "ann.lee+x@example.com");
    assert_eq!(EmailAddress::parse("Ann@Example.com").unwrap().shown(), "Ann@Example.com");
    assert_eq!(email_key("ann@BÜCHER.example"), "ann@bücher.example");
    assert_ne!(email_key("ann@straße.de"), email_key("ann@strasse.de"), "different domains");
}

#[test]
fn an_address_mailers_disagree_about_is_refused() {
    for address in [
        "\"e@attacker\"@victim.com",
        "\"ann\"@example.com",
        "ann(me)@example.com",
        "ann@[127.0.0.1]",
        "Ann <ann@example.com>",
        "<ann@example.com>",
        "a@b@example.com",
        "ann＠example.com",
        "ann＠evil.com@example.com",
        "ann@example。com",
        "ann@localhost",
        "ann@",
        "@example.com",
        "ann",
        ".ann@example.com",
        "a..b@example.com",
        "ann@.com",
        "ann@a..com",
        "ann@-a.com",
        "ann@a_b.com",
        "ann@example.com\r\nBcc: x@evil.com",
        "ann@example.com ",
        " ann@example.com",
        "ann@example.com,bob@example.com",
        "ann@exa mple.com",
        "ann@example.com\0",
        "ann@ex%61mple.com",
        "ann@example.com.",
        "ann%evil.com@example.com",
        "evil.com!ann@example.com",
        "=?utf-8?q?ann=40evil.com=3e?=@example.com",
    ] {
        assert!(EmailAddress::parse(address).is_err(), "{address:?}");
    }
    assert!(EmailAddress::parse(&format!("{}@example.com", "a".repeat(65))).is_err());
    assert!(EmailAddress::parse(&format!("a@{}.com", "b.".repeat(130))).is_err());
}

#[test]
fn what_an_address_is_mailed_to_is_what_was_checked() {
    let address = EmailAddress::parse("ａnn@ｅxample．com").unwrap();

    assert_eq!(address.shown(), "ann@example.com");
}

#[test]
fn a_login_is_an_address_if_it_has_an_at_sign_and_a_user_name_otherwise() {
    assert_eq!(Login::parse(" ALICE "), Ok(Login::Username("alice".into())));
    assert_eq!(Login::parse("Ann@Example.com"), Ok(Login::Email("ann@example.com".into())));
    assert_eq!(Login::parse("Ann@Example.com").unwrap().canonical(), "ann@example.com");
    assert!(Login::parse("ann＠example.com").is_err());
    assert!(Login::parse("a b@c").is_err());
}

#[test]
fn a_role_is_a_lower_case_word() {
    for role in ["admin", "a", "billing:read", "team.x-y_9", &"a".repeat(64)] {
        assert_eq!(RoleName::parse(role).unwrap().as_str(), role);
    }
    for wrong in ["", "Admin", "9a", "_a", "a b", "ä", "a\n", "a/b", &"a".repeat(65)] {
        assert_eq!(RoleName::parse(wrong), Err(NameError::NotARoleName), "{wrong:?}");
    }
    assert_eq!(serde_json::from_str::<RoleName>(r#""admin""#).unwrap().to_string(), "admin");
    assert!(serde_json::from_str::<RoleName>(r#""Admin""#).is_err());
}

#[test]
fn the_key_of_every_single_character_is_stable() {
    // Beyond plane 3 there are only tags, selectors and private characters, refused above.
    for c in '\0'..='\u{3ffff}' {
        if let Ok(name) = Username::parse(&format!("x{c}y")) {
            let again = Username::parse(name.canonical()).expect("a key is a name");
            assert_eq!(again.canonical(), name.canonical(), "U+{:04X}", c as u32);
        }
        if let Ok(address) = EmailAddress::parse(&format!("x{c}y@x{c}y.com")) {
            let again = EmailAddress::parse(address.canonical()).expect("a key is an address");
            assert_eq!(again.canonical(), address.canonical(), "U+{:04X}", c as u32);
        }
    }
}

proptest! {
    #[test]
    fn a_key_is_a_name_whose_key_it_is(text in r"\PC{1,20}") {
        if let Ok(name) = Username::parse(&text) {
            prop_assert_eq!(name.shown(), &text);
            prop_assert_eq!(&key(name.shown()), name.canonical());
            prop_assert_eq!(&key(name.canonical()), name.canonical());
            prop_assert_eq!(Login::parse(&text), Ok(Login::Username(key(&text))));
        }
    }

    #[test]
    fn a_key_does_not_depend_on_the_case_typed(text in r"[\p{L}\p{N}]{1,20}") {
        if let (Ok(name), Ok(upper)) = (Username::parse(&text), Username::parse(&text.to_uppercase())) {
            prop_assert_eq!(name.canonical(), upper.canonical());
        }
    }

    #[test]
    fn the_key_of_an_address_is_an_address_whose_key_it_is(
        local in r"[\p{L}\p{N}\p{S}.'+_-]{1,12}", domain in r"[\p{L}\p{N}.-]{1,12}\.[a-zA-Z]{2,5}"
    ) {
        if let Ok(address) = EmailAddress::parse(&format!("{local}@{domain}")) {
            prop_assert_eq!(&email_key(address.shown()), address.canonical());
            prop_assert_eq!(&email_key(address.canonical()), address.canonical());
            prop_assert_eq!(address.canonical().matches('@').count(), 1);
        }
    }

    #[test]
    fn any_text_is_a_name_or_an_error(text in ".*") {
        let _ = (Username::parse(&text), EmailAddress::parse(&text), Login::parse(&text));
        let _ = (RoleName::parse(&text), EmailAddress::parse(&format!("{text}@example.com")));
    }
}

//! From a kind of mail and its facts to its words, in the reader's language. The words are in
//! `locales/*/mail.ftl`, their form in `templates/mail/`.
//!
//! The facts, by name; each kind has those that concern it:
//!
//! | fact | what | in |
//! |---|---|---|
//! | `service` | the name of the service | all |
//! | `name` | the user's name, once they have proven the address | all but `confirm`, `change-address`, `invitation` |
//! | `address` | the address of the account, or the one invited | all |
//! | `link` | where to click | `confirm`, `reset`, `change-address`, `invitation`, `account-exists`; where to keep the account in `deletion-announced`, if that can be done |
//! | `code` | the short code, `XXXX-XXXX` | `confirm`, `reset`, `change-address` |
//! | `minutes` | how long the link is good | `confirm`, `reset`, `change-address` |
//! | `code_minutes` | how long the code is good | `confirm`, `reset`, `change-address` |
//! | `new_address` | the address to come, or that came; of a proven owner | `address-changing`, `address-changed` |
//! | `device` | the browser, in words | `new-device`, `session-stolen` |
//! | `place` | the network address | `new-device`, `session-stolen`, `password-changed` |
//! | `when` | the moment, `2027-01-15 08:00 UTC` | notices: all that answer to nothing asked for |
//! | `days` | how many days are left; `0`: it is done | `deletion-announced`, `invitation` |
//! | `deletes_at` | the moment of the deletion | `deletion-announced` |

use std::collections::BTreeMap;

use super::Kind;
use crate::{
    Auth,
    error::Result,
    render::{Language, MailText},
};

/// The words of a mail: in the language `locale` if there is one by that name, else in English.
pub(super) fn compose(
    auth: &Auth,
    kind: Kind,
    locale: Option<&str>,
    facts: &BTreeMap<String, String>,
) -> Result<MailText> {
    let language = locale.and_then(Language::parse).unwrap_or_default();
    auth.renderer().mail(kind.as_str(), language, facts, &auth.config().pages.service_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::Pages, render::Renderer};

    const CANARY: &str = r#""><svg onload=alert(1)>"#;

    /// A kind, and the facts besides the common ones.
    fn facts(kind: Kind) -> Vec<(&'static str, &'static str)> {
        const LINK: (&str, &str) = ("link", "https://auth.example.org/page?token=cs_lnk_x");
        const CODE: [(&str, &str); 4] =
            [LINK, ("code", "ABCD-2345"), ("minutes", "60"), ("code_minutes", "1")];
        const NOTICE: (&str, &str) = ("when", "2027-01-15 08:00 UTC");
        const DEVICE: [(&str, &str); 3] =
            [NOTICE, ("device", "Firefox, Linux"), ("place", "192.0.2.7")];
        match kind {
            Kind::Confirm | Kind::Reset | Kind::ChangeAddress => CODE.to_vec(),
            Kind::AddressChanging | Kind::AddressChanged => {
                vec![NOTICE, ("new_address", "new@example.org")]
            }
            Kind::NewDevice | Kind::SessionStolen => DEVICE.to_vec(),
            Kind::PasswordChanged => vec![NOTICE, ("place", "192.0.2.7")],
            Kind::AccountExists => vec![NOTICE, LINK],
            Kind::Invitation => vec![LINK, ("days", "7")],
            Kind::DeletionAnnounced => {
                vec![NOTICE, LINK, ("days", "14"), ("deletes_at", "2027-01-29 08:00 UTC")]
            }
        }
    }

    fn written(kind: Kind, language: Language, name: &str) -> MailText {
        let renderer = Renderer::open(&Pages::default()).unwrap();
        let mut all = facts(kind);
        all.extend([("name", name), ("address", "miguel@example.org")]);
        let all = all.into_iter().map(|(name, fact)| (name.to_owned(), fact.to_owned())).collect();
        renderer.mail(kind.as_str(), language, &all, "Bücherstube").unwrap()
    }

    fn each(mut look: impl FnMut(Kind, Language)) {
        for language in Language::ALL {
            Kind::ALL.into_iter().for_each(|kind| look(kind, language));
        }
    }

    #[test]
    fn every_mail_says_all_it_has_to_in_every_language() {
        each(|kind, language| {
            let mail = written(kind, language, "miguel");

            assert!(mail.subject.contains("Bücherstube"), "{}", mail.subject);
            let named = [("name", "miguel"), ("address", "miguel@example.org")];
            for (fact, value) in facts(kind).into_iter().chain(named) {
                // One is said in words: "one minute".
                if value != "1" {
                    assert!(
                        mail.text.contains(value),
                        "{kind:?} {language:?} {fact}: {}",
                        mail.text
                    );
                    assert!(
                        mail.html.contains(value),
                        "{kind:?} {language:?} {fact}: {}",
                        mail.html
                    );
                }
            }
            for broken in ["mail-", "{", "$", "undefined"] {
                let body = mail.html.split("</head>").last().unwrap();
                assert!(!mail.text.contains(broken), "{broken} in {}", mail.text);
                assert!(!body.contains(broken), "{broken} in {body}");
            }
            let tag = format!("<html lang=\"{}\">", language.as_str());
            assert!(mail.html.contains(&tag), "{}", mail.html);
        });
    }

    #[test]
    fn no_two_mails_say_the_same() {
        let mut subjects = std::collections::BTreeSet::new();
        each(|kind, language| {
            let mail = written(kind, language, "miguel");
            assert!(subjects.insert(mail.subject.clone()), "twice: {}", mail.subject);
        });
    }

    #[test]
    fn a_link_and_a_code_stand_alone_on_their_lines() {
        each(|kind, language| {
            let mail = written(kind, language, "miguel");
            let whole = |text: &str| mail.text.lines().any(|line| line == text);

            for (fact, value) in facts(kind) {
                assert!(!["link", "code"].contains(&fact) || whole(value), "{}", mail.text);
            }
            let links = mail.text.matches("http").count();
            assert_eq!(links, facts(kind).iter().filter(|(fact, _)| *fact == "link").count());
            assert!(!mail.text.contains("\n\n\n"), "{:?}", mail.text);
            assert!(mail.text.lines().all(|line| line == line.trim_end() || line == "-- "));
            assert!(mail.text.lines().all(|line| line.len() < 900), "RFC 5322 §2.1.1");
        });
    }

    #[test]
    fn a_name_is_text_whatever_it_looks_like() {
        each(|kind, language| {
            let mail = written(kind, language, CANARY);

            assert!(!mail.html.contains("<svg"), "{}", mail.html);
            assert!(!mail.subject.contains("svg"), "{}", mail.subject);
            assert!(mail.text.contains(CANARY), "{}", mail.text);
        });
    }

    #[test]
    fn a_mail_loads_nothing_from_anywhere() {
        each(|kind, language| {
            let mail = written(kind, language, "miguel");

            for word in ["<img", "src=", "url(", "@import", "<script", "<link", "<form"] {
                assert!(!mail.html.contains(word), "{word} in {}", mail.html);
            }
        });
    }

    #[test]
    fn an_account_that_is_gone_cannot_be_kept() {
        let renderer = Renderer::open(&Pages::default()).unwrap();
        let facts = [("days", "0"), ("when", "NOW"), ("deletes_at", "LATER")];
        let facts = facts.map(|(name, fact)| (name.to_owned(), fact.to_owned())).into();
        for language in Language::ALL {
            let mail = renderer.mail("deletion-announced", language, &facts, "Books").unwrap();

            let other = written(Kind::DeletionAnnounced, language, "");
            assert_ne!(mail.subject.replace("Books", "Bücherstube"), other.subject);
            assert!(!mail.text.contains("LATER"), "{}", mail.text);
            assert!(!mail.html.contains("<a "), "{}", mail.html);
        }
    }

    #[test]
    fn whose_name_is_not_to_be_told_is_greeted_without_one() {
        let mail = written(Kind::Confirm, Language::De, "");

        assert!(mail.text.starts_with("Guten Tag!\n\n"), "{}", mail.text);
    }
}

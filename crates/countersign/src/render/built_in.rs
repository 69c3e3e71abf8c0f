//! What is built in: templates, texts, the style sheet and the script.

/// Each name with its text.
type Files = &'static [(&'static str, &'static str)];

macro_rules! files {
    ($folder:literal: $($name:literal)+) => {
        &[$(($name, include_str!(concat!("../../", $folder, "/", $name)))),+]
    };
}

/// The pages, and the parts that pages share.
pub(super) const PAGES: Files = files! { "templates":
    "account-data.html"
    "account-delete.html"
    "account-keys.html"
    "account-password.html"
    "account-sessions.html"
    "account.html"
    "change-email.html"
    "check-mail.html"
    "confirm.html"
    "error.html"
    "forgot-password.html"
    "inbox-mail.html"
    "inbox.html"
    "layout.html"
    "login.html"
    "logout.html"
    "message.html"
    "reauthenticate.html"
    "resend.html"
    "reset-password.html"
    "sign-up.html"
    "part/account.html"
    "part/beside.html"
    "part/fields.html"
    "part/told.html"
};

/// The mails. `mail/KIND.html` and `mail/KIND.txt` can be put beside them.
pub(super) const MAILS: Files = files! { "templates":
    "mail/layout.html"
    "mail/layout.txt"
};

/// The texts, in the order of [`Language::ALL`](super::Language::ALL).
pub(super) const TEXTS: [Files; 4] = [
    files! { "locales": "en/pages.ftl" "en/mail.ftl" },
    files! { "locales": "de/pages.ftl" "de/mail.ftl" },
    files! { "locales": "fr/pages.ftl" "fr/mail.ftl" },
    files! { "locales": "es/pages.ftl" "es/mail.ftl" },
];

pub(super) const STYLE: &str = include_str!("../../assets/style.css");
pub(super) const SCRIPT: &str = include_str!("../../assets/script.js");

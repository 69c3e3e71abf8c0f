//! The settings of what people meet: browser sessions, pages, mail, sign-up, retention.

use super::{Setting, setting};

pub(super) const SETTINGS: &[Setting] = &[
    setting(
        "browser.idle_seconds",
        "SECONDS",
        "A browser's session ends when it was not used for so long",
        |e| &mut e.config.browser.idle_seconds,
    ),
    setting(
        "browser.cookie_seconds",
        "SECONDS",
        "A session cookie ends after so long, however much it is used",
        |e| &mut e.config.browser.cookie_seconds,
    ),
    setting(
        "browser.remember_seconds",
        "SECONDS",
        "A remembered browser gets its session back for so long",
        |e| &mut e.config.browser.remember_seconds,
    ),
    setting(
        "browser.fresh_seconds",
        "SECONDS",
        "What can do harm asks for the password again after so long",
        |e| &mut e.config.browser.fresh_seconds,
    ),
    setting(
        "browser.cookies",
        "KIND",
        "`host`: Secure and bound to this host; `plain`: neither, for clients on plain HTTP",
        |e| &mut e.config.browser.cookies,
    ),
    setting("pages.mode", "MODE", "Whether there are pages or only the API", |e| {
        &mut e.config.pages.mode
    }),
    setting("pages.service_name", "TEXT", "What pages and mails call the service", |e| {
        &mut e.config.pages.service_name
    }),
    setting("pages.logo", "PATH", "Path or data: URL of a logo; unset: the name alone", |e| {
        &mut e.config.pages.logo
    }),
    setting(
        "pages.home",
        "PATH",
        "Where somebody lands who logged in without being on the way elsewhere",
        |e| &mut e.config.pages.home,
    ),
    setting(
        "pages.folder",
        "PATH",
        "A folder whose files replace the built-in templates, texts and style sheet",
        |e| &mut e.config.pages.folder,
    ),
    setting(
        "mail.transport",
        "WAY",
        "How mail is sent: `off`, `inbox` (kept, to be looked at) or `smtp`",
        |e| &mut e.config.mail.transport,
    ),
    setting(
        "mail.smtp_url",
        "URL",
        "smtps://USER@HOST:PORT, or smtp://, which is STARTTLS; no password in it",
        |e| &mut e.config.mail.smtp_url,
    ),
    setting(
        "mail.smtp_password_file",
        "PATH",
        "A file with the password of the user in `mail.smtp_url`",
        |e| &mut e.config.mail.smtp_password_file,
    ),
    setting(
        "mail.ca_file",
        "PATH",
        "PEM file with authorities for the SMTP server, besides the system's",
        |e| &mut e.config.mail.ca_file,
    ),
    setting("mail.from", "ADDRESS", "The sender: Name <name@example.com>", |e| {
        &mut e.config.mail.from
    }),
    setting("mail.link_seconds", "SECONDS", "Life of a link in a mail", |e| {
        &mut e.config.mail.link_seconds
    }),
    setting("mail.code_seconds", "SECONDS", "Life of the code beside it", |e| {
        &mut e.config.mail.code_seconds
    }),
    setting(
        "mail.per_hour",
        "COUNT",
        "Mails that one account or address can cause in an hour",
        |e| &mut e.config.mail.per_hour,
    ),
    setting("mail.inbox", "WHO", "Who may look at the inbox, where that is the transport", |e| {
        &mut e.config.mail.inbox
    }),
    setting("sign_up.mode", "MODE", "Who may sign up: `open`, `invitation` or `closed`", |e| {
        &mut e.config.sign_up.mode
    }),
    setting("sign_up.proof", "MODE", "Whether a browser has to work for a sign-up", |e| {
        &mut e.config.sign_up.proof
    }),
    setting("sign_up.proof_bits", "BITS", "That work: so many zero bits, each doubling it", |e| {
        &mut e.config.sign_up.proof_bits
    }),
    setting(
        "sign_up.per_address_hour",
        "COUNT",
        "Accounts one address may make in an hour; 0: any number",
        |e| &mut e.config.sign_up.per_address_hour,
    ),
    setting(
        "retention.deletion_grace_seconds",
        "SECONDS",
        "An account is deleted so long after its owner said so",
        |e| &mut e.config.retention.deletion_grace_seconds,
    ),
    setting(
        "retention.unconfirmed_seconds",
        "SECONDS",
        "A never confirmed account is deleted after so long, where confirmation is required; 0: never",
        |e| &mut e.config.retention.unconfirmed_seconds,
    ),
    setting(
        "retention.mail_seconds",
        "SECONDS",
        "Mails, without their text, are listed for so long",
        |e| &mut e.config.retention.mail_seconds,
    ),
    setting(
        "legacy.secret_file",
        "PATH",
        "The SECRET_KEY of the application whose tokens are still accepted; needs `legacy.accept_until`",
        |e| &mut e.config.legacy.secret_file,
    ),
    setting(
        "legacy.accept_until",
        "DATE",
        "When that ends: 2027-01-31 (its beginning, UTC) or 2027-01-31T18:00:00Z",
        |e| &mut e.config.legacy.accept_until,
    ),
    setting("legacy.source", "NAME", "The --source its users were imported with, if any", |e| {
        &mut e.config.legacy.source
    }),
];

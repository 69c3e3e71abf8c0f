//! From a kind of mail and its facts to its text.
//!
//! The facts, by name; each kind has those that concern it:
//!
//! | fact | what | in |
//! |---|---|---|
//! | `service` | the name of the service | all |
//! | `name` | the user's name as shown | all but `invitation` |
//! | `address` | the address of the account, or the one invited | all |
//! | `link` | where to click | `confirm`, `reset`, `change-address`, `invitation`, `account-exists`; where to keep the account in `deletion-announced`, if that can be done |
//! | `code` | the short code, `XXXX-XXXX` | `confirm`, `reset`, `change-address` |
//! | `minutes` | how long the link is good | `confirm`, `reset`, `change-address` |
//! | `code_minutes` | how long the code is good | `confirm`, `reset`, `change-address` |
//! | `new_address` | the address to come, or that came | `change-address`, `address-changing`, `address-changed` |
//! | `device` | the browser, in words | `new-device`, `session-stolen` |
//! | `place` | the network address | `new-device`, `session-stolen`, `password-changed` |
//! | `when` | the moment, `2027-01-15 08:00 UTC` | notices |
//! | `days` | how many days are left; `0`: it is done | `deletion-announced`, `invitation` |
//! | `deletes_at` | the moment of the deletion | `deletion-announced` |

use std::collections::BTreeMap;

use super::Kind;
use crate::{Auth, error::Result, render::MailText};

/// The text of a mail. English, whatever `locale` says.
pub(super) fn compose(
    auth: &Auth,
    kind: Kind,
    _locale: Option<&str>,
    facts: &BTreeMap<String, String>,
) -> Result<MailText> {
    let service = &auth.config().pages.service_name;
    let subject = format!("{service}: {}", kind.as_str().replace('-', " "));
    let lines: Vec<String> = facts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let text = format!("{subject}\n\n{}\n", lines.join("\n"));
    let html = format!("<pre>{}</pre>\n", escaped(&text));
    Ok(MailText { subject, text, html })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

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
use crate::{Auth, error::Result};

/// A mail's words.
pub(super) struct MailText {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

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

/// A moment in words that every language reads: `2027-01-15 08:00 UTC`.
pub(crate) fn when(unix: i64) -> String {
    let (days, seconds) = (unix.div_euclid(86_400), unix.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let (hour, minute) = (seconds / 3600, seconds / 60 % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC")
}

/// The date so many days after 1 January 1970.
fn civil(mut days: i64) -> (i64, usize, i64) {
    let mut year = 1970;
    while days >= 365 + leap(year) {
        days -= 365 + leap(year);
        year += 1;
    }
    let mut lengths = [31, 28 + leap(year), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].into_iter();
    let mut month = 1;
    while let Some(length) = lengths.next().filter(|length| days >= *length) {
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

fn leap(year: i64) -> i64 {
    i64::from(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
}

#[cfg(test)]
mod tests {
    use super::when;

    #[test]
    fn a_moment_is_written_as_date_and_time() {
        assert_eq!(when(0), "1970-01-01 00:00 UTC");
        assert_eq!(when(951_782_399), "2000-02-28 23:59 UTC");
        assert_eq!(when(951_782_400), "2000-02-29 00:00 UTC");
        assert_eq!(when(1_800_000_000), "2027-01-15 08:00 UTC");
        assert_eq!(when(4_107_542_399), "2100-02-28 23:59 UTC");
        assert_eq!(when(4_107_542_400), "2100-03-01 00:00 UTC");
    }
}

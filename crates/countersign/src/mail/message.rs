//! From a row and its text to the bytes that SMTP carries (RFC 5322), to exactly one address.

use std::time::{Duration, UNIX_EPOCH};

use countersign_proto::name::EmailAddress;
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{Header, HeaderName, HeaderValue},
    },
};

use crate::{error::Failed, render::MailText, store::mail::MailRow};

/// A message and between whom it goes.
pub(super) struct Parcel {
    pub(super) from: Address,
    pub(super) to: Address,
    pub(super) bytes: Vec<u8>,
}

/// No machine is to answer it (RFC 3834 §5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Writes the message. `host` is the right half of its `Message-ID`, whose left half is the row's.
///
/// # Errors
/// When the recipient is no plain address; nothing is sent then.
pub(super) fn write(
    row: &MailRow,
    text: MailText,
    from: &Mailbox,
    host: &str,
) -> crate::Result<Parcel> {
    let to = address(&row.recipient)?;
    let written = u64::try_from(row.created_at).unwrap_or_default();
    let subject: String = text.subject.chars().filter(|c| !c.is_control()).collect();
    let message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to.clone()))
        .subject(subject)
        .date(UNIX_EPOCH + Duration::from_secs(written))
        .message_id(Some(format!("<{}@{host}>", row.id)))
        .header(AutoSubmitted)
        .multipart(MultiPart::alternative_plain_html(text.text, text.html))
        .map_err(Failed::because)?;
    Ok(Parcel { from: from.email.clone(), to, bytes: message.formatted() })
}

/// The stored address once more through the parser that refuses quotes, lists and line ends.
fn address(stored: &str) -> crate::Result<Address> {
    let checked = EmailAddress::parse(stored).map_err(Failed::because)?;
    if checked.shown() != stored {
        return Err(Failed::because("a stored address is not in its normal form"));
    }
    checked.shown().parse().map_err(Failed::because)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(recipient: &str) -> MailRow {
        MailRow {
            id: "0190163d-8694-739b-aea5-966c26f8ad91".into(),
            recipient: recipient.into(),
            kind: "confirm".into(),
            sealed: None,
            created_at: 1_800_000_000,
            next_at: None,
            attempts: 1,
            claimed_at: None,
            sent_at: None,
            failure: None,
        }
    }

    fn written(recipient: &str, subject: &str) -> crate::Result<Parcel> {
        let text =
            MailText { subject: subject.into(), text: "text".into(), html: "<p>ü</p>".into() };
        let from = "Bücher <no-reply@example.org>".parse().unwrap();
        write(&row(recipient), text, &from, "auth.example.org")
    }

    #[test]
    fn a_message_names_its_row_its_sender_and_one_recipient() {
        let parcel = written("m.grinberg@example.org", "Confirm").unwrap();

        let text = String::from_utf8(parcel.bytes).unwrap();
        assert_eq!(AsRef::<str>::as_ref(&parcel.to), "m.grinberg@example.org");
        assert!(text.contains("To: m.grinberg@example.org\r\n"), "{text}");
        assert!(text.contains("<0190163d-8694-739b-aea5-966c26f8ad91@auth.example.org>"), "{text}");
        assert!(text.contains("Auto-Submitted: auto-generated\r\n"), "{text}");
        assert!(text.contains("Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n"), "{text}");
        assert!(text.is_ascii(), "{text}");
    }

    #[test]
    fn no_line_of_a_subject_becomes_a_header() {
        let parcel = written("m@example.org", "Hello\r\nBcc: eve@example.org\r\n\r\nbody").unwrap();

        let text = String::from_utf8(parcel.bytes).unwrap();
        assert!(!text.contains("\nBcc:"), "{text}");
    }

    #[test]
    fn what_is_not_one_plain_address_is_never_written_to() {
        for stored in [
            "",
            "m@example.org,eve@example.org",
            "m@example.org eve@example.org",
            "m@example.org\r\nRCPT TO:<eve@example.org>",
            "m@example.org\nBcc: eve@example.org",
            "\"eve@example.org\"@example.org",
            "\"m\\\r\n\"@example.org",
            "Eve <eve@example.org>",
            "<eve@example.org>",
            "m@example.org>",
            "m@example.org;eve@example.org",
            "m@[127.0.0.1]",
            "m@localhost",
            "m@example.org\0",
            "ｍ@example.org",
            "m@eve.example.org@example.org",
            "m(eve@example.org)@example.org",
        ] {
            assert!(written(stored, "Confirm").is_err(), "{stored:?}");
        }
    }
}

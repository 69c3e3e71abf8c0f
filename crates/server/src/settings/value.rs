//! Types a setting can have: how each is read from text, and how it is shown. Limits that need
//! more than one setting are the library's to check.

use std::{net::SocketAddr, path::PathBuf};

use countersign::{
    Confirmation, Cookies, InboxReaders, PagesMode, ProofMode, SignUpMode, ThrottleMode, Transport,
    proto::jose::Algorithm,
};
use ipnet::IpNet;

/// One setting's place in [`Effective`](super::Effective).
pub(crate) trait Value {
    /// Takes what the file, the environment or a flag says. One item, except for lists.
    ///
    /// # Errors
    /// What was expected. The value is left as it was.
    fn set(&mut self, items: &[String]) -> Result<(), String>;

    /// As TOML has it; `None` when it is not set.
    fn toml(&self) -> Option<toml::Value>;

    /// Whether a flag may be repeated and a variable hold several, separated by commas.
    fn is_list(&self) -> bool {
        false
    }

    /// Whether a flag stands for `true` without a value.
    fn is_switch(&self) -> bool {
        false
    }

    /// The words it may be, if they are few.
    fn words(&self) -> &'static [&'static str] {
        &[]
    }
}

fn single(items: &[String]) -> Option<&str> {
    match items {
        [one] => Some(one.trim()),
        _ => None,
    }
}

/// A type whose values are read with `FromStr`.
macro_rules! parsed {
    ($type:ty, $expected:expr, $toml:expr) => {
        impl Value for $type {
            fn set(&mut self, items: &[String]) -> Result<(), String> {
                let parsed = single(items).and_then(|text| text.parse().ok());
                *self = parsed.ok_or_else(|| String::from($expected))?;
                Ok(())
            }

            fn toml(&self) -> Option<toml::Value> {
                let shown: fn(&$type) -> toml::Value = $toml;
                Some(shown(self))
            }
        }
    };
}

parsed!(u32, "a whole number from 0 to 4294967295", |n| i64::from(*n).into());
parsed!(u64, "a whole number of at least 0", |n| i64::try_from(*n).unwrap_or(i64::MAX).into());
parsed!(usize, "a whole number of at least 0", |n| i64::try_from(*n).unwrap_or(i64::MAX).into());
parsed!(SocketAddr, "an address and a port, such as 127.0.0.1:8080", |a| a.to_string().into());

impl Value for String {
    fn set(&mut self, items: &[String]) -> Result<(), String> {
        single(items).ok_or("a text")?.clone_into(self);
        Ok(())
    }

    fn toml(&self) -> Option<toml::Value> {
        Some(self.clone().into())
    }
}

impl Value for bool {
    fn set(&mut self, items: &[String]) -> Result<(), String> {
        *self = match single(items) {
            Some("true" | "1") => true,
            Some("false" | "0") => false,
            _ => return Err("true or false".into()),
        };
        Ok(())
    }

    fn toml(&self) -> Option<toml::Value> {
        Some((*self).into())
    }

    fn is_switch(&self) -> bool {
        true
    }
}

/// A setting that may be absent: an empty text unsets it.
macro_rules! optional {
    ($type:ty, $expected:literal, $toml:expr) => {
        impl Value for Option<$type> {
            fn set(&mut self, items: &[String]) -> Result<(), String> {
                let text = single(items).ok_or($expected)?;
                *self = match text {
                    "" => None,
                    text => Some(text.parse().map_err(|_| $expected)?),
                };
                Ok(())
            }

            fn toml(&self) -> Option<toml::Value> {
                let shown: fn(&$type) -> toml::Value = $toml;
                self.as_ref().map(shown)
            }
        }
    };
}

optional!(String, "a text", |text| text.clone().into());
optional!(PathBuf, "a path", |path| path.display().to_string().into());
optional!(SocketAddr, "an address and a port, such as 127.0.0.1:9090", |a| a.to_string().into());

/// A moment, unix seconds; an empty text unsets it.
impl Value for Option<i64> {
    fn set(&mut self, items: &[String]) -> Result<(), String> {
        const EXPECTED: &str = "a date such as 2027-01-31, or 2027-01-31T18:00:00Z";
        let text = single(items).ok_or(EXPECTED)?;
        *self = match text {
            "" => None,
            text => Some(moment(text).ok_or(EXPECTED)?),
        };
        Ok(())
    }

    fn toml(&self) -> Option<toml::Value> {
        let shown = |at: jiff::Timestamp| at.to_string().into();
        self.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()).map(shown)
    }
}

/// A day begins at midnight, UTC.
fn moment(text: &str) -> Option<i64> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(at.as_second());
    }
    let day: jiff::civil::Date = text.parse().ok()?;
    Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
}

/// A list; given empty it is empty.
macro_rules! list {
    ($type:ty, $expected:literal) => {
        impl Value for Vec<$type> {
            fn set(&mut self, items: &[String]) -> Result<(), String> {
                *self = items
                    .iter()
                    .flat_map(|item| item.split(','))
                    .map(str::trim)
                    .filter(|item| !item.is_empty())
                    .map(|item| item.parse().map_err(|_| $expected.into()))
                    .collect::<Result<_, String>>()?;
                Ok(())
            }

            fn toml(&self) -> Option<toml::Value> {
                Some(self.iter().map(ToString::to_string).collect::<Vec<_>>().into())
            }

            fn is_list(&self) -> bool {
                true
            }
        }
    };
}

list!(String, "texts");
list!(Mount, "NAME=PATH, such as rest-auth=/rest-auth");
list!(IpNet, "networks such as 10.0.0.0/8 or 192.0.2.7/32");

/// A program and its arguments: a list, or one text that is parted at its blanks. Nothing is quoted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Argv(pub(crate) Vec<String>);

impl Value for Argv {
    fn set(&mut self, items: &[String]) -> Result<(), String> {
        self.0 = match items {
            [text] => text.split_whitespace().map(str::to_owned).collect(),
            words => words.to_vec(),
        };
        Ok(())
    }

    fn toml(&self) -> Option<toml::Value> {
        Some(self.0.clone().into())
    }

    fn is_list(&self) -> bool {
        true
    }
}

/// A profile and where it is mounted: `NAME=PATH`, with `?OPTION=VALUE&…` behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mount {
    /// The profile's name.
    pub(crate) profile: String,
    /// Begins with a slash and ends with none.
    pub(crate) path: String,
    /// Names and values.
    pub(crate) options: Vec<(String, String)>,
}

impl std::str::FromStr for Mount {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (profile, rest) = text.split_once('=').ok_or(())?;
        let (path, options) = rest.split_once('?').unwrap_or((rest, ""));
        let of_path = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
        let segments = path.strip_prefix('/').ok_or(())?;
        if !segments.split('/').all(|part| !part.is_empty() && part.chars().all(of_path)) {
            return Err(());
        }
        let options = form_urlencoded::parse(options.as_bytes()).into_owned().collect();
        Ok(Self { profile: profile.trim().to_owned(), path: path.to_owned(), options })
    }
}

impl std::fmt::Display for Mount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.profile, self.path)?;
        if self.options.is_empty() {
            return Ok(());
        }
        let mut options = form_urlencoded::Serializer::new(String::new());
        write!(f, "?{}", options.extend_pairs(&self.options).finish())
    }
}

/// A type with a few values that have names.
macro_rules! words {
    ($type:ty, $($word:literal => $value:expr),+) => {
        impl Value for $type {
            fn set(&mut self, items: &[String]) -> Result<(), String> {
                *self = match single(items) {
                    $(Some($word) => $value,)+
                    _ => return Err(format!("one of {}", [$($word),+].join(", "))),
                };
                Ok(())
            }

            fn toml(&self) -> Option<toml::Value> {
                [$(($word, $value)),+]
                    .into_iter()
                    .find(|(_, value)| value == self)
                    .map(|(word, _)| word.into())
            }

            fn words(&self) -> &'static [&'static str] {
                &[$($word),+]
            }
        }
    };
}

words!(ThrottleMode, "on" => Self::On, "off" => Self::Off);
words!(Confirmation, "off" => Self::Off, "optional" => Self::Optional, "required" => Self::Required);
words!(Cookies, "host" => Self::Host, "plain" => Self::Plain);
words!(PagesMode, "on" => Self::On, "off" => Self::Off);
words!(InboxReaders, "admins" => Self::Admins, "anybody" => Self::Anybody);
words!(Transport, "off" => Self::Off, "inbox" => Self::Inbox, "smtp" => Self::Smtp);
words!(SignUpMode, "open" => Self::Open, "invitation" => Self::Invitation, "closed" => Self::Closed);
words!(ProofMode, "off" => Self::Off, "adaptive" => Self::Adaptive, "on" => Self::On);
words!(Algorithm, "EdDSA" => Self::EdDSA, "ES256" => Self::ES256, "RS256" => Self::RS256,
    "HS256" => Self::HS256);
words!(LogFormat, "text" => Self::Text, "json" => Self::Json);

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_refused_leaves_the_setting_as_it_was() {
        let mut seconds = 600_u32;

        assert!(seconds.set(&["-1".into()]).is_err());
        assert!(seconds.set(&["1".into(), "2".into()]).is_err());

        assert_eq!(seconds, 600);
    }

    #[test]
    fn a_list_is_separated_by_commas_or_given_item_by_item() {
        let mut networks: Vec<IpNet> = Vec::new();

        networks.set(&["10.0.0.0/8, 192.0.2.7/32".into(), "::1/128".into()]).unwrap();
        assert_eq!(networks.len(), 3);

        networks.set(&[String::new()]).unwrap();
        assert!(networks.is_empty());
    }
}

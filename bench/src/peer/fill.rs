//! Texts with `{placeholders}`, and what they stand for.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde::Deserialize;

/// What placeholders stand for.
pub type Values = BTreeMap<String, String>;

/// A text in which `{name}` stands for something. Braces around anything but lower-case letters
/// and underscores, as in JSON, are themselves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Name(String),
}

/// What was filled in.
pub type Filled = String;

impl From<String> for Template {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&str> for Template {
    fn from(mut rest: &str) -> Self {
        let (mut parts, mut text) = (Vec::new(), String::new());
        while let Some(at) = rest.find('{') {
            text.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let inside = rest.find('}').map(|end| &rest[..end]);
            match inside.filter(|name| is_name(name)) {
                Some(name) => {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                    parts.push(Part::Name(name.to_owned()));
                    rest = &rest[name.len() + 1..];
                }
                None => text.push('{'),
            }
        }
        text.push_str(rest);
        parts.push(Part::Text(text));
        Self(parts)
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b == b'_' || b.is_ascii_lowercase())
}

impl Template {
    /// The placeholders in it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Name(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// The text with everything filled in; the first of `sources` that knows a name decides.
    ///
    /// # Errors
    /// When nobody knows a name.
    pub fn fill(&self, sources: &[&Values]) -> Result<Filled> {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Name(name) => match sources.iter().find_map(|values| values.get(name)) {
                    Some(value) => text.push_str(value),
                    None => bail!("nothing is known of the placeholder {{{name}}}"),
                },
            }
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_in_and_the_braces_of_json_stay() {
        let values = Values::from([("user".to_owned(), "u1".to_owned())]);

        let filled = Template::from(r#"{"a":{"b":"{user}@x"},"c":{}}"#).fill(&[&values]).unwrap();

        assert_eq!(filled, r#"{"a":{"b":"u1@x"},"c":{}}"#);
    }

    #[test]
    fn a_name_that_nobody_knows_is_an_error() {
        let failure = Template::from("{nobody}").fill(&[&Values::new()]).unwrap_err();

        assert!(failure.to_string().contains("{nobody}"));
    }
}

//! The TOML file: its values with the lines they stand in.

use std::path::Path;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Given, SETTINGS, Source};
use crate::exit::Problem;

/// Reads the file.
///
/// # Errors
/// Naming the file, the line, the key and what was expected.
pub(super) fn read(path: &Path) -> Result<Vec<Given>, Problem> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Problem::usage(format!("{}: {error}", path.display())))?;
    File { path, text: &text }.given()
}

struct File<'a> {
    path: &'a Path,
    text: &'a str,
}

impl File<'_> {
    fn given(&self) -> Result<Vec<Given>, Problem> {
        let table = DeTable::parse(self.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            self.problem(at, &format!("expected TOML: {}", error.message()))
        })?;
        let mut given = Vec::new();
        self.walk("", table.get_ref(), &mut given)?;
        Ok(given)
    }

    fn walk(&self, prefix: &str, table: &DeTable, given: &mut Vec<Given>) -> Result<(), Problem> {
        for (key, value) in table {
            let name = match prefix {
                "" => key.get_ref().to_string(),
                prefix => format!("{prefix}.{}", key.get_ref()),
            };
            if let Some(setting) = SETTINGS.iter().position(|known| known.name == name) {
                let source = Source::File(self.path.to_owned(), self.line(key.span().start));
                given.push(Given { setting, items: self.items(&name, value)?, source });
            } else if let (DeValue::Table(inner), true) = (value.get_ref(), is_table(&name)) {
                self.walk(&name, inner, given)?;
            } else {
                return Err(self.unknown(key.span().start, &name));
            }
        }
        Ok(())
    }

    fn unknown(&self, at: usize, name: &str) -> Problem {
        let known = SETTINGS.iter().map(|setting| setting.name.to_owned());
        let hint = match nearest(name, known) {
            Some(known) => format!("is {known} meant?"),
            None => "`countersign config show --template` lists them all".to_owned(),
        };
        self.problem(at, &format!("{name}: there is no such setting; {hint}"))
    }

    fn items(&self, name: &str, value: &Spanned<DeValue>) -> Result<Vec<String>, Problem> {
        let at = value.span().start;
        match value.get_ref() {
            DeValue::Array(items) => {
                items.iter().map(|item| self.scalar(name, item)).collect::<Result<_, _>>()
            }
            DeValue::Table(entries) if of_pairs(name) => {
                entries.iter().map(|(key, value)| self.pair(name, key.get_ref(), value)).collect()
            }
            DeValue::Table(_) => {
                Err(self.problem(at, &format!("{name}: expected a value, found a table")))
            }
            _ => Ok(vec![self.scalar(name, value)?]),
        }
    }

    /// `key=value`; of a table `key=path?option=value&…`, where `path` is a member of it.
    fn pair(&self, name: &str, key: &str, value: &Spanned<DeValue>) -> Result<String, Problem> {
        let DeValue::Table(members) = value.get_ref() else {
            return Ok(format!("{key}={}", self.scalar(name, value)?));
        };
        let mut path = String::new();
        let mut options = form_urlencoded::Serializer::new(String::new());
        for (member, value) in members {
            let value = self.scalar(name, value)?;
            match member.get_ref().as_ref() {
                "path" => path = value,
                option => {
                    options.append_pair(option, &value);
                }
            }
        }
        Ok(format!("{key}={path}?{}", options.finish()))
    }

    fn scalar(&self, name: &str, value: &Spanned<DeValue>) -> Result<String, Problem> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text.to_string()),
            DeValue::Integer(number) => Ok(number.to_string()),
            DeValue::Boolean(truth) => Ok(truth.to_string()),
            other => {
                let text = format!(
                    "{name}: expected a text, a whole number, true or false, found {}",
                    other.type_str()
                );
                Err(self.problem(value.span().start, &text))
            }
        }
    }

    fn problem(&self, at: usize, text: &str) -> Problem {
        Problem::usage(format!("{}:{}: {text}", self.path.display(), self.line(at)))
    }

    fn line(&self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|byte| *byte == b'\n').count()
    }
}

/// Whether a setting may be written as a table of its items.
fn of_pairs(name: &str) -> bool {
    name == "profiles"
}

fn is_table(name: &str) -> bool {
    SETTINGS
        .iter()
        .any(|known| known.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
}

/// The known name that is at most two typing mistakes away.
pub(super) fn nearest(name: &str, known: impl Iterator<Item = String>) -> Option<String> {
    let far = 3;
    known
        .map(|known| (distance(name, &known), known))
        .filter(|(mistakes, _)| *mistakes < far)
        .min_by_key(|(mistakes, _)| *mistakes)
        .map(|(_, known)| known)
}

/// Letters to insert, drop or replace (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Vec<Given>, String> {
        File { path: Path::new("c.toml"), text }.given().map_err(|problem| problem.to_string())
    }

    #[test]
    fn a_mistake_is_told_with_file_line_key_and_what_was_expected() {
        let told = |text| read_text(text).err().unwrap_or_default();

        assert_eq!(
            told("realm = 'x'\nlissen = '127.0.0.1:1'\n"),
            "c.toml:2: lissen: there is no such setting; is listen meant?"
        );
        assert!(told("[hashing]\nqueue = 1.5").starts_with("c.toml:2: hashing.queue: expected"));
        assert!(told("[throttle]\n\nfails = 1").starts_with("c.toml:3: throttle.fails: there is"));
        assert!(told("realm = \n").starts_with("c.toml:1: expected TOML"));
        assert!(told("hashing = 3").starts_with("c.toml:1: hashing: there is no such setting"));
    }

    #[test]
    fn typing_mistakes_are_counted() {
        assert_eq!(distance("listen", "listen"), 0);
        assert_eq!(distance("lissen", "listen"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}

//! Whether what replaces built-in files is sound: seen when the program starts, not when somebody
//! opens the page.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Value, context};

use super::{
    Language, Renderer, built_in,
    folder::{Files, Replaced},
};
use crate::error::{Error, Failed, Result};

pub(super) fn is_template(name: &str) -> bool {
    let text = name.ends_with(".html") || name.ends_with(".txt");
    text && !name.starts_with("locales/")
}

/// An error of the template engine, with the file and the line it is in.
pub(super) fn located(error: &minijinja::Error, name: &str, file: &Replaced) -> Error {
    let mut cause = error;
    // What an included file does wrong is said by the innermost error.
    while let Some(inner) = std::error::Error::source(cause).and_then(|e| e.downcast_ref()) {
        cause = inner;
    }
    let place = match cause.name() {
        None => file.origin.clone(),
        Some(inside) if inside == name => file.origin.clone(),
        Some(inside) => format!("{} ({inside})", file.origin),
    };
    let line = cause.line().unwrap_or(1);
    let what = cause.detail().map_or_else(|| cause.kind().to_string(), str::to_owned);
    Failed::because(format!("{place}:{line}: {what}"))
}

/// Refuses a template that names a text there is not, or that cannot be rendered, and a text with
/// a variable that nobody fills in.
pub(super) fn replaced(renderer: &Renderer, files: &Files) -> Result<()> {
    replaced_texts(files)?;
    for (name, file) in files.iter().filter(|(name, _)| is_template(name)) {
        for (line, key) in keys(&file.text) {
            if !renderer.texts.has(key) {
                let what = format!("{}:{line}: there is no text {key}", file.origin);
                return Err(Failed::because(what));
            }
        }
        let page = sample(name);
        let env = &renderer.pages[Language::En.index()];
        env.get_template(name)
            .and_then(|template| template.render(page))
            .map_err(|error| located(&error, name, file))?;
    }
    Ok(())
}

fn replaced_texts(files: &Files) -> Result<()> {
    let english = built_in::TEXTS[Language::En.index()].iter();
    let known: BTreeMap<&str, _> =
        english.flat_map(|(_, text)| texts(text)).map(|(_, key, names)| (key, names)).collect();
    for file in files.iter().filter(|(name, _)| name.ends_with(".ftl")).map(|(_, file)| file) {
        for (line, key, names) in texts(&file.text) {
            let known = known.get(key);
            if let Some(name) = known.and_then(|known| names.difference(known).next()) {
                let what = format!("{}:{line}: {key} has no variable ${name}", file.origin);
                return Err(Failed::because(what));
            }
        }
    }
    Ok(())
}

/// Each text of a Fluent file with its line and the variables in it.
pub(super) fn texts(file: &str) -> Vec<(usize, &str, BTreeSet<&str>)> {
    let mut texts: Vec<(usize, &str, BTreeSet<&str>)> = Vec::new();
    for (number, line) in file.lines().enumerate() {
        if line.starts_with(|c: char| c.is_ascii_alphabetic())
            && let Some((key, _)) = line.split_once('=')
        {
            texts.push((number + 1, key.trim(), BTreeSet::new()));
        }
        let Some((_, _, names)) = texts.last_mut().filter(|_| !line.starts_with('#')) else {
            continue;
        };
        names.extend(line.split('$').skip(1).map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c));
            &rest[..end.unwrap_or(rest.len())]
        }));
    }
    texts
}

/// The values of a template that nobody looks at. A mail is of the kind it is named for.
pub(super) fn sample(name: &str) -> Value {
    let kind = name.strip_prefix("mail/").and_then(|file| file.split('.').next());
    let kind = kind.filter(|kind| *kind != "layout").unwrap_or("confirm");
    context! { language => "en", service => "Service", base => "", kind }
}

/// Each key that a template names as it stands, with its line.
pub(super) fn keys(template: &str) -> impl Iterator<Item = (usize, &str)> {
    template.lines().enumerate().flat_map(|(number, line)| {
        line.match_indices("t(\"").filter_map(move |(at, call)| {
            let before = line[..at].chars().next_back();
            let key = line[at + call.len()..].split('"').next()?;
            let whole = before.is_none_or(|c| !c.is_alphanumeric() && c != '_');
            whole.then_some((number + 1, key))
        })
    })
}

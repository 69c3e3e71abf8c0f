//! Whether what replaces built-in files is sound: seen when the program starts, not when somebody
//! opens the page.

use minijinja::{Value, context};

use super::{
    Language, Renderer,
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

/// Refuses a template that names a text there is not, or that cannot be rendered.
pub(super) fn replaced(renderer: &Renderer, files: &Files) -> Result<()> {
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

//! What people see: templates, texts in four languages, the style sheet and the script. A page is
//! asked for by the name of its template and the values in it; who sees what is decided elsewhere.

mod asset;
mod built_in;
mod calendar;
mod check;
mod folder;
mod language;
mod linked;
mod texts;

use std::{collections::BTreeMap, sync::Arc};

use fluent_bundle::{FluentArgs, FluentValue};
use minijinja::{
    AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value, context,
    syntax::SyntaxConfig,
    value::{Kwargs, Serde},
};

pub(crate) use asset::Asset;
pub(crate) use calendar::when;
pub(crate) use language::Language;

use crate::{
    config::Pages,
    error::{Failed, Result},
};
use folder::Files;
use texts::Texts;

/// Renders pages and mails. Safe to share; costs no more than the text it makes.
pub(crate) struct Renderer {
    /// One for each language: they differ in what `t` says.
    pages: [Environment<'static>; 4],
    texts: Arc<Texts>,
    css: Asset,
    script: Asset,
}

/// A mail's words.
pub(crate) struct MailText {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

impl Renderer {
    /// What is built in, and over it what `pages` names.
    ///
    /// # Errors
    /// A file that replaces a built-in one and is broken: the error names it and the line.
    pub(crate) fn open(pages: &Pages) -> Result<Self> {
        let files = folder::read(pages)?;
        let texts = Arc::new(Texts::open(&files)?);
        let templates = templates(&files)?;
        let renderer = Self {
            pages: Language::ALL.map(|language| in_language(&templates, language, &texts)),
            texts,
            css: Asset::style(style(&files)),
            script: Asset::script(text_of(&files, "script.js", built_in::SCRIPT)),
        };
        check::replaced(&renderer, &files)?;
        Ok(renderer)
    }

    /// The one style sheet.
    pub(crate) fn css(&self) -> &Asset {
        &self.css
    }

    /// The one script.
    pub(crate) fn script(&self) -> &Asset {
        &self.script
    }

    /// A text of the locale files, or `None` if there is none by this name. With `seconds` among
    /// `args` it gets `minutes` as well, begun ones.
    pub(crate) fn text(
        &self,
        language: Language,
        key: &str,
        args: &[(&str, &str)],
    ) -> Option<String> {
        let mut said: FluentArgs =
            args.iter().map(|(name, text)| (*name, texts::value(text))).collect();
        let seconds = args.iter().find(|(name, _)| *name == "seconds");
        if let Some(seconds) = seconds.and_then(|(_, text)| text.parse::<u32>().ok()) {
            said.set("minutes", seconds.div_ceil(60));
        }
        self.texts.say(language, key, &said)
    }

    /// The page made by a template.
    pub(crate) fn page(&self, name: &str, language: Language, values: Value) -> Result<String> {
        self.pages[language.index()]
            .get_template(name)
            .and_then(|template| template.render(values))
            .map_err(Failed::because)
    }

    /// The mail of a kind: its subject from the text `mail-KIND-subject`, its two bodies from the
    /// templates `mail/layout.txt` and `mail/layout.html`, or `mail/KIND.…` where there are such.
    /// They get the facts by name, and `service`, `kind`, `subject`, `language`.
    pub(crate) fn mail(
        &self,
        kind: &str,
        language: Language,
        facts: &BTreeMap<String, String>,
        service: &str,
    ) -> Result<MailText> {
        let mut args: Vec<(&str, &str)> =
            facts.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        args.push(("service", service));
        let key = format!("mail-{kind}-subject");
        let subject = self.text(language, &key, &args);
        let subject = subject.ok_or_else(|| Failed::because(format!("no text {key}")))?;
        let own = context! { service, kind, subject => &subject, language => language.as_str() };
        let values = context! { ..own, ..Value::from(Serde(facts)) };
        let text = self.page(&self.mail_template(kind, "txt"), language, values.clone())?;
        let html = self.page(&self.mail_template(kind, "html"), language, values)?;
        Ok(MailText { subject, text, html })
    }

    /// All kinds share one template; somebody may have given a kind its own.
    fn mail_template(&self, kind: &str, form: &str) -> String {
        let own = format!("mail/{kind}.{form}");
        let is_there = self.pages[0].get_template(&own).is_ok();
        if is_there { own } else { format!("mail/layout.{form}") }
    }
}

/// Every template, parsed once.
fn templates(files: &Files) -> Result<Environment<'static>> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Chainable);
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true);
    env.set_syntax(syntax.build().map_err(Failed::because)?);
    env.set_auto_escape_callback(|name| match name.ends_with(".txt") {
        true => AutoEscape::None,
        false => AutoEscape::Html,
    });
    env.add_filter("linked", linked::linked);
    env.set_formatter(linked::write);
    env.add_filter("when", |unix: Option<i64>| unix.map(calendar::when));
    env.add_filter("machine_time", |unix: Option<i64>| unix.map(calendar::machine));
    env.add_filter("urlencode", |text: Option<&str>| -> String {
        form_urlencoded::byte_serialize(text.unwrap_or_default().as_bytes()).collect()
    });
    for (name, text) in built_in::PAGES.iter().chain(built_in::MAILS) {
        if !files.contains_key(*name) {
            env.add_template(name, text).map_err(Failed::because)?;
        }
    }
    for (name, file) in files.iter().filter(|(name, _)| check::is_template(name)) {
        env.add_template_owned(name.clone(), file.text.clone())
            .map_err(|error| check::located(&error, name, file))?;
    }
    Ok(env)
}

fn in_language(
    templates: &Environment<'static>,
    language: Language,
    texts: &Arc<Texts>,
) -> Environment<'static> {
    let mut env = templates.clone();
    let (said, perhaps) = (Arc::clone(texts), Arc::clone(texts));
    env.add_function("maybe", move |key: &str| perhaps.say(language, key, &FluentArgs::new()));
    env.add_function("t", move |key: &str, args: Kwargs| {
        let mut given = FluentArgs::new();
        for name in args.args() {
            let value: Value = args.get(name)?;
            given.set(name.to_owned(), fluent(&value));
        }
        let missing =
            || minijinja::Error::new(ErrorKind::InvalidOperation, format!("no text {key}"));
        said.say(language, key, &given).ok_or_else(missing)
    });
    env
}

fn fluent(value: &Value) -> FluentValue<'static> {
    match (value.as_i64(), value.as_str()) {
        (Some(number), _) => FluentValue::from(number),
        (None, Some(text)) => texts::value(text).into_owned(),
        (None, None) => FluentValue::from(value.to_string()),
    }
}

/// One style sheet, whatever it is made of: what is built in or replaces it, then the theme.
fn style(files: &Files) -> String {
    let mut style = text_of(files, "style.css", &asset::squeezed(built_in::STYLE));
    style.push_str(&text_of(files, "theme.css", ""));
    style
}

fn text_of(files: &Files, name: &str, built_in: &str) -> String {
    files.get(name).map_or(built_in, |file| &file.text).to_owned()
}

#[cfg(test)]
mod tests;

//! Texts in four languages, from Fluent files. What a language lacks is said in English.

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use super::{Language, built_in, folder::Files};
use crate::error::{Failed, Result};

pub(super) struct Texts {
    bundles: [FluentBundle<FluentResource>; 4],
}

impl Texts {
    /// The built-in texts, and over them what replaces them.
    pub(super) fn open(files: &Files) -> Result<Self> {
        let mut bundles = Language::ALL.map(|language| {
            let tag: Option<LanguageIdentifier> = language.as_str().parse().ok();
            let mut bundle = FluentBundle::new_concurrent(tag.into_iter().collect());
            bundle.set_use_isolating(false);
            bundle
        });
        for language in Language::ALL {
            let bundle = &mut bundles[language.index()];
            for (name, text) in built_in::TEXTS[language.index()] {
                bundle.add_resource_overriding(parsed(name, text)?);
            }
            if let Some(own) = files.get(&format!("locales/{}.ftl", language.as_str())) {
                bundle.add_resource_overriding(parsed(&own.origin, &own.text)?);
            }
        }
        Ok(Self { bundles })
    }

    /// Whether there is such a text at all.
    pub(super) fn has(&self, key: &str) -> bool {
        self.bundles[Language::En.index()].has_message(key)
    }

    /// The text in this language, else in English. A variable that is missing is shown by its name.
    pub(super) fn say(&self, language: Language, key: &str, args: &FluentArgs) -> Option<String> {
        [language, Language::En].into_iter().find_map(|language| {
            let bundle = &self.bundles[language.index()];
            let pattern = bundle.get_message(key)?.value()?;
            let mut flaws = Vec::new();
            let text = bundle.format_pattern(pattern, Some(args), &mut flaws).into_owned();
            if !flaws.is_empty() {
                tracing::warn!(key, language = language.as_str(), ?flaws, "a text is not whole");
            }
            Some(text)
        })
    }
}

/// A number where it is written as one, so that texts can tell one from many.
pub(super) fn value(text: &str) -> FluentValue<'_> {
    let number = text.len() <= 9 && !text.starts_with('0') || text == "0";
    match text.parse::<u32>() {
        Ok(parsed) if number && !text.starts_with('+') => FluentValue::from(parsed),
        _ => FluentValue::from(text),
    }
}

fn parsed(origin: &str, text: &str) -> Result<FluentResource> {
    FluentResource::try_new(text.to_owned()).map_err(|(_, errors)| {
        let what = errors.first().map(|error| {
            let line = 1 + text.as_bytes()[..error.pos.start.min(text.len())]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count();
            format!("{origin}:{line}: {error}")
        });
        Failed::because(what.unwrap_or_default())
    })
}

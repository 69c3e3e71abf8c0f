//! The style sheet and the script, each under a name that changes with what is in it.

use std::fmt::Write;

use countersign_proto::seal::sha256;

/// A file that browsers may keep for ever.
pub(crate) struct Asset {
    /// `style-0123456789abcdef.css`.
    pub(crate) name: String,
    /// The media type.
    pub(crate) kind: &'static str,
    pub(crate) text: String,
}

impl Asset {
    pub(super) fn style(text: String) -> Self {
        Self { name: named("style", &text, "css"), kind: "text/css; charset=utf-8", text }
    }

    pub(super) fn script(text: String) -> Self {
        Self { name: named("script", &text, "js"), kind: "text/javascript; charset=utf-8", text }
    }

    /// Whether `name` is a name of this, perhaps with what was in it before or will be: processes
    /// of two versions answer for each other while one replaces the other.
    pub(crate) fn was(&self, name: &str) -> bool {
        let frame = |name: &str| Some((name.find('-')?, name.len(), name.rfind('.')?));
        let stem = |name: &str| name.split('-').next().unwrap_or_default().to_owned();
        frame(name) == frame(&self.name) && stem(name) == stem(&self.name)
    }
}

/// A style sheet without comments and needless blanks. For our own, which has neither within quotes.
pub(super) fn squeezed(style: &str) -> String {
    let mut rest = style;
    let mut said = String::with_capacity(style.len());
    while let Some((before, after)) = rest.split_once("/*") {
        said.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    said.push_str(rest);
    let mut squeezed = String::with_capacity(said.len());
    for word in said.split_ascii_whitespace() {
        let glued = squeezed.ends_with(['{', '}', ';', ':', ',']) || word.starts_with(['{', '}']);
        if !glued && !squeezed.is_empty() {
            squeezed.push(' ');
        }
        squeezed.push_str(word);
    }
    squeezed
}

fn named(stem: &str, text: &str, ending: &str) -> String {
    let mut name = format!("{stem}-");
    for byte in &sha256(text.as_bytes())[..8] {
        // Writing to a string does not fail.
        let _ = write!(name, "{byte:02x}");
    }
    format!("{name}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::{Asset, squeezed};

    #[test]
    fn a_squeezed_style_says_the_same() {
        let style = "/* a */\na :hover,\nb > c { --x: 1px;\n  y: calc(1% - 2px) }\n\n@media (z: 1) and (w) {}";

        let wanted = "a :hover,b > c{--x:1px;y:calc(1% - 2px)}@media (z:1) and (w){}";
        assert_eq!(squeezed(style), wanted);
    }

    #[test]
    fn another_text_has_another_name_and_the_old_one_is_recognised() {
        let (old, new) = (Asset::style("a{}".into()), Asset::style("b{}".into()));

        assert_ne!(old.name, new.name);
        assert!(new.was(&old.name) && new.was(&new.name));
        assert!(!new.was("style.css") && !new.was(&Asset::script(String::new()).name));
        assert!(!new.was("") && !new.was("style-") && !new.was("scale-0123456789abcdef.css"));
    }
}

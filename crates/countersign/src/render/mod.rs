//! Stand-in.
use crate::error::Result;
use minijinja::Value;
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Language {
    #[default]
    En,
}
impl Language {
    pub(crate) const ALL: [Self; 1] = [Self::En];
    pub(crate) fn as_str(self) -> &'static str {
        "en"
    }
    pub(crate) fn endonym(self) -> &'static str {
        "English"
    }
    pub(crate) fn parse(text: &str) -> Option<Self> {
        (text == "en").then_some(Self::En)
    }
    pub(crate) fn negotiate(_: &str) -> Self {
        Self::En
    }
}
pub(crate) struct Asset {
    pub(crate) name: String,
}
pub(crate) struct Renderer {
    asset: Asset,
}
impl Renderer {
    pub(crate) fn new() -> Self {
        Self { asset: Asset { name: "x".into() } }
    }
    pub(crate) fn css(&self) -> &Asset {
        &self.asset
    }
    pub(crate) fn script(&self) -> &Asset {
        &self.asset
    }
    pub(crate) fn text(&self, _: Language, key: &str, _: &[(&str, &str)]) -> Option<String> {
        Some(key.to_owned())
    }
    pub(crate) fn page(&self, _: &str, _: Language, page: Value) -> Result<String> {
        let source = r#"<h1>{{service}}</h1>{% if notice %}<p id="notice">{{notice}}</p>{% endif %}<p id="error-code">{{problem.code}}</p><input name="csrf_token" value="{{csrf}}"><input id="login" value="{{values.login}}">"#;
        let mut env = minijinja::Environment::new();
        env.set_undefined_behavior(minijinja::UndefinedBehavior::Chainable);
        env.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
        env.render_str(source, page).map_err(crate::error::Failed::because)
    }
}

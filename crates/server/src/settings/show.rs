//! What is in force, and a file to begin with. Neither holds a secret.

use serde::Serialize;

use super::{Effective, SETTINGS, without_password};

/// A setting as it is in force.
#[derive(Serialize)]
pub(crate) struct Shown {
    /// Its path in TOML.
    pub(crate) name: &'static str,
    /// Its value; `None`: not set.
    pub(crate) value: Option<toml::Value>,
    /// Where it came from.
    pub(crate) source: String,
    /// Its flag.
    pub(crate) flag: String,
    /// Its environment variable.
    pub(crate) variable: String,
}

/// Every setting with its value and where that came from.
pub(crate) fn shown(effective: &Effective) -> Vec<Shown> {
    let mut values = effective.clone();
    values.server.database = without_password(&values.server.database);
    SETTINGS
        .iter()
        .map(|setting| Shown {
            name: setting.name,
            value: (setting.at)(&mut values).toml(),
            source: effective.source(setting.name).to_string(),
            flag: format!("--{}", setting.flag()),
            variable: setting.variable(),
        })
        .collect()
}

/// A TOML file that says nothing but the defaults, all commented out.
pub(crate) fn template() -> String {
    let mut defaults = Effective::default();
    let mut text = String::from(
        "# Countersign's configuration. Flags go before environment variables, those before this\n\
         # file. Everything here is the default; take the # away to change it.\n",
    );
    let mut table = "";
    for setting in SETTINGS {
        let (path, key) = setting.name.rsplit_once('.').unwrap_or(("", setting.name));
        if path != table {
            text.push_str(&format!("\n[{path}]\n"));
            table = path;
        }
        let value = (setting.at)(&mut defaults).toml();
        let value = value.map_or_else(|| "\"\"".to_owned(), |value| value.to_string());
        text.push_str(&format!("\n# {}\n# {key} = {value}\n", setting.help));
    }
    text
}

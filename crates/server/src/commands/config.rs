//! `countersign config`.

use countersign::proto::seal::MasterKey;
use serde_json::json;

use crate::{
    cli::ConfigCommand,
    exit::Problem,
    output::{Output, table},
    settings::{Effective, Shown, shown, template},
};

pub(super) fn run(
    command: &ConfigCommand,
    effective: &Effective,
    out: Output,
) -> Result<(), Problem> {
    match command {
        ConfigCommand::Show { template: false } => show(effective, out),
        ConfigCommand::Show { template: true } => {
            let text = template();
            Ok(out.show(&json!({ "template": text }), |_| text)?)
        }
        ConfigCommand::Secret => {
            let text = MasterKey::generate().to_text().to_string();
            Ok(out.show(&json!({ "secret": text }), |_| text)?)
        }
    }
}

fn show(effective: &Effective, out: Output) -> Result<(), Problem> {
    Ok(out.show(&shown(effective), |settings| {
        let row = |setting: &Shown| {
            let value = setting.value.as_ref().map(ToString::to_string);
            [setting.name.to_owned(), value.unwrap_or_default(), setting.source.clone()]
        };
        table(["SETTING", "VALUE", "FROM"], &settings.iter().map(row).collect::<Vec<_>>())
    })?)
}

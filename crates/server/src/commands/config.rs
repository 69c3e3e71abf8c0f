//! `countersign config`.

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
    let ConfigCommand::Show { template: wanted } = command;
    if *wanted {
        let text = template();
        let value = serde_json::json!({ "template": text });
        return Ok(out.show(&value, |_| text)?);
    }
    Ok(out.show(&shown(effective), |settings| {
        let row = |setting: &Shown| {
            let value = setting.value.as_ref().map(ToString::to_string);
            [setting.name.to_owned(), value.unwrap_or_default(), setting.source.clone()]
        };
        table(["SETTING", "VALUE", "FROM"], &settings.iter().map(row).collect::<Vec<_>>())
    })?)
}

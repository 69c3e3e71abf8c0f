//! `countersign config`.

use crate::{
    cli::ConfigCommand,
    exit::Problem,
    output::{Output, line, table},
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
        return Ok(match out.is_json() {
            true => out.show(&serde_json::json!({ "template": text }), |_| String::new())?,
            false => line(&text)?,
        });
    }
    Ok(out.show(&shown(effective), |settings| {
        let row = |setting: &Shown| {
            let value = setting.value.as_ref().map(ToString::to_string);
            [setting.name.to_owned(), value.unwrap_or_default(), setting.source.clone()]
        };
        table(["SETTING", "VALUE", "FROM"], &settings.iter().map(row).collect::<Vec<_>>())
    })?)
}

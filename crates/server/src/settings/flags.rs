//! Flags: one for each setting, on every command.

use clap::{Arg, ArgAction, ArgMatches, Command, builder::PossibleValuesParser};

use super::{Effective, Given, SETTINGS, Setting, Source, value::Value};

/// What they say.
pub(super) fn given(matches: &ArgMatches) -> Vec<Given> {
    let given = |(index, setting): (usize, &Setting)| {
        let items = matches.try_get_many::<String>(setting.name).ok().flatten()?;
        let source = Source::Flag(setting.flag());
        Some(Given { setting: index, items: items.cloned().collect(), source })
    };
    SETTINGS.iter().enumerate().filter_map(given).collect()
}

/// Which settings a command's `--help` lists. All are taken by all commands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    /// All: for those that serve.
    All,
    /// Where the database and its secret are: for those that work on it.
    Database,
}

/// Adds the flags of all settings to a command.
pub(crate) fn flags(mut command: Command, listed: Listed) -> Command {
    const DATABASE: [&str; 4] = ["database", "database_file", "secret_file", "secret_command"];
    let mut defaults = Effective::default();
    for setting in SETTINGS {
        let arg = flag(setting, (setting.at)(&mut defaults));
        let hidden = listed == Listed::Database && !DATABASE.contains(&setting.name);
        command = command.arg(arg.hide(hidden));
    }
    command
}

fn flag(setting: &'static Setting, default: &dyn Value) -> Arg {
    let shown = match default.toml() {
        None => String::new(),
        Some(toml::Value::String(text)) => format!(" [default: {text}]"),
        Some(toml::Value::Array(items)) if items.is_empty() => String::new(),
        Some(value) => format!(" [default: {value}]"),
    };
    let singular =
        [("proxies", "proxy"), ("profiles", "profile")].iter().find_map(|(many, one)| {
            setting.flag().strip_suffix(many).map(|stem| format!("{stem}{one}"))
        });
    let arg = Arg::new(setting.name)
        .long(setting.flag())
        .visible_aliases(singular)
        .value_name(setting.unit)
        .help(format!("{}{shown}", setting.help))
        .help_heading(heading(setting.name))
        .hide_short_help(setting.name.contains('.'))
        .action(if default.is_list() { ArgAction::Append } else { ArgAction::Set });
    if default.is_switch() {
        return arg.num_args(0..=1).require_equals(true).default_missing_value("true");
    }
    match default.words() {
        [] => arg,
        words => arg.value_parser(PossibleValuesParser::new(words)),
    }
}

fn heading(name: &str) -> &'static str {
    match name.split('.').next() {
        Some("log") => "Log",
        Some("carriers") => "Where tokens may be carried",
        Some("password_policy") => "Password policy",
        Some("hashing") => "Password hashing",
        Some("throttle") => "Throttle",
        Some("browser") => "Browser sessions",
        Some("pages") => "Pages",
        Some("mail") => "Mail",
        Some("sign_up") => "Sign-up",
        Some("retention") => "Retention",
        _ => "Settings",
    }
}

//! Every setting by every way it can be given.

use std::{ffi::OsString, io::Write};

use clap::{Arg, Command};

use super::*;

/// A value other than the default that each setting takes.
fn sample(setting: &Setting) -> &'static str {
    match setting.name {
        "listen" | "metrics_listen" => "127.0.0.1:4711",
        "public_url" => "https://auth.example",
        "database" => "sqlite://other.db",
        "behind_proxy" => "true",
        "profiles" => "rest-auth=/old?password_policy=origin",
        "trusted_proxies" => "10.0.0.0/8",
        "algorithm" => "ES256",
        "confirmation" => "required",
        "throttle.mode" | "pages.mode" | "sign_up.proof" => "off",
        "browser.cookies" => "plain",
        "browser.idle_seconds" | "mail.link_seconds" | "browser.fresh_seconds" => "1700",
        "browser.cookie_seconds" => "90000",
        "browser.remember_seconds" => "9000000",
        "pages.home" => "/start",
        "mail.transport" => "inbox",
        "mail.inbox" => "anybody",
        "mail.code_seconds" => "300",
        "sign_up.mode" => "closed",
        "legacy.accept_until" => "2027-01-31",
        "log.format" => "json",
        "log.filter" => "warn",
        "default_scope" => "account",
        "session_seconds" => "9999999",
        "refresh_token_seconds" => "1500000",
        "access_token_seconds" | "hashing.deadline_ms" => "700",
        _ => match (setting.at)(&mut Effective::default()).toml() {
            Some(toml::Value::Integer(default)) if default < 1000 => "17",
            Some(toml::Value::Integer(_)) => "20000",
            _ => "sample",
        },
    }
}

/// A setting of its own cannot always stand alone.
fn companion(name: &str) -> Option<(&'static str, &'static str)> {
    match name {
        "tls_cert" => Some(("tls_key", "key.pem")),
        "tls_key" => Some(("tls_cert", "cert.pem")),
        "legacy.secret_file" => Some(("legacy.accept_until", "2027-01-31")),
        _ => None,
    }
}

fn resolve(flags: &[String], variables: &[(String, String)]) -> Result<Effective, Problem> {
    let command = super::flags(Command::new("c"), Listed::All)
        .arg(Arg::new("config").long("config").value_parser(clap::value_parser!(PathBuf)));
    let flags = std::iter::once("c".to_owned()).chain(flags.iter().cloned());
    let variables = variables.iter().map(|(name, value)| (name.clone(), OsString::from(value)));
    Effective::resolve(&command.get_matches_from(flags), &Environment::new(variables))
}

fn value(effective: &Effective, setting: &Setting) -> Option<toml::Value> {
    (setting.at)(&mut effective.clone()).toml()
}

fn by_name(name: &str) -> &'static Setting {
    SETTINGS.iter().find(|setting| setting.name == name).unwrap()
}

/// The settings with a sample and what they need, each as a list of pairs.
fn samples() -> impl Iterator<Item = (&'static Setting, Vec<(&'static Setting, String)>)> {
    let file = tempfile::NamedTempFile::new().unwrap().into_temp_path().keep().unwrap();
    std::fs::write(&file, "sqlite://named.db\n").unwrap();
    SETTINGS.iter().map(move |setting| {
        let text = match setting.name {
            "database_file" => file.display().to_string(),
            _ => sample(setting).to_owned(),
        };
        let with = companion(setting.name).map(|(name, text)| (by_name(name), text.to_owned()));
        (setting, std::iter::once((setting, text)).chain(with).collect())
    })
}

#[test]
fn a_flag_a_variable_and_a_toml_key_reach_every_setting() {
    for (setting, given) in samples() {
        let default = value(&Effective::default(), setting);

        let flags: Vec<_> =
            given.iter().map(|(s, text)| format!("--{}={text}", s.flag())).collect();
        let by_flag = resolve(&flags, &[]).unwrap();
        let variables: Vec<_> =
            given.iter().map(|(s, text)| (s.variable(), text.clone())).collect();
        let by_variable = resolve(&[], &variables).unwrap();
        let lines = given.iter().map(|(s, text)| format!("{} = {text:?}\n", s.name));
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(lines.collect::<String>().as_bytes()).unwrap();
        let by_file = resolve(&[format!("--config={}", file.path().display())], &[]).unwrap();

        let name = setting.name;
        assert_ne!(value(&by_flag, setting), default, "{name}");
        assert_eq!(value(&by_flag, setting), value(&by_variable, setting), "{name}");
        assert_eq!(value(&by_flag, setting), value(&by_file, setting), "{name}");
        assert_eq!(by_flag.source(name), &Source::Flag(setting.flag()));
        assert_eq!(by_variable.source(name), &Source::Environment(setting.variable()));
        assert_eq!(by_file.source(name), &Source::File(file.path().to_owned(), 1));
    }
}

#[test]
fn every_setting_has_its_own_flag_and_its_own_place() {
    let mut flags: Vec<_> = SETTINGS.iter().map(Setting::flag).collect();
    flags.sort();
    flags.dedup();
    assert_eq!(flags.len(), SETTINGS.len());

    for (setting, given) in samples() {
        let mut changed = Effective::default();
        (setting.at)(&mut changed).set(&[given[0].1.clone()]).unwrap();
        let moved: Vec<_> = SETTINGS
            .iter()
            .filter(|other| value(&changed, other) != value(&Effective::default(), other))
            .map(|other| other.name)
            .collect();
        assert_eq!(moved, [setting.name]);
    }
}

#[test]
fn flags_go_before_the_environment_and_that_before_the_file() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"realm = 'file'\nlog = { filter = 'debug' }\n").unwrap();
    let config = format!("--config={}", file.path().display());
    let variable = [("COUNTERSIGN_REALM".to_owned(), "variable".to_owned())];

    let all = resolve(&[config.clone(), "--realm=flag".into()], &variable).unwrap();
    let two = resolve(std::slice::from_ref(&config), &variable).unwrap();
    let one = resolve(&[config], &[]).unwrap();

    assert_eq!(all.config.realm, "flag");
    assert_eq!(two.config.realm, "variable");
    assert_eq!((one.config.realm.as_str(), one.server.log_filter.as_str()), ("file", "debug"));
}

#[test]
fn the_template_is_toml_that_changes_nothing() {
    let uncommented: String = template()
        .lines()
        .filter_map(|line| match line.strip_prefix("# ") {
            Some(setting) if setting.split(" = ").next().is_some_and(is_key) => Some(setting),
            Some(_) => None,
            None => Some(line).filter(|line| !line.starts_with('#')),
        })
        .map(|line| format!("{line}\n"))
        .collect();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(uncommented.as_bytes()).unwrap();

    let read = resolve(&[format!("--config={}", file.path().display())], &[]).unwrap();

    let given = SETTINGS.iter().filter(|s| *read.source(s.name) != Source::Default).count();
    assert!(given > 40, "{given} settings in\n{uncommented}");
    for setting in SETTINGS.iter() {
        assert_eq!(
            value(&read, setting),
            value(&Effective::default(), setting),
            "{}",
            setting.name
        );
    }
}

fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b == b'_' || b.is_ascii_lowercase() || b.is_ascii_digit())
}

#[test]
fn a_mistake_beyond_the_type_names_where_it_was_made() {
    let told = |flags: &[&str], variables: &[(&str, &str)]| {
        let flags: Vec<_> = flags.iter().map(|flag| (*flag).to_owned()).collect();
        let variables: Vec<_> =
            variables.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        resolve(&flags, &variables).err().map(|problem| problem.to_string()).unwrap_or_default()
    };

    assert_eq!(
        told(&["--access-token-seconds=5"], &[]),
        "flag --access-token-seconds: access_token_seconds: expected 10 to 86400"
    );
    assert!(
        told(&[], &[("COUNTERSIGN_HASHING_QUEUE", "many")])
            .starts_with("environment variable COUNTERSIGN_HASHING_QUEUE: hashing.queue: expected")
    );
    assert!(told(&[], &[("COUNTERSIGN_LISTN", "x")]).contains("is COUNTERSIGN_LISTEN meant?"));
    assert_eq!(told(&[], &[("COUNTERSIGN_SERVICE_HOST", "10.0.0.1")]), "");
    assert!(told(&["--tls-cert=c.pem"], &[]).contains("tls_key as well"));
    assert!(told(&["--hashing-memory-kib=1"], &[]).contains("hashing.memory_kib"));
}

#[test]
fn a_database_password_is_taken_from_the_environment_but_not_from_a_flag_and_never_shown() {
    let url = "postgres://app:hunter2@db.example/auth?sslmode=require";

    let refused = resolve(&[format!("--database={url}")], &[]).unwrap_err().to_string();
    assert!(refused.contains("without a password") && !refused.contains("hunter2"), "{refused}");

    let taken = resolve(&[], &[("COUNTERSIGN_DATABASE".into(), url.into())]).unwrap();
    assert_eq!(taken.server.database, url);
    let shown = serde_json::to_string(&shown(&taken)).unwrap();
    assert!(shown.contains("postgres://app@db.example/auth") && !shown.contains("hunter2"));
    assert!(resolve(&["--database=postgres://app@db.example/auth".into()], &[]).is_ok());
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{url}\n")).unwrap();
    let by_file = format!("--database-file={}", file.path().display());
    assert_eq!(resolve(std::slice::from_ref(&by_file), &[]).unwrap().server.database, url);
    assert!(resolve(&[by_file, "--database=sqlite://a.db".into()], &[]).is_err());
    assert_eq!(without_password("postgres:///auth?host=/run&password=x"), "postgres:///auth");
}

#[test]
fn a_moment_is_a_day_or_a_time_and_shown_as_a_time() {
    let at = |text: &str| {
        let mut moment = None::<i64>;
        moment.set(&[text.to_owned()]).map(|()| moment)
    };

    assert_eq!(at("2027-01-31"), Ok(Some(1_801_353_600)));
    assert_eq!(at("2027-01-31T01:00:00+01:00"), at("2027-01-31"));
    assert_eq!(at(""), Ok(None));
    assert_eq!(Some(1_801_353_600).toml(), Some("2027-01-31T00:00:00Z".into()));
    for nonsense in ["31.1.2027", "2027-02-31", "1801353600", "soon"] {
        assert!(at(nonsense).is_err(), "{nonsense}");
    }
}

#[test]
fn profiles_are_a_list_or_a_table_whose_entries_are_paths_or_tables() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let lines = "[profiles]\napi-tokens = '/tokens'\n\
                 rest-auth = { path = '/old/app', password_policy = 'origin' }\n";
    file.write_all(lines.as_bytes()).unwrap();
    let by_table = resolve(&[format!("--config={}", file.path().display())], &[]).unwrap();
    let flags =
        ["--profile=api-tokens=/tokens", "--profile=rest-auth=/old/app?password_policy=origin"];
    let by_flags = resolve(&flags.map(str::to_owned), &[]).unwrap();

    assert_eq!(by_table.server.profiles, by_flags.server.profiles);
    assert_eq!(by_table.server.profiles[1].path, "/old/app");
    for wrong in
        ["rest-auth", "rest-auth=", "rest-auth=x", "rest-auth=/", "rest-auth=/{a}", "a=/b//c"]
    {
        assert!(resolve(&[format!("--profile={wrong}")], &[]).is_err(), "{wrong}");
    }
}

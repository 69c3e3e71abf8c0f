//! From settings to an open [`Auth`].

use countersign::{Auth, Builder};

use crate::{exit::Problem, secret::Secret, settings::Effective};

/// Opens the database the settings name, to serve.
///
/// # Errors
/// When it cannot be opened, or the secret is not its.
pub(crate) async fn open(effective: &Effective) -> Result<Auth, Problem> {
    Ok(builder(effective)?.open().await?)
}

/// The same for a command. It may know less than the server of how things are configured: by itself
/// it changes no keys.
///
/// # Errors
/// As [`open`].
pub(crate) async fn visit(effective: &Effective) -> Result<Auth, Problem> {
    Ok(builder(effective)?.visit().open().await?)
}

/// The same, not opened yet.
///
/// # Errors
/// When the secret is none, or there are two.
pub(crate) fn builder(effective: &Effective) -> Result<Builder, Problem> {
    check_secrets(effective)?;
    let config = effective.config.clone();
    let builder = Auth::builder(&effective.server.database).configure(|place| *place = config);
    Secret::source(effective)?.give(builder, effective)
}

/// Whether the files can be used whose secrets the settings name.
///
/// # Errors
/// Naming the setting, and what was expected of its file.
pub(crate) fn check_secrets(effective: &Effective) -> Result<(), Problem> {
    let shared = effective.config.shared_secret();
    shared.map(drop).map_err(|why| effective.mistake(why.setting, &why.expected))
}

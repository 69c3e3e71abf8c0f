//! From settings to an open [`Auth`].

use countersign::{Auth, Builder, proto::seal::MasterKey};

use crate::{
    exit::Problem,
    settings::{Effective, SECRET_VARIABLE},
};

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
/// When the secret in the environment is none.
pub(crate) fn builder(effective: &Effective) -> Result<Builder, Problem> {
    check_secrets(effective)?;
    let config = effective.config.clone();
    let builder = Auth::builder(&effective.server.database).configure(|place| *place = config);
    match (std::env::var(SECRET_VARIABLE), &effective.server.secret_file) {
        (Ok(text), None) => {
            let key = MasterKey::from_text(&text).map_err(|why| {
                Problem::usage(format!("environment variable {SECRET_VARIABLE}: {why}"))
            })?;
            Ok(builder.master_key(key))
        }
        (Ok(_), Some(_)) => Err(effective.mistake(
            "secret_file",
            &format!("nothing, as the environment variable {SECRET_VARIABLE} is set"),
        )),
        (Err(std::env::VarError::NotPresent), Some(path)) => Ok(builder.secret_file(path)),
        (Err(std::env::VarError::NotPresent), None) => Ok(builder),
        (Err(_), _) => Err(Problem::usage(format!(
            "environment variable {SECRET_VARIABLE}: expected csmk_ and 48 characters"
        ))),
    }
}

/// Whether the files can be used whose secrets the settings name.
///
/// # Errors
/// Naming the setting, and what was expected of its file.
pub(crate) fn check_secrets(effective: &Effective) -> Result<(), Problem> {
    let shared = effective.config.shared_secret();
    shared.map(drop).map_err(|why| effective.mistake(why.setting, &why.expected))
}

//! The profiles of other applications that can be mounted beside the API. What each does is in
//! `countersign-flask`.

use axum::Router;
use countersign::Auth;
use countersign_flask::{
    ByName, api_tokens, flask_jwt, jwt_extended, mount as mount_at, request_loader, rest_auth,
    user_system,
};

use crate::{
    exit::Problem,
    settings::{Effective, Source, value::Mount},
};

/// One that can be mounted.
struct Profile {
    name: &'static str,
    /// What the demonstration sets, so that the origin's own lines work there.
    demo: &'static [(&'static str, &'static str)],
    router: Mounted,
}

type Mounted = fn(&Auth, &Options) -> Result<Router, String>;

const fn profile(
    name: &'static str,
    demo: &'static [(&'static str, &'static str)],
    router: Mounted,
) -> Profile {
    Profile { name, demo, router }
}

/// Names and values.
type Options = Vec<(String, String)>;

const ORIGIN: &[(&str, &str)] = &[("password_policy", "origin")];
const TOLD: &[(&str, &str)] = &[("password_policy", "origin"), ("taken_address", "told")];
const ANYWHERE: &[(&str, &str)] = &[("token_location", "headers cookies json query_string")];
const LEEWAY: &[(&str, &str)] = &[("leeway", "10")];
const NAIVE: &[(&str, &str)] = &[("naive_tokens", "accepted")];

/// Every profile, by the name it is mounted by.
const PROFILES: &[Profile] = &[
    profile("api-tokens", TOLD, |a, o| Ok(api_tokens(a, read(a, o)?))),
    profile("flask-jwt", LEEWAY, |a, o| Ok(flask_jwt(a, read(a, o)?))),
    profile("jwt-extended", ANYWHERE, |a, o| Ok(jwt_extended(a, read(a, o)?))),
    profile("request-loader", NAIVE, |a, o| Ok(request_loader(a, read(a, o)?))),
    profile("rest-auth", ORIGIN, |a, o| Ok(rest_auth(a, read(a, o)?))),
    profile("user-system", TOLD, |a, o| Ok(user_system(a, read(a, o)?))),
];

/// First segments of paths that are this server's own.
const OWN: [&str; 21] = [
    ".well-known",
    "account",
    "admin",
    "api",
    "assets",
    "change-email",
    "confirm",
    "forgot-password",
    "healthz",
    "inbox",
    "language",
    "login",
    "logout",
    "me",
    "oauth",
    "password",
    "readyz",
    "reauthenticate",
    "reset-password",
    "restore",
    "sign-up",
];

/// Whether there are such profiles, and their paths are free.
///
/// # Errors
/// Naming the profile or the path that is wrong.
pub(super) fn check(effective: &Effective) -> Result<(), Problem> {
    let mounts = &effective.server.profiles;
    for (at, mount) in mounts.iter().enumerate() {
        find(effective, mount)?;
        check_free(mount, &mounts[..at])
            .map_err(|expected| effective.mistake("profiles", &expected))?;
    }
    Ok(())
}

/// What the settings mount, at their paths.
///
/// # Errors
/// When there is no such profile or option.
pub(super) fn mounted(effective: &Effective, auth: &Auth) -> Result<Router, Problem> {
    let mut router = Router::new();
    for mount in &effective.server.profiles {
        let routes =
            (find(effective, mount)?.router)(auth, &mount.options).map_err(|expected| {
                effective.mistake("profiles", &format!("for {} {expected}", mount.profile))
            })?;
        router = router.merge(mount_at(&mount.path, routes));
    }
    Ok(router)
}

fn find(effective: &Effective, mount: &Mount) -> Result<&'static Profile, Problem> {
    PROFILES.iter().find(|profile| profile.name == mount.profile).ok_or_else(|| {
        let known: Vec<_> = PROFILES.iter().map(|profile| profile.name).collect();
        let expected = format!("one of {}, not {}", known.join(", "), mount.profile);
        effective.mistake("profiles", &expected)
    })
}

/// Each profile has a path of its own, below none of the others and of the server.
fn check_free(mount: &Mount, before: &[Mount]) -> Result<(), String> {
    let below = |a: &str, b: &str| a == b || a.strip_prefix(b).is_some_and(|r| r.starts_with('/'));
    let first = mount.path.split('/').nth(1).unwrap_or_default();
    if OWN.contains(&first) {
        return Err(format!("another path than {}, which is this server's own", mount.path));
    }
    let other = before.iter().find(|b| below(&b.path, &mount.path) || below(&mount.path, &b.path));
    match other {
        Some(other) => Err(format!("paths that are apart, not {} and {}", other.path, mount.path)),
        None => Ok(()),
    }
}

/// For the demonstration: all of them where nothing is said, each as its origin was.
pub(super) fn show_all(effective: &mut Effective) {
    if matches!(effective.source("profiles"), Source::Default) {
        let all = PROFILES.iter().map(|profile| Mount {
            profile: profile.name.to_owned(),
            path: format!("/{}", profile.name),
            options: Vec::new(),
        });
        effective.server.profiles = all.collect();
    }
    for mount in &mut effective.server.profiles {
        let profile = PROFILES.iter().find(|profile| profile.name == mount.profile);
        for (name, value) in profile.map_or(&[][..], |profile| profile.demo) {
            if !mount.options.iter().any(|(given, _)| given == name) {
                mount.options.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
    }
}

/// What they set, if it goes together. Somebody who asks for a longer life than the service gives is
/// told so at the start: the clients were promised what would not be kept.
fn read<O: ByName>(auth: &Auth, options: &Options) -> Result<O, String> {
    let mut read = O::default();
    for (name, value) in options {
        read.set(name, value).map_err(|expected| expected.to_string())?;
    }
    let given: Vec<_> = options.iter().map(|(name, _)| name.as_str()).collect();
    read.check(&given, auth.config()).map_err(|expected| expected.to_string())?;
    Ok(read)
}

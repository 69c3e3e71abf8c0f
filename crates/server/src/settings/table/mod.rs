//! Every setting once: its name, its place and its words. Flags, environment, TOML, `--help`,
//! `config show` and the template all come from here.

mod browser;

use super::{Effective, Setting, value::Value};

type Place = fn(&mut Effective) -> &mut dyn Value;

const fn setting(name: &'static str, unit: &'static str, help: &'static str, at: Place) -> Setting {
    Setting { name, unit, help, at }
}

/// All settings, in the order of `--help` and of the template: what stands alone, then the tables.
pub(crate) const SETTINGS: &[Setting] = &{
    let mut all = [CORE[0]; CORE.len() + browser::SETTINGS.len()];
    let mut next = 0;
    while next < all.len() {
        let of_core = next < CORE.len();
        all[next] = if of_core { CORE[next] } else { browser::SETTINGS[next - CORE.len()] };
        next += 1;
    }
    all
};

const CORE: &[Setting] = &[
    setting("listen", "ADDRESS:PORT", "Where to answer; port 0 picks a free one", |e| {
        &mut e.server.listen
    }),
    setting(
        "public_url",
        "URL",
        "Where clients reach this service and the `iss` of tokens; unset: from `listen`",
        |e| &mut e.server.public_url,
    ),
    setting(
        "database",
        "URL",
        "sqlite://FILE, sqlite::memory: or postgres://USER@HOST/NAME; a URL with a password only by environment or file",
        |e| &mut e.server.database,
    ),
    setting(
        "database_file",
        "PATH",
        "A file that holds the database URL, instead of `database`",
        |e| &mut e.server.database_file,
    ),
    setting(
        "secret_file",
        "PATH",
        "The file with the master secret, made when missing; unset: beside the database file",
        |e| &mut e.server.secret_file,
    ),
    setting(
        "secret_command",
        "COMMAND",
        "A program and its arguments that prints the master secret, instead of a file; no shell",
        |e| &mut e.server.secret_command,
    ),
    setting(
        "tls_cert",
        "PATH",
        "PEM file with the certificate and its chain; needs `tls_key`",
        |e| &mut e.server.tls_cert,
    ),
    setting(
        "tls_key",
        "PATH",
        "PEM file with the certificate's private key; needs `tls_cert`",
        |e| &mut e.server.tls_key,
    ),
    setting(
        "behind_proxy",
        "BOOL",
        "A proxy in front does TLS: plain HTTP is allowed off loopback",
        |e| &mut e.server.behind_proxy,
    ),
    setting(
        "trusted_proxies",
        "NETWORK",
        "Networks of proxies whose X-Forwarded-For is believed; none by default",
        |e| &mut e.config.trusted_proxies,
    ),
    setting(
        "metrics_listen",
        "ADDRESS:PORT",
        "Where to answer GET /metrics for Prometheus, apart from the API; unset: nowhere",
        |e| &mut e.server.metrics_listen,
    ),
    setting("request_timeout_seconds", "SECONDS", "A request not answered by then gets 408", |e| {
        &mut e.server.request_timeout_seconds
    }),
    setting(
        "header_timeout_seconds",
        "SECONDS",
        "A connection whose request head is not there by then is closed",
        |e| &mut e.server.header_timeout_seconds,
    ),
    setting(
        "shutdown_seconds",
        "SECONDS",
        "After SIGTERM requests under way may take so long",
        |e| &mut e.server.shutdown_seconds,
    ),
    setting("max_connections", "COUNT", "Connections at a time; further ones wait", |e| {
        &mut e.server.max_connections
    }),
    setting(
        "worker_threads",
        "COUNT",
        "Threads that answer requests, at most 1024; 0: one for each processor but one",
        |e| &mut e.server.worker_threads,
    ),
    setting(
        "profiles",
        "NAME=PATH",
        "Profiles of other applications to mount, each NAME=PATH or NAME=PATH?OPTION=VALUE&…",
        |e| &mut e.server.profiles,
    ),
    setting("audience", "TEXT", "The `aud` of access tokens; unset: the public URL", |e| {
        &mut e.config.audience
    }),
    setting("realm", "TEXT", "The realm of WWW-Authenticate challenges", |e| &mut e.config.realm),
    setting(
        "service_names",
        "NAME",
        "Names a password must not be built from: product, company",
        |e| &mut e.config.service_names,
    ),
    setting("algorithm", "ALGORITHM", "The algorithm of new signing keys", |e| {
        &mut e.config.algorithm
    }),
    setting(
        "shared_secret_file",
        "PATH",
        "A secret that services have who verify tokens by HS256; for profiles with `algorithm=HS256`",
        |e| &mut e.config.shared_secret_file,
    ),
    setting("access_token_seconds", "SECONDS", "Life of an access token", |e| {
        &mut e.config.access_token_seconds
    }),
    setting("refresh_token_seconds", "SECONDS", "Life of a refresh token that is not used", |e| {
        &mut e.config.refresh_token_seconds
    }),
    setting(
        "session_seconds",
        "SECONDS",
        "A session ends so long after the password was given",
        |e| &mut e.config.session_seconds,
    ),
    setting(
        "refresh_replay_seconds",
        "SECONDS",
        "So long a rotated refresh token shown again by the same client gets the same answer",
        |e| &mut e.config.refresh_replay_seconds,
    ),
    setting("default_scope", "SCOPES", "The scope of a session whose client asks for none", |e| {
        &mut e.config.default_scope
    }),
    setting(
        "key_publish_seconds",
        "SECONDS",
        "A new signing key is published so long before it signs",
        |e| &mut e.config.key_publish_seconds,
    ),
    setting(
        "key_rotation_seconds",
        "SECONDS",
        "A signing key so old is replaced by a new one; 0: never by itself",
        |e| &mut e.config.key_rotation_seconds,
    ),
    setting("leeway_seconds", "SECONDS", "Difference between clocks that is forgiven", |e| {
        &mut e.config.leeway_seconds
    }),
    setting(
        "confirmation",
        "WHEN",
        "Whether an account must be confirmed before it can be used",
        |e| &mut e.config.confirmation,
    ),
    setting(
        "own_attributes",
        "NAME",
        "Attributes that users may change themselves by the API; none by default",
        |e| &mut e.config.own_attributes,
    ),
    setting(
        "cached_identities",
        "COUNT",
        "Users kept in memory, and as many signed tokens, API keys and sessions",
        |e| &mut e.config.cached_identities,
    ),
    setting(
        "max_lag_seconds",
        "SECONDS",
        "Without news from the database for so long, tokens and API keys are refused (503)",
        |e| &mut e.config.max_lag_seconds,
    ),
    setting(
        "status_list_ttl_seconds",
        "SECONDS",
        "So long whoever verifies by a status list may keep it",
        |e| &mut e.config.status_list_ttl_seconds,
    ),
    setting(
        "heartbeat_seconds",
        "SECONDS",
        "A stream of revocations gives a sign of life so often",
        |e| &mut e.config.heartbeat_seconds,
    ),
    setting(
        "idempotency_seconds",
        "SECONDS",
        "An Idempotency-Key is remembered for so long",
        |e| &mut e.config.idempotency_seconds,
    ),
    setting(
        "log.filter",
        "FILTER",
        "What is logged: error, warn, info, debug, or `info,countersign=debug`",
        |e| &mut e.server.log_filter,
    ),
    setting("log.format", "FORMAT", "How log lines on standard error look", |e| {
        &mut e.server.log_format
    }),
    setting(
        "carriers.schemes",
        "SCHEME",
        "Further Authorization schemes that carry a token",
        |e| &mut e.config.carriers.schemes,
    ),
    setting("carriers.headers", "HEADER", "Header fields that carry a token", |e| {
        &mut e.config.carriers.headers
    }),
    setting("password_policy.min_chars", "COUNT", "Characters a new password has at least", |e| {
        &mut e.config.password_policy.min_chars
    }),
    setting("password_policy.max_bytes", "BYTES", "Bytes a password has at most", |e| {
        &mut e.config.password_policy.max_bytes
    }),
    setting("hashing.memory_kib", "KIB", "Argon2id memory of new password hashes", |e| {
        &mut e.config.hashing.params.memory_kib
    }),
    setting("hashing.iterations", "COUNT", "Argon2id passes of new password hashes", |e| {
        &mut e.config.hashing.params.iterations
    }),
    setting("hashing.lanes", "COUNT", "Argon2id lanes of new password hashes", |e| {
        &mut e.config.hashing.params.lanes
    }),
    setting("hashing.threads", "COUNT", "Threads that hash; 0: one for each processor", |e| {
        &mut e.config.hashing.threads
    }),
    setting(
        "hashing.nice",
        "COUNT",
        "How far they give way to other threads of the process; 20: they get only what nobody else wants",
        |e| &mut e.config.hashing.nice,
    ),
    setting("hashing.queue", "COUNT", "Passwords that may wait for a thread", |e| {
        &mut e.config.hashing.queue
    }),
    setting("hashing.deadline_ms", "MS", "A password that waited so long is answered 503", |e| {
        &mut e.config.hashing.deadline_ms
    }),
    setting("hashing.bound.password_bytes", "BYTES", "Longer passwords are not hashed", |e| {
        &mut e.config.hashing.bound.password_bytes
    }),
    setting(
        "hashing.bound.argon2_memory_kib",
        "KIB",
        "Imported Argon2 hashes with more memory are refused",
        |e| &mut e.config.hashing.bound.argon2_memory_kib,
    ),
    setting(
        "hashing.bound.argon2_kib_passes",
        "KIB",
        "Imported Argon2 hashes with more memory times passes are refused",
        |e| &mut e.config.hashing.bound.argon2_kib_passes,
    ),
    setting(
        "hashing.bound.bcrypt_cost",
        "COST",
        "Imported bcrypt hashes that cost more are refused",
        |e| &mut e.config.hashing.bound.bcrypt_cost,
    ),
    setting(
        "hashing.bound.pbkdf2_iterations",
        "COUNT",
        "Imported PBKDF2 hashes with more iterations are refused",
        |e| &mut e.config.hashing.bound.pbkdf2_iterations,
    ),
    setting(
        "hashing.bound.scrypt_bytes",
        "BYTES",
        "Imported scrypt hashes with more memory are refused",
        |e| &mut e.config.hashing.bound.scrypt_bytes,
    ),
    setting(
        "hashing.bound.scrypt_work",
        "COUNT",
        "Imported scrypt hashes with more work (N times r times p) are refused",
        |e| &mut e.config.hashing.bound.scrypt_work,
    ),
    setting(
        "hashing.bound.digest_rounds",
        "COUNT",
        "Imported crypt and phpass hashes with more rounds are refused",
        |e| &mut e.config.hashing.bound.digest_rounds,
    ),
    setting(
        "hashing.bound.digest_blocks",
        "COUNT",
        "Crypt and phpass rounds times the password's 64-byte blocks, at most",
        |e| &mut e.config.hashing.bound.digest_blocks,
    ),
    setting("throttle.mode", "MODE", "Whether guessing passwords is slowed down", |e| {
        &mut e.config.throttle.mode
    }),
    setting(
        "throttle.account_failures",
        "COUNT",
        "Wrong passwords for one account before it pauses for unknown devices",
        |e| &mut e.config.throttle.account_failures,
    ),
    setting(
        "throttle.address_failures",
        "COUNT",
        "Wrong passwords from one address before it pauses",
        |e| &mut e.config.throttle.address_failures,
    ),
    setting("throttle.longest_pause_seconds", "SECONDS", "The longest pause", |e| {
        &mut e.config.throttle.longest_pause_seconds
    }),
    setting(
        "throttle.account_memory_seconds",
        "SECONDS",
        "Failures of an account are forgotten so long after the last",
        |e| &mut e.config.throttle.account_memory_seconds,
    ),
    setting(
        "throttle.address_memory_seconds",
        "SECONDS",
        "Failures of an address are forgotten so long after the last",
        |e| &mut e.config.throttle.address_memory_seconds,
    ),
    setting(
        "throttle.device_seconds",
        "SECONDS",
        "A device that signed in is known for so long",
        |e| &mut e.config.throttle.device_seconds,
    ),
];

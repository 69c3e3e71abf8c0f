//! A schema of one's own in the cluster that the tests were lent.

use std::{
    env,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use crate::server::Database;

/// Fails without a cluster: a test that does not run must not pass.
pub(crate) fn postgres() -> Database {
    const CLUSTER: &str = "COUNTERSIGN_TEST_POSTGRES";
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let cluster = env::var(CLUSTER).unwrap_or_else(|_| {
        panic!("{CLUSTER} names no PostgreSQL cluster: run the tests with `cargo xtask test`")
    });
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let schema = format!("kill_{}_{number}", std::process::id());
    let made = Command::new("psql")
        .args([&cluster, "--quiet", "--command", &format!("CREATE SCHEMA {schema}")])
        .status()
        .expect("psql comes with PostgreSQL");
    assert!(made.success(), "psql could not make a schema");
    let mark = if cluster.contains('?') { '&' } else { '?' };
    Database::at(&format!(
        "{cluster}{mark}options=-c%20search_path%3D{schema}&application_name={schema}"
    ))
}

//! Copies of a database in use.

use std::os::unix::fs::PermissionsExt;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_under_load_restores_to_a_sound_database() {
    let database = testing::TestDatabase::sqlite();
    let db = open(&database).await;
    for id in 0..50 {
        add(&db, id, &format!("before {id}")).await.unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    let seen: Arc<Mutex<Vec<(u64, u64)>>> = Arc::default();

    let (load, progress) = (db.clone(), seen.clone());
    let writing = tokio::spawn(async move {
        for id in 100..200 {
            add(&load, id, &format!("during {id}")).await.unwrap();
        }
    });
    let progress = Box::new(move |done, total| progress.lock().unwrap().push((done, total)));
    db.backup(SCHEMA, &copy, progress).await.unwrap();
    writing.await.unwrap();

    let restored =
        TestDb::open(&format!("sqlite://{}", copy.display()), Options::default()).await.unwrap();
    assert!(count(&restored).await >= 50);
    assert!(restored.check().await.unwrap().is_empty());
    assert!(restored.migrate(SCHEMA).await.unwrap().is_empty());
    add(&restored, 1000, "after").await.unwrap();
    assert!(matches!(seen.lock().unwrap().last(), Some((done, total)) if done == total));
    assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_overwrites_nothing() {
    let database = testing::TestDatabase::sqlite();
    let db = open(&database).await;
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("precious");
    std::fs::write(&target, "precious").unwrap();

    let refusal = db.backup(SCHEMA, &target, Box::new(|_, _| ())).await;

    assert!(matches!(refusal, Err(copy::Trouble::Taken(_))), "{refusal:?}");
    assert_eq!(std::fs::read(&target).unwrap(), b"precious");
    assert_eq!(folder.path().read_dir().unwrap().count(), 1);
}

#[tokio::test]
async fn a_new_sqlite_file_belongs_to_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.db");
    let db =
        TestDb::open(&format!("sqlite://{}", path.display()), Options::default()).await.unwrap();
    db.migrate(SCHEMA).await.unwrap();

    for entry in folder.path().read_dir().unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
    }
    db.ping().await.unwrap();
    assert_eq!(db.engine(), "sqlite");
}

#[tokio::test]
async fn a_private_database_is_empty_and_leaves_nothing_behind() {
    let a = TestDb::open("sqlite::memory:", Options::default()).await.unwrap();
    let b = TestDb::open("sqlite::memory:", Options::default()).await.unwrap();
    a.migrate(SCHEMA).await.unwrap();
    add(&a, 1, "Ann").await.unwrap();

    assert_eq!(names(&a).await, ["Ann"]);
    assert_eq!(b.migrate(SCHEMA).await.unwrap().len(), 2);
    assert_eq!(count(&b).await, 0);
}

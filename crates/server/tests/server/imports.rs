//! Users taken over from files and from another application's table.

use serde_json::{Value, json};

use crate::kit::{Done, PASSWORD, Place, sign_in};

/// A hash of [`PASSWORD`] by Werkzeug, at next to no cost.
const HASH: &str = "pbkdf2:sha256:10$oldsalt$\
    a3f25c2bc0ce92d450ee4eecf44f91df5933693e3269f989f8c2441649a8e3fb";

fn count(done: &Done) -> [u64; 3] {
    let json = done.json();
    ["imported", "already_there", "refused"].map(|name| json[name].as_u64().unwrap())
}

fn import(place: &Place, arguments: &[&str]) -> Done {
    place.run(&[&["user", "import", "--json"], arguments].concat())
}

fn lines(place: &Place, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(place.0.path().join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn csv_is_imported_and_whoever_is_in_it_logs_in() {
    let place = Place::new();
    let head = "username,email,password_hash,external_id,roles,confirmed";
    place.write(
        "users.csv",
        &format!(
            "{head}\n\"Doe, John\",j@example.org,{HASH},7,editor auditor,1\nJane,,{HASH},8,,0\n"
        ),
    );

    let done = import(&place, &["users.csv"]).ok();

    assert_eq!(count(&done), [2, 0, 0]);
    let john = place.run(&["user", "show", "j@example.org", "--json"]).ok().json();
    assert_eq!(john["username"], "Doe, John");
    assert_eq!(john["roles"], json!(["auditor", "editor"]));
    assert_eq!(john["external_id"], "7");
    assert!(john["confirmed_at"].is_i64());
    let server = place.serve(&[]);
    assert_eq!(sign_in(&server, "Jane", PASSWORD).status, 200);
    assert_eq!(sign_in(&server, "Jane", "wrong").status, 401);
}

#[test]
fn every_row_that_is_not_taken_is_told_of_with_its_reason_and_never_its_hash() {
    let place = Place::new();
    let good = |name: &str| json!({"username": name, "password_hash": HASH}).to_string();
    place.write(
        "users.jsonl",
        &[
            good("a"),
            json!({"username": "b", "password_hash": "canary-hash"}).to_string(),
            "\"canary-hash\"".into(),
            json!({"username": "c", "password_hash": HASH, "admin": true}).to_string(),
            json!({"username": ["d", "e"], "password_hash": HASH}).to_string(),
            String::new(),
            good("A"),
            good("a"),
            json!({"username": "f", "email": "a@b.example", "password_hash": HASH}).to_string(),
            json!({"username": "g", "email": "A@b.example", "password_hash": HASH}).to_string(),
        ]
        .join("\n"),
    );

    let done = import(&place, &["users.jsonl", "--report=not-taken.jsonl"]);

    assert_eq!((done.code, count(&done)), (1, [2, 2, 5]), "{}", done.err);
    let told = lines(&place, "not-taken.jsonl");
    let rows: Vec<_> = told.iter().map(|row| row["row"].as_u64().unwrap()).collect();
    assert_eq!(rows.iter().collect::<std::collections::BTreeSet<_>>().len(), 7, "{told:?}");
    assert!(told.iter().all(|row| !row["reason"].as_str().unwrap().is_empty()));
    assert!(!format!("{told:?} {} {}", done.out, done.err).contains("canary-hash"));
    assert!(done.err.contains("users.jsonl:2: password_hash:"), "{}", done.err);
    let again = import(&place, &["users.jsonl", "--report=not-taken.jsonl"]);
    assert_eq!(again.code, 2, "a report is not overwritten");
}

#[test]
fn a_dry_run_writes_nothing_and_a_second_run_takes_what_was_missing() {
    let place = Place::new();
    place.write("users.csv", &format!("username,password_hash\na,{HASH}\n"));

    assert_eq!(count(&import(&place, &["users.csv", "--dry-run"]).ok()), [1, 0, 0]);
    assert_eq!(place.run(&["user", "list", "--json"]).ok().json(), json!([]));
    assert_eq!(count(&import(&place, &["users.csv"]).ok()), [1, 0, 0]);
    place.write("users.csv", &format!("username,password_hash\na,{HASH}\nb,{HASH}\n"));
    assert_eq!(count(&import(&place, &["users.csv"]).ok()), [1, 1, 0]);
    assert_eq!(count(&import(&place, &["users.csv"]).ok()), [0, 2, 0]);
}

#[test]
fn a_table_of_another_database_is_imported_with_its_columns_mapped() {
    let place = Place::new();
    place
        .write("users.csv", &format!("name,code,hash\nsam,0,{HASH}\npat,2,{HASH}\nkim,3,{HASH}\n"));
    let columns = ["--username=name", "--password-hash=hash", "--role=code"];
    let roles = ["--map-role=0=admin", "--map-role=2="];
    let mapped = import(&place, &[&["users.csv"], &columns[..], &roles[..]].concat());
    assert_eq!((mapped.code, count(&mapped)), (1, [2, 0, 1]), "{}", mapped.err);
    let table = ["--from=sqlite:countersign.db", "--table=users", "--database=sqlite://new.db"];
    let columns = ["--username=username", "--password-hash=password_hash", "--external-id=id"];

    let done = import(&place, &[&table[..], &columns[..], &["--role=roles"]].concat()).ok();
    let again = import(&place, &[&table[..], &columns[..], &["--dry-run"]].concat()).ok();

    assert_eq!(count(&done), [2, 0, 0]);
    assert_eq!(count(&again), [0, 2, 0]);
    let show = |name: &str, database: &str| {
        place.run(&["user", "show", name, "--json", database]).ok().json()
    };
    let (old, new) = (
        show("sam", "--database=sqlite://countersign.db"),
        show("sam", "--database=sqlite://new.db"),
    );
    assert_eq!(new["external_id"], old["id"]);
    assert_eq!(new["roles"], json!(["admin"]));
    assert_eq!(show("pat", "--database=sqlite://new.db")["roles"], json!([]));
}

/// The attributes of a user, as `user show` has them.
fn kept(place: &Place, name: &str, flags: &[&str]) -> Value {
    let shown = place.run(&[&["user", "show", name, "--json"], flags].concat()).ok().json();
    assert_eq!(shown["username"], name);
    shown["attributes"].clone()
}

const ATTRIBUTES: [&str; 2] = ["--attribute=given_name=first", "--attribute=about_me=about"];

#[test]
fn what_the_application_kept_with_its_users_comes_along() {
    let place = Place::new();
    place.write(
        "users.csv",
        &format!("username,first,password_hash,about\na,Ann,{HASH},\nb,Bob,{HASH},\"x\ny\"\n"),
    );

    let csv = import(&place, &[&["users.csv"], &ATTRIBUTES[..]].concat()).ok();
    let table = [
        "--from=sqlite:countersign.db",
        "--table=users",
        "--database=sqlite://new.db",
        "--username=username",
        "--password-hash=password_hash",
        "--attribute=old_name=username",
        "--attribute=old_address=email",
    ];
    let moved = import(&place, &table).ok();

    assert_eq!((count(&csv), count(&moved)), ([2, 0, 0], [2, 0, 0]));
    assert_eq!(kept(&place, "a", &[]), json!({"given_name": "Ann"}));
    assert_eq!(kept(&place, "b", &[]), json!({"given_name": "Bob", "about_me": "x\ny"}));
    assert_eq!(kept(&place, "a", &["--database=sqlite://new.db"]), json!({"old_name": "a"}));
    let words = place.run(&["user", "show", "b"]).ok().out;
    assert!(words.contains("given_name Bob\n"), "{words}");
}

#[test]
fn a_row_whose_attributes_cannot_be_kept_is_refused_with_its_reason() {
    let place = Place::new();
    let users = [
        json!({"username": "c", "first": "Cleo", "password_hash": HASH}),
        json!({"username": "d", "about": null, "first": "", "password_hash": HASH}),
        json!({"username": "e", "first": ["x", "y"], "password_hash": HASH}),
        json!({"username": "f", "first": "x".repeat(1001), "password_hash": HASH}),
        json!({"username": "g", "second": "x", "password_hash": HASH}),
    ];
    place.write("users.jsonl", &users.map(|user| user.to_string()).join("\n"));

    let done = import(&place, &[&["users.jsonl"], &ATTRIBUTES[..]].concat());

    assert_eq!(count(&done), [2, 0, 3]);
    for (row, reason) in [(3, "first: one text"), (4, "given_name: A value"), (5, "\"second\"")] {
        assert!(done.err.contains(&format!("users.jsonl:{row}: ")), "{}", done.err);
        assert!(done.err.contains(reason), "{}", done.err);
    }
    assert_eq!(kept(&place, "c", &[]), json!({"given_name": "Cleo"}));
    assert_eq!(kept(&place, "d", &[]), json!({}));
}

#[test]
fn what_cannot_be_an_import_is_refused_before_anything_is_read() {
    let place = Place::new();
    place.write("users.csv", "name,password_hash\n");
    place.write("usual.csv", "username,password_hash,name\n");
    place.write("empty.jsonl", "");
    let from = "--from=sqlite:countersign.db";
    let (name, hash) = ("--username=username", "--password-hash=password_hash");

    for arguments in [
        &[][..],
        &["absent.jsonl"],
        &["users.csv"],
        &["users.csv", "--username=name"],
        &["users.csv", "--username=nobody", hash],
        &["users.csv", from, "--table=users", name, hash],
        &[from, name, hash],
        &[from, "--table=users"],
        &[from, "--table=users", name],
        &[from, "--table=nonsense", name, hash],
        &[from, "--table=users; DROP TABLE users", name, hash],
        &[from, "--table=users", "--username=nonsense", hash],
        &["--from=sqlite:absent.db", "--table=users", name, hash],
        &["--from=mysql://a/b", "--table=users", name, hash],
        &["--from=postgres://u:canary@localhost/x", "--table=users", name, hash],
        &["users.csv", "--map-role=admin"],
        &["usual.csv", "--attribute=given_name"],
        &["usual.csv", "--attribute=Given=name"],
        &["usual.csv", "--attribute=given_name=nonsense"],
        &[from, "--table=users", name, hash, "--attribute=given_name=nonsense"],
    ] {
        let done = import(&place, arguments);
        assert_eq!(done.code, 2, "{arguments:?}: {}", done.err);
        assert!(!done.err.contains("canary"), "{}", done.err);
    }
    assert_eq!(count(&import(&place, &["empty.jsonl"]).ok()), [0, 0, 0]);
}

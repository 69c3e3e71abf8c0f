//! Whole databases: backed up, restored, moved between engines.

mod moving;
mod restoring;

use std::path::{Path, PathBuf};

use countersign::{Clock, Copied, Issued, Present, Restore, Result};
use serde_json::json;
use tempfile::TempDir;

use crate::support::{App, Browser, Database, PASSWORD, START, Session, User};

/// One empty database of each engine.
async fn both() -> [Database; 2] {
    [Database::sqlite(), Database::postgres().await]
}

impl Database {
    fn whole(&self) -> countersign::Database {
        countersign::Database::at(self.url()).clock(Clock::manual(START))
    }

    async fn moved_to(&self, target: &Self) -> Result<Copied> {
        self.whole().move_to(target.url(), |_, _| ()).await
    }

    async fn restored(&self, file: &Path, present: Present, issued: Issued) -> Result<Copied> {
        self.whole().restore(file, Restore { present, issued }, |_, _| ()).await
    }
}

/// A folder with a backup of the application in it.
async fn backup(app: &App) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    app.auth.backup(&file, |_, _| ()).await.unwrap();
    (folder, file)
}

/// All that somebody can hold.
struct Held {
    session: Session,
    key: String,
    browser: Browser,
    link: String,
}

impl Held {
    async fn by(app: &App, user: &User, name: &str) -> Self {
        let mut browser = app.browser();
        browser.log_in_remembered(name).await;
        assert_eq!(browser.who().await, name);
        let link = app.auth.links().reset(user.id.parse().unwrap()).await.unwrap().url;
        Self {
            session: user.log_in().await,
            key: user.key("account").await.key,
            browser,
            link: link.split_once("token=").unwrap().1.to_owned(),
        }
    }

    /// What of it is accepted: access token, API key, cookie, the cookie that remembers, refresh
    /// token, link. The last two use up what they show.
    async fn accepted(&self, app: &App) -> Vec<&'static str> {
        let mut accepted = Vec::new();
        let mut note = |name, is_good: bool| accepted.extend(is_good.then_some(name));
        note("access", app.bearer(&self.session.access).get("/me").await.status == 200);
        note("key", app.api_key(&self.key).get("/me").await.status == 200);
        note("cookie", self.browser_at(app, "__Host-session").who().await != "nobody");
        let mut remembered = self.browser_at(app, "__Host-remember");
        remembered.open("/restore").await;
        note("remember", remembered.who().await != "nobody");
        let refreshed = app.anonymous().refresh(&self.session.refresh).await;
        note("refresh", refreshed.status == 200);
        let body = json!({"token": self.link, "new_password": PASSWORD});
        note("link", app.anonymous().post("/api/recovery/reset", &body).await.status == 204);
        accepted
    }

    /// A browser at another application, with one of the cookies.
    fn browser_at(&self, app: &App, cookie: &str) -> Browser {
        let mut browser = app.browser();
        let (name, value) = self.browser.cookies.get_key_value(cookie).unwrap();
        browser.cookies.insert(name.clone(), value.clone());
        browser
    }
}

const EVERYTHING: [&str; 6] = ["access", "key", "cookie", "remember", "refresh", "link"];

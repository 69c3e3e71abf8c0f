//! Reading the feed, a process at a time: what it does when it has all, and when it has missed some.

use std::sync::Arc;

use super::{Feed, Live, Name};
use crate::{
    clock::Clock,
    ids::SessionId,
    store::{
        Db, MIGRATIONS, What,
        db::testing::{TestDatabase, on_both_databases},
        db::{params, sql},
        session::Ended,
    },
};

const NOW: i64 = 1_800_000_000;

struct Process {
    db: Db,
    live: Arc<Live>,
    feed: Feed,
}

impl Process {
    async fn on(database: &TestDatabase) -> Self {
        let db: Db = database.open().await;
        db.migrate(MIGRATIONS).await.unwrap();
        let live = Arc::new(Live::new(10));
        let mut feed = Feed::new(&db, &Clock::manual(NOW), 600);
        feed.read(&live).await.unwrap();
        Self { db, live, feed }
    }

    async fn changes(&self, list: Vec<What>) {
        let write = async move |tx: &mut crate::store::Tx| {
            for what in list {
                tx.change(what, NOW, NOW + 600);
            }
            Ok::<_, crate::store::DbError>(())
        };
        self.db.write(write).await.unwrap();
    }

    async fn hears(&mut self) {
        self.feed.read(&self.live).await.unwrap();
    }

    fn refuses(&self, name: &str) -> bool {
        self.live.is_token_revoked(name)
    }

    fn refuses_session(&self, session: SessionId) -> bool {
        self.live.is_revoked(Name::of_token(""), session)
    }
}

fn ended(session: SessionId) -> What {
    What::Session(Ended { session, index: None })
}

fn token(name: &str) -> What {
    What::Token(name.to_owned())
}

on_both_databases! {
    async fn every_change_is_heard_once_whichever_process_made_it(database) {
        let (here, mut there) = (Process::on(&database).await, Process::on(&database).await);
        let keys = there.live.keys_version();

        for n in 0..40 {
            here.changes(vec![token(&n.to_string()), What::Keys]).await;
        }
        there.hears().await;
        there.hears().await;

        assert!((0..40).all(|n| there.refuses(&n.to_string())));
        assert_eq!(there.live.keys_version(), keys + 40);
    }

    async fn one_transaction_may_make_many_changes(database) {
        let (here, mut there) = (Process::on(&database).await, Process::on(&database).await);
        let sessions: Vec<_> = (0..2500).map(|_| SessionId::new()).collect();

        here.changes(sessions.iter().copied().map(ended).collect()).await;
        there.hears().await;

        assert!(sessions.iter().all(|session| there.refuses_session(*session)));
    }

    async fn whoever_slept_until_changes_were_purged_asks_for_everything_anew(database) {
        let (here, mut there) = (Process::on(&database).await, Process::on(&database).await);
        for n in 0..20 {
            here.changes(vec![What::Keys, token(&n.to_string())]).await;
        }
        let purge = async |tx: &mut crate::store::Tx| {
            tx.exec(&sql!("DELETE FROM changes WHERE kind = $1"), &params!["keys"]).await
        };
        here.db.write(purge).await.unwrap();
        let keys = there.live.keys_version();

        there.hears().await;

        assert!(there.live.keys_version() > keys, "the keys may have changed");
        assert!((0..20).all(|n| there.refuses(&n.to_string())));
        let keys = there.live.keys_version();
        there.hears().await;
        assert_eq!(there.live.keys_version(), keys, "and it knows again how far it is");
    }

    async fn a_database_that_was_replaced_by_an_older_copy_is_read_anew(database) {
        let (here, mut there) = (Process::on(&database).await, Process::on(&database).await);
        for n in 0..40 {
            here.changes(vec![token(&n.to_string())]).await;
        }
        there.hears().await;
        let keys = there.live.keys_version();
        let restore = async |tx: &mut crate::store::Tx| {
            tx.exec(&sql!("DELETE FROM changes WHERE at > $1"), &params![0]).await?;
            tx.exec(&sql!("UPDATE lanes SET seq = $1"), &params![0]).await
        };
        here.db.write(restore).await.unwrap();

        there.hears().await;

        assert!(there.live.keys_version() > keys);
        assert!((0..40).all(|n| there.refuses(&n.to_string())), "what was heard stays refused");
        here.changes(vec![token("later")]).await;
        there.hears().await;
        assert!(there.refuses("later"));
    }

    async fn a_change_that_is_rolled_back_leaves_no_gap(database) {
        let (here, mut there) = (Process::on(&database).await, Process::on(&database).await);
        let keys = there.live.keys_version();
        for n in 0..40 {
            let fail = async |tx: &mut crate::store::Tx| {
                tx.change(What::Keys, NOW, NOW + 600);
                tx.exec(&sql!("INSERT INTO lanes (lane, seq) VALUES ($1, 0)"), &params![0]).await
            };
            here.db.write(fail).await.unwrap_err();
            here.changes(vec![token(&n.to_string())]).await;
        }

        there.hears().await;

        assert!((0..40).all(|n| there.refuses(&n.to_string())));
        assert_eq!(there.live.keys_version(), keys, "nothing was missed, nothing asked anew");
    }
}

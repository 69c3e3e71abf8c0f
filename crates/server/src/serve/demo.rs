//! `countersign demo`: a temporary database and sample users, ready to try, gone afterwards.

use countersign::{
    Auth, Confirmation, Confirmed, InboxReaders, NewUser, Transport, User,
    proto::secret::{PlainToken, TokenKind},
};

use super::{Prepared, announce::Ready, is_flag, profiles};
use crate::{
    exit::Problem,
    output::Output,
    settings::{Effective, Source},
};

/// Name and password, as in the well-known examples that sign in with them.
const SAMPLES: [(&str, &str); 6] = [
    ("JohnDoe", "John"),
    ("JaneDoe", "Jane"),
    ("user1", "abcxyz"),
    ("user2", "abcxyz"),
    ("spchuang", "123456"),
    ("test", "test"),
];

const PROFILES: &str = "
Clients of the Flask applications reach their profile at its path. Here each is as its origin was:
passwords of any length, a name with its password as a token, and whoever signs up is told which
addresses are taken. `countersign serve` mounts what --profile names, and asks for better.
";

/// Serves a demonstration until it is stopped.
///
/// # Errors
/// When it cannot start, or is told to use a database that is there to stay.
pub(crate) async fn demo(mut effective: Effective, out: Output) -> Result<(), Problem> {
    if is_flag(&effective, "database") || is_flag(&effective, "database_file") {
        return Err(effective.mistake(
            "database",
            "nothing: the demo has a temporary database of its own; use `countersign serve`",
        ));
    }
    // Whatever the file and the environment name: sample passwords do not belong there.
    effective.server.database = "sqlite::memory:".into();
    effective.server.secret_file = None;
    effective.server.secret_command.0.clear();
    show_mail(&mut effective);
    profiles::show_all(&mut effective);
    let prepared = Prepared::new(&mut effective).await?;
    let config = effective.config.clone();
    let auth = Auth::builder("sqlite::memory:").configure(|place| *place = config).open().await?;
    let running = prepared.start(&effective, &auth)?;
    let password = random_password();
    seed(&auth, &password).await?;
    let mut ready = Ready::new(&effective, &auth, &running).await?;
    ready.database = "temporary, gone at the end".into();
    ready.secret = "in memory".into();
    ready.admin_password = Some(password);
    out.show(&ready, |ready| words(ready, &effective.config.public_url))?;
    running.finish().await;
    Ok(())
}

/// Mail is kept to be looked at, by whoever tries this out, unless it is to be sent for real.
fn show_mail(effective: &mut Effective) {
    let is_default = |name| matches!(effective.source(name), Source::Default);
    let (transport, readers, confirmation) =
        (is_default("mail.transport"), is_default("mail.inbox"), is_default("confirmation"));
    if transport {
        effective.config.mail.transport = Transport::Inbox;
    }
    if readers && effective.config.mail.transport == Transport::Inbox {
        effective.config.mail.inbox = InboxReaders::Anybody;
    }
    if confirmation {
        effective.config.confirmation = Confirmation::Optional;
    }
}

/// All at once: the hashing pool decides how many at a time.
async fn seed(auth: &Auth, admin_password: &str) -> Result<(), Problem> {
    let mut tasks = tokio::task::JoinSet::new();
    let admin = ("admin", admin_password, "admin");
    for (name, password, role) in
        SAMPLES.map(|(name, password)| (name, password, "")).into_iter().chain([admin])
    {
        let new = NewUser {
            username: Some(name.to_owned()),
            email: Some(format!("{}@example.com", name.to_lowercase())),
            password: password.to_owned().into(),
            roles: role.split_whitespace().map(str::to_owned).collect(),
            confirmed: Confirmed::Yes,
            ..NewUser::default()
        };
        let auth = auth.clone();
        tasks.spawn(async move { auth.users().add_sample(new).await });
    }
    while let Some(added) = tasks.join_next().await {
        let added: countersign::Result<User> =
            added.map_err(|error| Problem::failed(error.to_string()))?;
        added?;
    }
    Ok(())
}

fn words(ready: &Ready, public: &str) -> String {
    let url = &ready.url;
    let password = ready.admin_password.as_deref().unwrap_or_default();
    let mut text = ready.places(public);
    if !ready.profiles.is_empty() {
        text.push_str(PROFILES);
    }
    text.push_str("\nSample users (name, password), past the password policy, for this alone:\n\n");
    for (name, password) in SAMPLES {
        text.push_str(&format!("  {name:<8}  {password}\n"));
    }
    text.push_str(&format!("  {:<8}  {password}  (role admin)\n", "admin"));
    text.push_str(&format!(
        "\nIn a browser:\n\n  {url}/login    log in, sign up, forget the password\n  \
         {url}/account  what an account offers\n  \
         {url}/inbox    every mail that would have been sent\n\n\
         With curl:\n\n  \
         # sign in: the answer has an access token and a refresh token\n  \
         curl -u JohnDoe:John -X POST {url}/api/tokens\n\n  \
         # who am I, with the password and with a token\n  \
         curl -u JohnDoe:John {url}/api/me\n  \
         curl -H \"Authorization: Bearer $TOKEN\" {url}/api/me\n\n  \
         # administration\n  \
         curl -u 'admin:{password}' {url}/api/users\n\nStop with Ctrl-C; nothing is kept.\n"
    ));
    text
}

/// 20 characters of 64: 120 bits.
pub(crate) fn random_password() -> String {
    let random = PlainToken::generate(TokenKind::Link);
    random.reveal().chars().skip(TokenKind::Link.prefix().len()).take(20).collect()
}

//! `countersign user`.

use std::collections::BTreeMap;

use countersign::{Auth, Client, Confirmed, NewUser, OneTimeLink, Transport, User, UserId};
use serde::Serialize;
use serde_json::json;

use super::{collect, find, user_import};
use crate::{
    cli::{AddUser, UserCommand},
    exit::Problem,
    output::{Output, clean, note, table, time, time_or},
    prompt,
};

pub(super) async fn run(command: UserCommand, auth: &Auth, out: Output) -> Result<(), Problem> {
    match command {
        UserCommand::Add(new) => add(new, auth, out).await,
        UserCommand::List { limit } => {
            let users = listed(limit, auth).await?;
            Ok(out.show(&users, |users| rows(users))?)
        }
        UserCommand::Show(who) => show(find(auth, &who.user).await?, auth, out).await,
        UserCommand::Disable(who) => {
            one(&auth.users().disable(find(auth, &who.user).await?.id).await?, out)
        }
        UserCommand::Enable(who) => {
            one(&auth.users().enable(find(auth, &who.user).await?.id).await?, out)
        }
        UserCommand::Confirm(who) => {
            one(&auth.users().confirm(find(auth, &who.user).await?.id).await?, out)
        }
        UserCommand::Delete { who, yes } => delete(&who.user, yes, auth, out).await,
        UserCommand::SetPassword { who, password } => {
            let user = find(auth, &who.user).await?;
            auth.passwords().set(user.id, &prompt::new_password(&password)?).await?;
            one(&user, out)
        }
        UserCommand::ResetLink(who) => {
            let user = find(auth, &who.user).await?;
            link(&auth.links().reset(user.id).await?, out)
        }
        UserCommand::Invite { address, print: true } => {
            link(&auth.links().invitation_to(&address).await?, out)
        }
        UserCommand::Invite { address, print: false } => invite(&address, auth, out).await,
        UserCommand::Role { who, grant, withdraw } => {
            one(&roles(find(auth, &who.user).await?, (&grant, &withdraw), auth).await?, out)
        }
        UserCommand::Import(import) => user_import::run(&import, auth, out).await,
    }
}

async fn add(new: AddUser, auth: &Auth, out: Output) -> Result<(), Problem> {
    let (username, email) = match (new.name.contains('@'), new.email) {
        (true, None) => (None, Some(new.name)),
        (_, email) => (Some(new.name), email),
    };
    let password = prompt::new_password(&new.password)?;
    let confirmed = if new.unconfirmed { Confirmed::No } else { Confirmed::Yes };
    let roles = new.role;
    let new = NewUser { username, email, password, roles, confirmed, ..NewUser::default() };
    one(&auth.users().sign_up(new, &Client::default()).await?, out)
}

/// The link alone on standard output, so that it can be piped; what it is on standard error.
fn link(link: &OneTimeLink, out: Output) -> Result<(), Problem> {
    if !out.is_json() {
        note(&format!("Good once, until {}:", time(link.expires_at)));
    }
    Ok(out.show(link, |link| link.url.clone())?)
}

async fn invite(address: &str, auth: &Auth, out: Output) -> Result<(), Problem> {
    auth.links().invite(address, None).await.map_err(|error| {
        let told = Problem::from(error).about(&clean(address));
        if auth.config().mail.transport == Transport::Off {
            return told.about("--print prints the link instead");
        }
        told
    })?;
    let value = json!({ "invited": address });
    Ok(out.show(&value, |_| format!("An invitation to {} is in the outbox.", clean(address)))?)
}

async fn delete(who: &str, yes: bool, auth: &Auth, out: Output) -> Result<(), Problem> {
    let user = find(auth, who).await?;
    if !yes {
        prompt::confirm(&format!("Delete {} ({}) for good?", name(&user), user.id))?;
    }
    auth.users().delete(user.id).await?;
    Ok(out.show(&json!({ "deleted": user.id }), |_| format!("Deleted {}.", name(&user)))?)
}

async fn roles(
    mut user: User,
    (grant, withdraw): (&[String], &[String]),
    auth: &Auth,
) -> Result<User, Problem> {
    for role in grant {
        user = auth.roles().grant(user.id, role).await?;
    }
    for role in withdraw {
        user = auth.roles().withdraw(user.id, role).await?;
    }
    Ok(user)
}

async fn listed(limit: Option<usize>, auth: &Auth) -> Result<Vec<User>, Problem> {
    collect(limit, async |after, size| {
        let after = after.as_deref().map(str::parse::<UserId>).transpose();
        let after = after.map_err(|why| Problem::failed(why.to_string()))?;
        Ok(auth.users().list(after, size).await?)
    })
    .await
}

/// A user with what the application keeps with them.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    user: User,
    attributes: BTreeMap<String, String>,
}

async fn show(user: User, auth: &Auth, out: Output) -> Result<(), Problem> {
    let attributes = auth.attributes().of(user.id).await?;
    Ok(out.show(&Shown { user, attributes }, |shown| {
        let line = |(name, value): (&String, &String)| format!("{name:<10} {}\n", clean(value));
        lines(&shown.user) + &shown.attributes.iter().map(line).collect::<String>()
    })?)
}

fn one(user: &User, out: Output) -> Result<(), Problem> {
    Ok(out.show(user, lines)?)
}

fn lines(user: &User) -> String {
    let lines = [
        ("Id", user.id.to_string()),
        ("User name", user.username.clone().unwrap_or_default()),
        ("E-mail", user.email.clone().unwrap_or_default()),
        ("Roles", user.roles.join(" ")),
        ("Created", time(user.created_at)),
        ("Confirmed", time_or(user.confirmed_at, "no")),
        ("Disabled", time_or(user.disabled_at, "no")),
    ];
    lines.iter().map(|(label, value)| format!("{label:<10} {}\n", clean(value))).collect()
}

fn rows(users: &[User]) -> String {
    let row = |user: &User| {
        [
            user.id.to_string(),
            user.username.clone().unwrap_or_default(),
            user.email.clone().unwrap_or_default(),
            user.roles.join(" "),
            time(user.created_at),
            state(user).to_owned(),
        ]
    };
    let rows: Vec<_> = users.iter().map(row).collect();
    table(["ID", "USER NAME", "E-MAIL", "ROLES", "CREATED", "STATE"], &rows)
}

fn state(user: &User) -> &'static str {
    match (user.disabled_at, user.confirmed_at) {
        (Some(_), _) => "disabled",
        (None, None) => "unconfirmed",
        (None, Some(_)) => "active",
    }
}

fn name(user: &User) -> &str {
    user.username.as_deref().or(user.email.as_deref()).unwrap_or_default()
}

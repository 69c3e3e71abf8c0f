//! What the server says when it is ready: where everything is, and what to do next.

use std::{net::SocketAddr, path::Path};

use countersign::{Auth, Mail, PagesMode, Transport};
use serde::Serialize;

use super::{Running, is_flag};
use crate::{
    exit::Problem,
    output::Output,
    secret::Secret,
    settings::{Effective, without_password},
};

/// The line for programs; people get the same in words.
#[derive(Serialize)]
pub(super) struct Ready {
    pub(super) event: &'static str,
    pub(super) address: SocketAddr,
    pub(super) url: String,
    pub(super) database: String,
    pub(super) secret: String,
    pub(super) jwks: String,
    pub(super) openapi: String,
    pub(super) pages: Option<String>,
    pub(super) mail: String,
    pub(super) metrics: Option<String>,
    /// Each NAME=PATH, with its options.
    pub(super) profiles: Vec<String>,
    pub(super) users: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) admin_password: Option<String>,
}

impl Ready {
    pub(super) async fn new(
        effective: &Effective,
        auth: &Auth,
        running: &Running,
    ) -> Result<Self, Problem> {
        let scheme = if effective.server.tls_cert.is_some() { "https" } else { "http" };
        let here = format!("{scheme}://{}", running.address);
        Ok(Self {
            event: "ready",
            address: running.address,
            database: without_password(&effective.server.database),
            secret: Secret::source(effective)?.place(effective),
            jwks: format!("{here}/.well-known/jwks.json"),
            openapi: format!("{here}/api/openapi.json"),
            pages: (effective.config.pages.mode == PagesMode::On).then(|| format!("{here}/login")),
            mail: mail(&effective.config.mail, &here),
            metrics: running.metrics.map(|address| format!("http://{address}/metrics")),
            profiles: effective.server.profiles.iter().map(ToString::to_string).collect(),
            users: auth.users().count().await?,
            url: here,
            admin_password: None,
        })
    }

    pub(super) fn places(&self, public: &str) -> String {
        let mut text = format!(
            "Countersign {}\n\n  Listening   {}\n  Public URL  {public}\n  Database    {}\n  \
             Secret      {}\n  Pages       {}\n  Mail        {}\n  JWKS        {}\n  \
             OpenAPI     {}\n",
            env!("CARGO_PKG_VERSION"),
            self.url,
            self.database,
            self.secret,
            self.pages.as_deref().unwrap_or("off (--pages-mode on)"),
            if self.mail == "off" { WITHOUT_MAIL } else { &self.mail },
            self.jwks,
            self.openapi,
        );
        let metrics = self.metrics.as_deref().unwrap_or("off (--metrics-listen 127.0.0.1:9090)");
        text.push_str(&format!("  Metrics     {metrics}\n"));
        for (at, profile) in self.profiles.iter().enumerate() {
            let label = if at == 0 { "Profiles" } else { "" };
            text.push_str(&format!("  {label:<10}  {profile}\n"));
        }
        text
    }
}

/// What no mail means.
const WITHOUT_MAIL: &str = "\
off: nobody is mailed a new password, a confirmation or a notice
              (--mail-transport smtp --mail-smtp-url smtps://…). What works without:
              sign-up, log-in, and links to hand over by `countersign user reset-link USER`
              and `countersign user invite ADDRESS --print`";

/// By which way mail is sent.
fn mail(mail: &Mail, here: &str) -> String {
    match mail.transport {
        Transport::Off => "off".to_owned(),
        Transport::Inbox => format!("kept to be looked at: {here}/inbox"),
        Transport::Smtp => {
            let url = mail.smtp_url.as_deref().unwrap_or_default();
            format!("{url}, from {}", mail.from)
        }
    }
}

/// Tells that `serve` is ready.
pub(super) async fn serving(
    effective: &Effective,
    auth: &Auth,
    running: &Running,
    out: Output,
) -> Result<(), Problem> {
    let ready = Ready::new(effective, auth, running).await?;
    out.show(&ready, |ready| {
        let mut text = ready.places(&effective.config.public_url);
        if ready.users == 0 {
            text.push_str(&first_admin(effective));
        }
        text.push_str("\nStop with Ctrl-C.\n");
        text
    })?;
    Ok(())
}

fn first_admin(effective: &Effective) -> String {
    let mut command = String::from("countersign user add NAME --role admin");
    let database = &effective.server.database;
    let flags = [
        ("database", Some(database.as_str())),
        ("database_file", effective.server.database_file.as_deref().and_then(Path::to_str)),
        ("secret_file", effective.server.secret_file.as_deref().and_then(Path::to_str)),
    ];
    for (name, value) in flags {
        if let Some(value) = value.filter(|_| is_flag(effective, name)) {
            command.push_str(&format!(" --{} {value}", name.replace('_', "-")));
        }
    }
    format!(
        "\nThere are no users yet. Make the first administrator, from another terminal:\n\n  {command}\n"
    )
}

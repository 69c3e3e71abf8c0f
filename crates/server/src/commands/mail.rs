//! `countersign mail`: the outbox, and whether mail arrives.

use countersign::{Auth, MailInfo, MailState};
use serde_json::json;

use crate::{
    cli::MailCommand,
    exit::Problem,
    output::{Output, clean, table, time},
};

pub(super) async fn run(command: MailCommand, auth: &Auth, out: Output) -> Result<(), Problem> {
    match command {
        MailCommand::List { limit } => {
            let mails = auth.mails().recent(limit).await?;
            Ok(out.show(&mails, |mails| rows(mails))?)
        }
        MailCommand::Test { address } => {
            let sent = auth.mails().probe(&address).await;
            sent.map_err(|error| Problem::from(error).about(&clean(&address)))?;
            let value = json!({ "sent_to": address });
            Ok(out.show(&value, |_| format!("The server took a mail to {}.", clean(&address)))?)
        }
    }
}

fn rows(mails: &[MailInfo]) -> String {
    let row = |mail: &MailInfo| {
        [
            time(mail.created_at),
            mail.kind.clone(),
            mail.to.clone(),
            state(mail.state).to_owned(),
            mail.attempts.to_string(),
            mail.failure.clone().unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = mails.iter().map(row).collect();
    table(["CREATED", "KIND", "TO", "STATE", "TRIES", "LAST FAILURE"], &rows)
}

fn state(state: MailState) -> &'static str {
    match state {
        MailState::Waiting => "waiting",
        MailState::Sending => "sending",
        MailState::Sent => "sent",
        MailState::GivenUp => "given up",
    }
}

//! One-time secrets that go out by mail: a link, and a short code that works only where it was
//! asked for. The database holds digests, and MACs under a key it does not hold.

mod ask;
mod code;
mod even;
mod hand_over;

use countersign_proto::{
    error_code::ErrorCode,
    name::EmailAddress,
    seal::{constant_time_eq, sha256},
    secret::{PlainToken, Secret, TokenKind},
};

pub use ask::Asked;
pub(crate) use ask::facts;
pub(crate) use even::at_an_even_time;
pub use hand_over::OneTimeLink;

use crate::{
    Auth, UserId,
    error::{Denied, Result},
    store::{self, Tx, link::LinkRow, mail::MailRow},
};

/// One-time links of one [`Auth`].
#[derive(Clone, Copy)]
pub struct Links<'a>(pub(crate) &'a Auth);

/// What a link is for. One for one purpose is nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The address of an account is its owner's.
    Confirm,
    /// A new password.
    Reset,
    /// A new address for an account.
    Change,
    /// To sign up.
    Invite,
}

/// What proves that somebody got the mail.
#[derive(Debug, Clone)]
pub enum Proof {
    /// The secret in the link.
    Token(Secret),
    /// The short code, and the secret of the browser or client that asked for it.
    Code {
        /// What the one who asked holds.
        flow: Secret,
        /// As typed.
        code: Secret,
    },
}

/// What a link is, for a page that shows it without using it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peek {
    /// It can be used.
    Good {
        /// The address it was sent to.
        email: String,
        /// Whose it is; `None`: an invitation.
        user: Option<UserId>,
    },
    /// Its time is over, or a later one took its place.
    Expired,
    /// It was used.
    Used,
    /// Not from here, for another purpose, or cut off.
    Unknown,
}

/// A link that is not stored yet, with what goes into its mail.
pub(crate) struct NewLink {
    pub(crate) row: LinkRow,
    pub(crate) url: String,
    /// `XXXX-XXXX`; empty when nobody could type it in: it has no flow.
    pub(crate) code: String,
    pub(crate) minutes: String,
    pub(crate) code_minutes: String,
}

/// An invitation lives this long, seconds.
const INVITATION_SECONDS: u32 = 7 * 86_400;

impl Purpose {
    /// How it is written in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Reset => "reset",
            Self::Change => "change",
            Self::Invite => "invite",
        }
    }

    /// The page a link leads to, and the parameter its secret is in.
    const fn page(self) -> &'static str {
        match self {
            Self::Confirm => "/confirm?token=",
            Self::Reset => "/reset-password?token=",
            Self::Change => "/change-email?token=",
            Self::Invite => "/sign-up?invitation=",
        }
    }
}

impl Proof {
    /// Of the members of a request: either `token`, or `flow` and `code`.
    pub(crate) fn of(
        token: Option<Secret>,
        flow: Option<Secret>,
        code: Option<Secret>,
    ) -> Result<Self> {
        match (token, flow, code) {
            (Some(token), None, None) => Ok(Self::Token(token)),
            (None, Some(flow), Some(code)) => Ok(Self::Code { flow, code }),
            _ => {
                let text = "Either token, or flow and code, are needed.";
                Err(Denied::invalid_request(text).field("token").into())
            }
        }
    }
}

/// A new secret for whoever asks for a mail: a code works only together with it.
pub(crate) fn new_flow() -> Secret {
    let random = PlainToken::generate(TokenKind::Link);
    let bytes = sha256(random.reveal().as_bytes());
    Secret::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

impl NewLink {
    /// The facts of its mail.
    pub(crate) fn facts(&self) -> [(&'static str, &str); 4] {
        [
            ("link", &self.url),
            ("code", &self.code),
            ("minutes", &self.minutes),
            ("code_minutes", &self.code_minutes),
        ]
    }
}

impl Links<'_> {
    /// A new link for `user`, bound to `email`; without a `flow` it has no code. Without an address
    /// it is good only for an account that has none.
    pub(crate) fn draft(
        self,
        purpose: Purpose,
        user: Option<UserId>,
        email: Option<&EmailAddress>,
        flow: Option<&Secret>,
    ) -> NewLink {
        let (now, mail) = (self.0.now(), &self.0.config().mail);
        let life = if purpose == Purpose::Invite { INVITATION_SECONDS } else { mail.link_seconds };
        let token = PlainToken::generate(TokenKind::Link);
        let digest = *token.digest().as_bytes();
        let flow = flow.map(flow_digest);
        let code = flow.map(|_| code::generate()).unwrap_or_default();
        NewLink {
            url: format!("{}{}{}", self.0.config().public_url, purpose.page(), token.reveal()),
            row: LinkRow {
                digest,
                purpose: purpose.as_str().to_owned(),
                user_id: user,
                email: email.map_or(String::new(), |email| email.shown().to_owned()),
                email_key: email.map_or(String::new(), |email| email.canonical().to_owned()),
                flow,
                code: flow.map(|flow| self.code_mac(&digest, &flow, &code)),
                created_at: now,
                expires_at: now + i64::from(life),
                used_at: None,
            },
            code: code::shown(&code),
            minutes: (life / 60).to_string(),
            code_minutes: (mail.code_seconds / 60).to_string(),
        }
    }

    /// Mails an invitation to sign up with this address; it is good for seven days.
    ///
    /// # Errors
    /// `not_found` when this system sends no mail; `invalid_request` when `email` is no address;
    /// `access_denied` where nobody may sign up.
    pub async fn invite(self, email: &str, locale: Option<&str>) -> Result<()> {
        self.0.mails().require()?;
        self.0.users().check_open()?;
        let email = EmailAddress::parse(email).map_err(|why| Denied::bad_name("email", why))?;
        let Some((link, mail)) = self.invitation(&email, locale) else { return Ok(()) };
        self.0
            .db()
            .write(async move |tx| {
                tx.insert_link(&link).await?;
                Ok::<_, crate::Error>(tx.insert_mail(&mail).await?)
            })
            .await?;
        self.0.mails().wake();
        Ok(())
    }

    /// An invitation to sign up with this address, and its mail: put both into one transaction.
    /// `None` when mail is off.
    pub(crate) fn invitation(
        self,
        email: &EmailAddress,
        locale: Option<&str>,
    ) -> Option<(LinkRow, MailRow)> {
        let link = self.draft(Purpose::Invite, None, Some(email), None);
        let days = (INVITATION_SECONDS / 86_400).to_string();
        let facts =
            [("address", email.shown()), ("link", link.url.as_str()), ("days", days.as_str())];
        let kind = crate::mail::Kind::Invitation;
        let mail = self.0.mails().draft(kind, email.shown(), locale, &facts)?;
        Some((link.row, mail))
    }

    /// Bound to its link and its flow: moved to another row it matches nothing.
    fn code_mac(self, digest: &[u8; 32], flow: &[u8; 32], code: &str) -> [u8; 32] {
        let text = [b"code".as_slice(), digest, flow, code.as_bytes()].concat();
        self.0.link_key().mac(&text)
    }

    /// What the link with this token is, without using it.
    pub async fn peek(self, purpose: Purpose, token: &Secret) -> Result<Peek> {
        let Ok(token) = PlainToken::parse(TokenKind::Link, token.reveal()) else {
            return Ok(Peek::Unknown);
        };
        let row = store::link::by_digest(self.0.db(), token.digest().as_bytes()).await?;
        Ok(self.judge(row.as_ref(), purpose))
    }

    fn judge(self, row: Option<&LinkRow>, purpose: Purpose) -> Peek {
        let Some(row) = row.filter(|row| row.purpose == purpose.as_str()) else {
            return Peek::Unknown;
        };
        if row.used_at.is_some() {
            return Peek::Used;
        }
        if row.expires_at <= self.0.now() {
            return Peek::Expired;
        }
        Peek::Good { email: row.email.clone(), user: row.user_id }
    }

    /// The live link that `proof` is for. It is not used yet: that is [`redeem`], in the
    /// transaction of its effect. A wrong code counts; a right one does not.
    ///
    /// # Errors
    /// `invalid_grant` saying whether it is expired, used, or unknown.
    pub(crate) async fn resolve(self, purpose: Purpose, proof: &Proof) -> Result<LinkRow> {
        match proof {
            Proof::Token(token) => {
                let token = PlainToken::parse(TokenKind::Link, token.reveal());
                let digest = token.map(|token| *token.digest().as_bytes());
                let row = match &digest {
                    Ok(digest) => store::link::by_digest(self.0.db(), digest).await?,
                    Err(_) => None,
                };
                let peek = self.judge(row.as_ref(), purpose);
                row.filter(|_| matches!(peek, Peek::Good { .. })).ok_or_else(|| refusal(&peek))
            }
            Proof::Code { flow, code } => self.resolve_code(purpose, flow, code).await,
        }
    }

    async fn resolve_code(
        self,
        purpose: Purpose,
        flow: &Secret,
        typed: &Secret,
    ) -> Result<LinkRow> {
        let flow = flow_digest(flow);
        let typed = code::parse(typed.reveal()).unwrap_or_default();
        let now = self.0.now();
        let times = (now, now - i64::from(self.0.config().mail.code_seconds));
        let auth = self.0.clone();
        let found = self
            .0
            .db()
            .write(async move |tx| {
                let Some(row) = tx.count_code_try(&flow, purpose.as_str(), times).await? else {
                    return Ok::<_, crate::Error>(None);
                };
                let expected = auth.links().code_mac(&row.digest, &flow, &typed);
                if !row.code.is_some_and(|code| constant_time_eq(&code, &expected)) {
                    return Ok(None);
                }
                tx.uncount_code_try(&row.digest).await?;
                Ok(Some(row))
            })
            .await?;
        found.ok_or_else(|| {
            let text = "The code is wrong, or no longer good. Ask for a new mail.";
            Denied::new(ErrorCode::InvalidGrant, text).field("code").because("code-wrong").into()
        })
    }
}

/// Uses the link inside the transaction of its effect: one caller gets it, the others are refused.
///
/// # Errors
/// `invalid_grant`, which rolls the transaction back.
pub(crate) async fn redeem(
    tx: &mut Tx,
    purpose: Purpose,
    digest: &[u8; 32],
    now: i64,
) -> Result<LinkRow> {
    if let Some(row) = tx.use_link(digest, purpose.as_str(), now).await? {
        return Ok(row);
    }
    let used = tx.link(digest).await?.is_some_and(|row| row.used_at.is_some());
    Err(refusal(if used { &Peek::Used } else { &Peek::Expired }))
}

/// Why a link does nothing, in words.
pub(crate) fn refusal(peek: &Peek) -> crate::Error {
    let (text, reason) = match peek {
        Peek::Used => ("This link was already used.", "link-used"),
        Peek::Expired => ("This link has expired. Ask for a new mail.", "link-expired"),
        Peek::Unknown | Peek::Good { .. } => {
            ("This link is not valid. Check that it was copied whole.", "link-unknown")
        }
    };
    Denied::new(ErrorCode::InvalidGrant, text).field("token").because(reason).into()
}

fn flow_digest(flow: &Secret) -> [u8; 32] {
    sha256(flow.reveal().as_bytes())
}

//! Users as the original shows them. What it kept beside users (posts, followers) is another
//! application's: such numbers are 0, such lists empty.

use axum::{
    Json,
    extract::{OriginalUri, Query, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use countersign::{
    Asked, AttributeChanges, Auth, Client, Denied, NewNames, NewUser, SignedUp, User, UserId,
    proto::{
        error_code::ErrorCode,
        secret::{PlainToken, Secret, TokenKind},
    },
};
use serde_json::{Value, json};

use super::{
    Bearer, Here, Member,
    refusal::{Refusal, Why},
};
use crate::shared::{
    body::Object,
    iso,
    location::{Id, Prefix},
    sign_up::register,
};

/// Users of a page, unless another number is asked for.
const PER_PAGE: u32 = 10;
const MOST_PER_PAGE: u32 = 100;

/// The one attribute that is written and shown here: a text about oneself.
pub(super) const ABOUT_ME: &str = "about_me";

pub(super) async fn sign_up(
    State(site): State<Here>,
    OriginalUri(uri): OriginalUri,
    prefix: Prefix,
    client: Client,
    request: Request,
) -> Result<Response, Refusal> {
    let mut body = Object::of(request).await?;
    let (username, email) = (body.text("username")?, body.text_only("email")?);
    let password = body.text_only("password")?;
    let (Some(username), Some(email), Some(password)) = (username, email, password) else {
        return Err(Why::Incomplete.into());
    };
    let new = NewUser {
        username: Some(username),
        email: Some(email),
        password: password.into(),
        attributes: about_me(&mut body)?.map(|text| (ABOUT_ME.into(), text)).into_iter().collect(),
        ..NewUser::default()
    };
    let terms = (site.options.password_policy, site.options.taken_address);
    match register(&site.auth, new, terms, &client).await? {
        SignedUp::Made(user) => {
            let path = format!("{}/{}", uri.path().trim_end_matches('/'), user.id);
            let body = Json(shown(&site.auth, &user, (&prefix, Some(user.id))).await?);
            Ok((StatusCode::CREATED, [(header::LOCATION, path)], body).into_response())
        }
        // Whether the address had an account is said in a mail to its owner.
        SignedUp::CheckMail => {
            let body = json!({ "message": "check your mail: it tells how to go on" });
            Ok((StatusCode::ACCEPTED, Json(body)).into_response())
        }
    }
}

pub(super) async fn show(
    State(site): State<Here>,
    prefix: Prefix,
    Member(by): Member,
    Id(id): Id,
) -> Result<Json<Value>, Refusal> {
    let user = find(&site.auth, id).await?;
    Ok(Json(shown(&site.auth, &user, (&prefix, Some(by.id))).await?))
}

pub(super) async fn list(
    State(site): State<Here>,
    prefix: Prefix,
    Member(by): Member,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, Refusal> {
    let (page, per_page) = paging(&asked);
    let (users, total) = site.auth.users().numbered(page, per_page).await?;
    let mut items = Vec::with_capacity(users.len());
    for user in &users {
        items.push(shown(&site.auth, user, (&prefix, Some(by.id))).await?);
    }
    let path = format!("{}/api/users", prefix.0);
    Ok(Json(collection(items, &path, (page, per_page), total)))
}

/// The people somebody follows, or who follow them: none, as nobody follows anybody here.
pub(super) async fn nobody(
    State(site): State<Here>,
    OriginalUri(uri): OriginalUri,
    _: Member,
    Id(id): Id,
    Query(asked): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, Refusal> {
    find(&site.auth, id).await?;
    Ok(Json(collection(Vec::new(), uri.path(), paging(&asked), 0)))
}

pub(super) async fn change(
    State(site): State<Here>,
    prefix: Prefix,
    client: Client,
    (Bearer { user: by, .. }, Id(id)): (Bearer, Id),
    request: Request,
) -> Result<Json<Value>, Refusal> {
    if id != Some(by.id) {
        return Err(Why::Forbidden.into());
    }
    let mut body = Object::of(request).await?;
    let present = site.auth.users().get(by.id).await?;
    let username = body.text("username")?.filter(|new| Some(new) != present.username.as_ref());
    let email = body.text_only("email")?.filter(|new| Some(new) != present.email.as_ref());
    let mut attributes = AttributeChanges::new();
    if body.has(ABOUT_ME) {
        attributes.insert(ABOUT_ME.into(), about_me(&mut body)?);
    }
    let flow = Secret::new(PlainToken::generate(TokenKind::Link).reveal());
    let asked = Asked { flow: &flow, client: &client, locale: None };
    let user =
        site.auth.accounts().rename(&by, NewNames { username, email, attributes }, asked).await?;
    Ok(Json(shown(&site.auth, &user, (&prefix, Some(by.id))).await?))
}

fn about_me(body: &mut Object) -> countersign::Result<Option<String>> {
    let text = "It has to be a text.";
    let no_text = |_| Denied::new(ErrorCode::InvalidRequest, text).field(ABOUT_ME);
    Ok(body.text(ABOUT_ME).map_err(no_text)?)
}

async fn find(auth: &Auth, id: Option<UserId>) -> Result<User, Refusal> {
    let id = id.ok_or(Why::NotFound)?;
    Ok(auth.users().get(id).await?)
}

/// Page and users of a page, from 1 on; what is no such number is as if it were not there.
fn paging(asked: &[(String, String)]) -> (u32, u32) {
    let number = |name: &str| {
        let (_, value) = asked.iter().find(|(key, _)| key == name)?;
        value.parse::<u32>().ok().filter(|number| *number > 0)
    };
    let per_page = number("per_page").unwrap_or(PER_PAGE).min(MOST_PER_PAGE);
    (number("page").unwrap_or(1), per_page)
}

fn collection(items: Vec<Value>, path: &str, (page, per_page): (u32, u32), total: i64) -> Value {
    let pages = (total + i64::from(per_page) - 1) / i64::from(per_page);
    let link = |page: i64| format!("{path}?page={page}&per_page={per_page}");
    let page = i64::from(page);
    json!({
        "items": items,
        "_meta": {
            "page": page, "per_page": per_page, "total_pages": pages, "total_items": total,
        },
        "_links": {
            "self": link(page),
            "next": (page < pages).then(|| link(page + 1)),
            "prev": (page > 1).then(|| link(page - 1)),
        },
    })
}

/// The address is shown to its owner.
async fn shown(
    auth: &Auth,
    user: &User,
    (prefix, by): (&Prefix, Option<UserId>),
) -> Result<Value, Refusal> {
    let seen = auth.users().last_seen(user.id).await?.unwrap_or(user.created_at);
    let attributes = auth.attributes().of(user.id).await?;
    let path = format!("{}/api/users/{}", prefix.0, user.id);
    let mut shown = json!({
        "id": user.id,
        "username": user.username,
        "last_seen": iso::time(seen),
        "about_me": attributes.get(ABOUT_ME),
        "post_count": 0,
        "follower_count": 0,
        "following_count": 0,
        "_links": {
            "self": path,
            "followers": format!("{path}/followers"),
            "following": format!("{path}/following"),
            "avatar": null,
        },
    });
    if by == Some(user.id) {
        shown["email"] = json!(user.email);
    }
    Ok(shown)
}

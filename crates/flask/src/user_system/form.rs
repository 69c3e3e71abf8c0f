//! What the fields of the two forms have to be like: all that is wrong is said at once.

use countersign::{NewUser, proto::name::EmailAddress};

use super::{
    envelope::{FieldErrors, Refusal},
    sent::Fields,
};
use crate::shared::options::PasswordPolicy;

/// What is kept with the user beside their names, and as which attribute.
pub(super) const KEPT: [(&str, &str); 2] =
    [("first_name", "given_name"), ("last_name", "family_name")];

const REQUIRED: &str = "This field is required.";

/// The log-in form.
///
/// # Errors
/// The fields that are empty.
pub(super) fn login(fields: &Fields) -> Result<(), Refusal> {
    let mut errors = FieldErrors::new();
    for name in ["login", "password"] {
        if fields.text(name).is_empty() {
            add(&mut errors, name, REQUIRED.into());
        }
    }
    done(errors)
}

/// The sign-up form. First and last name are kept with the user, by the names of OpenID Connect.
///
/// # Errors
/// Everything that is wrong.
pub(super) fn sign_up(fields: &Fields, policy: PasswordPolicy) -> Result<NewUser, Refusal> {
    let mut errors = FieldErrors::new();
    let (username, email) = (fields.text("user_name"), fields.text("email"));
    check_length(&mut errors, "user_name", username, (4, 30));
    if !username.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        let text = "Username can only contain letters and numbers";
        add(&mut errors, "user_name", text.into());
    }
    for name in ["first_name", "last_name", "email", "confirm"] {
        if fields.text(name).trim().is_empty() {
            add(&mut errors, name, REQUIRED.into());
        }
    }
    if !email.trim().is_empty() && EmailAddress::parse(email).is_err() {
        add(&mut errors, "email", "Invalid email address.".into());
    }
    let password = fields.text("password");
    match policy {
        PasswordPolicy::Origin => check_length(&mut errors, "password", password, (6, 30)),
        PasswordPolicy::Native if password.is_empty() => {
            add(&mut errors, "password", REQUIRED.into());
        }
        PasswordPolicy::Native => {}
    }
    if !fields.text("confirm").is_empty() && fields.text("confirm") != password {
        add(&mut errors, "confirm", "Passwords must match".into());
    }
    done(errors)?;
    Ok(NewUser {
        username: Some(username.to_owned()),
        email: Some(email.to_owned()),
        password: password.to_owned().into(),
        attributes: KEPT.map(|(field, name)| (name.into(), fields.text(field).into())).into(),
        ..NewUser::default()
    })
}

fn check_length(
    errors: &mut FieldErrors,
    name: &'static str,
    text: &str,
    (min, max): (usize, usize),
) {
    if !(min..=max).contains(&text.chars().count()) {
        let text = format!("Field must be between {min} and {max} characters long.");
        add(errors, name, text);
    }
}

fn add(errors: &mut FieldErrors, name: &'static str, text: String) {
    errors.entry(name).or_default().push(text);
}

fn done(errors: FieldErrors) -> Result<(), Refusal> {
    if errors.is_empty() { Ok(()) } else { Err(Refusal::Form(errors)) }
}

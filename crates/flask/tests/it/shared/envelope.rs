//! The shape of a profile's answers, errors above all.

use crate::support::Answer;

/// Fails when the answer is a failure of the server, or not in the words of the profile.
pub(crate) fn assert_in_the_envelope(profile: &str, answer: &Answer) {
    assert!(answer.status < 500, "{profile}: {answer:?}");
    if answer.bytes.is_empty() {
        // To HEAD and OPTIONS, and what was deleted.
        return;
    }
    let fits = match (profile, answer.status < 400) {
        ("rest-auth", true) => is_json(answer, &[]),
        ("rest-auth", false) => is_page(answer) || is(answer, HTML, "Unauthorized Access"),
        ("api-tokens", true) => is_json(answer, &[]),
        ("api-tokens", false) => {
            answer.body["error"] == reason(answer)
                && (is_json(answer, &["error"]) || is_json(answer, &["error", "message"]))
                || answer.status == 404 && is_page(answer)
        }
        ("request-loader", true) => answer.header("content-type") == HTML,
        ("request-loader", false) => is_page(answer),
        ("user-system", true) => is_of_the_page(answer),
        ("user-system", false) => {
            let errors = answer.body["errors"].as_object();
            let members = errors.map(|errors| errors.keys().map(String::as_str).collect());
            members == Some(vec!["message", "more info", "type"]) && is_json(answer, &["errors"])
                || answer.status == 405 && is_page(answer)
        }
        ("flask-jwt", true) => true,
        ("flask-jwt", false) => {
            answer.body["status_code"] == answer.status
                && is_json(answer, &["description", "error", "status_code"])
                || matches!(answer.status, 404 | 405) && is_page(answer)
        }
        ("jwt-extended", true) => is_json(answer, &[]),
        ("jwt-extended", false) => is_json(answer, &["msg"]),
        _ => false,
    };
    assert!(fits, "not in the envelope of {profile}: {answer:?}");
}

const HTML: &str = "text/html; charset=utf-8";

fn is(answer: &Answer, kind: &str, text: &str) -> bool {
    answer.header("content-type") == kind && answer.text() == text
}

fn reason(answer: &Answer) -> &'static str {
    let status = axum::http::StatusCode::from_u16(answer.status).unwrap();
    status.canonical_reason().unwrap()
}

/// A JSON object, of exactly these members if there are any.
fn is_json(answer: &Answer, members: &[&str]) -> bool {
    let object = answer.body.as_object();
    let known = object.is_some_and(|object| {
        members.is_empty() || object.keys().map(String::as_str).eq(members.iter().copied())
    });
    known && answer.header("content-type") == "application/json"
}

/// A small page with the status as its title.
fn is_page(answer: &Answer) -> bool {
    let title = format!("<title>{} ", answer.status);
    answer.header("content-type") == HTML && answer.text().contains(&title)
}

fn is_of_the_page(answer: &Answer) -> bool {
    let kinds = [HTML, "text/javascript; charset=utf-8", "text/css; charset=utf-8"];
    let kind = answer.header("content-type");
    kinds.contains(&kind) || kind.starts_with("text/plain") || is_json(answer, &[])
}

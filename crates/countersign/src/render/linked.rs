//! Plain text as HTML, with its addresses as links where that is wanted.

use minijinja::{AutoEscape, Error, Output, State, Value, escape_formatter};

/// Text in which nothing is markup, within an element or a quoted attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

/// Writes a value into a template. The engine's own way spells a slash with six characters, and
/// pages are full of paths.
pub(super) fn write(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() && matches!(state.auto_escape(), AutoEscape::Html) => {
            out.write_str(&escaped(text)).map_err(Error::from)
        }
        _ => escape_formatter(out, state, value),
    }
}

/// The text as HTML in which whatever begins with `https://` or `http://` can be clicked.
pub(super) fn linked(text: Option<&str>) -> Value {
    let mut html = String::new();
    let mut rest = text.unwrap_or_default();
    while let Some(at) = next_link(rest) {
        let (before, from) = rest.split_at(at);
        let end = from.find(|c: char| c.is_whitespace() || "<>\"'`".contains(c));
        let link = from[..end.unwrap_or(from.len())].trim_end_matches(['.', ',', ')', ';']);
        let safe = escaped(link);
        html.push_str(&escaped(before));
        html.push_str(&format!("<a href=\"{safe}\">{safe}</a>"));
        rest = &from[link.len()..];
    }
    html.push_str(&escaped(rest));
    Value::from_safe_string(html)
}

fn next_link(text: &str) -> Option<usize> {
    let found = |scheme: &str| text.find(scheme);
    [found("https://"), found("http://")].into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::linked;

    #[test]
    fn an_address_can_be_clicked_and_nothing_else_is_markup() {
        let html = |text| linked(Some(text)).to_string();

        assert_eq!(
            html("Go to https://a.example/x?a=1&b=2. <b>"),
            "Go to <a href=\"https://a.example/x?a=1&amp;b=2\">https://a.example/x?a=1&amp;b=2</a>. \
             &lt;b&gt;"
        );
        assert_eq!(html("http://"), "<a href=\"http://\">http://</a>");
        assert_eq!(html("javascript:alert(1)"), "javascript:alert(1)");
        assert!(!html("https://x\"onclick=alert(1)").contains("\"onclick"));
        assert_eq!(html(""), "");
    }
}

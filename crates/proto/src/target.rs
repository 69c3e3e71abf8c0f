//! Where somebody may be sent after a login: a path on this very host and nothing else.
//!
//! What a browser makes of a text is not what it looks like: it drops tabs and line ends, takes a
//! backslash for a slash and two slashes for another host. So only a small alphabet is let
//! through, and no part of a path that a parser could shorten.

/// The longest target that is looked at, in bytes.
pub const MAX_LEN: usize = 2048;

/// The target itself when it is safe in a `Location` header: an absolute path of ordinary
/// characters, with or without query and fragment (RFC 3986 §3.3 to §3.5).
///
/// ```
/// use countersign_proto::target::local;
///
/// assert_eq!(local("/orders?id=7#top"), Some("/orders?id=7#top"));
/// assert_eq!(local("//evil.example"), None);
/// assert_eq!(local("/\\evil.example"), None);
/// ```
pub fn local(text: &str) -> Option<&str> {
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let (path, rest) = text.split_at(end);
    let safe = text.len() <= MAX_LEN
        && path.starts_with('/')
        && path.bytes().all(is_path_byte)
        && rest.bytes().all(|byte| is_path_byte(byte) || matches!(byte, b'?' | b'#'))
        && escapes_are_harmless(text)
        && (path == "/" || segments(path).all(is_plain_segment));
    safe.then_some(text)
}

/// `pchar`, the slash and the percent sign.
fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%".contains(&byte)
}

/// Every escape is complete, and none stands for a control character, a slash or a backslash.
fn escapes_are_harmless(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        let byte = after.get(..2).and_then(|hex| {
            let digits = hex.bytes().all(|digit| digit.is_ascii_hexdigit());
            digits.then(|| u8::from_str_radix(hex, 16).ok()).flatten()
        });
        byte.is_some_and(|byte| byte >= b' ' && byte != 0x7f && byte != b'/' && byte != b'\\')
    })
}

/// What is between the slashes; one at the end closes the last segment and opens none.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    let inner = &path[1..];
    inner.strip_suffix('/').unwrap_or(inner).split('/')
}

/// Neither empty, which would make two slashes, nor one or two dots, however they are spelled.
fn is_plain_segment(segment: &str) -> bool {
    let dots = segment.to_ascii_lowercase().replace("%2e", ".");
    // What follows a semicolon is dropped by some servers before they look at the dots.
    !matches!(dots.split(';').next().unwrap_or(""), "" | "." | "..")
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn ordinary_paths_pass_as_they_are() {
        for path in ["/", "/a", "/a/b/", "/a?b=c&d=%20e#f", "/a?next=https://x.example//y", "/@me"]
        {
            assert_eq!(local(path), Some(path));
        }
    }

    #[test]
    fn whatever_a_browser_could_take_for_another_place_does_not() {
        for text in [
            "",
            "a",
            "//x",
            "/\\x",
            "\\/x",
            "/\tx",
            "/\n/x",
            "https://x",
            "javascript:x",
            "/a//b",
            "/a//",
            "/.//x",
            "/../x",
            "/%2e%2e/x",
            "/..;/x",
            "/a\\b",
            "/%5cx",
            "/%2f/x",
            "/%09/x",
            "/é",
            "/%",
            "/%zz",
            " /x",
            "/a b",
            "?a",
            "#a",
            "/;/x",
            "/%00",
            "/a/..",
            "/a/.",
        ] {
            assert_eq!(local(text), None, "{text:?}");
        }
    }
}

//! What the two tokens, and what goes with each, are called where they are carried.

/// The names that go with one of the two tokens. In each of the library's names there is `ACCESS` or
/// `REFRESH`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Names {
    /// The cookie that carries it (`JWT_ACCESS_COOKIE_NAME`).
    pub cookie: String,
    /// The path below which that is sent (`JWT_ACCESS_COOKIE_PATH`).
    pub cookie_path: String,
    /// The cookie from which a page reads what it repeats (`JWT_ACCESS_CSRF_COOKIE_NAME`).
    pub csrf_cookie: String,
    /// The path below which pages can read it (`JWT_ACCESS_CSRF_COOKIE_PATH`).
    pub csrf_cookie_path: String,
    /// The header in which a page repeats it (`JWT_ACCESS_CSRF_HEADER_NAME`).
    pub csrf_header: String,
    /// The field of a form in which it does (`JWT_ACCESS_CSRF_FIELD_NAME`).
    pub csrf_field: String,
    /// The member of a JSON body that carries the token (`JWT_JSON_KEY`, `JWT_REFRESH_JSON_KEY`).
    pub json_key: String,
}

impl Names {
    /// The library's, for `access` or `refresh`.
    pub(super) fn of(kind: &str) -> Self {
        Self {
            cookie: format!("{kind}_token_cookie"),
            cookie_path: "/".into(),
            csrf_cookie: format!("csrf_{kind}_token"),
            csrf_cookie_path: "/".into(),
            csrf_header: "X-CSRF-TOKEN".into(),
            csrf_field: "csrf_token".into(),
            json_key: format!("{kind}_token"),
        }
    }

    /// What the option of this name, without the kind of token in it, is kept in.
    pub(super) fn word(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "cookie_name" => &mut self.cookie,
            "csrf_cookie_name" => &mut self.csrf_cookie,
            "csrf_header_name" => &mut self.csrf_header,
            "csrf_field_name" => &mut self.csrf_field,
            "json_key" => &mut self.json_key,
            _ => return None,
        })
    }

    /// The same for paths.
    pub(super) fn path(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "cookie_path" => &mut self.cookie_path,
            "csrf_cookie_path" => &mut self.csrf_cookie_path,
            _ => return None,
        })
    }
}

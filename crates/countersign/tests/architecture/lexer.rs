//! Rust's tokens, as far as the rules need them: words and signs with their lines. Comments vanish,
//! strings and numbers become `Literal`, so that no rule fires on prose.

/// A piece of code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Token {
    Word(String),
    Sign(char),
    Lifetime,
    Literal,
}

/// Every token of `text` with its line, counted from one.
pub(crate) fn tokens(text: &str) -> Vec<(usize, Token)> {
    let mut lexer = Lexer { rest: text, line: 1 };
    let mut found = Vec::new();
    while !lexer.rest.is_empty() {
        let line = lexer.line;
        if let Some(token) = lexer.next_token() {
            found.push((line, token));
        }
    }
    found
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
}

impl Lexer<'_> {
    /// Takes one token or one stretch of nothing.
    fn next_token(&mut self) -> Option<Token> {
        let first = self.rest.chars().next()?;
        if first.is_whitespace() {
            self.take(first.len_utf8());
            return None;
        }
        if self.rest.starts_with("//") {
            self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
            return None;
        }
        if self.rest.starts_with("/*") {
            self.take(block_comment(self.rest));
            return None;
        }
        if let Some(length) = string(self.rest) {
            self.take(length);
            return Some(Token::Literal);
        }
        if first == '\'' {
            return Some(self.quote());
        }
        if first.is_alphabetic() || first == '_' {
            let word = self.rest.split(|c: char| !is_word(c)).next().unwrap_or_default();
            let word = word.to_owned();
            self.take(word.len());
            return Some(Token::Word(word));
        }
        if first.is_ascii_digit() {
            self.take(self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len()));
            return Some(Token::Literal);
        }
        self.take(first.len_utf8());
        Some(Token::Sign(first))
    }

    /// A character or a lifetime: only the former has a second quote right behind.
    fn quote(&mut self) -> Token {
        let inner: Vec<(usize, char)> = self.rest.char_indices().skip(1).take(3).collect();
        let length = match inner[..] {
            [(_, '\\'), (at, escaped), ..] => {
                let from = at + escaped.len_utf8();
                self.rest[from..].find('\'').map(|end| from + end + 1)
            }
            [_, (at, '\''), ..] => Some(at + 1),
            _ => None,
        };
        if let Some(length) = length {
            self.take(length);
            return Token::Literal;
        }
        self.take(1);
        self.take(self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len()));
        Token::Lifetime
    }

    fn take(&mut self, length: usize) {
        let (taken, rest) = self.rest.split_at(length);
        self.line += taken.matches('\n').count();
        self.rest = rest;
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a block comment, which may hold others.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_u32;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

/// The length of a string literal of any kind, if `text` begins with one.
fn string(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r", "b", "c", ""];
    for prefix in prefix {
        let Some(rest) = text.strip_prefix(prefix) else { continue };
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        let raw = prefix.ends_with('r');
        let Some(body) = rest[hashes..].strip_prefix('"') else { continue };
        if !raw && hashes > 0 {
            continue;
        }
        let end = if raw { raw_end(body, hashes) } else { cooked_end(body) };
        return Some(text.len() - body.len() + end);
    }
    None
}

fn raw_end(body: &str, hashes: usize) -> usize {
    let close = format!("\"{}", "#".repeat(hashes));
    body.find(&close).map_or(body.len(), |at| at + close.len())
}

fn cooked_end(body: &str) -> usize {
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    body.len()
}

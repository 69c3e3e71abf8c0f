//! The paths a source file names: `use` trees written out, `self` and `super` resolved.

use crate::lexer::Token;

/// A path as it is named in the code.
#[derive(Debug)]
pub(crate) struct Name {
    pub(crate) line: usize,
    pub(crate) path: Vec<String>,
    /// Named in a `use`, where one segment alone is a crate or module already.
    pub(crate) imported: bool,
}

/// Every path that `tokens`, the code of the module `module` of its crate, names.
pub(crate) fn names(tokens: &[(usize, Token)], module: &[String]) -> Vec<Name> {
    let mut reader = Reader { tokens, at: 0, module: module.to_vec(), inline: vec![], depth: 0 };
    let mut found = Vec::new();
    while reader.at < tokens.len() {
        reader.step(&mut found);
    }
    found
}

struct Reader<'a> {
    tokens: &'a [(usize, Token)],
    at: usize,
    module: Vec<String>,
    /// At which depth of braces each inline `mod` we are in has begun.
    inline: Vec<usize>,
    depth: usize,
}

impl Reader<'_> {
    fn step(&mut self, found: &mut Vec<Name>) {
        match self.peek(0).cloned() {
            Some(Token::Sign('{')) => self.depth += 1,
            Some(Token::Sign('}')) => self.close(),
            Some(Token::Word(word)) if word == "use" => {
                self.at += 1;
                self.use_tree(Vec::new(), found);
            }
            Some(Token::Word(word)) if word == "mod" => self.inline_module(),
            Some(Token::Word(_)) if self.after_dot() => {}
            Some(Token::Word(_)) => return self.plain_path(found),
            _ => {}
        }
        self.at += 1;
    }

    fn peek(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead).map(|(_, token)| token)
    }

    fn line(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(0, |(line, _)| *line)
    }

    fn after_dot(&self) -> bool {
        self.at > 0 && self.tokens[self.at - 1].1 == Token::Sign('.')
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.inline.last() == Some(&self.depth) {
            self.inline.pop();
            self.module.pop();
        }
    }

    fn inline_module(&mut self) {
        let (Some(Token::Word(name)), Some(Token::Sign('{'))) = (self.peek(1), self.peek(2)) else {
            return;
        };
        self.module.push(name.clone());
        self.inline.push(self.depth);
    }

    fn at_separator(&self) -> bool {
        self.peek(0) == Some(&Token::Sign(':')) && self.peek(1) == Some(&Token::Sign(':'))
    }

    fn plain_path(&mut self, found: &mut Vec<Name>) {
        let line = self.line();
        let mut path = Vec::new();
        while let Some(Token::Word(word)) = self.peek(0).cloned() {
            path.push(word);
            self.at += 1;
            if !self.at_separator() || !matches!(self.peek(2), Some(Token::Word(_))) {
                break;
            }
            self.at += 2;
        }
        found.push(Name { line, path: self.resolve(path), imported: false });
    }

    /// One branch of a `use`; stops in front of what closes it.
    fn use_tree(&mut self, mut path: Vec<String>, found: &mut Vec<Name>) {
        let line = self.line();
        loop {
            if self.at_separator() {
                self.at += 2;
            }
            match self.peek(0).cloned() {
                Some(Token::Word(word)) if word == "as" => self.at += 2,
                Some(Token::Word(word)) => {
                    path.push(word);
                    self.at += 1;
                }
                Some(Token::Sign('*')) => self.at += 1,
                Some(Token::Sign('{')) => return self.use_group(&path, found),
                _ => break,
            }
        }
        found.push(Name { line, path: self.resolve(path), imported: true });
    }

    fn use_group(&mut self, path: &[String], found: &mut Vec<Name>) {
        loop {
            self.at += 1;
            if self.peek(0) != Some(&Token::Sign('}')) {
                self.use_tree(path.to_vec(), found);
            }
            if self.peek(0) != Some(&Token::Sign(',')) {
                break;
            }
        }
        self.at += 1;
    }

    fn resolve(&self, path: Vec<String>) -> Vec<String> {
        let relative = path.iter().take_while(|part| *part == "self" || *part == "super").count();
        if relative == 0 {
            return path;
        }
        let up = path.iter().take(relative).filter(|part| *part == "super").count();
        let kept = self.module.len().saturating_sub(up);
        let base = self.module[..kept].iter();
        std::iter::once("crate".to_owned())
            .chain(base.cloned())
            .chain(path.into_iter().skip(relative))
            .collect()
    }
}

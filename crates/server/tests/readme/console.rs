//! Fenced `console` blocks: commands behind `$ `, below each what it prints. `…` in what it prints
//! stands for anything within the line, and alone on a line for any lines.

/// A command and what it is to print.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Where the command begins.
    pub(crate) line: usize,
    pub(crate) command: String,
    pub(crate) output: String,
}

/// The steps of all `console` blocks of a page, in their order.
pub(crate) fn steps(page: &str) -> Vec<Step> {
    let mut found: Vec<Step> = Vec::new();
    let (mut inside, mut continued) = (false, false);
    for (at, line) in page.lines().enumerate() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match (line.strip_prefix("$ "), found.last_mut()) {
                (_, Some(step)) if continued => {
                    step.command.push_str(&format!("\n{line}"));
                    continued = line.ends_with('\\');
                }
                (Some(command), _) => {
                    let output = String::new();
                    found.push(Step { line: at + 1, command: command.to_owned(), output });
                    continued = line.ends_with('\\');
                }
                (None, Some(step)) => {
                    let separator = if step.output.is_empty() { "" } else { "\n" };
                    step.output.push_str(&format!("{separator}{line}"));
                }
                (None, None) => {}
            },
        }
    }
    found
}

/// Whether `output` is what `expected` describes, line by line.
pub(crate) fn matches(expected: &str, output: &str) -> bool {
    let (expected, output): (Vec<_>, Vec<_>) =
        (expected.lines().collect(), output.lines().collect());
    lines_match(&expected, &output)
}

fn lines_match(expected: &[&str], output: &[&str]) -> bool {
    match (expected, output) {
        ([], []) => true,
        (["…", rest @ ..], _) => (0..=output.len()).any(|n| lines_match(rest, &output[n..])),
        ([first, rest @ ..], [line, after @ ..]) => {
            line_matches(first, line) && lines_match(rest, after)
        }
        _ => false,
    }
}

fn line_matches(expected: &str, line: &str) -> bool {
    let mut parts = expected.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.len() > part.len() && rest.ends_with(part);
        }
        // `…` stands for at least one character.
        let Some(after) = rest.char_indices().nth(1).map(|(at, _)| at) else { return false };
        let Some(found) = rest[after..].find(part) else { return false };
        rest = &rest[after + found + part.len()..];
    }
    true
}

#[test]
fn a_command_may_go_on_in_the_next_line_and_what_follows_is_its_output() {
    let page = "text\n```console\n$ a \\\n  b\none\ntwo\n$ c\n```\n$ no\n";

    let step = |line, command: &str, output: &str| Step {
        line,
        command: command.to_owned(),
        output: output.to_owned(),
    };
    assert_eq!(steps(page), [step(3, "a \\\n  b", "one\ntwo"), step(7, "c", "")]);
}

#[test]
fn an_ellipsis_stands_for_something_within_a_line_and_everything_else_for_itself() {
    assert!(matches(r#"{"id":"…","n":…}"#, r#"{"id":"7","n":12}"#));
    assert!(matches("a…", "ab"));
    assert!(!matches("a…", "a"));
    assert!(!matches(r#"{"id":"…"}"#, r#"{"id":"7","more":1}"#));
    assert!(!matches("a…c", "ab\nc"));
    assert!(!matches("a", "ab"));
    assert!(!matches("", "a"));
}

#[test]
fn an_ellipsis_alone_on_a_line_stands_for_any_lines() {
    assert!(matches("a\n…\nd", "a\nb\nc\nd"));
    assert!(matches("a\n…\nd", "a\nd"));
    assert!(matches("…\nb\n…\n\nd", "a\nb\nc\n\nd"));
    assert!(!matches("a\n…\nd", "a\nb\nc"));
    assert!(!matches("…\nb", "a\nb\nc"));
}

//! What replaces built-in files, and what is wrong with it.

use std::fs;

use minijinja::context;
use tempfile::TempDir;

use super::*;

fn folder(files: &[(&str, &str)]) -> (TempDir, Pages) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let pages = Pages { folder: Some(folder.path().to_owned()), ..Pages::default() };
    (folder, pages)
}

fn given(files: &[(&str, &str)]) -> Pages {
    let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    Pages { files: files.iter().map(owned).collect(), ..Pages::default() }
}

fn login(renderer: &Renderer, language: Language) -> String {
    renderer.page("login.html", language, samples::with("en", &serde_json::json!({}))).unwrap()
}

fn refused(pages: &Pages) -> String {
    let error = Renderer::open(pages).err().expect("a broken file");
    error.to_string()
}

#[test]
fn a_template_of_the_folder_replaces_the_built_in_one_and_may_build_on_the_layout() {
    let own = "{% extends \"layout.html\" %}{% block main %}<p>{{ t(\"login-submit\") }}!</p>{% endblock %}";
    let (_folder, pages) = folder(&[("login.html", own), ("notes.md", "{% broken")]);

    let page = login(&Renderer::open(&pages).unwrap(), Language::En);

    assert!(page.contains("<p>Log in!</p>") && page.contains("class=\"brand\""), "{page}");
}

#[test]
fn single_texts_are_replaced_and_the_others_stay() {
    let (_folder, pages) = folder(&[("locales/de.ftl", "login-title = Grüezi\n")]);
    let renderer = Renderer::open(&pages).unwrap();

    assert!(login(&renderer, Language::De).contains("<h1>Grüezi</h1>"));
    assert!(login(&renderer, Language::En).contains("<h1>Log in</h1>"));
}

#[test]
fn a_theme_comes_after_the_style_sheet_and_another_look_has_another_name() {
    let (_folder, themed) = folder(&[("theme.css", ":root { --accent: #123456 }")]);
    let plain = renderer();

    let themed = Renderer::open(&themed).unwrap();
    let alone = Renderer::open(&given(&[("style.css", "body {}")])).unwrap();

    assert!(themed.css().text.ends_with(":root { --accent: #123456 }"));
    assert!(themed.css().text.starts_with(&plain.css().text));
    assert_eq!(alone.css().text, "body {}");
    assert_ne!(themed.css().name, plain.css().name);
}

#[test]
fn the_folder_wins_over_what_the_program_gave() {
    let (_folder, mut pages) = folder(&[("message.html", "folder")]);
    pages.files = given(&[("message.html", "program"), ("error.html", "program")]).files;
    let renderer = Renderer::open(&pages).unwrap();

    let page = |name| renderer.page(name, Language::En, context! {}).unwrap();

    assert_eq!((page("message.html").as_str(), page("error.html").as_str()), ("folder", "program"));
}

#[test]
fn what_is_broken_is_named_with_file_and_line_at_the_start() {
    let cases = [
        ("login.html", "fine\n{% if %}", "login.html:2: "),
        (
            "login.html",
            "\n\n{{ t(\"no-such-text\") }}",
            "login.html:3: there is no text no-such-text",
        ),
        ("login.html", "{% extends \"nothing.html\" %}", "nothing.html"),
        ("login.html", "\n{{ service | shout }}", "login.html:2: "),
        ("login.html", "\n{{ service.no.more() }}", "login.html:2: "),
        ("mail/confirm.txt", "\n{% endfor %}", "mail/confirm.txt:2: "),
        ("part/told.html", "\n{% include %}", "part/told.html:2: "),
        ("locales/fr.ftl", "skip = Aller\n\nbroken\n", "locales/fr.ftl:3: "),
        ("locales/fr.ftl", "a = b\nskip = { $x }\n", "locales/fr.ftl:2: skip has no variable $x"),
    ];
    for (name, text, wanted) in cases {
        let (folder, pages) = folder(&[(name, text)]);
        let error = refused(&pages);
        assert!(error.contains(wanted), "{name}: {error}");
        assert!(error.contains(&folder.path().display().to_string()), "{name}: {error}");

        let error = refused(&given(&[(name, text)]));
        assert!(error.contains(wanted), "{name}: {error}");
    }
}

#[test]
fn a_folder_that_is_not_there_and_a_file_that_is_no_text_are_refused() {
    let nowhere = Pages { folder: Some("/nowhere/at/all".into()), ..Pages::default() };
    let (folder, pages) = folder(&[]);
    fs::write(folder.path().join("login.html"), [0xff, 0xfe]).unwrap();

    assert!(refused(&nowhere).contains("/nowhere/at/all"));
    assert!(refused(&pages).contains("login.html"));
}

#[test]
fn a_mail_has_its_subject_from_the_texts_and_its_bodies_from_templates() {
    let text = "mail-test-subject = { $service }: { $minutes ->\n    [one] a minute\n   *[other] { $minutes } minutes\n}\n";
    let pages = given(&[
        ("locales/en.ftl", text),
        (
            "mail/test.txt",
            "{% extends \"mail/layout.txt\" %}{% block main %}{{ name }}{% endblock %}",
        ),
        (
            "mail/test.html",
            "{% extends \"mail/layout.html\" %}{% block main %}{{ name }}{% endblock %}",
        ),
    ]);
    let facts = [("name", "<b>"), ("minutes", "10")];
    let facts = facts.map(|(name, value)| (name.to_owned(), value.to_owned())).into();

    let renderer = Renderer::open(&pages).unwrap();
    let mail = renderer.mail("test", Language::Es, &facts, "Shop").unwrap();

    assert_eq!(mail.subject, "Shop: 10 minutes");
    assert!(mail.text.contains("<b>") && !mail.html.contains("<b>"), "{}", mail.html);
    assert!(mail.html.contains("&lt;b&gt;"), "{}", mail.html);
}

#[test]
fn a_wait_is_told_in_seconds_or_in_minutes() {
    let renderer = renderer();
    let text = |seconds| {
        renderer.text(Language::En, "error-too-many-requests", &[("seconds", seconds)]).unwrap()
    };

    assert_eq!(text("0"), "Too many attempts. Please wait a little, then try again.");
    assert_eq!(text("1"), "Too many attempts. Please try again in a second.");
    assert_eq!(text("60"), "Too many attempts. Please try again in 60 seconds.");
    assert_eq!(text("61"), "Too many attempts. Please try again in 2 minutes.");
}

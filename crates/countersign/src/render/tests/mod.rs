//! Every template, every text, and what they weigh.

mod samples;

use minijinja::context;

use super::*;

fn renderer() -> Renderer {
    Renderer::open(&Pages::default()).unwrap()
}

#[test]
fn every_template_is_built_in_and_every_text_in_it_is_there() {
    let renderer = renderer();
    for (name, text) in built_in::PAGES.iter().chain(built_in::MAILS) {
        for (line, key) in check::keys(text) {
            assert!(renderer.texts.has(key), "{name}:{line}: no text {key}");
        }
        let page = renderer.page(name, Language::En, context! { language => "en" });
        assert!(page.is_ok(), "{name}: {}", page.unwrap_err());
    }
}

#[test]
fn gallery() {
    let renderer = renderer();
    let _ = std::fs::create_dir_all("/tmp/gallery/assets");
    std::fs::write("/tmp/gallery/assets/style-0123456789abcdef.css", &renderer.css.text).unwrap();
    std::fs::write("/tmp/gallery/assets/script-0123456789abcdef.js", &renderer.script.text)
        .unwrap();
    for (name, own) in samples::account().into_iter().chain(samples::outside()) {
        let page = renderer.page(name, Language::En, samples::with("en", &own)).unwrap();
        std::fs::write(format!("/tmp/gallery/{name}"), page).unwrap();
    }
}

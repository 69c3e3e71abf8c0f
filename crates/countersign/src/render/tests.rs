//! Every template, every text.

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
        let page = renderer.page(name, Language::En, check::sample(name));
        assert!(page.is_ok(), "{name}: {}", page.unwrap_err());
    }
}

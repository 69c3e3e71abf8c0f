//! The languages of pages and mails, and which one a browser asks for.

/// A language there are texts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Language {
    #[default]
    En,
    De,
    Fr,
    Es,
}

/// More of an `Accept-Language` than this is not looked at, bytes.
const LONGEST: usize = 512;

impl Language {
    pub(crate) const ALL: [Self; 4] = [Self::En, Self::De, Self::Fr, Self::Es];

    /// As in `lang` attributes, cookies and the database (RFC 5646).
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
        }
    }

    /// What those who speak it call it.
    pub(crate) const fn endonym(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Fr => "Français",
            Self::Es => "Español",
        }
    }

    /// The language of a tag, whatever its script or region: `de-AT` is German.
    pub(crate) fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|each| primary.eq_ignore_ascii_case(each.as_str()))
    }

    /// The best of what an `Accept-Language` asks for (RFC 9110 §12.5.4), else English.
    pub(crate) fn negotiate(accept: &str) -> Self {
        let accept = accept.get(..LONGEST).unwrap_or(accept);
        let mut best = (0, Self::default());
        for range in accept.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default();
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1000, thousandths);
            if let Some(language) = Self::parse(tag)
                && weight > best.0
            {
                best = (weight, language);
            }
        }
        best.1
    }

    pub(super) const fn index(self) -> usize {
        self as usize
    }
}

/// A weight of `0` to `1`; what is none counts for nothing.
fn thousandths(weight: &str) -> u16 {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    let padded: String = fraction.chars().chain("000".chars()).take(3).collect();
    match (whole, padded.parse()) {
        ("1", Ok(_)) => 1000,
        ("0", Ok(part)) => part,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, De, En, Es, Fr};

    #[test]
    fn the_heaviest_language_there_is_wins_and_the_first_of_equals() {
        let cases = [
            ("de-AT,de;q=0.9,en;q=0.8", De),
            ("en;q=0.1, FR-ca;q=0.7", Fr),
            ("es-419", Es),
            ("pt-BR, pt;q=0.9, es;q=0.2", Es),
            ("fr, de", Fr),
            ("de;q=0, en", En),
            ("de;q=0", En),
            ("*", En),
            ("", En),
            (";;;,,q=1", En),
            ("de;q=broken, fr;q=0.001", Fr),
            ("ja, zh", En),
        ];
        for (accept, wanted) in cases {
            assert_eq!(Language::negotiate(accept), wanted, "{accept}");
        }
    }

    #[test]
    fn a_header_without_end_is_read_to_its_bound() {
        let long = format!("{}de", "xx,".repeat(100_000));

        assert_eq!(Language::negotiate(&long), En);
    }

    #[test]
    fn a_tag_is_read_back_as_what_wrote_it() {
        for language in Language::ALL {
            assert_eq!(Language::parse(language.as_str()), Some(language));
            assert_eq!(Language::ALL[language.index()], language);
        }
        assert_eq!(Language::parse("deutsch"), None);
        assert_eq!(Language::parse(""), None);
    }
}

//! Scopes: sets of words, bounded.

use std::collections::BTreeSet;

use countersign_proto::scope::{MAX_TOKENS, Scope};
use proptest::prelude::*;

proptest! {
    #[test]
    fn any_text_is_a_scope_or_an_error(text in ".*") {
        let _ = Scope::parse(&text);
    }

    #[test]
    fn what_is_written_reads_back_and_holds_exactly_the_words_given(
        words in prop::collection::vec(r"[!#-\[\]-~]{1,64}", 0..=MAX_TOKENS)
    ) {
        let scope = Scope::parse(&words.join(" ")).unwrap();

        prop_assert_eq!(&Scope::parse(&scope.to_string()).unwrap(), &scope);
        prop_assert!(words.iter().all(|word| scope.contains(word)));
        prop_assert_eq!(scope.iter().count(), words.iter().collect::<BTreeSet<_>>().len());
    }

    #[test]
    fn an_intersection_is_a_subset_of_both(one in "([a-e] ){0,5}z", other in "([c-g] ){0,5}z") {
        let (one, other) = (Scope::parse(&one).unwrap(), Scope::parse(&other).unwrap());

        let both = one.intersection(&other);

        prop_assert!(both.is_subset(&one) && both.is_subset(&other) && both.contains("z"));
    }
}

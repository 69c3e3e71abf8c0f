//! Arbitrary text as user name, e-mail address, login and role: accepted names keep their key.
#![no_main]

use countersign_proto::{
    name::{EmailAddress, Login, RoleName, Username},
    secret::looks_like_token,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(name) = Username::parse(text) {
        let again = Username::parse(name.canonical()).expect("a key is a name");
        assert_eq!(again.canonical(), name.canonical());
        assert!(!name.canonical().contains(['@', ':']) && !looks_like_token(name.shown()));
        assert_eq!(Login::parse(text), Ok(Login::Username(name.canonical().to_owned())));
    }
    if let Ok(address) = EmailAddress::parse(text) {
        let again = EmailAddress::parse(address.canonical()).expect("a key is an address");
        assert_eq!(again.canonical(), address.canonical());
        assert_eq!(EmailAddress::parse(address.shown()).as_ref(), Ok(&address));
        assert_eq!(address.shown().matches('@').count(), 1);
        assert!(!address.shown().contains(['"', '\r', '\n', ',', '<', '>', ' ']));
    }
    let _ = Login::parse(text);
    if let Ok(role) = RoleName::parse(text) {
        assert_eq!(role.as_str(), text);
    }
});

//! HTTPS by two files, verified by the client.

use std::sync::Arc;

use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::kit::{Place, answer, get};

fn certificate(place: &Place) -> rcgen::CertifiedKey<rcgen::KeyPair> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    place.write("cert.pem", &made.cert.pem());
    place.write("key.pem", &made.signing_key.serialize_pem());
    made
}

#[test]
fn https_is_served_with_the_given_certificate() {
    let place = Place::new();
    let made = certificate(&place);
    let server = place.serve(&["--tls-cert=cert.pem", "--tls-key=key.pem"]);
    let roots = RootCerts::new_with_certs(&[Certificate::from_der(made.cert.der()).to_owned()]);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls =
        TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider).build();
    let agent: ureq::Agent =
        ureq::Agent::config_builder().tls_config(tls).http_status_as_error(false).build().into();
    let (_, port) =
        server.address().rsplit_once(':').map(|(h, p)| (h.to_owned(), p.to_owned())).unwrap();

    let health = answer(agent.get(format!("https://localhost:{port}/healthz")).call());

    assert_eq!(health.status, 200);
    assert!(server.url("").starts_with("https://"));
    assert!(agent.get(format!("http://localhost:{port}/healthz")).call().is_err());
}

#[test]
fn files_that_are_no_certificate_and_key_are_refused_by_name() {
    let place = Place::new();
    certificate(&place);
    place.write("empty.pem", "");
    let refused = |cert, key| {
        let done =
            place.run(&["serve", "--listen=127.0.0.1:0", "--tls-cert", cert, "--tls-key", key]);
        assert_eq!(done.code, 2, "{}", done.err);
        done.err
    };

    assert!(refused("empty.pem", "key.pem").contains("--tls-cert"));
    assert!(refused("absent.pem", "key.pem").contains("--tls-cert"));
    assert!(refused("cert.pem", "cert.pem").contains("--tls-key"));
    assert!(place.run(&["serve", "--tls-cert=cert.pem"]).err.contains("tls_key as well"));
}

#[test]
fn plain_http_is_no_default_off_loopback_but_tls_is() {
    let place = Place::new();
    certificate(&place);

    let server = place.serve(&[
        "--listen=0.0.0.0:0",
        "--tls-cert=cert.pem",
        "--tls-key=key.pem",
        "--metrics-listen=127.0.0.1:0",
    ]);

    assert_eq!(get(server.ready["metrics"].as_str().unwrap()).status, 200);
}

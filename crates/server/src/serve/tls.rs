//! TLS by two files: TLS 1.2 and 1.3, HTTP/2 and HTTP/1.1 by ALPN.

use std::{path::Path, sync::Arc};

use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio_rustls::TlsAcceptor;

use crate::{exit::Problem, settings::Effective};

/// What turns connections into TLS, if the two files are set.
///
/// # Errors
/// Naming the file that is not what it has to be.
pub(super) fn acceptor(effective: &Effective) -> Result<Option<TlsAcceptor>, Problem> {
    let server = &effective.server;
    let (Some(cert), Some(key)) = (&server.tls_cert, &server.tls_key) else { return Ok(None) };
    let chain = chain(cert).map_err(|expected| effective.mistake("tls_cert", &expected))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| {
        effective.mistake("tls_key", &format!("a PEM file with a private key: {error}"))
    })?;
    let failed = |error: rustls::Error| {
        effective.mistake("tls_key", &format!("the key of the certificate in tls_cert: {error}"))
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(failed)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Some(TlsAcceptor::from(Arc::new(config))))
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let expected = "a PEM file with a certificate";
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| format!("{expected}: {error}"))?;
    if certificates.is_empty() {
        return Err(expected.to_owned());
    }
    Ok(certificates)
}

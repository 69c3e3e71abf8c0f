//! TLS to PostgreSQL: certificates are verified, always.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{DbError, Target};

/// The connector of this target. With `sslmode=disable` it believes nobody and is never asked.
pub(super) fn connector(target: &Target) -> Result<MakeRustlsConnect, DbError> {
    let roots = match (target.config.get_ssl_mode(), &target.roots) {
        (SslMode::Disable, _) => RootCertStore::empty(),
        (_, Some(file)) => {
            let pem = CertificateDer::pem_file_iter(file).map_err(DbError::failed)?;
            store(pem.collect::<Result<_, _>>().map_err(DbError::failed)?)?
        }
        (_, None) => store(rustls_native_certs::load_native_certs().certs)?,
    };
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(DbError::failed)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn store(certificates: Vec<CertificateDer<'static>>) -> Result<RootCertStore, DbError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates);
    if roots.is_empty() {
        return Err(DbError::failed("there is no root certificate to verify PostgreSQL's with"));
    }
    Ok(roots)
}

//! Why a certificate is refused.
//!
//! rustls carries our error through to the end of the handshake.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::{CertificateError, Error as Tls, OtherError};

use super::certificate::Certificate;
use super::date::date;
use super::fingerprint::Fingerprint;
use crate::error::Error;

/// As [`Error::Certificate`].
pub(super) fn refused(certificate: &CertificateDer<'_>, error: &Tls) -> Tls {
    carry(certificate, why(certificate, error))
}

/// Another one than the only one to accept.
pub(super) fn other_certificate(certificate: &CertificateDer<'_>) -> Tls {
    carry(certificate, "it is not the one of ssl-fingerprint".into())
}

/// The handshake does not fit the certificate.
pub(super) fn bad_signature(certificate: &CertificateDer<'_>, error: &Tls) -> Tls {
    match error {
        Tls::InvalidCertificate(CertificateError::BadSignature) => carry(
            certificate,
            "the camera does not prove that it has its key, or the key is an RSA key that is \
             too short to be checked"
                .into(),
        ),
        other => refused(certificate, other),
    }
}

/// What was refused, out of rustls's error.
pub(super) fn carried(error: &CertificateError) -> Option<Error> {
    let CertificateError::Other(OtherError(inner)) = error else { return None };
    inner.downcast_ref().cloned()
}

fn carry(certificate: &CertificateDer<'_>, why: String) -> Tls {
    let fingerprint = Fingerprint::of(certificate).to_string();
    let error = Error::Certificate { why, fingerprint };
    CertificateError::Other(OtherError(Arc::new(error))).into()
}

fn why(certificate: &CertificateDer<'_>, error: &Tls) -> String {
    let Tls::InvalidCertificate(error) = error else { return error.to_string() };
    let certificate = Certificate::read(certificate);
    let is_self_signed = certificate.is_some_and(|read| read.is_self_signed());
    let and_self_signed = if is_self_signed { ", and it is self-signed" } else { "" };
    match error {
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("it expired on {}{and_self_signed}", date(not_after.as_secs()))
        }
        CertificateError::NotValidYetContext { time, not_before } => format!(
            "it is not valid before {}, and the clock of this computer says {}{and_self_signed}",
            date(not_before.as_secs()),
            date(time.as_secs())
        ),
        CertificateError::NotValidForNameContext { expected, presented } => {
            let host = expected.to_str();
            match names(presented) {
                Some(names) if names == host => format!(
                    "it has the number {host} written as a name, where TLS wants an iPAddress \
                     (RFC 9525 §6.3)"
                ),
                Some(names) => format!("it is for {names} and not for {host}"),
                None => match certificate.and_then(|read| read.subject()) {
                    Some(name) => format!("it names no host, only a subject called {name:?}"),
                    None => "it names no host".into(),
                },
            }
        }
        CertificateError::Other(OtherError(inner)) if is_version_1(inner.as_ref()) => {
            format!("it is an X.509v1 certificate, which names no host{and_self_signed}")
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            format!("it is signed in a way that is not safe any more{and_self_signed}")
        }
        CertificateError::BadSignature => "another issuer of the same name has signed it".into(),
        CertificateError::BadEncoding => "it cannot be read".into(),
        CertificateError::InvalidPurposeContext { .. } => "it is not meant for servers".into(),
        _ if is_self_signed => "it is self-signed".into(),
        CertificateError::UnknownIssuer => match certificate.and_then(|read| read.issuer()) {
            Some(issuer) => format!("its issuer {issuer:?} is not trusted"),
            None => "its issuer is not trusted".into(),
        },
        CertificateError::Other(OtherError(inner)) => inner.to_string(),
        other => other.to_string(),
    }
}

fn is_version_1(error: &(dyn std::error::Error + 'static)) -> bool {
    matches!(error.downcast_ref(), Some(webpki::Error::UnsupportedCertVersion))
}

/// webpki writes them as `DnsName("camera")` and `IpAddress(192.168.0.1)`.
fn names(presented: &[String]) -> Option<String> {
    let bare = |name: &String| match name.split_once('(') {
        Some((_, name)) => name.trim_end_matches(')').trim_matches('"').to_owned(),
        None => name.clone(),
    };
    let names: Vec<String> = presented.iter().map(bare).collect();
    let (last, others) = names.split_last()?;
    Some(if others.is_empty() { last.clone() } else { format!("{} or {last}", others.join(", ")) })
}

//! Why a certificate is refused or a handshake fails, and what to do.
//!
//! rustls carries our error through to the end of the handshake.

use std::sync::Arc;

use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::{
    AlertDescription, CertificateError, Error as Tls, InvalidMessage, OtherError, PeerIncompatible,
};

use super::certificate::{Certificate, Fingerprint};
use crate::error::Error;
use crate::net::deadline::Deadline;

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
            format!("it expired on {}{and_self_signed}", day(*not_after))
        }
        CertificateError::NotValidYetContext { time, not_before } => format!(
            "it is not valid before {}, and the clock of this computer says {}{and_self_signed}",
            day(*not_before),
            day(*time)
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

/// As `2026-03-01`, in UTC. Certificates can name later times than GLib knows.
fn day(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    glib::DateTime::from_unix_utc(seconds)
        .and_then(|time| time.format("%F"))
        .map_or_else(|_| "a day after the year 9999".into(), Into::into)
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

const TOO_OLD: &str = "the camera speaks only TLS 1.1 or older, which is not safe any more. \
                       Update its firmware, or set ssl-legacy=true to accept that";
const NOTHING_IN_COMMON: &str = "the camera offers no encryption that is still safe (perhaps only \
                                 RSA key exchange), or asks for a certificate. Update its \
                                 firmware, set ssl-client-cert, or set ssl-legacy=true to \
                                 accept old encryption";
pub(super) const NO_TLS: &str = "the camera does not speak TLS on this port. Try http:// in the \
                      address, or the port for https";
pub(super) const WHO_ARE_YOU: &str = "the camera does not accept this client's certificate, or its lack. \
                           Check ssl-client-cert and ssl-client-key";

/// A handshake that took too long: a port for http waits for a request meanwhile.
pub(super) fn late(error: ureq::Error, is_answered: bool, deadline: Deadline) -> ureq::Error {
    let after = deadline.told();
    match error {
        ureq::Error::Timeout(_) if is_answered => {
            ureq::Error::Other(Box::new(Error::SlowTls { after }))
        }
        ureq::Error::Timeout(_) => ureq::Error::Other(Box::new(Error::TlsSilent { after })),
        other => other,
    }
}

/// What went wrong with TLS.
pub(crate) fn explain(error: &Tls) -> Error {
    let why = match error {
        Tls::InvalidCertificate(why) => match carried(why) {
            Some(error) => return error,
            None => why.to_string(),
        },
        Tls::AlertReceived(alert) => return explain_alert(*alert),
        Tls::InvalidMessage(InvalidMessage::InvalidContentType) => NO_TLS.into(),
        Tls::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => TOO_OLD.into(),
        Tls::PeerIncompatible(_) => format!("{NOTHING_IN_COMMON} ({error})"),
        other => other.to_string(),
    };
    Error::Tls { why }
}

/// RFC 8446 §6.2.
fn explain_alert(alert: AlertDescription) -> Error {
    let why = match alert {
        AlertDescription::ProtocolVersion => TOO_OLD.into(),
        AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => {
            NOTHING_IN_COMMON.into()
        }
        AlertDescription::CertificateRequired
        | AlertDescription::BadCertificate
        | AlertDescription::NoCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::AccessDenied => format!("{WHO_ARE_YOU} ({alert:?})"),
        // A camera that is busy or about to restart.
        AlertDescription::InternalError
        | AlertDescription::UserCanceled
        | AlertDescription::CloseNotify => {
            return Error::Broken {
                why: format!("the camera ended the TLS handshake ({alert:?})"),
            };
        }
        other => format!("the camera ended the TLS handshake ({other:?})"),
    };
    Error::Tls { why }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for (error, is_permanent, words) in [
            (Tls::AlertReceived(AlertDescription::ProtocolVersion), true, "TLS 1.1"),
            (Tls::AlertReceived(AlertDescription::HandshakeFailure), true, "RSA key exchange"),
            (Tls::AlertReceived(AlertDescription::UnknownCA), true, "ssl-client-cert"),
            (Tls::AlertReceived(AlertDescription::UnrecognisedName), true, "UnrecognisedName"),
            (Tls::AlertReceived(AlertDescription::InternalError), false, "InternalError"),
            (Tls::InvalidMessage(InvalidMessage::InvalidContentType), true, "Try http://"),
            (PeerIncompatible::ServerDoesNotSupportTls12Or13.into(), true, "TLS 1.1"),
            (PeerIncompatible::NoKxGroupsInCommon.into(), true, "NoKxGroupsInCommon"),
            (Tls::DecryptError, true, "decrypt"),
        ] {
            let explained = explain(&error);
            assert_eq!(explained.is_permanent(), is_permanent, "{error}");
            assert!(explained.to_string().contains(words), "{error}: {explained}");
        }
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01"),
            (951_868_799, "2000-02-29"),
            (1_735_689_599, "2024-12-31"),
            (253_402_300_799, "9999-12-31"),
            (u64::MAX, "a day after the year 9999"),
        ] {
            assert_eq!(day(UnixTime::since_unix_epoch(Duration::from_secs(seconds))), expected);
        }
    }
}

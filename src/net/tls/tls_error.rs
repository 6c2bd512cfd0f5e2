//! rustls's errors in our words.

use rustls::{AlertDescription, Error as Tls, InvalidMessage, PeerIncompatible};

use super::refusal;
use crate::error::Error;

const TOO_OLD: &str = "the camera speaks only TLS 1.1 or older, which is not safe any more. \
                       Update its firmware, or set ssl-legacy=true to accept that";
const NOTHING_IN_COMMON: &str = "the camera offers no encryption that is still safe (perhaps only \
                                 RSA key exchange), or asks for a certificate. Update its \
                                 firmware, set ssl-client-cert, or set ssl-legacy=true to \
                                 accept old encryption";
pub(super) const NO_TLS: &str = "the camera does not speak TLS on this port. Try http:// in the location \
                      property, or the port for https";
pub(super) const WHO_ARE_YOU: &str = "the camera does not accept this client's certificate, or its lack. \
                           Check the ssl-client-cert and ssl-client-key properties";

/// What went wrong with TLS.
pub(crate) fn explain(error: &Tls) -> Error {
    let why = match error {
        Tls::InvalidCertificate(why) => match refusal::carried(why) {
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
}

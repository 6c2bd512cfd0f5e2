//! The `ssl-…` properties, and what they mean together.

use std::path::PathBuf;

use crate::error::Error;
use crate::net::{Identity, TlsSettings, Trust, Versions};

/// The properties as they are set; an empty text is as good as none.
#[derive(Debug, Clone)]
pub(super) struct Ssl {
    pub(super) strict: bool,
    pub(super) legacy: bool,
    pub(super) ca_file: Option<String>,
    pub(super) fingerprint: Option<String>,
    pub(super) client_cert: Option<String>,
    pub(super) client_key: Option<String>,
}

impl Default for Ssl {
    fn default() -> Self {
        Self {
            strict: true,
            legacy: false,
            ca_file: None,
            fingerprint: None,
            client_cert: None,
            client_key: None,
        }
    }
}

impl Ssl {
    /// An error if one of them is of no use.
    pub(super) fn tls(&self) -> Result<TlsSettings, Error> {
        let fingerprint = filled(self.fingerprint.as_ref()).map(|text| text.parse()).transpose()?;
        let trust = if !self.strict {
            Trust::Anything
        } else if let Some(fingerprint) = fingerprint {
            Trust::Certificate(fingerprint)
        } else if let Some(file) = filled(self.ca_file.as_ref()) {
            Trust::CaFile(file.into())
        } else {
            Trust::System
        };
        let versions = if self.legacy { Versions::Legacy } else { Versions::Safe };
        Ok(TlsSettings { trust, identity: self.identity()?, versions })
    }

    fn identity(&self) -> Result<Option<Identity>, Error> {
        let certificate = filled(self.client_cert.as_ref()).map(PathBuf::from);
        let key = filled(self.client_key.as_ref()).map(PathBuf::from);
        match (certificate, key) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(Error::TlsSetting {
                property: "ssl-client-key",
                why: "a key needs its certificate. Set ssl-client-cert too".into(),
            }),
            (Some(certificate), key) => {
                let key = key.unwrap_or_else(|| certificate.clone());
                Ok(Some(Identity { certificate, key }))
            }
        }
    }
}

fn filled(text: Option<&String>) -> Option<&String> {
    text.filter(|text| !text.is_empty())
}

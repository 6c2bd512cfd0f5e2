//! What the user has said about one address.

use std::time::Duration;

use super::proxy::Proxy;
use crate::http::cookies::Cookies;
use crate::http::fields::Fields;
use crate::http::location::Location;
use crate::login::Login;
use crate::net::recording::Recording;
use crate::net::tls::TlsSettings;

/// Everything an attempt needs to know.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where the pictures are.
    pub location: Location,
    /// Used when the camera asks for it.
    pub login: Option<Login>,
    /// There is one, which is not for this address.
    pub withholds_login: bool,
    /// How https is spoken with the camera.
    pub tls: TlsSettings,
    /// The `User-Agent` field; none if empty.
    pub user_agent: String,
    /// Further fields, for this camera only.
    pub extra_headers: Fields,
    /// Cookies to begin with, for this camera only.
    pub cookies: Cookies,
    /// What lies between here and the camera.
    pub proxy: Option<Proxy>,
    /// Time for everything up to the head of the answer; `None` for ever.
    pub connect_timeout: Option<Duration>,
    /// Where a copy of the answer is wanted.
    pub recording: Option<Recording>,
}

impl Request {
    /// A request with the defaults of a careful client.
    pub fn to(location: Location) -> Self {
        Self {
            location,
            login: None,
            withholds_login: false,
            tls: TlsSettings::default(),
            user_agent: concat!("mjpeghttpsrc/", env!("CARGO_PKG_VERSION")).to_owned(),
            extra_headers: Fields::default(),
            cookies: Cookies::default(),
            proxy: None,
            connect_timeout: Some(Duration::from_secs(5)),
            recording: None,
        }
    }

    /// The same without what only its first address may see.
    #[must_use]
    pub fn without_secrets(self) -> Self {
        Self {
            withholds_login: self.login.is_some(),
            login: None,
            extra_headers: Fields::default(),
            cookies: Cookies::default(),
            ..self
        }
    }

    /// Is there something that only this camera may see?
    pub(crate) fn has_secrets(&self) -> bool {
        self.login.is_some() || !self.extra_headers.is_empty() || !self.cookies.is_empty()
    }
}

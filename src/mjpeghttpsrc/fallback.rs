//! The camera's other addresses: what the property holds, and the requests it becomes.

use crate::error::Error;
use crate::http::{Location, Login, Request, Userinfo};

/// The addresses in the order of their turns; those that are none, too.
#[derive(Debug, Clone, Default)]
pub(super) struct Fallbacks(Vec<Result<Fallback, Error>>);

#[derive(Debug, Clone)]
struct Fallback {
    location: Location,
    /// What stood in the address.
    login: Option<Login>,
}

impl Fallbacks {
    pub(super) fn parse(addresses: &gst::Array) -> Self {
        let addresses = addresses.iter().flat_map(|address| address.get::<&str>());
        Self(addresses.map(Fallback::parse).collect())
    }

    /// As they may be shown.
    pub(super) fn shown(&self) -> gst::Array {
        let locations = self.0.iter().flatten().map(|fallback| &fallback.location);
        gst::Array::new(locations.map(ToString::to_string))
    }

    /// `first`, asked of these addresses.
    pub(super) fn requests(&self, first: &Request) -> Result<Vec<Request>, Error> {
        self.0.iter().map(|fallback| Ok(fallback.clone()?.request(first))).collect()
    }
}

impl Fallback {
    fn parse(address: &str) -> Result<Self, Error> {
        let (location, userinfo) = Location::parse(address)?;
        let login = userinfo.map(|Userinfo { user, password }| Login {
            user,
            password: password.unwrap_or_default(),
        });
        Ok(Self { location, login })
    }

    fn request(self, first: &Request) -> Request {
        let login = self.login.or_else(|| first.login.clone());
        Request { location: self.location, login, ..first.clone() }
    }
}

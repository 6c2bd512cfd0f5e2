//! The camera's other addresses: what the property holds, and the requests it becomes.

use crate::client::Request;
use crate::error::Error;
use crate::http::{Location, Userinfo};
use crate::login::Login;

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

    /// What no message may show.
    pub(super) fn secrets(&self) -> impl Iterator<Item = String> {
        self.0.iter().flatten().flat_map(|fallback| {
            let login = fallback.login.iter().flat_map(|login| {
                let [sent, encoded] = login.secrets();
                [login.password.clone(), sent, encoded]
            });
            login.chain(fallback.location.secrets())
        })
    }

    /// `first`, asked of these addresses.
    pub(super) fn requests(&self, first: &Request) -> Result<Vec<Request>, Error> {
        let fallbacks = self.0.iter().cloned().zip(1..);
        let request = |(fallback, number): (Result<Fallback, Error>, usize)| {
            let fallback = fallback.map_err(|error| of_fallback(error, number))?;
            Ok(fallback.request(first))
        };
        fallbacks.map(request).collect()
    }
}

/// Says which address it is that is none. Its number names it: it may have a password in it.
fn of_fallback(error: Error, number: usize) -> Error {
    match error {
        Error::BadUrl { why } => Error::BadFallback { number, why },
        other => other,
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

    /// What is for an https address is not sent to an http one: whoever can break the former
    /// could read it in the latter.
    fn request(self, first: &Request) -> Request {
        let is_in_clear = first.location.is_https() && !self.location.is_https();
        let request = Request { location: self.location, ..first.clone() };
        let request = if is_in_clear { request.without_secrets() } else { request };
        match self.login {
            Some(login) => Request { login: Some(login), withholds_login: false, ..request },
            None => request,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_goes_from_https_to_http() {
        gst::init().unwrap();
        let login = |user: &str| Login { user: user.into(), password: "secret".into() };
        let first = |address: &str| Request {
            login: Some(login("first")),
            ..Request::to(Location::parse(address).unwrap().0)
        };
        for (address, fallback, user) in [
            ("http://a/", "http://b/", Some("first")),
            ("https://a/", "https://b/", Some("first")),
            ("http://a/", "https://b/", Some("first")),
            ("https://a/", "http://b/", None),
            ("https://a/", "http://own:secret@b/", Some("own")),
        ] {
            let first = first(address);
            let requests = Fallbacks::parse(&gst::Array::new([fallback])).requests(&first).unwrap();
            let found = requests[0].login.as_ref().map(|login| login.user.as_str());
            assert_eq!(found, user, "{address} {fallback}");
            assert_eq!(requests[0].withholds_login, user.is_none(), "{address} {fallback}");
        }
    }

    #[test]
    fn a_login_is_secret_in_each_of_its_forms() {
        gst::init().unwrap();
        let fallbacks = Fallbacks::parse(&gst::Array::new(["http://me:a%2Fb%3Ac@cam/?pwd=query"]));
        let secrets: Vec<_> = fallbacks.secrets().collect();
        // As it is, as Basic sends it, as an address has it.
        for secret in ["a/b:c", "bWU6YS9iOmM=", "a%2Fb%3Ac", "query"] {
            assert!(secrets.iter().any(|other| other == secret), "{secret}: {secrets:?}");
        }
    }
}

//! ureq's errors in our words.

use std::io;

use super::proxy::Proxy;
use crate::error::Error;
use crate::net::tls;

/// What went wrong with a request to `host`; `late` is what a time-out means.
pub(crate) fn explain(error: ureq::Error, host: &str, late: Error) -> Error {
    match error {
        ureq::Error::HostNotFound => Error::NameNotFound { host: host.to_owned() },
        ureq::Error::Timeout(_) => late,
        ureq::Error::Io(error) => explain_io(&error),
        ureq::Error::BadUri(why) => Error::BadUrl { why },
        ureq::Error::ConnectionFailed => Error::Connect { why: "no connection".into() },
        // What our own connectors say.
        ureq::Error::Other(inner) => match inner.downcast::<Error>() {
            Ok(ours) => *ours,
            Err(other) => Error::BadAnswer { why: other.to_string() },
        },
        other => Error::BadAnswer { why: other.to_string() },
    }
}

/// What went wrong with a request through a SOCKS proxy.
pub(crate) fn explain_socks(error: ureq::Error, proxy: &Proxy, late: Error) -> Error {
    match explain(error, proxy.host(), late) {
        // TLS through it is spoken with the camera.
        camera @ (Error::Tls { .. }
        | Error::Certificate { .. }
        | Error::TlsSilent { .. }
        | Error::SlowTls { .. }) => camera,
        other => at_proxy(other, proxy),
    }
}

/// The same error, had not by the camera but by the proxy.
pub(crate) fn at_proxy(error: Error, proxy: &Proxy) -> Error {
    let proxy = proxy.to_string();
    match error {
        Error::LoginNeeded { scheme } => {
            Error::ProxyLogin { proxy, why: format!("asks for a login ({scheme})") }
        }
        Error::LoginRefused { scheme } => {
            Error::ProxyLogin { proxy, why: format!("refused this login ({scheme})") }
        }
        Error::LoginUnsupported { scheme } => {
            Error::ProxyLogin { proxy, why: format!("offers no login that can be used ({scheme})") }
        }
        Error::NameNotFound { host } => {
            Error::ProxyFailed { proxy, why: format!("cannot find the host {host}") }
        }
        Error::Connect { why } | Error::Broken { why } => Error::ProxyFailed { proxy, why },
        Error::Tls { why } => Error::ProxyTls { proxy, why },
        Error::Certificate { why, .. } => {
            Error::ProxyTls { proxy, why: format!("its certificate is refused: {why}") }
        }
        Error::BadAnswer { why } => {
            let why = why.replace("the camera ", "it ");
            Error::ProxyFailed { proxy, why: format!("its answer is no HTTP: {why}") }
        }
        error @ (Error::TlsSilent { .. } | Error::SlowTls { .. }) => {
            Error::ProxyFailed { proxy, why: error.to_string() }
        }
        Error::NoConnection { after } | Error::NoAnswer { after } | Error::SlowAnswer { after } => {
            Error::ProxySilent { proxy, after }
        }
        other => other,
    }
}

fn explain_io(error: &io::Error) -> Error {
    // rustls hands its errors on inside of I/O errors.
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
        return tls::explain(error);
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            Error::BadAnswer { why: "the camera closed the connection without one".into() }
        }
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => {
            Error::Broken { why: error.to_string() }
        }
        _ => Error::Connect { why: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_goes_wrong_is_the_proxys_or_the_cameras() {
        let (socks, _) = Proxy::parse("socks5://gate").unwrap();
        let (http, _) = Proxy::parse("http://gate").unwrap();
        let after = Duration::from_secs(2);
        let late = || Error::NoConnection { after };
        let ours = |error| ureq::Error::Other(Box::new(error));
        // As it comes through a SOCKS proxy
        for (error, words) in [
            (ours(Error::Tls { why: "why".into() }), "the secure connection failed"),
            (ours(Error::TlsSilent { after }), "connected, but TLS was not answered"),
            (ureq::Error::ConnectionFailed, "no connection through the proxy socks5://gate"),
            (
                ureq::Error::HostNotFound,
                "no connection through the proxy socks5://gate: cannot find",
            ),
            (ureq::Error::Timeout(ureq::Timeout::Connect), "no answer through the proxy"),
        ] {
            let error = explain_socks(error, &socks, late()).to_string();
            assert!(error.starts_with(words), "{words}: {error}");
        }
        // As it comes from an http proxy
        for (error, words) in [
            (ureq::Error::HostNotFound, "the proxy http://gate: cannot find the host gate. Check"),
            (ours(Error::TlsSilent { after }), "the proxy http://gate: connected, but TLS was not"),
            (ureq::Error::Timeout(ureq::Timeout::Connect), "no answer through the proxy"),
        ] {
            let error = at_proxy(explain(error, http.host(), late()), &http).to_string();
            assert!(error.contains(words), "{words}: {error}");
        }
    }
}

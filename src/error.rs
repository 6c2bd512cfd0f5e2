//! What can go wrong with a camera, as types.
//!
//! A text says what happened and what to do; the element puts the camera's name in
//! front. No variant holds a password, an `Authorization` header or a query value.

use std::time::Duration;

use thiserror::Error as ThisError;

/// See the [module](self).
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum Error {
    #[error("no camera address. Set location to an http:// or https:// URL")]
    NoUrl,
    #[error("not a camera address: {why}. A camera's address begins with http:// or https://")]
    BadUrl { why: String },
    #[error(
        "number {number} of fallback-locations is not a camera address: {why}. A camera's address begins with http:// or https://"
    )]
    BadFallback { number: usize, why: String },
    #[error("{property} cannot be sent: {why}")]
    BadField { property: &'static str, why: String },
    #[error(
        "not a proxy address: {why}. A proxy's address begins with http://, https:// or socks5://"
    )]
    BadProxy { why: String },
    #[error("this machine has no network interface {name}. Check the host in the address")]
    NoInterface { name: String },
    #[error(
        "{} is reached through one network interface. Name it in the address, as in http://{}/", .host, with_interface(.host)
    )]
    InterfaceNeeded { host: String },
    #[error("the camera asks for a login ({scheme}). Set login and password")]
    LoginNeeded { scheme: String },
    #[error("the camera refused this login ({scheme}). Check login and password")]
    LoginRefused { scheme: String },
    #[error(
        "the camera offers no login that can be used: {scheme}. Update its firmware, or choose another login there"
    )]
    LoginUnsupported { scheme: String },
    #[error(
        "the camera redirects to {host}, which asks for a login ({scheme}). The login is only for the host in the camera's address: write this host there if it is the camera"
    )]
    LoginElsewhere { host: String, scheme: String },
    #[error(
        "the camera asks for a login ({scheme}). That of the camera's https address is not sent to an http address, where everybody could read it: write https, or a login of its own, into fallback-locations"
    )]
    LoginInClear { scheme: String },
    #[error("the proxy {proxy} {why}. Check proxy-id and proxy-pw")]
    ProxyLogin { proxy: String, why: String },
    #[error(
        "the camera forbids access (403 Forbidden). Check the rights of this user on the camera"
    )]
    Forbidden,
    #[error("the camera has no such page ({status}). Check the path of the address")]
    NotFound { status: u16 },
    #[error("the camera answered {}", format!("{status} {reason}").trim_end())]
    Status { status: u16, reason: String, retry_after: Option<Duration> },
    #[error("the camera's redirect cannot be followed: {why}. Check the address")]
    Redirect { why: String },
    #[error("the proxy {proxy} refused to connect to the camera ({status}). Check its rules")]
    ProxyRefused { proxy: String, status: u16 },
    #[error("no connection through the proxy {proxy}: {why}. Check the proxy's address")]
    ProxyFailed { proxy: String, why: String },
    #[error(
        "no secure connection to the proxy {proxy}: {why}. Check the proxy's address, and ssl-ca-file"
    )]
    ProxyTls { proxy: String, why: String },
    #[error(
        "no answer through the proxy {proxy} within {} s. Is it on, and may it reach the camera?", .after.as_secs_f64()
    )]
    ProxySilent { proxy: String, after: Duration },
    #[error(
        "cannot find the host {host}. Is its name spelled right, and does the name server answer?"
    )]
    NameNotFound { host: String },
    #[error("cannot connect: {why}. Is the camera on, and the port right?")]
    Connect { why: String },
    #[error("the secure connection failed: {why}")]
    Tls { why: String },
    #[error(
        "the camera's certificate is refused: {why}. To accept exactly this one, set \
         ssl-fingerprint={fingerprint}; to accept those of an issuer, set ssl-ca-file; to accept \
         every one, an attacker's too, set ssl-strict=false"
    )]
    Certificate { why: String, fingerprint: String },
    #[error("cannot use {property}: {why}")]
    TlsSetting { property: &'static str, why: String },
    #[error("no connection within {} s. Is the camera on, and reachable from here?", .after.as_secs_f64())]
    NoConnection { after: Duration },
    #[error("connected, but TLS was not answered within {} s. Perhaps this port wants http://", .after.as_secs_f64())]
    TlsSilent { after: Duration },
    #[error("connected, but the TLS handshake was not finished within {} s. Is the camera busy with other viewers?", .after.as_secs_f64())]
    SlowTls { after: Duration },
    #[error("no answer within {} s. Is the camera busy with other viewers?", .after.as_secs_f64())]
    NoAnswer { after: Duration },
    #[error("the head of the answer was not whole after {} s. Is that address a camera's?", .after.as_secs_f64())]
    SlowAnswer { after: Duration },
    #[error("the answer is no HTTP: {why}")]
    BadAnswer { why: String },
    #[error("an answer, but no picture within {} s{instead}", .after.as_secs_f64())]
    NoPicture { after: Duration, instead: String },
    #[error("no picture for {} s", .after.as_secs_f64())]
    Silence { after: Duration },
    #[error("a picture stopped for {} s: {what}. Check the network", .after.as_secs_f64())]
    Stopped { after: Duration, what: String },
    #[error(
        "a picture was not whole after {} s: {what}. Check the network, lower the camera's quality, or set timeout to more", .after.as_secs_f64()
    )]
    TooSlow { after: Duration, what: String },
    #[error("the picture has been the same for {} s", .after.as_secs_f64())]
    Frozen { after: Duration },
    #[error("the camera has been without its own source for {} s", .after.as_secs_f64())]
    Offline { after: Duration },
    #[error("the camera ended the stream")]
    Ended,
    #[error("the camera answers without a picture. Is it busy, or starting?")]
    Empty,
    #[error("the camera answers with a text and no picture: \"{text}\"")]
    Busy { text: String },
    #[error(
        "the answer is compressed with {coding}, which nothing has asked for. Switch compression off for this address, in the camera or in the web server before it"
    )]
    Compressed { coding: &'static str },
    #[error(
        "the camera sends {essence} and no JPEG pictures. Set its stream to MJPEG, or use its address for MJPEG"
    )]
    OtherVideo { essence: String },
    #[error(
        "{pieces} pieces came that are no picture, and hardly any picture. Check the network and the camera's stream"
    )]
    Storm { pieces: u32 },
    #[error("the connection broke: {why}")]
    Broken { why: String },
    #[error("this address answers with {what}, not a video. Check the path of the address")]
    NotVideo { what: String },
    #[error("internal error: {why}. Please report it")]
    Internal { why: String },
}

impl Error {
    /// What a status other than 2xx and 401 means (RFC 9110 §15).
    pub fn from_status(status: u16, reason: &str, retry_after: Option<Duration>) -> Self {
        match status {
            403 => Self::Forbidden,
            404 | 410 => Self::NotFound { status },
            _ => Self::Status { status, reason: reason.to_owned(), retry_after },
        }
    }

    /// Would another attempt only fail again? Holds for a camera that has not shown a
    /// picture yet; one that has may answer nonsense while it starts again.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::NoUrl
            | Self::BadUrl { .. }
            | Self::BadFallback { .. }
            | Self::BadField { .. }
            | Self::BadProxy { .. }
            | Self::InterfaceNeeded { .. }
            | Self::LoginNeeded { .. }
            | Self::LoginRefused { .. }
            | Self::LoginUnsupported { .. }
            | Self::LoginElsewhere { .. }
            | Self::LoginInClear { .. }
            | Self::ProxyLogin { .. }
            | Self::ProxyTls { .. }
            | Self::Redirect { .. }
            | Self::Forbidden
            | Self::NotFound { .. }
            | Self::Tls { .. }
            | Self::Certificate { .. }
            | Self::TlsSetting { .. }
            | Self::NotVideo { .. }
            | Self::OtherVideo { .. }
            | Self::Compressed { .. }
            | Self::Internal { .. } => true,
            // 406 is what some cameras say in privacy mode; the others mean "later".
            Self::Status { status, .. } | Self::ProxyRefused { status, .. } => {
                !matches!(status, 406 | 408 | 423 | 425 | 429 | 500..)
            }
            Self::NoInterface { .. }
            | Self::ProxyFailed { .. }
            | Self::ProxySilent { .. }
            | Self::NameNotFound { .. }
            | Self::Connect { .. }
            | Self::NoConnection { .. }
            | Self::TlsSilent { .. }
            | Self::SlowTls { .. }
            | Self::NoAnswer { .. }
            | Self::SlowAnswer { .. }
            | Self::BadAnswer { .. }
            | Self::NoPicture { .. }
            | Self::Silence { .. }
            | Self::Stopped { .. }
            | Self::TooSlow { .. }
            | Self::Frozen { .. }
            | Self::Offline { .. }
            | Self::Ended
            | Self::Empty
            | Self::Busy { .. }
            | Self::Storm { .. }
            | Self::Broken { .. } => false,
        }
    }

    /// How long the camera asks to be left alone (RFC 9110 §10.2.3).
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// A link-local host in brackets, with a name of an interface that many machines have (RFC 6874).
fn with_interface(host: &str) -> String {
    host.replacen(']', "%25eth0]", 1)
}

//! Who may look: on this machine everybody who means this machine, from elsewhere whoever
//! knows the password.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::password::{Answer, Password};
use super::routes::Refusal;
use super::server::Viewer;
use super::{Shared, headers, health};

pub(super) enum Guard {
    /// Whose names a browser may call us by. Another site's page, whose name has been made
    /// to lead here (DNS rebinding), calls us by that name.
    Names(Vec<String>),
    Password(Arc<Password>),
}

impl Guard {
    pub(super) fn new(listen: IpAddr, hash: Option<&str>) -> Result<Self, String> {
        if let Some(hash) = hash {
            return Password::new(hash).map(|password| Self::Password(Arc::new(password)));
        }
        let mut names = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned).to_vec();
        names.push(match listen {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        });
        Ok(Self::Names(names))
    }
}

pub(super) async fn guard(
    State(shared): State<Arc<Shared>>,
    Extension(Viewer(viewer)): Extension<Viewer>,
    request: Request,
    next: Next,
) -> Response {
    let (head, body) = request.into_parts();
    let response = match refusal(&shared.guard, viewer, &head).await {
        Some(refusal) => refusal,
        None => next.run(Request::from_parts(head, body)).await,
    };
    headers::add(response)
}

async fn refusal(guard: &Guard, viewer: IpAddr, request: &Parts) -> Option<Response> {
    if request.method != Method::GET && request.method != Method::HEAD {
        let text = "this page only shows: GET and HEAD\n";
        let allow = [(header::ALLOW, "GET, HEAD")];
        return Some((StatusCode::METHOD_NOT_ALLOWED, allow, text).into_response());
    }
    match guard {
        Guard::Names(names) if is_named(names, &request.headers) => None,
        Guard::Names(names) => Some(
            Refusal(
                StatusCode::MISDIRECTED_REQUEST,
                format!(
                    "without a password this page answers to {} only; to reach it by another \
                     name, set a password",
                    names.join(", ")
                ),
            )
            .into_response(),
        ),
        Guard::Password(_) if request.uri.path() == health::PATH => None,
        Guard::Password(password) => {
            let given = credentials(&request.headers);
            match password.check(viewer, given.as_deref()).await {
                Answer::Right => None,
                Answer::Wrong => Some(login()),
                Answer::TooMany => {
                    Some(Refusal::later("too many wrong passwords at once").into_response())
                }
            }
        }
    }
}

/// Whatever the port, which a tunnel may change.
fn is_named(names: &[String], fields: &HeaderMap) -> bool {
    let mut hosts = fields.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let Ok(host) = host.to_str() else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The password of Basic login (RFC 7617). There is one, whatever the user is called.
fn credentials(fields: &HeaderMap) -> Option<String> {
    let value = fields.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, coded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(BASE64_STANDARD.decode(coded.trim()).ok()?).ok()?;
    text.split_once(':').map(|(_, password)| password.to_owned())
}

fn login() -> Response {
    let ask = HeaderValue::from_static("Basic realm=\"mjpeg-record\", charset=\"UTF-8\"");
    let fields = [(header::WWW_AUTHENTICATE, ask)];
    (StatusCode::UNAUTHORIZED, fields, "this page has a password\n").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_answered() {
        let Ok(Guard::Names(names)) = Guard::new("127.0.0.2".parse().expect("an address"), None)
        else {
            panic!("there is no password")
        };
        let rows = [
            ("localhost", true),
            ("LOCALHOST:8088", true),
            ("127.0.0.1:9000", true),
            ("127.0.0.2:8088", true),
            ("[::1]:8088", true),
            ("[::1]", true),
            ("127.0.0.3:8088", false),
            ("rebound.example:8088", false),
            ("localhost.example", false),
            ("localhost:8088.example", false),
            ("", false),
        ];
        for (host, expected) in rows {
            let mut fields = HeaderMap::new();
            fields.insert(header::HOST, HeaderValue::from_static(host));
            assert_eq!(is_named(&names, &fields), expected, "{host}");
        }
        assert!(!is_named(&names, &HeaderMap::new()));
    }

    #[test]
    fn the_password_is_read_from_basic_login_only() {
        let rows = [
            ("Basic YWRtaW46c2VjcmV0", Some("secret")),
            ("basic OnNlY3JldA==", Some("secret")),
            ("Basic YTpiOmM=", Some("b:c")),
            ("Basic c2VjcmV0", None),
            ("Basic !", None),
            ("Bearer c2VjcmV0", None),
            ("", None),
        ];
        for (value, expected) in rows {
            let mut fields = HeaderMap::new();
            fields.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
            assert_eq!(credentials(&fields).as_deref(), expected, "{value}");
        }
    }
}

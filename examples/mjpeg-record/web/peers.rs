//! How the cameras of other recorders are. Each is asked while somebody looks, in a thread of
//! its own, so that one that does not answer holds up nothing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use ureq::Agent;
use url::Url;

use super::cameras::Recorder;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// How old one may be before the peer is asked again.
const FRESH: Duration = Duration::from_millis(900);

/// What an answer may have, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// A recorder as the page shows it: what it says, and whether it says it now.
#[derive(Clone, Serialize)]
pub(super) struct Peer {
    /// Its page, without user and password.
    url: String,
    /// Why there is no answer.
    error: Option<String>,
    #[serde(flatten)]
    recorder: Recorder,
}

pub(super) struct Peers(Vec<Arc<Seat>>);

struct Seat {
    question: Question,
    state: Mutex<State>,
}

struct Question {
    url: String,
    /// The field of Basic login.
    login: Option<String>,
    agent: Agent,
}

struct State {
    peer: Peer,
    asking: bool,
    asked: Option<Instant>,
}

impl Peers {
    pub(super) fn new(addresses: &[String]) -> Result<Self, String> {
        let config = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .proxy(None)
            .build();
        let agent = Agent::new_with_config(config);
        let seats = addresses.iter().map(|address| {
            let (url, login) = parse(address)?;
            let error = Some("not asked yet".to_owned());
            let peer = Peer { url: url.clone(), error, recorder: Recorder::default() };
            let question = Question { url, login, agent: agent.clone() };
            let state = Mutex::new(State { peer, asking: false, asked: None });
            Ok(Arc::new(Seat { question, state }))
        });
        Ok(Self(seats.collect::<Result<_, String>>()?))
    }

    /// What they said last; what is not fresh is asked for.
    pub(super) fn look(&self) -> Vec<Peer> {
        let look = |seat: &Arc<Seat>| {
            let mut state = seat.lock();
            if !state.asking && state.asked.is_none_or(|asked| asked.elapsed() > FRESH) {
                let asker = seat.clone();
                let name = thread::Builder::new().name("peer".into());
                // Without a thread it is tried again at the next look.
                state.asking = name.spawn(move || asker.ask()).is_ok();
            }
            state.peer.clone()
        };
        self.0.iter().map(look).collect()
    }
}

impl Seat {
    fn ask(&self) {
        let answer = self.question.ask();
        let mut state = self.lock();
        match answer {
            Ok(recorder) => {
                state.peer.recorder = recorder;
                state.peer.error = None;
            }
            // Its cameras are still shown, as those of one that does not answer.
            Err(error) => state.peer.error = Some(error),
        }
        state.asking = false;
        state.asked = Some(Instant::now());
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Question {
    /// Peers of peers are not asked for: we may be one.
    fn ask(&self) -> Result<Recorder, String> {
        let mut request = self.agent.get(format!("{}api/cameras?own=true", self.url));
        if let Some(login) = &self.login {
            request = request.header("Authorization", login);
        }
        let answer = request.call().map_err(|error| match error {
            ureq::Error::StatusCode(401) => "it wants another password".into(),
            ureq::Error::StatusCode(code) => format!("it answers with status {code}"),
            ureq::Error::Timeout(_) => "it does not answer".into(),
            error => format!("it cannot be reached: {error}"),
        })?;
        let body = answer.into_body().into_with_config().limit(LARGEST).read_to_string();
        let body = body.map_err(|error| format!("its answer breaks off: {error}"))?;
        serde_json::from_str(&body).map_err(|_| "it is no mjpeg-record".into())
    }
}

const EXPECTED: &str = "the address of a recorder looks like http://other:8088";

/// An address of no use without what may be a password: all before the host, and the query.
fn shown(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((_, host)) => format!("…@{}", without_query(host)),
        None => without_query(address).to_owned(),
    }
}

fn without_query(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

/// The address without user and password, which ends with a slash, and the login of both.
pub(super) fn parse(address: &str) -> Result<(String, Option<String>), String> {
    let wrong = |why: &str| format!("{}: {why}", shown(address));
    let mut url = Url::parse(address).map_err(|error| match error {
        url::ParseError::RelativeUrlWithoutBase => wrong(EXPECTED),
        error => wrong(&error.to_string()),
    })?;
    if url.scheme() != "http" || url.host().is_none() {
        return Err(wrong(EXPECTED));
    }
    let login = (url.password().is_some() || !url.username().is_empty()).then(|| {
        let decode = |text| percent_decode_str(text).collect::<Vec<u8>>();
        let user = decode(url.username());
        let text = [user, b":".to_vec(), decode(url.password().unwrap_or_default())].concat();
        format!("Basic {}", BASE64_STANDARD.encode(text))
    });
    // Addresses with a host have both.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    let slash = if url.path().ends_with('/') { "" } else { "/" };
    Ok((format!("{url}{slash}"), login))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_of_a_peer_is_not_in_its_address() {
        let rows = [
            ("http://other:8088", "http://other:8088/", None),
            ("http://other/recorder", "http://other/recorder/", None),
            ("http://admin:s%20e@other:8088/", "http://other:8088/", Some("Basic YWRtaW46cyBl")),
            ("http://:secret@[::1]:1?secret#secret", "http://[::1]:1/", Some("Basic OnNlY3JldA==")),
        ];
        for (address, url, login) in rows {
            assert_eq!(parse(address), Ok((url.into(), login.map(str::to_owned))), "{address}");
        }
        for (wrong, shown) in [
            ("other:8088", "other:8088: the address of a recorder looks like"),
            ("other", "other: the address of a recorder looks like"),
            ("https://admin:secret@other", "…@other: the address of a recorder looks like"),
            ("http//admin:sec@secret/@other", "…@other: the address of a recorder looks like"),
            ("file:///a?secret", "file:///a: the address of a recorder looks like"),
            ("http://admin:secret@other:99999", "…@other:99999: invalid port number"),
            ("", ": the address of a recorder looks like"),
        ] {
            let error = parse(wrong).expect_err(wrong);
            assert!(error.starts_with(shown) && !error.contains("secret"), "{error}");
        }
    }
}

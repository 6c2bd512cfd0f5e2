//! Logging in (RFC 9110 §11, RFC 7616, RFC 7617): what to send to a camera that asks.
//!
//! ```text
//!  Unasked ──401──▶ Tried(strongest) ──401──▶ Tried(next) ──401──▶ … ──401──▶ refused
//!                        │      ▲
//!                        └stale─┘ once, with the new nonce
//! ```
//!
//! * Nothing is sent unasked: every connection starts without credentials. So no nonce is
//!   kept for a later one, by when cameras call it stale, or answer 403 to it. The price
//!   is one more request for each connection, and a stream's lasts for hours.
//! * The strongest offer goes first; each offer is tried once, for some firmware offers a
//!   broken SHA-256 beside a working MD5. A wrong password costs one try an offer: more
//!   would lock the account.
//! * What worked is tried first on the next connection, so that a camera with such a
//!   broken offer does not count a refused login at each reconnect.
//! * Basic shows the password to everybody on the way, so it is never sent to a camera
//!   that has ever offered Digest: else anybody there could ask for it.
//!
//! | file | idea |
//! |---|---|
//! | [`challenge`] | what the camera asks for, however it spells it |
//! | [`digest`] | the answer to Digest |
//! | [`hash`] | the hashes for it |
//! | `rows` | what the tests expect to be sent to which challenge |

pub mod challenge;
mod digest;
mod hash;
#[cfg(test)]
mod rows;

use std::cmp::Reverse;
use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine};
use rustls::crypto::ring;

pub(super) use challenge::{Challenge, parse};
use digest::{Digest, Once};
use hash::Algorithm;

use crate::error::Error;

/// Most requests with credentials for one connection.
const TRY_LIMIT: usize = 5;

/// A user and a password. `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// User name.
    pub user: String,
    /// Password.
    pub password: String,
}

/// The request that credentials are for.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// `GET`, or `CONNECT` to a proxy.
    pub method: &'a str,
    /// The request target, letter by letter.
    pub uri: &'a str,
}

/// The talk about the login of one connection. See the [module](self).
#[derive(Debug)]
pub struct Dialogue<'a> {
    login: Option<&'a Login>,
    state: State,
    /// What went out, in order, with its nonce (empty for Basic).
    tries: Vec<(Kind, Vec<u8>)>,
    has_renewed: bool,
    memory: Memory,
}

/// What a camera's connections before have taught.
#[derive(Debug, Clone, Copy, Default)]
pub struct Memory {
    saw_digest: bool,
    worked: Option<Kind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Unasked,
    Tried(Kind),
}

/// Offers of the same kind are the same login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Digest(Algorithm),
    Basic,
}

/// A challenge that can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Offer {
    Digest(Digest),
    Basic,
}

impl<'a> Dialogue<'a> {
    /// A new connection to a camera of which this is known.
    pub fn new(login: Option<&'a Login>, memory: Memory) -> Self {
        Self { login, state: State::Unasked, tries: Vec::new(), has_renewed: false, memory }
    }

    /// What is known now.
    pub(super) fn memory(&self) -> Memory {
        self.memory
    }

    /// The camera has answered with what was asked for.
    pub(super) fn accepted(&mut self) {
        if let State::Tried(kind) = self.state {
            self.memory.worked = Some(kind);
        }
    }

    /// A 401 has come: the `Authorization` value to ask again with. `cnonce` is the
    /// client's nonce for it.
    pub fn answer(
        &mut self,
        challenges: &[Challenge],
        target: Target<'_>,
        cnonce: &str,
    ) -> Result<Vec<u8>, Error> {
        self.memory.saw_digest |= challenges.iter().any(|challenge| challenge.is("Digest"));
        let Some(login) = self.login else {
            return Err(Error::LoginNeeded { scheme: names(challenges) });
        };
        let offer = self.choose(challenges).ok_or_else(|| self.refusal(challenges))?;
        self.state = State::Tried(offer.kind());
        self.tries.push((offer.kind(), offer.nonce().to_vec()));
        Ok(match offer {
            Offer::Digest(digest) => {
                let carried = self.tries.iter().filter(|(_, nonce)| *nonce == digest.nonce);
                let count = u32::try_from(carried.count()).unwrap_or(u32::MAX);
                digest.answer(login, target, Once { count, cnonce })
            }
            Offer::Basic => login.basic().into_bytes(),
        })
    }

    /// The offer to try now.
    fn choose(&mut self, challenges: &[Challenge]) -> Option<Offer> {
        if self.tries.len() >= TRY_LIMIT {
            return None;
        }
        let mut offers = self.offers(challenges);
        if let State::Tried(kind) = self.state
            && !self.has_renewed
            && let Some(offer) = offers.iter().find(|o| o.kind() == kind && o.is_stale())
        {
            self.has_renewed = true;
            return Some(offer.clone());
        }
        offers.retain(|offer| self.tries.iter().all(|(kind, _)| *kind != offer.kind()));
        offers.into_iter().next()
    }

    /// What may be answered: what has worked, then the strongest first.
    fn offers(&self, challenges: &[Challenge]) -> Vec<Offer> {
        let offers = challenges.iter().filter_map(Offer::read);
        let mut offers: Vec<_> =
            offers.filter(|offer| !self.memory.saw_digest || *offer != Offer::Basic).collect();
        offers.sort_by_key(|offer| {
            let has_worked = self.memory.worked == Some(offer.kind());
            let rank = match offer {
                Offer::Digest(digest) => Some(digest.rank()),
                Offer::Basic => None,
            };
            Reverse((has_worked, rank))
        });
        offers
    }

    /// Why there is nothing to try.
    fn refusal(&self, challenges: &[Challenge]) -> Error {
        let offered_basic = challenges.iter().any(|challenge| challenge.is("Basic"));
        let offers_digest = challenges.iter().any(|challenge| challenge.is("Digest"));
        if self.state != State::Unasked {
            let mut kinds: Vec<_> = self.tries.iter().map(|(kind, _)| kind.to_string()).collect();
            kinds.dedup();
            return Error::LoginRefused { scheme: kinds.join(", ") };
        }
        let mut scheme = names(challenges);
        if offered_basic && !offers_digest {
            scheme.push_str(", but Digest before");
        }
        Error::LoginUnsupported { scheme }
    }
}

impl Offer {
    fn read(challenge: &Challenge) -> Option<Self> {
        if challenge.is("Basic") {
            return Some(Self::Basic);
        }
        Digest::read(challenge).map(Self::Digest)
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Digest(digest) => Kind::Digest(digest.algorithm),
            Self::Basic => Kind::Basic,
        }
    }

    fn nonce(&self) -> &[u8] {
        match self {
            Self::Digest(digest) => &digest.nonce,
            Self::Basic => &[],
        }
    }

    fn is_stale(&self) -> bool {
        matches!(self, Self::Digest(digest) if digest.is_stale)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digest(algorithm) => write!(f, "Digest {algorithm}"),
            Self::Basic => f.write_str("Basic"),
        }
    }
}

impl Login {
    /// The `Authorization` value for Basic (RFC 7617), in UTF-8.
    fn basic(&self) -> String {
        let pair = format!("{}:{}", self.user, self.password);
        format!("Basic {}", BASE64_STANDARD.encode(pair))
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(***)")
    }
}

/// A client's nonce nobody can guess.
pub(super) fn cnonce() -> Result<String, Error> {
    let mut bytes = [0; 16];
    let filled = ring::default_provider().secure_random.fill(&mut bytes);
    filled.map_err(|_| Error::Internal { why: "no random numbers".into() })?;
    Ok(hash::hex(&bytes))
}

/// What is offered, in the camera's order, for people.
fn names(challenges: &[Challenge]) -> String {
    let names = challenges.iter().map(|challenge| match Offer::read(challenge) {
        Some(offer) => offer.kind().to_string(),
        None => challenge.to_string(),
    });
    let names: Vec<_> = names.collect();
    if names.is_empty() { "no scheme named".into() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: Target<'_> = Target { method: "GET", uri: "/" };

    /// Feeds the 401s of one connection, challenges separated by `|`. Gives what was sent:
    /// `Basic`, or the algorithm, nonce and count for Digest.
    fn talk(dialogue: &mut Dialogue<'_>, answers: &[&str]) -> (Vec<String>, Option<Error>) {
        let mut sent = Vec::new();
        for answer in answers {
            let challenges = parse(answer.split('|').map(str::as_bytes));
            match dialogue.answer(&challenges, TARGET, "c") {
                Ok(value) => sent.push(short(&String::from_utf8(value).unwrap())),
                Err(error) => return (sent, Some(error)),
            }
        }
        (sent, None)
    }

    fn short(authorization: &str) -> String {
        let challenge = parse([authorization.as_bytes()].into_iter()).remove(0);
        let text = |name| challenge.parameter(name).map(String::from_utf8_lossy);
        let nonce = text("nonce").unwrap_or_default();
        match (Offer::read(&challenge), text("nc")) {
            (Some(Offer::Digest(digest)), Some(count)) => {
                format!("{} {nonce} {}", digest.algorithm, count.trim_start_matches('0'))
            }
            (Some(Offer::Digest(digest)), None) => format!("{} {nonce}", digest.algorithm),
            _ => authorization.into(),
        }
    }

    fn login() -> Login {
        Login { user: "test".into(), password: "123\u{a3}".into() }
    }

    fn refused(scheme: &str) -> Error {
        Error::LoginRefused { scheme: scheme.into() }
    }

    fn unsupported(scheme: &str) -> Error {
        Error::LoginUnsupported { scheme: scheme.into() }
    }

    const BASIC: &str = "Basic dGVzdDoxMjPCow==";
    const ALL: &str = "Basic realm=r|Digest nonce=a, qop=auth|Digest nonce=b, qop=auth, \
        algorithm=SHA-512-256|Digest nonce=c, qop=auth, algorithm=SHA-256";

    #[test]
    fn each_offer_is_tried_once_and_the_strongest_first() {
        // the 401s, what is sent, how it ends
        let rows: [(&[&str], &[&str], Option<Error>); 19] = [
            (&["Basic realm=r"], &[BASIC], None),
            (&["Basic", "Basic"], &[BASIC], Some(refused("Basic"))),
            (&["basic, Negotiate, NTLM"], &[BASIC], None),
            (&["Digest nonce=a", "Digest nonce=b"], &["MD5 a"], Some(refused("Digest MD5"))),
            (
                &[ALL, ALL, ALL, ALL],
                &["SHA-512-256 b 1", "SHA-256 c 1", "MD5 a 1"],
                Some(refused("Digest SHA-512-256, Digest SHA-256, Digest MD5")),
            ),
            // The same nonce for all of them is counted.
            (
                &[
                    "Digest nonce=a, qop=auth, algorithm=SHA-256, Digest nonce=a, qop=auth",
                    "Digest nonce=a, qop=auth, algorithm=SHA-256, Digest nonce=a, qop=auth",
                ],
                &["SHA-256 a 1", "MD5 a 2"],
                None,
            ),
            // The newer 401 counts, and an answer without a challenge is a refusal.
            (
                &[ALL, "Digest nonce=x, qop=auth", ""],
                &["SHA-512-256 b 1", "MD5 x 1"],
                Some(refused("Digest SHA-512-256, Digest MD5")),
            ),
            (&[ALL, "Basic"], &["SHA-512-256 b 1"], Some(refused("Digest SHA-512-256"))),
            // Two of a kind are one offer; -sess is another.
            (
                &["Digest nonce=a|Digest nonce=b", "Digest nonce=c"],
                &["MD5 a"],
                Some(refused("Digest MD5")),
            ),
            (
                &["Digest nonce=a, algorithm=MD5-sess|Digest nonce=b", "Digest nonce=c"],
                &["MD5-sess a", "MD5 c"],
                None,
            ),
            // SHA-256 without qop comes last.
            (
                &["Digest nonce=a, algorithm=SHA-256|Digest nonce=b|Basic", "Digest nonce=c"],
                &["MD5 b"],
                Some(refused("Digest MD5")),
            ),
            (&["Digest nonce=a, algorithm=SHA-256"], &["SHA-256 a"], None),
            // stale
            (&["Digest nonce=a", "Digest nonce=b, stale=TRUE"], &["MD5 a", "MD5 b"], None),
            (
                &["Digest nonce=a", "Digest nonce=b, stale=\"true\"", "Digest nonce=c, stale=true"],
                &["MD5 a", "MD5 b"],
                Some(refused("Digest MD5")),
            ),
            (
                &["Digest nonce=a, stale=true", "Digest nonce=b, stale=\"false\""],
                &["MD5 a"],
                Some(refused("Digest MD5")),
            ),
            // What cannot be answered.
            (&["Negotiate, NTLM"], &[], Some(unsupported("Negotiate, NTLM"))),
            (&[""], &[], Some(unsupported("no scheme named"))),
            (&["Digest realm=r"], &[], Some(unsupported("Digest MD5"))),
            (
                &["Digest nonce=a, algorithm=AKAv1-MD5|Basic"],
                &[],
                Some(unsupported("Digest AKAV1-MD5, Basic")),
            ),
        ];
        for (answers, sent, error) in rows {
            let login = login();
            let found = talk(&mut Dialogue::new(Some(&login), Memory::default()), answers);
            assert_eq!(found, (sent.iter().map(|&s| s.into()).collect(), error), "{answers:?}");
        }
    }

    #[test]
    fn basic_is_never_sent_where_digest_was_offered() {
        let login = login();
        let mut first = Dialogue::new(Some(&login), Memory::default());
        talk(&mut first, &[ALL]);
        let mut second = Dialogue::new(Some(&login), first.memory());
        let expected = Some(unsupported("Basic, but Digest before"));
        assert_eq!(talk(&mut second, &["Basic"]), (vec![], expected));
    }

    #[test]
    fn what_worked_goes_first_the_next_time() {
        let login = login();
        let mut first = Dialogue::new(Some(&login), Memory::default());
        talk(&mut first, &[ALL, ALL]);
        first.accepted();
        let mut second = Dialogue::new(Some(&login), first.memory());
        let (sent, _) = talk(&mut second, &[ALL, ALL, ALL]);
        assert_eq!(sent, ["SHA-256 c 1", "SHA-512-256 b 1", "MD5 a 1"]);
    }

    #[test]
    fn nothing_goes_out_without_a_login() {
        let found = talk(&mut Dialogue::new(None, Memory::default()), &[ALL]);
        let scheme = "Basic, Digest MD5, Digest SHA-512-256, Digest SHA-256".into();
        assert_eq!(found, (vec![], Some(Error::LoginNeeded { scheme })));
    }

    #[test]
    fn a_camera_that_always_asks_is_left_alone() {
        let offers = ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256"];
        let offers = offers.map(|name| format!("Digest nonce=a, qop=auth, algorithm={name}"));
        let answer = offers.join("|") + "|Digest nonce=a, stale=true";
        let login = login();
        let (sent, error) =
            talk(&mut Dialogue::new(Some(&login), Memory::default()), &[answer.as_str(); 20]);
        assert_eq!(sent.len(), TRY_LIMIT);
        assert!(matches!(error, Some(Error::LoginRefused { .. })), "{error:?}");
    }

    #[test]
    fn basic_is_as_in_rfc_7617() {
        // §2 and §2.1
        for (user, password, expected) in [
            ("Aladdin", "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            ("test", "123\u{a3}", "Basic dGVzdDoxMjPCow=="),
        ] {
            let login = Login { user: user.into(), password: password.into() };
            assert_eq!(login.basic(), expected);
        }
    }

    #[test]
    fn nonces_of_the_client_do_not_repeat() {
        let (one, other) = (cnonce().unwrap(), cnonce().unwrap());
        assert_eq!(one.len(), 32);
        assert_ne!(one, other);
    }
}

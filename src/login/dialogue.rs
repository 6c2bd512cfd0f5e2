//! Which offer is tried when, and when it is over.
//!
//! ```text
//!  Unasked ──401──▶ Tried(strongest) ──401──▶ Tried(next) ──401──▶ … ──401──▶ refused
//!     ▲                 │      ▲
//!     │                 └stale─┘ once, with the new nonce
//!     └─refused── AtOnce
//! ```
//!
//! * A stream's request goes out without credentials, for its nonce is hours old, and cameras
//!   call it stale or answer 403 to it. The next of many single pictures answers at once with
//!   what let the one before in; where that is refused, it is as if nothing had been sent.
//! * The strongest offer goes first; each offer is tried once, for some firmware offers a
//!   broken SHA-256 beside a working MD5. A wrong password costs one try an offer: more
//!   would lock the account.
//! * What worked is tried first on the next connection, so that a camera with such a
//!   broken offer does not count a refused login at each reconnect.
//! * Basic shows the password to everybody on the way, so it is never sent to a camera
//!   that has ever offered Digest: else anybody there could ask for it.

use std::cmp::Reverse;

use super::challenge::Challenge;
use super::digest::Once;
use super::memory::Memory;
use super::offer::{Kind, Offer, names, reasons};
use super::stale_nonce::StaleNonce;
use super::{Login, RequestLine};
use crate::error::Error;

/// Most requests with credentials in one dialogue, those at once not counted.
const TRY_LIMIT: usize = 5;

/// The talk about the login of one request. See the [module](self).
#[derive(Debug)]
pub struct Dialogue<'a> {
    login: Option<&'a Login>,
    memory: &'a mut Memory,
    state: DialogueState,
    tries: Vec<Kind>,
    stale_nonce: StaleNonce,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum DialogueState {
    Unasked,
    AtOnce(Offer),
    Tried(Offer),
}

impl<'a> Dialogue<'a> {
    /// A new request to the server that `memory` is about.
    pub fn new(login: Option<&'a Login>, memory: &'a mut Memory) -> Self {
        Self {
            login,
            memory,
            state: DialogueState::Unasked,
            tries: Vec::new(),
            stale_nonce: StaleNonce::default(),
        }
    }

    /// Credentials before the server asks for them, if some were accepted before. `cnonce` is the
    /// client's nonce for a nonce that is new.
    pub fn at_once(&mut self, request_line: RequestLine<'_>, cnonce: &str) -> Option<Vec<u8>> {
        let offer = self.memory.accepted.clone()?;
        let credentials = self.credentials(&offer, self.login?, request_line, cnonce);
        self.state = DialogueState::AtOnce(offer);
        Some(credentials)
    }

    /// What was sent at once is refused, by a status that asks for no login: it is forgotten,
    /// and the request begins anew. False if nothing was sent at once.
    pub(crate) fn forget(&mut self) -> bool {
        let is_at_once = matches!(self.state, DialogueState::AtOnce(_));
        if is_at_once {
            self.state = DialogueState::Unasked;
            self.memory.accepted = None;
        }
        is_at_once
    }

    /// The camera has answered with what was asked for, and maybe with the nonce for the next
    /// request.
    pub(crate) fn accepted(&mut self, next_nonce: Option<Vec<u8>>) {
        if let DialogueState::Tried(offer) | DialogueState::AtOnce(offer) = &self.state {
            self.memory.accepted = Some(offer.clone());
        }
        if let Some(nonce) = next_nonce {
            self.memory.renew(nonce);
        }
    }

    /// A 401 has come: the `Authorization` value to ask again with. `cnonce` is the
    /// client's nonce for it.
    pub fn answer(
        &mut self,
        challenges: &[Challenge],
        request_line: RequestLine<'_>,
        cnonce: &str,
    ) -> Result<Vec<u8>, Error> {
        self.memory.saw_digest |= challenges.iter().any(|challenge| challenge.is("Digest"));
        let Some(login) = self.login else {
            return Err(Error::LoginNeeded { scheme: names(challenges) });
        };
        let offer = self.choose(challenges).ok_or_else(|| self.refusal(challenges))?;
        self.tries.push(offer.kind());
        let credentials = self.credentials(&offer, login, request_line, cnonce);
        self.state = DialogueState::Tried(offer);
        Ok(credentials)
    }

    fn credentials(
        &mut self,
        offer: &Offer,
        login: &Login,
        request_line: RequestLine<'_>,
        cnonce: &str,
    ) -> Vec<u8> {
        match offer {
            Offer::Digest(digest) => {
                let (cnonce, count) = self.memory.count(&digest.nonce, cnonce);
                digest.answer(login, request_line, Once { count, cnonce: &cnonce })
            }
            Offer::Basic => login.basic().into_bytes(),
        }
    }

    /// The offer to try now.
    fn choose(&mut self, challenges: &[Challenge]) -> Option<Offer> {
        if self.tries.len() >= TRY_LIMIT {
            return None;
        }
        let mut offers = self.offers(challenges);
        if let DialogueState::Tried(tried) = &self.state
            && let Some(offer) = self.stale_nonce.renew(tried.kind(), &offers)
        {
            return Some(offer);
        }
        offers.retain(|offer| !self.tries.contains(&offer.kind()));
        offers.into_iter().next()
    }

    /// What may be answered: what has worked, then the strongest first.
    fn offers(&self, challenges: &[Challenge]) -> Vec<Offer> {
        let offers = challenges.iter().filter_map(Offer::read);
        let mut offers: Vec<_> =
            offers.filter(|offer| !self.memory.saw_digest || *offer != Offer::Basic).collect();
        offers.sort_by_key(|offer| {
            let has_worked = self.memory.worked() == Some(offer.kind());
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
        if self.tries.is_empty() {
            return Error::LoginUnsupported { scheme: reasons(challenges) };
        }
        let mut kinds: Vec<_> = self.tries.iter().map(Kind::to_string).collect();
        kinds.dedup();
        Error::LoginRefused { scheme: kinds.join(", ") }
    }
}

#[cfg(test)]
mod tests {
    use super::super::challenge::parse;
    use super::*;

    const REQUEST_LINE: RequestLine<'_> = RequestLine { method: "GET", uri: "/" };

    /// Feeds the 401s of one connection, challenges separated by `|`. Gives what was sent:
    /// `Basic`, or the algorithm, nonce and count for Digest.
    fn talk(dialogue: &mut Dialogue<'_>, answers: &[&str]) -> (Vec<String>, Option<Error>) {
        let mut sent = Vec::new();
        for answer in answers {
            let challenges = parse(answer.split('|').map(str::as_bytes));
            match dialogue.answer(&challenges, REQUEST_LINE, "c") {
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
            (&["Negotiate, NTLM"], &[], Some(unsupported("Negotiate; NTLM"))),
            (&[""], &[], Some(unsupported("no scheme named"))),
            (&["Digest realm=r"], &[], Some(unsupported("Digest MD5 without a nonce"))),
            (
                &["Digest nonce=a, algorithm=AKAv1-MD5|Basic"],
                &[],
                Some(unsupported(
                    "Digest AKAV1-MD5, an unknown algorithm; Basic, which is not used beside Digest",
                )),
            ),
        ];
        for (answers, sent, error) in rows {
            let login = login();
            let found = talk(&mut Dialogue::new(Some(&login), &mut Memory::default()), answers);
            assert_eq!(found, (sent.iter().map(|&s| s.into()).collect(), error), "{answers:?}");
        }
    }

    #[test]
    fn basic_is_never_sent_where_digest_was_offered() {
        let login = login();
        let mut memory = Memory::default();
        talk(&mut Dialogue::new(Some(&login), &mut memory), &[ALL]);
        let mut second = Dialogue::new(Some(&login), &mut memory);
        let expected = Some(unsupported("Basic, but Digest before"));
        assert_eq!(talk(&mut second, &["Basic"]), (vec![], expected));
    }

    #[test]
    fn what_worked_goes_first_the_next_time() {
        let login = login();
        let mut memory = Memory::default();
        let mut first = Dialogue::new(Some(&login), &mut memory);
        talk(&mut first, &[ALL, ALL]);
        first.accepted(None);
        let mut second = Dialogue::new(Some(&login), &mut memory);
        let (sent, _) = talk(&mut second, &[ALL, ALL, ALL]);
        assert_eq!(sent, ["SHA-256 c 2", "SHA-512-256 b 2", "MD5 a 1"]);
    }

    #[test]
    fn what_let_us_in_is_sent_at_once_the_next_time() {
        let login = login();
        let mut memory = Memory::default();
        let mut at_once = |next: Option<&str>, refusal: Option<&str>| {
            let mut dialogue = Dialogue::new(Some(&login), &mut memory);
            let sent =
                dialogue.at_once(REQUEST_LINE, "c").map(|value| String::from_utf8(value).unwrap());
            let mut sent: Vec<_> = sent.iter().map(|value| short(value)).collect();
            if let Some(challenges) = refusal {
                sent.extend(talk(&mut dialogue, &[challenges]).0);
            }
            dialogue.accepted(next.map(Into::into));
            sent
        };
        assert!(at_once(None, None).is_empty(), "nothing is known");
        assert_eq!(at_once(None, Some("Digest nonce=a, qop=auth")), ["MD5 a 1"]);
        assert_eq!(at_once(None, None), ["MD5 a 2"]);
        assert_eq!(at_once(Some("b"), None), ["MD5 a 3"]);
        assert_eq!(at_once(None, None), ["MD5 b 1"]);
        // Refused, with another nonce or the same: that was no try.
        assert_eq!(at_once(None, Some("Digest nonce=c, qop=auth")), ["MD5 b 2", "MD5 c 1"]);
        assert_eq!(at_once(None, Some("Digest nonce=c, qop=auth")), ["MD5 c 2", "MD5 c 3"]);
        let mut dialogue = Dialogue::new(Some(&login), &mut memory);
        assert!(!dialogue.forget());
        dialogue.at_once(REQUEST_LINE, "c");
        assert!(dialogue.forget());
        assert!(dialogue.at_once(REQUEST_LINE, "c").is_none());
    }

    #[test]
    fn nothing_goes_out_without_a_login() {
        let found = talk(&mut Dialogue::new(None, &mut Memory::default()), &[ALL]);
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
            talk(&mut Dialogue::new(Some(&login), &mut Memory::default()), &[answer.as_str(); 20]);
        assert_eq!(sent.len(), TRY_LIMIT);
        assert!(matches!(error, Some(Error::LoginRefused { .. })), "{error:?}");
    }
}

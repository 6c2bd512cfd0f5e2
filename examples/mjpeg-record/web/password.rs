//! The hash of the password, and who knows the password.
//!
//! Argon2 takes a twentieth of a second and 19 MiB on purpose, so it is asked once: the
//! password that was right is remembered by its HMAC, under a key that dies with the program.
//! A wrong one takes a second, in which its sender's next one waits, and nobody else's.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use ring::hmac;
use ring::rand::SystemRandom;
use tokio::sync::{Mutex as Turn, Semaphore, oneshot};

use super::super::common::lock::lock;

/// What a wrong password costs.
const DELAY: Duration = Duration::from_secs(1);

/// Passwords that are looked at at once, each with its memory.
const AT_ONCE: usize = 2;

/// Addresses that have a password looked at; beyond, somebody is guessing.
const ADDRESSES: usize = 1000;

/// Guesses of one address that wait for their turn.
const WAITING: usize = 16;

/// What to write into the file of settings for this password.
pub(crate) fn hash(password: &str) -> Result<String, String> {
    if password.is_empty() {
        return Err("an empty password is none".into());
    }
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| format!("cannot hash: {error}"))
}

pub(super) struct Password {
    hash: Arc<str>,
    key: hmac::Key,
    right: Mutex<Option<hmac::Tag>>,
    turns: Mutex<HashMap<IpAddr, Arc<Turn<()>>>>,
    at_once: Semaphore,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Right,
    Wrong,
    TooMany,
}

impl Password {
    pub(super) fn new(hash: &str) -> Result<Self, String> {
        // The text itself stays out of the error: it may be the password.
        PasswordHash::new(hash).ok().filter(|hash| hash.hash.is_some()).ok_or(
            "the password is not a hash: mjpeg-record --hash-password makes one, which begins \
             with $argon2id$",
        )?;
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new());
        Ok(Self {
            hash: hash.into(),
            key: key.map_err(|_| "the system has no random numbers")?,
            right: Mutex::default(),
            turns: Mutex::default(),
            at_once: Semaphore::new(AT_ONCE),
        })
    }

    pub(super) async fn check(self: &Arc<Self>, viewer: IpAddr, given: Option<&str>) -> Answer {
        // Browsers ask without one first.
        let Some(given) = given else { return Answer::Wrong };
        if self.is_known(given) {
            return Answer::Right;
        }
        let Some(turn) = self.turn(viewer) else { return Answer::TooMany };
        let (password, given) = (self.clone(), given.to_owned());
        // In a task of its own: whoever hangs up has the next turn no sooner.
        let looked = tokio::spawn(async move {
            let answer = {
                let _turn = turn.lock().await;
                password.look_at(&given).await
            };
            drop(turn);
            password.forget_turns();
            answer
        });
        looked.await.unwrap_or(Answer::TooMany)
    }

    /// Those that nobody has or waits for.
    fn forget_turns(&self) {
        let mut turns = lock(&self.turns);
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
    }

    fn turn(&self, viewer: IpAddr) -> Option<Arc<Turn<()>>> {
        let mut turns = lock(&self.turns);
        if turns.len() >= ADDRESSES && !turns.contains_key(&viewer) {
            return None;
        }
        let turn = turns.entry(viewer).or_default();
        (Arc::strong_count(turn) <= WAITING).then(|| turn.clone())
    }

    async fn look_at(&self, given: &str) -> Answer {
        // The first of a page's requests may have been right meanwhile.
        if self.is_known(given) {
            return Answer::Right;
        }
        let is_right = {
            let Ok(_seat) = self.at_once.acquire().await else { return Answer::TooMany };
            look_apart(self.hash.clone(), given.to_owned()).await
        };
        if is_right {
            let tag = hmac::sign(&self.key, given.as_bytes());
            *lock(&self.right) = Some(tag);
            return Answer::Right;
        }
        tokio::time::sleep(DELAY).await;
        Answer::Wrong
    }

    /// In the same time for every wrong one.
    fn is_known(&self, given: &str) -> bool {
        let right = lock(&self.right);
        let tag = right.as_ref().map(AsRef::as_ref);
        tag.is_some_and(|tag| hmac::verify(&self.key, given.as_bytes(), tag).is_ok())
    }
}

/// In a thread that ends with it: the system's allocator keeps this memory for each thread that
/// had it, and the runtime has eight.
async fn look_apart(hash: Arc<str>, given: String) -> bool {
    let (sender, answer) = oneshot::channel();
    let look = move || sender.send(is_right(&hash, &given));
    let spawned = thread::Builder::new().name("password".into()).spawn(look);
    spawned.is_ok() && answer.await.unwrap_or(false)
}

fn is_right(hash: &str, given: &str) -> bool {
    let hash = PasswordHash::new(hash);
    hash.is_ok_and(|hash| Argon2::default().verify_password(given.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().expect("a runtime")
    }

    #[test]
    fn the_right_password_is_right_and_is_remembered() {
        let hash = hash("correct horse").expect("a hash");
        assert!(hash.starts_with("$argon2id$") && !hash.contains("horse"), "{hash}");
        let password = Arc::new(Password::new(&hash).expect("a hash"));
        let viewer = IpAddr::from([192, 0, 2, 1]);
        runtime().block_on(async {
            assert_eq!(password.check(viewer, None).await, Answer::Wrong);
            assert_eq!(password.check(viewer, Some("correct horse")).await, Answer::Right);
            assert!(password.is_known("correct horse") && !password.is_known("correct"));
            assert_eq!(password.check(viewer, Some("correct hors")).await, Answer::Wrong);
            assert_eq!(password.check(viewer, Some("correct horse")).await, Answer::Right);
        });
        assert!(password.turns.lock().expect("a lock").is_empty());
    }

    #[test]
    fn a_wrong_password_holds_up_its_sender_alone() {
        let hash = hash("right").expect("a hash");
        let password = Arc::new(Password::new(&hash).expect("a hash"));
        let [guesser, other] = [1, 2].map(|last| IpAddr::from([192, 0, 2, last]));
        runtime().block_on(async {
            let began = Instant::now();
            let guess = || password.check(guesser, Some("wrong"));
            let honest = async {
                let answer = password.check(other, Some("right")).await;
                (answer, began.elapsed())
            };
            let (_, _, (answer, took)) = tokio::join!(guess(), guess(), honest);
            assert_eq!(answer, Answer::Right);
            assert!(began.elapsed() >= 2 * DELAY, "one after the other");
            assert!(took + DELAY / 2 < began.elapsed(), "{took:?}");
        });
    }

    #[test]
    fn whoever_hangs_up_has_the_next_turn_no_sooner() {
        let password = Arc::new(Password::new(&hash("right").expect("a hash")).expect("a hash"));
        let guesser = IpAddr::from([192, 0, 2, 1]);
        runtime().block_on(async {
            let began = Instant::now();
            let guess = password.check(guesser, Some("wrong"));
            assert!(tokio::time::timeout(DELAY / 10, guess).await.is_err());
            assert_eq!(password.check(guesser, Some("wrong")).await, Answer::Wrong);
            assert!(began.elapsed() >= 2 * DELAY);
        });
        assert!(password.turns.lock().expect("a lock").is_empty());
    }

    #[test]
    fn what_is_no_hash_is_refused_without_being_said() {
        for text in ["", "secret", "$argon2id$secret", "$argon2id$v=19$m=19456,t=2,p=1"] {
            let error = Password::new(text).err().expect(text);
            assert!(!error.contains("secret") && error.contains("--hash-password"), "{error}");
        }
        assert!(hash("").is_err());
    }
}

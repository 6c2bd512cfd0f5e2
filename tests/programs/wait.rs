//! Waiting for a condition instead of for a time.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a busy machine may take over what an idle one does at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Asks until there is an answer; `None` when `limit` passed without one.
pub(crate) fn until<T>(limit: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + limit;
    loop {
        let answer = ask();
        if answer.is_some() || Instant::now() >= deadline {
            return answer;
        }
        sleep(Duration::from_millis(20));
    }
}

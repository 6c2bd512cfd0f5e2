//! A mutex, whatever became of the thread that had it.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// For values that are whole at any moment: a poisoned one is taken all the same.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! Where each picture went.
//!
//! A camera writes down each picture before it is sent, and that it was: when the call
//! that wrote its last byte has returned. The pad probe behind the element writes down what
//! came. A connection is settled as soon as a picture of a later one has come, so that the
//! book stays short:
//!
//! ```text
//! sent = delivered
//!      + lost between delivered ones, each by a fault of its own (cut, damaged, …)
//!      + lost behind the last delivered one, by the end of the connection:
//!            reset by the camera, left by the consumer, or late under load
//! ```
//!
//! Whatever fits none of these, a picture out of order, twice, of another camera, or with
//! other bytes than were sent, is written down as wrong.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};

use super::picture::Id;
use super::plan::Fault;

/// Why a picture that was sent did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    Cut,
    Damaged,
    WrongLength,
    TooLarge,
    /// In flight when the camera reset the connection.
    Reset,
    /// In flight when the consumer paused, stopped, or sent the end of the stream.
    ConsumerLeft,
    /// In flight when the element gave the camera up, which was late under load.
    Late,
}

pub const CAUSES: [(Cause, &str); 7] = [
    (Cause::Cut, "cut"),
    (Cause::Damaged, "damaged"),
    (Cause::WrongLength, "length"),
    (Cause::TooLarge, "large"),
    (Cause::Reset, "reset"),
    (Cause::ConsumerLeft, "left"),
    (Cause::Late, "late"),
];

/// How a connection ended, as the camera sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Everything sent before can be read.
    Closed,
    Reset,
    /// Silence until the client had left.
    Stalled,
    /// The client left while pictures came in time.
    ClientLeft,
    /// The client left after a silence that was not planned: the machine was busy.
    Late,
}

/// Sums of the connections settled so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Totals {
    pub connections: u64,
    pub sent: u64,
    pub delivered: u64,
    /// In the order of [`CAUSES`].
    pub lost: [u64; CAUSES.len()],
    /// Of the lost ones, those between delivered ones: the element has counted each.
    pub lost_between: u64,
    /// Of the others, those with a fault: the element has counted them, or the connection
    /// has ended within them, or they were in flight.
    pub faulty_behind: u64,
}

pub struct Ledger {
    camera: u32,
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    /// The oldest first.
    open: VecDeque<Connection>,
    begun: u32,
    /// Times that the consumer did something that ends a connection.
    interruptions: u64,
    totals: Totals,
    wrong: Vec<String>,
}

struct Connection {
    number: u32,
    frames: Vec<(u64, Fault)>,
    written: usize,
    /// One behind the last delivered.
    next: usize,
    end: Option<End>,
    /// At its beginning, and when the next client was there.
    interruptions: (u64, Option<u64>),
}

/// More than these say nothing new.
const WRONG_KEPT: usize = 20;

impl Ledger {
    pub fn new(camera: u32) -> Self {
        Self { camera, book: Mutex::default() }
    }

    /// The camera has a new client: the one before has left.
    pub fn accepted(&self) {
        let mut book = self.book();
        let now = book.interruptions;
        if let Some(last) = book.open.back_mut() {
            last.interruptions.1.get_or_insert(now);
        }
    }

    /// Pictures will be sent to the client; the number of the connection.
    pub fn begin(&self) -> u32 {
        let mut book = self.book();
        let number = book.begun;
        book.begun += 1;
        let interruptions = (book.interruptions, None);
        let (frames, written, next, end) = (Vec::new(), 0, 0, None);
        book.open.push_back(Connection { number, frames, written, next, end, interruptions });
        number
    }

    /// A picture with these bytes is about to be sent on the newest connection.
    pub fn sending(&self, digest: u64, fault: Fault) {
        self.newest(|connection| connection.frames.push((digest, fault)));
    }

    /// It was.
    pub fn sent(&self) {
        self.newest(|connection| connection.written = connection.frames.len());
    }

    pub fn end(&self, end: End) {
        self.newest(|connection| connection.end = Some(end));
    }

    /// The consumer is about to end the connection, or just has: both are told, since a
    /// camera may open one between.
    pub fn interrupted(&self) {
        self.book().interruptions += 1;
    }

    /// A picture has come out of the element; `None` if it does not say who it is.
    pub fn delivered(&self, id: Option<Id>, digest: u64) {
        let mut book = self.book();
        let Some(id) = id else {
            return book.note(format!("camera {}: a picture without a number", self.camera));
        };
        while book.open.front().is_some_and(|connection| connection.number < id.connection) {
            book.settle(self.camera);
        }
        let place = usize::try_from(id.frame).unwrap();
        let Some(connection) = book.open.front_mut().filter(|first| first.number == id.connection)
        else {
            return book.note(format!("camera {}: {id:?} of a connection of old", self.camera));
        };
        let is_sent = connection.frames.get(place).is_some_and(|(sent, _)| *sent == digest);
        if id.camera != self.camera || !is_sent || place < connection.next {
            return book.note(format!("camera {}: {id:?} wrong bytes, or place", self.camera));
        }
        let passed = connection.frames[connection.next..place].to_vec();
        connection.next = place + 1;
        book.totals.delivered += 1;
        for (_, fault) in passed {
            match Cause::of(fault) {
                Some(cause) => {
                    book.lose(cause);
                    book.totals.lost_between += 1;
                }
                None => book.note(format!("camera {}: a hole before {id:?}", self.camera)),
            }
        }
    }

    /// Nothing more will come: everything is settled. What went where, and what was wrong.
    pub fn close(&self) -> (Totals, Vec<String>) {
        self.accepted();
        let mut book = self.book();
        while !book.open.is_empty() {
            book.settle(self.camera);
        }
        (book.totals, book.wrong.clone())
    }

    fn newest(&self, change: impl FnOnce(&mut Connection)) {
        change(self.book().open.back_mut().expect("a connection"));
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }
}

impl Totals {
    pub fn add(&mut self, other: &Self) {
        self.connections += other.connections;
        self.sent += other.sent;
        self.delivered += other.delivered;
        self.lost_between += other.lost_between;
        self.faulty_behind += other.faulty_behind;
        for (lost, more) in self.lost.iter_mut().zip(other.lost) {
            *lost += more;
        }
    }
}

impl Cause {
    /// Why a picture with this fault may be lost.
    fn of(fault: Fault) -> Option<Self> {
        match fault {
            Fault::Nothing => None,
            Fault::Cut => Some(Self::Cut),
            Fault::Damaged => Some(Self::Damaged),
            Fault::WrongLength => Some(Self::WrongLength),
            Fault::TooLarge => Some(Self::TooLarge),
        }
    }
}

impl Book {
    /// Closes the oldest connection's account.
    fn settle(&mut self, camera: u32) {
        let Some(connection) = self.open.pop_front() else { return };
        let Connection { number, frames, written, next, end, interruptions } = connection;
        // The last one may have come though the call that wrote it has failed.
        let sent = written.max(next);
        self.totals.connections += 1;
        self.totals.sent += sent as u64;
        let was_interrupted = interruptions.1 != Some(interruptions.0);
        let in_flight = match end {
            Some(End::Reset) => Some(Cause::Reset),
            _ if was_interrupted => Some(Cause::ConsumerLeft),
            Some(End::Late) => Some(Cause::Late),
            _ => None,
        };
        for (_, fault) in &frames[next..sent] {
            match in_flight.or(Cause::of(*fault)) {
                Some(cause) => self.lose(cause),
                None => self.note(format!(
                    "camera {camera}, connection {number}: {next} delivered of {sent} sent, {end:?}"
                )),
            }
            self.totals.faulty_behind += u64::from(*fault != Fault::Nothing);
        }
    }

    fn lose(&mut self, cause: Cause) {
        let place = CAUSES.iter().position(|(known, _)| *known == cause);
        self.totals.lost[place.expect("a known cause")] += 1;
    }

    fn note(&mut self, wrong: String) {
        if self.wrong.len() < WRONG_KEPT {
            self.wrong.push(wrong);
        }
    }
}

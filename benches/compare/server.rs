//! The load: cameras on one port that send what they are told, when they are told.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::common::camera::HEAD;
use crate::load::{Load, Pace, Part};
use crate::usage::now;

/// What Ethernet carries in a segment with time stamps.
const SEGMENT: usize = 1448;
/// How long that takes on a link of 100 Mbit/s.
const SEGMENT_TIME: Duration = Duration::from_nanos(115_840);
/// A sleep may end this late; the rest is waited for with open eyes.
const SLEEP_GRAIN: Duration = Duration::from_micros(200);
/// Cameras that one thread can serve.
const CAMERAS_A_THREAD: usize = 200;

pub struct Server {
    pub address: String,
    sending: JoinHandle<io::Result<Vec<TcpStream>>>,
}

impl Server {
    /// Sends when all cameras of the load have been asked.
    pub fn start(load: Load) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let sending = thread::spawn(move || {
            let sockets = (0..load.cameras).map(|_| accept(&listener, &load));
            let sockets: Vec<_> = sockets.collect::<io::Result<_>>()?;
            // Whoever asks again is sent away.
            drop(listener);
            send(&load, sockets)
        });
        Self { address, sending }
    }

    /// Waits until everything is sent. The connections live as long as what this gives;
    /// none when a client has left early.
    pub fn finish(self) -> Vec<TcpStream> {
        self.sending.join().unwrap().unwrap_or_default()
    }
}

fn accept(listener: &TcpListener, load: &Load) -> io::Result<TcpStream> {
    let (mut socket, _) = listener.accept()?;
    socket.set_nodelay(true)?;
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut buffer = [0; 4096];
        let count = socket.read(&mut buffer)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        request.extend(&buffer[..count]);
    }
    socket.write_all(format!("{HEAD}{}", load.habit.opening()).as_bytes())?;
    Ok(socket)
}

fn send(load: &Load, mut sockets: Vec<TcpStream>) -> io::Result<Vec<TcpStream>> {
    let parts = load.parts();
    let (interval, segment) = match load.pace {
        Pace::Drain => {
            for number in 0..load.sent() {
                for socket in &mut sockets {
                    socket.write_all(&parts[number % parts.len()].bytes)?;
                }
            }
            return Ok(sockets);
        }
        Pace::Frames(interval) => (interval, None),
        Pace::Segments(interval) => (interval, Some(SEGMENT)),
    };
    // Everybody's frames are spread over the interval.
    let schedule = Schedule { interval, segment, start: now() };
    let threads = sockets.len().div_ceil(CAMERAS_A_THREAD);
    let mut groups: Vec<Vec<(usize, TcpStream)>> = (0..threads).map(|_| Vec::new()).collect();
    for (camera, socket) in sockets.into_iter().enumerate() {
        groups[camera % threads].push((camera, socket));
    }
    thread::scope(|scope| {
        let run = |group| scope.spawn(|| schedule.run(load, parts.clone(), group));
        let threads: Vec<_> = groups.into_iter().map(run).collect();
        let sockets: io::Result<Vec<_>> =
            threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        Ok(sockets?.into_iter().flatten().collect())
    })
}

/// When what is sent.
struct Schedule {
    interval: Duration,
    segment: Option<usize>,
    start: u64,
}

/// A piece of every frame: when, from the beginning of the interval, whose, and which.
struct Piece {
    after: Duration,
    socket: usize,
    number: usize,
}

impl Schedule {
    fn run(
        &self,
        load: &Load,
        mut parts: Vec<Part>,
        mut group: Vec<(usize, TcpStream)>,
    ) -> io::Result<Vec<TcpStream>> {
        let pieces = self.pieces(load, &parts, &group);
        for frame in 0..load.sent() {
            let number = frame % parts.len();
            let part = &mut parts[number];
            for piece in &pieces {
                let Some(range) = self.range(&part.bytes, piece.number) else { continue };
                let due = self.interval * u32::try_from(frame).unwrap() + piece.after;
                let due = self.start + u64::try_from(due.as_nanos()).unwrap();
                if self.segment.is_some() {
                    wait_awake(due);
                } else {
                    wait_asleep(due);
                    part.stamp(now());
                }
                group[piece.socket].1.write_all(&part.bytes[range])?;
            }
        }
        Ok(group.into_iter().map(|(_, socket)| socket).collect())
    }

    fn pieces(&self, load: &Load, parts: &[Part], group: &[(usize, TcpStream)]) -> Vec<Piece> {
        let longest = parts.iter().map(|part| part.bytes.len()).max().unwrap();
        let count = self.segment.map_or(1, |segment| longest.div_ceil(segment));
        let takes = SEGMENT_TIME * u32::try_from(count - 1).unwrap();
        let slot = self.interval.saturating_sub(takes) / u32::try_from(load.cameras).unwrap();
        let piece = |socket: usize, number: usize| {
            let camera = u32::try_from(group[socket].0).unwrap();
            let after = slot * camera + SEGMENT_TIME * u32::try_from(number).unwrap();
            Piece { after, socket, number }
        };
        let mut pieces: Vec<_> = (0..group.len())
            .flat_map(|socket| (0..count).map(move |number| (socket, number)))
            .map(|(socket, number)| piece(socket, number))
            .collect();
        pieces.sort_by_key(|piece| piece.after);
        pieces
    }

    /// Where this piece of a frame is, if the frame is that long.
    fn range(&self, bytes: &[u8], number: usize) -> Option<std::ops::Range<usize>> {
        let Some(segment) = self.segment else { return Some(0..bytes.len()) };
        let start = segment * number;
        (start < bytes.len()).then(|| start..bytes.len().min(start + segment))
    }
}

fn wait_asleep(due: u64) {
    thread::sleep(Duration::from_nanos(due.saturating_sub(now())));
}

/// To the microsecond, at the price of a core.
fn wait_awake(due: u64) {
    let left = Duration::from_nanos(due.saturating_sub(now()));
    thread::sleep(left.saturating_sub(SLEEP_GRAIN));
    while now() < due {
        std::hint::spin_loop();
    }
}

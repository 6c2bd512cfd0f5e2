//! A camera that does what the [plan](super::plan) says, on a thread of its own.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use socket2::SockRef;

use super::ledger::{End, Ledger};
use super::picture::{Id, digest, picture};
use super::plan::{self, DIALECTS, Dialect, Fault, Finish, Framing, Lengths, Step, Welcome};
use crate::common::random::Random;

/// From one picture to the next.
const INTERVAL: Duration = Duration::from_millis(40);
/// A pause between two pictures that the element may have taken for silence.
const LATE: Duration = Duration::from_secs(2);
/// Longest wait for a client to do anything.
const PATIENCE: Duration = Duration::from_secs(20);
/// What the element is told to take at most, in bytes.
pub const MAX_FRAME_SIZE: usize = 64 * 1024;

/// Whether pictures may change their size in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sizes {
    Fixed,
    Changing,
}

pub struct Camera {
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Camera {
    pub fn start(number: u32, sizes: Sizes, seed: u64, ledger: Arc<Ledger>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stopping = Arc::new(AtomicBool::new(false));
        let script = Script {
            number,
            sizes,
            dialect: DIALECTS[usize::try_from(number).unwrap() % DIALECTS.len()],
            random: Random::new(seed),
            ledger,
            stopping: stopping.clone(),
            size: (320, 240),
        };
        let thread = thread::spawn(move || script.serve(listener));
        Self { address, stopping, thread: Some(thread) }
    }

    pub fn url(&self) -> String {
        format!("http://{}/video.mjpg", self.address)
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        // Wakes the listener; where there is none, the camera looks by itself.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

struct Script {
    number: u32,
    sizes: Sizes,
    dialect: Dialect,
    random: Random,
    ledger: Arc<Ledger>,
    stopping: Arc<AtomicBool>,
    /// Of the pictures, in pixels.
    size: (u16, u16),
}

impl Script {
    fn serve(mut self, mut listener: TcpListener) {
        let address = listener.local_addr().unwrap();
        while !self.is_stopping() {
            let Ok((mut client, _)) = listener.accept() else { continue };
            self.ledger.accepted();
            if self.is_stopping() || read_request(&client).is_err() {
                continue;
            }
            match plan::welcome(&mut self.random) {
                Welcome::Stream => self.stream(client),
                Welcome::Busy => {
                    let answer = "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";
                    let _ = client.write_all(answer.as_bytes());
                }
                Welcome::Refuse(time) => {
                    drop(client);
                    drop(listener);
                    thread::sleep(time);
                    listener = bind_again(address);
                }
            }
        }
    }

    fn stream(&mut self, mut client: TcpStream) {
        let connection = self.ledger.begin();
        let end = match client.write_all(self.dialect.head.as_bytes()) {
            Ok(()) => self.pictures(&mut client, connection),
            Err(_) => End::ClientLeft,
        };
        self.ledger.end(end);
        if end == End::Reset {
            SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
        }
    }

    /// Sends until something ends it.
    fn pictures(&mut self, client: &mut TcpStream, connection: u32) -> End {
        let mut frame = 0;
        let mut last = Instant::now();
        let mut longest = Duration::ZERO;
        loop {
            thread::sleep(INTERVAL.saturating_sub(last.elapsed()));
            if self.is_stopping() {
                return End::Closed;
            }
            let id = Id { camera: self.number, connection, frame };
            match plan::step(&mut self.random) {
                Step::Resize => self.resize(),
                Step::Finish(finish) => return self.finish(client, finish, id),
                Step::Send(fault) => {
                    let result = self.send(client, fault, id);
                    longest = longest.max(last.elapsed());
                    if result.is_err() {
                        return if longest > LATE { End::Late } else { End::ClientLeft };
                    }
                    last = Instant::now();
                    frame += 1;
                }
            }
        }
    }

    fn resize(&mut self) {
        if self.sizes == Sizes::Changing {
            let sizes = [(160, 120), (320, 240), (640, 480), (1280, 720)];
            self.size = sizes[self.random.below(sizes.len())];
        }
    }

    fn send(&mut self, client: &mut TcpStream, fault: Fault, id: Id) -> io::Result<()> {
        let scan = match fault {
            Fault::TooLarge => MAX_FRAME_SIZE + self.random.below(MAX_FRAME_SIZE),
            _ => 3000 + self.random.below(6000),
        };
        let mut picture = picture(id, self.size, scan, &mut self.random);
        let mut announced = picture.len();
        let mut sent = digest(&picture);
        // Behind the tables, before the end.
        let place = 500 + self.random.below(2000);
        match fault {
            Fault::Nothing | Fault::TooLarge => {}
            Fault::Cut => picture.truncate(place),
            Fault::Damaged => {
                picture[place..place + 3].copy_from_slice(&[0xFF, 0xD8, 0x11]);
                sent = digest(&picture);
            }
            Fault::WrongLength if self.random.below(2) == 0 => announced += place,
            Fault::WrongLength => announced -= place,
        }
        self.ledger.sending(sent, fault);
        let part = self.part(&picture, announced);
        // In two pieces, as the network may cut it.
        let (first, second) = part.split_at(self.random.below(part.len()));
        self.write(client, first)?;
        self.write(client, second)?;
        self.ledger.sent();
        Ok(())
    }

    fn finish(&mut self, client: &mut TcpStream, finish: Finish, id: Id) -> End {
        // Whether the client is still there does not matter any more.
        match finish {
            Finish::Close => End::Closed,
            Finish::Reset => End::Reset,
            Finish::CloseWithinPicture => {
                let _ = self.send_beginning(client, id);
                End::Closed
            }
            Finish::ResetWithinPicture => {
                let _ = self.send_beginning(client, id);
                End::Reset
            }
            Finish::Stall => {
                client.set_read_timeout(Some(PATIENCE)).unwrap();
                let _ = client.read(&mut [0]);
                End::Stalled
            }
            Finish::KeepAlive => {
                let start = Instant::now();
                while start.elapsed() < PATIENCE && self.write(client, b"\r\n").is_ok() {
                    thread::sleep(INTERVAL);
                }
                End::Stalled
            }
        }
    }

    /// A picture that is never sent to its end.
    fn send_beginning(&mut self, client: &mut TcpStream, id: Id) -> io::Result<()> {
        let picture = picture(id, self.size, 3000, &mut self.random);
        let part = self.part(&picture, picture.len());
        let size = 100 + self.random.below(2500);
        self.write(client, &part[..size])
    }

    fn part(&self, picture: &[u8], announced: usize) -> Vec<u8> {
        let Dialect { line_end, behind, lengths, .. } = self.dialect;
        let length = match lengths {
            Lengths::Announced => format!("Content-Length: {announced}{line_end}"),
            Lengths::Missing => String::new(),
        };
        let head = format!("--b{line_end}Content-Type: image/jpeg{line_end}{length}{line_end}");
        [head.as_bytes(), picture, behind.as_bytes()].concat()
    }

    fn write(&self, client: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
        match self.dialect.framing {
            Framing::UntilClose => client.write_all(bytes),
            // An empty chunk would be the end.
            Framing::Chunked if bytes.is_empty() => Ok(()),
            Framing::Chunked => {
                let size = format!("{:x}\r\n", bytes.len());
                client.write_all(&[size.as_bytes(), bytes, b"\r\n"].concat())
            }
        }
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }
}

fn read_request(mut client: &TcpStream) -> io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte)?;
        request.push(byte[0]);
    }
    Ok(())
}

/// The port may be another's for a moment: a client's own end of a connection.
fn bind_again(address: SocketAddr) -> TcpListener {
    let start = Instant::now();
    loop {
        match TcpListener::bind(address) {
            Ok(listener) => return listener,
            Err(error) => assert!(start.elapsed() < PATIENCE, "{address}: {error}"),
        }
        thread::sleep(INTERVAL);
    }
}

//! A connection of the client, the one to the camera, and what happens between them.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread::{self, JoinHandle, sleep};
use std::time::Duration;

use socket2::SockRef;

use super::act::{Act, Damage, Spot};
use super::place::{Place, Scanner};
use super::port::{Shared, Sight};

/// From byte to byte, so that no read times out but the head takes seconds.
const DRIP: Duration = Duration::from_millis(20);

/// A connection of the client and the one to the camera that belongs to it.
pub(super) struct Link {
    client: TcpStream,
    camera: TcpStream,
    /// Passes on what the client sends.
    upward: JoinHandle<()>,
    /// `None` where there is nothing to read.
    scanner: Option<Scanner>,
    place: Option<Place>,
}

impl Link {
    pub(super) fn new(client: TcpStream, camera: TcpStream, sight: Sight) -> Self {
        let (mut from, mut to) = (client.try_clone().unwrap(), camera.try_clone().unwrap());
        let upward = thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
        let scanner = (sight == Sight::Clear).then(Scanner::default);
        Self { client, camera, upward, scanner, place: None }
    }

    /// Passes on what the camera sends, to the end or to the act that ends it.
    pub(super) fn pass_on(mut self, relay: &Shared) -> io::Result<()> {
        let mut due = None;
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = self.camera.read(&mut buffer) {
            if due.is_none() {
                match relay.take(|act| !act.is_for_new()) {
                    Some(Act::Leave) => {
                        self.close();
                        relay.finish();
                        return Ok(());
                    }
                    Some(Act::At(spot, damage)) => due = Some((spot, damage)),
                    _ => {}
                }
            }
            let bytes = &buffer[..count];
            let hit = due.as_mut().and_then(|(spot, _)| self.find(spot, bytes));
            if let (Some(at), Some((_, damage))) = (hit, due.take_if(|_| hit.is_some())) {
                // The client may have left by itself.
                let _ = self.client.write_all(&bytes[..at]);
                match self.suffer(damage, bytes, at, relay)? {
                    Some(this) => self = this,
                    None => return Ok(()),
                }
            } else {
                if due.is_none() {
                    self.scan_all(bytes);
                }
                if self.client.write_all(bytes).is_err() {
                    break;
                }
            }
        }
        if let Some((spot, damage)) = due {
            relay.put_back(Act::At(spot, damage));
        }
        self.close();
        Ok(())
    }

    /// What happens between the bytes before `at` and those behind; the link, if it
    /// survives that.
    fn suffer(
        mut self,
        damage: Damage,
        bytes: &[u8],
        at: usize,
        relay: &Shared,
    ) -> io::Result<Option<Self>> {
        match damage {
            Damage::Reset => self.reset(),
            Damage::Close => self.close(),
            Damage::HalfClose => {
                let _ = self.client.shutdown(Shutdown::Write);
                relay.finish();
                self.wait_for_leave();
                return Ok(None);
            }
            Damage::Stall => self.wait_for_leave(),
            Damage::Repeat(count) => {
                let again = [&bytes[at.saturating_sub(count)..at], &bytes[at..]].concat();
                self.scan_all(&bytes[at + 1..]);
                // Too much for the client, perhaps.
                let _ = self.client.write_all(&again);
                relay.finish();
                return Ok(Some(self));
            }
            Damage::SwapParts => {
                let swapped = self.swap_parts(bytes[at..].to_vec());
                relay.finish();
                swapped?;
                return Ok(Some(self));
            }
        }
        relay.finish();
        Ok(None)
    }

    /// Sends `bytes`, of which only the first has been looked at, and what follows, with
    /// two parts the wrong way round.
    fn swap_parts(&mut self, mut bytes: Vec<u8>) -> io::Result<()> {
        let mut starts = Vec::new();
        let mut at = 1;
        while starts.len() < 3 {
            if at == bytes.len() {
                let mut buffer = [0; 4096];
                let count = self.camera.read(&mut buffer)?;
                if count == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                bytes.extend(&buffer[..count]);
            }
            let before = self.place;
            self.scan(bytes[at]);
            if self.place == Some(Place::BetweenParts) && before != self.place {
                starts.push(at);
            }
            at += 1;
        }
        self.scan_all(&bytes[at..]);
        for range in [0..starts[0], starts[1]..starts[2], starts[0]..starts[1]] {
            self.client.write_all(&bytes[range])?;
        }
        self.client.write_all(&bytes[starts[2]..])
    }

    /// The index of the byte where something is due. Those behind it are left to be looked
    /// at.
    fn find(&mut self, spot: &mut Spot, bytes: &[u8]) -> Option<usize> {
        bytes.iter().position(|&byte| {
            self.scan(byte);
            spot.is_here(self.place)
        })
    }

    fn scan_all(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.scan(byte);
        }
    }

    fn scan(&mut self, byte: u8) {
        if let Some(scanner) = &mut self.scanner {
            self.place = Some(scanner.place(byte));
        }
    }

    pub(super) fn drip(mut self) {
        let mut byte = [0];
        while self.camera.read_exact(&mut byte).is_ok() && self.client.write_all(&byte).is_ok() {
            sleep(DRIP);
        }
        self.close();
    }

    fn wait_for_leave(self) {
        let _ = self.upward.join();
    }

    fn close(self) {
        let _ = self.client.shutdown(Shutdown::Both);
        let _ = self.upward.join();
    }

    /// Takes the client's handle away from the other thread, without a word to the client,
    /// as only the last handle resets a connection.
    fn reset(self) {
        let _ = self.client.shutdown(Shutdown::Read);
        let _ = self.upward.join();
        reset(self.client);
    }
}

/// Closes with RST instead of FIN.
pub(super) fn reset(stream: TcpStream) {
    let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    drop(stream);
}

//! The relay: a TCP port that passes bytes on until an act is due.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use socket2::{Domain, SockRef, Socket, Type};

use super::act::{Act, Damage, Spot};
use super::camera::read_request;
use super::place::{Place, Scanner};

/// Whether the relay can read what it passes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    Clear,
    /// It is encrypted.
    Opaque,
}

/// It ends with this value.
pub(crate) struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
    done: Receiver<Instant>,
}

struct Shared {
    camera: SocketAddr,
    sight: Sight,
    door: Socket,
    /// Held by the thread that accepts, or by who must not be disturbed by it.
    porter: Mutex<()>,
    acts: Mutex<VecDeque<Act>>,
    /// Acts that are not done yet: those above and those under way.
    left: AtomicUsize,
    done: Sender<Instant>,
    /// An answer on its way to nobody.
    kept: Mutex<Option<TcpStream>>,
    is_stopping: AtomicBool,
}

/// As long as anybody waits at the door.
const QUEUE: i32 = 128;
/// From byte to byte, so that no read times out but the head takes seconds.
const DRIP: Duration = Duration::from_millis(20);

impl Relay {
    pub(crate) fn start(camera: SocketAddr, sight: Sight) -> Self {
        let (sender, done) = mpsc::channel();
        let door = door();
        door.listen(QUEUE).unwrap();
        let address = door.local_addr().unwrap().as_socket().unwrap();
        let shared = Arc::new(Shared {
            camera,
            sight,
            door,
            porter: Mutex::default(),
            acts: Mutex::default(),
            left: AtomicUsize::default(),
            done: sender,
            kept: Mutex::default(),
            is_stopping: AtomicBool::default(),
        });
        let state = shared.clone();
        thread::spawn(move || state.accept());
        Self { address, shared, done }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Does all of this, one connection after the other. Returns when the last was done,
    /// and the next connection will be passed on as it should.
    pub(crate) fn perform(&self, acts: impl IntoIterator<Item = Act>) -> Instant {
        let acts: Vec<_> = acts.into_iter().collect();
        self.shared.left.store(acts.len(), Ordering::SeqCst);
        self.shared.acts.lock().unwrap().extend(acts);
        self.done.recv_timeout(Duration::from_secs(120)).expect("the client connects again")
    }

    /// Refuses connections for a while.
    pub(crate) fn refuse(&self, outage: Duration) -> Instant {
        let porter = self.close_door();
        self.leave();
        sleep(outage);
        self.shared.door.listen(QUEUE).unwrap();
        drop(porter);
        Instant::now()
    }

    /// Lets nobody in for a while: the queue at the door is full.
    pub(crate) fn fill_queue(&self, outage: Duration) -> Instant {
        let porter = self.close_door();
        self.shared.door.listen(0).unwrap();
        let connect = || TcpStream::connect_timeout(&self.address, Duration::from_millis(20)).ok();
        let queue: Vec<_> = std::iter::from_fn(connect).collect();
        self.leave();
        sleep(outage);
        // Those in the queue are reset.
        self.shared.door.shutdown(Shutdown::Both).unwrap();
        drop(queue);
        self.shared.door.listen(QUEUE).unwrap();
        drop(porter);
        Instant::now()
    }

    /// Closes the connection, if the client has one: on a busy machine it may have given up
    /// by itself.
    fn leave(&self) {
        self.shared.left.store(1, Ordering::SeqCst);
        self.shared.acts.lock().unwrap().push_back(Act::Leave);
        if self.done.recv_timeout(Duration::from_secs(1)).is_err()
            && self.shared.take(|act| act == Act::Leave).is_none()
        {
            self.done.recv().expect("it is being closed");
        }
    }

    fn close_door(&self) -> impl Drop + '_ {
        // Linux: ends the accept and keeps the port.
        self.shared.door.shutdown(Shutdown::Both).unwrap();
        self.shared.porter.lock().unwrap()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.is_stopping.store(true, Ordering::SeqCst);
        // A door that is closed already may stay so.
        let _ = self.shared.door.shutdown(Shutdown::Both);
    }
}

/// A socket on a free port that it keeps when it stops to listen: Linux promises that for
/// a port that was asked for by its number only.
fn door() -> Socket {
    let bound = |address: SocketAddr| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_reuse_address(true).unwrap();
        socket.bind(&address.into()).unwrap();
        socket
    };
    let any = bound("127.0.0.1:0".parse().unwrap());
    bound(any.local_addr().unwrap().as_socket().unwrap())
}

impl Shared {
    fn accept(self: Arc<Self>) {
        while !self.is_stopping.load(Ordering::SeqCst) {
            let porter = self.porter.lock().unwrap();
            let accepted = self.door.accept();
            drop(porter);
            let Ok((stream, _)) = accepted else {
                // Closed: leaves the door to who has closed it.
                sleep(Duration::from_millis(1));
                continue;
            };
            let stream = TcpStream::from(stream);
            stream.set_nodelay(true).unwrap();
            let state = self.clone();
            // Both sides may leave whenever they like.
            thread::spawn(move || state.serve(stream));
        }
    }

    fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        match self.take(Act::is_for_new) {
            Some(Act::HangUp) => drop(client),
            Some(Act::Ignore) => {
                // However it leaves, it has left.
                let _ = io::copy(&mut client, &mut io::sink());
            }
            Some(Act::KeepAnswer) => {
                // Without a request there is no answer to keep.
                let _ = self.keep_answer(&mut client);
                reset(client);
            }
            Some(Act::SendKept) => {
                let kept = self.kept.lock().unwrap().take();
                let request = read_request(&mut client);
                self.finish();
                request?;
                let Some(camera) = kept else { return Ok(()) };
                return Link::new(client, camera, self.sight).pass_on(self);
            }
            Some(Act::Drip) => self.link(client)?.drip(),
            _ => return self.link(client)?.pass_on(self),
        }
        self.finish();
        Ok(())
    }

    fn keep_answer(&self, client: &mut TcpStream) -> io::Result<()> {
        let mut camera = TcpStream::connect(self.camera)?;
        camera.write_all(&read_request(client)?)?;
        camera.peek(&mut [0])?;
        *self.kept.lock().unwrap() = Some(camera);
        Ok(())
    }

    fn link(&self, client: TcpStream) -> io::Result<Link> {
        Ok(Link::new(client, TcpStream::connect(self.camera)?, self.sight))
    }

    /// The next act, if it is of the kind asked for.
    fn take(&self, is_wanted: impl Fn(Act) -> bool) -> Option<Act> {
        let mut acts = self.acts.lock().unwrap();
        if acts.front().is_some_and(|act| is_wanted(*act)) { acts.pop_front() } else { None }
    }

    /// An act is done.
    fn finish(&self) {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            // The test may be over.
            let _ = self.done.send(Instant::now());
        }
    }
}

/// A connection of the client and the one to the camera that belongs to it.
struct Link {
    client: TcpStream,
    camera: TcpStream,
    /// Passes on what the client sends.
    upward: JoinHandle<()>,
    /// `None` where there is nothing to read.
    scanner: Option<Scanner>,
    place: Option<Place>,
}

impl Link {
    fn new(client: TcpStream, camera: TcpStream, sight: Sight) -> Self {
        let (mut from, mut to) = (client.try_clone().unwrap(), camera.try_clone().unwrap());
        let upward = thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
        let scanner = (sight == Sight::Clear).then(Scanner::default);
        Self { client, camera, upward, scanner, place: None }
    }

    /// Passes on what the camera sends, to the end or to the act that ends it.
    fn pass_on(mut self, relay: &Shared) -> io::Result<()> {
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
            relay.acts.lock().unwrap().push_front(Act::At(spot, damage));
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

    fn drip(mut self) {
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
fn reset(stream: TcpStream) {
    let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
    drop(stream);
}

//! The relay: a TCP port that gives each connection its act.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use super::act::Act;
use super::camera::read_request;
use super::link::{Link, reset};

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

pub(super) struct Shared {
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
    pub(super) fn take(&self, is_wanted: impl Fn(Act) -> bool) -> Option<Act> {
        let mut acts = self.acts.lock().unwrap();
        if acts.front().is_some_and(|act| is_wanted(*act)) { acts.pop_front() } else { None }
    }

    /// An act that was taken could not be done: the next connection gets it.
    pub(super) fn put_back(&self, act: Act) {
        self.acts.lock().unwrap().push_front(act);
    }

    /// An act is done.
    pub(super) fn finish(&self) {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            // The test may be over.
            let _ = self.done.send(Instant::now());
        }
    }
}

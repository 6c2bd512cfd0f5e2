//! Servers that send whatever they are told to, and count it.

use std::io::{self, Read};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crate::common::camera::{Camera, Visit};

/// The pace of one that is slow.
const PACE: Duration = Duration::from_millis(50);

pub(crate) struct Server {
    url: String,
    traffic: Arc<Traffic>,
    _camera: Option<Camera>,
}

/// What was sent over all connections.
#[derive(Default)]
pub(crate) struct Traffic {
    bytes: AtomicU64,
    writes: AtomicU64,
}

/// One connection, whose request has been read.
pub(crate) struct Flow {
    pub(crate) visit: Visit,
    traffic: Arc<Traffic>,
}

impl Server {
    /// Answers each connection by `script`, and leaves it open until the client leaves.
    pub(crate) fn new(
        script: impl Fn(&mut Flow) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let traffic = Arc::new(Traffic::default());
        let shared = traffic.clone();
        let camera = Camera::start(move |visit| {
            let mut flow = Flow { visit, traffic: shared.clone() };
            script(&mut flow)?;
            flow.visit.hold()
        });
        Self { url: camera.url(), traffic, _camera: Some(camera) }
    }

    /// Sends this and nothing more.
    pub(crate) fn once(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::new(move |flow| flow.send(&answer))
    }

    /// Sends the start and then `more` again and again, as fast as it is taken.
    pub(crate) fn endless(start: impl Into<Vec<u8>>, more: impl AsRef<[u8]>) -> Self {
        let (start, more) = (start.into(), more.as_ref());
        let many = more.repeat(1 + 64 * 1024 / more.len());
        Self::new(move |flow| {
            flow.send(&start)?;
            loop {
                flow.send(&many)?;
            }
        })
    }

    /// Sends the start, and then `more` every 50 ms.
    pub(crate) fn slow(start: impl Into<Vec<u8>>, more: &'static str) -> Self {
        let start = start.into();
        Self::new(move |flow| {
            flow.send(&start)?;
            loop {
                flow.send(more)?;
                thread::sleep(PACE);
            }
        })
    }

    /// Begins a TLS handshake, whatever it was asked, and never ends it.
    pub(crate) fn slow_handshake() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}/stream", listener.local_addr().unwrap());
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                // A record of 16 KiB that holds a handshake (RFC 8446 §5.1).
                let record = [0x16, 3, 3, 0x40, 0, 2].into_iter().chain(std::iter::repeat(0));
                let _ = stream.read(&mut [0; 2048]);
                for byte in record {
                    if io::Write::write_all(&mut stream, &[byte]).is_err() {
                        break;
                    }
                    thread::sleep(PACE);
                }
            }
        });
        Self { url, traffic: Arc::default(), _camera: None }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The processor time that all it has sent may be worth, with plenty to spare.
    pub(crate) fn worth(&self) -> Duration {
        let bytes = self.traffic.bytes.load(Ordering::SeqCst);
        let writes = self.traffic.writes.load(Ordering::SeqCst);
        Duration::from_nanos(100) * u32::try_from(bytes).unwrap_or(u32::MAX)
            + Duration::from_micros(50) * u32::try_from(writes).unwrap_or(u32::MAX)
    }
}

impl Flow {
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.visit.send(bytes.as_ref())?;
        self.traffic.bytes.fetch_add(bytes.as_ref().len() as u64, Ordering::SeqCst);
        self.traffic.writes.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

/// Lets some time pass.
pub(crate) fn dawdle() {
    thread::sleep(4 * PACE);
}

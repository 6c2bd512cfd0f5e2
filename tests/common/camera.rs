//! A scripted camera on a free loopback port: a closure answers each connection.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// The head of mjpg-streamer's answer.
pub const HEAD: &str =
    "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n";

pub struct Camera {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    requests: Mutex<Vec<String>>,
    open: Mutex<Vec<TcpStream>>,
    stopping: AtomicBool,
}

/// One connection: its request has been read, its answer is up to the script.
pub struct Visit {
    /// From 0, in the order of the connections.
    pub number: usize,
    /// The head of the request, each byte a character.
    pub request: String,
    pub stream: TcpStream,
}

impl Camera {
    /// Answers each connection by `script`, on a thread of its own; the connection is
    /// closed when it returns.
    pub fn start(script: impl Fn(Visit) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), script)
    }

    /// The same where somebody listens already.
    pub fn on(
        listener: TcpListener,
        script: impl Fn(Visit) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let script = Arc::new(script);
        let state = shared.clone();
        thread::spawn(move || {
            for (number, stream) in listener.incoming().flatten().enumerate() {
                if state.stopping.load(Ordering::SeqCst) {
                    return;
                }
                stream.set_nodelay(true).unwrap();
                state.open.lock().unwrap().push(stream.try_clone().unwrap());
                let (script, state) = (script.clone(), state.clone());
                thread::spawn(move || {
                    // The client may leave whenever it likes.
                    let Ok(request) = read_request(&stream) else { return };
                    state.requests.lock().unwrap().push(request.clone());
                    let closing = stream.try_clone();
                    let _ = script(Visit { number, request, stream });
                    let _ = closing.map(|stream| stream.shutdown(Shutdown::Both));
                });
            }
        });
        Self { address, shared }
    }

    /// Sends `answer` to everybody and closes.
    pub fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |mut visit| visit.send(&answer))
    }

    pub fn url(&self) -> String {
        format!("http://{}/stream", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends all connections there are.
    pub fn hang_up(&self) {
        for stream in self.shared.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// The heads of all requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap().clone()
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        self.hang_up();
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
    }
}

impl Visit {
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(bytes.as_ref())
    }

    /// Waits for another request on the same connection.
    pub fn next_request(&mut self) -> io::Result<&str> {
        self.request = read_request(&self.stream)?;
        Ok(&self.request)
    }

    /// Keeps the connection open, silent, until the client leaves.
    pub fn hold(mut self) -> io::Result<()> {
        io::copy(&mut self.stream, &mut io::sink()).map(drop)
    }
}

/// A part with `Content-Length` and, if given, `X-Timestamp`.
pub fn part(picture: &[u8], timestamp: Option<&str>) -> Vec<u8> {
    let time = timestamp.map(|time| format!("X-Timestamp: {time}\r\n")).unwrap_or_default();
    let head =
        format!("Content-Type: image/jpeg\r\nContent-Length: {}\r\n{time}\r\n", picture.len());
    [b"--b\r\n", head.as_bytes(), picture, b"\r\n"].concat()
}

fn read_request(mut stream: &TcpStream) -> io::Result<String> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        request.push(byte[0]);
    }
    Ok(request.into_iter().map(char::from).collect())
}

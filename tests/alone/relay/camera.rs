//! A camera that sends numbered pictures to whoever asks.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, SystemTime};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::numbered;
use crate::common::camera::{HEAD, part};
use crate::programs::certificates::Pair;

/// From one picture to the next.
const INTERVAL: Duration = Duration::from_millis(10);

/// How the pictures travel.
#[derive(Clone)]
pub(crate) enum Wire {
    Plain,
    Chunked,
    Tls(Arc<ServerConfig>),
}

/// It ends with this value, its connections when the other side leaves.
pub(crate) struct NumberedCamera {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    next: AtomicU64,
    is_stopping: AtomicBool,
}

impl NumberedCamera {
    pub(crate) fn start(wire: Wire) -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").unwrap(), wire)
    }

    pub(crate) fn at(listener: TcpListener, wire: Wire) -> Self {
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let state = shared.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if state.is_stopping.load(Ordering::SeqCst) {
                    return;
                }
                stream.set_nodelay(true).unwrap();
                let (wire, state) = (wire.clone(), state.clone());
                // The client may leave whenever it likes.
                thread::spawn(move || state.serve(stream, &wire));
            }
        });
        Self { address, shared }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The number of the picture that has not been made yet.
    pub(crate) fn next(&self) -> u64 {
        self.shared.next.load(Ordering::SeqCst)
    }
}

impl Drop for NumberedCamera {
    fn drop(&mut self) {
        self.shared.is_stopping.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream, wire: &Wire) -> io::Result<()> {
        match wire {
            Wire::Plain => self.film(stream, HEAD, |block| block),
            Wire::Chunked => {
                let head = HEAD.replace("1.0", "1.1").replace("\r\n\r\n", CHUNKED);
                self.film(stream, &head, |block| chunks(&block))
            }
            Wire::Tls(config) => {
                let connection = ServerConnection::new(config.clone()).unwrap();
                self.film(StreamOwned::new(connection, stream), HEAD, |block| block)
            }
        }
    }

    fn film(
        &self,
        mut stream: impl Read + Write,
        head: &str,
        code: impl Fn(Vec<u8>) -> Vec<u8>,
    ) -> io::Result<()> {
        read_request(&mut stream)?;
        stream.write_all(head.as_bytes())?;
        loop {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            let time = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
            let block = part(&numbered::picture(number), Some(&format!("{time:.6}")));
            stream.write_all(&code(block))?;
            stream.flush()?;
            sleep(INTERVAL);
        }
    }
}

const CHUNKED: &str = "\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Cut without regard for the parts.
fn chunks(block: &[u8]) -> Vec<u8> {
    let pieces = block.chunks(700);
    let chunk =
        |piece: &[u8]| [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
    pieces.flat_map(chunk).collect()
}

/// The head of a request, with its blank line.
pub(crate) fn read_request(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        request.push(byte[0]);
    }
    Ok(request)
}

/// TLS with this certificate.
pub(crate) fn tls(pair: &Pair) -> Wire {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let certificate = CertificateDer::from_pem_file(&pair.certificate).unwrap();
    let key = PrivateKeyDer::from_pem_file(&pair.key).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    Wire::Tls(Arc::new(config))
}

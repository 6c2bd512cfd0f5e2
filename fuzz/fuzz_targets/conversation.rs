//! Whatever is answered, several times in a row: pictures, or errors that are the camera's and
//! never our own, and an end.
#![no_main]

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};
use std::{io, thread};

use gstmjpeghttp::client::{HttpConnector, Request};
use gstmjpeghttp::error::Error;
use gstmjpeghttp::http::Location;
use gstmjpeghttp::login::Login;
use gstmjpeghttp::session::control::Control;
use gstmjpeghttp::session::{Output, Session, Settings, retry};
use libfuzzer_sys::fuzz_target;

/// Between the answers.
const SEPARATOR: &[u8] = b"\n====\n";
/// So many outputs are looked at.
const OUTPUTS: usize = 200;
/// Longer than all time-outs of one conversation together.
const LONGEST: Duration = Duration::from_secs(20);
const PASSWORD: &str = "a-password-that-nobody-guesses";

/// A camera that gives the answers of the input in turn, one a connection.
struct Camera {
    address: SocketAddr,
    answers: Mutex<(Vec<Vec<u8>>, usize)>,
}

static CAMERA: LazyLock<Arc<Camera>> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    let camera = Arc::new(Camera { address, answers: Mutex::default() });
    let served = camera.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Who has left need not be answered.
            let _ = served.serve(stream);
        }
    });
    camera
});

impl Camera {
    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        while !request.ends_with(b"\r\n\r\n") {
            match stream.read(&mut buffer)? {
                0 => return Ok(()),
                count => request.extend(&buffer[..count]),
            }
        }
        let answer = {
            let mut answers = self.answers.lock().expect("never poisoned");
            let (all, next) = &mut *answers;
            *next += 1;
            all.get((*next - 1) % all.len().max(1)).cloned().unwrap_or_default()
        };
        stream.write_all(&answer)?;
        stream.shutdown(Shutdown::Write)?;
        // The client leaves first, so that no reset cuts what it has not read.
        io::copy(&mut stream, &mut io::sink()).map(drop)
    }
}

fuzz_target!(|input: &[u8]| {
    let mut answers = Vec::new();
    let mut rest = input;
    while let Some(at) = memchr::memmem::find(rest, SEPARATOR) {
        answers.push(rest[..at].to_vec());
        rest = &rest[at + SEPARATOR.len()..];
    }
    answers.push(rest.to_vec());
    *CAMERA.answers.lock().expect("never poisoned") = (answers, 0);

    let address = format!("http://{}/video", CAMERA.address);
    let (location, _) = Location::parse(&address).expect("an address");
    let login = Some(Login { user: "admin".into(), password: PASSWORD.into() });
    let request =
        Request { login, connect_timeout: Some(Duration::from_secs(1)), ..Request::to(location) };
    let settings = Settings {
        silence: Some(Duration::from_secs(1)),
        frozen: Some(Duration::from_secs(2)),
        retry: retry::Policy { retries: Some(3), factor: 0.0, max: 0.0 },
        snapshot_interval: Duration::ZERO,
        max_frame_size: 64 * 1024,
    };
    let begun = Instant::now();
    let control = Arc::new(Control::default());
    control.taking();
    let mut session = Session::new(HttpConnector::new(request), control, settings);
    for _ in 0..OUTPUTS {
        match session.advance() {
            Output::Frame { frame, .. } => {
                assert!(frame.bytes.as_ref().starts_with(b"\xFF\xD8"), "a JPEG");
            }
            Output::Retrying { error, delay, .. } => {
                check(&error);
                // The camera may ask for an hour, and nobody waits for that here.
                if delay > Duration::from_secs(1) {
                    break;
                }
            }
            Output::Failed { error, .. } => {
                check(&error);
                break;
            }
            Output::Ended | Output::Stopped => break,
            _ => {}
        }
    }
    assert!(begun.elapsed() < LONGEST, "{:?}", begun.elapsed());
});

fn check(error: &Error) {
    assert!(!matches!(error, Error::Internal { .. }), "{error}");
    assert!(!error.to_string().contains(PASSWORD), "{error}");
}

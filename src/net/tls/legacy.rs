//! The TLS of old cameras, which rustls does not speak: RSA key exchange, CBC, 1.1 and 1.0.
//!
//! GIO's TLS (GnuTLS on most systems) does, as for `souphttpsrc`. It is taken only where the
//! user has said so, and certificates are judged by the same verifier as rustls's: GIO gets
//! no list of issuers, so that it asks about every one.

use std::cell::RefCell;
use std::fmt;
use std::net::{Shutdown, TcpStream};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Instant;

use gio::prelude::*;
use glib::thread_guard::ThreadGuard;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustls::Error as Tls;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use ureq::Error as Failure;
use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport};

use super::refusal::{explain, late};
use super::trust::Identity;
use super::verifier::Verifier;
use crate::error::Error;
use crate::net::deadline::Deadline;

const PROPERTY: &str = "ssl-legacy";

/// A connection to `host`, as certificates have it, over a TCP connection that is there.
pub(super) fn connect(
    host: &ServerName<'static>,
    socket: Arc<TcpStream>,
    identity: Option<&Identity>,
    verifier: Verifier,
    buffers: LazyBuffers,
    deadline: Deadline,
) -> Result<Box<dyn Transport>, Failure> {
    if !gio::TlsBackend::default().supports_tls() {
        let why = "GIO has no TLS on this machine. Install glib-networking".into();
        return Err(ours(Error::TlsSetting { property: PROPERTY, why }));
    }
    let base = gio::Socket::from_fd(socket.try_clone()?.into()).map_err(|e| ours(tls(&e)))?;
    let base = base.connection_factory_create_connection();
    // GIO resumes sessions of what it knows to be a socket, and does not ask about the
    // certificate then.
    let streams = gio::SimpleIOStream::new(&base.input_stream(), &base.output_stream());
    // The port is not looked at.
    let name = gio::NetworkAddress::new(&host.to_str(), 443);
    let connection =
        gio::TlsClientConnection::new(&streams, Some(&name)).map_err(|e| ours(tls(&e)))?;
    connection.set_database(None::<&gio::TlsDatabase>);
    // Many cameras say no good-bye.
    connection.set_require_close_notify(false);
    if let Some(identity) = identity {
        let certificate = gio::TlsCertificate::from_files(&identity.certificate, &identity.key);
        let certificate = certificate.map_err(|error| {
            let why = error.message().to_owned();
            ours(Error::TlsSetting { property: "ssl-client-cert", why })
        })?;
        connection.set_certificate(&certificate);
    }
    let judgement = Rc::new(RefCell::new(None));
    let (told, host) = (judgement.clone(), host.clone());
    connection.connect_accept_certificate(move |_, certificate, _| {
        let verdict = judge(certificate, &host, &verifier);
        let accepts = verdict.is_ok();
        *told.borrow_mut() = Some(verdict);
        accepts
    });
    let shaken = shake_hands(&connection, &socket, deadline.left()?);
    let judgement = judgement.take();
    // A certificate is in what the other side says first.
    let shaken = shaken.map_err(|error| late(error, judgement.is_some(), deadline));
    match judgement {
        Some(Err(error)) => return Err(ours(explain(&error))),
        Some(Ok(())) => shaken?,
        None => {
            shaken?;
            let why = "nobody was asked about the camera's certificate".into();
            return Err(ours(Error::Tls { why }));
        }
    }
    let connection = Mutex::new(ThreadGuard::new((connection, base)));
    Ok(Box::new(LegacyTransport { connection, socket, buffers }))
}

/// By the same rules as without `ssl-legacy`.
fn judge(
    certificate: &gio::TlsCertificate,
    host: &ServerName<'static>,
    verifier: &Verifier,
) -> Result<(), Tls> {
    let der = |certificate: &gio::TlsCertificate| {
        let bytes = certificate.property::<Option<glib::ByteArray>>("certificate");
        CertificateDer::from(bytes.map(|bytes| bytes.to_vec()).unwrap_or_default())
    };
    let issuers = std::iter::successors(certificate.issuer(), TlsCertificateExt::issuer);
    let chain: Vec<_> = issuers.map(|issuer| der(&issuer)).collect();
    let now = UnixTime::now();
    verifier.verify_server_cert(&der(certificate), &chain, host, &[], now).map(|_| ())
}

/// Ends when the time is over, however slowly the other side goes on: then the socket is shut
/// down, for GIO cancels no handshake that is under way.
fn shake_hands(
    connection: &gio::TlsClientConnection,
    socket: &Arc<TcpStream>,
    timeout: NextTimeout,
) -> Result<(), Failure> {
    let (done, is_done) = mpsc::channel::<()>();
    let is_late = Arc::new(AtomicBool::new(false));
    if !timeout.after.is_not_happening() {
        let (late, socket, limit) = (is_late.clone(), socket.clone(), *timeout.after);
        let watch = move || {
            if is_done.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout) {
                late.store(true, Ordering::SeqCst);
                // The other side may have closed it meanwhile.
                let _ = socket.shutdown(Shutdown::Both);
            }
        };
        thread::Builder::new().name("mjpeghttp-hand".into()).spawn(watch)?;
    }
    let shaken = connection.handshake(None::<&gio::Cancellable>);
    drop(done);
    shaken.map_err(|error| {
        if is_late.load(Ordering::SeqCst) {
            Failure::Timeout(timeout.reason)
        } else {
            ours(tls(&error))
        }
    })
}

/// GIO's errors in our words.
fn tls(error: &glib::Error) -> Error {
    let is_end = error.matches(gio::TlsError::Eof) || error.matches(gio::IOErrorEnum::BrokenPipe);
    if is_end {
        let why = "the camera hung up in the TLS handshake".into();
        return Error::Broken { why };
    }
    let why = if error.matches(gio::TlsError::NotTls) {
        super::refusal::NO_TLS.into()
    } else if error.matches(gio::TlsError::CertificateRequired) {
        super::refusal::WHO_ARE_YOU.into()
    } else {
        format!("{}, even with ssl-legacy", error.message().trim_end_matches('.'))
    };
    Error::Tls { why }
}

fn ours(error: Error) -> Failure {
    Failure::Other(Box::new(error))
}

/// Reads and writes behind the handshake.
struct LegacyTransport {
    /// GIO's objects stay on the thread that made them. The second closes its socket when it
    /// goes.
    connection: Mutex<ThreadGuard<(gio::TlsClientConnection, gio::SocketConnection)>>,
    /// What lies below it, and is shut down from other threads.
    socket: Arc<TcpStream>,
    buffers: LazyBuffers,
}

impl LegacyTransport {
    /// What has arrived; `None` if that is nothing.
    fn read_now(&mut self) -> Result<Option<usize>, Failure> {
        let guard = self.connection.get_mut().unwrap_or_else(PoisonError::into_inner);
        let input = guard.get_ref().0.input_stream();
        let Ok(input) = input.dynamic_cast::<gio::PollableInputStream>() else {
            return Err(Failure::ConnectionFailed);
        };
        let read =
            input.read_nonblocking(self.buffers.input_append_buf(), None::<&gio::Cancellable>);
        match read {
            Ok(count) => Ok(Some(usize::try_from(count).unwrap_or(0))),
            Err(error) if error.matches(gio::IOErrorEnum::WouldBlock) => Ok(None),
            // What came is whole or not by its own marks.
            Err(error)
                if error.matches(gio::TlsError::Eof)
                    || error.matches(gio::IOErrorEnum::BrokenPipe) =>
            {
                Ok(Some(0))
            }
            Err(error) => Err(Failure::Io(std::io::Error::other(error.message().to_owned()))),
        }
    }
}

impl Transport for LegacyTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Failure> {
        let output = self.buffers.output()[..amount].to_vec();
        let guard = self.connection.get_mut().unwrap_or_else(PoisonError::into_inner);
        let stream = guard.get_ref().0.output_stream();
        let written = stream.write_all(&output, None::<&gio::Cancellable>);
        match written {
            Ok((_, None)) => Ok(()),
            Ok((_, Some(error))) | Err(error) => {
                Err(Failure::Io(std::io::Error::other(error.message().to_owned())))
            }
        }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Failure> {
        let limit = (!timeout.after.is_not_happening()).then(|| *timeout.after);
        let until = limit.and_then(|limit| Instant::now().checked_add(limit));
        loop {
            if let Some(count) = self.read_now()? {
                self.buffers.input_appended(count);
                return Ok(count > 0);
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(Failure::Timeout(timeout.reason));
            }
            let left = left.and_then(|left| Timespec::try_from(left).ok());
            // An interrupted wait is a short one.
            let _ = poll(&mut [PollFd::new(&*self.socket, PollFlags::IN)], left.as_ref());
        }
    }

    fn is_open(&mut self) -> bool {
        matches!(self.read_now(), Ok(None))
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl fmt::Debug for LegacyTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LegacyTransport").field("socket", &self.socket).finish_non_exhaustive()
    }
}

//! Connections and their limits. Whoever opens them may be anybody on the network, and the
//! recorder needs its files and its memory for the recordings.

use std::convert::Infallible;
use std::io::Result as IoResult;
use std::net::{IpAddr, TcpListener as StdListener};
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;

/// As many connections as the recorder can spare files for.
const CONNECTIONS: usize = 256;

/// How long a browser may take over its request.
const REQUEST: Duration = Duration::from_secs(15);

/// What a request may have of header fields, and what waits in an answer, in bytes.
const BUFFER: usize = 32 * 1024;

/// What waits in the system for a slow viewer, in bytes. With the buffers that Linux
/// chooses, that would be seconds of pictures.
const UNSENT: usize = 256 * 1024;

/// A viewer whose machine has gone is given up after some minutes without an answer; on Linux
/// one who takes nothing that long, too.
const SILENCE: Duration = Duration::from_secs(60);

/// After a failure, such as too many open files.
const AFTER_ERROR: Duration = Duration::from_millis(500);

/// Whose request it is.
#[derive(Clone, Copy)]
pub(super) struct Viewer(pub(super) IpAddr);

/// All connections share one thread; a few more wait for the disk.
pub(super) fn runtime() -> IoResult<Runtime> {
    Builder::new_current_thread().enable_all().max_blocking_threads(8).build()
}

pub(super) async fn serve(listener: StdListener, routes: Router) -> Infallible {
    let seats = Arc::new(Semaphore::new(CONNECTIONS));
    let listener = loop {
        match listener.try_clone().and_then(TcpListener::from_std) {
            Ok(listener) => break listener,
            Err(_) => tokio::time::sleep(AFTER_ERROR).await,
        }
    };
    loop {
        // It is never closed.
        let Ok(seat) = seats.clone().acquire_owned().await else { continue };
        let Ok((stream, address)) = listener.accept().await else {
            tokio::time::sleep(AFTER_ERROR).await;
            continue;
        };
        let routes = routes.clone().layer(Extension(Viewer(address.ip().to_canonical())));
        tokio::spawn(async move {
            // What goes wrong with a connection is the viewer's affair.
            let _ = answer(stream, routes).await;
            drop(seat);
        });
    }
}

async fn answer(stream: TcpStream, routes: Router) -> Result<(), Box<dyn std::error::Error>> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(&stream);
    socket.set_send_buffer_size(UNSENT)?;
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(SILENCE))?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(SILENCE))?;
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes))
        .await?;
    Ok(())
}

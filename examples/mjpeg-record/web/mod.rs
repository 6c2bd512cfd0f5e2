//! The recorder's web page: live pictures, gaps, recordings, and metrics.
//!
//! It only looks: requests are GET or HEAD, and what they show comes from the board and the
//! index. It has a thread of its own, so that no viewer holds up a recording.
//!
//! | file | idea |
//! |---|---|
//! | `mod` | where it listens |
//! | `server` | connections and their limits |
//! | `routes` | which address gives what |
//! | `guard` | who may look |
//! | `password` | the hash of the password, and who knows the password |
//! | `headers` | what browsers may do with an answer |
//! | `page` | the page itself: HTML, style and script |
//! | `live` | the newest pictures |
//! | `multipart` | pictures one after the other in one answer |
//! | `cameras` | how all is now, as JSON |
//! | `peers` | how the cameras of other recorders are |
//! | `recorded` | segments and gaps, as JSON |
//! | `files` | segments to download |
//! | `play` | segments as pictures at their pace |
//! | `metrics` | what Prometheus asks for |
//! | `health` | whether the recorder is well |

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use super::board::{self, Board};
use super::index;
use super::matroska;
use super::status;
use super::time;

mod cameras;
mod files;
mod guard;
mod headers;
mod health;
mod live;
mod metrics;
mod multipart;
mod page;
pub(crate) mod password;
mod peers;
mod play;
mod recorded;
mod routes;
mod server;
#[cfg(test)]
mod tests;

/// What the file of settings says about it.
pub(crate) struct Web {
    pub(crate) listen: SocketAddr,
    /// What [`password::hash`] makes of the password.
    pub(crate) password: Option<String>,
    /// Addresses of other recorders, some with user and password.
    pub(crate) peers: Vec<String>,
    /// The folder of the recordings, which has the index in it.
    pub(crate) folder: PathBuf,
}

impl Web {
    /// Everything in the file that keeps the page from its start: the key and a sentence each.
    pub(crate) fn mistakes(&self) -> Vec<(&'static str, String)> {
        let listen = self.listen;
        let mut mistakes = Vec::new();
        if self.password.is_none() && !is_loopback(listen.ip()) {
            let what = format!(
                "whoever reaches {listen} would see all cameras: set a password (mjpeg-record \
                 --hash-password makes its hash), or listen on 127.0.0.1"
            );
            mistakes.push(("listen", what));
        }
        let guard = guard::Guard::new(listen.ip(), self.password.as_deref());
        mistakes.extend(guard.err().map(|error| ("web-password", error)));
        let peers = self.peers.iter().filter_map(|peer| peers::parse(peer).err());
        mistakes.extend(peers.map(|error| ("peers", error)));
        mistakes
    }
}

/// What all requests share.
struct Shared {
    board: Arc<Board>,
    folder: PathBuf,
    guard: guard::Guard,
    peers: peers::Peers,
    players: play::Players,
}

/// Listens, and answers in a thread of its own until the program ends. Gives the address,
/// whose port is another one where port 0 was asked for.
pub(crate) fn start(web: &Web, board: &Arc<Board>) -> Result<SocketAddr, String> {
    let listen = web.listen;
    let mistakes = web.mistakes();
    if !mistakes.is_empty() {
        let lines = mistakes.iter().map(|(key, what)| format!("{key}: {what}"));
        return Err(lines.collect::<Vec<_>>().join("\n"));
    }
    let shared = Arc::new(Shared {
        board: board.clone(),
        folder: web.folder.clone(),
        guard: guard::Guard::new(listen.ip(), web.password.as_deref())?,
        peers: peers::Peers::new(&web.peers)?,
        players: play::Players::default(),
    });
    let cannot = |error: std::io::Error| format!("cannot listen on {listen}: {error}");
    let listener = TcpListener::bind(listen).map_err(cannot)?;
    listener.set_nonblocking(true).map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    let runtime = server::runtime().map_err(|error| format!("cannot serve: {error}"))?;
    thread::Builder::new()
        .name("web".into())
        .spawn(move || runtime.block_on(server::serve(listener, routes::all(&shared))))
        .map_err(|error| format!("cannot start the thread of the web page: {error}"))?;
    Ok(address)
}

/// IPv4 within IPv6 is meant, too.
fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

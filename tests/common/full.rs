//! A port that accepts nobody any more.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};

use socket2::{Domain, Socket, Type};

/// Its queue of connections is full: a connect to it waits for ever.
pub struct Full {
    pub address: SocketAddr,
    _listener: Socket,
    _waiting: Vec<Socket>,
}

impl Full {
    pub fn start() -> Self {
        let socket = || Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let listener = socket();
        listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let knock = |_| {
            let stream = socket();
            stream.set_nonblocking(true).unwrap();
            // In progress is all that is wanted.
            let _ = stream.connect(&address.into());
            stream
        };
        let waiting = (0..4).map(knock).collect();
        Self { address, _listener: listener, _waiting: waiting }
    }

    /// How many connects to it are under way, as Linux says it.
    pub fn connects(&self) -> usize {
        const SYN_SENT: &str = "02";
        let host = u32::from_ne_bytes(Ipv4Addr::LOCALHOST.octets());
        let remote = format!("{host:08X}:{:04X}", self.address.port());
        let table = fs::read_to_string("/proc/net/tcp").unwrap();
        let is_one = |line: &&str| {
            let mut fields = line.split_whitespace().skip(2);
            fields.next() == Some(&remote) && fields.next() == Some(SYN_SENT)
        };
        table.lines().filter(is_one).count()
    }
}

//! SOCKS proxies that do not answer.

use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use crate::common::element::Pipeline;
use socket2::{Domain, Socket, Type};

const AT_ONCE: Duration = Duration::from_millis(100);

/// A listener that accepts nobody any more, and those who wait in its queue.
fn full() -> (SocketAddr, Vec<Socket>) {
    let full = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    full.bind(&"127.0.0.1:0".parse::<SocketAddr>().unwrap().into()).unwrap();
    full.listen(0).unwrap();
    let address = full.local_addr().unwrap().as_socket().unwrap();
    let knock = |_| {
        let stream = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        stream.set_nonblocking(true).unwrap();
        // In progress is all that is wanted.
        let _ = stream.connect(&address.into());
        stream
    };
    let waiting = (0..4).map(knock).chain([full]).collect();
    (address, waiting)
}

#[test]
fn no_state_change_waits_for_a_socks_proxy_that_does_not_accept() {
    let (address, _waiting) = full();
    for limit in ["connect-timeout=0", "connect-timeout=20"] {
        let properties = format!("{limit} proxy=socks5://{address}");
        let pipeline = Pipeline::playing("http://cam.invalid/", &properties);
        pipeline.wait_for_state("connecting");
        // Its connect has begun, or is about to.
        std::thread::sleep(Duration::from_millis(50));
        let time = pipeline.change(gst::State::Null);
        assert!(time < AT_ONCE, "{limit}: {time:?}");
    }
}

#[test]
fn no_state_change_waits_for_a_socks_proxy_that_says_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let properties = format!("connect-timeout=0 proxy=socks5://{}", listener.local_addr().unwrap());
    for state in [gst::State::Paused, gst::State::Null] {
        let pipeline = Pipeline::playing("http://cam.invalid/", &properties);
        let (mut stream, _) = listener.accept().unwrap();
        // The greeting is here: it waits for the answer.
        stream.read_exact(&mut [0; 3]).unwrap();
        let time = pipeline.change(state);
        assert!(time < AT_ONCE, "{state:?}: {time:?}");
    }
}

#[test]
fn a_socks_proxy_has_the_time_there_is() {
    let (address, _waiting) = full();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for address in [address, silent.local_addr().unwrap()] {
        let properties = format!("connect-timeout=1 retries=0 proxy=socks5://{address}");
        let error = Pipeline::playing("http://cam.invalid/", &properties).error();
        let words = format!("no answer through the proxy socks5://{address} within 1 s");
        assert!(error.message().contains(&words), "{error}");
    }
}

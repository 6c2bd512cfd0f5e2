//! SOCKS proxies that do not answer.

use std::io::Read;
use std::net::TcpListener;
use std::time::Duration;

use crate::common::element::Pipeline;
use crate::common::full::Full;
use crate::programs::wait::{self, PATIENCE};

const AT_ONCE: Duration = Duration::from_millis(100);

#[test]
fn no_state_change_waits_for_a_socks_proxy_that_does_not_accept() {
    let full = Full::start();
    for limit in ["connect-timeout=0", "connect-timeout=20"] {
        let before = full.connects();
        let properties = format!("{limit} proxy=socks5://{}", full.address);
        let pipeline = Pipeline::playing("http://cam.invalid/", &properties);
        pipeline.wait_for_state("connecting");
        let begun = wait::until(PATIENCE, || (full.connects() > before).then_some(()));
        assert!(begun.is_some(), "{limit}: it does not connect");
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
    let full = Full::start();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for address in [full.address, silent.local_addr().unwrap()] {
        let properties = format!("connect-timeout=1 retries=0 proxy=socks5://{address}");
        let error = Pipeline::playing("http://cam.invalid/", &properties).error();
        let words = format!("no answer through the proxy socks5://{address} within 1 s");
        assert!(error.message().contains(&words), "{error}");
    }
}

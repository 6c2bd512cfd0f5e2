//! Whatever a camera writes into the fields with its time, PTS increase and lie between
//! the arrival and the latency before it.
#![no_main]

use std::time::Duration;

use fuzz::split;
use gstmjpeghttp::clock::{Mode, Stamper};
use gstmjpeghttp::multipart::head::Head;
use libfuzzer_sys::fuzz_target;

const LATENCY: Duration = Duration::from_millis(100);
/// Frames; more than a clock needs to be believed, and to be given up.
const FRAMES: u32 = 200;

fuzz_target!(|input: &[u8]| {
    let (bytes, mut cuts) = split(input);
    // Blocks of fields, one a frame, between empty lines.
    let heads: Vec<_> = bytes.split_inclusive(|&b| b == b'\n').collect();
    let heads: Vec<_> = heads.split(|line| line.trim_ascii().is_empty()).collect();
    for mode in [Mode::Auto, Mode::Camera, Mode::Arrival] {
        let mut stamper = Stamper::new(mode, LATENCY);
        let mut arrival = Duration::from_millis(1000);
        let mut last = None;
        for number in 0..FRAMES {
            arrival += Duration::from_micros(cuts.size() as u64 - 1);
            let head = heads.get(number as usize % (2 * heads.len()));
            let block = match head {
                Some(head) => head.concat(),
                // In between the clock is as it should be.
                None => format!("X-Timestamp: {}\r\n", arrival.as_secs_f64() + 77.0).into_bytes(),
            };
            let stamp = stamper.stamp(arrival, Head::new(&block).fields());
            let next = last.map_or(Duration::ZERO, |last| last + Duration::from_millis(1));
            let is_ahead = next > arrival + Duration::from_millis(100);
            assert!(stamp.pts >= next || is_ahead, "a millisecond behind the frame before");
            assert!(last.is_none_or(|last| stamp.pts > last), "not behind the frame before");
            assert!(stamp.pts + LATENCY >= arrival, "older than the latency");
            assert!(stamp.pts <= arrival.max(next), "in the future");
            assert!(stamp.duration <= Duration::from_secs(10));
            assert!(mode != Mode::Arrival || !stamp.from_camera);
            last = Some(stamp.pts);
        }
        let _ = stamper.report();
    }
});

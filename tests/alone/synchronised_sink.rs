//! No frame is late at a sink that synchronises, whatever the network does.

use std::thread;
use std::time::{Duration, Instant};

use crate::alone;
use crate::common::camera::{Camera, HEAD, part};
use crate::common::element::{PATIENCE, init};
use crate::common::jpeg::jpeg;
use crate::common::random::Random;
use gst::prelude::*;

const FRAMES: u32 = 75;

/// Nobody reads the bus, so no LATENCY message is answered; the sink drops what is more
/// than 20 ms late, as video sinks do.
#[test]
fn no_frame_is_late_with_50_ms_of_jitter() {
    let _alone = alone();
    init();
    let camera = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        let mut random = Random::new(1);
        let start = Instant::now();
        for number in 0..FRAMES {
            let taken = Duration::from_millis(40) * number;
            let delay = Duration::from_millis(random.below(51) as u64);
            // The camera's own pace, and the network's.
            thread::sleep((taken + delay).saturating_sub(start.elapsed()));
            let time = format!("{:.6}", 1000.0 + taken.as_secs_f64());
            visit.send(part(&jpeg(u64::from(number), 64, 48, 5000), Some(&time)))?;
        }
        visit.hold()
    });
    let source = format!("mjpeghttpsrc location={} num-buffers={FRAMES}", camera.url());
    let sink = "fakesink name=sink sync=true qos=true max-lateness=20000000";
    let pipeline = gst::parse::launch(&format!("{source} ! {sink}")).unwrap();
    let pipeline = pipeline.downcast::<gst::Pipeline>().unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    let ends = [gst::MessageType::Eos, gst::MessageType::Error];
    pipeline.bus().unwrap().timed_pop_filtered(PATIENCE, &ends).expect("an end");
    let sink = pipeline.by_name("sink").unwrap();
    let stats = sink.property::<gst::Structure>("stats");
    pipeline.set_state(gst::State::Null).unwrap();
    assert_eq!(stats.get::<u64>("dropped"), Ok(0), "{stats}");
    assert_eq!(stats.get::<u64>("rendered"), Ok(u64::from(FRAMES)), "{stats}");
}

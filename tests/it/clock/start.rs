//! The first seconds of a camera on a quiet network.

use std::time::Duration;

use gstmjpeghttp::clock::{Mode, Stamper};

/// A clock is believed from its eighth picture on: the change from arrivals to it is not seen,
/// however slow the camera is.
#[test]
fn a_clock_that_is_taken_makes_no_step() {
    for interval in [1000.0 / 60.0, 1000.0 / 30.0, 40.0, 1000.0 / 15.0, 100.0, 125.0, 200.0] {
        let mut stamper = Stamper::new(Mode::Auto, Duration::from_millis(100));
        let (mut before, mut worst, mut from_camera) = (None, 0.0_f64, false);
        for number in 0..80 {
            let truth = 1000.0 + f64::from(number) * interval;
            let delay = f64::from(number * 7 % 5) / 5.0;
            let written = format!("{:.6}", 77.0 + truth / 1000.0);
            let field = (&b"X-Timestamp"[..], written.as_bytes());
            let arrival = Duration::from_secs_f64((truth + delay) / 1000.0);
            let stamp = stamper.stamp(arrival, [field].into_iter());
            let pts = stamp.pts.as_secs_f64() * 1000.0;
            if let Some(before) = before.replace(pts) {
                worst = worst.max((pts - before - interval).abs());
            }
            from_camera = stamp.from_camera;
        }
        assert!(from_camera);
        assert!(worst < 1.5, "{interval}: {worst}");
    }
}

/// Nor where it takes pictures as it likes.
#[test]
fn a_clock_that_is_taken_makes_no_step_where_intervals_vary() {
    for seed in 0..50_u32 {
        let mut stamper = Stamper::new(Mode::Auto, Duration::from_millis(100));
        let (mut truth, mut worst) = (1000.0_f64, 0.0_f64);
        let mut from_camera = false;
        for number in 0..80_u32 {
            // As good as random: Weyl's sequence.
            truth += 20.0 + f64::from((number * number * 7919 + seed * 613) % 181);
            let written = format!("{:.6}", 77.0 + truth / 1000.0);
            let field = (&b"X-Timestamp"[..], written.as_bytes());
            let arrival = Duration::from_secs_f64((truth + 1.0) / 1000.0);
            let stamp = stamper.stamp(arrival, [field].into_iter());
            worst = worst.max((stamp.pts.as_secs_f64() * 1000.0 - truth - 1.0).abs());
            from_camera = stamp.from_camera;
        }
        assert!(from_camera, "{seed}");
        assert!(worst < 1.5, "{seed}: {worst}");
    }
}

//! The network's jitter does not end up in a recording.

use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::alone;
use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::element::init;
use crate::common::jpeg::{tag_of, tagged};
use crate::common::random::Random;
use crate::common::recorded::{play, read_back};

/// Six seconds at 25 fps.
const FRAMES: usize = 150;
/// What the measure leaves out: the time to get to know the clock.
const LEARNING: Duration = Duration::from_secs(2);
/// Longest that the network holds a frame back.
const DELAY_MS: f64 = 60.0;

/// When each frame is taken, counted from the first, and when it has come through the
/// network, the same for every client.
fn script() -> Vec<(Duration, Duration)> {
    let mut random = Random::new(7);
    let mut through = Duration::ZERO;
    let frame = |number: usize| {
        // No camera's exposures are quite evenly spaced.
        let taken = 0.01 + 0.04 * f64::from(u32::try_from(number).unwrap()) + 0.005 * random.unit();
        let taken = Duration::from_secs_f64(taken);
        // None overtakes another.
        through = through.max(taken + Duration::from_secs_f64(DELAY_MS / 1000.0 * random.unit()));
        (taken, through)
    };
    (0..FRAMES).map(frame).collect()
}

fn answer(mut visit: Visit) -> io::Result<()> {
    visit.send(HEAD)?;
    let begun = Instant::now();
    for (number, (taken, through)) in script().into_iter().enumerate() {
        // Camera and network together.
        thread::sleep(through.saturating_sub(begun.elapsed()));
        let time = format!("{:.6}", 1_757_408_600.0 + taken.as_secs_f64());
        visit.send(part(&tagged(number, 20_000), Some(&time)))?;
    }
    Ok(())
}

/// Root of the mean square of what the intervals between recorded frames differ by from
/// those between the exposures, in ms; and how many frames are not there.
fn error_of_spacing(file: &Path) -> (f64, usize) {
    let script = script();
    let frames: Vec<_> = read_back(file, "matroskademux")
        .iter()
        .map(|(time, bytes)| (Duration::from(*time), script[tag_of(bytes)].0))
        .filter(|(_, taken)| *taken >= LEARNING)
        .collect();
    let learnt = script.iter().filter(|(taken, _)| *taken >= LEARNING).count();
    let missing = learnt - frames.len();
    let seconds = |from: Duration, to: Duration| to.as_secs_f64() - from.as_secs_f64();
    let squares = frames.windows(2).map(|pair| {
        let [(time, taken), (next_time, next_taken)] = [pair[0], pair[1]];
        (seconds(time, next_time) - seconds(taken, next_taken)).powi(2)
    });
    let count = f64::from(u32::try_from(frames.len() - 1).unwrap());
    (1000.0 * (squares.sum::<f64>() / count).sqrt(), missing)
}

#[test]
fn recorded_times_are_those_of_the_exposures() {
    let _alone = alone();
    init();
    let camera = Camera::start(answer);
    let url = camera.url();
    let folder = tempfile::tempdir().unwrap();
    let record = |name: &str, source: String| {
        let file = folder.path().join(format!("{name}.mkv"));
        play(&format!("{source} ! matroskamux ! filesink location={}", file.display()));
        error_of_spacing(&file)
    };
    let ours = format!("mjpeghttpsrc location={url} num-buffers={FRAMES}");
    let peer = "do-timestamp=true is-live=true ! multipartdemux ! jpegparse";
    let peer = format!("souphttpsrc location={url} {peer}");
    let ((ours, missing), (peer, lost)) = thread::scope(|scope| {
        let ours = scope.spawn(|| record("ours", ours));
        let peer = scope.spawn(|| record("peer", peer));
        (ours.join().unwrap(), peer.join().unwrap())
    });
    println!("error of the spacing (RMS): {ours:.2} ms, the peer's {peer:.2} ms");
    println!("frames missing: {missing}, the peer's {lost}");
    assert_eq!(missing, 0);
    assert!(ours <= 2.0, "{ours} ms");
    assert!(peer >= 5.0 * ours, "{peer} ms, ours {ours} ms");
}

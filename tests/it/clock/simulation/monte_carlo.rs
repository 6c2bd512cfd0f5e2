//! Cameras without a clock behind many networks: how far are PTS off at the median, in one of
//! twenty, and at worst?
//!
//!     cargo test --test it clock::simulation::monte_carlo -- --nocapture

use super::clockless::{Delay, Interval, Scene, measure};

/// Networks that each camera is tried behind.
const SEEDS: u64 = 60;

/// Jitter of 20 ms, as a standard deviation.
const GAUSSIAN: (&str, Delay) = ("Gaussian", |random| (100.0 + 20.0 * random.gaussian()).max(0.0));
const UNIFORM: (&str, Delay) = ("uniform", |random| 70.0 * random.unit());
const EXPONENTIAL: (&str, Delay) = ("exponential", |random| -20.0 * random.unit().max(1e-9).ln());
const NONE: (&str, Delay) = ("none", |_| 0.1);

fn steady(fps: f64) -> Interval {
    Box::new(move |_, _, _| 1000.0 / fps)
}

/// From one rate to another after twenty seconds.
fn change(before: f64, behind: f64) -> Interval {
    Box::new(move |_, time, _| 1000.0 / if time < 20_000.0 { before } else { behind })
}

/// What came out behind all the networks, each sorted, in ms.
struct Outcome {
    /// Root mean squares of the error.
    errors: Vec<f64>,
    /// The picture that was farthest off.
    farthest: Vec<f64>,
    /// Networks behind which arrivals are better by more than a fiftieth and 1 ms.
    worse: usize,
}

/// The median, what one of twenty exceeds, and the most.
fn quantiles(sorted: &[f64]) -> [f64; 3] {
    let at = |twentieths: usize| sorted[(sorted.len() - 1) * twentieths / 20];
    [at(10), at(19), at(20)]
}

fn outcome(interval: Interval, delay: Delay, lost: usize) -> Outcome {
    let scene = Scene { interval, delay, lost, seconds: 61.0 };
    let mut outcome = Outcome { errors: Vec::new(), farthest: Vec::new(), worse: 0 };
    for seed in 100..100 + SEEDS {
        let (arrivals, stamps, where_none_may_be) = measure(&scene, seed);
        assert_eq!(where_none_may_be, 0, "seed {seed}");
        outcome.errors.push(stamps.error);
        outcome.farthest.push(stamps.worst);
        outcome.worse += usize::from(stamps.error > 1.02 * arrivals.error + 1.0);
    }
    outcome.errors.sort_by(f64::total_cmp);
    outcome.farthest.sort_by(f64::total_cmp);
    outcome
}

/// What must come out, in ms: of errors and of worst pictures the median and what one of twenty
/// exceeds.
type Bars = [[f64; 2]; 2];

/// Prints a row; is each figure within its bar?
fn is_within(name: &str, outcome: &Outcome, bars: Bars) -> bool {
    let (errors, farthest) = (quantiles(&outcome.errors), quantiles(&outcome.farthest));
    let ([e50, e95, e], [w50, w95, w]) = (errors, farthest);
    let worse = outcome.worse;
    println!("{name:32}{e50:8.2}{e95:8.2}{e:8.2}{w50:10.2}{w95:8.2}{w:8.2}{worse:8}");
    let mut figures = [&errors, &farthest].into_iter().zip(bars);
    figures.all(|(found, bars)| found.iter().zip(bars).all(|(found, bar)| *found <= bar))
}

fn head() {
    println!(
        "{:32}{:>8}{:>8}{:>8}{:>10}{:>8}{:>8}{:>8}",
        "ms", "error", "of 20", "worst", "picture", "of 20", "worst", "worse"
    );
}

/// Prints rows of cameras by their pictures a second, with their bars of the error: the median and
/// what one of twenty exceeds. Which miss them, or are worse than arrivals?
fn missed((network, delay): (&str, Delay), rows: &[(f64, f64, f64)]) -> Vec<String> {
    let mut missed = Vec::new();
    for &(fps, median, of_twenty) in rows {
        let outcome = outcome(steady(fps), delay, 0);
        let name = format!("{fps} fps, {network}");
        let bars = [[median, of_twenty], [f64::INFINITY; 2]];
        if !is_within(&name, &outcome, bars) || outcome.worse > 0 {
            missed.push(name);
        }
    }
    missed
}

/// The aim is an error of 4 ms. What misses it is as near as this clock comes, rounded up: a line
/// needs arrivals, and three seconds of a camera with 5 fps are fifteen. Exponential delays are
/// longer than the latency once in 150 pictures, which alone makes 2 to 3 ms.
#[test]
fn steady_cameras() {
    let gaussian = [
        (5.0, 5.0, 7.0),
        (8.0, 4.0, 5.5),
        (10.0, 4.0, 5.5),
        (12.0, 4.0, 5.0),
        (15.0, 4.0, 5.0),
        (20.0, 4.0, 4.0),
        (25.0, 4.0, 4.0),
        (30.0, 4.0, 4.0),
        (60.0, 4.0, 4.0),
    ];
    let uniform = [
        (5.0, 4.0, 6.5),
        (8.0, 4.0, 5.0),
        (10.0, 4.0, 4.0),
        (12.0, 4.0, 4.0),
        (15.0, 4.0, 4.0),
        (20.0, 4.0, 4.0),
        (25.0, 4.0, 4.0),
        (30.0, 4.0, 4.0),
        (60.0, 4.0, 4.0),
    ];
    let exponential = [
        (5.0, 5.0, 12.0),
        (8.0, 4.0, 9.5),
        (10.0, 4.0, 9.5),
        (12.0, 4.0, 8.5),
        (15.0, 4.0, 7.5),
        (20.0, 4.0, 8.5),
        (25.0, 4.0, 8.5),
        (30.0, 4.0, 8.5),
        (60.0, 4.5, 9.5),
    ];
    head();
    let mut off = missed(GAUSSIAN, &gaussian);
    off.extend(missed(UNIFORM, &uniform));
    off.extend(missed(EXPONENTIAL, &exponential));
    assert!(off.is_empty(), "{off:#?}");
}

/// Cameras that take no whole number of pictures a second, and some whose oscillator is off by 200
/// and by 1000 ppm: the nominal rate must not draw their line away.
#[test]
fn cameras_off_a_nominal_rate() {
    let gaussian = [
        (9.95, 4.5, 6.0),
        (13.3, 4.0, 5.5),
        (24.9, 4.0, 4.0),
        (27.4, 4.0, 4.0),
        (10.002, 4.0, 5.5),
        (25.005, 4.0, 4.0),
        (10.01, 4.5, 6.5),
        (25.025, 4.0, 4.5),
    ];
    let uniform = [
        (9.95, 4.0, 5.0),
        (13.3, 4.0, 4.5),
        (24.9, 4.0, 4.0),
        (27.4, 4.0, 4.0),
        (10.002, 4.0, 4.5),
        (25.005, 4.0, 4.0),
        (10.01, 4.0, 5.5),
        (25.025, 4.0, 4.0),
    ];
    let exponential = [
        (9.95, 5.0, 10.0),
        (13.3, 4.5, 8.5),
        (24.9, 4.0, 9.0),
        (27.4, 4.5, 9.0),
        (10.002, 4.0, 9.5),
        (25.005, 4.0, 8.5),
        (10.01, 4.5, 8.5),
        (25.025, 4.0, 9.0),
    ];
    head();
    let mut off = missed(GAUSSIAN, &gaussian);
    off.extend(missed(UNIFORM, &uniform));
    off.extend(missed(EXPONENTIAL, &exponential));
    assert!(off.is_empty(), "{off:#?}");
}

/// The aim is that no picture is off by more than 60 ms. The median of the worst pictures is below
/// that, but for exponential delays; one network in twenty misses it by a fifth. The first picture
/// at a rate slower by 60 ms is that late, which Gaussian delays are now and then.
#[test]
fn changes_of_rate() {
    const CHANGES: [(f64, f64); 7] = [
        (25.0, 5.0),
        (25.0, 10.0),
        (10.0, 25.0),
        (30.0, 15.0),
        (5.0, 25.0),
        (25.0, 2.0),
        (15.0, 30.0),
    ];
    head();
    let mut missed = Vec::new();
    for ((network, delay), bars) in [
        (GAUSSIAN, [[4.5, 5.5], [57.0, 75.0]]),
        (UNIFORM, [[4.0, 5.5], [45.0, 67.0]]),
        (EXPONENTIAL, [[9.5, 14.5], [95.0, 160.0]]),
        (NONE, [[0.1, 0.1], [0.1, 0.1]]),
    ] {
        for (before, behind) in CHANGES {
            let outcome = outcome(change(before, behind), delay, 0);
            let name = format!("{before} to {behind} fps, {network}");
            if !is_within(&name, &outcome, bars) {
                missed.push(name);
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

/// Arrivals are what there is, and hardly ever a rate is seen in them: behind so many networks.
#[test]
fn cameras_without_a_rate() {
    type Camera = (&'static str, fn() -> Interval, usize, [usize; 2]);
    let esp32 = || -> Interval { Box::new(|_, _, random| 83.0 + 250.0 * random.unit()) };
    let motion = || -> Interval {
        Box::new(|_, _, random| if random.below(20) == 0 { 3000.0 * random.unit() } else { 100.0 })
    };
    let snapshots = || -> Interval { Box::new(|_, _, random| 200.0 + 60.0 * random.unit()) };
    let cameras: [Camera; 4] = [
        ("ESP32, 3 to 12 fps", esp32, 0, [0, 0]),
        ("on motion", motion, 0, [1, 1]),
        ("snapshots", snapshots, 0, [3, 5]),
        ("25 fps, 1 in 10 lost", || steady(25.0), 10, [0, 1]),
    ];
    head();
    let mut missed = Vec::new();
    for (name, camera, lost, most) in cameras {
        for ((network, delay), most) in [NONE, GAUSSIAN].into_iter().zip(most) {
            let outcome = outcome(camera(), delay, lost);
            let name = format!("{name}, {network}");
            is_within(&name, &outcome, [[f64::INFINITY; 2]; 2]);
            if outcome.worse > most {
                missed.push(format!("{name}: {}", outcome.worse));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

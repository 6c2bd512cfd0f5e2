//! Thousands of network faults between the element and a camera: the stream comes back
//! each time, every picture is whole and comes once, and nothing is left behind.
//!
//! `cargo test --release --test alone relay_faults -- --ignored --nocapture` runs ten thousand,
//! or as many as the variable `MJPEGHTTP_FAULTS` says.

use std::sync::MutexGuard;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::alone;
use crate::common::random::Random;
use crate::programs::certificates::{Authority, GOOD};
use crate::programs::wait;
use crate::relay::act::{Act, Damage, Spot};
use crate::relay::camera::{self, NumberedCamera, Wire};
use crate::relay::fault::{self, Deck, Fault};
use crate::relay::footprint::Footprint;
use crate::relay::numbered;
use crate::relay::port::{Relay, Sight};
use crate::relay::times::Times;
use crate::relay::viewer::{Seen, Viewer};

/// Elements at work at the same time, each with a camera of its own.
const STAGES: usize = 16;
/// Back-off of 20 ms, doubled up to 100 ms; what times out does so after a second, the
/// shortest there is.
const PROPERTIES: &str = "retry-backoff-factor=0.02 retry-backoff-max=0.1 connect-timeout=1 \
                          timeout=1 ssl-strict=false";
const BACK_OFF: Duration = Duration::from_millis(100);
const TIMEOUT: Duration = Duration::from_secs(1);
/// How long the stream may take beyond the back-off, on a machine that does nothing else.
const SECOND: Duration = Duration::from_secs(1);
/// The same while other tests are built and run.
const BUSY: Duration = Duration::from_secs(10);
/// What allocators keep, in KiB.
const KEPT: usize = 16 * 1024;

#[test]
fn a_thousand_faults_leave_nothing_behind() {
    storm(1000, 1, BUSY);
}

#[test]
#[ignore = "takes minutes"]
fn ten_thousand_faults_leave_nothing_behind() {
    let count = std::env::var("MJPEGHTTP_FAULTS").map_or(10_000, |count| count.parse().unwrap());
    storm(count, 2, SECOND);
}

#[test]
fn ten_thousand_connections_that_drop_leave_nothing_behind() {
    let _alone = alone_counting_panics();
    let mut stages = stages("retry-backoff-factor=0 connect-timeout=5 timeout=5 ssl-strict=false");
    for_all(&mut stages, |stage| stage.drop_connections(8 * DROPS));
    let before = settled(&mut stages);
    let start = Instant::now();
    for_all(&mut stages, |stage| stage.drop_connections(10_000 / STAGES));
    println!("10,000 connections dropped in {:.1?}", start.elapsed());
    assert_back(&mut stages, &before);
}

#[test]
fn a_picture_that_is_not_as_the_camera_made_it_is_told_from_one_that_is() {
    let (seven, eight) = (numbered::picture(7), numbered::picture(8));
    assert_eq!(numbered::identify(&seven), Ok(7));
    let middle = seven.len() / 2;
    let mixed = [&seven[..middle], &eight[middle..]].concat();
    assert_eq!(numbered::identify(&mixed), Err([7, 8].into()));
    let longer = [&seven[..middle], &seven[middle - 1..]].concat();
    assert_eq!(numbered::identify(&longer), Err([7].into()));
    assert_eq!(numbered::identify(&seven[..middle]), Err([7].into()));
    assert_eq!(numbered::identify(b""), Err([].into()));
}

/// An element, a camera, and the relay between them.
struct Stage {
    camera: NumberedCamera,
    relay: Relay,
    viewer: Viewer,
    random: Random,
    deck: Deck,
}

fn storm(count: usize, seed: u64, soon: Duration) {
    let _alone = alone_counting_panics();
    let mut stages = stages(PROPERTIES);
    for (stage, number) in stages.iter_mut().zip(0..) {
        stage.random = Random::new(seed * 1000 + number);
    }
    // The first faults make allocators and thread pools as large as they get.
    for_all(&mut stages, |stage| stage.suffer(60, soon));
    let before = settled(&mut stages);
    let start = Instant::now();
    let mut times = Times::default();
    for part in for_all(&mut stages, |stage| stage.suffer(count.div_ceil(STAGES), soon)) {
        times.merge(part);
    }
    println!("{} faults in {:.1?}\n{times}", times.count(), start.elapsed());
    let all = stages.iter().map(|stage| stage.viewer.seen).fold(Seen::default(), Seen::plus);
    println!("{all:?}");
    assert_back(&mut stages, &before);
    let touched = usize::try_from(all.damaged + all.twice).unwrap();
    assert!(touched <= times.of(Fault::DuplicateBytes) / 5, "{touched} of what was sent twice");
    assert!(times.count() >= count && times.kinds() == KINDS, "every kind had its turn");
}

/// Of [`Fault`], each place of a reset counted.
const KINDS: usize = 17;

impl Stage {
    fn new(wire: Wire, properties: &str) -> Self {
        let (sight, scheme, kinds) = match wire {
            Wire::Plain => (Sight::Clear, "http", fault::PLAIN),
            Wire::Chunked => (Sight::Clear, "http", fault::CHUNKED),
            Wire::Tls(_) => (Sight::Opaque, "https", fault::TLS),
        };
        let camera = NumberedCamera::start(wire);
        let relay = Relay::start(camera.address(), sight);
        let url = format!("{scheme}://{}/", relay.address());
        let viewer = Viewer::start(&url, properties);
        Self { camera, relay, viewer, random: Random::new(0), deck: Deck::new(kinds) }
    }

    /// So many faults, one after the other.
    fn suffer(&mut self, count: usize, soon: Duration) -> Times {
        let mut times = Times::default();
        for _ in 0..count {
            let fault = self.deck.draw(&mut self.random);
            times.add(fault, self.recover_from(fault, soon));
        }
        times
    }

    /// How long the stream takes to come back after the camera.
    fn recover_from(&mut self, fault: Fault, soon: Duration) -> Duration {
        self.viewer.expect(fault);
        let begun = Instant::now();
        let back = fault.befall(&self.relay, &mut self.random);
        let noticed = back - begun;
        let next = self.camera.next();
        self.viewer.see(next);
        let away = back.elapsed();
        // An attempt may wait for a camera whose return it cannot notice.
        let attempt = if fault.is_blind() { TIMEOUT } else { Duration::ZERO };
        assert!(away <= attempt + BACK_OFF + soon, "{fault}: away for {away:?}");
        let outage = if fault.is_silent() { TIMEOUT } else { Duration::ZERO };
        assert!(noticed <= outage + 3 * (BACK_OFF + soon), "{fault}: noticed after {noticed:?}");
        // All that the fault has touched is through.
        self.viewer.see(self.camera.next() + 2);
        away
    }

    /// Connections that end before or behind the first picture. A few at a time, as what
    /// the element delivers and says is kept until it is looked at.
    fn drop_connections(&mut self, count: usize) {
        self.viewer.expect(Fault::Close);
        for _ in 0..count / DROPS {
            let drops: Vec<_> = (0..DROPS).map(|_| drop_one(&mut self.random)).collect();
            let back = self.relay.perform([Act::Leave].into_iter().chain(drops));
            self.viewer.see(self.camera.next());
            let away = back.elapsed();
            assert!(away <= BUSY, "away for {away:?}");
        }
    }
}

/// In a row.
const DROPS: usize = 25;

fn drop_one(random: &mut Random) -> Act {
    match random.below(4) {
        0 => Act::HangUp,
        1 => Act::At(Spot::anywhere(0), Damage::Reset),
        2 => Act::At(Spot::anywhere(random.below(100)), Damage::Close),
        _ => Act::At(Spot::anywhere(1500 + random.below(4000)), Damage::Close),
    }
}

/// Plain, chunked and TLS cameras with their elements, all at work.
fn stages(properties: &str) -> Vec<Stage> {
    let authority = Authority::new();
    let tls = camera::tls(&authority.issue("camera", GOOD));
    let wires = [Wire::Plain, Wire::Chunked, Wire::Plain, Wire::Chunked, tls];
    let stage = |wire: &Wire| Stage::new(wire.clone(), properties);
    wires.iter().cycle().take(STAGES).map(stage).collect()
}

/// Has all stages do the same at the same time. Who is done goes on to look, as pictures
/// that nobody takes pile up.
fn for_all<T: Send>(stages: &mut [Stage], work: impl Fn(&mut Stage) -> T + Sync) -> Vec<T> {
    let busy = AtomicUsize::new(stages.len());
    let work_and_look = |stage: &mut Stage| {
        let result = work(stage);
        busy.fetch_sub(1, Ordering::SeqCst);
        while busy.load(Ordering::SeqCst) > 0 && PANICS.load(Ordering::SeqCst) == 0 {
            stage.viewer.see(stage.camera.next());
        }
        result
    };
    std::thread::scope(|scope| {
        let start = |stage| scope.spawn(|| work_and_look(stage));
        let workers: Vec<_> = stages.iter_mut().map(start).collect();
        workers.into_iter().map(|worker| worker.join().expect("no stage fails")).collect()
    })
}

/// What there is while all streams flow and nothing else happens.
fn footprint(stages: &mut [Stage]) -> Footprint {
    for_all(stages, |stage| stage.viewer.see(stage.camera.next()));
    Footprint::now()
}

/// The least of a second: threads that have done their work take a while to go.
fn settled(stages: &mut [Stage]) -> Footprint {
    let until = Instant::now() + Duration::from_secs(1);
    let mut least = footprint(stages);
    while Instant::now() < until {
        let now = footprint(stages);
        least.threads = least.threads.min(now.threads);
        least.descriptors = least.descriptors.min(now.descriptors);
        least.memory = now.memory;
    }
    least
}

fn assert_back(stages: &mut [Stage], before: &Footprint) {
    let mut now = footprint(stages);
    wait::until(wait::PATIENCE, || {
        now = footprint(stages);
        now.is_back_at(before, KEPT).then_some(())
    });
    println!("before {before:?}\nafter  {now:?}");
    assert!(now.is_back_at(before, KEPT), "something is left over");
    assert_eq!(PANICS.load(Ordering::SeqCst), 0, "something has panicked");
}

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// The footprint is that of the process, the panics are those of all its threads.
fn alone_counting_panics() -> MutexGuard<'static, ()> {
    let alone = alone();
    PANICS.store(0, Ordering::SeqCst);
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        usual(panic);
    }));
    alone
}

//! One element, one server, until the first error; and what that has cost.

use std::env;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::common::element::Pipeline;

const URL: &str = "HOSTILE_URL";
const PROPERTIES: &str = "HOSTILE_PROPERTIES";
const ALWAYS: &str =
    "timeout=1 connect-timeout=1 retries=0 max-frame-size=1048576 ssl-strict=false";
/// Stands before what the process has to tell.
const MARK: &str = "outcome:";

pub(crate) struct Outcome {
    /// The text of the error.
    pub(crate) error: String,
    /// From the start of the pipeline to the error.
    pub(crate) took: Duration,
    /// To stop afterwards.
    pub(crate) stop: Duration,
    /// Processor time.
    pub(crate) cpu: Duration,
    /// In KiB, above what the process had before.
    pub(crate) memory: u64,
}

/// Has the test named `victim` meet the server in another process.
pub(crate) fn meet(url: &str, properties: &str) -> Outcome {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "hostile::victim", "--ignored", "--nocapture"])
        .env(URL, url)
        .env(PROPERTIES, format!("{ALWAYS} {properties}"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let line = text.lines().find_map(|line| line.split_once(MARK));
    let (_, line) = line.unwrap_or_else(|| panic!("{url}: {text}"));
    let mut words = line.splitn(5, ' ');
    let mut number = || words.next().unwrap().parse().unwrap();
    let [took, stop, cpu, memory] = [number(), number(), number(), number()];
    Outcome {
        error: words.next().unwrap().to_owned(),
        took: Duration::from_micros(took),
        stop: Duration::from_micros(stop),
        cpu: Duration::from_micros(cpu),
        memory,
    }
}

/// What that other process does. Nothing, when nobody has asked it to.
pub(crate) fn run() {
    let (Ok(url), Ok(properties)) = (env::var(URL), env::var(PROPERTIES)) else { return };
    let pipeline = Pipeline::new(&url, &properties);
    let (memory, cpu) = (status("VmRSS:"), processor_time());
    let begun = Instant::now();
    pipeline.play();
    let error = pipeline.error();
    let took = begun.elapsed();
    let stop = pipeline.change(gst::State::Null);
    let cpu = processor_time().saturating_sub(cpu);
    let memory = status("VmHWM:").saturating_sub(memory);
    let (took, stop, cpu) = (took.as_micros(), stop.as_micros(), cpu.as_micros());
    println!("{MARK}{took} {stop} {cpu} {memory} {}", error.message());
}

fn processor_time() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime).try_into().unwrap()
}

/// A field of `/proc/self/status`, in KiB.
fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

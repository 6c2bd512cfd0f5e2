//! Runs one measured client against one load.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use crate::child::Order;
use crate::load::Load;
use crate::peers::Peer;
use crate::server::Server;
use crate::usage::cpu_of;

/// What a client took, from the end of the warm-up to its last frame.
#[derive(Debug, Clone, Copy, Default)]
pub struct Measured {
    pub frames: u64,
    pub bytes: u64,
    /// Processor time in ns.
    pub cpu: u64,
    /// In ns.
    pub time: u64,
    /// Context switches.
    pub switches: u64,
    pub threads: u64,
    /// Resident memory in KiB.
    pub memory: u64,
    /// Frames that did not come, warm-up included.
    pub lost: u64,
    /// Delay of the frames in ns.
    pub p50: u64,
    pub p99: u64,
}

impl Measured {
    pub fn cpu_per_gigabyte(&self) -> f64 {
        ratio(self.cpu, self.bytes)
    }

    pub fn per_frame(&self, number: u64) -> f64 {
        ratio(number, self.frames)
    }

    fn parse(line: &str) -> Self {
        let words = line.split_whitespace().filter_map(|word| word.split_once('='));
        let numbers: HashMap<_, u64> =
            words.filter_map(|(name, number)| Some((name, number.parse().ok()?))).collect();
        let number = |name| numbers.get(name).copied().unwrap_or(0);
        Self {
            frames: number("frames"),
            bytes: number("bytes"),
            cpu: number("cpu"),
            time: number("time"),
            switches: number("switches"),
            threads: number("threads"),
            memory: number("memory"),
            lost: number("lost"),
            p50: number("p50"),
            p99: number("p99"),
        }
    }
}

/// A quotient; not a number where there is nothing to divide by.
#[allow(clippy::cast_precision_loss, reason = "bytes and nanoseconds of minutes")]
pub fn ratio(above: u64, below: u64) -> f64 {
    if below == 0 { f64::NAN } else { above as f64 / below as f64 }
}

/// The whole load for one client.
pub fn measure(peer: Peer, load: Load) -> Measured {
    if peer == Peer::Ffmpeg {
        return measure_ffmpeg(load);
    }
    let server = Server::start(load);
    let client = start(peer, &server.address, load, load.cameras, None);
    let measured = collect(client);
    server.finish();
    measured
}

/// One connection each for all of them, so that they have the same machine.
pub fn measure_together(peers: &[Peer], load: Load) -> Vec<Measured> {
    let server = Server::start(Load { cameras: peers.len(), ..load });
    let clients: Vec<_> =
        peers.iter().map(|&peer| start(peer, &server.address, load, 1, None)).collect();
    let measured = clients.into_iter().map(collect).collect();
    server.finish();
    measured
}

/// System calls of the whole life of a client; `None` if frames did not come.
pub fn system_calls(peer: Peer, load: Load, report: &Path) -> Option<u64> {
    let server = Server::start(load);
    let measured = collect(start(peer, &server.address, load, load.cameras, Some(report)));
    server.finish();
    let text = std::fs::read_to_string(report).unwrap();
    let line = text.lines().find(|line| line.ends_with("total")).unwrap();
    let calls = line.split_whitespace().nth(3).unwrap().parse().unwrap();
    (measured.frames == (load.cameras * load.frames) as u64 && measured.lost == 0).then_some(calls)
}

/// The processes of a client; the last one tells.
struct Client(Vec<Child>);

impl Drop for Client {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // An error says that it has ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn start(peer: Peer, address: &str, load: Load, cameras: usize, trace: Option<&Path>) -> Client {
    let from = cameras * load.warm_up;
    let to = from + cameras * load.frames;
    let order = Order { peer, address: address.into(), cameras, from, to };
    let this = std::env::current_exe().unwrap();
    let mut command = match trace {
        Some(report) => {
            let mut command = Command::new("strace");
            command.args(["-f", "-c", "-o"]).arg(report).arg(this);
            command
        }
        None => Command::new(this),
    };
    command.args(order.words()).stdout(Stdio::piped());
    let mut children = Vec::new();
    if peer == Peer::Ffmpeg {
        let mut ffmpeg = ffmpeg(address);
        ffmpeg.args(["-flush_packets", "1", "-f", "mpjpeg", "pipe:1"]).stdout(Stdio::piped());
        let mut ffmpeg = ffmpeg.spawn().unwrap();
        command.stdin(ffmpeg.stdout.take().unwrap());
        children.push(ffmpeg);
    }
    children.push(command.spawn().unwrap());
    Client(children)
}

fn collect(mut client: Client) -> Measured {
    let mut line = String::new();
    let child = client.0.last_mut().unwrap();
    child.stdout.take().unwrap().read_to_string(&mut line).unwrap();
    // strace has more to write.
    child.wait().unwrap();
    Measured::parse(&line)
}

fn ffmpeg(address: &str) -> Command {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-loglevel", "quiet", "-f", "mpjpeg", "-i"]);
    command.arg(format!("http://{address}/stream")).args(["-c", "copy"]);
    command
}

/// FFmpeg tells nobody what it took until it ends, so the warm-up alone is measured too.
fn measure_ffmpeg(load: Load) -> Measured {
    let [short, long] = [0, load.frames].map(|frames| {
        let server = Server::start(Load { frames, ..load });
        let mut command = ffmpeg(&server.address);
        command.args(["-progress", "pipe:1", "-f", "null", "-"]).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(server.finish());
        let mut progress = String::new();
        child.stdout.take().unwrap().read_to_string(&mut progress).unwrap();
        // What it took can be read until it is waited for.
        let exited = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        waitid(WaitId::Pid(Pid::from_child(&child)), exited).unwrap();
        let cpu = cpu_of(child.id());
        child.wait().unwrap();
        let frames = progress.lines().filter_map(|line| line.strip_prefix("frame=")).next_back();
        let frames: u64 = frames.unwrap().trim().parse().unwrap();
        (frames, cpu)
    });
    let frames = long.0 - short.0;
    let picture = load.parts()[0].bytes.len() as u64;
    let cpu = long.1.saturating_sub(short.1);
    let lost = ((load.warm_up + load.frames) as u64).saturating_sub(long.0);
    Measured { frames, bytes: frames * picture, cpu, lost, ..Measured::default() }
}

//! Ten cameras on links of 100 Mbit/s: a frame comes in many small pieces, and each may
//! wake the client.

use std::time::Duration;

use crate::client::{measure, ratio, system_calls};
use crate::load::{Habit, Load, Pace};
use crate::peers::{Peer, program};
use crate::table::{Bar, Row, median, print};
use crate::{Effort, best_blocks, present};

const FPS: u32 = 30;

pub fn run(effort: Effort) -> Vec<Bar> {
    let (rounds, frames) = match effort {
        Effort::Quick => (1, 90),
        Effort::Full => (5, 150),
    };
    let load = Load {
        cameras: 10,
        picture: 50_000,
        habit: Habit::LineEnd,
        pace: Pace::Segments(Duration::from_secs(1) / FPS),
        warm_up: 30,
        frames,
    };
    let mut peers = present(&[Peer::Ours, Peer::BARE_PATIENT, Peer::BARE, Peer::SOUP, Peer::Curl]);
    best_blocks(&mut peers, load);
    let mut costs = vec![Vec::new(); peers.len()];
    let mut switches = vec![Vec::new(); peers.len()];
    for _ in 0..rounds {
        for (index, peer) in peers.iter().enumerate() {
            let measured = measure(*peer, load);
            costs[index].push(measured.per_frame(measured.cpu) * f64::from(FPS) / 1e7);
            switches[index].push(measured.per_frame(measured.switches));
        }
    }
    let [costs, switches] = [costs, switches].map(|all| all.into_iter().map(median).collect());
    let calls = calls_per_frame(&peers, load);
    let costs: Vec<f64> = costs;
    let switches: Vec<f64> = switches;
    let mut bars = vec![
        bar("context switches a frame", switches[0], 3.0),
        bar("system calls a frame", calls[0], 9.0),
    ];
    for (peer, cost) in peers.iter().zip(&costs) {
        let limit = match peer {
            Peer::Soup { .. } => 0.06,
            peer if *peer == Peer::BARE_PATIENT => 1.4,
            _ => continue,
        };
        bars.push(bar(&format!("processor time of {peer}"), costs[0] / cost, limit));
    }
    let rows = [
        ("processor time of a camera, % of a core", costs),
        ("context switches a frame", switches),
        ("system calls a frame", calls),
    ];
    let rows = rows.map(|(name, cells)| Row { name: name.into(), cells });
    let columns: Vec<_> = peers.iter().map(ToString::to_string).collect();
    print("Ten cameras, 50 KB at 30 fps, in segments of 1,448 bytes", &columns, 2, &rows);
    bars
}

fn bar(what: &str, measured: f64, limit: f64) -> Bar {
    Bar { what: format!("in segments, {what}"), measured, limit }
}

/// Of one camera, because strace slows down whom it watches; what starting takes is
/// found by a shorter run and taken off.
fn calls_per_frame(peers: &[Peer], load: Load) -> Vec<f64> {
    if program("strace").is_none() {
        println!("\nSystem calls are left out: strace is not installed");
        return vec![f64::NAN; peers.len()];
    }
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("calls");
    let load = Load { cameras: 1, frames: 300, ..load };
    let shorter = Load { frames: 1, ..load };
    let frames = u64::try_from(load.frames - shorter.frames).unwrap();
    let calls = |peer: &Peer| {
        let less = system_calls(*peer, shorter, &report)?;
        let more = system_calls(*peer, load, &report)?;
        Some(ratio(more.checked_sub(less)?, frames))
    };
    let calls = |peer: &Peer| calls(peer).unwrap_or(f64::NAN);
    peers.iter().map(calls).collect()
}

//! Processor time for each gigabyte, as fast as the client takes it.

use crate::client::{Measured, measure};
use crate::load::{Habit, Load, Pace};
use crate::peers::Peer;
use crate::table::{Bar, Row, median, print};
use crate::{Effort, best_blocks, present};

const SIZES: [usize; 4] = [10_000, 50_000, 200_000, 1_000_000];
/// Sizes below this have no bar: there everybody pays for calls, not for bytes.
const SMALLEST_WITH_BAR: usize = 50_000;
/// What most cameras send.
const LENGTHS: [(&str, Habit); 2] =
    [("with length", Habit::LineEnd), ("without", Habit::LineEndWithoutLength)];
/// FFmpeg looks at several seconds of video before it begins.
const LEAST_WARM_UP: usize = 100;

pub fn run(effort: Effort) -> Vec<Bar> {
    let (rounds, bytes) = match effort {
        Effort::Quick => (3, 100_000_000),
        Effort::Full => (5, 500_000_000),
    };
    let peers = present(&[Peer::Ours, Peer::BARE, Peer::SOUP, Peer::Curl, Peer::Ffmpeg]);
    let (mut rows, mut bars) = (Vec::new(), Vec::new());
    for picture in SIZES {
        for (length, habit) in LENGTHS {
            let frames = bytes / picture;
            let warm_up = (frames / 10).max(LEAST_WARM_UP);
            let load = Load { cameras: 1, picture, habit, pace: Pace::Drain, warm_up, frames };
            let mut peers = peers.clone();
            best_blocks(&mut peers, load);
            let mut costs = vec![Vec::new(); peers.len()];
            // In turn, so that what else the machine does meets all of them.
            for _ in 0..rounds {
                for (peer, costs) in peers.iter().zip(&mut costs) {
                    let measured = measure(*peer, load);
                    check(*peer, load, measured);
                    costs.push(measured.cpu_per_gigabyte());
                }
            }
            let cells: Vec<_> = costs.into_iter().map(median).collect();
            let name = format!("{} KB, {length}", picture / 1000);
            eprintln!("{name}: {peers:?} {cells:.3?}");
            if picture >= SMALLEST_WITH_BAR {
                bars.extend(bars_of(&name, picture, habit, &peers, &cells));
            }
            rows.push(Row { name, cells });
        }
    }
    let columns: Vec<_> = peers.iter().map(ToString::to_string).collect();
    print("Processor time for a gigabyte, s", &columns, 3, &rows);
    bars
}

/// All frames have to be there, or the number means nothing.
fn check(peer: Peer, load: Load, measured: Measured) {
    let Measured { lost, .. } = measured;
    assert!(lost == 0, "{peer}: {lost} of {} frames did not come", load.frames);
}

fn bars_of(name: &str, picture: usize, habit: Habit, peers: &[Peer], cells: &[f64]) -> Vec<Bar> {
    let limit = |peer: Peer| match (peer, habit, picture) {
        (Peer::Ideal(_), ..) => Some(1.25),
        (Peer::Soup { .. }, Habit::LineEndWithoutLength, _) => Some(0.3),
        (Peer::Soup { .. }, _, 50_000) => Some(0.9),
        (Peer::Soup { .. }, _, 200_000) => Some(0.75),
        (Peer::Soup { .. }, ..) => Some(0.55),
        (Peer::Ffmpeg, ..) => Some(1.0),
        _ => None,
    };
    let bar = |(peer, cell): (&Peer, &f64)| {
        let what = format!("processor time, {name}, of {peer}");
        Some(Bar { what, measured: cells[0] / cell, limit: limit(*peer)? })
    };
    peers.iter().zip(cells).filter_map(bar).collect()
}

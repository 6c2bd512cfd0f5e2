//! Many cameras in one process: 30 KB at 30 fps each.

use std::time::Duration;

use crate::client::{Measured, measure, ratio};
use crate::load::{Habit, Load, Pace};
use crate::peers::Peer;
use crate::table::{Bar, Row, median, print};
use crate::{Effort, best_blocks, present};

const FPS: u32 = 30;
/// The number of cameras that has bars.
const WITH_BAR: usize = 200;

pub fn run(effort: Effort) -> Vec<Bar> {
    let (numbers, rounds, seconds): (&[usize], _, _) = match effort {
        Effort::Quick => (&[10, WITH_BAR], 1, 3),
        Effort::Full => (&[1, 10, 100, WITH_BAR, 400], 3, 5),
    };
    let frames = seconds * usize::try_from(FPS).unwrap();
    let load = Load {
        cameras: 10,
        picture: 30_000,
        habit: Habit::LineEnd,
        pace: Pace::Frames(Duration::from_secs(1) / FPS),
        warm_up: 30,
        frames,
    };
    let mut peers = present(&[Peer::Ours, Peer::BARE, Peer::SOUP, Peer::Curl]);
    best_blocks(&mut peers, load);
    let mut tables: [Vec<Row>; 5] = Default::default();
    let mut bars = Vec::new();
    for &cameras in numbers {
        let load = Load { cameras, ..load };
        let mut runs = vec![Vec::new(); peers.len()];
        for _ in 0..rounds {
            for (peer, runs) in peers.iter().zip(&mut runs) {
                runs.push(measure(*peer, load));
            }
        }
        let median_of = |pick: &dyn Fn(&Measured) -> f64| -> Vec<f64> {
            runs.iter().map(|runs| median(runs.iter().map(pick))).collect()
        };
        // By the frame, so that a machine that cannot keep up does not count as cheap.
        let cells = [
            median_of(&|m| m.per_frame(m.cpu) * f64::from(FPS) / 1e7),
            median_of(&|m| ratio(m.threads, 1)),
            median_of(&|m| ratio(m.memory, cameras as u64)),
            median_of(&|m| ratio(m.lost, 1)),
            median_of(&|m| ratio(m.frames * 1_000_000_000, m.time) / ratio(cameras as u64, 1)),
        ];
        if cameras == WITH_BAR {
            bars = bars_of(&peers, &cells);
        }
        for (table, cells) in tables.iter_mut().zip(cells) {
            table.push(Row { name: cameras.to_string(), cells });
        }
    }
    let columns: Vec<_> = peers.iter().map(ToString::to_string).collect();
    let titles = [
        ("Processor time of a camera by how many there are, % of a core", 3),
        ("Threads of the process", 0),
        ("Resident memory of the process for each camera, KiB", 0),
        ("Frames lost", 0),
        ("Reached, fps", 1),
    ];
    for ((title, decimals), table) in titles.into_iter().zip(&tables) {
        print(title, &columns, decimals, table);
    }
    bars
}

fn bars_of(peers: &[Peer], [cpu, threads, memory, lost, _]: &[Vec<f64>; 5]) -> Vec<Bar> {
    let best = |cells: &[f64]| {
        let others = peers.iter().zip(cells).skip(2).map(|(_, cell)| *cell);
        cells[0] / others.fold(f64::NAN, f64::min)
    };
    let bar = |what: &str, measured, limit| Bar {
        what: format!("{WITH_BAR} cameras, {what}"),
        measured,
        limit,
    };
    vec![
        bar("processor time of the best peer", best(cpu), 0.4),
        bar("memory of the best peer", best(memory), 0.4),
        bar("threads beyond two for each", threads[0] - ratio(2 * WITH_BAR as u64, 1), 8.0),
        bar("frames lost", lost[0], 0.0),
    ]
}

//! From the call that sends a picture to the picture in the sink, in the habits of
//! sending that cameras have.

use std::time::Duration;

use crate::client::{Measured, measure_together, ratio};
use crate::load::{Habit, Load, Pace};
use crate::peers::Peer;
use crate::table::{Bar, Row, print};
use crate::{Effort, present};

const HABITS: [(&str, Habit); 4] = [
    ("line end behind the picture", Habit::LineEnd),
    ("next delimiter behind the picture", Habit::Delimiter),
    ("nothing behind the picture", Habit::Nothing),
    ("nothing behind the picture, no length", Habit::NothingWithoutLength),
];

pub fn run(effort: Effort) -> Vec<Bar> {
    let frames = match effort {
        Effort::Quick => 150,
        Effort::Full => 900,
    };
    let pace = Pace::Frames(Duration::from_secs(1) / 30);
    let peers = present(&[Peer::Ours, Peer::BARE, Peer::SOUP, Peer::Curl, Peer::Ffmpeg]);
    let (mut rows, mut bars) = (Vec::new(), Vec::new());
    for (name, habit) in HABITS {
        let load = Load { cameras: 1, picture: 50_000, habit, pace, warm_up: 60, frames };
        let measured = measure_together(&peers, load);
        let microseconds = |pick: fn(&Measured) -> u64| -> Vec<f64> {
            measured.iter().map(|measured| ratio(pick(measured), 1000)).collect()
        };
        let (p50, p99) = (microseconds(|m| m.p50), microseconds(|m| m.p99));
        let best = |percentile: &[f64]| percentile[2..].iter().copied().fold(f64::NAN, f64::min);
        bars.push(bar(format!("p50, {name}, of the bare client"), &p50, p50[1], 1.3));
        bars.push(bar(format!("p99, {name}, of the best peer"), &p99, best(&p99), 1.0));
        rows.push(Row { name: format!("{name}, p50"), cells: p50 });
        rows.push(Row { name: format!("{name}, p99"), cells: p99 });
    }
    let columns: Vec<_> = peers.iter().map(ToString::to_string).collect();
    print("Delay of 50 KB at 30 fps, µs", &columns, 0, &rows);
    bars
}

fn bar(what: String, cells: &[f64], other: f64, limit: f64) -> Bar {
    Bar { what, measured: cells[0] / other, limit }
}

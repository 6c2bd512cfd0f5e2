//! The whole element beside `souphttpsrc ! multipartdemux`, `curlhttpsrc !
//! multipartdemux`, FFmpeg and a bare client, under the same load in one run.
//!
//!     cargo bench --bench compare                       # everything
//!     cargo bench --bench compare -- drain segmented    # parts of it
//!     cargo bench --bench compare -- --quick            # a first look
//!
//! Each client is a process of its own, so that the processor time, memory, threads and
//! context switches are its own; those of the server do not count.
//!
//! | file | idea |
//! |---|---|
//! | `load`, `server` | what is sent, and who sends it |
//! | `child`, `client` | a measured process, seen from inside and from outside |
//! | `peers`, `ideal` | who is compared; the floor |
//! | `usage`, `table` | numbers in, numbers out |
//! | `drain`, `latency`, `cameras`, `segmented` | the four questions |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench fails that way"
)]
#![allow(unreachable_pub, reason = "a program of its own")]

#[path = "../../tests/common/mod.rs"]
mod common;

mod cameras;
mod child;
mod client;
mod drain;
mod ideal;
mod latency;
mod load;
mod peers;
mod segmented;
mod server;
mod table;
mod usage;

use child::Order;
use peers::Peer;
use table::Bar;

/// How much is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effort {
    Quick,
    Full,
}

/// A question: what it is called, and who answers it.
type Section = (&'static str, fn(Effort) -> Vec<Bar>);

const SECTIONS: [Section; 4] = [
    ("drain", drain::run),
    ("latency", latency::run),
    ("cameras", cameras::run),
    ("segmented", segmented::run),
];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let Some(order) = Order::parse(&words) {
        return child::run(&order);
    }
    let mut effort = Effort::Full;
    let mut chosen = Vec::new();
    for word in &words {
        match word.as_str() {
            "--quick" => effort = Effort::Quick,
            // Cargo says so to every bench.
            "--bench" => {}
            word => match SECTIONS.iter().find(|(name, _)| *name == word) {
                Some(section) => chosen.push(*section),
                None => panic!("`{word}` is none of drain, latency, cameras, segmented, --quick"),
            },
        }
    }
    if chosen.is_empty() {
        chosen = SECTIONS.to_vec();
    }
    common::element::init();
    println!("In parentheses: mjpeghttpsrc divided by that client.");
    let bars: Vec<_> = chosen.iter().flat_map(|(_, run)| run(effort)).collect();
    table::print_bars(&bars);
}

/// Those that are installed; says who is not, and why.
fn present(peers: &[Peer]) -> Vec<Peer> {
    let is_there = |peer: &Peer| match peer.missing() {
        Some(reason) => {
            println!("\n{peer} is left out: {reason}");
            false
        }
        None => true,
    };
    peers.iter().copied().filter(is_there).collect()
}

/// souphttpsrc with the block size that takes the least processor time under this load.
fn best_blocks(peers: &mut [Peer], load: load::Load) {
    let load = load::Load { frames: load.frames / 2, ..load };
    for peer in peers.iter_mut().filter(|peer| matches!(peer, Peer::Soup { .. })) {
        let soups = peers::SOUP_BLOCKS.map(|block| Peer::Soup { block });
        let cost = |soup: &Peer| client::measure(*soup, load).cpu_per_gigabyte();
        let best = soups.map(|soup| (cost(&soup), soup));
        *peer = best.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).unwrap().1;
    }
}

//! Whatever a camera answers, at whatever moment: pictures, an announced retry, or one error.

mod cell;
mod reports;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cell::{Cell, Outcome};

/// Cells that are tried at the same time.
const HANDS: usize = 8;

#[test]
fn every_answer_has_its_outcome() {
    crate::common::element::init();
    let cells: Vec<Cell> = cell::all().collect();
    let camera = cell::camera(cells.clone());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::SeqCst);
            let Some(cell) = cells.get(number) else { return wrong };
            let found = cell.play(&format!("http://{}/{number}", camera.address()));
            if found != cell.expected() {
                wrong.push(format!("{cell:?}: {found:?} and not {:?}", cell.expected()));
            }
        }
    };
    let wrong: Vec<String> = thread::scope(|scope| {
        let hands: Vec<_> = (0..HANDS).map(|_| scope.spawn(work)).collect();
        hands.into_iter().flat_map(|hand| hand.join().unwrap()).collect()
    });
    let mut outcomes: BTreeMap<Outcome, usize> = BTreeMap::new();
    for cell in &cells {
        *outcomes.entry(cell.expected()).or_default() += 1;
    }
    println!("{} cells: {outcomes:#?}", cells.len());
    assert!(
        wrong.is_empty(),
        "{} wrong, such as {:#?}",
        wrong.len(),
        &wrong[..wrong.len().min(20)]
    );
}

/// The camera is the same for all cells, so that the numbers of their requests are kept apart.
type Counts = Arc<Vec<AtomicUsize>>;

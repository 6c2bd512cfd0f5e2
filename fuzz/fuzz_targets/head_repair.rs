//! A repaired head is what a strict parser takes, and the same however it came.
#![no_main]

use fuzz::split;
use gstmjpeghttp::http::head_repair::{HEAD_LIMIT, HeadRepair, Repair};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (answer, cuts) = split(input);
    let whole = repair(answer, std::iter::once(answer.len()));
    assert_eq!(repair(answer, cuts.ends(answer)), whole, "cut");
    assert_eq!(repair(answer, 1..=answer.len()), whole, "byte by byte");

    let Repair::Done(repaired) = whole else { return };
    assert!(repaired.consumed <= answer.len());
    // As long as what it stands for, and what stands for a missing status line.
    assert!(repaired.head.len() <= HEAD_LIMIT + 64, "{}", repaired.head.len());
    let mut fields = [httparse::EMPTY_HEADER; 128];
    let strict = httparse::Response::new(&mut fields).parse(&repaired.head);
    assert_eq!(strict, Ok(httparse::Status::Complete(repaired.head.len())), "{repaired:?}");

    let head = &repaired.head;
    let Repair::Done(again) = repair(head, std::iter::once(head.len())) else {
        panic!("{repaired:?} is not repaired once more")
    };
    assert_eq!((&again.head, again.consumed), (head, head.len()), "repaired once more");
});

/// The answer ends behind the last piece.
fn repair(answer: &[u8], ends: impl Iterator<Item = usize>) -> Repair {
    let mut repair = HeadRepair::new();
    for end in ends {
        match repair.feed(&answer[..end]) {
            Repair::More => {}
            done => return done,
        }
    }
    repair.end(answer).map_or(Repair::More, Repair::Done)
}

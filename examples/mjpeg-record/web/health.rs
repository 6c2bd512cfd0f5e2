//! Whether the recorder is well, for whoever restarts or reports it. No password, and so
//! nothing that is secret.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::Shared;
use super::board::Board;
use super::routes::Refusal;

pub(super) const PATH: &str = "/healthz";

/// The main loop comes round each second.
const LATE: Duration = Duration::from_secs(10);

pub(super) async fn health(State(shared): State<Arc<Shared>>) -> Response {
    match illness(&shared.board) {
        None => "ok\n".into_response(),
        Some(illness) => Refusal::later(illness).into_response(),
    }
}

pub(super) fn is_well(board: &Board) -> bool {
    illness(board).is_none()
}

fn illness(board: &Board) -> Option<String> {
    match board.since_beat() {
        None => return Some("the recorder has not begun yet".into()),
        Some(time) if time > LATE => {
            return Some(format!("the recorder has not moved for {} seconds", time.as_secs()));
        }
        Some(_) => {}
    }
    board.standstill().map(|why| format!("nothing is recorded: {why}"))
}

#[cfg(test)]
mod tests {
    use super::super::board::Entry;
    use super::*;

    #[test]
    fn a_recorder_is_well_when_it_moves_and_records() {
        let board = Board::new();
        assert_eq!(illness(&board).as_deref(), Some("the recorder has not begun yet"));
        board.beat();
        assert_eq!(illness(&board), None);
        board.change_disk(|disk| disk.alarm = Some("the disk is full".into()));
        assert_eq!(illness(&board).as_deref(), Some("nothing is recorded: the disk is full"));
        board.change_disk(|disk| disk.alarm = None);
        assert_eq!(illness(&board), None);
        let (door, yard) = (Entry::new("door"), Entry::new("yard"));
        board.set_cameras(vec![door.clone(), yard.clone()]);
        door.change(|status| status.unwritten = Some("it is read-only".into()));
        assert_eq!(illness(&board).as_deref(), Some("nothing is recorded: it is read-only"));
        yard.change(|status| status.file = Some("yard/1.mkv".into()));
        assert_eq!(illness(&board), None, "the other camera is recorded");
    }
}

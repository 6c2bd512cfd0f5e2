//! Between two parts: on to whatever starts the next one.

use super::{Decoder, HEAD_LIMIT, Part, State, Step};
use crate::multipart::between::{Between, Look};

impl Decoder {
    pub(super) fn between(&mut self, mut between: Between) -> Step {
        let bytes = self.window.bytes();
        let rest = &bytes[between.position..];
        let blanks = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        between.skip(blanks);
        between.within_line &= blanks == 0;
        match between.look(&rest[blanks..], &mut self.delimiter) {
            Look::More => {
                // Nothing before this place is of use any more.
                self.window.discard(between.position);
                between.position = 0;
                return Step::More(State::Between(between));
            }
            Look::Lines(count) => {
                between.skip(count);
                between.within_line = false;
            }
            Look::Piece(count) => {
                between.skip(count);
                between.within_line = true;
            }
            Look::Closed(length) => {
                between.skip(length);
                between.announced = 0;
            }
            Look::Head(length) => {
                let start = self.keep_from(between.position) + length;
                return Step::To(State::Head { start, line: start });
            }
            Look::Picture => {
                let start = self.keep_from(between.position);
                let part = Part { head: start..start, start, length: None };
                return Step::To(State::Body(part));
            }
        }
        Step::To(State::Between(between))
    }

    /// Leaves room for a whole part behind much junk; where the part starts then.
    fn keep_from(&mut self, position: usize) -> usize {
        if position <= HEAD_LIMIT {
            return position;
        }
        self.window.discard(position);
        0
    }
}

//! What a clock is good for.

/// What a clock is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Classification {
    /// Not known yet.
    Watching,
    /// Advances as ours does.
    Usable,
    /// Stands still.
    Constant,
    /// No time can be read from it.
    Text,
    /// Shows the same for several frames: steps of a second, say.
    Coarse,
    /// Advances at another speed: a simulation.
    OtherSpeed,
    /// Jumps again and again: a recording that is played in a loop.
    Jumping,
    /// What stands in a part's head is the time of the frame before.
    PreviousFrame,
}

impl Classification {
    /// Its name in the statistics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Watching => "watching",
            Self::Usable => "usable",
            Self::Constant => "constant",
            Self::Text => "text",
            Self::Coarse => "coarse",
            Self::OtherSpeed => "other-speed",
            Self::Jumping => "jumping",
            Self::PreviousFrame => "previous-frame",
        }
    }
}

//! The enumerations among the properties, and what the layers below call them.

use crate::clock::Mode;
use crate::session::Phase;

/// Which time becomes the PTS of a buffer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, glib::Enum)]
#[repr(i32)]
#[enum_type(name = "GstMjpegHttpSrcTimestampMode")]
pub enum TimestampMode {
    /// The camera's clock where usable, else arrival.
    #[default]
    #[enum_value(name = "Camera's clock where it advances, else arrival", nick = "auto")]
    Auto,
    /// Arrival of the first byte.
    #[enum_value(name = "Arrival of the picture's first byte", nick = "arrival")]
    Arrival,
    /// The camera's clock from the second picture on.
    #[enum_value(name = "Camera's clock from the second picture on", nick = "camera")]
    Camera,
}

/// What the element does at the moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, glib::Enum)]
#[repr(i32)]
#[enum_type(name = "GstMjpegHttpSrcConnectionState")]
pub enum ConnectionState {
    /// Nothing.
    #[default]
    #[enum_value(name = "Stopped, paused, ended or failed", nick = "idle")]
    Idle,
    /// Opening a connection.
    #[enum_value(name = "Opening a connection", nick = "connecting")]
    Connecting,
    /// Receiving.
    #[enum_value(name = "Receiving pictures", nick = "streaming")]
    Streaming,
    /// Waiting before the next attempt.
    #[enum_value(name = "Waiting before the next attempt", nick = "waiting")]
    Waiting,
}

impl From<TimestampMode> for Mode {
    fn from(mode: TimestampMode) -> Self {
        match mode {
            TimestampMode::Auto => Self::Auto,
            TimestampMode::Arrival => Self::Arrival,
            TimestampMode::Camera => Self::Camera,
        }
    }
}

impl From<Phase> for ConnectionState {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Idle => Self::Idle,
            Phase::Connecting => Self::Connecting,
            Phase::Streaming => Self::Streaming,
            Phase::Waiting => Self::Waiting,
        }
    }
}

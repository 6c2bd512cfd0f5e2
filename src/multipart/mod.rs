//! From bytes to frames: a tolerant decoder for `multipart/*` bodies (RFC 2046 §5.1)
//! whose parts are JPEG pictures.
//!
//! | file | idea |
//! |---|---|
//! | [`content_type`] | `Content-Type` and its `boundary` parameter |
//! | [`delimiter`] | the boundary as the body really writes it, learned from there |
//! | [`scanner`] | what may stand between two parts |
//! | [`nearest`] | what comes first, found at the price of the way there |
//! | [`head`] | the header block of one part |
//! | [`decoder`] | the state machine: which bytes are a picture |
//! | [`event`] | what comes out of it |
//! | [`lengths`] | how far `Content-Length` is believed |
//! | [`window`] | where the next bytes go |
//! | [`pool`] | recycled memory of the frames |
//!
//! Nothing here reads, sleeps, logs or asks the time. The caller asks the decoder
//! for [`space`](decoder::Decoder::space), puts bytes there, says when they came,
//! and takes [`Event`]s out.

pub mod content_type;
pub mod decoder;
pub mod delimiter;
pub mod event;
pub mod head;
pub mod lengths;
mod nearest;
pub mod pool;
mod scanner;
pub mod window;

pub use content_type::ContentType;
pub use decoder::Decoder;
pub use event::{Event, Frame, Skip};

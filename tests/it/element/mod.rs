//! The element in a pipeline.

mod events;
mod properties;
mod recording;
mod secrets;
mod states;
mod streaming;
mod unread_bus;
mod uri;

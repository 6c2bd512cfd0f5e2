//! Requests and answers, odd ones too.

mod answers;
mod body_ends;
mod odd_heads;
mod redirects;
mod repair;
mod requests;

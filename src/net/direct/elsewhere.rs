//! Every read goes through ureq's transport: it sleeps until something is there.

use std::convert::Infallible;
use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

/// There is none.
#[derive(Debug)]
pub(crate) struct Direct(Infallible);

impl Direct {
    pub(crate) fn new(_: &Arc<TcpStream>) -> Option<Self> {
        None
    }

    pub(crate) fn read(
        &mut self,
        _: &mut [u8],
        _: usize,
        _: Option<Duration>,
    ) -> io::Result<usize> {
        match self.0 {}
    }
}

//! `SO_RCVLOWAT`, which no safe crate sets: the one place with `unsafe`.
#![allow(unsafe_code, reason = "one system call")]

use std::io;
use std::net::TcpStream;
use std::os::fd::AsRawFd;

/// Lets `poll` call the socket readable only with this many bytes, from 1 on (or at its
/// end). The kernel makes room for them as far as it may, and takes less where it may not.
pub(crate) fn set(socket: &TcpStream, bytes: libc::c_int) -> io::Result<()> {
    #[expect(clippy::cast_possible_truncation, reason = "the size of an int")]
    const SIZE: libc::socklen_t = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: the descriptor is open as long as `socket` is borrowed. The pointer is that
    // of a local variable of SIZE bytes, which the kernel only reads, within this call.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_RCVLOWAT,
            (&raw const bytes).cast(),
            SIZE,
        )
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

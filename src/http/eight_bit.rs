//! Credentials with bytes beyond ASCII, which ureq refuses to send.
//!
//! A camera's realm may be Latin-1 or GB 2312 and has to go back as it came, and most
//! servers want a user beyond ASCII plainly. ureq takes ASCII only in `Authorization`. So
//! such a byte is given to it as a tab and two hexadecimal digits, and is put in place
//! between ureq and the connection.

use std::fmt::Write;

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

const FIELD: &[u8] = b"\r\nAuthorization: ";

/// The value of `Authorization` as ureq takes it.
pub(super) fn encode(value: &[u8]) -> String {
    let mut text = String::new();
    for &byte in value {
        if byte.is_ascii() && byte != b'\t' {
            text.push(byte.into());
        } else {
            // Writing to a string does not fail.
            let _ = write!(text, "\t{byte:02x}");
        }
    }
    text
}

/// Puts the bytes of the field in place, at the start of `head`; the new length of it.
fn decode(head: &mut [u8]) -> usize {
    let Some(start) = memchr::memmem::find(head, FIELD) else { return head.len() };
    let (mut from, mut to) = (start + FIELD.len(), start + FIELD.len());
    let end = from + memchr::memchr(b'\r', &head[from..]).unwrap_or(head.len() - from);
    while from < end {
        let (byte, length) = match &head[from..end] {
            [b'\t', high, low, ..] => (from_digits(*high, *low), 3),
            other => (other[0], 1),
        };
        head[to] = byte;
        from += length;
        to += 1;
    }
    head.copy_within(end.., to);
    head.len() - (end - to)
}

fn from_digits(high: u8, low: u8) -> u8 {
    let value = |digit| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    value(high).unwrap_or(0) << 4 | value(low).unwrap_or(0)
}

/// A connector of ureq's chain.
#[derive(Debug)]
pub(super) struct EightBit;

impl<In: Transport> Connector<In> for EightBit {
    type Out = Decoder<In>;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Decoder<In>>, Error> {
        Ok(chained.map(Decoder))
    }
}

/// Passes everything on to the transport, requests decoded.
#[derive(Debug)]
pub(super) struct Decoder<In>(In);

impl<In: Transport> Transport for Decoder<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let amount = decode(&mut self.0.buffers().output()[..amount]);
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_out_as_it_went_in() {
        let every: Vec<u8> = (0..=255).filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
        for value in [&every[..], b"Basic abc", b"\xE9", b"\t", b"tab \t09", b""] {
            let encoded = encode(value);
            assert!(encoded.is_ascii());
            let with = |value: &[u8]| {
                [b"GET / HTTP/1.1\r\nHost: c", FIELD, value, b"\r\nX: \t41\r\n\r\n"].concat()
            };
            let mut head = with(encoded.as_bytes());
            let length = decode(&mut head);
            assert_eq!(head[..length], with(value));
        }
    }

    #[test]
    fn other_requests_stay_as_they_are() {
        for head in ["GET / HTTP/1.1\r\n\r\n", "", "Authorization: \t41\r\n", "\r\nAuthorization: "]
        {
            let mut bytes = head.as_bytes().to_vec();
            let length = decode(&mut bytes);
            assert_eq!(&bytes[..length], head.as_bytes());
        }
    }
}

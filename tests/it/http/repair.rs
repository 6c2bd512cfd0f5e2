//! Heads and chunked bodies that were damaged at random: whatever comes, the repair ends,
//! stays within bounds and does not depend on how the bytes are cut.

use crate::common::random::Random;
use gstmjpeghttp::http::chunked::Chunked;
use gstmjpeghttp::http::head_repair::{HEAD_LIMIT, HeadRepair, Repair, Repaired};
use gstmjpeghttp::quirk::Quirk;
use ureq::config::Config;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport,
};

const ROUNDS: u64 = 4000;

const HEADS: [&str; 6] = [
    "HTTP/1.0 200 OK\r\nServer: x\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 12\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nhttp/2  401\nWWW-Authenticate : Basic\n realm=\"a\"\n\n",
    "ICY 200 OK\r\r\nHTTP/1.1 200 OK\nno colon\r\nConnection: closed\r\nX:\0\r\n\r\n",
    "\r\nHTTP/1.1 302\r\nLocation: /\r\nTransfer-Encoding: chunked\r\nCookie: \u{fc}\r\n\r\n",
    "--b\r\nContent-Type: image/jpeg\r\n\r\n",
];

/// What a camera might write in the wrong place.
const PIECES: [&str; 16] = [
    "\r",
    "\n",
    "\r\n",
    "\r\n\r\n",
    " ",
    ":",
    "\0",
    "0",
    "9999999999999999999999",
    "-1",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "Content-Length: 5\r\n",
    "--",
    "\u{ff}",
    "x-y: z\r\n",
];

/// `text` with some bytes changed, left out, repeated or put in.
fn damaged(text: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = text.to_vec();
    for _ in 0..random.below(6) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(20)).min(bytes.len());
        match random.below(5) {
            0 if at < bytes.len() => bytes[at] = random.byte(),
            1 => drop(bytes.drain(at..end)),
            2 => drop(bytes.splice(at..at, bytes[at..end].to_vec())),
            3 => bytes.truncate(at),
            _ => {
                let piece = PIECES[random.below(PIECES.len())].as_bytes();
                bytes.splice(at..at, piece.iter().copied());
            }
        }
    }
    bytes
}

/// What becomes of `answer` when it arrives as far as each of `ends` in turn.
fn repaired(answer: &[u8], ends: impl Iterator<Item = usize>) -> Repair {
    let mut repair = HeadRepair::new();
    for end in ends {
        match repair.feed(&answer[..end]) {
            Repair::More => {}
            result => return result,
        }
    }
    repair.end(answer).map_or(Repair::More, Repair::Done)
}

#[test]
fn a_damaged_head_is_repaired_once_and_for_all() {
    let mut repairs = 0;
    for seed in 0..ROUNDS {
        let mut random = Random::new(seed);
        let answer = damaged(HEADS[random.below(HEADS.len())].as_bytes(), &mut random);
        let shown = answer.escape_ascii();
        let whole = repaired(&answer, [answer.len()].into_iter());
        assert_eq!(repaired(&answer, 0..=answer.len()), whole, "byte by byte: {shown}");
        let Repair::Done(Repaired { consumed, head, .. }) = whole else { continue };
        assert!(consumed <= answer.len());
        assert!(head.len() <= 2 * consumed + 32, "grows out of nothing: {shown}");
        assert!(head.len() < HEAD_LIMIT);

        let again = repaired(&head, [head.len()].into_iter());
        let Repair::Done(again) = again else { panic!("{again:?}: {shown}") };
        assert_eq!((again.consumed, &again.head), (head.len(), &head), "{shown}");
        let left = again.quirks.iter().find(|&&quirk| quirk != Quirk::ConnectionOdd);
        assert_eq!(left, None, "{shown}");
        ureq_must_accept(&head);
        repairs += 1;
    }
    assert!(repairs > ROUNDS / 2, "{repairs}");
}

/// `body` in chunks.
fn chunked(body: &[u8], random: &mut Random) -> Vec<u8> {
    let mut coded = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let (chunk, behind) = rest.split_at((1 + random.below(50)).min(rest.len()));
        coded.extend(format!("{:X}\r\n", chunk.len()).as_bytes());
        coded.extend(chunk);
        coded.extend(b"\r\n");
        rest = behind;
    }
    coded.extend(b"0\r\n\r\n");
    coded
}

/// The data in `coded`, fed in pieces and into rooms of these sizes.
fn decoded(
    coded: &[u8],
    mut cut: impl FnMut() -> usize,
    mut room: impl FnMut() -> usize,
) -> Vec<u8> {
    let mut chunked = Chunked::new();
    let mut data = Vec::new();
    let mut rest = coded;
    while !rest.is_empty() {
        let (mut piece, behind) = rest.split_at(cut().min(rest.len()));
        rest = behind;
        while !chunked.is_done() && (!piece.is_empty() || chunked.has_output()) {
            let mut output = vec![0; room()];
            let done = chunked.decode(piece, &mut output);
            assert!(done.consumed + done.produced > 0, "no progress: {}", coded.escape_ascii());
            data.extend(&output[..done.produced]);
            piece = &piece[done.consumed..];
        }
    }
    chunked.end();
    let mut output = vec![0; coded.len()];
    let done = chunked.decode(&[], &mut output);
    data.extend(&output[..done.produced]);
    data
}

fn body(random: &mut Random) -> Vec<u8> {
    (0..random.below(400)).map(|_| random.byte()).collect()
}

#[test]
fn chunks_are_joined_whatever_is_in_them() {
    for seed in 0..ROUNDS {
        let mut random = Random::new(seed);
        let body = body(&mut random);
        let coded = chunked(&body, &mut random);
        let mut other = Random::new(seed + 1);
        let found = decoded(&coded, || 1 + random.below(60), || 1 + other.below(60));
        assert_eq!(found, body, "seed {seed}");
    }
}

#[test]
fn damaged_chunks_pass_in_bounds_however_they_are_cut() {
    for seed in 0..ROUNDS {
        let mut random = Random::new(seed);
        let body = body(&mut random);
        let coded = damaged(&chunked(&body, &mut random), &mut random);
        let whole = decoded(&coded, || coded.len().max(1), || 1000);
        assert_eq!(decoded(&coded, || 1, || 1), whole, "byte by byte, seed {seed}");
        let mut other = Random::new(seed + 1);
        let found = decoded(&coded, || 1 + random.below(60), || 1 + other.below(60));
        assert_eq!(found, whole, "in pieces, seed {seed}");
        assert!(whole.len() <= coded.len());
    }
}

/// One damaged size line costs its own bytes, and what is behind the next is right.
#[test]
fn a_damaged_size_line_costs_no_more_than_itself() {
    for seed in 0..ROUNDS {
        let mut random = Random::new(seed);
        // No line ends in the data, so that every size line found is one.
        let mut text =
            |size: usize| -> Vec<u8> { (0..size).map(|_| random.byte() | 0x80).collect() };
        let (first, second, third) = (text(30), text(40), text(50));
        let mut random = Random::new(seed);
        let mut line = random.byte();
        while line.is_ascii_hexdigit() || line.is_ascii_whitespace() {
            line = line.wrapping_add(1);
        }
        let coded = [b"1e\r\n", &*first, b"\r\n", &[line], b"\r\n", &second, b"\r\n32\r\n", &third];
        let expected = [&*first, b"\r\n", &[line], b"\r\n", &second, &third].concat();
        let found = decoded(&coded.concat(), || 1 + random.below(60), || 100);
        assert_eq!(found, expected, "seed {seed}");
    }
}

/// Has ureq read `head` from memory.
fn ureq_must_accept(head: &[u8]) {
    let config = Config::builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .build();
    let memory = Memory(head.to_vec());
    let agent = ureq::Agent::with_parts(config, memory, DefaultResolver::default());
    let result = agent.get("http://127.0.0.1/").call();
    // No repair makes a status of what is none.
    let has_status = head[9] != b'0';
    assert_eq!(result.is_ok(), has_status, "{result:?} for {}", head.escape_ascii());
}

#[derive(Debug)]
struct Memory(Vec<u8>);

impl Connector for Memory {
    type Out = Answer;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Answer>, ureq::Error> {
        let buffers = LazyBuffers::new(2 * self.0.len(), 4096);
        Ok(Some(Answer { buffers, answer: self.0.clone() }))
    }
}

#[derive(Debug)]
struct Answer {
    buffers: LazyBuffers,
    answer: Vec<u8>,
}

impl Transport for Answer {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, _: usize, _: NextTimeout) -> Result<(), ureq::Error> {
        Ok(())
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, ureq::Error> {
        let count = self.answer.len();
        self.buffers.input_append_buf()[..count].copy_from_slice(&self.answer);
        self.buffers.input_appended(count);
        self.answer.clear();
        Ok(count > 0)
    }

    fn is_open(&mut self) -> bool {
        false
    }
}

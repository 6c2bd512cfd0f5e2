//! The decoder against a naive oracle, with the stream cut everywhere.

use std::time::Duration;

use crate::common::jpeg::{jpeg, tagged, with_segment};
use crate::common::parts::{PLAIN, WRITERS, decode_up_to, written};
use crate::common::random::Random;
use gstmjpeghttp::multipart::pool::Pool;
use gstmjpeghttp::multipart::{Decoder, Event};

const MAX_FRAME: usize = 1 << 20;

fn decode(stream: &[u8], hint: Option<&str>, cut: impl FnMut() -> usize) -> Vec<String> {
    decode_up_to(stream, hint, MAX_FRAME, cut)
}

fn pictures(count: usize, size: usize) -> Vec<Vec<u8>> {
    (0..count).map(|index| jpeg(index as u64, 64, 48, size + 7 * index)).collect()
}

#[test]
fn every_writer_is_read_however_the_stream_is_cut() {
    let pictures = pictures(5, 90);
    for writer in WRITERS {
        let stream = writer.write(&pictures);
        let expected = written(&pictures);
        let name = writer.name;
        assert_eq!(decode(&stream, writer.hint, || usize::MAX), expected, "{name}: whole");
        assert_eq!(decode(&stream, writer.hint, || 1), expected, "{name}: byte by byte");
        for at in 1..stream.len() {
            let mut first = Some(at);
            let cut = || first.take().unwrap_or(usize::MAX);
            assert_eq!(decode(&stream, writer.hint, cut), expected, "{name}: cut at {at}");
        }
        for seed in 0..50 {
            let mut random = Random::new(seed);
            let cut = || 1 + random.below(200);
            assert_eq!(decode(&stream, writer.hint, cut), expected, "{name}: seed {seed}");
        }
    }
}

#[test]
fn pictures_larger_than_the_window_are_read_whole() {
    let pictures = pictures(6, 300_000);
    for writer in WRITERS {
        let stream = writer.write(&pictures);
        for seed in 0..3 {
            let mut random = Random::new(seed);
            let cut = || 1 + random.below(1 << 17);
            assert_eq!(decode(&stream, writer.hint, cut), written(&pictures), "{}", writer.name);
        }
    }
}

/// The last byte of a picture is enough, in all habits of sending.
#[test]
fn a_picture_leaves_on_its_last_byte() {
    let pictures = pictures(5, 400);
    for writer in WRITERS {
        let stream = writer.write(&pictures);
        let mut decoder = Decoder::new(writer.hint.map(str::as_bytes), MAX_FRAME, Pool::default());
        let mut ends = Vec::new();
        for (position, &byte) in stream.iter().enumerate() {
            decoder.space()[0] = byte;
            decoder.advance(1, Duration::ZERO);
            while let Some(event) = decoder.poll() {
                assert!(matches!(event, Event::Frame(_)), "{}", writer.name);
                ends.push(position + 1);
            }
        }
        let expected: Vec<_> =
            memchr::memmem::find_iter(&stream, &[0x55, 0xFF, 0xD9]).map(|at| at + 3).collect();
        assert_eq!(ends, expected, "{}", writer.name);
    }
}

/// Without this, `Content-Length` would be worth nothing.
#[test]
fn a_picture_of_believed_length_is_read_into_its_own_memory() {
    let pictures = pictures(5, 50_000);
    let stream = PLAIN.write(&pictures);
    let mut decoder = Decoder::new(Some(b"b"), MAX_FRAME, Pool::default());
    let mut rest = &stream[..];
    let mut whole = 0;
    loop {
        let wanted = decoder.wanted();
        let space = decoder.space();
        let count = if wanted > 1 { wanted } else { 1448 }.min(rest.len());
        if count == 0 {
            break;
        }
        assert!(space.len() >= count, "what is wanted has room");
        assert!(wanted == 1 || space.len() < wanted + 4096, "and not much else");
        space[..count].copy_from_slice(&rest[..count]);
        decoder.advance(count, Duration::ZERO);
        rest = &rest[count..];
        let ends_here = rest.starts_with(b"\r\n--b");
        while let Some(event) = decoder.poll() {
            whole += u32::from(matches!(event, Event::Frame(_)) && wanted > 1 && ends_here);
        }
    }
    // The third and the fourth; behind the last there is no delimiter.
    assert_eq!(whole, 2, "what was wanted was the rest of the picture");
}

/// Whoever knows the length sleeps until the rest is there.
#[test]
fn a_picture_arrives_with_the_head_that_tells_its_length() {
    let pictures = pictures(5, 50_000);
    let mut decoder = Decoder::new(Some(b"b"), MAX_FRAME, Pool::default());
    let mut put = |bytes: &[u8], second: u64| {
        decoder.space()[..bytes.len()].copy_from_slice(bytes);
        decoder.advance(bytes.len(), Duration::from_secs(second));
        decoder.poll()
    };
    let head = |picture: &[u8]| format!("--b\r\nContent-Length: {}\r\n\r\n", picture.len());
    let mut arrivals = Vec::new();
    for (second, picture) in (1..).step_by(10).zip(&pictures[..4]) {
        assert!(put(head(picture).as_bytes(), second).is_none());
        let event = put(&[picture, &b"\r\n"[..]].concat(), second + 9);
        let Some(Event::Frame(frame)) = event else { panic!("{event:?}") };
        arrivals.push(frame.arrival.as_secs());
    }
    assert_eq!(arrivals, [10, 20, 21, 31], "two make a length trusted");
    // A head that comes with the picture before it may be early.
    assert!(put(head(&pictures[4]).as_bytes(), 41).is_none());
    let event = put(&[&pictures[4][..], b"\r\n", head(&pictures[0]).as_bytes()].concat(), 42);
    assert!(matches!(event, Some(Event::Frame(_))), "{event:?}");
    assert!(decoder.poll().is_none());
    assert_eq!(decoder.wanted(), 1);
}

#[test]
fn what_looks_like_an_end_inside_a_segment_is_not_one() {
    let picture = jpeg(1, 64, 48, 500);
    let thumbnail = jpeg(2, 16, 16, 60);
    let pictures = vec![
        with_segment(&picture, 0xE1, &[b"Exif\0\0", &thumbnail[..]].concat()),
        with_segment(&picture, 0xFE, b"\r\n--b\r\nContent-Length: 3\r\n\r\n"),
        with_segment(&picture, 0xFE, &[0xFF, 0xD9]),
    ];
    for writer in WRITERS {
        let stream = writer.write(&pictures);
        assert_eq!(decode(&stream, writer.hint, || 1), written(&pictures), "{}", writer.name);
        assert_eq!(
            decode(&stream, writer.hint, || usize::MAX),
            written(&pictures),
            "{}",
            writer.name
        );
    }
}

/// Parts in every odd habit, some of them damaged.
fn odd_stream(random: &mut Random) -> Vec<u8> {
    let mut stream = Vec::new();
    for index in 0..3 + random.below(12) {
        let picture = match random.below(6) {
            0 => with_segment(&tagged(index, 300), 0xE1, &jpeg(2, 16, 16, 60)),
            1 => with_segment(&tagged(index, 300), 0xFE, b"\r\n--b\r\nContent-Length: 3\r\n\r\n"),
            _ => tagged(index, 100 + random.below(3000)),
        };
        let delimiters = [
            "",
            "--b\r\n--b\r\n",
            "--b",
            "--c\r\n",
            "\r\n",
            "--b--\r\n--b\r\n",
            "--b\r\n",
            "--b\r\n",
        ];
        let types =
            ["text/plain", "audio/PCMU", "image/png", "image/jpeg", "image/jpeg", "image/jpeg"];
        let length = match random.below(6) {
            0 => String::new(),
            1 => format!("Content-Length: {}\r\n", random.below(picture.len() + 2000)),
            2 => "Content-Length: 0\r\n".into(),
            _ => format!("Content-Length: {}\r\n", picture.len()),
        };
        stream.extend(delimiters[random.below(8)].bytes());
        stream.extend(format!("Content-Type: {}\r\n{length}", types[random.below(6)]).bytes());
        stream.extend(
            ["\r\n", "\r\n", "\r\n", "\r\n\0\0\0", "\r\njunk: yes\n", ""][random.below(6)].bytes(),
        );
        let kept = if random.below(8) == 0 { random.below(picture.len()) } else { picture.len() };
        stream.extend(&picture[..kept]);
        stream.extend([&b"\r\n"[..], b"\r\n", b"", b"\0\0\0\0", b"\xFF\xD9\r\n"][random.below(5)]);
    }
    for _ in 0..random.below(4) {
        let at = random.below(stream.len());
        match random.below(3) {
            0 => stream[at] ^= 1 << random.below(8),
            1 => drop(stream.drain(at..at + random.below(500).min(stream.len() - at))),
            _ => {
                let again = stream[at..stream.len().min(at + 200)].to_vec();
                stream.splice(at..at, again);
            }
        }
    }
    stream
}

/// What comes out is in the bytes, not in how they came.
#[test]
fn no_stream_however_odd_depends_on_its_cuts() {
    for seed in 0..1500 {
        let mut random = Random::new(seed);
        let stream = odd_stream(&mut random);
        for max in [MAX_FRAME, 1500] {
            let expected = decode_up_to(&stream, Some("b"), max, || 1);
            for cut in [usize::MAX, 3000, 100] {
                let mut random = Random::new(seed + 1);
                let cut = || if cut == usize::MAX { cut } else { 1 + random.below(cut) };
                assert_eq!(decode_up_to(&stream, Some("b"), max, cut), expected, "{seed} {max}");
            }
        }
    }
}

/// Where a part is no picture, its length and the delimiter behind it both end it.
#[test]
fn the_end_of_an_odd_part_does_not_depend_on_its_cuts() {
    let text =
        |text: &str| format!("OtherPart {{ essence: \"text/plain\", text: Some({text:?}) }}");
    let long = "x".repeat(70_000);
    // head, body, what is found of it
    let rows = [
        ("Content-Length: 2", "\r\n", vec![]),
        ("Content-Length: 1", "\r\n", vec![]),
        ("Content-Length: 2", "a\r\n", vec!["OtherPart { essence: \"\", text: None }".to_owned()]),
        ("Content-Type: text/plain\r\nContent-Length: 5", "hello\r\n", vec![text("hello")]),
        ("Content-Type: text/plain\r\nContent-Length: 9", "hello\r\n", vec![text("hello")]),
        ("Content-Type: text/plain\r\nContent-Length: 99999", "hello\r\n", vec![text("hello")]),
        ("Content-Type: text/plain", "hello\r\n", vec![text("hello")]),
        (
            "Content-Type: text/plain\r\nContent-Length: 70000",
            &long,
            vec!["OtherPart { essence: \"text/plain\", text: None }".to_owned()],
        ),
    ];
    for (head, body, mut expected) in rows {
        let picture = pictures(1, 100);
        let part = PLAIN.write(&picture);
        let stream = [b"--boundary\r\n", head.as_bytes(), b"\r\n\r\n", body.as_bytes()].concat();
        let stream = [stream, b"--boundary\r\n".to_vec(), part[5..].to_vec()].concat();
        expected.extend(written(&picture));
        for cut in [1, 2, 3, 7, 1460, usize::MAX] {
            assert_eq!(decode(&stream, None, || cut), expected, "{head}, cut {cut}");
        }
    }
}

/// A status line is a line of its own, and text.
#[test]
fn a_status_line_does_not_depend_on_its_cuts() {
    let status = b"HTTP/1.1 404 Gone\r\n";
    let found = "StatusLine { status: 404 }";
    let rows: [(&[u8], &[u8], &[&str]); 6] = [
        (b"", status, &[found]),
        (b"x\r\n", status, &[found]),
        (b"\0x\r\n", status, &[found]),
        (b"x", status, &[]),
        (b"", b"HTTP/1.1 404 Gone\x01\r\n", &[]),
        // Behind a picture that breaks off.
        (&[0xFF, 0xD8, 0xFF, 0xE0, 0, 2], status, &["Damaged"]),
    ];
    for (before, line, expected) in rows {
        let stream = [before, line, b"\r\n"].concat();
        for cut in [1, 2, 3, 7, usize::MAX] {
            let found = decode(&stream, None, || cut);
            assert_eq!(found, expected, "{} cut {cut}", stream.escape_ascii());
        }
    }
}

/// A CR alone ends no line, wherever the bytes before it were passed over.
#[test]
fn a_picture_behind_junk_and_a_cr_does_not_depend_on_its_cuts() {
    let picture = &pictures(1, 100)[0];
    for junk in [&b"\0\r"[..], b"\0\r\xFF", b"\0\0\0\r\xFF\xFF", b"\0\r--b\xFF"] {
        let stream = [junk, b"\xFF\xD8\xFF\n\0\0", picture].concat();
        for cut in [1, 2, 3, 7, usize::MAX] {
            let found = decode(&stream, None, || cut);
            assert_eq!(found.len(), 2, "{}: {found:?}", junk.escape_ascii());
            assert_eq!(found[0], "Damaged", "{} cut {cut}", junk.escape_ascii());
        }
    }
}

/// Delimiters without an end fill no memory and stop nothing.
#[test]
fn endless_delimiters_leave_room_for_more() {
    let stream = b"--b\r\n".repeat(100_000);
    assert!(decode_up_to(&stream, Some("b"), 1500, || usize::MAX).is_empty());
}

/// A lie about the length of a text must not swallow the pictures behind it.
#[test]
fn a_text_part_ends_at_the_delimiter_whatever_its_length_says() {
    let pictures = pictures(4, 2000);
    let text = b"--b\r\nContent-Type: text/plain\r\nContent-Length: 5000\r\n\r\nhello\r\n";
    let parts = PLAIN.write(&pictures);
    let stream = [&parts, &text[..], &parts].concat();
    let found = decode(&stream, Some("b"), || 1460);
    assert_eq!(found.iter().filter(|found| found.starts_with("64x48")).count(), 8);
}

/// The standard tables are put into the frame's own buffer, which comes back as it was.
#[test]
fn pictures_without_tables_take_no_new_memory_each() {
    let picture = jpeg(1, 64, 48, 20_000);
    let table = memchr::memmem::find(&picture, &[0xFF, 0xC4]).unwrap();
    let length = 2 + usize::from(u16::from_be_bytes([picture[table + 2], picture[table + 3]]));
    let bare = [&picture[..table], &picture[table + length..]].concat();
    let stream = PLAIN.write(&[bare]).repeat(50);
    let mut decoder = Decoder::new(Some(b"b"), MAX_FRAME, Pool::default());
    let mut windows = Vec::new();
    let mut rest = &stream[..];
    while !rest.is_empty() {
        while let Some(Event::Frame(frame)) = decoder.poll() {
            assert!(frame.bytes.as_ref().len() > picture.len(), "with the standard tables");
            windows.push(frame.bytes.whole().len());
        }
        let space = decoder.space();
        let count = rest.len().min(space.len());
        space[..count].copy_from_slice(&rest[..count]);
        decoder.advance(count, Duration::ZERO);
        rest = &rest[count..];
    }
    assert!(windows.len() >= 48, "{}", windows.len());
    // A shorter one would be of no use to the pictures that follow.
    let shortest = windows[1..].iter().min().unwrap();
    assert!(*shortest >= picture.len() + 2048, "{shortest} bytes for {}", picture.len());
}

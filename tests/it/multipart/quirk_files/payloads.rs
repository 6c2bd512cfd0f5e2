//! The rows of what stands in the parts.

use super::build::{
    Answer, length, multipart, of_type, picture, with_standard_tables, with_thumbnail,
    without_tables,
};
use super::row::{End, Row, row};

/// The pictures themselves.
pub fn payloads() -> Vec<Row> {
    let four = |picture_of: &dyn Fn(usize) -> Vec<u8>| {
        (0..4).fold(multipart(), |answer, number| {
            let bytes = picture_of(number);
            answer.part_with(&format!("Content-Length: {}\r\n", bytes.len()), &bytes)
        })
    };
    let cut = |answer: Answer| {
        let half = picture(1)[..100].to_vec();
        answer.part_with("Content-Length: 100\r\n", &half)
    };
    vec![
        row(
            "d01-single-picture",
            of_type(&format!("image/jpeg\r\n{}", length(0, 0).trim_end())).then(picture(0)),
            &["D1"],
        )
        .gives(&[0])
        .ends(End::Polled),
        row("d01-single-picture-without-length", of_type("image/jpeg").then(picture(0)), &["D1"])
            .gives(&[0])
            .ends(End::Polled),
        row(
            "d02-junk-behind-the-picture",
            four(&|number| [picture(number), vec![0; 37]].concat()),
            &["D2"],
        ),
        row("d02-junk-at-times", junk_at_times(), &["D2"]).gives(&[0, 1, 2, 3, 4]),
        row(
            "d03-two-starts",
            four(&|number| [&[0xFF, 0xD8], &picture(number)[..]].concat()),
            &["D3"],
        ),
        row(
            "d03-junk-before-the-picture",
            four(&|number| [vec![0; 5], picture(number)].concat()),
            &["D3"],
        ),
        row(
            "d03-line-ends-before-the-picture",
            four(&|number| [b"\r\n".to_vec(), picture(number)].concat()),
            &[],
        ),
        row("d04-picture-cut", cut(multipart().part(0)).parts(2..4), &["D4"]).gives(&[0, 2, 3]),
        row("d05-picture-inside-the-picture", four(&with_thumbnail), &[])
            .coming_out(with_thumbnail),
        row("d07-no-huffman-tables", four(&without_tables), &["D7"])
            .coming_out(with_standard_tables),
        row("d08-size-changes", multipart().part(0).part(9).part(1), &["D8"]).gives(&[0, 9, 1]),
        row("d09-picture-twice", multipart().part(0).part(0).part(1), &[]).gives(&[0, 0, 1]),
        row(
            "d11-png-parts",
            multipart()
                .then("--b\r\nContent-Type: image/png\r\nContent-Length: 12\r\n\r\n")
                .then(b"\x89PNG\r\n\x1a\n\0\0\0\r")
                .then("\r\n--b\r\nContent-Type: image/png\r\nContent-Length: 12\r\n\r\n")
                .then(b"\x89PNG\r\n\x1a\n\0\0\0\r")
                .then("\r\n"),
            &["D11"],
        )
        .gives(&[])
        .ends(End::Error("image/png")),
        row("d13-printf-pattern-in-a-field", four_with_expires(), &[]),
    ]
}

/// In a length that was right until then.
fn junk_at_times() -> Answer {
    let junk = [&picture(3)[..], &[0]].concat();
    let with_junk =
        |answer: Answer| answer.part_with(&format!("Content-Length: {}\r\n", junk.len()), &junk);
    with_junk(multipart().parts(0..3)).part(4)
}

fn four_with_expires() -> Answer {
    (0..4).fold(multipart(), |answer, number| {
        answer.part_with(&format!("Expires: Thu, %d %d\r\n{}", length(number, 0)), &picture(number))
    })
}

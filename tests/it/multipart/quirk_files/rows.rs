//! One row a quirk: its file, the answer in it, and what has to come out.

use super::build::{Answer, answer, length, multipart, of_type, picture, with_fields};
use super::payloads::payloads;
use super::row::{End, Row, row};

const CHUNKED: &str = "Transfer-Encoding: chunked";

pub fn rows() -> Vec<Row> {
    [heads(), framing(), blocks(), lengths(), parts(), payloads()].into_iter().flatten().collect()
}

/// The head of the answer, and the transport.
fn heads() -> Vec<Row> {
    let four = |answer: Answer| answer.parts(0..4);
    let head = |head: &str| four(answer(head));
    let typed = "Content-Type: multipart/x-mixed-replace;boundary=b";
    vec![
        row("a01-ends-at-close", four(multipart()), &[]),
        row("a02-http11-without-length-or-chunks", four(with_fields("X: y")), &[]),
        row(
            "a03-chunks-end-anywhere",
            four(with_fields(CHUNKED)).chunked(17).then("0\r\n\r\n"),
            &[],
        ),
        row("a03-chunks-announced-and-not-sent", four(with_fields(CHUNKED)), &["A3"]),
        row("a04-chunks-without-the-last", four(with_fields(CHUNKED)).chunked(100), &["A4"]),
        row("a05-length-minus-one", four(with_fields("Content-Length: -1")), &["A5"]),
        row("a06-length-made-up", four(with_fields("Content-Length: 9999999")), &["A6"]),
        row("a06-length-zero", four(with_fields("Content-Length: 0")), &["A6"]),
        row(
            "a07-length-of-the-first-picture-then-more",
            of_type(&format!("image/jpeg\r\n{}", length(0, 0).trim_end()))
                .then(picture(0))
                .then(picture(1)),
            &["D1"],
        )
        .gives(&[0])
        .ends(End::Polled),
        row(
            "a08-status-line-twice",
            head(&format!("HTTP/1.1 200 OK\r\nHTTP/1.1 200 OK\r\n{typed}")),
            &["A8"],
        ),
        row(
            "a09-line-without-a-name",
            head(&format!("HTTP/1.0 200 OK\r\nx-vnv686_response:\r\n20040518 101305\r\n{typed}")),
            &["A9"],
        ),
        row(
            "a10-line-feeds-alone",
            four(Answer(format!("HTTP/1.0 200 OK\n{typed}\n\n").into_bytes())),
            &["A10"],
        ),
        row(
            "a11-blank-before-the-colon",
            head("HTTP/1.0 200 OK\r\nContent-Type : multipart/x-mixed-replace;boundary=b"),
            &["A11"],
        ),
        row("a12-no-reason", head(&format!("HTTP/1.0 200\r\n{typed}")), &["A12"]),
        row("a12-two-blanks", head(&format!("HTTP/1.0  200 OK\r\n{typed}")), &["A12"]),
        row("a13-icy", head(&format!("ICY 200 OK\r\n{typed}")), &["A13"]),
        row("a14-no-head", four(Answer(Vec::new())), &["A14", "B6", "B7"]),
        row(
            "a14-no-head-no-multipart",
            (0..4).fold(Answer(Vec::new()), |answer, number| answer.then(picture(number))),
            &["A14", "B7", "B29"],
        ),
        row("a15-misspelt-fields", four(with_fields("Connecton: closed")), &["A15"]),
        row(
            "a26-stream-called-html",
            of_type("text/html").then(&four(Answer(Vec::new())).0),
            &["A26", "B6"],
        ),
        row(
            "a21-login-page",
            of_type("text/html").then("<html><head><title>Login</title></head></html>"),
            &[],
        )
        .gives(&[])
        .ends(End::Error("a web page titled \"Login\"")),
        row(
            "a22-not-found-in-the-body",
            multipart().then("HTTP/1.1 404 Not Found\r\n\r\n"),
            &["A22"],
        )
        .gives(&[])
        .ends(End::Error("no such page (404)")),
    ]
}

/// How the parts are framed.
fn framing() -> Vec<Row> {
    let four = |answer: Answer, delimiter: &str| {
        (0..4).fold(answer, |answer, number| answer.part_behind(delimiter, number))
    };
    let typed = |parameters: &str| of_type(&format!("multipart/x-mixed-replace{parameters}"));
    let blank = picture(0);
    vec![
        row("b01-boundary-announced-with-dashes", four(typed(";boundary=--b"), "--b\r\n"), &["B1"]),
        row("b02-dashes-announced-and-added", four(typed(";boundary=--b"), "----b\r\n"), &[]),
        row("b03-boundary-in-quotes", four(typed("; boundary=\"b\""), "--b\r\n"), &[]),
        row("b04-blanks-around-the-equals-sign", four(typed("; boundary = b"), "--b\r\n"), &[]),
        row(
            "b05-parameters-behind-the-boundary",
            four(typed("; boundary=b; charset=utf-8"), "--b\r\n"),
            &[],
        ),
        row("b06-no-boundary", four(typed(""), "--b\r\n"), &["B6"]),
        row("b07-no-type", four(answer("HTTP/1.0 200 OK\r\nServer: x"), "--b\r\n"), &["B6", "B7"]),
        row(
            "b07-octet-stream",
            four(of_type("application/octet-stream"), "--b\r\n"),
            &["B6", "B7"],
        ),
        row(
            "b08-multipart-mixed",
            four(of_type("multipart/mixed; boundary=b"), "--b\r\n"),
            &["B8"],
        ),
        row(
            "b08-misspelt-multipart",
            four(of_type("multipart/x-mixed-released; boundary=b"), "--b\r\n"),
            &["B8"],
        ),
        row("b09-another-boundary-in-the-body", four(multipart(), "--other\r\n"), &["B9"]),
        row("b10-first-delimiter-missing", multipart().part_behind("", 0).parts(1..4), &["B10"]),
        row("b11-delimiter-twice", four(multipart(), "--b\r\n--b\r\n"), &["B11"]),
        row("b12-no-blank-behind-the-colon", four(multipart(), "--b\r\nX-Odd:y\r\n"), &[]),
        row("b13-delimiter-glued-to-a-field", four(multipart(), "--b"), &["B13"]),
        row(
            "b14-delimiter-glued-to-the-picture",
            (0..4).fold(multipart(), |answer, number| {
                answer.then(format!("--b\r\n{}\r\n", length(number, 0))).then(picture(number))
            }),
            &["B14", "C14"],
        ),
        row(
            "b15-line-feeds-alone",
            (0..4).fold(multipart(), |answer, number| {
                let head = format!(
                    "--b\nContent-Type: image/jpeg\n{}\n",
                    length(number, 0).replace('\r', "")
                );
                answer.then(head).then(picture(number)).then("\n")
            }),
            &["B15"],
        ),
        row("b16-blank-lines-between-parts", four(multipart(), "\r\n--b\r\n"), &["B16"]),
        row(
            "b17-empty-lines-for-keep-alive",
            four(multipart(), "\r\n\r\n\r\n\r\n--b\r\n"),
            &["B17"],
        ),
        row("b18-delimiter-looks-closing", four(typed(";boundary=b--"), "--b--\r\n"), &["B18"]),
        row(
            "b19-parts-behind-the-end",
            multipart().parts(0..2).then("--b--\r\n").parts(2..4),
            &["B19"],
        ),
        row("b20-preamble", multipart().then("sessionid=1\nerrmsg=none\n").parts(0..4), &["B20"]),
        row(
            "b21-no-blank-line-behind-the-head",
            (0..4).fold(multipart(), |answer, number| {
                answer
                    .then(format!("--b\r\n{}", length(number, 0)))
                    .then(picture(number))
                    .then("\r\n")
            }),
            &["B21", "C14"],
        ),
        row("b22-nothing-behind-the-picture", four_bare(multipart(), true), &[]),
        row("b23-nothing-behind-the-picture-no-length", four_bare(multipart(), false), &["C1"]),
        row(
            "b25-length-of-another-picture-first",
            multipart().part_with(&length(3, 0), &blank).parts(1..4),
            &["C3"],
        ),
        row(
            "b26-boundary-changes",
            (2..4).fold(multipart().parts(0..2), |answer, number| {
                answer.part_behind("--c\r\n", number)
            }),
            &["B26"],
        ),
    ]
}

fn four_bare(answer: Answer, with_length: bool) -> Answer {
    (0..4).fold(answer, |answer, number| {
        let length = if with_length { length(number, 0) } else { String::new() };
        answer
            .then(format!("\r\n--b\r\nContent-Type: image/jpeg\r\n{length}\r\n"))
            .then(picture(number))
    })
}

/// Pictures without multipart.
fn blocks() -> Vec<Row> {
    let sercom = |answer: Answer, number: usize| {
        let picture = picture(number);
        let mut block = b"MJPG".to_vec();
        block.extend(u32::try_from(picture.len()).unwrap().to_be_bytes());
        block.resize(48, 0);
        answer.then(block).then(picture)
    };
    let webcam_xp = |answer: Answer, number: usize| {
        let picture = picture(number);
        answer.then(format!("mjpeg {:0>44}", picture.len())).then(picture)
    };
    let bare = |answer: Answer, number: usize| answer.then(picture(number));
    vec![
        row(
            "b27-webcamxp-blocks",
            (0..4).fold(of_type("application/octet-stream"), webcam_xp),
            &["B7", "B27", "B29", "D2"],
        ),
        row(
            "b28-sercom-blocks",
            (0..4).fold(of_type("application/octet-stream"), sercom),
            &["B7", "B28", "B29", "D2"],
        ),
        row("b29-endless-pictures", (0..4).fold(of_type("image/jpeg"), bare), &["B29"]),
    ]
}

/// What the parts say of their length.
fn lengths() -> Vec<Row> {
    let four = |fields: &dyn Fn(usize) -> String| {
        (0..4)
            .fold(multipart(), |answer, number| answer.part_with(&fields(number), &picture(number)))
    };
    let one_wrong = (0..12).fold(multipart(), |answer, number| {
        let more = if number == 7 { 40 } else { 0 };
        answer.part_with(&length(number % 4, more), &picture(number % 4))
    });
    vec![
        row("c01-no-length", four(&|_| String::new()), &["C1"]),
        row("c02-length-too-small", four(&|number| length(number, -2)), &["C2"]),
        row("c02-length-much-too-small", four(&|number| length(number, -100)), &["C2"]),
        row("c03-length-counts-the-line-end", four(&|number| length(number, 2)), &["C3"]),
        row("c03-length-much-too-large", four(&|number| length(number, 100)), &["C3"]),
        row("c04-one-wrong-length", one_wrong, &["D4"]).gives(&[0, 1, 2, 3, 0, 1, 2, 0, 1, 2, 3]),
        row("c05-length-zero-and-a-picture", four(&|_| "Content-Length: 0\r\n".into()), &["C5"]),
        row(
            "c06-empty-parts",
            (0..4).fold(multipart(), |answer, number| {
                answer.part_with("Content-Length: 0\r\n", b"").part(number)
            }),
            &["C6"],
        ),
        row("c07-length-minus-one", four(&|_| "Content-Length: -1\r\n".into()), &["C7"]),
        row(
            "c07-length-beyond-reason",
            four(&|_| "Content-Length: 99999999999\r\n".into()),
            &["C7"],
        ),
        row("c09-names-in-lower-case", four(&|number| length(number, 0).to_lowercase()), &[]),
        row("c10-padded-number", four(&|number| length(number, 0).replace(": ", ":        ")), &[]),
        row(
            "c22-length-called-datalen",
            four(&|number| length(number, 0).replace("Content-Length: ", "DataLen: 000")),
            &["C22"],
        ),
    ]
}

/// What the parts say of themselves.
fn parts() -> Vec<Row> {
    let four = |head: &str| {
        (0..4).fold(multipart(), |answer, number| {
            answer
                .then(format!("--b\r\n{head}{}\r\n", length(number, 0)))
                .then(picture(number))
                .then("\r\n")
        })
    };
    let dvr = "x-axis-dvr-frame-time: 1003445674:23\r\n".repeat(6)
        + &format!("X-Long: {}\r\n", "y".repeat(300));
    vec![
        row("c11-image-jpg", four("Content-Type: image/jpg\r\n"), &["C11"]),
        row("c12-type-in-upper-case", four("Content-Type: IMAGE/JPEG\r\n"), &[]),
        row(
            "c13-parameter-on-the-type",
            four("Content-Type: image/jpeg; charset=\"UTF-8\"\r\n"),
            &[],
        ),
        row("c14-no-type", four(""), &["C14"]),
        row(
            "c15-type-twice",
            four("Content-Type: image/jpeg\r\nContent-Type: image/jpeg\r\n"),
            &[],
        ),
        row("c16-many-and-long-fields", four(&format!("{dvr}Content-Type: image/jpeg\r\n")), &[]),
        row(
            "c17-line-without-a-colon",
            four("garbage line\r\nContent-Type: image/jpeg\r\n"),
            &["C17"],
        ),
        row("c18-blanks-at-the-end", four("Content-Type: image/jpeg   \r\n"), &[]),
        row(
            "c19-state-fields",
            four("Content-Type: image/jpeg\r\nX-Status: 0\r\nX-Tags: ;FTPMOV=OFF\r\n"),
            &[],
        ),
        row(
            "c20-text-parts",
            multipart()
                .then("--b\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n\r\n<a/>\r\n")
                .parts(0..2)
                .then("--b\r\nContent-Type: text/plain\r\n\r\nStatus=true\r\n")
                .parts(2..4),
            &["C1", "C20"],
        ),
        row(
            "c21-audio-parts",
            multipart()
                .parts(0..2)
                .then("--b\r\nContent-Type: audio/PCMU\r\nContent-Length: 9\r\n\r\n")
                .then([0xFF, 0xD8, 0x7F, b'\n', b'-', b'-', 0xFF, 0xFE, 1])
                .then("\r\n")
                .parts(2..4),
            &["C21"],
        ),
        row(
            "c23-size-in-the-head",
            four("Content-Type: image/jpeg\r\nX-Width: 640\r\nX-Height: 480\r\n"),
            &[],
        ),
    ]
}

//! What was found, in words.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use gstmjpeghttp::clock::SelectedClock;
use gstmjpeghttp::jpeg::{Color, Sampling};
use gstmjpeghttp::quirk::Quirk;

use super::look::{Clock, Findings};

/// How the name of an item looks on a terminal.
const NAME: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const ODD: Style = AnsiColor::Yellow.on_default();

/// One paragraph an item, its name in a column of its own.
pub(crate) fn of(findings: &Findings) -> String {
    let mut text = String::new();
    item(&mut text, "Camera", std::slice::from_ref(&findings.camera));
    item(&mut text, "Answer", &findings.head);
    item(&mut text, "First part", &findings.part);
    item(&mut text, "Pictures", &pictures(findings));
    if findings.picture.is_some() {
        item(&mut text, "Rate", &rate(findings));
        item(&mut text, "Clock", &[clock(&findings.clock)]);
    }
    if findings.picture.is_some() || findings.quirks.total() > 0 {
        item(&mut text, "Oddities", &oddities(findings));
    }
    if findings.picture.is_some() {
        item(&mut text, "Try", std::slice::from_ref(&findings.launch_line));
    }
    text
}

fn item(text: &mut String, name: &str, lines: &[String]) {
    for (index, line) in lines.iter().enumerate() {
        let name = if index == 0 { name } else { "" };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{NAME}{name:12}{NAME:#} {line}");
    }
}

fn pictures(findings: &Findings) -> Vec<String> {
    let sizes = &findings.sizes;
    let (Some(least), Some(most), Some(picture)) =
        (sizes.iter().min(), sizes.iter().max(), findings.picture)
    else {
        return vec!["none came".into()];
    };
    let mean = sizes.iter().sum::<usize>() / sizes.len();
    vec![
        format!(
            "{} of {}x{}, {}",
            sizes.len(),
            picture.width,
            picture.height,
            color(picture.color)
        ),
        format!("{} bytes on average, {least} to {most}", mean),
    ]
}

pub(crate) fn color(color: Color) -> &'static str {
    match color {
        Color::Gray => "gray",
        Color::Rgb => "RGB",
        Color::Cmyk => "CMYK",
        Color::Ycck => "YCCK",
        Color::Unknown => "unusual colours",
        Color::Ycbcr(Sampling::S444) => "YCbCr 4:4:4",
        Color::Ycbcr(Sampling::S422) => "YCbCr 4:2:2",
        Color::Ycbcr(Sampling::S420) => "YCbCr 4:2:0",
        Color::Ycbcr(Sampling::S440) => "YCbCr 4:4:0",
        Color::Ycbcr(Sampling::S411) => "YCbCr 4:1:1",
        Color::Ycbcr(Sampling::S410) => "YCbCr 4:1:0",
    }
}

fn rate(findings: &Findings) -> Vec<String> {
    let Some(intervals) = findings.intervals else {
        return Vec::new();
    };
    let ms = |time: std::time::Duration| time.as_secs_f64() * 1000.0;
    vec![format!(
        "{:.2} per second, {:.1} to {:.1} ms apart, jitter {:.1} ms",
        intervals.rate,
        ms(intervals.shortest),
        ms(intervals.longest),
        ms(intervals.jitter)
    )]
}

fn clock(Clock { report, value }: &Clock) -> String {
    let SelectedClock { header, kind, unit, used, .. } = report.selected;
    if header.is_empty() {
        return "none; buffers are stamped by the rate or as they arrive".into();
    }
    if !used {
        return format!(
            "{header} says {value:?} ({kind}), which is not used; buffers are stamped by the rate or as they arrive"
        );
    }
    let drift = f64::from(report.drift) / 1000.0;
    format!(
        "{GOOD}{header} advances as it should{GOOD:#} ({kind} in {unit}, {drift:+.0} ppm); buffers carry the camera's time"
    )
}

fn oddities(findings: &Findings) -> Vec<String> {
    let line = |(quirk, count): (Quirk, u64)| {
        let advice = if quirk.advice().is_empty() { "" } else { " " };
        format!(
            "{ODD}{:4}{}x{ODD:#}  {}{advice}{}",
            quirk.id(),
            count,
            quirk.sentence(),
            quirk.advice()
        )
    };
    let lines: Vec<_> = findings.quirks.met().map(line).collect();
    if lines.is_empty() { vec!["none".into()] } else { lines }
}

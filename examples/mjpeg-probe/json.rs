//! What was found, for programs.

use std::time::Duration;

use serde_json::{Value, json};

use super::look::{Clock, Findings};
use super::text;

/// One object. What was not found is `null`.
pub(crate) fn of(findings: &Findings) -> Value {
    let quirks = findings.quirks.met().map(|(quirk, count)| {
        json!({
            "id": quirk.id(),
            "count": count,
            "sentence": quirk.sentence(),
            "advice": quirk.advice(),
        })
    });
    json!({
        "camera": findings.camera,
        "answer": findings.head,
        "first-part": findings.part,
        "pictures": pictures(findings),
        "rate": rate(findings),
        "clock": findings.picture.map(|_| clock(&findings.clock)),
        "quirks": quirks.collect::<Value>(),
        "gst-launch": findings.picture.map(|_| &findings.launch_line),
        "error": findings.failure,
    })
}

/// The same object where the camera was not even asked.
pub(crate) fn without_findings(error: &str) -> Value {
    json!({
        "camera": null,
        "answer": [],
        "first-part": [],
        "pictures": null,
        "rate": null,
        "clock": null,
        "quirks": [],
        "gst-launch": null,
        "error": error,
    })
}

fn pictures(findings: &Findings) -> Option<Value> {
    let (picture, sizes) = (findings.picture?, &findings.sizes);
    Some(json!({
        "count": sizes.len(),
        "width": picture.width,
        "height": picture.height,
        "colour": text::color(picture.color),
        "bytes-mean": sizes.iter().sum::<usize>() / sizes.len(),
        "bytes-least": sizes.iter().min()?,
        "bytes-most": sizes.iter().max()?,
    }))
}

fn rate(findings: &Findings) -> Option<Value> {
    let intervals = findings.intervals?;
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    Some(json!({
        "per-second": intervals.rate,
        "shortest-ms": ms(intervals.shortest),
        "longest-ms": ms(intervals.longest),
        "jitter-ms": ms(intervals.jitter),
    }))
}

fn clock(Clock { report, value }: &Clock) -> Value {
    let selected = report.selected;
    json!({
        "header": selected.header,
        "value": value,
        "kind": selected.kind,
        "unit": selected.unit,
        "used": selected.used,
        "drift-ppm": f64::from(report.drift) / 1000.0,
    })
}

//! Health and metrics.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use super::*;

fn busy_site() -> Site {
    let site = Site::with(&["door", "\"quoted\"\\\n", "門"]);
    site.camera("door").change(|status| {
        status.state = "streaming".into();
        (status.rate, status.frames, status.damaged, status.lost) = (24.5, 100, 1, 2);
        (status.retries, status.received, status.newest) = (3, 4000, Some(Time(5500)));
    });
    site.board.change_disk(|disk| {
        (disk.used, disk.quota, disk.free, disk.reserve) = (7, Some(8), Some(9), 10);
        disk.deleted = 11;
    });
    site
}

#[test]
fn health_says_what_is_wrong() {
    let site = Site::with(&[]);
    assert_eq!(site.get("/healthz").text(), "ok\n");
    site.board.change_disk(|disk| disk.alarm = Some("the disk is full".into()));
    let answer = site.get("/healthz");
    assert_eq!(answer.status, 503);
    assert_eq!(answer.text(), "nothing is recorded: the disk is full\n");
}

#[test]
fn metrics_have_what_the_board_has() {
    let answer = busy_site().get("/metrics");
    assert_eq!(answer.field("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let text = answer.text();
    for line in [
        "mjpeg_record_camera_up{camera=\"door\"} 1.0",
        "mjpeg_record_camera_up{camera=\"門\"} 0.0",
        "mjpeg_record_camera_up{camera=\"\\\"quoted\\\"\\\\\\n\"} 0.0",
        "mjpeg_record_pictures_received_total{camera=\"door\"} 100",
        "mjpeg_record_received_bytes_total{camera=\"door\"} 4000",
        "mjpeg_record_pictures_damaged_total{camera=\"door\"} 1",
        "mjpeg_record_pictures_lost_total{camera=\"door\"} 2",
        "mjpeg_record_retries_total{camera=\"door\"} 3",
        "mjpeg_record_picture_timestamp_seconds{camera=\"door\"} 5.5",
        "mjpeg_record_pictures_per_second{camera=\"door\"} 24.5",
        "mjpeg_record_disk_used_bytes 7.0",
        "mjpeg_record_disk_quota_bytes 8.0",
        "mjpeg_record_disk_free_bytes 9.0",
        "mjpeg_record_disk_reserve_bytes 10.0",
        "mjpeg_record_segments_deleted_total 11",
        "mjpeg_record_recording_paused 0.0",
        "mjpeg_record_healthy 1.0",
    ] {
        assert!(text.lines().any(|known| known == line), "{line} is not in\n{text}");
    }
    assert!(text.contains("mjpeg_record_build_info{version=\"") && text.contains("_start_time_"));
}

/// Prometheus's own tool, of Debian's package `prometheus`.
fn promtool(arguments: &[&str], input: &str) {
    let tool = Command::new("promtool")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut tool = tool.expect("promtool: apt install prometheus");
    tool.stdin.take().expect("an input").write_all(input.as_bytes()).expect("it reads");
    let output = tool.wait_with_output().expect("an end");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(arguments != ["check", "metrics"] || said.is_empty(), "{said}");
}

#[test]
fn promtool_has_nothing_to_say() {
    promtool(&["check", "metrics"], &busy_site().get("/metrics").text());
    let alerts = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/mjpeg-record/alerts.yml");
    promtool(&["check", "rules", alerts], "");
}

/// The names of metrics that a text uses.
fn names(text: &str) -> BTreeSet<&str> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words = text.split(|letter| !is_name(letter));
    words.filter(|word| word.starts_with("mjpeg_record_")).collect()
}

#[test]
fn alerts_and_board_use_metrics_that_there_are() {
    let text = busy_site().get("/metrics").text();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let there: BTreeSet<_> = lines.filter_map(|line| line.split(['{', ' ']).next()).collect();
    let alerts = names(include_str!("../../alerts.yml"));
    assert!(alerts.len() >= 5 && alerts.is_subset(&there), "{alerts:?}");

    let board: Value = serde_json::from_str(include_str!("../../grafana.json")).expect("JSON");
    let panels = board["panels"].as_array().expect("panels");
    let mut used = BTreeSet::new();
    for panel in panels {
        let targets = panel["targets"].as_array().expect("targets");
        assert!(panel["title"].is_string() && !targets.is_empty(), "{panel}");
        for target in targets {
            let expression = target["expr"].as_str().expect("an expression");
            let found = names(expression);
            assert!(!found.is_empty() && found.is_subset(&there), "{expression}");
            used.extend(found);
        }
    }
    // Each metric is on the board or in an alert, but for those about the program.
    let about = ["mjpeg_record_build_info", "mjpeg_record_start_time_seconds"];
    let unused: Vec<_> = there
        .iter()
        .filter(|name| !used.contains(*name) && !alerts.contains(*name) && !about.contains(name))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

//! What Prometheus asks for, in its text format.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::prometheus_text::{CONTENT_TYPE, encode};
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use super::Shared;
use super::board::Board;
use super::health;
use super::routes::Refusal;
use super::status::Status;
use super::time::Time;

type Result = std::result::Result<(), std::fmt::Error>;

pub(super) async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    match text(&shared.board) {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(error) => Refusal::later(error).into_response(),
    }
}

pub(super) fn text(board: &Arc<Board>) -> std::result::Result<String, std::fmt::Error> {
    let mut registry = Registry::with_prefix("mjpeg_record");
    registry.register_collector(Box::new(Now(board.clone())));
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

/// The board as it is when it is asked.
struct Now(Arc<Board>);

impl std::fmt::Debug for Now {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Now").finish_non_exhaustive()
    }
}

impl Collector for Now {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result {
        let mut page = Page(&mut encoder);
        let board = &self.0;
        let cameras: Vec<_> =
            board.cameras().iter().map(|entry| (entry.name.clone(), entry.status())).collect();
        of_cameras(&mut page, &cameras)?;
        of_disk(&mut page, board)?;
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        page.labelled("build_info", "The version of the recorder", &version)?;
        page.gauge("start_time_seconds", "When the recorder started", seconds(board.started))
    }
}

fn of_cameras(page: &mut Page<'_, '_>, cameras: &[(String, Status)]) -> Result {
    page.gauges("camera_up", "Whether pictures come", cameras, |camera| {
        Some(f64::from(u8::from(camera.state == "streaming")))
    })?;
    page.counters("pictures_received", "Pictures that came", cameras, |camera| camera.frames)?;
    page.counters("received_bytes", "Bytes of pictures that came", cameras, |camera| {
        camera.received
    })?;
    page.counters("pictures_damaged", "Pictures that came cut, damaged or too large", cameras, {
        |camera| camera.damaged
    })?;
    page.counters("pictures_lost", "Whole pictures that are in no file", cameras, |camera| {
        camera.lost
    })?;
    page.counters("retries", "Connections that were lost or not made", cameras, |camera| {
        camera.retries
    })?;
    page.gauges("picture_timestamp_seconds", "When the newest picture was taken", cameras, {
        |camera| camera.newest.map(seconds)
    })?;
    page.gauges("pictures_per_second", "Pictures a second, lately", cameras, |camera| {
        Some(camera.rate)
    })
}

fn of_disk(page: &mut Page<'_, '_>, board: &Board) -> Result {
    let disk = board.disk();
    page.gauge("disk_used_bytes", "Bytes of all segments", bytes(disk.used))?;
    if let Some(quota) = disk.quota {
        page.gauge("disk_quota_bytes", "Bytes that the segments may have", bytes(quota))?;
    }
    if let Some(free) = disk.free {
        page.gauge("disk_free_bytes", "Bytes that are free on the disk", bytes(free))?;
    }
    page.gauge("disk_reserve_bytes", "Bytes that stay free for others", bytes(disk.reserve))?;
    page.counter("segments_deleted", "Segments that went for newer ones", disk.deleted)?;
    let paused = f64::from(u8::from(board.standstill().is_some()));
    page.gauge("recording_paused", "Whether nothing can be recorded", paused)?;
    let well = f64::from(u8::from(health::is_well(board)));
    page.gauge("healthy", "Whether /healthz answers ok", well)
}

/// What is written, one metric after the other.
struct Page<'a, 'b>(&'a mut DescriptorEncoder<'b>);

impl Page<'_, '_> {
    fn counters(
        &mut self,
        name: &str,
        help: &str,
        cameras: &[(String, Status)],
        value: impl Fn(&Status) -> u64,
    ) -> Result {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (name, status) in cameras {
            let labels = [("camera", name.as_str())];
            ConstCounter::new(value(status)).encode(metric.encode_family(&labels)?)?;
        }
        Ok(())
    }

    fn gauges(
        &mut self,
        name: &str,
        help: &str,
        cameras: &[(String, Status)],
        value: impl Fn(&Status) -> Option<f64>,
    ) -> Result {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for (name, status) in cameras {
            let Some(value) = value(status) else { continue };
            let labels = [("camera", name.as_str())];
            ConstGauge::new(value).encode(metric.encode_family(&labels)?)?;
        }
        Ok(())
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) -> Result {
        let metric = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        ConstCounter::new(value).encode(metric)
    }

    fn gauge(&mut self, name: &str, help: &str, value: f64) -> Result {
        let metric = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        ConstGauge::new(value).encode(metric)
    }

    /// What is told by the labels alone.
    fn labelled(&mut self, name: &str, help: &str, labels: &[(&str, &str); 1]) -> Result {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        ConstGauge::new(1_i64).encode(metric.encode_family(labels)?)
    }
}

#[allow(clippy::cast_precision_loss, reason = "Prometheus has numbers of this kind only")]
fn bytes(count: u64) -> f64 {
    count as f64
}

#[allow(clippy::cast_precision_loss, reason = "milliseconds are kept for 200,000 years")]
fn seconds(time: Time) -> f64 {
    time.0 as f64 / 1000.0
}

//! Segments and gaps of a time, as JSON, from the index. The newest segments come first.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::index::{self, Gap, Index, Segment};
use super::routes::{Refusal, json};
use super::time::Time;

/// What an answer has at most. Whoever wants more asks for a shorter time.
const SEGMENTS: usize = 2000;
const GAPS: usize = 1000;

/// If no time is asked for, the last day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// From when to when: as milliseconds since 1970, or as people write times.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Span {
    from: Option<String>,
    to: Option<String>,
}

#[derive(Serialize)]
struct Segments {
    segments: Vec<OneSegment>,
    /// There are older ones in that time.
    more: bool,
}

#[derive(Serialize)]
struct OneSegment {
    id: i64,
    file: String,
    began: i64,
    ended: i64,
    pictures: u64,
    bytes: u64,
    growing: bool,
}

#[derive(Serialize)]
struct GapList {
    /// When the oldest segment began: nothing is known of the time before.
    since: Option<i64>,
    gaps: Vec<OneGap>,
    /// There are older ones in that time.
    more: bool,
}

#[derive(Serialize)]
struct OneGap {
    began: i64,
    ended: i64,
    lost: u64,
    cause: String,
    open: bool,
}

pub(super) async fn segments(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    Query(span): Query<Span>,
) -> Result<Response, Refusal> {
    let (from, to) = span.times()?;
    // One more than is shown tells that there are more.
    let most = Some(SEGMENTS + 1);
    let mut found = ask(&shared, move |index| index.segments(&name, from, to, most)).await?;
    found.reverse();
    let more = found.len() > SEGMENTS;
    found.truncate(SEGMENTS);
    let segments = found.into_iter().map(OneSegment::from).collect();
    Ok(json(&Segments { segments, more }))
}

pub(super) async fn gaps(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    Query(span): Query<Span>,
) -> Result<Response, Refusal> {
    let (from, to) = span.times()?;
    let found = ask(&shared, move |index| gaps_of(index, &name, from, to)).await?;
    Ok(json(&found))
}

/// Those of all cameras on the list, by name.
pub(super) async fn all_gaps(
    State(shared): State<Arc<Shared>>,
    Query(span): Query<Span>,
) -> Result<Response, Refusal> {
    let (from, to) = span.times()?;
    let names: Vec<_> = shared.board.cameras().iter().map(|entry| entry.name.clone()).collect();
    let found: BTreeMap<_, _> = ask(&shared, move |index| {
        let gaps = names.into_iter().map(|name| {
            let gaps = gaps_of(index, &name, from, to)?;
            Ok((name, gaps))
        });
        gaps.collect()
    })
    .await?;
    Ok(json(&found))
}

fn gaps_of(index: &Index, name: &str, from: Time, to: Time) -> index::Result<GapList> {
    let mut found = index.gaps(name, from, to, Some(GAPS + 1))?;
    let more = found.len() > GAPS;
    found.drain(..found.len().saturating_sub(GAPS));
    let oldest = match index.oldest(Some(name), 0)? {
        None => index.newest(name, 1)?.pop(),
        oldest => oldest,
    };
    let gaps = found.into_iter().map(OneGap::from).collect();
    Ok(GapList { since: oldest.map(|segment| segment.began.0), gaps, more })
}

/// The index is a file: the thread of the connections does not wait for it.
pub(super) async fn ask<T: Send + 'static>(
    shared: &Arc<Shared>,
    question: impl FnOnce(&Index) -> index::Result<T> + Send + 'static,
) -> Result<T, Refusal> {
    let folder = shared.folder.clone();
    let answer = tokio::task::spawn_blocking(move || question(&Index::read(&folder)?));
    let answer = answer.await.map_err(Refusal::later)?;
    answer.map_err(|error| Refusal::later(format!("the index cannot be read: {error}")))
}

impl Span {
    fn times(&self) -> Result<(Time, Time), Refusal> {
        let to = self.to.as_deref().map_or(Ok(Time::now()), time)?;
        let from = self.from.as_deref().map_or(Ok(Time(to.0.saturating_sub(DAY))), time)?;
        Ok((from, to))
    }
}

fn time(text: &str) -> Result<Time, Refusal> {
    match text.parse() {
        Ok(number) => Ok(Time(number)),
        Err(_) => Time::parse(text).map_err(Refusal::wrong),
    }
}

impl From<Segment> for OneSegment {
    fn from(segment: Segment) -> Self {
        let Segment { id, file, began, ended, pictures, bytes, growing, .. } = segment;
        Self { id, file, began: began.0, ended: ended.0, pictures, bytes, growing }
    }
}

impl From<Gap> for OneGap {
    /// One that is open is noted now and then.
    fn from(Gap { began, ended, lost, cause, open }: Gap) -> Self {
        let ended = if open { ended.max(Time::now()) } else { ended };
        Self { began: began.0, ended: ended.0, lost, cause, open }
    }
}

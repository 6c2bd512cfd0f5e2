//! One connection: bytes in, events out, silence noticed.

use std::io;
use std::time::Duration;

use super::connect::{Body, Kind, Response};
use super::control::Epoch;
use super::newest::Newest;
use super::{PULSE, Settings};
use crate::error::Error;
use crate::multipart::pool::Pool;
use crate::multipart::{Decoder, Event, Frame, Skip};
use crate::quirk::Quirks;

/// What came out of a connection.
#[derive(Debug)]
pub(super) enum StreamEvent {
    /// A picture, and how many older ones were left out for it.
    Frame {
        frame: Frame,
        skipped: u64,
    },
    Skipped(Skip),
    /// No picture for another [`PULSE`], and none is arriving.
    Quiet,
    /// Nothing more will come.
    Over(Error),
}

#[derive(Debug)]
pub(super) struct Stream<B> {
    pub(super) epoch: Epoch,
    body: B,
    decoder: Decoder,
    silence: Option<Duration>,
    skip_backlog: bool,
    newest: Newest,
    /// What is to be told behind the newest picture: nothing more will come.
    over: Option<Error>,
    /// When the last picture was taken, or the connection open.
    last_frame: Duration,
    /// When it was last told that there is no picture, or one was taken.
    last_told: Duration,
    /// When the last bytes came.
    last_bytes: Duration,
    /// So many so far.
    received: u64,
    /// The last picture is being taken: the time that takes is not the camera's.
    delivering: bool,
    /// Pictures so far.
    pub(super) frames: u64,
    /// Parts with pictures of other types so far.
    other_pictures: u32,
    kind: Kind,
}

impl<B: Body> Stream<B> {
    pub(super) fn new(
        response: Response<B>,
        epoch: Epoch,
        settings: &Settings,
        pool: Pool,
        now: Duration,
    ) -> Self {
        let mut decoder = match &response.kind {
            Kind::Multipart(boundary) => {
                Decoder::new(boundary.as_deref(), settings.max_frame_size, pool)
            }
            Kind::Bare => Decoder::bare(settings.max_frame_size, pool),
        };
        decoder.add_quirks(&response.quirks);
        Self {
            epoch,
            body: response.body,
            decoder,
            silence: settings.silence,
            skip_backlog: settings.skip_backlog,
            newest: Newest::default(),
            over: None,
            last_frame: now,
            last_told: now,
            last_bytes: now,
            received: 0,
            delivering: false,
            frames: 0,
            other_pictures: 0,
            kind: response.kind,
        }
    }

    /// One whole picture without multipart around it was all that came.
    pub(super) fn was_single(&self) -> bool {
        self.kind == Kind::Bare && self.frames == 1 && !self.decoder.is_within_picture()
    }

    /// What was odd about the answer so far.
    pub(super) fn quirks(&self) -> &Quirks {
        self.decoder.quirks()
    }

    /// Reads until there is something to tell. `now` tells the time.
    pub(super) fn next(&mut self, now: impl Fn() -> Duration) -> StreamEvent {
        if std::mem::take(&mut self.delivering) {
            self.last_frame = now();
            self.last_told = self.last_frame;
        }
        if self.over.is_some() {
            return self.rest();
        }
        loop {
            match self.decoder.poll() {
                Some(Event::Frame(frame)) => {
                    self.keep(frame);
                    if self.skip_backlog {
                        continue;
                    }
                }
                Some(Event::Skipped(Skip::StatusLine { status })) => {
                    return self.end(Error::from_status(status, "", None));
                }
                Some(Event::Skipped(skip)) => {
                    return match self.only_other_pictures(&skip) {
                        Some(what) => self.end(Error::NotVideo { what }),
                        None => StreamEvent::Skipped(skip),
                    };
                }
                None => {}
            }
            let timeout = if self.skip_backlog && self.newest.may_look(now()) {
                Some(Duration::ZERO)
            } else if let Some(event) = self.deliver() {
                return event;
            } else {
                let now = now();
                if self.is_quiet(now) {
                    self.last_told = now;
                    return StreamEvent::Quiet;
                }
                match self.read_timeout(now) {
                    Ok(timeout) => Some(timeout),
                    Err(silence) => return self.end(silence),
                }
            };
            let wanted = self.decoder.wanted();
            let read = self.body.read(self.decoder.space(), wanted, timeout);
            self.decoder.add_quirks(&self.body.take_quirks());
            match read {
                Ok(0) if self.decoder.is_within_picture() => {
                    let why = "the camera closed it in the middle of a picture".into();
                    return self.end(Error::Broken { why });
                }
                Ok(0) => return self.end(Error::Ended),
                Ok(count) => {
                    self.last_bytes = now();
                    self.received += count as u64;
                    self.decoder.advance(count, self.last_bytes);
                }
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    if let Some(event) = self.deliver() {
                        return event;
                    }
                }
                Err(error) => return self.end(Error::Broken { why: error.to_string() }),
            }
        }
    }

    /// This is the newest picture now.
    fn keep(&mut self, frame: Frame) {
        self.frames += 1;
        self.newest.put(frame, self.last_bytes);
    }

    /// Hands the newest picture on, if there is one.
    fn deliver(&mut self) -> Option<StreamEvent> {
        let (frame, skipped) = self.newest.take()?;
        self.delivering = true;
        Some(StreamEvent::Frame { frame, skipped })
    }

    /// Nothing more will come; pictures that are there go first.
    fn end(&mut self, error: Error) -> StreamEvent {
        self.decoder.end();
        self.over = Some(error);
        self.rest()
    }

    /// What is there, piece by piece, and then why there is nothing more.
    fn rest(&mut self) -> StreamEvent {
        loop {
            match self.decoder.poll() {
                Some(Event::Frame(frame)) => {
                    self.keep(frame);
                    if self.skip_backlog {
                        continue;
                    }
                }
                Some(Event::Skipped(skip)) => return StreamEvent::Skipped(skip),
                None => {}
            }
            return self
                .deliver()
                .unwrap_or_else(|| StreamEvent::Over(self.over.take().unwrap_or(Error::Ended)));
        }
    }

    /// The second picture of another type, and still no JPEG: what there is.
    fn only_other_pictures(&mut self, skip: &Skip) -> Option<String> {
        let Skip::OtherPart { essence, .. } = skip else {
            return None;
        };
        self.other_pictures += u32::from(essence.starts_with("image/"));
        (self.frames == 0 && self.other_pictures == 2)
            .then(|| format!("pictures of type {essence}"))
    }

    /// A picture whose bytes keep coming is none that is missing.
    fn is_quiet(&self, now: Duration) -> bool {
        let is_arriving =
            self.decoder.is_within_picture() && now.saturating_sub(self.last_bytes) < PULSE;
        now.saturating_sub(self.last_told) >= PULSE && !is_arriving
    }

    /// How long to wait for the next byte, so that silence is noticed in time. While
    /// pictures come it is always the same, and the socket need not be told again.
    fn read_timeout(&self, now: Duration) -> Result<Duration, Error> {
        let Some(silence) = self.silence else {
            return Ok(PULSE);
        };
        let left = (self.last_frame + silence).saturating_sub(now);
        match left {
            Duration::ZERO if self.frames == 0 => {
                Err(Error::NoPicture { after: silence, instead: self.instead() })
            }
            Duration::ZERO => Err(Error::Silence { after: silence }),
            left => Ok(left.min(PULSE).max(Duration::from_millis(1))),
        }
    }

    /// What came in the place of a picture, as the end of a sentence.
    fn instead(&self) -> String {
        if self.received == 0 {
            return String::new();
        }
        let mut text = format!(": {} bytes of something else", self.received);
        for (quirk, _) in self.quirks().met() {
            text.push_str(". ");
            text.push_str(quirk.sentence().trim_end_matches('.'));
        }
        text
    }
}

//! One connection: bytes in, events out, silence noticed.

use std::io;
use std::time::Duration;

use super::Settings;
use super::arriving::Arriving;
use super::connect::{Body, Claim, Response};
use super::opening::{Opening, Verdict};
use super::progress::{Late, PartProgress, Progress};
use crate::error::Error;
use crate::multipart::pool::Pool;
use crate::multipart::{Decoder, Event, Frame, Skip};
use crate::quirk::{Quirk, Quirks};

/// The socket may sleep for the rest of a picture: so often it is looked at what has come.
/// While pictures come this is always the time to wait, and the socket need not be told again.
const LOOK: Duration = Duration::from_millis(500);

/// After so many pieces that are no picture a connection is given up: each costs as much as a
/// picture of many times its size.
const STORM: u32 = 10_000;
/// Cameras send a few texts with each picture, and a picture makes up for so many.
const PER_PICTURE: u32 = 10;

#[derive(Debug)]
pub(super) struct Stream<B> {
    body: B,
    decoder: Decoder,
    max_frame_size: usize,
    /// Of the head, the coding and the type; the decoder counts those of the parts.
    quirks: Quirks,
    progress: Progress,
    /// What is to be told behind the pictures that are there: nothing more will come.
    over: Option<Error>,
    /// How many bytes came last, and when, where it is not known yet what they are.
    fresh: Option<(usize, Duration)>,
    /// Bytes so far that are not of a picture.
    other_bytes: usize,
    /// Since when nobody listens to the camera, as what came is being handed on.
    left: Duration,
    /// That is a picture.
    delivering: bool,
    /// Pictures so far.
    pub(super) frames: u64,
    /// Pieces that are no picture, less those that the pictures between them make up for.
    storm: u32,
    /// Parts with pictures of other types so far.
    other_pictures: u32,
    is_multipart: bool,
    /// Until it is known what the answer is.
    opening: Option<Opening>,
}

impl<B: Body> Stream<B> {
    pub(super) fn new(
        response: Response<B>,
        settings: &Settings,
        pool: Pool,
        now: Duration,
    ) -> Self {
        let mut decoder = match &response.claim {
            Claim::Multipart(boundary) => {
                Decoder::new(boundary.as_deref(), settings.max_frame_size, pool)
            }
            _ => Decoder::bare(settings.max_frame_size, pool),
        };
        feed(&mut decoder, &response.part_head, now);
        Self {
            body: response.body,
            decoder,
            max_frame_size: settings.max_frame_size,
            quirks: response.quirks.into_iter().collect(),
            progress: Progress::new(settings.silence, now),
            over: None,
            fresh: None,
            other_bytes: 0,
            left: now,
            delivering: false,
            frames: 0,
            storm: 0,
            other_pictures: 0,
            is_multipart: matches!(response.claim, Claim::Multipart(_)),
            opening: Some(Opening::new(response.claim, response.length, now)),
        }
    }

    /// One whole picture without multipart around it was all that came.
    pub(super) fn was_single(&self) -> bool {
        !self.is_multipart && self.frames == 1 && !self.decoder.is_within_picture()
    }

    /// The connection, of which nothing more is wanted.
    pub(super) fn into_body(self) -> B {
        self.body
    }

    /// What was odd about the answer so far.
    pub(super) fn quirks(&self) -> Quirks {
        let mut quirks = self.quirks.clone();
        quirks.add(self.decoder.quirks());
        quirks
    }

    /// How many that were; grows with each.
    pub(super) fn quirks_total(&self) -> u64 {
        self.quirks.total() + self.decoder.quirks().total()
    }

    /// Reads until there is something to tell; an error says why nothing more will come. `now`
    /// tells the time.
    pub(super) fn next(
        &mut self,
        arriving: &Arriving,
        now: impl Fn() -> Duration,
    ) -> Result<Event, Error> {
        self.come_back(now());
        let event = self.listen(arriving, &now);
        self.left = now();
        event
    }

    /// What was handed on may have waited for a slow consumer: that is not the camera's silence.
    fn come_back(&mut self, now: Duration) {
        let away = now.saturating_sub(self.left);
        self.progress.excuse(away);
        if let Some(opening) = &mut self.opening {
            opening.excuse(away);
        }
        if let Some((_, at)) = &mut self.fresh {
            *at += away;
        }
        if std::mem::take(&mut self.delivering) {
            self.progress.picture(now);
        }
    }

    fn listen(&mut self, arriving: &Arriving, now: impl Fn() -> Duration) -> Result<Event, Error> {
        if self.over.is_some() {
            return self.rest();
        }
        loop {
            match self.decoder.poll() {
                Some(Event::Frame(frame)) => return Ok(self.deliver(frame)),
                Some(Event::Skipped(Skip::StatusLine { status })) => {
                    return self.end(Error::from_status(status, "", None));
                }
                Some(Event::Skipped(skip)) => {
                    self.storm += 1;
                    if self.storm > STORM {
                        return self.end(Error::Storm { pieces: STORM });
                    }
                    return match self.only_other_pictures(&skip) {
                        Some(error) => self.end(error),
                        None => Ok(Event::Skipped(skip)),
                    };
                }
                None => {}
            }
            if let Some(error) = self.open(now()) {
                return self.end(error);
            }
            self.note_fresh();
            arriving.set(self.decoder.picture_arrival());
            let timeout = match self.progress.patience(now()) {
                Ok(patience) => Some(patience.map_or(LOOK, |patience| patience.min(LOOK))),
                Err(late) => {
                    let late = self.late(late, now());
                    return self.end(late);
                }
            };
            let wanted = self.decoder.wanted();
            let read = self.body.read(self.decoder.space(), wanted, timeout);
            self.quirks.extend(self.body.take_quirks());
            match read {
                Ok(0) if self.decoder.is_within_picture() => {
                    let why = "the camera closed it in the middle of a picture".into();
                    return self.end(Error::Broken { why });
                }
                Ok(0) => {
                    let error = match self.opening.take().map(|opening| opening.end()) {
                        Some(Verdict::No(error)) => error,
                        Some(Verdict::Pictures | Verdict::Undecided) | None => Error::Ended,
                    };
                    return self.end(error);
                }
                Ok(count) => {
                    let now = now();
                    if let Some(opening) = &mut self.opening {
                        opening.add(&self.decoder.space()[..count], now);
                    }
                    self.fresh = Some((count, now));
                    self.decoder.advance(count, now);
                }
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {}
                Err(error) => return self.end(Error::Broken { why: error.to_string() }),
            }
        }
    }

    /// Looks at the start of the answer; the error that it is instead of pictures.
    fn open(&mut self, now: Duration) -> Option<Error> {
        let opening = self.opening.as_ref()?;
        match opening.look(now) {
            Verdict::Undecided => None,
            Verdict::No(error) => {
                self.opening = None;
                Some(error)
            }
            Verdict::Pictures => {
                self.begin();
                None
            }
        }
    }

    /// The first bytes are those of pictures.
    fn begin(&mut self) {
        let Some(opening) = self.opening.take() else { return };
        if opening.is_odd() {
            self.quirks.note(Quirk::TypeWrong);
        }
        if !opening.is_bare() {
            self.body.outlast_length();
        }
    }

    /// The decoder has seen what came last: is it of a picture?
    fn note_fresh(&mut self) {
        match self.fresh.take() {
            Some((_, at)) if self.decoder.is_within_picture() => self.progress.bytes(at),
            Some((count, _)) => self.other_bytes += count,
            None => {}
        }
    }

    fn deliver(&mut self, frame: Frame) -> Event {
        self.frames += 1;
        self.storm = self.storm.saturating_sub(PER_PICTURE);
        self.delivering = true;
        self.begin();
        self.fresh = None;
        Event::Frame(frame)
    }

    /// Nothing more will come; pictures that are there go first.
    fn end(&mut self, error: Error) -> Result<Event, Error> {
        self.decoder.end();
        self.over = Some(error);
        self.rest()
    }

    /// What is there, piece by piece, and then why there is nothing more.
    fn rest(&mut self) -> Result<Event, Error> {
        match self.decoder.poll() {
            Some(Event::Frame(frame)) => Ok(self.deliver(frame)),
            Some(skipped) => Ok(skipped),
            None => Err(self.over.take().unwrap_or(Error::Ended)),
        }
    }

    /// The second picture of another type, and still no JPEG: what there is.
    fn only_other_pictures(&mut self, skip: &Skip) -> Option<Error> {
        let Skip::OtherPart { essence, .. } = skip else {
            return None;
        };
        let is_picture = essence.starts_with("video/") || essence.starts_with("image/");
        self.other_pictures += u32::from(is_picture);
        (self.frames == 0 && self.other_pictures == 2)
            .then(|| Error::OtherVideo { essence: essence.clone() })
    }

    /// What it means that something did not come in time.
    fn late(&self, late: Late, now: Duration) -> Error {
        let part = self.decoder.picture_under_way().map(|(received, length, since)| PartProgress {
            received,
            length,
            since,
        });
        match (part, late) {
            // Of the next one no more than that may have come.
            (Some(_), Late::Bytes(after) | Late::Picture(after))
                if self.frames == 0 && self.is_too_large() =>
            {
                Error::NoPicture { after, instead: self.instead() }
            }
            (Some(part), late) => part.unfinished(late, now),
            (None, Late::Bytes(after) | Late::Picture(after)) if self.frames == 0 => {
                match self.opening.as_ref().filter(|opening| opening.is_odd()).map(Opening::end) {
                    Some(Verdict::No(other)) => other,
                    _ => Error::NoPicture { after, instead: self.instead() },
                }
            }
            (None, Late::Bytes(after) | Late::Picture(after)) => Error::Silence { after },
        }
    }

    /// A picture was dropped because of its size.
    fn is_too_large(&self) -> bool {
        self.decoder.quirks().met().any(|(quirk, _)| quirk == Quirk::PictureTooLarge)
    }

    /// What came in the place of a picture, as the end of a sentence.
    fn instead(&self) -> String {
        if self.is_too_large() {
            let most = self.max_frame_size;
            return format!(
                ": its pictures are larger than max-frame-size, which is {most} bytes. Set it to more"
            );
        }
        if self.other_bytes == 0 {
            return String::new();
        }
        let mut text = format!(": {} bytes of something else", self.other_bytes);
        for (quirk, _) in self.quirks().met() {
            text.push_str(". ");
            text.push_str(quirk.sentence().trim_end_matches('.'));
        }
        text
    }
}

fn feed(decoder: &mut Decoder, mut bytes: &[u8], now: Duration) {
    while !bytes.is_empty() {
        let space = decoder.space();
        let count = bytes.len().min(space.len());
        space[..count].copy_from_slice(&bytes[..count]);
        bytes = &bytes[count..];
        decoder.advance(count, now);
    }
}

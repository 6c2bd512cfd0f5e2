use std::sync::mpsc::Receiver;

use super::super::matroska::Closed;
use super::*;

const PATIENCE: Duration = Duration::from_secs(10);

const HOUR: i64 = 60 * 60 * 1000;

struct Test {
    folder: tempfile::TempDir,
    pictures: Pictures,
    told: Receiver<Told>,
    board: Arc<Board>,
    /// By the clock of the pipeline, in milliseconds.
    running: std::cell::Cell<u64>,
}

impl Test {
    fn start(segment: u64) -> Self {
        gst::init().expect("GStreamer");
        let folder = tempfile::tempdir().expect("a folder");
        let board = Arc::new(Board::new());
        let (teller, told) = Teller::pair();
        let pictures = Pictures::new(
            Entry::new("door"),
            folder.path().to_owned(),
            Duration::from_secs(segment),
            board.clone(),
            teller,
        );
        Self { folder, pictures, told, board, running: std::cell::Cell::new(0) }
    }

    /// A picture of this width; the pipeline's clock goes on by 100 ms, whatever ours says.
    fn take(&self, taken: Time, camera: Option<Time>, width: i32) {
        let now = self.running.get();
        self.running.set(now + 100);
        let mut buffer = gst::Buffer::from_slice([0; 3000]);
        let times = buffer.get_mut().expect("nobody has it");
        times.set_pts(gst::ClockTime::from_mseconds(now));
        let caps = gst::Caps::builder("image/jpeg")
            .field("width", width)
            .field("height", 240)
            .field("framerate", gst::Fraction::new(0, 1))
            .build();
        let sample = gst::Sample::builder().buffer(&buffer).caps(&caps).build();
        self.pictures.take(&Arrival { sample: &sample, taken, camera });
    }

    /// Those that have been told since the last look.
    fn gaps(&self) -> Vec<Gap> {
        let gap = |told| match told {
            Told::Gap { gap, .. } => Some(gap),
            _ => None,
        };
        self.told.try_iter().filter_map(gap).collect()
    }

    /// The segments in the order in which they began: name and pictures.
    fn end(self) -> Vec<(String, u64)> {
        assert!(self.pictures.end());
        let mut segments: Vec<(Key, String, Option<u64>)> = Vec::new();
        // They live until they are closed.
        let mut written = Vec::new();
        let mut closed = 0;
        // All has been told but that they are closed.
        let mut next = self.told.try_recv().ok();
        while let Some(told) = next {
            match told {
                Told::Began { key, new, .. } => segments.push((key, new.file, None)),
                Told::Ended { key, pictures, segment, .. } => {
                    let row = segments.iter_mut().find(|row| row.0 == key);
                    row.expect("it began").2 = Some(pictures);
                    written.push(segment);
                }
                Told::Closed { closed: end, .. } => {
                    assert_eq!(end, Closed::Ok(()));
                    closed += 1;
                }
                Told::Gap { gap, .. } => panic!("{gap}"),
                _ => {}
            }
            next = self.told.try_recv().ok().or_else(|| {
                let waits = closed < segments.len();
                waits.then(|| self.told.recv_timeout(PATIENCE).expect("it is closed"))
            });
        }
        let row = |(_, file, pictures): (Key, String, Option<u64>)| {
            assert!(self.folder.path().join(&file).exists());
            (file, pictures.expect("it ended"))
        };
        segments.into_iter().map(row).collect()
    }
}

fn at(time: i64) -> Time {
    Time(1_795_348_800_000 + time)
}

fn named(rows: &[(&str, u64)]) -> Vec<(String, u64)> {
    rows.iter().map(|(name, count)| (format!("2026-11-22T{name}.mkv"), *count)).collect()
}

#[test]
fn segments_end_at_full_minutes_of_the_clock_and_where_the_size_changes() {
    let test = Test::start(60);
    for second in 58..62 {
        test.take(at(second * 1000 + 40), None, 320);
    }
    test.take(at(62_040), None, 640);
    let expected = [("12-00-58.040Z", 2), ("12-01-00.040Z", 2), ("12-01-02.040Z", 1)];
    assert_eq!(test.end(), named(&expected));
}

#[test]
fn another_length_begins_with_the_next_picture() {
    for length in [20, 60, 300] {
        let test = Test::start(60);
        test.take(at(1000), None, 320);
        test.pictures.set_segment(Duration::from_secs(length));
        test.take(at(2000), None, 320);
        let expected = match length {
            60 => named(&[("12-00-01.000Z", 2)]),
            _ => named(&[("12-00-01.000Z", 1), ("12-00-02.000Z", 1)]),
        };
        assert_eq!(test.end(), expected, "{length} s");
    }
}

#[test]
fn a_clock_that_is_set_back_or_forward_loses_no_picture_and_no_file() {
    let test = Test::start(60);
    for time in [0, 100, -HOUR, -HOUR + 100, 0, 100, HOUR] {
        test.take(at(time), None, 320);
    }
    let expected =
        [("12-00-00.000Z", 2), ("11-00-00.000Z", 2), ("12-00-00.000Z-2", 2), ("13-00-00.000Z", 1)];
    assert_eq!(test.end(), named(&expected));
}

#[test]
fn names_are_the_cameras_time_while_that_agrees_with_ours() {
    let test = Test::start(60);
    test.take(at(10_000), Some(at(9_750)), 320);
    test.take(at(60_000), Some(at(400 * 24 * HOUR)), 320);
    let expected = [("12-00-09.750Z", 1), ("12-01-00.000Z", 1)];
    assert_eq!(test.end(), named(&expected));
}

#[test]
fn what_is_not_written_is_one_gap_with_its_pictures_and_cause() {
    let test = Test::start(60);
    test.board.change_disk(|disk| disk.alarm = Some("no room".into()));
    for time in [0, 100, 200] {
        test.take(at(time), None, 320);
    }
    test.board.change_disk(|disk| disk.alarm = None);
    lock(&test.pictures.state).next_attempt = Instant::now();
    test.take(at(300), None, 320);
    assert_eq!(test.gaps(), [], "the disk may say later that it has no room");
    let proven = Instant::now().checked_sub(PROVEN).unwrap();
    lock(&test.pictures.state).open.as_mut().unwrap().since = proven;
    test.take(at(400), None, 320);
    let expected =
        Gap { began: at(0), ended: at(300), lost: 3, cause: "no room".into(), open: false };
    assert_eq!(test.gaps(), [expected]);
    assert_eq!(test.pictures.camera.status().lost, 3);
}

#[test]
fn a_camera_that_is_away_at_the_end_has_a_gap_until_then() {
    let test = Test::start(60);
    test.take(at(0), None, 320);
    test.pictures.note_cause("HTTP 503 busy");
    let hour = Duration::from_secs(60 * 60);
    lock(&test.pictures.state).newest.seen = Instant::now().checked_sub(hour).unwrap();
    test.pictures.stop();
    // As often as it is asked.
    assert!(test.pictures.end() && test.pictures.end());
    let gaps = test.gaps();
    let [gap] = &gaps[..] else { panic!("{gaps:?}") };
    assert_eq!((gap.began, &gap.cause[..]), (at(0), "HTTP 503 busy"));
    assert_eq!(gap.ended.since(gap.began).as_secs(), hour.as_secs());
}

/// The newest picture came so long ago.
fn wait(test: &Test, time: Duration) {
    lock(&test.pictures.state).newest.seen = Instant::now().checked_sub(time).unwrap();
}

#[test]
fn a_gap_is_told_while_it_is_open() {
    let test = Test::start(60);
    test.take(at(0), None, 320);
    test.pictures.look_after();
    assert!(test.gaps().is_empty());
    let told = |seconds: u64| {
        wait(&test, Duration::from_secs(seconds));
        test.pictures.look_after();
        let gaps = test.gaps();
        assert!(gaps.iter().all(|gap| gap.began == at(0) && gap.open), "{gaps:?}");
        gaps.into_iter()
            .map(|gap| (gap.ended.since(at(0)).as_secs(), gap.cause))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(3), [(3, "the camera sent no picture".to_owned())]);
    assert_eq!(told(4), [], "that is known");
    test.pictures.note_cause("refused");
    assert_eq!(told(5), [(5, "refused".to_owned())]);
    test.pictures.note_cause("refused again");
    assert_eq!(told(6), [], "not each second");
    let noted = Instant::now().checked_sub(NOTED_EACH).unwrap();
    lock(&test.pictures.state).noted.away = Some((noted, true));
    assert_eq!(told(65), [(65, "refused again".to_owned())]);
    test.take(at(65_500), None, 320);
    let cause = "refused again".to_owned();
    let gap = Gap { began: at(0), ended: at(65_500), lost: 0, cause, open: false };
    assert_eq!(test.gaps(), [gap]);
    test.pictures.stop();
    assert_eq!(told(100), [], "it is not the camera's affair any more");
}

#[test]
fn a_gap_that_was_none_is_taken_back() {
    let test = Test::start(60);
    test.take(at(0), None, 320);
    wait(&test, Duration::from_secs(3));
    test.pictures.look_after();
    assert_eq!(test.gaps().len(), 1);
    // Its way took long.
    test.take(at(1000), None, 320);
    let is_taken_back = |told| matches!(told, Told::NoGap { began, .. } if began == at(0));
    assert!(test.told.try_iter().any(is_taken_back));
}

#[test]
fn what_is_lost_is_told_while_nothing_is_written() {
    let test = Test::start(60);
    test.board.change_disk(|disk| disk.alarm = Some("no room".into()));
    test.take(at(0), None, 320);
    test.take(at(100), None, 320);
    let lost = |ended, lost, open| Gap { began: at(0), ended, lost, cause: "no room".into(), open };
    test.pictures.look_after();
    assert_eq!(test.gaps(), [lost(at(100), 2, true)]);
    test.take(at(200), None, 320);
    test.pictures.look_after();
    assert_eq!(test.gaps(), [], "not each second");
    assert!(test.pictures.end());
    assert_eq!(test.gaps(), [lost(at(200), 3, false)]);
}

#[test]
fn a_file_is_known_to_grow_before_anybody_has_listened() {
    let test = Test::start(60);
    test.take(at(0), None, 320);
    let growing = test.pictures.archive.growing();
    assert!(growing.has("door", "2026-11-22T12-00-00.000Z.mkv"));
    assert!(!growing.has("door", "2026-11-22T12-01-00.000Z.mkv"));
}

#[test]
fn a_clock_that_is_set_back_hides_no_gap() {
    let test = Test::start(60);
    test.take(at(0), None, 320);
    wait(&test, Duration::from_secs(600));
    test.pictures.look_after();
    assert_eq!(test.gaps().len(), 1, "it is open");
    test.take(at(-HOUR), None, 320);
    let told: Vec<_> = test.told.try_iter().collect();
    let is_taken_back = |told: &Told| matches!(told, Told::NoGap { began, .. } if *began == at(0));
    assert!(told.iter().any(is_taken_back));
    let gap = |told| if let Told::Gap { gap, .. } = told { Some(gap) } else { None };
    let gaps: Vec<_> = told.into_iter().filter_map(gap).collect();
    let [gap] = &gaps[..] else { panic!("{gaps:?}") };
    assert_eq!((gap.ended, gap.open), (at(-HOUR), false));
    assert_eq!(gap.ended.since(gap.began).as_secs(), 600);
}

#[test]
fn a_camera_that_has_become_slow_has_no_gap_at_each_picture() {
    let test = Test::start(3600);
    let mut time = 0;
    let mut after = |interval: u64| {
        let seen = Instant::now().checked_sub(Duration::from_millis(interval)).unwrap();
        lock(&test.pictures.state).newest.seen = seen;
        time += i64::try_from(interval).unwrap();
        test.take(at(time), None, 320);
        test.gaps().len()
    };
    let mut gaps = |interval, pictures: u32| (0..pictures).map(|_| after(interval)).sum::<usize>();
    assert_eq!(gaps(100, 20), 0);
    assert_eq!(gaps(30_000, 1), 1, "a pause");
    assert_eq!(gaps(100, 20), 0);
    assert_eq!(gaps(30_000, 1), 1, "which is still one");
    assert!((1..6).contains(&gaps(3000, 60)), "it takes a few pictures to be sure");
    assert_eq!(gaps(3000, 60), 0);
}

//! What becomes of the files: after a kill, on a full disk, and when others take them.

use std::io::Write;

use super::*;
use crate::programs::process::is_root;

#[test]
fn after_a_kill_all_but_the_last_second_is_there_and_in_the_index() {
    let folder = TempDir::new().unwrap();
    let port = port::free();
    let _camera = test_camera(folder.path(), port);
    let config = one_camera(2, &format!("http://127.0.0.1:{port}/stream"));
    let recorder = Recorder::start(folder.path(), &config);
    recorder.wait_for("door: finished", 1);
    recorder.wait_for("door: writing", 3);
    let newest = segments(&folder.path().join("segments")).into_iter().max().unwrap();
    // The camera gives ten pictures a second.
    let grown = wait::until(PATIENCE, || (packets_so_far(&newest) >= 5).then_some(()));
    assert!(grown.is_some(), "a segment is read while it grows");
    let before = packets_so_far(&newest);
    recorder.0.kill();
    assert!(packets(&newest) >= before, "what was there is there");
    // After a power cut some file systems have zeros where something was to be written.
    let mut file = fs::File::options().append(true).open(&newest).unwrap();
    file.write_all(&vec![0; 30_000]).unwrap();
    let growing = format!(" to now  {} pictures  {}", packets(&newest), newest.display());
    let found = find(folder.path());
    assert!(found.contains(&growing), "{growing} is not in\n{found}");

    let recorder = Recorder::start(folder.path(), &config);
    recorder.wait_for("door: finished", 1);
    recorder.interrupt();
    let found = find(folder.path());
    for file in segments(&folder.path().join("segments")) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let line = found.lines().find(|line| line.ends_with(&name)).expect(&found);
        assert!(line.contains(&format!("  {} pictures  ", packets(&file))), "{line}");
    }

    let out = folder.path().join("out.mkv");
    let mut export = example("mjpeg-record");
    export.args(["export", "door", "2026-01-01", "now"]).arg(&out).arg("--cameras");
    let exported = export.arg(folder.path().join("cameras.toml")).output().unwrap();
    assert!(exported.status.success(), "{}", String::from_utf8_lossy(&exported.stderr));
    let all: usize = segments(&folder.path().join("segments")).iter().map(|one| packets(one)).sum();
    assert_eq!(packets(&out), all);

    fs::remove_file(folder.path().join("segments/index.sqlite")).unwrap();
    let mut reindex = example("mjpeg-record");
    let again = reindex.arg("--reindex").arg(folder.path().join("cameras.toml")).output().unwrap();
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    let pictures = |text: &str| {
        let words = text.lines().filter_map(|line| line.split_once(" pictures  "));
        words
            .map(|(before, file)| (before.rsplit(' ').next().unwrap().to_owned(), file.to_owned()))
            .collect::<Vec<_>>()
    };
    assert_eq!(pictures(&find(folder.path())), pictures(&found));
}

#[test]
fn after_a_kill_the_gap_that_was_open_has_its_cause_until_then() {
    let folder = TempDir::new().unwrap();
    let port = port::free();
    let camera = test_camera(folder.path(), port);
    let config = one_camera(1, &format!("http://127.0.0.1:{port}/stream"));
    let recorder = Recorder::start(folder.path(), &config);
    recorder.wait_for("door: finished", 1);
    drop(camera);
    let is_open = |line: &str| line.contains("a gap of at least ") && line.contains("refused");
    let open = wait::until(PATIENCE, || find(folder.path()).lines().any(is_open).then_some(()));
    assert!(
        open.is_some(),
        "{}
{}",
        find(folder.path()),
        recorder.0.output()
    );
    recorder.0.kill();
    // A shorter time is no gap.
    std::thread::sleep(Duration::from_secs(3));

    let recorder = Recorder::start(folder.path(), &config);
    recorder.wait_for("mjpeg-record was not running", 1);
    recorder.interrupt();
    let found = find(folder.path());
    let gap =
        |cause: &str| found.lines().find(|line| line.contains(cause)).expect(&found).to_owned();
    let (away, stopped) = (gap("refused"), gap("was not running"));
    assert!(away.starts_with("a gap of ") && !found.contains("at least"), "{found}");
    let place = |line: &str| found.find(line).expect("it is there");
    assert!(place(&away) < place(&stopped), "{found}");
}

/// A disk of memory that only the recorder sees.
struct SmallDisk<'a> {
    megabytes: u32,
    reserve: &'a str,
    /// The command that fills it before the start.
    filling: &'a str,
}

impl SmallDisk<'_> {
    fn record(&self, folder: &Path, location: &str) -> Recorder {
        let Self { megabytes, reserve, filling } = self;
        let disk = folder.join("disk");
        fs::create_dir(&disk).unwrap();
        let config = one_camera(1, location).replace("'segments'", "'disk'");
        let file = folder.join("cameras.toml");
        fs::write(&file, config.replace("'1 kB'", &format!("'{reserve}'"))).unwrap();
        let mut private = command("unshare", "util-linux");
        // Within another root folder nobody may have a user of his own, and root needs none.
        if !is_root() {
            private.arg("--map-root-user");
        }
        private.args(["--mount", "sh", "-c"]);
        private.arg(format!(
            "mount -t tmpfs -o size={megabytes}m tmpfs \"$1\" && cd \"$1\" && {filling} && shift && \
             exec \"$@\""
        ));
        private.arg("sh").arg(&disk).arg(example::program("mjpeg-record")).arg(&file);
        Recorder(Process::start(&mut private, &folder.join("recorder.log")))
    }
}

/// Of 1.5 MB a second.
fn large_camera() -> Camera {
    Camera::start(move |mut visit| {
        visit.send(HEAD)?;
        for seed in 0.. {
            visit.send(part(&jpeg(seed, 320, 240, 30_000), None))?;
            // The camera's own pace.
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    })
}

#[test]
fn a_disk_that_others_filled_before_the_start_gets_room() {
    let folder = TempDir::new().unwrap();
    let port = port::free();
    let _camera = test_camera(folder.path(), port);
    let segment = |minute: u32| format!("door/2001-09-09T01-4{minute}-00.000Z.mkv");
    let filling = format!(
        "mkdir door && head -c 300000 /dev/zero | tee {} {} {} > /dev/null && \
         (cat /dev/zero > filled 2> /dev/null; true)",
        segment(3),
        segment(1),
        segment(2),
    );
    let disk = SmallDisk { megabytes: 4, reserve: "1 kB", filling: &filling };
    let recorder = disk.record(folder.path(), &format!("http://127.0.0.1:{port}/stream"));
    recorder.wait_for("deleted ", 1);
    recorder.wait_for("door: finished", 1);
    recorder.interrupt();
    let said = recorder.0.output();
    let first = said.lines().find(|line| line.starts_with("deleted ")).unwrap();
    assert!(first.ends_with(&segment(1)), "{said}");
}

#[test]
fn on_a_full_disk_the_oldest_goes_and_every_picture_is_accounted_for() {
    let folder = TempDir::new().unwrap();
    let camera = large_camera();
    // Nothing is kept free, so that writing fails.
    let disk = SmallDisk { megabytes: 4, reserve: "1 kB", filling: "true" };
    let recorder = disk.record(folder.path(), &camera.url());
    recorder.wait_for("deleted ", 3);
    let finished = recorder.count("door: finished");
    recorder.wait_for("door: finished", finished + 2);
    recorder.interrupt();
    let (_, _, lost) = recorder.account("door");
    assert!(lost > 0, "the disk was never full\n{}", recorder.0.output());
    recorder.accounts_for_all(&["door"]);
}

#[test]
fn a_reserve_is_kept_free_while_recording_goes_on() {
    let folder = TempDir::new().unwrap();
    let camera = large_camera();
    let disk = SmallDisk { megabytes: 9, reserve: "4 MB", filling: "true" };
    let recorder = disk.record(folder.path(), &camera.url());
    recorder.wait_for("deleted ", 6);
    recorder.interrupt();
    let (_, _, lost) = recorder.account("door");
    assert_eq!(lost, 0, "the disk was full\n{}", recorder.0.output());
    recorder.accounts_for_all(&["door"]);
}

#[test]
fn what_keeps_a_camera_from_being_written_is_told_when_it_begins() {
    let folder = TempDir::new().unwrap();
    let port = port::free();
    let _camera = test_camera(folder.path(), port);
    let in_the_way = folder.path().join("segments/door");
    fs::create_dir(folder.path().join("segments")).unwrap();
    fs::write(&in_the_way, "").unwrap();
    let config = one_camera(10, &format!("http://127.0.0.1:{port}/stream"));
    let recorder = Recorder::start(folder.path(), &config);
    recorder.wait_for("door: not recorded: cannot make the folder ", 1);
    fs::remove_file(&in_the_way).unwrap();
    recorder.wait_for("door: writing", 1);
    recorder.interrupt();
    recorder.accounts_for_all(&["door"]);
}

#[test]
fn a_reserve_that_is_not_there_is_an_alarm_and_recording_waits() {
    let folder = TempDir::new().unwrap();
    let port = port::free();
    let _camera = test_camera(folder.path(), port);
    let config = |reserve: &str| {
        format!(
            "folder = 'segments'\nsegment = 1\nreserve = '{reserve}'\n\
             [[camera]]\nname = 'door'\nlocation = 'http://127.0.0.1:{port}/stream'\n",
        )
    };
    let recorder = Recorder::start(folder.path(), &config("900 TB"));
    recorder.wait_for("nothing is recorded: the disk of ", 1);
    recorder.wait_for("door: streaming", 1);
    recorder.reload(folder.path(), &config("1 kB"));
    recorder.wait_for("recording continues", 1);
    recorder.wait_for("door: finished", 1);
    recorder.interrupt();
    recorder.accounts_for_all(&["door"]);
    assert!(find(folder.path()).contains("reserved for others; "), "{}", find(folder.path()));
}

#[test]
fn each_finished_segment_is_handed_over_until_that_succeeds() {
    let folder = TempDir::new().unwrap();
    let port = port::free();
    let _camera = test_camera(folder.path(), port);
    let taken = folder.path().join("taken");
    fs::create_dir(&taken).unwrap();
    let allowed = folder.path().join("allowed");
    let command = format!(
        "sh -c 'test -e \"$3\" || exit 7; mv \"$1\" \"$2\"' sh {{file}} {} {}",
        taken.display(),
        allowed.display()
    );
    let recorder = Recorder::start(
        folder.path(),
        &format!(
            "folder = 'segments'\nsegment = 1\nreserve = '1 kB'\non-segment = \"\"\"{command}\"\"\"\n\
             [[camera]]\nname = 'front door'\nlocation = 'http://127.0.0.1:{port}/stream'\n",
        ),
    );
    recorder.wait_for("sh: exit status: 7", 1);
    recorder.wait_for("front door: finished", 2);
    assert_eq!(fs::read_dir(&taken).unwrap().count(), 0);
    fs::write(&allowed, "").unwrap();
    let moved =
        wait::until(PATIENCE, || (fs::read_dir(&taken).unwrap().count() >= 3).then_some(()));
    assert!(moved.is_some(), "{}", recorder.0.output());
    recorder.interrupt();
    for file in fs::read_dir(&taken).unwrap() {
        assert!(packets(&file.unwrap().path()) > 0, "only finished ones are");
    }
}

#[test]
fn a_damaged_index_is_made_anew_and_a_second_recorder_is_refused() {
    let folder = TempDir::new().unwrap();
    let port = port::free();
    let _camera = test_camera(folder.path(), port);
    let config = one_camera(1, &format!("http://127.0.0.1:{port}/stream"));
    let recorder = Recorder::start(folder.path(), &config);
    recorder.wait_for("door: finished", 2);
    let mut second = example("mjpeg-record");
    let second = second.arg(folder.path().join("cameras.toml")).output().unwrap();
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(!second.status.success() && said.contains("another mjpeg-record records to"), "{said}");
    recorder.interrupt();

    let index = folder.path().join("segments/index.sqlite");
    let whole = fs::read(&index).unwrap();
    let page = 4096;
    let within = [&whole[..page], &[7; 4096], &whole[2 * page..]].concat();
    for damaged in [vec![7; 10_000], within] {
        fs::write(&index, damaged).unwrap();
        let recorder = Recorder::start(folder.path(), &config);
        recorder.wait_for("the index was damaged and is made anew", 1);
        recorder.wait_for("door: finished", 1);
        recorder.interrupt();
    }
    let found = find(folder.path());
    for file in segments(&folder.path().join("segments")) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let line = found.lines().find(|line| line.ends_with(&name)).expect(&found);
        assert!(line.contains(&format!("  {} pictures  ", packets(&file))), "{line}");
    }
}

/// Its quota is less than one segment, and the others have theirs all the same.
#[test]
fn a_camera_has_a_quota_of_its_own() {
    let folder = TempDir::new().unwrap();
    let port = port::free();
    let _camera = test_camera(folder.path(), port);
    let camera = |name: &str, quota: &str| {
        let location = format!("location = 'http://127.0.0.1:{port}/stream'");
        format!("[[camera]]\nname = '{name}'\n{location}\nquota = '{quota}'\n")
    };
    let config =
        |cameras: &str| format!("folder = 'segments'\nsegment = 1\nreserve = '1 kB'\n{cameras}");
    let yard = camera("yard", "1 GB");
    let small = config(&[camera("door", "1 kB"), yard.clone()].concat());
    let recorder = Recorder::start(folder.path(), &small);
    recorder.wait_for("deleted ", 3);
    recorder.wait_for("yard: finished", 4);
    // The other camera of that name goes on where this one ends.
    recorder
        .reload(folder.path(), &config(&[camera("door", "1 GB") + "timeout = 9\n", yard].concat()));
    recorder.wait_for("1 camera started, 1 camera stopped", 1);
    let finished = recorder.count("door: finished");
    recorder.wait_for("door: finished", finished + 3);
    recorder.interrupt();
    recorder.accounts_for_all(&["door", "yard"]);
    let kept =
        |name: &str| fs::read_dir(folder.path().join("segments").join(name)).unwrap().count();
    assert!(kept("yard") >= 4 && kept("door") >= 3, "{}", recorder.0.output());
    assert!(!recorder.0.output().contains("deleted segments/yard"));
    assert!(!recorder.0.output().contains("was not running"), "{}", recorder.0.output());
}

/// As people make room, with `rm -rf`.
#[test]
fn recordings_that_are_deleted_while_it_runs_are_followed_by_new_ones() {
    let folder = TempDir::new().unwrap();
    let port = port::free();
    let _camera = test_camera(folder.path(), port);
    let config = one_camera(600, &format!("http://127.0.0.1:{port}/stream"));
    let recorder = Recorder::start(folder.path(), &config);
    let recordings = folder.path().join("segments");
    let grows = || segments(&recordings).iter().any(|file| packets_so_far(file) > 10);
    for round in 1..=2 {
        assert!(wait::until(PATIENCE, || grows().then_some(())).is_some());
        // A file that begins meanwhile keeps its folder.
        let deleted = || fs::remove_dir_all(&recordings).ok();
        assert!(wait::until(PATIENCE, deleted).is_some());
        recorder.wait_for("the index was deleted or replaced", round);
        recorder.wait_for("the file was deleted while it was written", round);
    }
    assert!(wait::until(PATIENCE, || grows().then_some(())).is_some());
    assert!(find(folder.path()).contains(" to now  "), "{}", find(folder.path()));
    let mut second = example("mjpeg-record");
    let second = second.arg(folder.path().join("cameras.toml")).output().unwrap();
    assert!(String::from_utf8_lossy(&second.stderr).contains("another mjpeg-record records to"));
    recorder.interrupt();
    recorder.accounts_for_all(&["door"]);
    let kept = segments(&recordings);
    let found = find(folder.path());
    assert!(found.contains("the file was deleted while it was written"), "{found}");
    assert_eq!(found.lines().filter(|line| line.contains(" pictures  ")).count(), kept.len());
    let (_, written, lost) = recorder.account("door");
    assert_eq!(written, kept.iter().map(|file| packets(file) as u64).sum::<u64>());
    assert!(lost > 10, "{lost}");
}

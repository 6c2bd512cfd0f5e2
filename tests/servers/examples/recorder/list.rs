//! The file of cameras: its mistakes, its changes, and lines for it.

use super::*;

/// The segments before and after are read back picture by picture.
#[test]
fn a_change_of_the_file_leaves_the_other_cameras_alone() {
    let folder = TempDir::new().unwrap();
    let visits = Arc::new(AtomicU64::new(0));
    let door = Camera::start({
        let visits = visits.clone();
        move |mut visit| {
            visits.fetch_add(1, Ordering::SeqCst);
            visit.send(HEAD)?;
            for seed in 0.. {
                visit.send(part(&jpeg(seed, 320, 240, 2000), None))?;
                // The camera's own pace.
                std::thread::sleep(Duration::from_millis(20));
            }
            Ok(())
        }
    });
    let port = port::free();
    let _yard = test_camera(folder.path(), port);
    let camera = |name: &str, url: &str| {
        format!("[[camera]]\nname = '{name}'\nlocation = '{url}'\nretry-max = 1\n")
    };
    let head = "folder = 'segments'\nsegment = 1\nreserve = '1 kB'\n";
    let door = camera("door", &door.url());
    let yard = camera("yard", &format!("http://127.0.0.1:{port}/stream"));
    let recorder = Recorder::start(folder.path(), &format!("{head}{door}{yard}"));
    recorder.wait_for("yard: streaming", 1);
    recorder.wait_for("door: finished", 1);

    let attic = yard.replace("yard", "attic");
    recorder.reload(folder.path(), &format!("{head}{door}{attic}"));
    recorder.wait_for("1 camera started, 1 camera stopped", 1);
    recorder.wait_for("attic: streaming", 1);

    recorder.reload(folder.path(), &format!("{head}colour = 'red'\n{door}"));
    recorder.wait_for("line 4: colour: there is no such key", 1);
    let finished = recorder.count("door: finished");
    recorder.wait_for("door: finished", finished + 2);
    recorder.interrupt();

    assert_eq!(visits.load(Ordering::SeqCst), 1, "the camera was connected to once");
    let segments = folder.path().join("segments");
    let door = fs::read_dir(segments.join("door")).unwrap();
    let written: usize = door.map(|file| packets(&file.unwrap().path())).sum();
    let written = u64::try_from(written).unwrap();
    assert_eq!(recorder.account("door"), (written, written, 0), "{}", recorder.0.output());
    assert!(segments.join("attic").exists());
}

/// A pipe stands for a disk that does not answer: who opens it waits for ever.
#[test]
fn a_change_of_the_file_does_not_wait_for_the_index() {
    let folder = TempDir::new().unwrap();
    let port = port::free();
    let _camera = test_camera(folder.path(), port);
    let config = one_camera(60, &format!("http://127.0.0.1:{port}/stream"));
    let recorder = Recorder::start(folder.path(), &config);
    recorder.wait_for("door: writing", 1);
    let index = folder.path().join("segments/index.sqlite");
    fs::rename(&index, folder.path().join("segments/index.away")).unwrap();
    assert!(command("mkfifo", "coreutils").arg(&index).status().unwrap().success());
    let yard = format!("[[camera]]\nname = 'yard'\nlocation = 'http://127.0.0.1:{port}/stream'\n");
    recorder.reload(folder.path(), &format!("{config}{yard}"));
    recorder.wait_for("1 camera started, 0 cameras stopped", 1);
    recorder.wait_for("yard: streaming", 1);
    recorder.interrupt();
}

#[test]
fn a_camera_is_looked_at_and_its_lines_are_right() {
    let folder = TempDir::new().unwrap();
    let port = port::free();
    let _camera = test_camera(folder.path(), port);
    let mut program = example("mjpeg-record");
    let url = format!("http://me:secret@127.0.0.1:{port}/stream");
    let output = program.args(["--add", &url, "--timeout", "7"]).output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && !lines.contains("secret"), "{lines}");
    fs::write(folder.path().join("password"), "secret").unwrap();
    let file = folder.path().join("cameras.toml");
    fs::write(&file, format!("folder = 'x'\n{lines}")).unwrap();
    let checked = example("mjpeg-record").arg("--check").arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(checked.status.success() && said.contains("1 camera, nothing is wrong"), "{said}");
}

#[test]
fn the_check_tells_what_would_keep_the_recorder_from_its_start() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("cameras.toml");
    let is_told = |text: &str, mistakes: &[&str]| {
        fs::write(&file, text).unwrap();
        let checked = example("mjpeg-record").arg("--check").arg(&file).output().unwrap();
        let said = String::from_utf8_lossy(&checked.stderr).into_owned();
        assert_eq!(checked.status.code(), Some(1), "{said}");
        for mistake in mistakes {
            assert!(said.contains(&format!("cameras.toml: {mistake}")), "{said}");
        }
    };
    is_told(
        "folder = 'x'\nlisten = '0.0.0.0:0'\npeers = ['https://other']\n",
        &["line 2: listen: ", "line 3: peers: https://other: "],
    );
    is_told(
        "folder = 'cameras.toml/x'\non-segment = 'no-such-program {file}'\n",
        &["line 1: folder: nothing can be recorded to ", "line 2: on-segment: there is no program"],
    );
    is_told(
        "folder = 'x'\non-segment = '/no/such/program'\n",
        &["line 2: on-segment: there is no"],
    );
    assert!(!folder.path().join("x").exists());
}

/// Beside it is nothing: no password, no folder.
#[test]
fn the_file_that_comes_with_it_records_the_test_camera() {
    let folder = TempDir::new().unwrap();
    let port = port::free();
    let _camera = test_camera(folder.path(), port);
    let config = fs::read_to_string(example::source("mjpeg-record/cameras.toml")).unwrap();
    let here = config.replace("127.0.0.1:8080", &format!("127.0.0.1:{port}"));
    assert_ne!(config, here, "it does not have the address of the test camera");
    // Nor shall the other one be looked for in the outside world.
    let recorder = Recorder::start(
        folder.path(),
        &here.replace("192.0.2.7", &format!("127.0.0.1:{}", port::free())),
    );
    recorder.wait_for("door: writing", 1);
    recorder.wait_for("yard: waiting", 1);
    recorder.interrupt();
    let segments = segments(&folder.path().join("recordings"));
    assert_eq!(segments.len(), 1);
    assert!(packets(&segments[0]) > 0);
}

#[test]
fn a_mistake_in_the_file_is_an_error_with_its_place() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("cameras.toml");
    fs::write(&file, "folder = 'x'\nsegment = 'long'\nquota = 7\n").unwrap();
    let output = example("mjpeg-record").arg(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    for words in ["cameras.toml: line 2: segment: expected 1 to", "line 3: quota: expected"] {
        assert!(error.contains(words), "{words} is missing in\n{error}");
    }
}

//! What is recorded, from the first picture to the end.

use super::*;

/// In bytes.
const QUOTA: u64 = 400_000;

#[test]
fn segments_end_with_the_clock_are_kept_within_the_quota_and_finished() {
    let began = SystemTime::now();
    let folder = TempDir::new().unwrap();
    let port = port::free();
    let door = test_camera(folder.path(), port);
    let yard = camera_of_another_size_every_40_pictures();
    let recorder = Recorder::start(
        folder.path(),
        &format!(
            "folder = 'segments'\nsegment = 1\nquota = '{} kB'\nreserve = '1 kB'\n\
             [[camera]]\nname = 'door'\nlocation = 'http://127.0.0.1:{port}/stream'\nretry-max = 1\n\
             [[camera]]\nname = 'yard'\nlocation = '{}'\nretry-max = 1\n\
             [[camera]]\nname = 'attic'\nlocation = 'http://127.0.0.1:{}/'\nretry-max = 1\n",
            QUOTA / 1000,
            yard.url(),
            port::free(),
        ),
    );
    recorder.wait_for("door: streaming", 1);
    recorder.wait_for("attic: waiting", 1);
    recorder.wait_for("yard: writing", 1);
    recorder.wait_for("door: finished", 1);

    drop(door);
    recorder.wait_for("door: waiting", 1);
    let _door = test_camera(folder.path(), port);
    recorder.wait_for("door: streaming", 2);
    recorder.wait_for("yard: finished", 6);
    recorder.wait_for("deleted ", 2);
    recorder.interrupt();

    let segments = segments(&folder.path().join("segments"));
    let said = recorder.0.output();
    assert!(!said.contains("CRITICAL") && !said.contains("cannot delete"), "{said}");
    let bytes: u64 = segments.iter().map(|file| fs::metadata(file).unwrap().len()).sum();
    assert!(bytes <= QUOTA, "{bytes} bytes are left");
    assert!(segments.iter().any(|file| file.to_string_lossy().contains("/door/")));
    // The camera of 2001 is recorded now, and does not take the others' room.
    let [from, to] = [began, SystemTime::now()].map(name_of);
    for file in &segments {
        assert!(packets(file) > 0, "{}", file.display());
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let second = name.split_at("2026-11-22T13-05-00".len()).0;
        assert!(
            from.as_str() <= second && second <= to.as_str(),
            "{name} is not within {from} and {to}"
        );
    }
    recorder.accounts_for_all(&["door", "yard"]);
}

/// The element's own state tells the recorder nothing new then: it has no picture yet.
#[test]
fn ctrl_c_ends_while_the_camera_is_away() {
    let folder = TempDir::new().unwrap();
    let camera = Camera::start(|mut visit| {
        if visit.number == 0 {
            visit.send(HEAD)?;
            for seed in 0..10 {
                visit.send(part(&jpeg(seed, 320, 240, 2000), None))?;
            }
        }
        Ok(())
    });
    let recorder = Recorder::start(folder.path(), &one_camera(60, &camera.url()));
    recorder.wait_for("door: writing", 1);
    recorder.wait_for("door: waiting", 1);
    recorder.interrupt();
    let segments = segments(&folder.path().join("segments"));
    assert_eq!(segments.iter().map(|file| packets(file)).collect::<Vec<_>>(), [10]);
}

/// Not one empty file for each attempt.
#[test]
fn a_camera_that_refuses_the_login_leaves_no_file() {
    let camera = Camera::answering(
        "HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"r\"\r\n\r\n",
    );
    let folder = TempDir::new().unwrap();
    let recorder = Recorder::start(folder.path(), &one_camera(60, &camera.url()));
    recorder.wait_for("asks for a login", 1);
    recorder.interrupt();
    assert!(!folder.path().join("segments/door").exists());
}

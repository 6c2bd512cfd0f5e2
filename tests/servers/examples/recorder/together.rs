//! Beside other recorders, and under systemd.

use super::*;

#[test]
fn shares_record_each_camera_once_and_a_restart_disturbs_no_other() {
    let folder = TempDir::new().unwrap();
    let port = port::free();
    let _camera = test_camera(folder.path(), port);
    let names: Vec<_> = (1..=8).map(|number| format!("camera {number}")).collect();
    let cameras = names.iter().map(|name| {
        format!("[[camera]]\nname = '{name}'\nlocation = 'http://127.0.0.1:{port}/stream'\n")
    });
    let config = format!(
        "folder = 'segments'\nsegment = 3600\nreserve = '1 kB'\n{}",
        cameras.collect::<String>()
    );
    let file = folder.path().join("cameras.toml");
    fs::write(&file, config).unwrap();
    let share = |number: u32| {
        let mut program = example("mjpeg-record");
        program.arg(&file).args(["--share", &format!("{number}/3")]);
        Recorder(Process::start(&mut program, &folder.path().join(format!("{number}.log"))))
    };
    let mut shares: Vec<_> = (1..=3).map(share).collect();
    let all = |shares: &[Recorder]| {
        let found = wait::until(PATIENCE, || {
            let writing = |share: &Recorder| share.count(": writing ");
            (shares.iter().map(writing).sum::<usize>() >= names.len()).then_some(())
        });
        assert!(
            found.is_some(),
            "{:#?}",
            shares.iter().map(|one| one.0.output()).collect::<Vec<_>>()
        );
    };
    all(&shares);
    for name in &names {
        let streams = || shares.iter().any(|share| share.count(&format!("{name}: streaming")) > 0);
        assert!(wait::until(PATIENCE, || streams().then_some(())).is_some(), "{name}");
        let by = shares.iter().filter(|share| share.count(&format!("{name}: streaming")) > 0);
        assert_eq!(by.count(), 1, "{name}");
    }
    shares[1].0.kill();
    shares[1] = share(2);
    all(&shares);
    for share in [&shares[0], &shares[2]] {
        let said = share.0.output();
        assert!(!said.contains("waiting") && !said.contains("finished"), "{said}");
    }
    shares.iter().for_each(Recorder::interrupt);
}

#[cfg(target_os = "linux")]
#[test]
fn systemd_is_told_when_it_is_ready_and_who_is_away() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("notify");
    let socket = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let file = folder.path().join("cameras.toml");
    let away = port::free();
    fs::write(
        &file,
        format!(
            "folder = 'x'\n[[camera]]\nname = 'attic'\nlocation = 'http://127.0.0.1:{away}/'\n"
        ),
    )
    .unwrap();
    let mut program = example("mjpeg-record");
    program.arg(&file).env("NOTIFY_SOCKET", &path);
    let recorder = Recorder(Process::start(&mut program, &folder.path().join("recorder.log")));
    let wait_for = |text: &str| {
        let mut space = [0; 4096];
        while let Ok(size) = socket.recv(&mut space) {
            if String::from_utf8_lossy(&space[..size]).contains(text) {
                return;
            }
        }
        panic!("{text} is not told; {}", recorder.0.output());
    };
    wait_for("READY=1");
    wait_for("WATCHDOG=1");
    wait_for("STATUS=0 of 1 camera stream; away: attic");
    recorder.interrupt();
    wait_for("STOPPING=1");
}

use super::*;

fn room(quota: Option<u64>, door: Option<u64>) -> Room {
    let camera = Limits { quota: door, keep: Some(Duration::from_secs(5)) };
    Room {
        limits: Limits { quota, keep: Some(Duration::from_secs(9)) },
        reserve: 100,
        cameras: [("door".to_owned(), camera)].into(),
        sums: [("door".to_owned(), 60), ("sold".to_owned(), 30)].into(),
        ..Room::without_limits()
    }
}

#[test]
fn what_is_too_much_is_told_from_the_sums() {
    let growing = HashMap::from([("door".to_owned(), 5)]);
    let door = || Some(Excess::Camera("door".into()));
    for (quota, of_door, free, expected) in [
        (None, None, None, None),
        (Some(95), Some(65), Some(100), None),
        (Some(94), Some(65), Some(100), Some(Excess::Quota)),
        (Some(94), Some(64), Some(100), door()),
        (None, None, Some(99), Some(Excess::Reserve)),
    ] {
        let room = room(quota, of_door);
        assert_eq!(room.excess(&growing, free, &[]), expected, "{quota:?}, {of_door:?}, {free:?}");
    }
}

#[test]
fn what_cannot_be_mended_hides_nothing_else() {
    let growing = HashMap::from([("door".to_owned(), 5)]);
    let mut room = room(Some(94), Some(64));
    room.ask_for_more();
    let mut hopeless = Vec::new();
    while let Some(excess) = room.excess(&growing, Some(99), &hopeless) {
        hopeless.push(excess);
    }
    let door = Excess::Camera("door".into());
    assert_eq!(hopeless, [door, Excess::Quota, Excess::Reserve, Excess::NoRoom]);
}

#[test]
fn a_disk_that_frees_late_is_waited_for() {
    let mut room = room(None, None);
    let excess = |room: &Room, free| room.excess(&HashMap::new(), Some(free), &[]);
    room.pending.add(50, Some(60));
    assert_eq!(excess(&room, 60), None, "it comes still");
    assert_eq!(excess(&room, 40), Some(Excess::Reserve), "that is not enough");
}

#[test]
fn the_shorter_time_to_keep_holds() {
    let room = room(None, None);
    assert_eq!(room.keep("door"), Some(Duration::from_secs(5)));
    assert_eq!(room.keep("sold"), Some(Duration::from_secs(9)));
}

#[test]
fn a_clock_is_trusted_after_an_hour_in_which_nobody_set_it() {
    let mut room = room(None, None);
    assert!(!room.trusts_clock());
    let long_ago = Instant::now().checked_sub(TRUSTED).expect("an hour ago");
    room.trusted = (Time(Time::now().0 - 60 * 60 * 1000), long_ago);
    assert!(room.trusts_clock());
    for wrong in [-400 * 24, -2, 1] {
        room.trusted = (Time(Time::now().0 + wrong * 60 * 60 * 1000), long_ago);
        assert!(!room.trusts_clock(), "{wrong} hours");
    }
}

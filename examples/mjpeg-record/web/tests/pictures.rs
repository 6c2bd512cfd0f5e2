//! Live pictures.

use std::net::Shutdown;

use super::*;

#[test]
fn a_camera_is_a_multipart_of_its_pictures_as_they_came() {
    let site = Site::with(&["front door"]);
    site.show("front door", b"first");
    let (answer, mut reader) = site.pictures("/cameras/front%20door/live");
    assert_eq!(answer.field("content-type"), "multipart/x-mixed-replace; boundary=picture");
    let (fields, picture) = part(&mut reader);
    assert_eq!(picture, b"first");
    assert_eq!(field(&fields, "content-type"), "image/jpeg");
    assert_eq!(field(&fields, "x-timestamp"), "1000000000.007");
    for jpeg in ["second", "third\r\n--picture\r\n"] {
        site.show("front door", jpeg.as_bytes());
        assert_eq!(part(&mut reader).1, jpeg.as_bytes());
    }
    let picture = site.get("/cameras/front%20door/picture");
    assert_eq!(picture.field("content-type"), "image/jpeg");
    assert_eq!(picture.body, b"third\r\n--picture\r\n");
}

#[test]
fn all_cameras_come_over_one_connection() {
    let site = Site::with(&["door", "門"]);
    site.show("door", b"of the door");
    site.show("門", b"of the gate");
    let (answer, mut reader) = site.pictures("/live");
    assert_eq!(answer.field("content-type"), "multipart/mixed; boundary=picture");
    let mut take = || {
        let (fields, picture) = part(&mut reader);
        (field(&fields, "x-camera").to_owned(), picture)
    };
    assert_eq!(take(), ("door".into(), b"of the door".to_vec()));
    assert_eq!(take(), ("%E9%96%80".into(), b"of the gate".to_vec()));
    site.show("door", b"newer");
    assert_eq!(take(), ("door".into(), b"newer".to_vec()));

    // One that is added later is there within a second.
    let mut cameras = site.board.cameras();
    cameras.push(Entry::new("attic"));
    site.board.set_cameras(cameras);
    site.show("attic", b"of the attic");
    assert_eq!(take(), ("attic".into(), b"of the attic".to_vec()));
}

#[test]
fn a_slow_viewer_gets_the_newest_picture_and_holds_up_nobody() {
    const SIZE: usize = 200_000;
    const COUNT: u8 = 200;
    let site = Site::with(&["door"]);
    site.show("door", &vec![0; SIZE]);
    let (_, mut slow) = site.pictures("/cameras/door/live");
    let (_, mut quick) = site.pictures("/cameras/door/live");
    assert_eq!(part(&mut quick).1[0], 0);
    for number in 1..=COUNT {
        site.show("door", &vec![number; SIZE]);
        assert_eq!(part(&mut quick).1[0], number);
    }
    // What lies in the buffers of both ends came before; the newest one is not long behind.
    let mut missed = 0;
    let mut last = 0;
    for taken in 1.. {
        last = part(&mut slow).1[0];
        missed = usize::from(last) + 1 - taken;
        if last == COUNT {
            break;
        }
    }
    assert_eq!(last, COUNT);
    assert!(missed > usize::from(COUNT) / 2, "{missed} were missed, the others waited");
}

#[test]
fn a_viewer_that_leaves_is_forgotten() {
    let site = Site::with(&["door"]);
    site.show("door", b"jpeg");
    let camera = site.camera("door");
    let (_, mut reader) = site.pictures("/cameras/door/live");
    part(&mut reader);
    assert_eq!(camera.viewers(), 1);
    reader.get_ref().shutdown(Shutdown::Both).expect("an end");
    until(|| (camera.viewers() == 0).then_some(()));
}

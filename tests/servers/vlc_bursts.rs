//! VLC's server sends its pictures in bursts. In a file that counts in milliseconds each has
//! one of its own all the same.

use crate::common::element::init;
use crate::common::recorded::{play, read_back};
use crate::programs::servers;
use tempfile::TempDir;

#[test]
fn no_two_pictures_have_the_same_millisecond() {
    init();
    let camera = servers::vlc("#standard{access=http,mux=mpjpeg,dst=DST}");
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("camera.mkv");
    let url = camera.url("/cam.mjpg");
    let mux = format!("matroskamux ! filesink location={}", file.display());
    play(&format!("mjpeghttpsrc location={url} num-buffers=60 ! {mux}"));
    let pictures = read_back(&file, "matroskademux");
    assert_eq!(pictures.len(), 60);
    let times = pictures.iter().map(|(time, _)| time.mseconds()).collect::<Vec<_>>();
    assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "{times:?}");
}

//! What happens to cables, packets, addresses and names, on a network of the tests' own.

use std::net::{TcpListener, UdpSocket};
use std::time::{Duration, Instant};

use crate::alone;
use crate::common::element::Pipeline;
use crate::programs::namespaces::{CAMERA, CAMERA_MOVED, Network, on_a_network};
use crate::programs::wait;
use crate::relay::camera::{NumberedCamera, Wire};
use crate::relay::viewer::Viewer;

const PORT: u16 = 8080;
const NAME: &str = "camera.test";
/// What waits for the network does so for a second.
const PROPERTIES: &str =
    "retry-backoff-factor=0.02 retry-backoff-max=0.1 connect-timeout=1 timeout=1";
/// An attempt that began before the camera was back, the back-off, and a second.
const SOON: Duration = Duration::from_millis(1000 + 100 + 1000);
/// Change of state, on a busy machine. Who waits for the name here waits for a minute.
const PROMPT: Duration = Duration::from_secs(1);

#[test]
fn a_cable_that_was_pulled() {
    let _alone = alone();
    on_a_network("network::a_cable_that_was_pulled", |network| {
        let camera = camera(network);
        let mut viewer = Viewer::start(&url(CAMERA), PROPERTIES);
        viewer.see(20);
        for round in 0..3 {
            network.pull_cable();
            wait_for_retries(&viewer, 2);
            network.plug_cable();
            assert_soon(&mut viewer, &camera, &format!("cable, round {round}"));
        }
    });
}

#[test]
fn lost_packets_cost_no_picture() {
    let _alone = alone();
    on_a_network("network::lost_packets_cost_no_picture", |network| {
        network.lose_packets(5);
        let _camera = camera(network);
        let mut viewer = Viewer::start(&url(CAMERA), "");
        viewer.see(500);
        let lost = network.lost_packets();
        println!("500 pictures, {lost} packets lost");
        assert!(lost > 10, "only {lost} packets lost");
        assert_eq!(viewer.retries(), 0);
        assert!(viewer.seen.pictures >= 500, "only {} pictures", viewer.seen.pictures);
    });
}

#[test]
fn a_camera_that_moves_to_another_address() {
    let _alone = alone();
    on_a_network("network::a_camera_that_moves_to_another_address", |network| {
        network.write_hosts(&format!("{CAMERA} {NAME}\n"));
        let camera = camera(network);
        let mut viewer = Viewer::start(&url(NAME), PROPERTIES);
        viewer.see(20);
        for (old, new) in [(CAMERA, CAMERA_MOVED), (CAMERA_MOVED, CAMERA)] {
            network.take_from_camera(old);
            network.give_camera(new);
            wait_for_retries(&viewer, 1);
            network.write_hosts(&format!("{new} {NAME}\n"));
            assert_soon(&mut viewer, &camera, new);
        }
    });
}

#[test]
fn a_name_server_that_is_silent() {
    let _alone = alone();
    on_a_network("network::a_name_server_that_is_silent", |network| {
        let name_server = network.at_camera(|| UdpSocket::bind((CAMERA, 53)).unwrap());
        name_server.set_read_timeout(Some(wait::PATIENCE)).unwrap();
        let camera = camera(network);
        let pipeline = Pipeline::new(&url(NAME), "connect-timeout=60");
        for state in [gst::State::Ready, gst::State::Null, gst::State::Ready, gst::State::Null] {
            pipeline.play();
            pipeline.wait_for_state("connecting");
            name_server.recv(&mut [0; 512]).expect("the name is asked for");
            let took = pipeline.change(state);
            println!("{state:?} after {took:.1?}");
            assert!(took < PROMPT, "{state:?} took {took:?}");
        }
        let mut viewer = Viewer::start(&url(NAME), PROPERTIES);
        wait_for_retries(&viewer, 2);
        network.write_hosts(&format!("{CAMERA} {NAME}\n"));
        assert_soon(&mut viewer, &camera, "name");
    });
}

fn camera(network: &Network) -> NumberedCamera {
    network.at_camera(|| {
        let listener = TcpListener::bind(("0.0.0.0", PORT)).unwrap();
        NumberedCamera::at(listener, Wire::Plain)
    })
}

fn url(host: &str) -> String {
    format!("http://{host}:{PORT}/")
}

/// Waits until so many more attempts have failed.
fn wait_for_retries(viewer: &Viewer, more: u64) {
    let enough = viewer.retries() + more;
    wait::until(wait::PATIENCE, || (viewer.retries() >= enough).then_some(()))
        .expect("attempts go on");
}

/// The camera is back now.
fn assert_soon(viewer: &mut Viewer, camera: &NumberedCamera, what: &str) {
    let back = Instant::now();
    viewer.see(camera.next());
    let away = back.elapsed();
    println!("{what}: a new picture after {away:.0?}");
    assert!(away <= SOON, "{what}: away for {away:?}");
}

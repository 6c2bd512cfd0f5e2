//! A network of two hosts that nothing outside can see: network namespaces and a cable
//! between them (ip-netns(8), veth(4)).

use std::env;
use std::fs::{self, File};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::process::command;

/// The network as a test that runs at the viewer's end sees it.
pub(crate) struct Network {
    viewer: String,
    camera: String,
}

/// The addresses of the camera's end; which of them it has is up to the test.
pub(crate) const CAMERA: &str = "10.99.0.2";
pub(crate) const CAMERA_MOVED: &str = "10.99.0.3";
const VIEWER: &str = "10.99.0.1";
/// Says to the test that it runs at the viewer's end already.
const INSIDE: &str = "MJPEGHTTP_TEST_NETWORK";
/// The end of the cable, on either side.
const CABLE: &str = "cable";

/// Runs the test called `name`, with its module, once more at the viewer's end of a new network, where
/// `body` does its work. Says so and does nothing where that is not allowed.
pub(crate) fn on_a_network(name: &str, body: impl FnOnce(&Network)) {
    if let Ok(names) = env::var(INSIDE) {
        let (viewer, camera) = names.split_once(' ').expect("two names");
        body(&Network { viewer: viewer.into(), camera: camera.into() });
        return;
    }
    let laid = match Laid::new(name) {
        Ok(laid) => laid,
        Err(why) => {
            println!("SKIPPED {name}: no network namespaces here ({why})");
            return;
        }
    };
    let mut again = command("ip", "iproute2");
    again.args(["netns", "exec", &laid.0.viewer]);
    again.arg(env::current_exe().expect("the test program has a path"));
    again.args(["--exact", name, "--nocapture"]);
    again.env(INSIDE, format!("{} {}", laid.0.viewer, laid.0.camera));
    let output = again.output().expect("ip starts");
    print!("{}", String::from_utf8_lossy(&output.stdout));
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{name} failed inside its network");
}

impl Network {
    /// Runs `work` on a thread at the camera's end; threads it starts are there too.
    pub(crate) fn at_camera<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        let space = File::open(Path::new("/run/netns").join(&self.camera)).expect("it is there");
        let enter_and_work = || {
            move_into_link_name_space(space.as_fd(), Some(LinkNameSpaceType::Network))
                .expect("ip could");
            work()
        };
        thread::scope(|scope| scope.spawn(enter_and_work).join().expect("the work can be done"))
    }

    /// Pulls the cable out of the camera.
    pub(crate) fn pull_cable(&self) {
        self.ip_at_camera(&["link", "set", CABLE, "down"]);
    }

    pub(crate) fn plug_cable(&self) {
        self.ip_at_camera(&["link", "set", CABLE, "up"]);
    }

    pub(crate) fn give_camera(&self, address: &str) {
        self.ip_at_camera(&["address", "add", &format!("{address}/24"), "dev", CABLE]);
    }

    pub(crate) fn take_from_camera(&self, address: &str) {
        self.ip_at_camera(&["address", "del", &format!("{address}/24"), "dev", CABLE]);
    }

    fn ip_at_camera(&self, arguments: &[&str]) {
        run(command("ip", "iproute2").args(["-n", &self.camera]).args(arguments)).unwrap();
    }

    /// Loses so many per cent of the packets, on either side.
    pub(crate) fn lose_packets(&self, percent: u32) {
        let rule = format!("numgen random mod 100 < {percent} counter drop");
        let table = format!(
            "table inet loss {{ chain in {{ type filter hook input priority 0; {rule}; }}; }}"
        );
        for end in [&self.viewer, &self.camera] {
            run(nft(end).arg(&table)).unwrap();
        }
    }

    /// Packets lost so far.
    pub(crate) fn lost_packets(&self) -> u64 {
        let lost_at = |end| {
            let rules = run(nft(end).args(["list", "table", "inet", "loss"])).unwrap();
            let count = rules.split("packets ").nth(1).expect("a counter");
            count.split(' ').next().expect("a number").parse::<u64>().expect("a number")
        };
        lost_at(&self.viewer) + lost_at(&self.camera)
    }

    /// What the viewer's end knows by name without asking anybody.
    pub(crate) fn write_hosts(&self, hosts: &str) {
        // In place: the file is mounted.
        fs::write(configuration(&self.viewer).join("hosts"), hosts).expect("root may");
    }
}

/// The two ends and the cable; they go when this goes.
struct Laid(Network);

impl Laid {
    fn new(name: &str) -> Result<Self, String> {
        let id = std::process::id();
        let end = |side| format!("mjpeghttp-{id}-{name}-{side}");
        let laid = Self(Network { viewer: end("viewer"), camera: end("camera") });
        let Network { viewer, camera } = &laid.0;
        let ip = |line: String| run(command("ip", "iproute2").args(line.split(' ')));
        ip(format!("netns add {viewer}"))?;
        ip(format!("netns add {camera}"))?;
        ip(format!("-n {viewer} link add {CABLE} type veth peer name {CABLE} netns {camera}"))?;
        ip(format!("-n {viewer} address add {VIEWER}/24 dev {CABLE}"))?;
        for end in [viewer, camera] {
            ip(format!("-n {end} link set {CABLE} up"))?;
        }
        laid.0.give_camera(CAMERA);
        let folder = configuration(viewer);
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let name_server = format!("nameserver {CAMERA}\n");
        fs::write(folder.join("resolv.conf"), name_server).map_err(|error| error.to_string())?;
        fs::write(folder.join("hosts"), "").map_err(|error| error.to_string())?;
        Ok(laid)
    }
}

impl Drop for Laid {
    fn drop(&mut self) {
        for end in [&self.0.viewer, &self.0.camera] {
            // It may not have come to be.
            let _ = run(command("ip", "iproute2").args(["netns", "del", end]));
        }
        let _ = fs::remove_dir_all(configuration(&self.0.viewer));
    }
}

fn nft(end: &str) -> Command {
    let mut ip = command("ip", "iproute2");
    ip.args(["netns", "exec", end, "nft"]);
    ip
}

/// Files that `ip netns exec` shows instead of those in `/etc`.
fn configuration(end: &str) -> PathBuf {
    Path::new("/etc/netns").join(end)
}

/// What the program says; its complaint if it fails.
fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}

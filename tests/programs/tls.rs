//! Servers that speak TLS.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use super::certificates::Pair;
use super::process::command;
use super::server::Server;

/// OpenSSL's own server, which answers `/stream` with these bytes, head and all.
pub(crate) fn openssl(pair: &Pair, options: &[&str], answer: &[u8]) -> Server {
    Server::start(|folder, port| {
        fs::write(folder.join("stream"), answer).expect("a file in the folder");
        let mut command = command("openssl", "openssl");
        command
            .args(["s_server", "-HTTP", "-accept", &format!("127.0.0.1:{port}")])
            .arg("-cert")
            .arg(&pair.certificate)
            .arg("-key")
            .arg(&pair.key)
            .args(options);
        command
    })
}

/// socat in front of a camera at this address: TLS 1.2 with RSA key exchange and CBC.
pub(crate) fn old_socat(pair: &Pair, camera: SocketAddr) -> Server {
    Server::start(|_, port| {
        let mut command = command("socat", "socat");
        command
            .arg(format!(
                "OPENSSL-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr,verify=0,cert={},key={},\
                 openssl-max-proto-version=TLS1.2,cipher=AES128-SHA",
                pair.certificate.display(),
                pair.key.display(),
            ))
            .arg(format!("TCP:{camera}"));
        command
    })
}

/// OpenSSL's own server, which sends this answer to the first who comes, and then wants to
/// begin the session anew, ten times a second.
pub(crate) fn renegotiating(pair: &Pair, answer: &[u8]) -> Server {
    // A line that begins with R is a command (s_server(1), "CONNECTED COMMANDS").
    const SCRIPT: &str = "(cat answer; while sleep 0.1; do echo R; done) | exec \"$@\"";
    Server::start(|folder, port| {
        fs::write(folder.join("answer"), answer).expect("a file in the folder");
        let mut command = command("sh", "dash");
        command
            .args(["-c", SCRIPT, "sh", "openssl", "s_server", "-tls1_2", "-accept"])
            .arg(format!("127.0.0.1:{port}"))
            .arg("-cert")
            .arg(&pair.certificate)
            .arg("-key")
            .arg(&pair.key);
        command
    })
}

/// Caddy in front of a camera, which is an authority itself: its certificate is `root`,
/// seen from its folder.
pub(crate) fn caddy(behind: Server) -> Server {
    let upstream = behind.port();
    let caddy = Server::start(|folder, port| {
        let configuration = format!(
            "{{
                 admin off
                 auto_https disable_redirects
                 skip_install_trust
                 storage file_system {folder}
             }}
             https://127.0.0.1:{port} {{
                 tls internal
                 reverse_proxy 127.0.0.1:{upstream}
             }}\n",
            folder = folder.display(),
        );
        let file = folder.join("Caddyfile");
        fs::write(&file, configuration).expect("a file in the folder");
        let mut command = command("caddy", "caddy");
        command.env("HOME", folder).args(["run", "--config"]).arg(file);
        command
    });
    caddy.in_front_of(behind)
}

/// Where Caddy keeps the certificate of its authority.
pub(crate) fn caddy_root(folder: &Path) -> std::path::PathBuf {
    folder.join("pki/authorities/local/root.crt")
}

//! Proxies of the kinds that people have in front of their cameras.

use std::fs;
use std::path::Path;

use super::certificates::Pair;
use super::doors::{Visitor, apache_hash, digest_line};
use super::process::{command, give_to_unprivileged, unprivileged};
use super::server::Server;

/// squid, which asks for nothing.
pub(crate) fn squid() -> Server {
    squid_with(|_| "http_access allow all".into())
}

/// squid, which lets nobody through to other ports than 443, as Debian's does.
pub(crate) fn squid_for_few_ports() -> Server {
    squid_with(|_| {
        "acl ssl port 443
         acl CONNECT method CONNECT
         http_access deny CONNECT !ssl
         http_access allow all"
            .into()
    })
}

/// squid with a login by `Basic` or `Digest`.
pub(crate) fn squid_with_login(scheme: &str, visitor: &Visitor) -> Server {
    squid_with(|folder| {
        let users = folder.join("users");
        let (program, line) = if scheme == "Digest" {
            ("digest_file_auth -c", digest_line(visitor))
        } else {
            let hash = apache_hash(visitor.password);
            ("basic_ncsa_auth", format!("{}:{hash}\n", visitor.user).into_bytes())
        };
        fs::write(&users, line).expect("a file in the folder");
        format!(
            "auth_param {scheme} program /usr/lib/squid/{program} {users}
             auth_param {scheme} children 1
             auth_param {scheme} realm {realm}
             acl known proxy_auth REQUIRED
             http_access allow known
             http_access deny all",
            scheme = scheme.to_lowercase(),
            users = users.display(),
            realm = String::from_utf8_lossy(visitor.realm),
        )
    })
}

fn squid_with(rules: impl Fn(&Path) -> String) -> Server {
    Server::start(|folder, port| {
        let configuration = format!(
            "http_port 127.0.0.1:{port}
             visible_hostname localhost
             pid_filename {folder}/squid.pid
             coredump_dir {folder}
             cache_log {folder}/cache.log
             access_log none
             netdb_filename none
             pinger_enable off
             cache deny all
             {rules}\n",
            folder = folder.display(),
            rules = rules(folder),
        );
        let file = folder.join("squid.conf");
        fs::write(&file, configuration).expect("a file in the folder");
        give_to_unprivileged(folder);
        let mut command = unprivileged("squid", "squid");
        command.args(["-N", "-f"]).arg(file);
        command
    })
}

/// tinyproxy; `more` are settings of its, a line each.
pub(crate) fn tinyproxy(more: &str) -> Server {
    Server::start(|folder, port| {
        let configuration = format!("Port {port}\nListen 127.0.0.1\nTimeout 60\n{more}\n");
        let file = folder.join("tinyproxy.conf");
        fs::write(&file, configuration).expect("a file in the folder");
        let mut command = command("tinyproxy", "tinyproxy");
        command.arg("-d").arg("-c").arg(file);
        command
    })
}

/// The same proxy, spoken with over TLS.
pub(crate) fn over_tls(behind: Server, pair: &Pair) -> Server {
    let upstream = behind.port();
    let socat = Server::start(|_, port| {
        let mut command = command("socat", "socat");
        command
            .arg(format!(
                "OPENSSL-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr,verify=0,cert={},key={}",
                pair.certificate.display(),
                pair.key.display(),
            ))
            .arg(format!("TCP:127.0.0.1:{upstream}"));
        command
    });
    socat.in_front_of(behind)
}

/// A SOCKS 5 proxy; a login is user and password.
pub(crate) fn microsocks(login: Option<(&str, &str)>) -> Server {
    Server::start(|_, port| {
        let mut command = command("microsocks", "microsocks");
        command.args(["-i", "127.0.0.1", "-p", &port.to_string()]);
        if let Some((user, password)) = login {
            command.args(["-u", user, "-P", password]);
        }
        command
    })
}

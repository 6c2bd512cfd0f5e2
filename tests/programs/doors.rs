//! Web servers that ask for a login before they pass a camera on.

use std::fs;

use md5::{Digest, Md5};
use sha2::Sha256;

use super::process::{command, give_to_unprivileged, unprivileged};
use super::server::Server;

/// Who may come in, as bytes: servers do not care for character sets.
pub(crate) struct Visitor {
    pub(crate) user: &'static str,
    pub(crate) password: &'static str,
    pub(crate) realm: &'static [u8],
}

/// Apache with `AuthType Digest` (MD5, qop=auth) or `Basic`; it writes the status of each answer
/// to `access.log`.
pub(crate) fn apache(behind: Server, auth: &str, visitor: &Visitor) -> Server {
    apache_with(behind, auth, visitor, "")
}

/// The same with more directives for what the login is for.
pub(crate) fn apache_with(behind: Server, auth: &str, visitor: &Visitor, more: &str) -> Server {
    let upstream = behind.port();
    let apache = Server::start(|folder, port| {
        const MODULES: [&str; 9] = [
            "mpm_event",
            "authn_core",
            "authn_file",
            "authz_core",
            "authz_user",
            "auth_basic",
            "auth_digest",
            "proxy",
            "proxy_http",
        ];
        let modules = MODULES.map(|name| {
            format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n")
        });
        let before = format!(
            "{modules}
             ServerRoot {folder}
             ServerName localhost
             Listen 127.0.0.1:{port}
             PidFile apache.pid
             DefaultRuntimeDir {folder}
             ErrorLog error.log
             LogFormat \"%>s\" status
             CustomLog access.log status
             ProxyPass / http://127.0.0.1:{upstream}/ flushpackets=on
             <Location />
             {more}
             AuthType {auth}
             AuthUserFile {folder}/users
             Require valid-user
             AuthName \"",
            modules = modules.concat(),
            folder = folder.display(),
        );
        let configuration = [before.as_bytes(), visitor.realm, b"\"\n</Location>\n"].concat();
        fs::write(folder.join("apache.conf"), configuration).expect("a file in the folder");
        let users = match auth {
            "Digest" => digest_line(visitor),
            _ => format!("{}:{}\n", visitor.user, apache_hash(visitor.password)).into_bytes(),
        };
        fs::write(folder.join("users"), users).expect("a file in the folder");
        give_to_unprivileged(folder);
        let mut command = unprivileged("apache2", "apache2-bin");
        command.args(["-D", "FOREGROUND", "-f"]).arg(folder.join("apache.conf"));
        command
    });
    apache.in_front_of(behind)
}

/// `user:realm:H(user:realm:password)`.
pub(crate) fn digest_line(visitor: &Visitor) -> Vec<u8> {
    let name = [visitor.user.as_bytes(), visitor.realm].join(&b':');
    let hash = Md5::digest([&name[..], visitor.password.as_bytes()].join(&b':'));
    [&name[..], b":", hex(&hash).as_bytes(), b"\n"].concat()
}

/// The same with SHA-256, and `H(user:realm)` behind it.
fn userhash_line(visitor: &Visitor) -> Vec<u8> {
    let name = [visitor.user.as_bytes(), visitor.realm].join(&b':');
    let hash = Sha256::digest([&name[..], visitor.password.as_bytes()].join(&b':'));
    let hashes = format!(":{}:{}\n", hex(&hash), hex(&Sha256::digest(&name)));
    [&name[..], hashes.as_bytes()].concat()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// What Apache's files of users hold for Basic.
pub(crate) fn apache_hash(password: &str) -> String {
    let output = command("openssl", "openssl").args(["passwd", "-apr1", password]).output();
    let output = output.expect("openssl starts");
    String::from_utf8(output.stdout).expect("ASCII").trim().to_owned()
}

/// lighttpd with these settings in its `auth.require`; it writes the status of each answer to
/// `access.log`.
pub(crate) fn lighttpd(behind: Server, require: &str, visitor: &Visitor) -> Server {
    let upstream = behind.port();
    let realm = String::from_utf8_lossy(visitor.realm);
    let lighttpd = Server::start(|folder, port| {
        let configuration = format!(
            "server.bind = \"127.0.0.1\"
             server.port = {port}
             server.document-root = \"{folder}\"
             server.modules = (\"mod_auth\", \"mod_authn_file\", \"mod_proxy\", \"mod_accesslog\")
             accesslog.filename = \"{folder}/access.log\"
             accesslog.format = \"%s\"
             server.stream-response-body = 2
             auth.backend = \"htdigest\"
             auth.backend.htdigest.userfile = \"{folder}/users\"
             auth.require = (\"/\" => (
                 {require},
                 \"realm\" => \"{realm}\",
                 \"require\" => \"valid-user\"
             ))
             proxy.server = (\"/\" => ((\"host\" => \"127.0.0.1\", \"port\" => {upstream})))\n",
            folder = folder.display(),
        );
        let file = folder.join("lighttpd.conf");
        fs::write(&file, configuration).expect("a file in the folder");
        let users = [digest_line(visitor), userhash_line(visitor)].concat();
        fs::write(folder.join("users"), users).expect("a file in the folder");
        let mut command = command("lighttpd", "lighttpd");
        command.arg("-D").arg("-f").arg(file);
        command
    });
    lighttpd.in_front_of(behind)
}

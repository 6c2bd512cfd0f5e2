//! nginx in front of a camera.

use std::fs;
use std::path::Path;

use super::certificates::Pair;
use super::process::command;
use super::server::Server;

/// Asks for a login before it passes `/stream` on.
pub(crate) fn with_login(behind: Server, login: &str, password: &str) -> Server {
    in_front_of(behind, |folder, port| {
        let users = format!("{login}:{{PLAIN}}{password}\n");
        fs::write(folder.join("users"), users).expect("a file in the folder");
        format!("listen 127.0.0.1:{port}; auth_basic cameras; auth_basic_user_file users;")
    })
}

/// Speaks TLS; `more` are settings of the server, a line each.
pub(crate) fn with_tls(behind: Server, pair: &Pair, more: &str) -> Server {
    in_front_of(behind, |_, port| {
        format!(
            "listen 127.0.0.1:{port} ssl;
             ssl_certificate {certificate};
             ssl_certificate_key {key};
             {more}",
            certificate = pair.certificate.display(),
            key = pair.key.display(),
        )
    })
}

/// `settings` tells those of the server by its folder and port.
fn in_front_of(behind: Server, settings: impl Fn(&Path, u16) -> String) -> Server {
    let upstream = behind.port();
    let nginx = Server::start(|folder, port| {
        let settings = settings(folder, port);
        let configuration = format!(
            "daemon off;
             master_process off;
             error_log stderr;
             pid nginx.pid;
             events {{}}
             http {{
                 access_log off;
                 client_body_temp_path body;
                 proxy_temp_path proxy;
                 fastcgi_temp_path fastcgi;
                 uwsgi_temp_path uwsgi;
                 scgi_temp_path scgi;
                 server {{
                     {settings}
                     location / {{
                         proxy_buffering off;
                         proxy_pass http://127.0.0.1:{upstream};
                     }}
                 }}
             }}\n"
        );
        let file = folder.join("nginx.conf");
        fs::write(&file, configuration).expect("a file in the folder");
        let mut command = command("nginx", "nginx");
        command.args(["-e", "stderr", "-p"]).arg(folder);
        command.arg("-c").arg(file);
        command
    });
    nginx.in_front_of(behind)
}

//! Certificates as cameras have them, made by OpenSSL.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::process::command;

/// A certificate and its key, in PEM files.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// What a certificate is to be like.
#[derive(Clone, Copy)]
pub(crate) struct Wish {
    /// OpenSSL's options for the key.
    pub(crate) key: &'static [&'static str],
    /// What it is signed with.
    pub(crate) hash: &'static str,
    /// First and last day, as `YYYYMMDD`.
    pub(crate) days: (&'static str, &'static str),
    /// Lines of OpenSSL's configuration; none of them makes it X.509v1.
    pub(crate) extensions: &'static str,
}

pub(crate) const EC: &[&str] = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
pub(crate) const RSA: &[&str] = &["-newkey", "rsa:2048"];
pub(crate) const SHORT_RSA: &[&str] = &["-newkey", "rsa:1024"];

/// For a camera on loopback: all as it should be, now and for long.
pub(crate) const GOOD: Wish = Wish {
    key: EC,
    hash: "sha256",
    days: ("20200101", "20990101"),
    extensions: "subjectAltName=IP:127.0.0.1,DNS:localhost",
};

/// A folder of certificates, and an authority called "Camera Authority" that issues them.
pub(crate) struct Authority {
    folder: TempDir,
    own: Pair,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let configuration = "[ca]\ndefault_ca = own\n\
                             [own]\ndatabase = index\nnew_certs_dir = .\npolicy = any\n\
                             unique_subject = no\nrand_serial = yes\n\
                             [any]\ncommonName = supplied\n\
                             [req]\ndistinguished_name = any\n";
        fs::write(folder.path().join("configuration"), configuration).expect("our folder");
        fs::write(folder.path().join("index"), "").expect("our folder");
        let own = pair(folder.path(), "authority");
        let this = Self { folder, own };
        let wish = Wish { extensions: "basicConstraints=critical,CA:TRUE", ..GOOD };
        let request = this.request("authority", "Camera Authority", wish);
        this.sign(&request, &this.own, wish, &["-selfsign"]);
        this
    }

    /// Its own certificate.
    pub(crate) fn certificate(&self) -> &Path {
        &self.own.certificate
    }

    /// One that it issues. The common name is `name` too.
    pub(crate) fn issue(&self, name: &str, wish: Wish) -> Pair {
        let request = self.request(name, name, wish);
        let pair = pair(self.folder.path(), name);
        let own = self.own.certificate.to_str().expect("a plain path");
        self.sign(&request, &pair, wish, &["-cert", own]);
        pair
    }

    /// One that nobody vouches for.
    pub(crate) fn self_signed(&self, name: &str, wish: Wish) -> Pair {
        let request = self.request(name, name, wish);
        let pair = pair(self.folder.path(), name);
        self.sign(&request, &pair, wish, &["-selfsign"]);
        pair
    }

    fn request(&self, name: &str, common_name: &str, wish: Wish) -> PathBuf {
        let request = self.folder.path().join(format!("{name}.request"));
        let subject = format!("/CN={common_name}");
        let key = pair(self.folder.path(), name).key;
        self.openssl(&["req", "-new", "-nodes", "-subj", &subject], |command| {
            command.args(wish.key).arg("-keyout").arg(key).arg("-out").arg(&request);
        });
        request
    }

    fn sign(&self, request: &Path, pair: &Pair, wish: Wish, by: &[&str]) {
        if wish.extensions.is_empty() && has_version_1_option() {
            return self.sign_version_1(request, pair, wish, by);
        }
        let extensions = request.with_extension("extensions");
        fs::write(&extensions, wish.extensions).expect("our folder");
        let key = if by == ["-selfsign"] { &pair.key } else { &self.own.key };
        let time = |day| format!("{day}000000Z");
        self.openssl(&["ca", "-batch", "-notext", "-config", "configuration"], |command| {
            command.args(["-md", wish.hash]).arg("-in").arg(request).arg("-keyfile").arg(key);
            command.args(["-startdate", &time(wish.days.0), "-enddate", &time(wish.days.1)]);
            command.args(by).arg("-out").arg(&pair.certificate);
            if !wish.extensions.is_empty() {
                command.arg("-extfile").arg(extensions);
            }
        });
    }

    /// What newer versions of OpenSSL make of no extensions is X.509v3 all the same.
    fn sign_version_1(&self, request: &Path, pair: &Pair, wish: Wish, by: &[&str]) {
        let time = |day| format!("{day}000000Z");
        let hash = format!("-{}", wish.hash);
        self.openssl(&["req", "-x509", "-x509v1", "-config", "configuration", &hash], |command| {
            command.args(["-not_before", &time(wish.days.0), "-not_after", &time(wish.days.1)]);
            command.arg("-in").arg(request).arg("-out").arg(&pair.certificate);
            if by == ["-selfsign"] {
                command.arg("-key").arg(&pair.key);
            } else {
                command.arg("-CA").arg(&self.own.certificate).arg("-CAkey").arg(&self.own.key);
            }
        });
    }

    fn openssl(&self, arguments: &[&str], more: impl FnOnce(&mut std::process::Command)) {
        let mut openssl = command("openssl", "openssl");
        openssl.current_dir(self.folder.path()).args(arguments);
        more(&mut openssl);
        let output = openssl.output().expect("openssl starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{openssl:?} says {said}");
    }
}

impl Pair {
    /// The SHA-256 of the certificate as OpenSSL prints it, colons and all.
    pub(crate) fn fingerprint(&self) -> String {
        let mut openssl = command("openssl", "openssl");
        openssl.args(["x509", "-noout", "-fingerprint", "-sha256", "-in"]).arg(&self.certificate);
        let output = openssl.output().expect("openssl starts");
        let text = String::from_utf8(output.stdout).expect("ASCII");
        text.trim().split_once('=').expect("a name in front").1.to_owned()
    }
}

fn has_version_1_option() -> bool {
    let output = command("openssl", "openssl").args(["req", "-help"]).output();
    let output = output.expect("openssl starts");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).contains("-x509v1")
}

fn pair(folder: &Path, name: &str) -> Pair {
    Pair {
        certificate: folder.join(format!("{name}.pem")),
        key: folder.join(format!("{name}.key")),
    }
}

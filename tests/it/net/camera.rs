//! A camera that speaks TLS, by openssl or by rustls.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::common::camera::{HEAD, part};
use crate::common::element::{Pipeline, bytes};
use crate::common::jpeg::jpeg;
use crate::programs::certificates::Pair;
use crate::programs::server::Server;
use crate::programs::tls;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};

/// A picture and the end.
pub fn answer() -> Vec<u8> {
    [HEAD.as_bytes(), &part(&jpeg(1, 64, 48, 100_000), None), b"--b--\r\n"].concat()
}

pub fn camera(pair: &Pair, options: &[&str]) -> Server {
    tls::openssl(pair, options, &answer())
}

pub fn assert_plays(url: &str, properties: &str) {
    let pipeline = Pipeline::playing(url, &format!("retries=0 {properties}"));
    let frame = pipeline.frame().expect("a picture and not the end");
    assert_eq!(bytes(&frame), jpeg(1, 64, 48, 100_000));
    assert!(pipeline.frame().is_none(), "the end comes as one");
}

/// The handshake of `pipeline` with `listener`, which does not answer, is left at once.
pub fn assert_no_state_change_waits(pipeline: &Pipeline, listener: &TcpListener) {
    for state in [gst::State::Paused, gst::State::Null] {
        pipeline.play();
        // The hello is here: the handshake has begun.
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0]).unwrap();
        let took = pipeline.change(state);
        assert!(took < Duration::from_secs(1), "{state:?} took {took:?}");
    }
}

/// Shows a certificate, and signs with a key that may be another's.
pub fn config(
    certificate: &Path,
    key: &Path,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> Arc<rustls::ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    let key = provider.key_provider.load_private_key(key).unwrap();
    let certificate = CertificateDer::from_pem_file(certificate).unwrap();
    let both = SingleCertAndKey::from(CertifiedKey::new(vec![certificate], key));
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(both));
    Arc::new(config)
}

/// Sends a picture by one configuration after the other, and hangs up without a word.
pub fn rustls_server(configs: Vec<Arc<rustls::ServerConfig>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for (stream, config) in listener.incoming().flatten().zip(configs.iter().cycle()) {
            let connection = rustls::ServerConnection::new(config.clone()).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream);
            // Who is refused cannot go on.
            if stream.read(&mut [0; 2048]).is_ok() {
                let _ = stream.write_all(&answer());
            }
        }
    });
    url
}

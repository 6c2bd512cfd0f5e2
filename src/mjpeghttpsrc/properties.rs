//! The properties as GObject and `gst-inspect-1.0` see them.

use gst::prelude::*;
use once_cell::sync::Lazy;

use super::enums::ConnectionState;
use super::settings::Settings;

/// The properties, with the defaults of [`Settings::default`].
pub(super) static PROPERTIES: Lazy<Vec<glib::ParamSpec>> = Lazy::new(|| {
    let default = Settings::default();
    vec![
        glib::ParamSpecString::builder("location")
            .nick("Location")
            .blurb(
                "Address of the camera's MJPEG stream, http or https. \
                 A user:password@ in it is moved to login and password",
            )
            .mutable_ready()
            .build(),
        gst::ParamSpecArray::builder("fallback-locations")
            .nick("Fallback locations")
            .blurb(
                "Further addresses of the same camera, tried in turn when the one before shows \
                 no picture; one that does is kept. login and password are for all of them, \
                 unless a user:password@ stands in the address",
            )
            .element_spec(
                &glib::ParamSpecString::builder("address")
                    .nick("Address")
                    .blurb("One of them, http or https")
                    .build(),
            )
            .mutable_ready()
            .build(),
        glib::ParamSpecString::builder("login")
            .nick("Login")
            .blurb("User name, sent only when the camera asks for one")
            .mutable_ready()
            .build(),
        glib::ParamSpecString::builder("password")
            .nick("Password")
            .blurb("Password of that user; can be written but not read")
            .write_only()
            .mutable_ready()
            .build(),
        glib::ParamSpecString::builder("user-id")
            .nick("Login")
            .blurb("The same as login, under the name that souphttpsrc and rtspsrc have for it")
            .mutable_ready()
            .build(),
        glib::ParamSpecString::builder("user-pw")
            .nick("Password")
            .blurb("The same as password, under the name that souphttpsrc and rtspsrc have for it")
            .write_only()
            .mutable_ready()
            .build(),
        glib::ParamSpecBoolean::builder("is-live")
            .nick("Is live")
            .blurb(
                "A camera is always live: false has no effect. Here for pipelines that were \
                 written for souphttpsrc",
            )
            .default_value(true)
            .mutable_ready()
            .build(),
        glib::ParamSpecString::builder("user-agent")
            .nick("User-Agent")
            .blurb("Value of the User-Agent header field (empty = no such field)")
            .default_value(Some(default.user_agent.as_str()))
            .mutable_ready()
            .build(),
        glib::ParamSpecBoxed::builder::<gst::Structure>("extra-headers")
            .nick("Extra headers")
            .blurb(
                "Header fields to send to the camera: texts, numbers, and arrays of these \
                 for a field more than once. They take the place of the element's own. Never \
                 sent to another host or port that the camera redirects to; can be written \
                 but not read",
            )
            .write_only()
            .mutable_ready()
            .build(),
        glib::ParamSpecBoxed::builder::<Vec<String>>("cookies")
            .nick("Cookies")
            .blurb(
                "Cookies to send to the camera, each name=value. Never sent to another host \
                 or port that the camera redirects to; can be written but not read",
            )
            .write_only()
            .mutable_ready()
            .build(),
        glib::ParamSpecString::builder("proxy")
            .nick("Proxy")
            .blurb(
                "Address of the proxy to the camera: http, https or socks5 (empty = none; the \
                 environment is not asked). A user:password@ in it is moved to proxy-id and \
                 proxy-pw",
            )
            .mutable_ready()
            .build(),
        glib::ParamSpecString::builder("proxy-id")
            .nick("Proxy login")
            .blurb("User name for the proxy, sent only when the proxy asks for one")
            .mutable_ready()
            .build(),
        glib::ParamSpecString::builder("proxy-pw")
            .nick("Proxy password")
            .blurb("Password of that user; can be written but not read")
            .write_only()
            .mutable_ready()
            .build(),
        glib::ParamSpecBoolean::builder("ssl-legacy")
            .nick("Legacy TLS")
            .blurb(
                "Accept the TLS of cameras from before 2016 (RSA key exchange, CBC, 1.1 and 1.0), \
                 which can be broken. Certificates are checked as without it. Takes GIO's TLS \
                 (glib-networking); not through a SOCKS or https proxy",
            )
            .default_value(default.ssl.legacy)
            .mutable_ready()
            .build(),
        glib::ParamSpecBoolean::builder("ssl-strict")
            .nick("Strict TLS")
            .blurb(
                "Check the certificate of an https camera. false accepts every one, an \
                 attacker's too, whatever the other ssl properties say",
            )
            .default_value(default.ssl.strict)
            .mutable_ready()
            .build(),
        glib::ParamSpecString::builder("ssl-ca-file")
            .nick("CA file")
            .blurb(
                "PEM file with the certificates of the issuers to trust in place of the \
                 system's (unset = the system's); not asked beside ssl-fingerprint",
            )
            .mutable_ready()
            .build(),
        glib::ParamSpecString::builder("ssl-fingerprint")
            .nick("Certificate fingerprint")
            .blurb(
                "SHA-256 of the one certificate to accept, whatever its issuer, names and \
                 dates: 64 hex digits; colons and spaces are ignored. The error that \
                 refuses a certificate shows it (unset = ask who has issued it)",
            )
            .mutable_ready()
            .build(),
        glib::ParamSpecString::builder("ssl-client-cert")
            .nick("Client certificate")
            .blurb(
                "PEM file with the certificate, and those of its issuers behind it, for a \
                 camera that asks for one (unset = none)",
            )
            .mutable_ready()
            .build(),
        glib::ParamSpecString::builder("ssl-client-key")
            .nick("Client key")
            .blurb(
                "PEM file with the key of ssl-client-cert, not encrypted (unset = it is in \
                 the same file)",
            )
            .mutable_ready()
            .build(),
        glib::ParamSpecUInt::builder("connect-timeout")
            .nick("Connect timeout")
            .blurb("Seconds from the name look-up to the head of the answer (0 = no timeout)")
            .maximum(3600)
            .default_value(default.connect_timeout)
            .mutable_ready()
            .build(),
        glib::ParamSpecUInt::builder("timeout")
            .nick("Timeout")
            .blurb(
                "Longest time without a byte of a picture, in seconds; a picture may take four \
                 times that (0 = no timeout)",
            )
            .maximum(3600)
            .default_value(default.timeout)
            .mutable_ready()
            .build(),
        glib::ParamSpecUInt::builder("frozen-timeout")
            .nick("Frozen timeout")
            .blurb(
                "Longest time with the same picture, byte for byte, or with a camera that says \
                 X-UStreamer-Online: false, in seconds (0 = no timeout)",
            )
            .maximum(86_400)
            .default_value(default.frozen_timeout)
            .mutable_ready()
            .build(),
        glib::ParamSpecInt::builder("retries")
            .nick("Retries")
            .blurb(
                "Attempts in a row without a picture before giving up \
                 (0 = do not reconnect, end of stream is EOS; -1 = for ever)",
            )
            .minimum(-1)
            .default_value(default.retries)
            .mutable_ready()
            .build(),
        glib::ParamSpecDouble::builder("retry-backoff-factor")
            .nick("Retry back-off factor")
            .blurb("Seconds before the second retry, doubled for each further one; the first retry follows at once unless connections in a row end within a second (0 = never wait)")
            .minimum(0.0)
            .maximum(3600.0)
            .default_value(default.backoff_factor)
            .mutable_ready()
            .build(),
        glib::ParamSpecDouble::builder("retry-backoff-max")
            .nick("Longest retry back-off")
            .blurb("Longest time between two attempts, in seconds (0 = never wait)")
            .minimum(0.0)
            .maximum(86_400.0)
            .default_value(default.backoff_max)
            .mutable_ready()
            .build(),
        glib::ParamSpecEnum::builder_with_default("timestamp-mode", default.timestamp_mode)
            .nick("Timestamp mode")
            .blurb("Which time becomes the timestamp of a buffer")
            .mutable_ready()
            .build(),
        glib::ParamSpecUInt::builder("latency")
            .nick("Latency")
            .blurb("Network jitter that may be removed, in milliseconds (0 = none)")
            .maximum(60_000)
            .default_value(default.latency)
            .mutable_ready()
            .build(),
        glib::ParamSpecUInt::builder("max-backlog")
            .nick("Largest backlog")
            .blurb(
                "Most that may wait for a slow consumer, in bytes; one picture always may. \
                 Beyond it nothing is read, and the camera has to wait",
            )
            .maximum(1 << 30)
            .default_value(default.max_backlog)
            .mutable_ready()
            .build(),
        glib::ParamSpecBoolean::builder("skip-backlog")
            .nick("Skip backlog")
            .blurb(
                "Drop pictures that wait for a slow consumer when a newer one arrives, and mark \
                 that one as DISCONT (for live viewing, not for recording)",
            )
            .default_value(default.skip_backlog)
            .mutable_ready()
            .build(),
        glib::ParamSpecUInt::builder("max-frame-size")
            .nick("Largest frame")
            .blurb("Largest picture in bytes; larger ones are dropped")
            .minimum(1024)
            .maximum(1 << 30)
            .default_value(default.max_frame_size)
            .mutable_ready()
            .build(),
        glib::ParamSpecUInt::builder("snapshot-interval")
            .nick("Snapshot interval")
            .blurb(
                "Milliseconds from one request to the next where the address answers \
                 with single pictures (0 = as fast as the camera can)",
            )
            .maximum(86_400_000)
            .default_value(default.snapshot_interval)
            .mutable_ready()
            .build(),
        glib::ParamSpecEnum::builder_with_default("connection-state", ConnectionState::default())
            .nick("Connection state")
            .blurb("Current state of the connection; notified on every change")
            .read_only()
            .build(),
        glib::ParamSpecBoxed::builder::<gst::Structure>("stats")
            .nick("Statistics")
            .blurb(
                "Since the start: frames, bytes, connections, retries, what was dropped and why, \
                 what is odd about the camera, and what its clock is like",
            )
            .read_only()
            .build(),
    ]
});

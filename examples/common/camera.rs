//! The options by which each program reaches its camera. Each is a property of the element,
//! under its name: what an error of the element says to set can be set here.

use std::collections::BTreeMap;
use std::fs;

use gst::prelude::*;
use lexopt::{Arg, Parser, ValueExt};

use super::values::{idle, within};

/// Goes below a program's own options.
pub(crate) const HELP: &str = "\
How to reach the camera:

    --login USER[:PASSWORD]  sent only when the camera asks for it; a login may stand in
                             the address too, as in http://user:password@camera/
    --password-file FILE     the password alone in a file, where nobody else sees it
    --ssl-fingerprint HEX    the one certificate to accept; an error tells the camera's
    --ssl-ca-file FILE       whose certificates to accept, in PEM [the system's]
    --ssl-client-cert FILE   certificate for a camera that asks for one, in PEM
    --ssl-client-key FILE    its key [in the same file]
    --ssl-legacy true        accept the TLS of cameras from before 2016
    --ssl-strict false       accept every certificate, an attacker's too
    --proxy URL              an http, https or socks5 proxy; a login may stand in it
    --header 'NAME: VALUE'   a header field for the camera; as often as needed
    --cookie NAME=VALUE      a cookie for the camera; as often as needed
    --user-agent TEXT        the name to give to the camera [mjpeghttpsrc/VERSION]
    --connect-timeout N      seconds from the name look-up to the answer [5]
    --timeout N              seconds without a byte of a picture [15; relay and wall: 5]
";

/// One of the options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CameraOption {
    Login,
    PasswordFile,
    Header,
    Cookie,
    Text(&'static str),
    Switch(&'static str),
    Seconds(&'static str),
}

const TABLE: [(&str, CameraOption); 14] = [
    ("login", CameraOption::Login),
    ("password-file", CameraOption::PasswordFile),
    ("ssl-fingerprint", CameraOption::Text("ssl-fingerprint")),
    ("ssl-ca-file", CameraOption::Text("ssl-ca-file")),
    ("ssl-client-cert", CameraOption::Text("ssl-client-cert")),
    ("ssl-client-key", CameraOption::Text("ssl-client-key")),
    ("ssl-legacy", CameraOption::Switch("ssl-legacy")),
    ("ssl-strict", CameraOption::Switch("ssl-strict")),
    ("proxy", CameraOption::Text("proxy")),
    ("header", CameraOption::Header),
    ("cookie", CameraOption::Cookie),
    ("user-agent", CameraOption::Text("user-agent")),
    ("connect-timeout", CameraOption::Seconds("connect-timeout")),
    ("timeout", CameraOption::Seconds("timeout")),
];

impl CameraOption {
    /// The option that an argument is; an error for any other.
    pub(crate) fn of(argument: Arg<'_>) -> Result<Self, lexopt::Error> {
        let name = match argument {
            Arg::Long(name) => name,
            // Not shown: there may be a login in it.
            Arg::Value(_) => return Err("there is one argument too many".into()),
            Arg::Short(_) => return Err(argument.unexpected()),
        };
        let row = TABLE.iter().find(|row| row.0 == name);
        row.map(|row| row.1).ok_or_else(|| argument.unexpected())
    }
}

/// What was said of the camera, but for its address.
#[derive(Default)]
pub(crate) struct CameraOptions {
    properties: Vec<(&'static str, glib::Value)>,
    headers: BTreeMap<String, Vec<String>>,
    cookies: Vec<String>,
}

impl CameraOptions {
    /// Takes the value of an option from the command line.
    pub(crate) fn set(
        &mut self,
        option: CameraOption,
        parser: &mut Parser,
    ) -> Result<(), lexopt::Error> {
        let value = parser.value()?;
        match option {
            CameraOption::Login => {
                let text = value.string()?;
                let (user, password) = match text.split_once(':') {
                    Some((user, password)) => (user, Some(password)),
                    None => (text.as_str(), None),
                };
                self.properties.push(("login", user.to_value()));
                self.properties.extend(password.map(|text| ("password", text.to_value())));
            }
            CameraOption::PasswordFile => {
                let file = value.string()?;
                let text = fs::read_to_string(&file)
                    .map_err(|error| format!("cannot read {file}: {error}"))?;
                // Editors end the last line, too.
                let password = text.trim_end_matches(['\r', '\n']);
                self.properties.push(("password", password.to_value()));
            }
            CameraOption::Header => {
                let (name, value) = header(&value.string()?)?;
                self.headers.entry(name).or_default().push(value);
            }
            CameraOption::Cookie => self.cookies.push(value.string()?),
            CameraOption::Text(name) => self.properties.push((name, value.string()?.to_value())),
            CameraOption::Switch(name) => {
                self.properties.push((name, value.parse_with(switch)?.to_value()));
            }
            CameraOption::Seconds(name) => {
                let seconds: u32 = value.parse_with(within(0..=3600))?;
                self.properties.push((name, seconds.to_value()));
            }
        }
        Ok(())
    }

    /// Refuses what would do nothing with cameras at these addresses.
    pub(crate) fn refuse_idle<'a>(
        &self,
        addresses: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), lexopt::Error> {
        let given = |wanted| self.properties.iter().any(|(name, _)| *name == wanted);
        if given("password") && !given("login") && !addresses.into_iter().any(has_user) {
            return Err(idle("--password-file", "--login"));
        }
        Ok(())
    }

    /// The element's properties and their values. GStreamer has to be initialised.
    pub(crate) fn properties(&self) -> Vec<(&'static str, glib::Value)> {
        let mut properties = self.properties.clone();
        if !self.headers.is_empty() {
            let mut fields = gst::Structure::new_empty("headers");
            for (name, values) in &self.headers {
                fields.set(name.as_str(), gst::Array::new(values));
            }
            properties.push(("extra-headers", fields.to_value()));
        }
        if !self.cookies.is_empty() {
            properties.push(("cookies", self.cookies.to_value()));
        }
        properties
    }

    /// Sets them.
    pub(crate) fn apply_to(&self, element: &gst::Element) {
        for (name, value) in self.properties() {
            element.set_property_from_value(name, &value);
        }
    }
}

/// As in `http://user@camera/`.
pub(crate) fn has_user(address: &str) -> bool {
    let authority = address.split_once("://").map_or(address, |(_, rest)| rest);
    authority.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}

fn header(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) =
        text.split_once(':').ok_or("--header: a header field looks like 'Name: value'")?;
    if !is_header_name(name) {
        return Err("the name of a header field is made of letters, digits and '-'");
    }
    Ok((name.into(), value.trim().into()))
}

/// A structure takes no other names, and no camera asks for one.
pub(crate) fn is_header_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_plain)
}

fn switch(text: &str) -> Result<bool, &'static str> {
    text.parse().map_err(|_| "expected true or false")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(arguments: &[&str]) -> Result<CameraOptions, lexopt::Error> {
        gst::init().expect("GStreamer");
        let mut options = CameraOptions::default();
        let mut parser = Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            options.set(CameraOption::of(argument)?, &mut parser)?;
        }
        Ok(options)
    }

    #[test]
    fn each_option_of_the_help_is_a_property() {
        let words = HELP.split_whitespace().filter_map(|word| word.strip_prefix("--"));
        let named: Vec<_> = words.collect();
        assert_eq!(named, TABLE.map(|row| row.0), "in this order");
    }

    #[test]
    fn values_go_to_the_properties_of_these_names() {
        let arguments = ["--login", "me:a:b", "--ssl-legacy=true", "--timeout", "3"];
        let rows = options(&arguments).expect("options").properties();
        let texts: Vec<_> = rows.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        assert_eq!(texts.len(), 4, "{texts:?}");
        assert!(texts[0].contains("login") && texts[0].contains("me"), "{texts:?}");
        assert!(texts[1].contains("password") && texts[1].contains("a:b"), "{texts:?}");
    }

    #[test]
    fn a_password_needs_a_user() {
        let options = options(&["--password-file", "/dev/null"]).expect("options");
        for (address, is_well) in [
            ("http://camera/", false),
            ("http://camera/?mail=me@there", false),
            ("http://me@camera/", true),
            ("me@camera", true),
        ] {
            assert_eq!(options.refuse_idle([address]).is_ok(), is_well, "{address}");
        }
    }

    #[test]
    fn a_wrong_value_is_an_error_that_says_what_is_allowed() {
        for (arguments, words) in [
            (&["--timeout", "soon"][..], "from 0 to 3600"),
            (&["--ssl-strict", "no"], "true or false"),
            (&["--header", "X-Key"], "Name: value"),
            (&["--header", "X Key: 1"], "letters, digits"),
            (&["--password-file", "/proc/none"], "cannot read /proc/none"),
            (&["--unknown"], "--unknown"),
            (&["--login"], "--login"),
        ] {
            let error = options(arguments).err().map(|error| error.to_string());
            assert!(error.as_ref().is_some_and(|text| text.contains(words)), "{error:?}");
        }
    }
}

//! What can be set on the command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use gstmjpeghttp::http::Location;
use gstmjpeghttp::login::Login;
use lexopt::{Arg, Parser, ValueExt};

pub(crate) const HELP: &str = "\
Looks at a camera for a while and says what it is like: its answer, its parts,
its pictures, their rate, its clock, and what is odd about it.

    mjpeg-probe [OPTIONS] URL

    URL                    http or https address; user:password@ in it is used
    --login USER:PASSWORD  login, where it shall not stand in the address
    --seconds N            how long to look (10)
    --raw FILE             save the first 2 MiB of the answer, for a bug report
    --help                 this text
";

/// What to do.
pub(crate) enum Command {
    Help,
    Probe(Options),
}

/// How to look at which camera.
pub(crate) struct Options {
    pub(crate) location: Location,
    pub(crate) login: Option<Login>,
    pub(crate) time: Duration,
    pub(crate) raw: Option<PathBuf>,
}

/// Reads the command line.
pub(crate) fn parse() -> Result<Command, lexopt::Error> {
    parse_from(Parser::from_env())
}

fn parse_from(mut parser: Parser) -> Result<Command, lexopt::Error> {
    let (mut address, mut login, mut seconds, mut raw) = (None, None, 10, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("help") => return Ok(Command::Help),
            Arg::Long("login") => login = Some(parse_login(parser.value()?)?),
            Arg::Long("seconds") => seconds = parser.value()?.parse()?,
            Arg::Long("raw") => raw = Some(PathBuf::from(parser.value()?)),
            Arg::Value(value) if address.is_none() => address = Some(value.string()?),
            other => return Err(other.unexpected()),
        }
    }
    let address = address.ok_or("the address of a camera is missing; see --help")?;
    let (location, userinfo) = Location::parse(&address).map_err(|error| error.to_string())?;
    let from_address = userinfo.map(|userinfo| Login {
        user: userinfo.user,
        password: userinfo.password.unwrap_or_default(),
    });
    let time = Duration::from_secs(seconds);
    Ok(Command::Probe(Options { location, login: login.or(from_address), time, raw }))
}

fn parse_login(value: OsString) -> Result<Login, lexopt::Error> {
    let text = value.string()?;
    let (user, password) = text.split_once(':').ok_or("--login wants USER:PASSWORD")?;
    Ok(Login { user: user.to_owned(), password: password.to_owned() })
}

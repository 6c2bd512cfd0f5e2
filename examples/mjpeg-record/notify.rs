//! What systemd is told (`sd_notify(3)`), where it has started the recorder.

use super::common::program::counted;
use super::status::Status;

/// What there is to tell.
enum News<'a> {
    Ready,
    Reloading,
    Stopping,
    /// The main loop runs, and this is how it goes.
    #[cfg_attr(not(unix), expect(dead_code, reason = "there is no systemd"))]
    Alive(&'a str),
}

pub(crate) fn ready() {
    tell(&News::Ready);
}

pub(crate) fn stopping() {
    tell(&News::Stopping);
}

pub(crate) fn reloading() {
    tell(&News::Reloading);
}

/// That the main loop runs, and how it goes, in a line.
pub(crate) fn alive(statuses: &[Status], alarm: Option<&str>) {
    tell(&News::Alive(&summary(statuses, alarm)));
}

fn summary(statuses: &[Status], alarm: Option<&str>) -> String {
    if let Some(alarm) = alarm {
        return format!("nothing is recorded: {alarm}");
    }
    let away: Vec<_> = statuses.iter().filter(|status| status.state != "streaming").collect();
    let streaming = statuses.len() - away.len();
    let away = away.iter().map(|status| status.name.as_str()).collect::<Vec<_>>().join(", ");
    let all = statuses.len();
    if away.is_empty() {
        format!("all of {} stream", counted(all, "camera"))
    } else {
        format!("{streaming} of {} stream; away: {away}", counted(all, "camera"))
    }
}

#[cfg(unix)]
fn tell(news: &News<'_>) {
    use sd_notify::NotifyState;
    // Nobody listens where systemd has not started it.
    let _ = match news {
        News::Ready => sd_notify::notify(&[NotifyState::Ready]),
        News::Stopping => sd_notify::notify(&[NotifyState::Stopping]),
        News::Alive(text) => sd_notify::notify(&[NotifyState::Watchdog, NotifyState::Status(text)]),
        // With the time of this, as Type=notify-reload asks for.
        News::Reloading => NotifyState::monotonic_usec_now()
            .and_then(|time| sd_notify::notify(&[NotifyState::Reloading, time])),
    };
}

/// There is no systemd.
#[cfg(not(unix))]
fn tell(_: &News<'_>) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_says_who_is_away() {
        let camera = |name: &str, state: &str| Status {
            name: name.into(),
            state: state.into(),
            ..Status::default()
        };
        let all = [camera("door", "streaming"), camera("yard", "waiting")];
        assert_eq!(summary(&all, None), "1 of 2 cameras stream; away: yard");
        assert_eq!(summary(&all[..1], None), "all of 1 camera stream");
        assert_eq!(summary(&all, Some("no room")), "nothing is recorded: no room");
    }
}

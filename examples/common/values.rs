//! What the values of options may be.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// A whole number of this range.
pub(crate) fn within<T>(range: RangeInclusive<T>) -> impl Fn(&str) -> Result<T, String>
where
    T: FromStr + PartialOrd + Display,
{
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        let (start, end) = (range.start(), range.end());
        number.ok_or_else(|| format!("expected a whole number from {start} to {end}"))
    }
}

/// What is wrong with an option that another one has to be there for.
pub(crate) fn idle(option: &str, needed: &str) -> lexopt::Error {
    format!("{option} does nothing without {needed}").into()
}

/// The sides of a picture, as in `640x480`.
pub(crate) fn size(sides: RangeInclusive<u32>) -> impl Fn(&str) -> Result<(u32, u32), String> {
    move |text| {
        let (width, height) = text.split_once('x').ok_or("a size looks like 640x480")?;
        let side = within(sides.clone());
        Ok((side(width)?, side(height)?))
    }
}

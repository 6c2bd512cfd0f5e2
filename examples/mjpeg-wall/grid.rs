//! Where each camera's picture is.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: i32,
    pub(crate) height: i32,
}

/// Places for `count` pictures, at least one, in rows as long as there are rows, or one
/// longer.
pub(crate) fn places(count: usize, (width, height): (u32, u32)) -> Vec<Place> {
    let columns = (1..=count).find(|columns| columns * columns >= count).unwrap_or(1);
    let rows = count.div_ceil(columns);
    let side = |whole: u32, parts: usize| whole / u32::try_from(parts).unwrap_or(u32::MAX);
    // Even, as the usual formats of video want it.
    let (width, height) = (side(width, columns) & !1, side(height, rows) & !1);
    let at = |number: usize, side: u32| {
        i32::try_from(number).unwrap_or(0) * i32::try_from(side).unwrap_or(0)
    };
    (0..count)
        .map(|number| Place {
            x: at(number % columns, width),
            y: at(number / columns, height),
            width: at(1, width),
            height: at(1, height),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_is_as_square_as_can_be() {
        for (count, last) in [
            (1, Place { x: 0, y: 0, width: 640, height: 480 }),
            (2, Place { x: 320, y: 0, width: 320, height: 480 }),
            (4, Place { x: 320, y: 240, width: 320, height: 240 }),
            (5, Place { x: 212, y: 240, width: 212, height: 240 }),
        ] {
            let places = places(count, (640, 480));
            assert_eq!((places.len(), places.last()), (count, Some(&last)));
        }
    }
}

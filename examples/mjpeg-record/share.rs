//! Which cameras of a list are this program's, where several share it: rendezvous hashing
//! (Thaler, Ravishankar 1998). Each share has a weight for each camera, and the heaviest one
//! takes it: with one share more only those cameras move that the new one takes.

use std::str::FromStr;

use sha2::{Digest, Sha256};

/// More have no use, as a share has one camera at least.
const MOST: u32 = 10_000;

/// Share `number` of `of`, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) number: u32,
    of: u32,
}

impl Share {
    pub(crate) fn has(self, camera: &str) -> bool {
        let heaviest = (1..=self.of).max_by_key(|&number| weight(number, camera));
        heaviest == Some(self.number)
    }
}

impl FromStr for Share {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "a share looks like 2/5, from 1 to 10000";
        let (number, of) = text.split_once('/').ok_or(EXPECTED)?;
        let share = number.parse().ok().zip(of.parse().ok());
        let share = share.map(|(number, of)| Self { number, of });
        share
            .filter(|share| share.of <= MOST && (1..=share.of).contains(&share.number))
            .ok_or(EXPECTED)
    }
}

/// The same on every machine and in every version.
fn weight(number: u32, camera: &str) -> [u8; 32] {
    Sha256::new().chain_update(number.to_be_bytes()).chain_update(camera).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share_of(camera: &str, of: u32) -> u32 {
        let mut shares = (1..=of).filter(|&number| Share { number, of }.has(camera));
        let share = shares.next().expect("a share");
        assert_eq!(shares.next(), None, "{camera} is recorded twice");
        share
    }

    #[test]
    fn each_camera_has_one_share_and_a_sixth_moves_to_the_sixth() {
        let cameras: Vec<_> = (0..3000).map(|number| format!("camera {number}")).collect();
        let before: Vec<_> = cameras.iter().map(|camera| share_of(camera, 5)).collect();
        let after: Vec<_> = cameras.iter().map(|camera| share_of(camera, 6)).collect();
        for share in 1..=5 {
            let count = before.iter().filter(|&&one| one == share).count();
            assert!((500..700).contains(&count), "share {share} has {count}");
        }
        let moved: Vec<_> = before.iter().zip(&after).filter(|(old, new)| old != new).collect();
        assert!(moved.iter().all(|(_, new)| **new == 6), "others moved, too");
        assert!((430..570).contains(&moved.len()), "{} moved", moved.len());
    }

    #[test]
    fn shares_are_read() {
        assert_eq!("2/5".parse(), Ok(Share { number: 2, of: 5 }));
        for wrong in ["", "2", "0/5", "6/5", "2/0", "-1/5", "1/2/3", "1/10001", "1/99999999999"] {
            assert!(wrong.parse::<Share>().is_err(), "{wrong}");
        }
        assert!("10000/10000".parse::<Share>().is_ok());
    }
}

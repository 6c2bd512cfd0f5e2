//! The greatest of the last numbers.

/// So many numbers at least are remembered, and twice as many at most.
const MEMORY: i64 = 512;

/// See the [module](self).
#[derive(Debug, Default, Clone, Copy)]
pub struct Recent {
    now: i64,
    before: i64,
    count: i64,
}

impl Recent {
    /// Takes a number in.
    pub fn add(&mut self, number: i64) {
        if self.count == MEMORY {
            *self = Self { now: 0, before: self.now, count: 0 };
        }
        self.now = self.now.max(number);
        self.count += 1;
    }

    /// The greatest, at least 0.
    pub fn most(&self) -> i64 {
        self.now.max(self.before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_ago_is_forgotten() {
        let mut recent = Recent::default();
        recent.add(-3);
        assert_eq!(recent.most(), 0);
        recent.add(9);
        (0..512).for_each(|_| recent.add(4));
        assert_eq!(recent.most(), 9);
        (0..1024).for_each(|_| recent.add(4));
        assert_eq!(recent.most(), 4);
    }
}

//! The signals that interrupt a command.

/// A signal that ends a command early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Interruption {
    /// Ctrl-C: SIGINT.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

impl Interruption {
    /// The exit code of an interrupted command, 128 plus the signal number. It takes precedence
    /// over all others.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }

    /// The interruption that an exit code stands for, if any.
    pub fn of(exit_code: u8) -> Option<Self> {
        [Self::Interrupt, Self::Terminate]
            .into_iter()
            .find(|one| one.exit_code() == exit_code)
    }
}

/// Combines several exit codes: the first that occurs of 130 or 143, 2, 1, 4, 3, 0.
pub fn gravest_exit_code(codes: impl IntoIterator<Item = u8>) -> u8 {
    const FIRST_THAT_APPLIES: [u8; 7] = [130, 143, 2, 1, 4, 3, 0];
    let rank = |code: &u8| {
        let known = FIRST_THAT_APPLIES.iter().position(|one| one == code);
        known.unwrap_or(FIRST_THAT_APPLIES.len())
    };
    codes.into_iter().min_by_key(rank).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Interruption, gravest_exit_code};

    #[test]
    fn the_first_applicable_exit_code_wins() {
        for (codes, gravest) in [
            (&[][..], 0),
            (&[0, 0], 0),
            (&[0, 3], 3),
            (&[3, 4], 4),
            (&[4, 1, 3], 1),
            (&[1, 2], 2),
            (&[2, 143, 1], 143),
            (&[143, 130], 130),
        ] {
            assert_eq!(
                gravest_exit_code(codes.iter().copied()),
                gravest,
                "{codes:?}"
            );
        }
        assert_eq!(Interruption::of(143), Some(Interruption::Terminate));
        assert_eq!(Interruption::of(3), None);
    }
}

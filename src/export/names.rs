//! A suite's name as the languages spell names.

/// The spellings of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    /// `stripe_webhook`.
    pub(super) snake: String,
    /// `StripeWebhook`.
    pub(super) camel: String,
    /// `stripeWebhook`.
    pub(super) lower: String,
}

impl Names {
    /// The spellings of a slug. An identifier cannot begin with a digit, but a slug can.
    pub(super) fn of(slug: &str) -> Self {
        let snake = identifier(slug, "suite");
        let camel: String = snake.split('_').map(capitalized).collect();
        let mut lower = camel.clone();
        lower[..1].make_ascii_lowercase();
        Self {
            snake,
            camel,
            lower,
        }
    }
}

/// A slug in snake case, with `prefix` if it begins with a digit.
pub(super) fn identifier(slug: &str, prefix: &str) -> String {
    let snake = slug.replace('-', "_");
    if snake.starts_with(|c: char| c.is_ascii_digit()) {
        format!("{prefix}_{snake}")
    } else {
        snake
    }
}

fn capitalized(word: &str) -> String {
    let mut word = word.to_owned();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    word
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn names_are_identifiers() {
        let names = Names::of("acme-2-hook");
        assert_eq!(names.snake, "acme_2_hook");
        assert_eq!(names.camel, "Acme2Hook");
        assert_eq!(names.lower, "acme2Hook");
        let names = Names::of("8x8");
        assert_eq!(names.snake, "suite_8x8");
        assert_eq!(names.lower, "suite8x8");
    }
}

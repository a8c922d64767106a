//! What every grammar of tokens is made of, for those who need not know which one it is.

use crate::scheme::{Layout, Pair, Part, TokenGrammar};

impl TokenGrammar {
    /// The items of a token that offers one MAC, in order: the key of each, where items have
    /// keys, and its layout.
    pub fn items(&self) -> impl Iterator<Item = (Option<&str>, &Layout)> {
        let (one, pairs): (Option<&Layout>, &[Pair]) = match self {
            Self::Template(layout) => (Some(layout), &[]),
            Self::List(list) => (Some(&list.item), &[]),
            Self::Pairs(pairs) => (None, &pairs.pairs),
        };
        let pairs = pairs
            .iter()
            .map(|pair| (Some(pair.key.as_str()), &pair.value));
        one.into_iter().map(|layout| (None, layout)).chain(pairs)
    }

    /// Every layout in it.
    pub fn layouts(&self) -> impl Iterator<Item = &Layout> {
        self.items().map(|(_, layout)| layout)
    }

    /// What separates its items; `None` where it is a single one.
    pub fn separator(&self) -> Option<&str> {
        match self {
            Self::Template(_) => None,
            Self::List(list) => Some(&list.separator),
            Self::Pairs(pairs) => Some(&pairs.separator),
        }
    }

    /// Whether a token may offer several MACs, any of which may match.
    pub fn repeats_macs(&self) -> bool {
        match self {
            Self::Template(_) => false,
            Self::List(_) => true,
            Self::Pairs(pairs) => pairs.pairs.iter().any(|pair| pair.repeat),
        }
    }

    /// The literal texts of an item without keys.
    pub fn literals(&self) -> impl Iterator<Item = &str> {
        self.items()
            .filter(|(key, _)| key.is_none())
            .flat_map(|(_, layout)| layout.parts())
            .filter_map(|part| match part {
                Part::Literal(text) => Some(text.as_str()),
                Part::Mac(_) | Part::Field { .. } => None,
            })
    }

    /// What separates the parts of a template, or of an item of a list: the ends of its literal
    /// texts, each once. Pairs are separated by their separator alone.
    pub fn delimiters(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for text in self.literals() {
            let end = text.trim_start_matches(char::is_alphanumeric);
            if !end.is_empty() && !found.contains(&end) {
                found.push(end);
            }
        }
        found
    }

    /// Whether a text stands in it beside what is filled in: in a literal or a key.
    pub fn spells_out(&self, text: &str) -> bool {
        self.items().any(|(key, layout)| {
            let mut parts = layout.parts().iter();
            key.is_some_and(|key| key.contains(text))
                || parts
                    .any(|part| matches!(part, Part::Literal(literal) if literal.contains(text)))
        })
    }
}

//! The addresses of what stands on the page. They say what they lead to, so they last from one run
//! to the next.

use crate::report::visible::visible;

/// The addresses of one run.
pub(super) struct Anchors {
    /// What each begins with: nothing, or the name of the implementation and a slash.
    pub(super) prefix: String,
}

impl Anchors {
    /// The addresses of each run of a document, by the names of its implementations.
    pub(super) fn all(names: &[String]) -> Vec<Self> {
        if names.len() < 2 {
            return vec![Self {
                prefix: String::new(),
            }];
        }
        let mut prefixes: Vec<String> = Vec::new();
        for name in names {
            let slug = slug(name);
            let mut prefix = format!("{slug}/");
            for number in 2.. {
                if !prefixes.contains(&prefix) {
                    break;
                }
                prefix = format!("{slug}-{number}/");
            }
            prefixes.push(prefix);
        }
        prefixes.into_iter().map(|prefix| Self { prefix }).collect()
    }

    /// The address of something of the run: `findings`.
    pub(super) fn of(&self, what: &str) -> String {
        format!("{}{what}", self.prefix)
    }

    /// The address of a suite.
    pub(super) fn suite(&self, name: &str) -> String {
        self.of(&format!("suite:{}", visible(name)))
    }

    /// The address of a requirement.
    pub(super) fn requirement(&self, suite: &str, id: &str) -> String {
        self.of(&format!("requirement:{}/{}", visible(suite), visible(id)))
    }

    /// The address of a case, which has the suite in its id.
    pub(super) fn case(&self, id: &str) -> String {
        self.of(&visible(id))
    }
}

/// A name as it stands in an address.
fn slug(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let words = name.split(|c| !is_plain(c)).filter(|word| !word.is_empty());
    let slug: String = words
        .collect::<Vec<_>>()
        .join("-")
        .chars()
        .take(40)
        .collect();
    if slug.is_empty() {
        "implementation".to_owned()
    } else {
        slug
    }
}

#[cfg(test)]
mod tests {
    use super::Anchors;

    #[test]
    fn an_address_has_the_name_of_the_implementation_if_there_are_several() {
        let names = |names: &[&str]| -> Vec<String> {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            let all = Anchors::all(&names);
            all.iter()
                .map(|one| one.case("jimo/published-example"))
                .collect()
        };
        assert_eq!(names(&["acme"]), ["jimo/published-example"]);
        assert_eq!(
            names(&["python-sdk", "acme 2.1 (php)", "acme-2.1 php", "<\u{202e}>"]),
            [
                "python-sdk/jimo/published-example",
                "acme-2.1-php/jimo/published-example",
                "acme-2.1-php-2/jimo/published-example",
                "implementation/jimo/published-example",
            ]
        );
    }
}

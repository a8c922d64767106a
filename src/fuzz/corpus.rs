//! What campaigns keep between them: requests that brought something new, one a line.

use crate::protocol::{Incoming, to_ascii};
use crate::signature::Request;

/// Reads the requests of a file. An error is the number of the first line that holds none.
pub fn corpus_requests(text: &[u8]) -> Result<Vec<Request>, usize> {
    let lines = text.split(|byte| *byte == b'\n').enumerate();
    lines
        .filter(|(_, line)| !line.is_empty())
        .map(|(at, line)| match Incoming::parse(line) {
            Ok(Incoming::Request { request, .. }) => Ok(request),
            _ => Err(at + 1),
        })
        .collect()
}

/// The files of a corpus, one for each suite: the suite's name and the text. Lines are sorted, so
/// that the same corpus is the same file.
pub fn corpus_files(corpus: &[Request]) -> Vec<(&str, String)> {
    let mut names: Vec<&str> = corpus.iter().map(|request| &*request.suite).collect();
    names.sort_unstable();
    names.dedup();
    let text = |name: &str| {
        let of_suite = corpus.iter().filter(|request| &*request.suite == name);
        let mut lines: Vec<String> = of_suite.map(to_ascii).collect();
        lines.sort_unstable();
        lines.dedup();
        lines.join("\n") + "\n"
    };
    names.into_iter().map(|name| (name, text(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corpus_is_read_as_it_was_written() {
        let suite = crate::suite::embedded().next().unwrap();
        let suite: crate::suite::Suite = suite.parse().unwrap();
        let vectors = suite.vectors.iter();
        let requests: Vec<Request> = vectors.map(|vector| vector.request.clone()).collect();
        let files = corpus_files(&requests);
        let [(name, text)] = &files[..] else {
            panic!("one suite is one file: {}", files.len());
        };
        assert_eq!(*name, suite.name.as_str());
        let read = corpus_requests(text.as_bytes()).unwrap();
        assert_eq!(corpus_files(&read), files);
        assert_eq!(corpus_requests(b"\n\n{}\n"), Err(3));
    }
}

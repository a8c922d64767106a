//! URLs that are parsed and written again, or of which a part is signed.

use crate::mistakes::documents::form::sorted;
use crate::mistakes::{Form, Forms};

/// A URL, or the path of one, in its parts as they are spelt.
#[derive(Clone, Copy)]
struct Parts<'a> {
    /// Without `://`.
    scheme: Option<&'a str>,
    /// The host, with its port.
    authority: &'a str,
    path: &'a str,
    /// Without the question mark.
    query: Option<&'a str>,
    /// Without the number sign.
    fragment: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let (text, fragment) = split(text, '#');
        let (text, query) = split(text, '?');
        if text.starts_with('/') {
            return Some(Self {
                scheme: None,
                authority: "",
                path: text,
                query,
                fragment,
            });
        }
        let (scheme, rest) = text.split_once("://")?;
        let is_name = !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        (is_name && !authority.is_empty()).then_some(Self {
            scheme: Some(scheme),
            authority,
            path,
            query,
            fragment,
        })
    }

    fn write(&self) -> Vec<u8> {
        let mut out = String::new();
        if let Some(scheme) = self.scheme {
            out.push_str(scheme);
            out.push_str("://");
        }
        out.push_str(self.authority);
        out.push_str(self.path);
        for (mark, part) in [('?', self.query), ('#', self.fragment)] {
            if let Some(part) = part {
                out.push(mark);
                out.push_str(part);
            }
        }
        out.into_bytes()
    }

    /// The host, and the port where one is told.
    fn host(&self) -> (&'a str, Option<&'a str>) {
        match self.authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                (host, Some(port))
            }
            _ => (self.authority, None),
        }
    }
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, behind)) => (before, Some(behind)),
        None => (text, None),
    }
}

/// The forms of a change to a URL; other text stays as it is.
fn of_url(
    bytes: &[u8],
    words: &[&'static str],
    change: impl Fn(Parts<'_>, usize) -> Vec<u8>,
) -> Forms<Vec<u8>> {
    let parts = Parts::of(bytes);
    let form = |(at, words): (usize, &&'static str)| {
        let changed = parts.map_or_else(|| bytes.to_vec(), |parts| change(parts, at));
        Form::new(changed, *words)
    };
    words.iter().enumerate().map(form).collect()
}

/// `http` where `https` was, and the other way round.
pub(super) fn scheme_changed(bytes: &[u8]) -> Forms<Vec<u8>> {
    of_url(bytes, &[""], |parts, _| {
        let scheme = match parts.scheme {
            Some("https") => Some("http"),
            Some("http") => Some("https"),
            other => other,
        };
        Parts { scheme, ..parts }.write()
    })
}

/// A port that is told, or not.
pub(super) fn port_changed(bytes: &[u8]) -> Forms<Vec<u8>> {
    let words = ["the usual port is added", "the port is left out"];
    of_url(bytes, &words, |parts, at| {
        let added;
        let authority = match (at, parts.host(), parts.scheme) {
            (0, (host, None), Some(scheme @ ("http" | "https"))) => {
                let port = if scheme == "http" { 80 } else { 443 };
                added = format!("{host}:{port}");
                &added
            }
            (1, (host, Some(_)), _) => host,
            _ => parts.authority,
        };
        Parts { authority, ..parts }.write()
    })
}

/// A slash at the end of the path.
pub(super) fn last_slash_changed(bytes: &[u8]) -> Forms<Vec<u8>> {
    of_url(bytes, &["left out", "added"], |parts, at| {
        let added;
        let path = match (at, parts.path.strip_suffix('/')) {
            (0, Some(without)) => without,
            (1, None) => {
                added = format!("{}/", parts.path);
                &added
            }
            _ => parts.path,
        };
        Parts { path, ..parts }.write()
    })
}

/// A part of the URL only.
pub(super) fn part(bytes: &[u8]) -> Forms<Vec<u8>> {
    let words = [
        "path and query",
        "path",
        "all but the query",
        "all but the fragment",
        "all but the scheme",
        "host",
        "query",
    ];
    of_url(bytes, &words, |parts, at| {
        let path_and_query = Parts {
            scheme: None,
            authority: "",
            fragment: None,
            ..parts
        };
        match at {
            0 => path_and_query.write(),
            1 => parts.path.into(),
            2 => Parts {
                query: None,
                fragment: None,
                ..parts
            }
            .write(),
            3 => Parts {
                fragment: None,
                ..parts
            }
            .write(),
            4 => Parts {
                scheme: None,
                ..parts
            }
            .write(),
            5 => parts.authority.into(),
            _ => parts.query.unwrap_or_default().into(),
        }
    })
}

/// The query in the order of its names.
pub(super) fn query_sorted(bytes: &[u8]) -> Forms<Vec<u8>> {
    of_url(bytes, &["", "encoded again"], |parts, at| {
        let forms = parts.query.map(|query| sorted(query.as_bytes()));
        let form = forms.and_then(|forms| forms.into_iter().nth(at));
        let sorted = form.and_then(|form| String::from_utf8(form.value).ok());
        Parts {
            query: sorted.as_deref().or(parts.query),
            ..parts
        }
        .write()
    })
}

/// The digits of percent escapes as capitals, or small.
pub(super) fn escapes_in_other_case(bytes: &[u8]) -> Forms<Vec<u8>> {
    let with = |case: fn(&u8) -> u8| {
        let mut out = bytes.to_vec();
        let mut at = 0;
        while at + 2 < out.len() {
            if out[at] == b'%' && out[at + 1..at + 3].iter().all(u8::is_ascii_hexdigit) {
                for digit in &mut out[at + 1..at + 3] {
                    *digit = case(digit);
                }
                at += 2;
            }
            at += 1;
        }
        out
    };
    vec![
        Form::new(with(u8::to_ascii_uppercase), "capitals"),
        Form::new(with(u8::to_ascii_lowercase), "small digits"),
    ]
}

#[cfg(test)]
mod tests {
    use super::{
        escapes_in_other_case, last_slash_changed, part, port_changed, query_sorted, scheme_changed,
    };
    use crate::mistakes::Forms;

    const URL: &[u8] = b"https://a.example/hook/?b=%c3&a=1#x";

    fn texts(forms: Forms<Vec<u8>>) -> Vec<String> {
        let text = |form: crate::mistakes::Form<Vec<u8>>| String::from_utf8(form.value).unwrap();
        forms.into_iter().map(text).collect()
    }

    #[test]
    fn each_part_of_a_url_is_changed_alone() {
        assert_eq!(
            texts(scheme_changed(URL)),
            ["http://a.example/hook/?b=%c3&a=1#x"]
        );
        assert_eq!(
            texts(port_changed(URL)),
            [
                "https://a.example:443/hook/?b=%c3&a=1#x",
                "https://a.example/hook/?b=%c3&a=1#x"
            ]
        );
        assert_eq!(texts(port_changed(b"http://a:8080/"))[1], "http://a/");
        assert_eq!(
            texts(last_slash_changed(URL))[0],
            "https://a.example/hook?b=%c3&a=1#x"
        );
        assert_eq!(texts(last_slash_changed(b"https://a"))[1], "https://a/");
        assert_eq!(
            texts(part(URL)),
            [
                "/hook/?b=%c3&a=1",
                "/hook/",
                "https://a.example/hook/",
                "https://a.example/hook/?b=%c3&a=1",
                "a.example/hook/?b=%c3&a=1#x",
                "a.example",
                "b=%c3&a=1"
            ]
        );
        assert_eq!(
            texts(query_sorted(URL)),
            [
                "https://a.example/hook/?a=1&b=%c3#x",
                "https://a.example/hook/?a=1&b=%C3#x"
            ]
        );
        assert_eq!(texts(query_sorted(b"/p?b=2&a=1"))[0], "/p?a=1&b=2");
        assert_eq!(
            texts(escapes_in_other_case(URL))[0],
            "https://a.example/hook/?b=%C3&a=1#x"
        );
    }

    #[test]
    fn every_form_leaves_other_texts_than_urls_alone() {
        for text in [&b"user-42"[..], b"a b://c", b"://a", b"", b"\xff"] {
            for forms in [
                scheme_changed(text),
                port_changed(text),
                last_slash_changed(text),
                part(text),
                query_sorted(text),
            ] {
                assert!(forms.iter().all(|form| form.value == text), "{text:?}");
            }
        }
    }
}

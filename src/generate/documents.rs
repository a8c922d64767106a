//! Bodies and addresses: what a field with a content may hold, and which bug each one catches.

use std::borrow::Cow;

use crate::scheme::{Content, Field, Params};

/// A document of a kind.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// Its name in vector ids.
    pub(super) slug: &'static str,
    pub(super) text: Cow<'static, str>,
    /// Which bug it catches, behind the word "Catches".
    pub(super) catches: &'static str,
}

/// The documents that a field may hold; none for one of any text.
pub(super) fn of_field(field: &Field) -> Vec<Document> {
    let documents = of_content(field.content);
    match &field.params {
        None => documents.to_vec(),
        Some(params) => of_params(params, documents),
    }
}

/// Parameters that are signed, with those that are left out among them.
fn of_params(params: &Params, documents: &[Document]) -> Vec<Document> {
    let prefix = &params.prefix;
    let named = |text: &str| -> Cow<'static, str> {
        let params = text.split('&').map(|param| format!("{prefix}{param}"));
        params.collect::<Vec<_>>().join("&").into()
    };
    let mut all: Vec<Document> = documents.to_vec();
    if !prefix.is_empty() {
        for document in &mut all {
            document.text = named(&document.text);
        }
        let beside = format!("{prefix}b=2&other=1&{prefix}a=1");
        all.push(Document {
            slug: "form-beside-others",
            text: beside.into(),
            catches: "parameters that are signed although the scheme leaves them out.",
        });
    }
    if let Some(omitted) = params.omit.first() {
        let text = format!("{prefix}b=2&{omitted}=0f1e2d3c&{prefix}a=1");
        all.push(Document {
            slug: "form-with-the-signature",
            text: text.into(),
            catches: "a parameter that is signed although the scheme leaves it out.",
        });
    }
    all
}

/// The documents of a content; none of any text.
fn of_content(content: Content) -> &'static [Document] {
    match content {
        Content::Text => &[],
        Content::Json => JSON,
        Content::Form => FORMS,
        Content::Url => URLS,
    }
}

const fn document(slug: &'static str, text: &'static str, catches: &'static str) -> Document {
    Document {
        slug,
        text: Cow::Borrowed(text),
        catches,
    }
}

// One entry a line, as in a table.
#[rustfmt::skip]
const JSON: &[Document] = &[
    document("names-unsorted", "{\"b\":1,\"a\":{\"d\":2,\"c\":3}}", "names that are sorted."),
    document("names-as-indices", "{\"10\":\"b\",\"9\":\"a\",\"x\":0}", "names of digits that come first, as in JavaScript."),
    document("spaced", "{\"a\": 1, \"b\": [1, 2]}", "blanks that are taken out."),
    document("indented", "{\n  \"a\": {\n    \"b\": [\n      1\n    ]\n  }\n}", "JSON that is written again on one line."),
    document("indented-by-tabs", "{\n\t\"a\": 1\n}", "JSON that is indented in another way."),
    document("empty-values", "{\"a\":{},\"b\":[],\"c\":null,\"d\":\"\"}", "an empty object that becomes a list, or an empty value that is left out."),
    document("fractions", "{\"a\":1.0,\"b\":2.50,\"c\":1e2,\"d\":1.5E-7}", "numbers that are parsed and written again."),
    document("large-numbers", "{\"id\":9007199254740993,\"n\":123456789012345678901234567890}", "numbers that lose digits as floating-point numbers."),
    document("negative-zero", "{\"a\":-0,\"b\":-0.0}", "a sign of zero that is lost."),
    document("escapes", "{\"a\":\"caf\\u00e9 \\ud83d\\ude00\"}", "escapes that are decoded before the body is signed."),
    document("escapes-in-capitals", "{\"a\":\"caf\\u00E9\"}", "escapes that are written again in small letters."),
    document("other-escapes", "{\"a\":\"\\\"\\\\\\b\\f\\n\\r\\t\\u001f\"}", "escapes that are decoded, or written in another way."),
    document("not-escaped", "{\"a\":\"café ☕ 李明\"}", "a body read as Latin-1, or written again with escapes."),
    document("emoji", "{\"a\":\"jo😀\"}", "characters of four bytes that are lost."),
    document("decomposed", "{\"a\":\"jose\u{301}\"}", "a body that is composed (NFC) before it is signed."),
    document("slashes-escaped", "{\"a\":\"https:\\/\\/a.example\\/\"}", "slashes whose escapes are lost."),
    document("slashes", "{\"a\":\"https://a.example/\"}", "slashes that are escaped, as PHP does."),
    document("html", "{\"a\":\"<a href='x'>R&D</a>\"}", "characters that are escaped for HTML, as Go and .NET do."),
    document("html-escaped", "{\"a\":\"\\u003cb\\u003e\"}", "escapes for HTML that are decoded."),
    document("line-separator", "{\"a\":\"x\u{2028}y\"}", "U+2028 that is escaped, or taken for the end of a line."),
    document("percent", "{\"a\":\"100% + a%20b&c=d\"}", "a body that is decoded as a form."),
    document("quotes", "{\"a\":\"it's\",\"b\":true}", "a parsed body that is printed, as Python's str does."),
    document("placeholders", "{\"a\":\"${x} {} %s {{y}}\"}", "a body that is taken for a template."),
    document("digits-as-text", "{\"id\":\"007\",\"n\":\"1.0\"}", "a text of digits that becomes a number."),
    document("nested", "{\"a\":[[[[[[{\"b\":[{\"c\":[]}]}]]]]]]}", "a parser that goes less deep."),
    document("list", "[{\"a\":1},{\"a\":2}]", "a body that is expected to be an object."),
    document("line-feed-behind", "{\"a\":1}\n", "a line end that is cut off."),
    document("line-ends-of-windows", "{\r\n\"a\":1\r\n}", "line ends that are changed."),
    document("blanks-outside", " {\"a\":1}  ", "a body that is trimmed."),
];

#[rustfmt::skip]
const FORMS: &[Document] = &[
    document("form-unsorted", "b=1&a=2&c=3", "fields that are sorted."),
    document("form-plus", "text=a+b", "a plus that becomes %20, or a blank."),
    document("form-percent-20", "text=a%20b", "a %20 that becomes a plus, or a blank."),
    document("form-marks", "text=**bold**~tilde~(x)!'y'", "marks that are escaped when the form is encoded again."),
    document("form-marks-escaped", "text=%2A%7E%28%29%21%27", "escapes of marks that are lost when the form is encoded again."),
    document("form-small-escapes", "text=caf%c3%a9", "escapes that are written again in capitals."),
    document("form-empty-values", "a=&b=1&c=", "fields without a value that are left out."),
    document("form-without-equals-sign", "a&b=1", "an equals sign that is added."),
    document("form-repeated", "a=1&a=2&b=3&a=4", "fields that are gathered by their names."),
    document("form-brackets", "a[]=1&a%5B%5D=2&b[c]=3", "brackets that are escaped, or taken for a structure."),
    document("form-json-inside", "payload=%7B%22a%22%3A%22b+c%22%7D", "a field that is parsed in the place of the body."),
    document("form-escaped-percent", "a=100%25&b=%2B%26%3D", "escapes that are decoded twice."),
    document("form-latin-1", "name=Jos%E9", "bytes that are no UTF-8 and become U+FFFD."),
    document("form-ampersand-behind", "a=1&", "an ampersand that is cut off."),
    document("form-semicolon", "a=1;b=2", "a semicolon that is taken for a separator."),
    document("form-digits", "id=007&n=1.0", "digits that become a number."),
];

#[rustfmt::skip]
const URLS: &[Document] = &[
    document("url-with-port", "https://a.example:443/hook", "a usual port that is left out."),
    document("url-with-other-port", "http://a.example:8080/hook", "a port that is left out behind a proxy."),
    document("url-of-http", "http://a.example/hook", "a scheme that is taken for https."),
    document("url-without-path", "https://a.example", "a slash that is added."),
    document("url-with-slash-behind", "https://a.example/hook/", "a slash at the end that is cut off."),
    document("url-with-query", "https://a.example/hook?b=1&a=2", "a query that is sorted or left out."),
    document("url-with-escapes", "https://a.example/a%2fb?c=%C3%a9+d%20e", "escapes that are decoded or written in another way."),
    document("url-with-empty-query", "https://a.example/hook?", "a question mark that is cut off."),
    document("url-with-capitals", "https://A.Example/Hook", "a host or a path in small letters."),
    document("url-with-dots", "https://a.example/a/../b//c", "a path that is shortened."),
    document("url-with-repeated-parameters", "https://a.example/?a=1&a=2&b=", "parameters that are gathered or left out."),
    document("url-with-fragment", "https://a.example/hook#part", "a fragment that is cut off."),
];

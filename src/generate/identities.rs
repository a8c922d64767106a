//! The catalogue of identities: what a user may be called, and which bug each name catches.

use crate::mistakes::MistakeId;
use crate::signature::Value;

/// An identity of the catalogue.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    /// Its name in vector ids.
    pub(super) slug: &'static str,
    /// The identity.
    pub(super) text: Text,
    /// What sound implementations may do with it.
    pub(super) manner: Strictness,
    /// Which bug it catches, behind the word "Catches".
    pub(super) catches: &'static str,
    /// The known mistakes that it reveals. A law of `strength` holds each of them true.
    pub(super) mistakes: &'static [MistakeId],
}

/// What an identity is made of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Text {
    /// This text.
    Is(&'static str),
    /// So many letters a.
    Long(usize),
    /// Bytes that are no UTF-8, or that only adapters for bytes carry.
    Bytes(&'static [u8]),
}

/// What sound implementations may do with an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strictness {
    /// Sign it.
    Plain,
    /// Sign it, and accept its token.
    Accepted,
    /// Sign it or refuse it.
    Unusual,
}

impl Text {
    /// The identity as a request carries it.
    pub(super) fn value(self) -> Value {
        match self {
            Self::Is(text) => text.into(),
            Self::Long(length) => "a".repeat(length).into(),
            Self::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        }
    }
}

const fn identity(
    slug: &'static str,
    text: &'static str,
    manner: Strictness,
    catches: &'static str,
    mistakes: &'static [MistakeId],
) -> Identity {
    Identity {
        slug,
        text: Text::Is(text),
        manner,
        catches,
        mistakes,
    }
}

const fn bytes(
    slug: &'static str,
    bytes: &'static [u8],
    catches: &'static str,
    mistakes: &'static [MistakeId],
) -> Identity {
    Identity {
        slug,
        text: Text::Bytes(bytes),
        manner: Unusual,
        catches,
        mistakes,
    }
}

const fn long(
    slug: &'static str,
    length: usize,
    manner: Strictness,
    catches: &'static str,
    mistakes: &'static [MistakeId],
) -> Identity {
    Identity {
        slug,
        text: Text::Long(length),
        manner,
        catches,
        mistakes,
    }
}

use MistakeId as M;
use Strictness::{Accepted, Plain, Unusual};

/// The end of the one or two blocks of 64 bytes that a hash function pads.
const PADDING: &str = "a hash function of one's own that pads wrongly at the end of a block.";

// One entry a line, as in a table.
#[rustfmt::skip]
pub(super) static IDENTITIES: &[Identity] = &[
    // Ordinary names.
    identity("email", "john.doe@company.com", Accepted, "an @ or a full stop that is escaped or cut off.", &[]),
    identity("email-with-tag", "jane+news@example.com", Accepted, "form decoding: the plus becomes a blank.", &[M("identity-percent-decoded")]),
    identity("uuid", "7d444840-9dc0-11d1-b245-5ffdce74fad2", Accepted, "a UUID that is parsed and signed as its 16 bytes.", &[]),
    identity("uuid-in-braces", "{7d444840-9dc0-11d1-b245-5ffdce74fad2}", Plain, "a UUID that is parsed and written anew.", &[]),
    identity("decimal", "620", Accepted, "a text of digits that is taken for a number and signed as binary.", &[]),
    identity("leading-zeros", "000620", Accepted, "an identity taken for a number: its zeros are lost.", &[M("identity-as-integer"), M("identity-as-double"), M("identity-digits-grouped")]),
    identity("large-decimal", "9007199254740993", Accepted, "an identity taken for a floating-point number: beyond 2^53 its last digit changes.", &[M("identity-as-double"), M("identity-with-exponent"), M("identity-digits-grouped")]),
    identity("larger-decimal", "123456789012345678901234567890", Plain, "an identity taken for a number: it overflows, or becomes 1.2345678901234568e+29.", &[M("identity-as-double"), M("identity-with-exponent"), M("identity-digits-grouped")]),
    identity("decimal-point", "620.0", Plain, "an identity taken for a number: its decimal places are lost.", &[M("identity-as-double"), M("identity-with-exponent")]),
    identity("exponent", "1e3", Plain, "an identity taken for a number: 1e3 becomes 1000.", &[M("identity-as-double"), M("identity-with-exponent")]),
    identity("hexadecimal", "0x1f", Plain, "an identity taken for a number: 0x1f becomes 31.", &[]),
    identity("negative", "-7", Plain, "an identity taken for a number or for an option of a command.", &[]),
    identity("date", "2024-01-02T03:04:05Z", Plain, "an identity taken for a date and written anew.", &[M("identity-lower-cased")]),
    identity("hex-looking", "deadbeefcafe", Plain, "an identity decoded because it looks like hex.", &[]),
    identity("base64-looking", "dXNlci00Mg==", Plain, "an identity decoded because it looks like base64.", &[M("identity-lower-cased")]),
    // Words that a language uses for nothing.
    identity("word-null", "null", Unusual, "a text taken for nothing, or nothing turned into this text elsewhere.", &[]),
    identity("word-undefined", "undefined", Unusual, "a text taken for nothing.", &[]),
    identity("word-none", "None", Unusual, "a text taken for nothing.", &[M("identity-lower-cased")]),
    identity("word-nan", "NaN", Unusual, "a text taken for a number that is none.", &[M("identity-lower-cased")]),
    identity("word-false", "false", Unusual, "a text taken for a boolean.", &[]),
    identity("word-zero", "0", Unusual, "a zero taken for nothing, as PHP's empty() does.", &[]),
    // Blanks and line ends.
    identity("empty", "", Unusual, "an empty identity that is signed as undefined, null or None.", &[]),
    identity("blank-before", " user-42", Unusual, "an identity that is trimmed.", &[M("identity-trimmed"), M("identity-blanks-removed")]),
    identity("blank-after", "user-42 ", Unusual, "an identity that is trimmed.", &[M("identity-trimmed"), M("identity-blanks-removed")]),
    identity("blank-inside", "user 42", Accepted, "a blank that is encoded as + or %20, or that ends the identity.", &[M("identity-blanks-removed")]),
    identity("blanks-inside", "user  42", Plain, "blanks that are run together.", &[M("identity-blanks-removed")]),
    identity("only-a-blank", " ", Unusual, "an identity that is trimmed to nothing.", &[M("identity-trimmed"), M("identity-blanks-removed")]),
    identity("tab-inside", "user\t42", Unusual, "a tab that becomes a blank, or ends the identity.", &[M("identity-controls-removed")]),
    identity("tab-after", "user-42\t", Unusual, "an identity that is trimmed.", &[M("identity-trimmed"), M("identity-controls-removed")]),
    identity("line-feed-after", "user-42\n", Unusual, "a line end that is cut off.", &[M("identity-line-ends-changed"), M("identity-line-ends-removed"), M("identity-line-ends-written-out")]),
    identity("line-feed-inside", "user\n42", Unusual, "an identity that is read as two lines.", &[M("identity-line-ends-changed"), M("identity-line-ends-removed"), M("identity-line-ends-written-out")]),
    identity("carriage-return-inside", "user\r42", Unusual, "a carriage return that becomes a line feed.", &[M("identity-line-ends-removed"), M("identity-line-ends-written-out"), M("identity-controls-removed")]),
    identity("carriage-return-and-line-feed-after", "user-42\r\n", Unusual, "a line end that is cut off or changed.", &[M("identity-trimmed"), M("identity-line-ends-removed"), M("identity-line-ends-written-out")]),
    identity("line-separator", "user\u{2028}42", Unusual, "U+2028 taken for the end of a line, as Node.js's readline does.", &[]),
    identity("no-break-space", "user\u{a0}42", Unusual, "a no-break space that becomes an ordinary one.", &[M("identity-nfkc")]),
    identity("no-break-space-after", "user-42\u{a0}", Unusual, "an identity trimmed by Unicode's blanks.", &[M("identity-trimmed"), M("identity-nfkc")]),
    // Controls.
    identity("nul-inside", "user\0-42", Unusual, "an identity cut at NUL, as C does.", &[M("identity-backslash-escaped"), M("identity-cut-at-nul"), M("identity-controls-removed")]),
    identity("nul-before", "\0user-42", Unusual, "an identity cut at NUL to nothing.", &[M("identity-backslash-escaped"), M("identity-cut-at-nul"), M("identity-controls-removed")]),
    identity("nul-after", "user-42\0", Unusual, "an identity cut at NUL.", &[M("identity-backslash-escaped"), M("identity-cut-at-nul"), M("identity-controls-removed")]),
    identity("escape", "user\u{1b}[31m-42", Unusual, "an escape sequence that is filtered out.", &[M("identity-controls-removed")]),
    identity("delete", "user\u{7f}-42", Unusual, "a control character that is filtered out.", &[M("identity-controls-removed")]),
    identity("vertical-tab-after", "user-42\u{b}", Unusual, "an identity that is trimmed.", &[M("identity-trimmed"), M("identity-controls-removed")]),
    identity("next-line", "user\u{85}42", Unusual, "U+0085 taken for the end of a line, or read as Windows-1252.", &[M("identity-windows-1252")]),
    // What other formats use.
    identity("double-quotes", "\"user-42\"", Plain, "quotes that are taken off or escaped.", &[M("identity-html-escaped"), M("identity-backslash-escaped")]),
    identity("single-quote", "o'brien", Accepted, "a quote that is escaped for SQL or a shell.", &[M("identity-html-escaped"), M("identity-backslash-escaped")]),
    identity("backslash", "domain\\user", Accepted, "a backslash that is doubled or taken for an escape.", &[M("identity-backslash-escaped")]),
    identity("backslash-n", "domain\\new", Plain, "a backslash and an n that become a line feed.", &[M("identity-backslash-escaped")]),
    identity("slash", "users/42", Accepted, "a slash that is escaped, as PHP's json_encode does.", &[]),
    identity("dots", "a/../b", Plain, "an identity that is taken for a path and shortened.", &[]),
    identity("percent", "100%", Accepted, "an identity used as a format or percent-decoded.", &[]),
    identity("percent-encoded", "user%40example.com", Plain, "an identity that is percent-decoded once too often.", &[M("identity-percent-decoded")]),
    identity("format", "%s%d%n", Plain, "an identity used as a format.", &[]),
    identity("plus", "a+b", Plain, "form decoding: the plus becomes a blank.", &[M("identity-percent-decoded")]),
    identity("ampersand", "a&b=c", Accepted, "an identity cut at & or =, or HTML-escaped.", &[M("identity-html-escaped")]),
    identity("html-entity", "a&amp;b", Plain, "an HTML entity that is decoded.", &[M("identity-html-escaped")]),
    identity("less-than", "<user>", Accepted, "an identity that is HTML-escaped, or whose tags are stripped.", &[M("identity-html-escaped")]),
    identity("braces", "{}", Plain, "braces taken for a place in a format.", &[]),
    identity("placeholder", "{user_id}", Plain, "an identity in which a template is filled in a second time.", &[]),
    identity("dollar-braces", "${id}", Plain, "an identity in which a variable is filled in.", &[]),
    identity("dollar-one", "$1$&", Plain, "an identity used as the replacement of a regular expression.", &[M("identity-html-escaped"), M("identity-form-sorted")]),
    identity("json-escape", "jos\\u00e9", Plain, "a JSON escape that is decoded once too often.", &[M("identity-backslash-escaped")]),
    identity("json-text", "{\"id\":42}", Plain, "an identity that is parsed as JSON and written anew.", &[M("identity-html-escaped"), M("identity-backslash-escaped"), M("identity-json-printed")]),
    identity("json-with-blanks", "{\"b\": 1.0, \"a\": [\"\\u00e9\", {}]}", Accepted, "JSON that is parsed and written again: its blanks, escapes, numbers or order change.", &[M("identity-json-rewritten"), M("identity-json-sorted"), M("identity-json-printed")]),
    identity("form", "b=1+2&a=%7e%2a&c=", Accepted, "a form that is decoded, sorted or encoded again.", &[M("identity-form-sorted"), M("identity-percent-decoded"), M("identity-escapes-in-other-case")]),
    identity("url", "https://a.example/hook/?b=1&a=%2f", Accepted, "a URL of which a part is signed, or that is written in another way.", &[M("identity-url-scheme-changed"), M("identity-url-port-changed"), M("identity-url-last-slash-changed")]),
    identity("comma", "a,b", Plain, "an identity taken for a list.", &[]),
    identity("equals-sign", "a=b", Plain, "an identity cut at an equals sign.", &[]),
    identity("colon", "a:b", Plain, "an identity cut at a colon.", &[]),
    identity("full-stop", "a.b", Plain, "an identity cut at a full stop.", &[]),
    identity("hyphens", "a-1-2", Plain, "an identity cut at a hyphen.", &[]),
    identity("vertical-bar", "a|b", Plain, "an identity cut at a vertical bar.", &[]),
    identity("number-sign", "a#b", Plain, "an identity cut where a URL's fragment would begin.", &[]),
    identity("question-mark", "a?b", Plain, "an identity cut where a URL's query would begin.", &[]),
    identity("at-sign-before", "@file", Plain, "an identity taken for the name of a file, as curl does.", &[]),
    // Letters beyond ASCII.
    identity("two-byte-utf-8", "josé", Accepted, "an identity signed in Latin-1, or with é dropped or replaced.", &[M("identity-nfd"), M("identity-accents-removed"), M("identity-latin-1"), M("identity-ascii-only")]),
    identity("decomposed", "jose\u{301}", Plain, "an identity that is composed (NFC) before it is signed.", &[M("identity-nfc"), M("identity-nfkc"), M("identity-accents-removed")]),
    identity("three-byte-utf-8", "李明", Accepted, "an identity signed in UTF-16 or with ? for each character.", &[M("identity-ascii-with-question-marks")]),
    identity("euro-sign", "5€", Plain, "an identity signed in Windows-1252, where € is one byte.", &[M("identity-windows-1252")]),
    identity("typographic-quotes", "“jo”", Plain, "an identity signed in Windows-1252.", &[M("identity-windows-1252")]),
    identity("four-byte-utf-8", "jo😀", Accepted, "an identity whose surrogates are encoded one by one (CESU-8), or cut off as MySQL's utf8 does.", &[M("identity-four-byte-characters-replaced")]),
    identity("ligature", "ﬁle", Plain, "an identity brought to a compatible form (NFKC).", &[M("identity-nfkc")]),
    identity("full-width-letters", "ｕｓｅｒ", Plain, "an identity brought to a compatible form (NFKC).", &[M("identity-nfkc")]),
    identity("full-width-digits", "６２０", Plain, "digits taken for a number.", &[M("identity-nfkc")]),
    identity("arabic-indic-digits", "٦٢٠", Plain, "digits taken for a number.", &[]),
    identity("upper-case", "JOHN.DOE@COMPANY.COM", Plain, "an identity brought to lower case.", &[M("identity-lower-cased")]),
    identity("mixed-case", "John.Doe@Company.com", Accepted, "an identity brought to one case.", &[M("identity-lower-cased")]),
    identity("upper-case-i", "ISTANBUL", Plain, "an identity brought to lower case, under Turkish rules perhaps.", &[M("identity-lower-cased")]),
    identity("dotted-capital-i", "İstanbul", Plain, "an identity brought to lower case: İ becomes two characters.", &[M("identity-lower-cased"), M("identity-nfd"), M("identity-accents-removed")]),
    identity("sharp-s", "straße", Plain, "an identity brought to upper case and back, or case-folded: ß becomes ss.", &[]),
    identity("kelvin-sign", "300\u{212a}", Plain, "an identity composed or brought to lower case: the Kelvin sign becomes a k.", &[M("identity-lower-cased"), M("identity-nfc"), M("identity-nfd"), M("identity-accents-removed")]),
    identity("hebrew", "שלום", Plain, "an identity signed in the order in which it is shown.", &[]),
    // Characters that nobody sees.
    identity("emoji-with-joiners", "👩\u{200d}👩\u{200d}👧", Unusual, "joiners that are filtered out.", &[M("identity-four-byte-characters-replaced")]),
    identity("emoji-with-variation-selector", "❤\u{fe0f}", Unusual, "a variation selector that is filtered out.", &[]),
    identity("byte-order-mark", "\u{feff}user-42", Unusual, "a byte-order mark that is taken off.", &[]),
    identity("zero-width-space", "user\u{200b}-42", Unusual, "a zero-width space that is filtered out.", &[]),
    identity("soft-hyphen", "user\u{ad}42", Unusual, "a soft hyphen that is filtered out.", &[]),
    identity("right-to-left-mark", "\u{200f}user-42", Unusual, "a mark of direction that is filtered out.", &[]),
    identity("right-to-left-override", "user\u{202e}24", Unusual, "a mark of direction that is filtered out.", &[]),
    identity("replacement-character", "jos\u{fffd}", Unusual, "a replacement character taken for an error.", &[]),
    identity("last-code-point", "user\u{10ffff}", Unusual, "a code point that is no character.", &[M("identity-four-byte-characters-replaced")]),
    // What is no UTF-8.
    bytes("utf-8-as-bytes", b"jos\xc3\xa9", "bytes that are encoded once more.", &[M("identity-nfd"), M("identity-accents-removed"), M("identity-utf-8-twice")]),
    bytes("invalid-utf-8", b"user\xff", "a byte replaced by U+FFFD, so that many identities are one.", &[M("identity-replacement-characters")]),
    bytes("latin-1-bytes", b"jos\xe9", "Latin-1 replaced by U+FFFD or turned into UTF-8.", &[M("identity-replacement-characters")]),
    bytes("overlong-utf-8", b"user\xc0\x80", "an overlong NUL that is decoded.", &[]),
    bytes("cut-utf-8", b"jos\xc3", "half a character that is dropped.", &[M("identity-ascii-only")]),
    bytes("surrogate-as-utf-8", b"user\xed\xa0\x80", "half a surrogate pair that is replaced.", &[]),
    // Lengths: around the ends of blocks, and far beyond.
    long("length-1", 1, Accepted, "an identity of one character taken for too short.", &[]),
    long("length-54", 54, Plain, PADDING, &[]),
    long("length-55", 55, Plain, PADDING, &[]),
    long("length-56", 56, Plain, PADDING, &[]),
    long("length-57", 57, Plain, PADDING, &[]),
    long("length-63", 63, Plain, PADDING, &[]),
    long("length-64", 64, Accepted, PADDING, &[]),
    long("length-65", 65, Plain, PADDING, &[]),
    long("length-118", 118, Plain, PADDING, &[]),
    long("length-119", 119, Plain, PADDING, &[]),
    long("length-120", 120, Plain, PADDING, &[]),
    long("length-121", 121, Plain, PADDING, &[]),
    long("length-127", 127, Plain, PADDING, &[]),
    long("length-128", 128, Plain, PADDING, &[]),
    long("length-129", 129, Accepted, PADDING, &[]),
    long("length-4096", 4096, Unusual, "an identity that is cut to the size of a column or buffer.", &[M("identity-cut")]),
    long("length-65536", 65536, Unusual, "an identity that is cut, or whose length overflows 16 bits.", &[]),
    // Last: shorter ones come first where a vector is suggested.
    identity("ascii-punctuation", "a!b\"c#d$e%f&g'h(i)j*k+l,m-n.o/p:q;r<s=t>u?v@w[x\\y]z^0_1`2{3|4}5~6", Accepted, "an identity that is cut at a character, or in which one is dropped, escaped or decoded.", &[M("identity-html-escaped"), M("identity-backslash-escaped"), M("identity-percent-decoded")]),
];

/// Identities that only stand beside each other: a token of either must not pass for the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Twins {
    /// Their name in vector ids.
    pub(super) slug: &'static str,
    /// What the bug takes the other for.
    pub(super) one: Text,
    /// The other.
    pub(super) other: Text,
    /// Whether a bug may as well take the first for the other.
    pub(super) both_ways: bool,
    /// Which bug they catch, behind the word "Catches".
    pub(super) catches: &'static str,
    /// The known mistakes that they reveal. A law of `strength` holds each of them true.
    pub(super) mistakes: &'static [MistakeId],
}

const fn twins(
    slug: &'static str,
    one: &'static str,
    other: &'static str,
    catches: &'static str,
    mistakes: &'static [MistakeId],
) -> Twins {
    Twins {
        slug,
        one: Text::Is(one),
        other: Text::Is(other),
        both_ways: false,
        catches,
        mistakes,
    }
}

const fn either(
    slug: &'static str,
    one: &'static str,
    other: &'static str,
    catches: &'static str,
    mistakes: &'static [MistakeId],
) -> Twins {
    Twins {
        both_ways: true,
        ..twins(slug, one, other, catches, mistakes)
    }
}

const fn mixed(
    slug: &'static str,
    one: Text,
    other: Text,
    catches: &'static str,
    mistakes: &'static [MistakeId],
) -> Twins {
    Twins {
        slug,
        one,
        other,
        both_ways: true,
        catches,
        mistakes,
    }
}

// One entry a line, as in a table.
#[rustfmt::skip]
pub(super) static TWINS: &[Twins] = &[
    either("another-user", "user-42", "user-43", "a verifier that knows who signed but not for whom.", &[M("verify-another-users-token")]),
    either("longer-name", "user-42", "user-421", "an identity of which only a part is signed.", &[]),
    either("no-name", "user-42", "", "a message from which the identity is left out.", &[]),
    // Trimming and cutting.
    twins("blank-before", "user-42", " user-42", "a verifier that trims the identity.", &[M("identity-trimmed"), M("identity-blanks-removed")]),
    twins("blank-after", "user-42", "user-42 ", "a verifier that trims the identity.", &[M("identity-trimmed"), M("identity-blanks-removed")]),
    twins("tab-after", "user-42", "user-42\t", "a verifier that trims the identity.", &[M("identity-trimmed"), M("identity-controls-removed")]),
    either("line-feed-after", "user-42", "user-42\n", "a verifier that cuts a line end off.", &[M("identity-trimmed"), M("identity-line-ends-removed"), M("identity-controls-removed")]),
    twins("carriage-return-and-line-feed-after", "user-42", "user-42\r\n", "a verifier that cuts a line end off.", &[M("identity-trimmed"), M("identity-line-ends-removed"), M("identity-controls-removed")]),
    twins("no-break-space-after", "user-42", "user-42\u{a0}", "a verifier that trims Unicode's blanks.", &[M("identity-trimmed"), M("identity-ascii-only")]),
    twins("nul-and-more-after", "user-42", "user-42\0admin", "a verifier that cuts the identity at NUL.", &[M("identity-cut-at-nul")]),
    either("nul-after", "user-42", "user-42\0", "a verifier that cuts the identity at NUL, or pads it with NUL.", &[M("identity-cut-at-nul"), M("identity-controls-removed")]),
    twins("line-after", "user-42", "user-42\nadmin", "a verifier that looks at the first line only.", &[]),
    twins("byte-order-mark", "user-42", "\u{feff}user-42", "a verifier that takes a byte-order mark off.", &[M("identity-ascii-only")]),
    twins("zero-width-space", "user-42", "user\u{200b}-42", "a verifier that drops what nobody sees.", &[M("identity-ascii-only")]),
    twins("right-to-left-mark", "user-42", "\u{200f}user-42", "a verifier that drops what nobody sees.", &[M("identity-ascii-only")]),
    twins("joiners", "👩👩👧", "👩\u{200d}👩\u{200d}👧", "a verifier that drops what nobody sees.", &[]),
    twins("blanks-run-together", "user 42", "user  42", "a verifier that runs blanks together.", &[]),
    either("kinds-of-line-end", "user\n42", "user\r\n42", "a verifier that writes all line ends alike.", &[M("identity-line-ends-changed")]),
    twins("kinds-of-blank", "user 42", "user\u{a0}42", "a verifier that writes all blanks alike.", &[M("identity-nfkc")]),
    // Case and form.
    either("upper-case", "john.doe@company.com", "JOHN.DOE@COMPANY.COM", "a verifier that ignores case.", &[M("identity-lower-cased")]),
    either("case-of-the-domain", "john.doe@company.com", "john.doe@Company.com", "a verifier that ignores the case of a domain.", &[M("identity-lower-cased")]),
    either("case-of-a-letter-beyond-ascii", "élise", "Élise", "a verifier that ignores case.", &[M("identity-lower-cased")]),
    twins("dotted-capital-i", "istanbul", "İstanbul", "a verifier that folds case as Turkish does.", &[]),
    twins("dotless-i", "istanbul", "ıstanbul", "a verifier that folds case as Turkish does.", &[]),
    either("sharp-s", "strasse", "straße", "a verifier that folds case: ß becomes ss.", &[]),
    twins("kelvin-sign", "300k", "300\u{212a}", "a verifier that folds case or composes: the Kelvin sign becomes a k.", &[M("identity-lower-cased")]),
    either("composed-and-decomposed", "josé", "jose\u{301}", "a verifier that brings identities to NFC or NFD.", &[M("identity-nfc"), M("identity-nfkc"), M("identity-nfd")]),
    twins("ligature", "file", "ﬁle", "a verifier that brings identities to a compatible form.", &[M("identity-nfkc")]),
    twins("full-width-letters", "user", "ｕｓｅｒ", "a verifier that brings identities to a compatible form.", &[M("identity-nfkc")]),
    either("full-width-digits", "620", "６２０", "a verifier that reads any digits as a number.", &[M("identity-nfkc")]),
    twins("arabic-indic-digits", "620", "٦٢٠", "a verifier that reads any digits as a number.", &[]),
    twins("accent", "jose", "josé", "a verifier that takes accents off.", &[M("identity-accents-removed")]),
    twins("look-alike", "admin", "\u{430}dmin", "a verifier that takes a Cyrillic letter for a Latin one.", &[]),
    // Encodings.
    twins("question-mark-for-a-letter", "jos?", "josé", "a verifier that encodes into ASCII and replaces what does not fit.", &[M("identity-ascii-with-question-marks")]),
    twins("dropped-letter", "jos", "josé", "a verifier that encodes into ASCII and drops what does not fit.", &[M("identity-ascii-only")]),
    either("utf-8-read-as-latin-1", "josé", "josÃ©", "a verifier that encodes twice.", &[M("identity-latin-1"), M("identity-windows-1252"), M("identity-utf-8-twice")]),
    twins("utf-8-read-as-windows-1252", "5€", "5â‚¬", "a verifier that encodes twice.", &[M("identity-windows-1252")]),
    mixed("replaced-byte", Text::Is("user\u{fffd}"), Text::Bytes(b"user\xff"), "a verifier that replaces what is no UTF-8, so that many identities are one.", &[M("identity-replacement-characters")]),
    mixed("another-replaced-byte", Text::Bytes(b"user\xfe"), Text::Bytes(b"user\xff"), "a verifier that replaces what is no UTF-8, so that many identities are one.", &[]),
    mixed("latin-1", Text::Is("josé"), Text::Bytes(b"jos\xe9"), "a verifier that guesses the encoding of an identity.", &[M("identity-latin-1"), M("identity-windows-1252"), M("identity-utf-8-twice")]),
    mixed("overlong", Text::Is("user\0"), Text::Bytes(b"user\xc0\x80"), "a verifier that decodes overlong UTF-8.", &[]),
    // Numbers.
    twins("leading-zeros", "620", "000620", "a verifier that compares identities as numbers.", &[M("identity-as-integer"), M("identity-as-double"), M("identity-with-exponent")]),
    twins("plus-sign", "620", "+620", "a verifier that compares identities as numbers.", &[M("identity-as-integer"), M("identity-as-double"), M("identity-with-exponent")]),
    twins("decimal-places", "620", "620.0", "a verifier that compares identities as numbers.", &[M("identity-as-double"), M("identity-with-exponent")]),
    either("exponent", "620", "6.2e2", "a verifier that compares identities as numbers.", &[M("identity-as-double"), M("identity-with-exponent")]),
    twins("hexadecimal", "620", "0x26c", "a verifier that compares identities as numbers.", &[]),
    twins("digits-and-more", "620", "620abc", "a verifier that reads the digits at the start of an identity.", &[]),
    twins("beyond-2-53", "9007199254740992", "9007199254740993", "a verifier that reads identities as floating-point numbers.", &[M("identity-as-double")]),
    twins("both-zero", "0", "abc", "a verifier that compares identities loosely, as numbers.", &[]),
    // Escapes.
    either("percent-encoding", "user@example.com", "user%40example.com", "a verifier that percent-decodes once too often.", &[M("identity-percent-decoded")]),
    either("plus-and-blank", "a b", "a+b", "a verifier that form-decodes the identity.", &[M("identity-percent-decoded")]),
    either("html-entity", "a&b", "a&amp;b", "a verifier that HTML-escapes the identity.", &[]),
    twins("stripped-tags", "user", "<b>user</b>", "a verifier that strips tags.", &[]),
    either("json-escape", "josé", "jos\\u00e9", "a verifier that decodes JSON's escapes once too often.", &[M("identity-unicode-escaped")]),
    either("escaped-slash", "users/42", "users\\/42", "a verifier that escapes slashes, as PHP's json_encode does.", &[]),
    either("escaped-quote", "o'brien", "o\\'brien", "a verifier that escapes quotes.", &[]),
    either("quotes", "user-42", "\"user-42\"", "a verifier that takes quotes off.", &[]),
    twins("path", "b", "a/../b", "a verifier that shortens paths.", &[]),
    twins("slash-after", "user-42", "user-42/", "a verifier that cuts a slash off.", &[]),
    either("base64", "user-42", "dXNlci00Mg==", "a verifier that decodes what looks like base64.", &[]),
    twins("uuid-without-hyphens", "7d444840-9dc0-11d1-b245-5ffdce74fad2", "7d4448409dc011d1b2455ffdce74fad2", "a verifier that compares the bytes of UUIDs.", &[]),
    // Emails.
    twins("tag-of-an-email", "jane@example.com", "jane+news@example.com", "a verifier that takes the tag off an email.", &[]),
    twins("full-stop-in-an-email", "janedoe@example.com", "jane.doe@example.com", "a verifier that takes full stops out of an email.", &[]),
    // Lengths.
    mixed("beyond-64-bytes", Text::Long(64), Text::Long(65), "a verifier that cuts identities at 64 bytes.", &[]),
    mixed("beyond-128-bytes", Text::Long(128), Text::Long(129), "a verifier that cuts identities at 128 bytes.", &[]),
    mixed("beyond-255-bytes", Text::Long(255), Text::Long(256), "a verifier that cuts identities at 255 bytes.", &[]),
    mixed("beyond-4096-bytes", Text::Long(4096), Text::Long(4097), "a verifier that cuts identities at 4096 bytes.", &[]),
    // Parts of a name.
    either("local-part-of-an-email", "alice", "alice@example.com", "a verifier that takes the part before the @ for the identity.", &[M("verify-local-parts-token")]),
    either("domain-of-an-email", "example.com", "alice@example.com", "a verifier that takes the part behind the @ for the identity.", &[]),
    either("local-part-before-its-tag", "alice", "alice+news", "a verifier that takes the part before a + for the identity.", &[M("verify-local-parts-token")]),
    twins("local-part-of-an-email-with-a-tag", "alice", "alice+news@example.com", "a verifier that takes the part before a + for the identity.", &[M("verify-local-parts-token")]),
    twins("name-before-a-colon", "alice", "alice:admin", "a verifier that takes the part before a colon for the identity.", &[]),
    twins("name-before-a-slash", "alice", "alice/admin", "a verifier that takes the part before a slash for the identity.", &[]),
    twins("name-before-a-semicolon", "alice", "alice;admin", "a verifier that takes the part before a semicolon for the identity.", &[]),
    twins("name-before-a-comma", "alice", "alice,admin", "a verifier that takes the part before a comma for the identity.", &[]),
    twins("name-before-a-vertical-bar", "alice", "alice|admin", "a verifier that takes the part before a vertical bar for the identity.", &[]),
    twins("name-before-a-number-sign", "alice", "alice#admin", "a verifier that takes the part before a number sign for the identity.", &[]),
    twins("name-before-a-blank", "alice", "alice admin", "a verifier that takes the first word for the identity.", &[]),
    twins("name-before-a-hyphen", "alice", "alice-admin", "a verifier that takes the part before a hyphen for the identity.", &[]),
    twins("name-before-a-full-stop", "alice", "alice.admin", "a verifier that takes the part before a full stop for the identity.", &[]),
    twins("name-behind-a-backslash", "alice", "company\\alice", "a verifier that takes the domain off a user's name.", &[]),
    twins("name-behind-a-slash", "alice", "company/alice", "a verifier that takes the part behind a slash for the identity.", &[]),
    twins("name-before-a-question-mark", "alice", "alice?admin", "a verifier that takes the part before a question mark for the identity.", &[]),
    twins("name-before-an-ampersand", "alice", "alice&admin", "a verifier that takes the part before an ampersand for the identity.", &[]),
    twins("name-before-an-equals-sign", "alice", "alice=admin", "a verifier that takes the part before an equals sign for the identity.", &[]),
    twins("name-before-a-percent-sign", "alice", "alice%admin", "a verifier that takes the part before a percent sign for the identity.", &[]),
    twins("name-before-an-underscore", "alice", "alice_admin", "a verifier that takes the part before an underscore for the identity.", &[]),
    twins("name-before-a-tilde", "alice", "alice~admin", "a verifier that takes the part before a tilde for the identity.", &[]),
    twins("name-before-a-dollar-sign", "alice", "alice$admin", "a verifier that takes the part before a dollar sign for the identity.", &[]),
    twins("name-before-an-apostrophe", "alice", "alice'admin", "a verifier that takes the part before an apostrophe for the identity.", &[]),
    twins("name-before-a-quotation-mark", "alice", "alice\"admin", "a verifier that takes the part before a quotation mark for the identity.", &[]),
    twins("name-before-a-less-than-sign", "alice", "alice<admin", "a verifier that takes the part before a less than sign for the identity.", &[]),
    twins("name-before-an-asterisk", "alice", "alice*admin", "a verifier that takes the part before an asterisk for the identity.", &[]),
    twins("name-before-an-exclamation-mark", "alice", "alice!admin", "a verifier that takes the part before an exclamation mark for the identity.", &[]),
    twins("name-before-a-parenthesis", "alice", "alice(admin", "a verifier that takes the part before a parenthesis for the identity.", &[]),
    twins("name-before-a-bracket", "alice", "alice[admin", "a verifier that takes the part before a bracket for the identity.", &[]),
    twins("name-before-a-brace", "alice", "alice{admin", "a verifier that takes the part before a brace for the identity.", &[]),
    twins("name-before-a-caret", "alice", "alice^admin", "a verifier that takes the part before a caret for the identity.", &[]),
    twins("name-before-a-grave-accent", "alice", "alice`admin", "a verifier that takes the part before a grave accent for the identity.", &[]),
    twins("name-behind-a-colon", "alice", "company:alice", "a verifier that takes the part behind a colon for the identity.", &[]),
    twins("name-behind-a-full-stop", "alice", "company.alice", "a verifier that takes the part behind a full stop for the identity.", &[]),
    twins("name-behind-a-hyphen", "alice", "company-alice", "a verifier that takes the part behind a hyphen for the identity.", &[]),
    twins("name-behind-an-underscore", "alice", "company_alice", "a verifier that takes the part behind an underscore for the identity.", &[]),
    twins("name-behind-a-vertical-bar", "alice", "company|alice", "a verifier that takes the part behind a vertical bar for the identity.", &[]),
    twins("name-behind-a-number-sign", "alice", "company#alice", "a verifier that takes the part behind a number sign for the identity.", &[]),
    either("without-hyphens", "0b54b0d1-6a4f-4c1e-9d1c-6a0f1f2e3d4c", "0b54b0d16a4f4c1e9d1c6a0f1f2e3d4c", "a verifier that takes hyphens out of the identity.", &[]),
    mixed("beyond-16-bytes", Text::Long(16), Text::Long(17), "a verifier that cuts identities at 16 bytes.", &[]),
    mixed("beyond-20-bytes", Text::Long(20), Text::Long(21), "a verifier that cuts identities at 20 bytes.", &[]),
    mixed("beyond-32-bytes", Text::Long(32), Text::Long(33), "a verifier that cuts identities at 32 bytes.", &[]),
    mixed("beyond-36-bytes", Text::Long(36), Text::Long(37), "a verifier that cuts identities at 36 bytes.", &[]),
    mixed("beyond-40-bytes", Text::Long(40), Text::Long(41), "a verifier that cuts identities at 40 bytes.", &[]),
    mixed("beyond-50-bytes", Text::Long(50), Text::Long(51), "a verifier that cuts identities at 50 bytes.", &[]),
    mixed("beyond-100-bytes", Text::Long(100), Text::Long(101), "a verifier that cuts identities at 100 bytes.", &[]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{IDENTITIES, TWINS};

    #[test]
    fn names_and_identities_are_unique() {
        let slugs: BTreeSet<_> = IDENTITIES.iter().map(|i| i.slug).collect();
        assert_eq!(slugs.len(), IDENTITIES.len());
        let values: BTreeSet<_> = IDENTITIES
            .iter()
            .map(|i| i.text.value().to_bytes().unwrap().into_owned())
            .collect();
        // "josé" stands there as text and as bytes.
        assert_eq!(values.len(), IDENTITIES.len() - 1);
        let twins: BTreeSet<_> = TWINS.iter().map(|t| t.slug).collect();
        assert_eq!(twins.len(), TWINS.len());
    }

    #[test]
    fn twins_differ() {
        for twins in TWINS {
            assert_ne!(
                twins.one.value().to_bytes(),
                twins.other.value().to_bytes(),
                "{}",
                twins.slug
            );
        }
    }
}

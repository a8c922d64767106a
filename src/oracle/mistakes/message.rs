//! Mistakes from the identity's bytes to the message, and in what is done with it.

use std::borrow::Cow;

use crate::mistakes::applicability::{
    always, has_unsigned_field, signs_a_delimiter, signs_a_time, signs_an_identity_among_others,
    signs_fields_side_by_side, signs_millis, signs_seconds, signs_several_fields, signs_text,
};
use crate::mistakes::{
    Change, Composition, Form, Forms, Hash, Mistake, MistakeId, Stage, TimeText, TimeTexts,
};
use crate::mistakes::{Piece, PieceKind};
use crate::scheme::MessagePart;

const ENTRY: Mistake = Mistake {
    id: MistakeId(""),
    title: "",
    wrong: "",
    remedy: "",
    hints: &[],
    seen: "",
    stage: Stage::Message,
    case_of: None,
    applies: always,
    change: Change::Keying(&[]),
};

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        id: MistakeId("message-arguments-swapped"),
        title: "key and message are swapped",
        wrong: "The message is the key and the secret is the message.",
        remedy: "Exchange the two arguments of the HMAC function.",
        seen: "signature-php#1, adyen-java-api-library#1185",
        change: Change::Keying(&[("", |keyed, message| keyed.swapped(message))]),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-time-in-milliseconds"),
        title: "the time is in milliseconds",
        wrong: "The scheme's time is in seconds.",
        remedy: "Divide the milliseconds by 1000 and drop the fraction.",
        hints: &[
            ("javascript", "Math.floor(Date.now() / 1000)"),
            ("java", "Instant.now().getEpochSecond()"),
        ],
        seen: "mercadopago sdk-nodejs#458, workos-ruby#138",
        applies: signs_seconds,
        change: Change::Time(|time| match time.millis_text() {
            Some(millis) if time.per_second == 1 => in_both_or_in_the_message(time, millis),
            _ => unchanged(time),
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-time-in-seconds"),
        title: "the time is in seconds",
        wrong: "The scheme's time is in milliseconds.",
        remedy: "Give the time in milliseconds since 1970.",
        seen: "mercadopago sdk-nodejs#458",
        applies: signs_millis,
        change: Change::Time(|time| match time.millis() {
            Some(millis) if time.per_second == 1000 => {
                in_both_or_in_the_message(time, (millis / 1000).to_string())
            }
            _ => unchanged(time),
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-time-left-out"),
        title: "the time is not signed",
        wrong: "The message is made without the time, so that a signature never grows old.",
        remedy: "Put the time into the message, as the scheme says.",
        applies: signs_a_time,
        change: Change::Composition(|parts| {
            without(parts, &|at| parts.pieces[at].kind == PieceKind::Time)
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-time-of-the-run"),
        title: "another time is signed than the one given",
        wrong: "The time is read from the clock, or was read when the program started, instead of being that of this signature.",
        remedy: "Take the time once for each signature, and use it in the message and in the token.",
        seen: "Jimo's sample reads the time when the module loads",
        applies: signs_a_time,
        change: Change::Time(|time| {
            let now = (u128::from(time.now) * u128::from(time.per_second)).to_string();
            in_both_or_in_the_message(time, now)
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-other-delimiter"),
        title: "another delimiter stands in the message",
        wrong: "The parts of the message are joined by another character than the scheme's.",
        remedy: "Join the parts of the message as the scheme says.",
        applies: signs_a_delimiter,
        change: Change::Composition(other_delimiter),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-no-delimiter"),
        title: "the parts of the message are joined without a delimiter",
        wrong: "Different fields can have one message, and so one signature.",
        remedy: "Join the parts of the message by the scheme's delimiter.",
        seen: "WordPress 2.5 cookies (2008)",
        applies: signs_a_delimiter,
        change: Change::Composition(|parts| Form::only(delimited(parts, b""))),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-delimiter-added"),
        title: "a delimiter stands in the message that the scheme does not have",
        wrong: "The parts of the message are joined by a character, and the scheme joins them by none.",
        remedy: "Join the parts of the message as the scheme says.",
        applies: signs_fields_side_by_side,
        change: Change::Composition(delimiter_added),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-other-order"),
        title: "the parts of the message stand in another order",
        wrong: "The same parts in another order make another message.",
        remedy: "Put the parts of the message into the scheme's order.",
        applies: signs_several_fields,
        change: Change::Composition(other_order),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-identity-left-out"),
        title: "{identity} is not signed",
        wrong: "The message is made without {identity}, so that its signature is good for any other.",
        remedy: "Put {identity} into the message, as the scheme says.",
        seen: "several guides",
        applies: signs_an_identity_among_others,
        change: Change::Composition(a_part_left_out),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-unsigned-field-included"),
        title: "a field that is not signed stands in the message",
        wrong: "More is signed than the scheme says: {unsigned}.",
        remedy: "Leave {unsigned} out of the message.",
        applies: has_unsigned_field,
        change: Change::Composition(with_unsigned_field),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-secret-included"),
        title: "the secret stands in the message",
        wrong: "The secret is signed together with the message.",
        remedy: "Use the secret as the key only.",
        seen: "several guides",
        change: Change::Composition(with_secret),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-hashed-with-secret-before"),
        title: "a plain hash of secret and message is used instead of HMAC",
        wrong: "Whoever knows one signature can sign what begins with the same message (length extension).",
        remedy: "Use HMAC with the secret as its key.",
        seen: "several guides",
        change: Change::Keying(&[
            ("", |keyed, message| keyed.digest(&[keyed.key(), message])),
            ("with a colon between", |keyed, message| {
                keyed.digest(&[keyed.key(), b":", message])
            }),
        ]),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-hashed-with-secret-behind"),
        title: "a plain hash of message and secret is used instead of HMAC",
        wrong: "A plain hash is no MAC, whichever side the secret stands on.",
        remedy: "Use HMAC with the secret as its key.",
        seen: "several guides",
        change: Change::Keying(&[
            ("", |keyed, message| keyed.digest(&[message, keyed.key()])),
            ("with a colon between", |keyed, message| {
                keyed.digest(&[message, b":", keyed.key()])
            }),
        ]),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-hashed-without-secret"),
        title: "a plain hash is used, without the secret",
        wrong: "Anybody can make this signature.",
        remedy: "Use HMAC with the secret as its key.",
        seen: "several guides",
        change: Change::Keying(&[("", |keyed, message| keyed.digest(&[message]))]),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-mac-of-digest"),
        title: "the digest of the message is signed",
        wrong: "The message, or a text in it, is hashed first, and the hash is signed.",
        remedy: "Give the message itself to HMAC, which hashes it.",
        applies: signs_text,
        change: Change::Composition(of_digest),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-mac-of-mac"),
        title: "the MAC is signed again",
        wrong: "HMAC is applied twice.",
        remedy: "Apply HMAC once.",
        change: Change::Keying(&[
            ("of its bytes", |keyed, message| {
                keyed.mac(keyed.mac(message).bytes())
            }),
            ("of its hex text", |keyed, message| {
                keyed.mac(hex::encode(keyed.mac(message).bytes()).as_bytes())
            }),
        ]),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-time-as-iso-8601"),
        title: "the time is written as a date",
        wrong: "The scheme's time is a number, and a date in ISO 8601 is signed instead.",
        remedy: "Write the time as a whole number since 1970.",
        applies: signs_a_time,
        change: Change::Time(as_date),
        ..ENTRY
    },
];

/// What people put between two parts, the likelier first, and how it is shown.
pub const DELIMITERS: [(&str, &str); 17] = [
    (":", "\":\""),
    (".", "\".\""),
    ("-", "\"-\""),
    ("_", "\"_\""),
    ("|", "\"|\""),
    (",", "\",\""),
    (";", "\";\""),
    (" ", "a space"),
    ("/", "\"/\""),
    ("\n", "a line feed"),
    ("&", "\"&\""),
    ("+", "\"+\""),
    ("#", "\"#\""),
    ("=", "\"=\""),
    ("\t", "a tab"),
    ("::", "\"::\""),
    ("?", "\"?\""),
];

/// Where something stands that does not belong into a message: before the rest or behind it, and
/// what stands between.
const PLACES: [(&str, bool, &str); 14] = [
    ("", true, "behind the rest"),
    ("", false, "before the rest"),
    (":", true, "behind the rest, with \":\" between"),
    (":", false, "before the rest, with \":\" between"),
    ("-", true, "behind the rest, with \"-\" between"),
    ("-", false, "before the rest, with \"-\" between"),
    (".", true, "behind the rest, with \".\" between"),
    (".", false, "before the rest, with \".\" between"),
    ("_", true, "behind the rest, with \"_\" between"),
    ("_", false, "before the rest, with \"_\" between"),
    ("|", true, "behind the rest, with \"|\" between"),
    ("|", false, "before the rest, with \"|\" between"),
    ("\n", true, "behind the rest, with a line feed between"),
    ("\n", false, "before the rest, with a line feed between"),
];

impl TimeText<'_> {
    /// The time in milliseconds, to the millisecond where the token tells.
    fn millis(&self) -> Option<u64> {
        let time: u64 = self.text.parse().ok()?;
        let millis = time.checked_mul(1000 / self.per_second.max(1))?;
        let agrees = |exact: &u64| exact / 1000 == millis / 1000;
        Some(self.millis.filter(agrees).unwrap_or(millis))
    }

    fn millis_text(&self) -> Option<String> {
        self.millis().map(|millis| millis.to_string())
    }
}

fn unchanged(time: &TimeText<'_>) -> Forms<TimeTexts> {
    Form::only(TimeTexts {
        message: time.text.to_owned(),
        token: time.text.to_owned(),
    })
}

fn in_both_or_in_the_message(time: &TimeText<'_>, written: String) -> Forms<TimeTexts> {
    vec![
        Form::new(
            TimeTexts {
                message: written.clone(),
                token: written.clone(),
            },
            "",
        ),
        Form::new(
            TimeTexts {
                message: written,
                token: time.text.to_owned(),
            },
            "in the message only",
        ),
    ]
}

fn as_date(time: &TimeText<'_>) -> Forms<TimeTexts> {
    let date = time
        .millis()
        .and_then(|millis| i64::try_from(millis).ok())
        .and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    let Some(date) = date else {
        return unchanged(time);
    };
    let spellings = [
        "%Y-%m-%dT%H:%M:%S.%3fZ",
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%dT%H:%M:%S+00:00",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d",
    ];
    let forms = spellings.map(|spelling| {
        let written = date.strftime(spelling).to_string();
        let detail: Cow<'static, str> = format!("as {written}").into();
        in_both_or_in_the_message(time, written)
            .into_iter()
            .map(|form| {
                let detail = match &*form.detail {
                    "" => detail.clone(),
                    place => format!("{detail}, {place}").into(),
                };
                Form::new(form.value, detail)
            })
            .collect::<Vec<_>>()
    });
    forms.into_iter().flatten().collect()
}

/// Whether a piece is a literal between two fields.
fn is_delimiter(pieces: &[Piece<'_>], at: usize) -> bool {
    let is_field = |piece: Option<&Piece<'_>>| piece.is_some_and(|p| p.kind != PieceKind::Literal);
    pieces[at].kind == PieceKind::Literal
        && at > 0
        && is_field(pieces.get(at - 1))
        && is_field(pieces.get(at + 1))
}

fn delimited(parts: &Composition<'_>, delimiter: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(64);
    for (at, piece) in parts.pieces.iter().enumerate() {
        let bytes = if is_delimiter(parts.pieces, at) {
            delimiter
        } else {
            &piece.bytes
        };
        message.extend_from_slice(bytes);
    }
    message
}

/// The message of the scheme.
pub fn composed(pieces: &[Piece<'_>]) -> Vec<u8> {
    let length = pieces.iter().map(|piece| piece.bytes.len()).sum();
    let mut message = Vec::with_capacity(length);
    for piece in pieces {
        message.extend_from_slice(&piece.bytes);
    }
    message
}

fn other_delimiter(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    let own = (0..parts.pieces.len()).find(|&at| is_delimiter(parts.pieces, at));
    let Some(own) = own.map(|at| &parts.pieces[at].bytes) else {
        return Form::only(composed(parts.pieces));
    };
    DELIMITERS
        .into_iter()
        .filter(|(text, _)| **own != *text.as_bytes())
        .map(|(text, shown)| Form::new(delimited(parts, text.as_bytes()), shown))
        .collect()
}

fn delimiter_added(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    let is_field = |at: usize| {
        parts
            .pieces
            .get(at)
            .is_some_and(|p| p.kind != PieceKind::Literal)
    };
    if !(1..parts.pieces.len()).any(|at| is_field(at - 1) && is_field(at)) {
        return Form::only(composed(parts.pieces));
    }
    let joined = |delimiter: &str| {
        let mut message = Vec::with_capacity(64);
        for (at, piece) in parts.pieces.iter().enumerate() {
            if at > 0 && is_field(at - 1) && is_field(at) {
                message.extend_from_slice(delimiter.as_bytes());
            }
            message.extend_from_slice(&piece.bytes);
        }
        message
    };
    DELIMITERS
        .into_iter()
        .map(|(text, shown)| Form::new(joined(text), shown))
        .collect()
}

fn other_order(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    let places: Vec<usize> = (0..parts.pieces.len())
        .filter(|&at| parts.pieces[at].kind != PieceKind::Literal)
        .collect();
    let mut orders = permutations(&places);
    // The reverse is the likeliest; the right order is none.
    orders.retain(|order| *order != places);
    orders.reverse();
    if orders.is_empty() {
        return Form::only(composed(parts.pieces));
    }
    let form = |order: &Vec<usize>| {
        let mut next = order.iter();
        let message = parts
            .pieces
            .iter()
            .flat_map(|piece| match piece.kind {
                PieceKind::Literal => piece.bytes.to_vec(),
                _ => next
                    .next()
                    .map(|&at| parts.pieces[at].bytes.to_vec())
                    .unwrap_or_default(),
            })
            .collect();
        let names: Vec<&str> = order.iter().map(|&at| name_of(parts, at)).collect();
        Form::new(message, names.join(", "))
    };
    orders.iter().map(form).collect()
}

/// Every order of a few places, the given one first, its reverse last.
fn permutations(places: &[usize]) -> Vec<Vec<usize>> {
    match places {
        [] => vec![Vec::new()],
        _ if places.len() > 4 => vec![places.to_vec(), places.iter().rev().copied().collect()],
        _ => (0..places.len())
            .flat_map(|at| {
                let mut rest = places.to_vec();
                let first = rest.remove(at);
                permutations(&rest).into_iter().map(move |mut order| {
                    order.insert(0, first);
                    order
                })
            })
            .collect(),
    }
}

/// Without all texts that are signed, where something else is; without each field but the time.
fn a_part_left_out(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    let kind = |at: usize| parts.pieces[at].kind;
    let carried: Vec<usize> = (0..parts.pieces.len())
        .filter(|&at| kind(at) != PieceKind::Literal)
        .collect();
    let mut forms = Vec::new();
    if carried.iter().any(|&at| kind(at) != PieceKind::Identity) {
        forms.extend(without(parts, &|at| kind(at) == PieceKind::Identity));
    }
    if carried.len() > 1 {
        for &left_out in carried.iter().filter(|&&at| kind(at) != PieceKind::Time) {
            let alone = without(parts, &|at| at == left_out);
            let name = name_of(parts, left_out);
            forms.extend(alone.into_iter().map(|form| form.of(name)));
        }
    }
    if forms.is_empty() {
        Form::only(composed(parts.pieces))
    } else {
        forms
    }
}

/// The name of the field that a piece is.
fn name_of<'a>(parts: &Composition<'a>, at: usize) -> &'a str {
    match parts.scheme.message.parts().get(at) {
        Some(MessagePart::Field { field, .. }) => &parts.scheme.fields.at(*field).name,
        _ => "",
    }
}

/// Without some pieces: with one delimiter of each fewer, or with all of them.
fn without(parts: &Composition<'_>, is_left_out: &dyn Fn(usize) -> bool) -> Forms<Vec<u8>> {
    let left = |at: &usize| !is_left_out(*at);
    let kept: Vec<usize> = (0..parts.pieces.len()).filter(left).collect();
    let is_field = |at: &&usize| parts.pieces[**at].kind != PieceKind::Literal;
    if kept.len() == parts.pieces.len() || !kept.iter().any(|at| is_field(&at)) {
        return Form::only(composed(parts.pieces));
    }
    let bare: Vec<u8> = kept
        .iter()
        .flat_map(|&at| parts.pieces[at].bytes.to_vec())
        .collect();
    let mut joined = Vec::new();
    let mut pending: &[u8] = &[];
    let mut has_begun = false;
    for &at in &kept {
        let piece = &parts.pieces[at];
        if is_delimiter(parts.pieces, at) {
            pending = if has_begun { &piece.bytes } else { &[] };
        } else {
            has_begun |= piece.kind != PieceKind::Literal;
            joined.extend_from_slice(pending);
            joined.extend_from_slice(&piece.bytes);
            pending = &[];
        }
    }
    if bare == joined {
        Form::only(joined)
    } else {
        vec![
            Form::new(joined, "nor its delimiter"),
            Form::new(bare, "but its delimiter is"),
        ]
    }
}

fn with_unsigned_field(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    let message = composed(parts.pieces);
    if parts.unsigned.is_empty() {
        return Form::only(message);
    }
    let fields = parts.unsigned.iter();
    let joined = |(name, field): &(&str, &[u8])| {
        let named = |form: Form<Vec<u8>>| Form::new(form.value, format!("{name} {}", form.detail));
        joined_with(&message, field)
            .into_iter()
            .map(named)
            .collect::<Vec<_>>()
    };
    fields.flat_map(joined).collect()
}

fn with_secret(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    joined_with(&composed(parts.pieces), parts.secret)
}

/// The message with something else behind or before it.
fn joined_with(message: &[u8], other: &[u8]) -> Forms<Vec<u8>> {
    let form = |(delimiter, behind, detail): (&str, bool, &'static str)| {
        let (first, second) = if behind {
            (message, other)
        } else {
            (other, message)
        };
        Form::new([first, delimiter.as_bytes(), second].concat(), detail)
    };
    PLACES.into_iter().map(form).collect()
}

fn of_digest(parts: &Composition<'_>) -> Forms<Vec<u8>> {
    let hash = Hash::of(parts.scheme.algorithm);
    let message = hash.digest(&composed(parts.pieces));
    let hashed: Vec<Piece<'_>> = parts
        .pieces
        .iter()
        .map(|piece| match piece.kind {
            PieceKind::Identity => Piece {
                kind: piece.kind,
                bytes: hex::encode(hash.digest(&piece.bytes).bytes())
                    .into_bytes()
                    .into(),
            },
            _ => piece.clone(),
        })
        .collect();
    vec![
        Form::new(hex::encode(message.bytes()).into_bytes(), "in hex"),
        Form::new(message.bytes().to_vec(), "its bytes"),
        Form::new(composed(&hashed), "that of each text, in hex"),
    ]
}

//! Mistakes from the identity's bytes to the message, and in what is done with it.

use crate::mistakes::PieceKind;
use crate::mistakes::applicability::{
    has_unsigned_field, signs_a_constant, signs_a_constant_word, signs_a_date, signs_a_delimiter,
    signs_a_numeric_time, signs_a_time, signs_an_identity_among_others, signs_fields_side_by_side,
    signs_millis, signs_much_beside_a_text, signs_seconds, signs_several_fields, signs_text,
};
use crate::mistakes::constant_forms::{
    constant_changed, constant_left_out, delimiter_at_an_end, no_delimiter, one_text_alone,
};
use crate::mistakes::message_forms::{
    a_part_left_out, delimiter_added, of_digest, other_delimiter, other_order, with_secret,
    with_unsigned_field, without,
};
use crate::mistakes::optional_parts::{
    absent_part_kept, absent_part_named, given_part_left_out, has_an_optional_part,
};
use crate::mistakes::time_forms::{
    as_date, as_float, as_number, date_rewritten, in_a_finer_unit, in_both_or_in_the_message,
    shifted, unchanged,
};
use crate::mistakes::{Change, Mistake, MistakeId, Stage};
use crate::scheme::TimeForm;

const ENTRY: Mistake = Mistake::entry(Stage::Message);

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
            Some(millis) if time.form == TimeForm::UnixSeconds => {
                in_both_or_in_the_message(time, millis)
            }
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
            Some(millis) if time.form == TimeForm::UnixMillis => {
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
            let now = time.now.saturating_mul(time.form.per_second());
            in_both_or_in_the_message(time, time.form.write(now))
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
        change: Change::Composition(no_delimiter),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-absent-part-kept"),
        title: "the text around an absent field stays in the message",
        wrong: "A part of the message stands only if its field is given, and here its text is signed without the field.",
        remedy: "Leave the whole part out of the message where its field is absent.",
        applies: has_an_optional_part,
        change: Change::Composition(absent_part_kept),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-absent-part-named"),
        title: "{form:undefined} is signed in the place of an absent field",
        wrong: "A value that is not there is turned into a word, and a part of the message stands that has to be left out.",
        remedy: "Leave the whole part out of the message where its field is absent.",
        applies: has_an_optional_part,
        change: Change::Composition(absent_part_named),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-given-part-left-out"),
        title: "a part of the message is left out though its field is given",
        wrong: "The field is not signed, so that a signature is good beside any other value of it.",
        remedy: "Put the part into the message wherever its field is given.",
        applies: has_an_optional_part,
        change: Change::Composition(given_part_left_out),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-delimiter-at-an-end"),
        title: "a delimiter stands {form:at the end} of the message",
        wrong: "Each part is followed by a delimiter, where it belongs between two parts only.",
        remedy: "Put the delimiter between the parts of the message only.",
        applies: signs_a_delimiter,
        change: Change::Composition(delimiter_at_an_end),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-constant-left-out"),
        title: "the constant text of the message is left out",
        wrong: "The fields are signed without the text that the scheme puts around them.",
        remedy: "Put the constant text into the message, as the scheme says.",
        applies: signs_a_constant,
        change: Change::Composition(constant_left_out),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-other-constant"),
        title: "another constant text stands in the message",
        wrong: "The text around the fields is not that of the scheme.",
        remedy: "Write the constant text of the message exactly as the scheme does.",
        applies: signs_a_constant_word,
        change: Change::Composition(constant_changed),
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
        id: MistakeId("message-one-text-alone"),
        title: "nothing but {identity} is signed",
        wrong: "One part of the message is signed alone, so that its signature is good beside any others.",
        remedy: "Put every part into the message, as the scheme says.",
        applies: signs_much_beside_a_text,
        change: Change::Composition(one_text_alone),
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
        wrong: "Given one signature, an attacker can sign longer messages that begin with the same text (length extension).",
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
        id: MistakeId("message-digest-of-mac"),
        title: "the MAC is hashed once more",
        wrong: "A plain hash of the MAC stands in its place.",
        remedy: "Write the MAC itself into the token.",
        change: Change::Keying(&[
            ("its bytes", |keyed, message| {
                keyed.digest(&[keyed.mac(message).bytes()])
            }),
            ("its hex text", |keyed, message| {
                keyed.digest(&[hex::encode(keyed.mac(message).bytes()).as_bytes()])
            }),
        ]),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-time-as-float"),
        title: "the time is written as a floating-point number",
        wrong: "A whole number became a number with a fraction or an exponent, as languages print it.",
        remedy: "Write the time as a whole number since 1970.",
        seen: "hubspot-api-python#263",
        applies: signs_a_numeric_time,
        change: Change::Time(as_float),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-time-in-finer-unit"),
        title: "the time is in {form:microseconds}",
        wrong: "The clock of a language counts in another unit than the scheme.",
        remedy: "Divide the time until it is in the unit of the scheme, and drop the fraction.",
        applies: signs_a_numeric_time,
        change: Change::Time(in_a_finer_unit),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-time-shifted"),
        title: "the time that is signed is {form:one second more} than the one given",
        wrong: "The clock is read twice, or local time is taken for UTC.",
        remedy: "Read the clock once for each signature, in UTC, and use it in the message and in the token.",
        applies: signs_a_time,
        change: Change::Time(shifted),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-time-as-iso-8601"),
        title: "the time is written as a date",
        wrong: "The scheme's time is a number, and a date in ISO 8601 is signed instead.",
        remedy: "Write the time as a whole number since 1970.",
        applies: signs_a_numeric_time,
        change: Change::Time(as_date),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-date-rewritten"),
        title: "the date is read and written again",
        wrong: "The date that is signed is another text for the same time than the one given: other decimal places, another zone, another form.",
        remedy: "Sign the date as it stands in the request or in the token. Parse a copy to check its age.",
        applies: signs_a_date,
        change: Change::Time(date_rewritten),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("message-date-as-number"),
        title: "the time is signed in {form:seconds} since 1970",
        wrong: "The scheme's time is a date.",
        remedy: "Write the time as a date, in the form that the scheme says.",
        applies: signs_a_date,
        change: Change::Time(as_number),
        ..ENTRY
    },
];

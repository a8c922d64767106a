//! Messages in which a text and the time beside it trade characters, so that one identity's token
//! becomes another's.

use crate::generate::clock::Clock;
use crate::generate::fixture::{Fixture, NOW};
use crate::generate::requirements::{
    AMBIGUOUS_MESSAGE_PROFILE, MALFORMED_TIME_IS_NOT_ACCEPTED, ODD_TIMES_PROFILE,
};
use crate::generate::vector_builder::VectorBuilder;
use crate::scheme::{FieldKind, MessagePart, may_be_written, normalizing, unfiltered};
use crate::signature::Fields;

/// Adds the vectors about them.
pub(crate) fn add(builder: &mut VectorBuilder<'_>) {
    let Some(clock) = Clock::of(&builder.fixture) else {
        return;
    };
    for neighbour in neighbours(&builder.fixture, &clock) {
        traded(builder, &clock, &neighbour);
    }
}

/// A free text that stands beside the time.
struct Neighbour {
    text: usize,
    /// What stands between them.
    delimiter: String,
    stands_before: bool,
}

fn neighbours(fixture: &Fixture<'_>, clock: &Clock) -> Vec<Neighbour> {
    let parts = fixture.scheme.message.parts();
    let is_time = |part: &MessagePart| matches!(part, MessagePart::Field { field, .. } if *field == clock.field);
    let Some(time) = parts.iter().position(is_time) else {
        return Vec::new();
    };
    let beside = |steps: usize, before: bool| {
        let at = if before {
            time.checked_sub(steps)
        } else {
            Some(time + steps)
        };
        at.and_then(|at| parts.get(at))
    };
    let neighbour = |stands_before: bool| {
        let (delimiter, part) = match beside(1, stands_before)? {
            MessagePart::Literal(bytes) => {
                let delimiter = String::from_utf8_lossy(bytes).into_owned();
                (delimiter, beside(2, stands_before)?)
            }
            field @ MessagePart::Field { .. } => (String::new(), field),
        };
        let MessagePart::Field { field, .. } = part else {
            return None;
        };
        let is_text = fixture.scheme.fields.at(*field).kind == FieldKind::Text;
        is_text.then_some(Neighbour {
            text: *field,
            delimiter,
            stands_before,
        })
    };
    [true, false].into_iter().filter_map(neighbour).collect()
}

/// The text gives something at its end or beginning to the time.
fn traded(builder: &mut VectorBuilder<'_>, clock: &Clock, neighbour: &Neighbour) {
    let now = clock.text(&builder.fixture);
    let delimiter = &neighbour.delimiter;
    let ordinary = builder.fixture.ordinary(neighbour.text);
    for (slug, moved, note) in [
        (
            "digit",
            "1",
            "Catches a time in which anything may stand: a token of one identity becomes another's.",
        ),
        (
            "delimiter",
            "",
            "Catches a time with a sign or point: a token of one identity becomes another's.",
        ),
        (
            "time",
            now.as_str(),
            "Catches a verifier that reads the digits at the start of a time: a token of one identity becomes another's.",
        ),
    ] {
        let (side, text, time) = if neighbour.stands_before {
            let text = format!("{ordinary}{delimiter}{moved}");
            ("before", text, format!("{moved}{delimiter}{now}"))
        } else {
            let text = format!("{moved}{delimiter}{ordinary}");
            ("behind", text, format!("{now}{delimiter}{moved}"))
        };
        let signed = builder.fixture.with(neighbour.text, text);
        let mut shown = builder.fixture.with(neighbour.text, ordinary.as_str());
        shown.fields.set(builder.fixture.name(clock.field), time);
        let presented = builder.fixture.forge(&signed, &shown);
        let id = format!("time-takes-{slug}-from-the-text-{side}");
        let rule = &MALFORMED_TIME_IS_NOT_ACCEPTED;
        if !has_another_reading(&builder.fixture, &shown.fields) {
            let what = format!("accepts a time that took its {slug} from the text {side}");
            let words = (
                what.as_str(),
                "Shows what a verifier takes for a time; nobody signs the text that gave it.",
            );
            builder.observed(&ODD_TIMES_PROFILE, &id, words, presented, NOW);
            continue;
        }
        if presented.is_some() && !builder.not_accepted(rule, &id, note, presented.clone(), NOW) {
            let words = (
                "accepts a token whose text and time trade a digit",
                "Shows a message in which nothing stands between text and time.",
            );
            builder.observed(&AMBIGUOUS_MESSAGE_PROFILE, &id, words, presented, NOW);
        }
    }
}

/// Whether the message of these fields is also that of other fields with a well-formed time.
pub(crate) fn has_another_reading(fixture: &Fixture<'_>, fields: &Fields) -> bool {
    let Some(message) = fixture.message(fields) else {
        return false;
    };
    // Where the parts so far may end: with a set of places, many texts cost no more than one.
    let mut ends = vec![false; message.len() + 1];
    ends[0] = true;
    let message_of = &fixture.scheme.message;
    let mut before = Vec::new();
    for (at, part) in message_of.parts().iter().enumerate() {
        let hangs_on = message_of.hangs_on(at);
        if at.checked_sub(1).and_then(|last| message_of.hangs_on(last)) != hangs_on {
            before.clone_from(&ends);
        }
        let starts = (0..ends.len()).filter(|&at| ends[at]);
        let mut next = vec![false; ends.len()];
        match part {
            MessagePart::Literal(bytes) => {
                for start in starts.filter(|&at| message[at..].starts_with(bytes)) {
                    next[start + bytes.len()] = true;
                }
            }
            MessagePart::Field { field, filters } => {
                let of = fixture.scheme.fields.at(*field);
                let (_, writing) = normalizing(filters);
                let is_value = |text: &[u8]| match &of.kind {
                    FieldKind::Text => of.takes(text),
                    FieldKind::Time(form) => form.takes(text),
                    FieldKind::Enum(values) => values.iter().any(|v| v.as_bytes() == text),
                };
                let fits = |text: &[u8]| match unfiltered(text, writing) {
                    Some(read) => is_value(&read),
                    None => may_be_written(text, writing),
                };
                for start in starts {
                    for (end, is_end) in next.iter_mut().enumerate().skip(start) {
                        *is_end = *is_end || fits(&message[start..end]);
                    }
                }
            }
        }
        ends = next;
        // What hangs on a field may be absent as a whole.
        let is_last = at + 1 == message_of.parts().len() || message_of.hangs_on(at + 1) != hangs_on;
        if is_last && hangs_on.is_some() {
            for (end, is_end) in std::iter::zip(&mut ends, &before) {
                *end = *end || *is_end;
            }
        }
    }
    ends[message.len()]
}

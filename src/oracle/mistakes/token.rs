//! Mistakes from the text of the MAC to the token.

use crate::mistakes::applicability::{
    token_carries_a_numeric_time, token_encodes_a_text, token_escapes_a_text, token_has_a_prefix,
    token_has_more_than_the_mac, token_has_parts, token_has_separator,
};
use crate::mistakes::filters::{other_encoding, other_escapes};
use crate::mistakes::message_forms::DELIMITERS;
use crate::mistakes::token_text::{Unit, UnitKind};
use crate::mistakes::{
    Change, FilteredText, Form, Forms, Hash, Mistake, MistakeId, Stage, TokenPieces,
};
use crate::scheme::{Filter, filtered, is_unix_time, unfiltered};

const ENTRY: Mistake = Mistake {
    id: MistakeId(""),
    title: "",
    wrong: "",
    remedy: "",
    hints: &[],
    seen: "",
    stage: Stage::Token,
    case_of: None,
    applies: token_has_parts,
    change: Change::Token(|token| Form::only(token.write())),
};

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        id: MistakeId("token-part-missing"),
        title: "a part of the token is missing",
        wrong: "The MAC is handed over without what belongs around it.",
        remedy: "Put the whole token together as the scheme says.",
        applies: token_has_more_than_the_mac,
        change: Change::Token(part_missing),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("token-time-in-milliseconds"),
        title: "the time in the token is in another unit than the one signed",
        wrong: "Milliseconds stand in the token and seconds in the message, or the reverse.",
        remedy: "Put the very time that was signed into the token.",
        seen: "mercadopago sdk-nodejs#458",
        applies: token_carries_a_numeric_time,
        change: Change::Token(time_in_another_unit),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("token-parts-in-another-order"),
        title: "the parts of the token stand in another order",
        wrong: "The same parts in another order are another token.",
        remedy: "Put the parts of the token into the scheme's order.",
        change: Change::Token(|token| {
            let mut reversed = token.clone();
            reversed.units.reverse();
            Form::only(reversed.write())
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("token-other-prefix"),
        title: "another text stands before the signature",
        wrong: "What stands before the signature is a part of the token, and the scheme has another text there.",
        remedy: "Write the token as {token}.",
        applies: token_has_a_prefix,
        change: Change::Token(other_prefix),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("token-other-separator"),
        title: "another separator stands in the token",
        wrong: "The parts of the token are joined by another character than the scheme's.",
        remedy: "Join the parts of the token as the scheme says.",
        applies: token_has_separator,
        change: Change::Token(other_separator),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("token-text-other-encoding"),
        title: "a text in the token is encoded in {form:another way}",
        wrong: "A verifier reads it back by the scheme's encoding, and finds another text or none.",
        remedy: "Write the token as {token}.",
        applies: token_encodes_a_text,
        change: Change::Token(|token| text_written_otherwise(token, other_encoding)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("token-text-other-escapes"),
        title: "a text in the token is percent-encoded {form:in another way}",
        wrong: "Programs differ in what they leave as it is, in the digits of escapes, and in the blank.",
        remedy: "Write the token as {token}.",
        applies: token_escapes_a_text,
        change: Change::Token(|token| text_written_otherwise(token, escaped_otherwise)),
        ..ENTRY
    },
];

fn part_missing(token: &TokenPieces) -> Forms<String> {
    let mut forms = Vec::new();
    for (at, unit) in token.units.iter().enumerate() {
        if unit.kind == UnitKind::Mac {
            continue;
        }
        let mut rest = token.clone();
        rest.units.remove(at);
        if !rest.separators.is_empty() {
            rest.separators.remove(at.min(rest.separators.len() - 1));
        }
        forms.push(Form::new(rest.write(), format!("the {}", unit.name)));
    }
    if token.units.iter().any(|unit| !unit.before.is_empty()) {
        let mut bare = token.clone();
        for unit in &mut bare.units {
            unit.before.clear();
        }
        let literals: Vec<String> = token
            .units
            .iter()
            .filter(|unit| !unit.before.is_empty())
            .map(|unit| format!("{:?}", unit.before))
            .collect();
        forms.push(Form::new(bare.write(), literals.join(" and ")));
    }
    if forms.is_empty() {
        Form::only(token.write())
    } else {
        forms
    }
}

/// Another text before each MAC that has one: the name of an algorithm or of a version.
fn other_prefix(token: &TokenPieces) -> Forms<String> {
    let is_prefixed = |unit: &Unit| unit.kind == UnitKind::Mac && !unit.before.is_empty();
    let Some(own) = token.units.iter().find(|unit| is_prefixed(unit)) else {
        return Form::only(token.write());
    };
    let names = ["=", ":", "-"]
        .into_iter()
        .flat_map(|separator| Hash::ALL.map(|hash| format!("{}{separator}", hash.prefix())));
    let capitals = Hash::ALL.map(|hash| format!("{}=", hash.prefix().to_ascii_uppercase()));
    let versions = ["v1=", "v0=", "v2=", "v1,", "v1:"].map(str::to_owned);
    let forms: Forms<String> = names
        .chain(capitals)
        .chain(versions)
        .filter(|prefix| *prefix != own.before)
        .map(|prefix| {
            let mut other = token.clone();
            let units = other.units.iter_mut().filter(|unit| is_prefixed(unit));
            units.for_each(|unit| prefix.clone_into(&mut unit.before));
            Form::new(other.write(), format!("{prefix} for {}", own.before))
        })
        .collect();
    forms
}

/// The token with each text that filters write in it written otherwise.
fn text_written_otherwise(
    token: &TokenPieces,
    otherwise: fn(&FilteredText<'_>) -> Forms<Vec<u8>>,
) -> Forms<String> {
    let own = token.units.iter().position(|unit| !unit.filters.is_empty());
    let Some((at, unit)) = own.map(|at| (at, &token.units[at])) else {
        return Form::only(token.write());
    };
    let Some(text) = unfiltered(unit.text.as_bytes(), &unit.filters) else {
        return Form::only(token.write());
    };
    let forms = otherwise(&FilteredText {
        text: &text,
        filters: &unit.filters,
    });
    let with = |form: Form<Vec<u8>>| {
        let mut other = token.clone();
        // Bytes that are no text cannot stand there.
        if let Ok(text) = String::from_utf8(form.value) {
            other.units[at].text = text;
        }
        let detail = form.detail.replace("are signed", "stand there");
        Form::new(other.write(), detail)
    };
    forms.into_iter().map(with).collect()
}

fn escaped_otherwise(text: &FilteredText<'_>) -> Forms<Vec<u8>> {
    let is_kept = |filter: &&Filter| !matches!(filter, Filter::Percent(_));
    let kept: Vec<Filter> = text.filters.iter().filter(is_kept).cloned().collect();
    let bare = filtered(text.text, &kept).into_owned();
    let mut forms = vec![Form::new(bare, "not at all")];
    forms.extend(other_escapes(text));
    forms
}

fn time_in_another_unit(token: &TokenPieces) -> Forms<String> {
    let rewritten = |change: &dyn Fn(&str) -> Option<String>| {
        let mut changed = token.clone();
        let times = changed
            .units
            .iter_mut()
            .filter(|unit| unit.kind == UnitKind::Time);
        for unit in times {
            unit.text = is_unix_time(unit.text.as_bytes()).then(|| change(&unit.text))??;
        }
        Some(changed.write())
    };
    let exact = |text: &str| {
        let millis = token.millis.map(|millis| millis.to_string());
        millis.filter(|millis| *millis != text && millis.starts_with(text))
    };
    let thousandfold = |text: &str| Some(format!("{text}000"));
    let thousandth = |text: &str| {
        let end = text.len().checked_sub(3).filter(|&end| end > 0)?;
        text.get(..end).map(str::to_owned)
    };
    let forms: Forms<String> = [
        (rewritten(&thousandfold), "a thousandfold"),
        (rewritten(&exact), "to the millisecond"),
        (rewritten(&thousandth), "a thousandth"),
    ]
    .into_iter()
    .filter_map(|(token, detail)| Some(Form::new(token?, detail)))
    .collect();
    if forms.is_empty() {
        Form::only(token.write())
    } else {
        forms
    }
}

fn other_separator(token: &TokenPieces) -> Forms<String> {
    if token.separators.is_empty() {
        return Form::only(token.write());
    }
    let with = |separator: &str| {
        let mut other = token.clone();
        for own in &mut other.separators {
            separator.clone_into(own);
        }
        other
    };
    DELIMITERS
        .into_iter()
        .chain([("", "none")])
        .map(|(separator, shown)| (with(separator), shown))
        .filter(|(other, _)| other.separators != token.separators)
        .map(|(other, shown)| Form::new(other.write(), shown))
        .collect()
}

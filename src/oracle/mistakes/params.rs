//! Mistakes in putting parameters together before they are signed.

use std::sync::Arc;

use crate::mistakes::applicability::{
    omits_parameters, says_what_repeated_parameters_are, signs_parameters, sorts_parameters,
};
use crate::mistakes::{Change, FilteredText, Form, Forms, Mistake, MistakeId, Stage};
use crate::scheme::{Filter, Param, Params, Repeated, Sort, Written};

const ENTRY: Mistake = Mistake::entry(Stage::Message);

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        id: MistakeId("params-not-sorted"),
        title: "the parameters are signed as they stand, not sorted",
        wrong: "Their order is that of the request, and the scheme sorts them.",
        remedy: "Sort the parameters as the scheme says before they are joined.",
        applies: sorts_parameters,
        change: Change::Filtering(|text| {
            changed(text, "", |params, bytes| {
                with(params, |params| params.sort = Sort::None).apply(bytes)
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("params-omitted-signed"),
        title: "parameters are signed that the scheme leaves out",
        wrong: "The scheme leaves some parameters out of the message, such as the signature itself.",
        remedy: "Take out the parameters that the scheme does not sign before the others are joined.",
        applies: omits_parameters,
        change: Change::Filtering(|text| {
            changed(text, "", |params, bytes| {
                let all = with(params, |params| {
                    params.omit.clear();
                    params.prefix.clear();
                });
                all.apply(bytes)
            })
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("params-other-marks"),
        title: "the parameters are joined by other marks ({form:= and &})",
        wrong: "The scheme puts other marks between names, values and parameters.",
        remedy: "Put the scheme's marks between names and values, and between parameters.",
        applies: signs_parameters,
        change: Change::Filtering(other_marks),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("params-not-decoded"),
        title: "the parameters are not decoded before they are signed",
        wrong: "Names and values are signed with the escapes of the request.",
        remedy: "Decode names and values first, and write them as the scheme says.",
        applies: signs_parameters,
        change: Change::Filtering(|text| changed(text, "", not_decoded)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("params-other-encoding"),
        title: "names and values are written {form:otherwise} in the message",
        wrong: "The scheme signs them in another form: as they are, or with escapes.",
        remedy: "Write names and values as the scheme says.",
        applies: signs_parameters,
        change: Change::Filtering(other_encoding),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("params-repeated-lost"),
        title: "of several values of one name {form:only the last} is signed",
        wrong: "A map of names holds one value each, and the scheme signs all of them.",
        remedy: "Read the parameters as a list of names and values, and treat several values as the scheme says.",
        hints: &[
            (
                "python",
                "urllib.parse.parse_qsl(query, keep_blank_values=True)",
            ),
            ("javascript", "[...new URLSearchParams(query)]"),
        ],
        applies: says_what_repeated_parameters_are,
        change: Change::Filtering(repeated_lost),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("params-empty-left-out"),
        title: "parameters without a value are not signed",
        wrong: "Some parsers drop a parameter whose value is empty, and the scheme signs it.",
        remedy: "Keep parameters whose value is empty.",
        hints: &[(
            "python",
            "urllib.parse.parse_qsl(query, keep_blank_values=True)",
        )],
        applies: signs_parameters,
        change: Change::Filtering(|text| {
            changed(text, "", |params, bytes| {
                let mut kept = signed(params, bytes);
                kept.retain(|(_, value)| !value.is_empty());
                params.write(kept)
            })
        }),
        ..ENTRY
    },
];

/// The same with a change.
fn with(params: &Params, change: impl FnOnce(&mut Params)) -> Params {
    let mut changed = params.clone();
    change(&mut changed);
    changed
}

/// The parameters of a text that are signed.
fn signed(params: &Params, bytes: &[u8]) -> Vec<Param> {
    let mut read = Params::read(bytes);
    read.retain(|(name, _)| params.signs(name));
    read
}

/// What becomes of the parameters of a text.
type Putting<'a> = dyn Fn(&Arc<Params>, &[u8]) -> Vec<u8> + 'a;

/// The text when its parameters are put together in another way.
fn written(text: &FilteredText<'_>, change: &Putting<'_>) -> Vec<u8> {
    let step = |bytes: Vec<u8>, filter: &Filter| match filter {
        Filter::Params(params) => change(params, &bytes),
        other => other.apply(&bytes),
    };
    text.filters.iter().fold(text.text.to_vec(), step)
}

fn changed(
    text: &FilteredText<'_>,
    words: &'static str,
    change: impl Fn(&Arc<Params>, &[u8]) -> Vec<u8>,
) -> Forms<Vec<u8>> {
    vec![Form::new(written(text, &change), words)]
}

/// The rule of the text; `None` where no filter of it puts parameters together.
fn rule<'t>(text: &'t FilteredText<'_>) -> Option<&'t Params> {
    text.filters.iter().find_map(|filter| match filter {
        Filter::Params(params) => Some(&**params),
        _ => None,
    })
}

fn other_marks(text: &FilteredText<'_>) -> Forms<Vec<u8>> {
    let Some(own) = rule(text) else {
        return Form::only(written(text, &|params, bytes| params.apply(bytes)));
    };
    let marks = [
        ("=", "&", "= and &"),
        ("=", "", "= and nothing"),
        ("", "", "none at all"),
        ("=", "\n", "= and a line feed"),
        ("=", ",", "= and a comma"),
        (":", "\n", ": and a line feed"),
        (":", "&", ": and &"),
        ("", "&", "nothing and &"),
        ("=", ";", "= and a semicolon"),
        ("=", "|", "= and |"),
    ];
    let is_another =
        |(pair, join, _): &(&str, &str, &str)| (*pair, *join) != (&*own.pair, &*own.join);
    let form = |(pair, join, words): (&str, &str, &'static str)| {
        let marked = |params: &Arc<Params>, bytes: &[u8]| {
            let other = with(params, |params| {
                pair.clone_into(&mut params.pair);
                join.clone_into(&mut params.join);
            });
            other.apply(bytes)
        };
        Form::new(written(text, &marked), words)
    };
    marks.into_iter().filter(is_another).map(form).collect()
}

/// Names and values as they are spelt.
fn not_decoded(params: &Arc<Params>, bytes: &[u8]) -> Vec<u8> {
    let mut spelt: Vec<Param> = Params::split(bytes)
        .map(|(name, value)| (name.to_vec(), value.to_vec()))
        .collect();
    spelt.retain(|(name, _)| params.signs(name));
    with(params, |params| params.encode = Written::Plain).write(spelt)
}

fn other_encoding(text: &FilteredText<'_>) -> Forms<Vec<u8>> {
    let own = rule(text).map(|params| params.encode);
    let ways = [
        (Written::Percent, "with percent escapes"),
        (Written::Form, "as a form"),
        (Written::Plain, "without escapes"),
    ];
    let form = |(encode, words): (Written, &'static str)| {
        let written_so = |params: &Arc<Params>, bytes: &[u8]| {
            with(params, |params| params.encode = encode).apply(bytes)
        };
        Form::new(written(text, &written_so), words)
    };
    ways.into_iter()
        .filter(|(encode, _)| own != Some(*encode))
        .map(form)
        .collect()
}

fn repeated_lost(text: &FilteredText<'_>) -> Forms<Vec<u8>> {
    type Keep = fn(Vec<Param>) -> Vec<Param>;
    let own = rule(text).map(|params| params.repeated.clone());
    if own == Some(Repeated::Unspecified) {
        return Form::only(written(text, &|params, bytes| params.apply(bytes)));
    }
    let last: Keep = |params| {
        let mut kept: Vec<Param> = Vec::new();
        for (name, value) in params {
            match kept.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => kept.push((name, value)),
            }
        }
        kept
    };
    let first: Keep = |params| {
        let mut kept: Vec<Param> = Vec::new();
        for (name, value) in params {
            if !kept.iter().any(|(known, _)| *known == name) {
                kept.push((name, value));
            }
        }
        kept
    };
    let mut forms: Forms<Vec<u8>> = [(last, "only the last"), (first, "only the first")]
        .into_iter()
        .map(|(keep, words)| {
            let lost =
                |params: &Arc<Params>, bytes: &[u8]| params.write(keep(signed(params, bytes)));
            Form::new(written(text, &lost), words)
        })
        .collect();
    for (repeated, words) in [
        (Repeated::Joined(",".to_owned()), "a list with commas"),
        (Repeated::Kept, "each one"),
    ] {
        if own.as_ref() != Some(&repeated) {
            let gathered = |params: &Arc<Params>, bytes: &[u8]| {
                with(params, |params| params.repeated = repeated.clone()).apply(bytes)
            };
            forms.push(Form::new(written(text, &gathered), words));
        }
    }
    forms
}

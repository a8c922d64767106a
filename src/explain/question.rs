//! The question and its answer.

use std::collections::HashSet;
use std::sync::atomic::AtomicBool;

use crate::explain::candidates::Candidates;
use crate::explain::clues::clues;
use crate::explain::details::detail;
use crate::explain::fit::remarks;
use crate::explain::search::{DEEPEST, Effort, search};
use crate::explain::times::{CarriedTime, Oddity, carried_time};
use crate::explain::{Answer, Cause, Explanation, Finding};
use crate::mistakes::{FormWords, Inputs, MistakeId, Pipeline};
use crate::results::Causes;
use crate::scheme::{Content, FieldTexts, Scheme, TokenGrammar};
use crate::signature::{Fields, Request, Secrets, Value};

/// What is asked: why this token?
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The scheme by which it should have been made.
    pub scheme: &'a Scheme,
    /// The secret or secrets.
    pub secrets: &'a Secrets,
    /// The fields that were signed. A time that the token carries may be left out.
    pub fields: &'a Fields,
    /// The token that came.
    pub token: &'a str,
    /// About when it was made, in Unix seconds, where that is known.
    pub now: Option<u64>,
    /// Up to how many mistakes before the MAC are tried together whatever that takes, such as
    /// [`Question::DEPTH`]. More are tried where they take no longer than a moment.
    pub depth: usize,
    /// Once set, the search ends with what it has, within milliseconds.
    pub interrupt: Option<&'a AtomicBool>,
}

impl Question<'_> {
    /// The usual depth: one mistake is always looked for.
    pub const DEPTH: usize = 1;
    /// The greatest depth that there is.
    pub const MAX_DEPTH: usize = DEEPEST;
}

/// How many causes are told.
pub(super) const MOST_CAUSES: usize = 12;

/// How many forms of the same mistakes are kept that the token does not tell apart.
pub(super) const MOST_FORMS: usize = 3;

/// Finds the mistakes that produce a token.
pub fn explain(question: &Question<'_>) -> Explanation {
    explain_to(question, DEEPEST)
}

/// What stands in the token of these fields for those that are no times.
fn carried_texts(inputs: &Inputs<'_>) -> Vec<String> {
    let scheme = inputs.scheme;
    let Ok(texts) = FieldTexts::read(&scheme.fields, inputs.fields) else {
        return Vec::new();
    };
    let carried = scheme
        .token
        .fields()
        .filter(|&field| !scheme.is_time(field));
    carried
        .filter_map(|field| scheme.token.carried_text(&texts, field))
        .collect()
}

/// The same with so many deviations before the MAC at most.
pub(super) fn explain_to(question: &Question<'_>, deepest: usize) -> Explanation {
    let mut explanation = Explanation::new(Answer::Unexplained);
    let carried = carried_time(question.scheme, question.token);
    let time = settle_time(question, carried.as_ref(), &mut explanation.notes);
    let inputs = Inputs {
        scheme: question.scheme,
        secrets: question.secrets,
        fields: &time.fields,
        now: time.now,
        millis: carried.as_ref().and_then(|carried| carried.millis),
    };
    let received = received(question.scheme, question.token);
    let mut carried_texts = carried_texts(&inputs);
    carried_texts.extend(time.texts);
    let candidates = Candidates::of(question.scheme, question.token, &carried_texts);
    let around = around(&inputs, question.token);
    let effort = Effort {
        // A token that holds the right MAC holds no other. One deviation before the MAC may still
        // be one of the time that the token carries.
        deepest: if around.is_some() {
            deepest.min(1)
        } else {
            deepest
        },
        depth: question.depth,
        interrupt: question.interrupt,
    };
    match search(&inputs, &received, &candidates, effort) {
        Err(refusal) => {
            explanation.answer = Answer::NotAskable;
            explanation.notes.push(format!("{refusal}"));
        }
        Ok(found) => {
            explanation.tried = found.tried;
            if found.pipelines.iter().any(Pipeline::is_right) {
                if is_well_formed(question.scheme, question.token) {
                    explanation.answer = Answer::Right;
                } else {
                    explanation.clues.push(
                        "one of its signatures is right, but its form does not match the scheme"
                            .to_owned(),
                    );
                }
            } else if found.pipelines.is_empty()
                && let Some(form) = around
            {
                explanation.answer = Answer::Explained;
                let mistake = MistakeId::around_the_mac().mistake();
                let finding = Finding::new(mistake, inputs.scheme, &form);
                explanation.causes = vec![Cause {
                    mistakes: vec![finding],
                    pipelines: Vec::new(),
                }];
            } else if found.pipelines.is_empty() {
                explanation.clues = clues(&inputs, question.token, &candidates, carried.as_ref());
            } else {
                explanation.answer = Answer::Explained;
                explanation.causes = causes(&found.pipelines, &inputs);
            }
        }
    }
    if explanation.answer != Answer::Right {
        explanation.remarks = remarks(
            "the secret",
            question.scheme,
            question.secrets,
            question.fields,
        );
    }
    explanation
}

/// Mistakes in the words of a report, each in the form that it has for this request.
pub(super) fn in_words(
    pipeline: &Pipeline,
    scheme: &Scheme,
    request: &Request,
    language: Option<&str>,
) -> Causes {
    let findings = findings(&[pipeline], &inputs_of(scheme, request));
    let mentions = findings.iter().map(|finding| finding.mention(language));
    Causes {
        mistakes: mentions.collect(),
    }
}

/// Other text around the right MAC in this token, in the words of a report.
pub(super) fn around_the_mac(
    scheme: &Scheme,
    request: &Request,
    token: &str,
    language: Option<&str>,
) -> Option<Causes> {
    let form = around(&inputs_of(scheme, request), token)?;
    let finding = Finding::new(MistakeId::around_the_mac().mistake(), scheme, &form);
    Some(Causes {
        mistakes: vec![finding.mention(language)],
    })
}

pub(super) fn inputs_of<'a>(scheme: &'a Scheme, request: &'a Request) -> Inputs<'a> {
    Inputs {
        scheme,
        secrets: &request.secrets,
        fields: &request.fields,
        now: request.now,
        millis: None,
    }
}

/// The time to work with.
struct Settled {
    fields: Fields,
    now: u64,
    /// Every text of a time that may stand in the token.
    texts: Vec<String>,
}

fn settle_time(
    question: &Question<'_>,
    carried: Option<&CarriedTime>,
    notes: &mut Vec<String>,
) -> Settled {
    let mut fields = question.fields.clone();
    let scheme = question.scheme;
    let mut texts = Vec::new();
    let mut now = question.now;
    if let Some(field) = scheme.time() {
        let field = scheme.fields.at(field);
        let seconds = |time: &str| {
            let form = field.kind.time_form()?;
            Some(form.read(time)? / form.per_second())
        };
        let given = fields.value(&field.name).and_then(Value::to_bytes);
        let given = given.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        if let Some(carried) = carried {
            match &given {
                None => {
                    fields.set(field.name.as_str(), carried.due.as_str());
                    notes.push(format!(
                        "no {} was given, so it was read from the token: {}",
                        field.name,
                        spelt(carried)
                    ));
                }
                Some(given) if *given != carried.due => {
                    now = seconds(&carried.due);
                    notes.push(format!(
                        "the token carries the time {}, but {given} was given",
                        spelt(carried)
                    ));
                }
                Some(_) => {}
            }
            texts.extend([carried.written.clone(), carried.due.clone()]);
        }
        let time = given.or_else(|| carried.map(|carried| carried.due.clone()));
        if let Some(time) = time {
            texts.extend([format!("{time}000"), time.clone()]);
            texts.extend(
                time.len()
                    .checked_sub(3)
                    .and_then(|end| time.get(..end))
                    .map(str::to_owned),
            );
            now = now.or_else(|| seconds(&time));
        }
    }
    texts.retain(|text| !text.is_empty());
    Settled {
        fields,
        now: now.unwrap_or_default(),
        texts,
    }
}

fn spelt(carried: &CarriedTime) -> String {
    match carried.oddity {
        None => carried.written.clone(),
        Some(Oddity::Milliseconds) => format!("{}, which is in milliseconds", carried.written),
        Some(Oddity::Seconds) => format!("{}, which is in seconds", carried.written),
        Some(Oddity::Date) => format!("{}, which is a date", carried.written),
        Some(Oddity::OtherDate) => {
            format!("{}, which the scheme writes otherwise", carried.written)
        }
        Some(Oddity::Number) => format!("{}, which is a number", carried.written),
    }
}

/// The texts any of which has to be made: the token, or one of the signatures that it offers.
fn received(scheme: &Scheme, token: &str) -> Vec<String> {
    let mut all = vec![token.to_owned()];
    let Some(separator) = scheme.token.separator() else {
        return all;
    };
    let pieces: Vec<&str> = match &scheme.token {
        TokenGrammar::Pairs(pairs) => pairs.known_pieces(token),
        TokenGrammar::Template(_) | TokenGrammar::List(_) => token.split(separator).collect(),
    };
    if pieces.iter().any(|piece| piece.is_empty()) {
        return all;
    }
    match &scheme.token {
        TokenGrammar::Pairs(pairs) => {
            let is_repeated = |piece: &&str| {
                let key = piece.split_once('=').map_or(*piece, |(key, _)| key);
                pairs
                    .pairs
                    .iter()
                    .any(|pair| pair.repeat && pair.key == key)
            };
            for chosen in pieces.iter().filter(|piece| is_repeated(piece)) {
                let kept = |piece: &&&str| !is_repeated(piece) || *piece == chosen;
                let kept: Vec<&str> = pieces.iter().filter(kept).copied().collect();
                all.push(kept.join(separator));
            }
        }
        TokenGrammar::Template(_) | TokenGrammar::List(_) => {
            all.extend(pieces.into_iter().map(str::to_owned));
        }
    }
    let mut seen = HashSet::new();
    all.retain(|text| seen.insert(text.clone()));
    all
}

/// Whether a token that offers a right signature is itself written as the scheme writes tokens.
fn is_well_formed(scheme: &Scheme, token: &str) -> bool {
    scheme.token.parse(&scheme.fields, token).is_some()
}

/// The pipelines in the words of the catalogue, the likelier first.
fn causes(pipelines: &[Pipeline], inputs: &Inputs<'_>) -> Vec<Cause> {
    // Several forms of the same mistakes are one cause.
    let mut sets: Vec<(Vec<MistakeId>, Vec<&Pipeline>)> = Vec::new();
    for pipeline in pipelines {
        let ids: Vec<MistakeId> = pipeline.choices().map(|choice| choice.mistake.id).collect();
        match sets.iter_mut().find(|(known, _)| *known == ids) {
            Some((_, same)) => same.push(pipeline),
            None => sets.push((ids, vec![pipeline])),
        }
    }
    let known: Vec<Vec<MistakeId>> = sets.iter().map(|(ids, _)| ids.clone()).collect();
    // A special case says no more than the general mistake that does the same.
    sets.retain(|(ids, _)| {
        let general: Vec<MistakeId> = ids.iter().map(|id| id.general()).collect();
        general == *ids || !known.contains(&general)
    });
    // Where a field holds a document, that is what receivers parse and write again.
    let mut fields = inputs.scheme.fields.iter();
    let has_document = fields.any(|field| field.content != Content::Text);
    let rank = |ids: &[MistakeId]| {
        let rank = |id: &MistakeId| match id.mistake() {
            mistake if has_document && mistake.is_of_documents() => 0,
            mistake => 1 + mistake.rank_in_stage(),
        };
        ids.iter().map(rank).sum::<usize>()
    };
    sets.sort_by_key(|(ids, _)| (ids.len(), rank(ids)));
    sets.truncate(MOST_CAUSES);
    let cause = |(_, same): &(Vec<MistakeId>, Vec<&Pipeline>)| Cause {
        mistakes: findings(same, inputs),
        pipelines: same.iter().take(MOST_FORMS).copied().cloned().collect(),
    };
    sets.iter().map(cause).collect()
}

/// The mistakes of pipelines that differ in their forms only.
fn findings(same: &[&Pipeline], inputs: &Inputs<'_>) -> Vec<Finding> {
    let Some(first) = same.first() else {
        return Vec::new();
    };
    first
        .choices()
        .enumerate()
        .map(|(at, choice)| {
            let mut forms: Vec<FormWords> = Vec::new();
            for other in same
                .iter()
                .filter_map(|pipeline| pipeline.choices().nth(at))
            {
                let form = detail(other, inputs);
                if !forms.contains(&form) {
                    forms.push(form);
                }
            }
            Finding::new(choice.mistake, inputs.scheme, &only(forms))
        })
        .collect()
}

/// What several forms have in common. What cannot be told apart is not told.
fn only(mut forms: Vec<FormWords>) -> FormWords {
    if forms.len() == 1 {
        return forms.remove(0);
    }
    let first = forms.first().cloned().unwrap_or_default();
    let fields: Option<Vec<&str>> = forms.iter().map(|form| form.of.as_deref()).collect();
    let of = fields.map(|mut fields| {
        fields.dedup();
        fields.join(" or ")
    });
    let is_same =
        |same: fn(&FormWords, &FormWords) -> bool| forms.iter().all(|form| same(form, &first));
    FormWords {
        detail: if is_same(|one, other| one.detail == other.detail) {
            first.detail.clone()
        } else {
            String::new()
        },
        place: if is_same(|one, other| one.place == other.place) {
            first.place
        } else {
            ""
        },
        of,
    }
}

/// What stands around the right MAC in a token, where that is not what the scheme has there.
fn around(inputs: &Inputs<'_>, token: &str) -> Option<FormWords> {
    let right = Pipeline::right();
    let texts = FieldTexts::read(&inputs.scheme.fields, inputs.fields).ok()?;
    let times = right.time(inputs, &texts).ok()?;
    let mac = right.mac_text(inputs, &texts, &times).ok()?;
    let due = right.token_of(inputs, &texts).ok()?;
    let (before, behind) = token.split_once(mac.as_str())?;
    let (due_before, due_behind) = due.split_once(mac.as_str())?;
    let part = |is: &str, due: &str, place: &str| match (is == due, is, due) {
        (true, ..) => None,
        (_, "", due) => Some(format!("nothing {place} it; expected {due:?}")),
        (_, is, "") => Some(format!("{is:?} {place} it")),
        (_, is, due) => Some(format!("{is:?} {place} it; expected {due:?}")),
    };
    let parts = [
        part(before, due_before, "before"),
        part(behind, due_behind, "behind"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| FormWords {
        detail: parts.join("; "),
        ..FormWords::default()
    })
}

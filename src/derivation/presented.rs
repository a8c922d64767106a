//! What a request presents as its token, taken apart so that it can be made again.

use crate::derivation::origin::{Origin, Tracer};
use crate::derivation::rebase_token::{SignedToken, rebase_token};
use crate::derivation::shift::Shift;
use crate::derivation::signing::{Change, Signing};
use crate::scheme::{Item, ParsedToken, Scheme, TimeForm};
use crate::signature::{Fields, Request, Secrets, Value};

/// What a request presents, and how each text in it was made.
#[derive(Clone, Debug)]
pub(crate) enum Presented {
    /// No text: it stays.
    Unchanged,
    /// A text.
    Text(Derivation),
    /// Texts inside of another JSON value, in their order.
    Inside(serde_json::Value, Vec<Derivation>),
}

/// How a text was made.
#[derive(Clone, Debug)]
pub(crate) enum Derivation {
    /// It depends on neither secret nor time.
    Constant(String),
    /// The right token of these fields with a small edit.
    Edited {
        right: SignedToken,
        secrets: Secrets,
        fields: Fields,
        text: String,
    },
    /// A token of the scheme's form, and the origin of each of its MACs, where one was found.
    PerMac(ParsedToken, Vec<Option<Origin>>),
    /// Written whole by a known mistake.
    Whole(Origin),
    /// A text without a known MAC; the second at which it is presented stands in it.
    Dated {
        before: String,
        time: String,
        form: TimeForm,
        after: String,
    },
}

impl Tracer<'_> {
    /// The first way to make what this request presents that satisfies `is_right`, the likeliest
    /// tried first. Finding an origin costs thousands of MACs, so a candidate is computed only when
    /// all before it have been declined.
    pub(crate) fn first_presented(
        &mut self,
        request: &Request,
        is_right: &mut dyn FnMut(&Presented) -> bool,
    ) -> Option<Presented> {
        match &request.token {
            Some(Value::Text(text)) => {
                let mut found = None;
                self.first_derivation(request, text, &mut |derivation| {
                    let presented = Presented::Text(derivation);
                    let is_it = is_right(&presented);
                    found = is_it.then_some(presented);
                    is_it
                });
                found
            }
            Some(Value::Json(json)) => {
                let mut json = json.clone();
                let mut derivations = Vec::new();
                let scheme = &self.suite().scheme;
                let unchanged = Change {
                    shift: Shift::NONE,
                    sign: &|signing| signing.token(scheme),
                };
                each_text(&mut json, &mut |text| {
                    self.first_derivation(request, text, &mut |derivation| {
                        // An edit may be too large to be made again.
                        let is_remade = derivation.remade(scheme, unchanged).as_ref() == Some(text);
                        derivations.extend(is_remade.then_some(derivation));
                        is_remade
                    });
                });
                Some(Presented::Inside(json, derivations)).filter(|inside| is_right(inside))
            }
            _ => Some(Presented::Unchanged).filter(|same| is_right(same)),
        }
    }

    /// Hands ways to make a text to `take`, the likeliest first, until it answers `true`.
    fn first_derivation(
        &mut self,
        request: &Request,
        text: &str,
        take: &mut dyn FnMut(Derivation) -> bool,
    ) {
        let scheme = &self.suite().scheme;
        let (secrets, now) = (&request.secrets, request.now);
        if text.is_empty() {
            take(Derivation::Constant(String::new()));
            return;
        }
        let parsed = scheme.token.parse(&scheme.fields, text);
        let of_now = fields_of_now(scheme, request, parsed.as_ref());
        let as_shown = fields_as_shown(scheme, &request.fields, request.now, parsed.as_ref());
        let is_same = of_now.as_ref() == Some(&as_shown);
        let others = (!is_same).then(|| as_shown.clone());
        for fields in of_now.into_iter().chain(others) {
            let Some(right) = SignedToken::new(scheme, secrets, &fields) else {
                continue;
            };
            let edited = Derivation::Edited {
                right,
                secrets: secrets.clone(),
                fields,
                text: text.to_owned(),
            };
            if take(edited) {
                return;
            }
        }
        if let Some(parsed) = parsed {
            let macs = parsed.macs();
            let origins = macs.map(|mac| self.of_mac(secrets, &as_shown, now, mac));
            let origins = origins.collect();
            take(Derivation::PerMac(parsed, origins));
            return;
        }
        if let Some(origin) = self.of_text(secrets, &as_shown, now, text)
            && take(Derivation::Whole(origin))
        {
            return;
        }
        if let Some(dated) = dated(scheme, text, now)
            && take(dated)
        {
            return;
        }
        take(Derivation::Constant(text.to_owned()));
    }
}

/// The fields of the right token of the request's own second; `None` where the token does not tell
/// one of them.
fn fields_of_now(
    scheme: &Scheme,
    request: &Request,
    parsed: Option<&ParsedToken>,
) -> Option<Fields> {
    let mut fields = request.fields.clone();
    for (at, bytes) in carried(scheme, parsed) {
        let field = scheme.fields.at(at);
        let value = match field.kind.time_form() {
            Some(form) => {
                // Only the token tells the milliseconds.
                let is_of_now = |text: &&str| {
                    let time = form.read(text);
                    time.is_some_and(|time| time / form.per_second() == request.now)
                };
                let text = bytes.and_then(|bytes| std::str::from_utf8(bytes).ok());
                let shown = text.filter(is_of_now).map(|text| form.value_of(text));
                shown.or_else(|| field.time_at(request.now))?
            }
            None => Value::of_bytes(bytes?),
        };
        fields.set(field.name.clone(), value);
    }
    Some(fields)
}

/// The given fields with those that the token shows. A time that it does not show is that of the
/// request, `now`.
pub(crate) fn fields_as_shown(
    scheme: &Scheme,
    given: &Fields,
    now: u64,
    parsed: Option<&ParsedToken>,
) -> Fields {
    let mut fields = given.clone();
    for (at, bytes) in carried(scheme, parsed) {
        let field = scheme.fields.at(at);
        let value = match (bytes.map(Value::of_bytes), field.kind.time_form()) {
            (Some(Value::Text(text)), Some(form)) => Some(form.value_of(&text)),
            (Some(value), _) => Some(value),
            (None, _) => field.time_at(now),
        };
        let Some(value) = value else { continue };
        fields.set(field.name.clone(), value);
    }
    fields
}

/// The fields that a token of the scheme carries, and what stands there in this one.
fn carried<'p>(
    scheme: &'p Scheme,
    parsed: Option<&'p ParsedToken>,
) -> impl Iterator<Item = (usize, Option<&'p [u8]>)> {
    scheme.token.fields().map(move |at| {
        let mut found = parsed.into_iter().flat_map(ParsedToken::fields);
        (
            at,
            found.find(|(one, _)| *one == at).map(|(_, bytes)| bytes),
        )
    })
}

fn dated(scheme: &Scheme, text: &str, now: u64) -> Option<Derivation> {
    let field = scheme.fields.at(scheme.time()?);
    let form = field.kind.time_form()?;
    let time = field.time_text_at(now)?;
    let (before, after) = text.split_once(&time)?;
    Some(Derivation::Dated {
        before: before.to_owned(),
        time,
        form,
        after: after.to_owned(),
    })
}

impl Presented {
    /// The request with what it presents made again; `None` where that cannot be made.
    pub(crate) fn remade(
        &self,
        scheme: &Scheme,
        change: Change<'_>,
        mut request: Request,
    ) -> Option<Request> {
        match self {
            Self::Unchanged => {}
            Self::Text(derivation) => {
                request.token = Some(Value::Text(derivation.remade(scheme, change)?));
            }
            Self::Inside(json, derivations) => {
                let mut json = json.clone();
                let mut texts = derivations.iter().map(|one| one.remade(scheme, change));
                let mut is_complete = true;
                each_text(&mut json, &mut |text| match texts.next().flatten() {
                    Some(other) => *text = other,
                    None => is_complete = false,
                });
                if !is_complete {
                    return None;
                }
                request.token = Some(Value::Json(json));
            }
        }
        Some(request)
    }

    /// Whether the origin of everything in it is known.
    pub(crate) fn is_traced(&self) -> bool {
        match self {
            Self::Unchanged => true,
            Self::Text(derivation) => derivation.is_traced(),
            Self::Inside(_, derivations) => derivations.iter().all(Derivation::is_traced),
        }
    }
}

impl Derivation {
    fn remade(&self, scheme: &Scheme, change: Change<'_>) -> Option<String> {
        match self {
            Self::Constant(text) => Some(text.clone()),
            Self::Edited {
                right,
                secrets,
                fields,
                text,
            } => {
                let fields = change.shift.fields(scheme, fields)?;
                let fresh = (change.sign)(&Signing {
                    by: None,
                    secrets,
                    fields: &fields,
                    now: 0,
                })?;
                rebase_token(text, right, &SignedToken::of(scheme, &fields, &fresh)?)
            }
            Self::PerMac(parsed, origins) => {
                let mut parsed = parsed.clone();
                let mut origins = origins.iter();
                for item in &mut parsed.items {
                    let Item::Known { found, .. } = item else {
                        continue;
                    };
                    if let Some(mac) = &mut found.mac
                        && let Some(origin) = origins.next()?
                    {
                        *mac = origin.mac(scheme, change)?;
                    }
                    for (at, text) in &mut found.fields {
                        if let Some(form) = scheme.time_form(*at) {
                            let moved = change.shift.text(std::str::from_utf8(text).ok()?, form)?;
                            *text = moved.into_bytes();
                        }
                    }
                }
                Some(scheme.token.render_parsed(&parsed))
            }
            Self::Whole(origin) => origin.token(scheme, change),
            Self::Dated {
                before,
                time,
                form,
                after,
            } => {
                let moved = change.shift.text(time, *form)?;
                Some(format!("{before}{moved}{after}"))
            }
        }
    }

    fn is_traced(&self) -> bool {
        match self {
            Self::Edited { .. } | Self::Whole(_) => true,
            Self::PerMac(_, origins) => origins.iter().all(Option::is_some),
            Self::Constant(text) => text.is_empty(),
            Self::Dated { .. } => false,
        }
    }
}

/// Calls `change` with every text in a JSON value, in their order.
fn each_text(json: &mut serde_json::Value, change: &mut dyn FnMut(&mut String)) {
    match json {
        serde_json::Value::String(text) => change(text),
        serde_json::Value::Array(all) => all.iter_mut().for_each(|one| each_text(one, change)),
        serde_json::Value::Object(all) => all.values_mut().for_each(|one| each_text(one, change)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::Presented;
    use crate::derivation::{Change, Shift, Tracer};
    use crate::suite::well_known;

    /// Whatever a candidate says of how a token was made, it makes that token.
    #[test]
    fn without_a_change_every_candidate_makes_the_same_token() {
        for embedded in well_known() {
            let suite = embedded.parsed();
            let scheme = &suite.scheme;
            let mut tracer = Tracer::new(suite);
            let unchanged = Change {
                shift: Shift::NONE,
                sign: &|signing| signing.token(scheme),
            };
            let presenting = suite.vectors.iter().map(|vector| &vector.request);
            // One of seven is enough to see that it holds.
            for request in presenting
                .filter(|one| one.op.presents_a_token())
                .step_by(7)
            {
                let mut candidates = 0;
                tracer.first_presented(request, &mut |presented: &Presented| {
                    // An edit may be too large to be made again.
                    if let Some(other) = presented.remade(scheme, unchanged, request.clone()) {
                        assert_eq!(other.token, request.token, "{}: {presented:?}", suite.name);
                        candidates += 1;
                    }
                    false
                });
                assert!(candidates > 0, "{}: {:?}", suite.name, request.token);
            }
        }
    }
}

//! Compiles a scheme into a [`Scheme`].

use std::sync::Arc;

use crate::scheme::{
    Content, Field, FieldKind, FieldSet, Freshness, KeyStep, KeyTemplate, Layout, List, Message,
    Order, Pair, Pairs, Params, Pattern, Repeated, Scheme, SecretRule, TimeForm, TokenError,
    TokenGrammar, Unknown, is_field_name,
};
use crate::suite::error::{Fault, Problem};
use crate::suite::forms::Entries;
use crate::suite::nearest::nearest;
use crate::suite::places_reader::read_places;
use crate::suite::policy_reader::read_policy;
use crate::suite::position::{At, Position};
use crate::suite::raw::{
    FieldFile, FieldType, FreshnessFile, KeyStepFile, LimitsFile, OrderFile, ParamsFile,
    PolicyFile, RepeatedFile, SchemeFile, SecretFile, SeveralFile, TokenFile, UnknownFile,
};

/// Maximum number of fields. Suites come from strangers, and the work of `explain`, `fuzz`, `lint`
/// and `generate` grows at least quadratically with this.
const MAX_FIELDS: usize = 24;
/// Maximum number of values of an enum: each gets vectors of its own.
const MAX_VALUES: usize = 256;
/// Maximum number of pairs in a token.
const MAX_PAIRS: usize = 24;

fn at_most(of: &'static str, most: usize, found: usize, at: Position) -> Result<(), Fault> {
    if found <= most {
        return Ok(());
    }
    Err(Fault::new(at, Problem::TooMany { of, most, found }))
}

/// Compiles a scheme. Fails on the first error, with its place.
pub(super) fn read_scheme(file: SchemeFile, policy: Option<PolicyFile>) -> Result<Scheme, Fault> {
    let fields = read_fields(file.fields)?;
    let whole = file.algorithm.mac_bytes();
    let mac_bytes = match file.mac_bytes {
        None => whole,
        Some(bytes) => usize::try_from(bytes.whole()?)
            .ok()
            .filter(|kept| (1..=whole).contains(kept))
            .ok_or_else(|| Fault::new(bytes.at, Problem::MacBytes(whole)))?,
    };
    let message = Message::compile(&file.message.value, &fields)
        .map_err(|error| Fault::new(file.message.at, error))?;
    let secret = read_secret(file.secret, &fields, &message)?;
    let token = read_token(file.token, &fields, mac_bytes)?;
    let freshness = match file.freshness {
        None => Freshness::Unspecified,
        Some(At { value, at }) => match value {
            FreshnessFile::Word(word) if word == "unspecified" => Freshness::Unspecified,
            FreshnessFile::Word(_) => return Err(Fault::new(at, Problem::FreshnessWord)),
            FreshnessFile::Limited(limits) => read_limits(&limits, &fields)?,
        },
    };
    let policy = policy.map(|file| read_policy(file, &fields)).transpose()?;
    let places = file
        .places
        .map(|file| read_places(file, &fields, &token))
        .transpose()?;
    Ok(Scheme {
        algorithm: file.algorithm,
        mac_bytes,
        secret,
        fields,
        message,
        token,
        freshness,
        policy,
        places,
    })
}

fn read_fields(file: At<Entries<FieldFile>>) -> Result<FieldSet, Fault> {
    let Entries(entries) = file.value;
    if entries.is_empty() {
        return Err(Fault::new(file.at, Problem::NoFields));
    }
    at_most("fields", MAX_FIELDS, entries.len(), file.at)?;
    let field = |(name, field): (At<String>, FieldFile)| {
        if !is_field_name(&name.value) {
            return Err(Fault::new(name.at, Problem::FieldName(name.value)));
        }
        let kind = match (field.r#type.value, field.values) {
            (FieldType::Text, None) => FieldKind::Text,
            (FieldType::UnixSeconds, None) => FieldKind::Time(TimeForm::UnixSeconds),
            (FieldType::UnixMillis, None) => FieldKind::Time(TimeForm::UnixMillis),
            (FieldType::Iso8601, None) => FieldKind::Time(TimeForm::Iso8601),
            (FieldType::Iso8601WithoutZone, None) => FieldKind::Time(TimeForm::Iso8601WithoutZone),
            (FieldType::HttpDate, None) => FieldKind::Time(TimeForm::HttpDate),
            (FieldType::Enum, Some(values)) => FieldKind::Enum(read_values(values)?),
            (FieldType::Enum, None) => {
                return Err(Fault::new(field.r#type.at, Problem::EnumValues));
            }
            (_, Some(values)) => return Err(Fault::new(values.at, Problem::EnumValues)),
        };
        let pattern = match field.pattern {
            Some(pattern) if !(kind == FieldKind::Text || kind.is_date()) => {
                return Err(Fault::new(pattern.at, Problem::PatternOfNoText));
            }
            pattern => read_pattern(pattern)?,
        };
        let content = match field.content {
            Some(content) if kind != FieldKind::Text => {
                return Err(Fault::new(content.at, Problem::ContentOfNoText));
            }
            content => content.map_or(Content::Text, |content| content.value),
        };
        let params = match field.params {
            Some(params) if kind != FieldKind::Text => {
                return Err(Fault::new(params.at, Problem::ParamsOfNoText));
            }
            params => params.map(read_params).transpose()?.map(Arc::new),
        };
        Ok(Field {
            name: name.value,
            kind,
            pattern,
            content,
            params,
        })
    };
    entries
        .into_iter()
        .map(field)
        .collect::<Result<_, _>>()
        .map(FieldSet::new)
}

/// Maximum number of parameters that are left out.
const MAX_OMITTED: usize = 24;

fn read_params(file: At<ParamsFile>) -> Result<Params, Fault> {
    let At { value: file, at } = file;
    let prefix = match file.prefix {
        Some(prefix) if prefix.value.is_empty() => {
            return Err(Fault::new(prefix.at, Problem::Empty("prefix", "remove it")));
        }
        prefix => prefix.map(|prefix| prefix.value).unwrap_or_default(),
    };
    let omit = match file.omit {
        Some(omit) if omit.value.is_empty() => {
            return Err(Fault::new(omit.at, Problem::Empty("omit", "remove it")));
        }
        omit => omit.map(|omit| omit.value).unwrap_or_default(),
    };
    at_most("parameters to omit", MAX_OMITTED, omit.len(), at)?;
    let repeated = match file.repeated {
        None => Repeated::Unspecified,
        Some(At { value, at }) => match value {
            RepeatedFile::Word(word) if word == "kept" => Repeated::Kept,
            RepeatedFile::Word(word) if word == "unique" => Repeated::Unique,
            RepeatedFile::Word(word) => return Err(Fault::new(at, Problem::RepeatedWord(word))),
            RepeatedFile::Joined(joined) => Repeated::Joined(joined.join),
        },
    };
    Ok(Params {
        omit: omit.into_iter().map(|name| name.value).collect(),
        prefix,
        sort: file.sort,
        pair: file.pair,
        join: file.join,
        encode: file.encode,
        repeated,
    })
}

fn read_pattern(file: Option<At<String>>) -> Result<Option<Pattern>, Fault> {
    let Some(At { value, at }) = file else {
        return Ok(None);
    };
    if value.is_empty() {
        return Err(Fault::new(at, Problem::Empty("pattern", "remove it")));
    }
    Pattern::compile(&value)
        .map(Some)
        .map_err(|error| Fault::new(at, error))
}

fn read_values(file: At<Vec<At<String>>>) -> Result<Vec<String>, Fault> {
    at_most("values", MAX_VALUES, file.value.len(), file.at)?;
    let mut values: Vec<String> = Vec::with_capacity(file.value.len());
    for At { value, at } in file.value {
        if values.contains(&value) {
            return Err(Fault::new(at, Problem::EnumValues));
        }
        values.push(value);
    }
    if values.is_empty() {
        return Err(Fault::new(file.at, Problem::EnumValues));
    }
    Ok(values)
}

fn read_secret(
    file: SecretFile,
    fields: &FieldSet,
    message: &Message,
) -> Result<SecretRule, Fault> {
    let strip_prefix = match file.strip_prefix {
        Some(prefix) if prefix.value.is_empty() => {
            let problem = Problem::Empty("strip_prefix", "remove it");
            return Err(Fault::new(prefix.at, problem));
        }
        prefix => prefix.map(|prefix| prefix.value),
    };
    let per = match file.per {
        None => None,
        Some(name) => {
            let field = find(&name, fields)?;
            if fields.at(field).kind.is_time() {
                return Err(Fault::new(name.at, Problem::PerTime(name.value)));
            }
            if message.is_optional(field) {
                return Err(Fault::new(name.at, Problem::PerOptional(name.value)));
            }
            Some(field)
        }
    };
    let derive = match file.derive {
        None => Vec::new(),
        Some(steps) => read_key_steps(steps, fields, message)?,
    };
    Ok(SecretRule {
        encoding: file.encoding,
        derive,
        strip_prefix,
        pattern: read_pattern(file.pattern)?,
        rotates: match file.rotates {
            Some(rotates) if per.is_some() && rotates.value => {
                return Err(Fault::new(rotates.at, Problem::RotatesPer));
            }
            rotates => rotates.is_some_and(|rotates| rotates.value),
        },
        per,
    })
}

/// Maximum number of steps from the secret to the key.
const MAX_KEY_STEPS: usize = 8;

fn read_key_steps(
    file: At<Vec<At<KeyStepFile>>>,
    fields: &FieldSet,
    message: &Message,
) -> Result<Vec<KeyStep>, Fault> {
    at_most("steps", MAX_KEY_STEPS, file.value.len(), file.at)?;
    if file.value.is_empty() {
        return Err(Fault::new(file.at, Problem::Empty("derive", "remove it")));
    }
    if fields.index("key").is_some() {
        return Err(Fault::new(file.at, Problem::FieldNamedKey));
    }
    let template = |text: &str, at: Position| {
        let is_signed = |field: usize| {
            message.fields().any(|signed| signed == field) && !message.is_optional(field)
        };
        KeyTemplate::compile(text, fields, is_signed).map_err(|error| Fault::new(at, error))
    };
    let step = |At { value, at }: At<KeyStepFile>| {
        let step = match value {
            KeyStepFile::Text(text) => KeyStep::text(template(&text, at)?),
            KeyStepFile::Mac(mac) => KeyStep::mac(
                mac.algorithm,
                template(&mac.key.value, mac.key.at)?,
                template(&mac.message.value, mac.message.at)?,
            ),
        };
        step.map_err(|error| Fault::new(at, error))
    };
    file.value.into_iter().map(step).collect()
}

fn read_token(
    file: At<TokenFile>,
    fields: &FieldSet,
    mac_bytes: usize,
) -> Result<TokenGrammar, Fault> {
    let At { value, at } = file;
    let layout = |text: &str, at: Position| {
        Layout::compile(text, fields, mac_bytes)
            .map_err(|error| Fault::new(at, TokenError::from(error)))
    };
    let grammar = match value {
        TokenFile::Template(text) => TokenGrammar::Template(layout(&text, at)?),
        TokenFile::Several(several) => read_several(several, at, layout)?,
        TokenFile::Other => return Err(Fault::new(at, Problem::TokenForm)),
    };
    grammar
        .check(fields)
        .map_err(|error| Fault::new(at, error))?;
    Ok(grammar)
}

fn read_several(
    file: SeveralFile,
    at: Position,
    layout: impl Fn(&str, Position) -> Result<Layout, Fault>,
) -> Result<TokenGrammar, Fault> {
    let unknown = match file.unknown {
        UnknownFile::Reject => Unknown::Reject,
        UnknownFile::Ignore => Unknown::Ignore,
    };
    let separator = file.separator;
    match (file.pairs, file.list) {
        (None, Some(item)) => {
            if let Some(repeat) = file.repeat {
                return Err(Fault::new(repeat.at, Problem::RepeatInList));
            }
            if let Some(order) = file.order {
                return Err(Fault::new(order.at, Problem::OrderInList));
            }
            Ok(TokenGrammar::List(List {
                item: layout(&item.value, item.at)?,
                separator,
                unknown,
            }))
        }
        (Some(Entries(entries)), None) => {
            at_most("pairs", MAX_PAIRS, entries.len(), at)?;
            let repeated = file.repeat.map(|repeat| repeat.value).unwrap_or_default();
            at_most("repeated keys", MAX_PAIRS, repeated.len(), at)?;
            for name in &repeated {
                if !entries.iter().any(|(key, _)| key.value == name.value) {
                    let problem = Problem::RepeatUnknown(name.value.clone());
                    return Err(Fault::new(name.at, problem));
                }
            }
            let pair = |(key, value): (At<String>, At<String>)| {
                Ok(Pair {
                    repeat: repeated.iter().any(|name| name.value == key.value),
                    value: layout(&value.value, value.at)?,
                    key: key.value,
                })
            };
            Ok(TokenGrammar::Pairs(Pairs {
                pairs: entries.into_iter().map(pair).collect::<Result<_, _>>()?,
                separator,
                unknown,
                order: match file.order.map(|order| order.value) {
                    Some(OrderFile::Any) => Order::Any,
                    Some(OrderFile::Given) | None => Order::Given,
                },
            }))
        }
        _ => Err(Fault::new(at, Problem::PairsOrList)),
    }
}

fn read_limits(file: &LimitsFile, fields: &FieldSet) -> Result<Freshness, Fault> {
    let of = find(&file.of, fields)?;
    if !fields.at(of).kind.is_time() {
        let problem = Problem::FreshnessOfNoTime(file.of.value.clone());
        return Err(Fault::new(file.of.at, problem));
    }
    let seconds = |limit: &Option<At<String>>| limit.as_ref().map(read_duration).transpose();
    let (max_age, max_skew) = (seconds(&file.max_age)?, seconds(&file.max_skew)?);
    if max_age.is_none() && max_skew.is_none() {
        return Err(Fault::new(file.of.at, Problem::FreshnessWithoutLimit));
    }
    Ok(Freshness::Limited {
        of,
        max_age,
        max_skew,
    })
}

/// Parses `300s`, `5m` or `24h` into seconds.
fn read_duration(text: &At<String>) -> Result<u64, Fault> {
    let seconds = || {
        let unit = text.value.chars().next_back()?;
        let (number, per) = match unit {
            's' => (text.value.strip_suffix('s')?, 1),
            'm' => (text.value.strip_suffix('m')?, 60),
            'h' => (text.value.strip_suffix('h')?, 3600),
            _ => return None,
        };
        let digits = number.bytes().all(|b| b.is_ascii_digit());
        // A limit of more than a thousand years is a mistake, and sums with it would overflow.
        digits
            .then(|| number.parse::<u64>().ok()?.checked_mul(per))?
            .filter(|&seconds| seconds <= 32_000_000_000)
    };
    seconds().ok_or_else(|| Fault::new(text.at, Problem::Duration(text.value.clone())))
}

fn find(name: &At<String>, fields: &FieldSet) -> Result<usize, Fault> {
    fields
        .index(&name.value)
        .ok_or_else(|| Fault::new(name.at, Problem::unknown_field(&name.value, fields)))
}

impl Problem {
    /// The error for an undeclared field, with the declared ones.
    pub(super) fn unknown_field(name: &str, fields: &FieldSet) -> Self {
        let known: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        Self::unknown_name(name, "the scheme has", &known)
    }

    /// The same, with the names that may stand there.
    pub(super) fn unknown_name(name: &str, lead: &str, known: &[&str]) -> Self {
        let meant = nearest(name, known.iter().copied());
        let meant = meant.map_or_else(String::new, |meant| format!("did you mean {meant}? ("));
        let end = if meant.is_empty() { "" } else { ")" };
        let known = known.join(", ");
        Self::UnknownField(name.to_owned(), format!("{meant}{lead} {known}{end}"))
    }
}

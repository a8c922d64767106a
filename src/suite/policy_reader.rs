//! Compiles a policy into a [`Policy`] and checks that it decides every call.

use crate::scheme::{
    ContextKey, Decision, FieldSet, Origin, Policy, Rule, SignatureState, is_field_name,
};
use crate::signature::{Context, ContextValue};
use crate::suite::error::{Fault, Problem};
use crate::suite::forms::Entries;
use crate::suite::position::{At, Position};
use crate::suite::raw::{
    ContextFile, DecisionFile, DeclaredKeyFile, KeyFile, OriginFile, PolicyFile, RuleFile,
    TextsFile,
};

/// The computed key of rules.
const SIGNATURE: &str = "signature";
/// The caller's name for the token if the document has none.
const TOKEN: &str = "token";
/// Maximum number of combinations of context values: all are checked against every rule.
const MAX_COMBINATIONS: usize = 4096;

/// Compiles a policy. Fails on the first error, with its place.
pub(super) fn read_policy(file: PolicyFile, fields: &FieldSet) -> Result<Policy, Fault> {
    let token = match file.token {
        None => TOKEN.to_owned(),
        Some(name) if is_member(&name.value) && is_free(&name.value, fields) => name.value,
        Some(name) => return Err(Fault::new(name.at, Problem::PolicyToken(name.value))),
    };
    let Entries(entries) = file.context;
    let mut combinations = SignatureState::ALL.len();
    let mut keys = Vec::with_capacity(entries.len());
    for (name, key) in entries {
        let is_key = is_field_name(&name.value) && is_free(&name.value, fields);
        if !is_key || name.value == SIGNATURE || name.value == token {
            return Err(Fault::new(name.at, Problem::ContextName(name.value)));
        }
        let key = read_key(name.value, key, fields)?;
        combinations = combinations.saturating_mul(key.values.len());
        if combinations > MAX_COMBINATIONS {
            let limit = MAX_COMBINATIONS;
            return Err(Fault::new(name.at, Problem::PolicyTooLarge { limit }));
        }
        keys.push(key);
    }
    let mut policy = Policy {
        token,
        keys,
        rules: Vec::with_capacity(file.rules.value.len()),
    };
    let mut places = Vec::with_capacity(file.rules.value.len());
    for At { value, at } in file.rules.value {
        let rule = read_rule(value, &policy)?;
        policy.rules.push(rule);
        places.push(at);
    }
    check(&policy, file.rules.at, &places)?;
    Ok(policy)
}

/// Whether a name differs from all fields, next to which it appears in a call.
fn is_free(name: &str, fields: &FieldSet) -> bool {
    fields.index(name).is_none()
}

/// Whether a name is an identifier in every language that sends JSON.
fn is_member(name: &str) -> bool {
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(is_of_word)
}

fn read_key(name: String, file: At<KeyFile>, fields: &FieldSet) -> Result<ContextKey, Fault> {
    let At { value: file, at } = file;
    let file = match file {
        KeyFile::Values(values) => DeclaredKeyFile {
            values,
            from: OriginFile::default(),
            per: None,
            others: None,
        },
        KeyFile::Declared(file) => file,
    };
    let mut values: Vec<String> = Vec::with_capacity(file.values.len());
    for At { value, at } in file.values {
        if value.is_empty() || values.contains(&value) {
            return Err(Fault::new(at, Problem::ContextValues));
        }
        values.push(value);
    }
    if values.len() < 2 {
        return Err(Fault::new(at, Problem::ContextValues));
    }
    let only = |at, problem| Err(Fault::new(at, Problem::ContextOnly(problem)));
    let origin = match (file.from, file.per, file.others) {
        (OriginFile::Setting, None, None) => Origin::Setting { per: None },
        (OriginFile::Setting, Some(field), None) => {
            let unknown = || Problem::unknown_field(&field.value, fields);
            let index = fields.index(&field.value);
            let index = index.ok_or_else(|| Fault::new(field.at, unknown()))?;
            if fields.at(index).kind.is_time() {
                return only(field.at, "per: names a text or an enum, not a time");
            }
            Origin::Setting { per: Some(index) }
        }
        (_, Some(field), _) => return only(field.at, "per: is allowed only for a setting"),
        (OriginFile::Session, None, others) => {
            let others = match others {
                None => 0,
                Some(others) => index_of(&others, &name, &values)?,
            };
            Origin::Session { others }
        }
        (_, None, Some(others)) => {
            return only(others.at, "others: is allowed only with from: session");
        }
        (OriginFile::Call, None, None) => Origin::Call,
        (OriginFile::User, None, None) => Origin::User,
    };
    Ok(ContextKey {
        name,
        values,
        origin,
    })
}

fn read_rule(file: RuleFile, policy: &Policy) -> Result<Rule, Fault> {
    let mut when = Vec::new();
    let mut signature = None;
    for (name, due) in file
        .when
        .map(|Entries(entries)| entries)
        .unwrap_or_default()
    {
        if name.value == SIGNATURE {
            let words = SignatureState::ALL.map(|state| state.name().to_owned());
            let states = indices(due, SIGNATURE, &words)?;
            signature = Some(
                states
                    .into_iter()
                    .map(|at| SignatureState::ALL[at])
                    .collect(),
            );
        } else {
            let (at, key) = find(&name, policy)?;
            when.push((at, indices(due, &key.name, &key.values)?));
        }
    }
    let decision = match (file.outcome.value, file.code, file.status) {
        (DecisionFile::Accept, None, None) => Decision::Accept,
        (DecisionFile::Anonymous, None, None) => Decision::Anonymous,
        (DecisionFile::Reject, code, status) => Decision::Reject {
            codes: code.map(read_codes).transpose()?.unwrap_or_default(),
            status: status.as_ref().map(At::status).transpose()?,
        },
        (_, Some(code), _) => return Err(Fault::new(code.at, Problem::CodeOfOther)),
        (_, None, Some(status)) => return Err(Fault::new(status.at, Problem::CodeOfOther)),
    };
    let mut sets = Vec::new();
    if let Some(At { value, at }) = file.sets {
        if file.outcome.value != DecisionFile::Accept {
            return Err(Fault::new(at, Problem::SetsUnaccepted));
        }
        let Entries(entries) = value;
        for (name, value) in entries {
            let (index, key) = find(&name, policy)?;
            if !matches!(key.origin, Origin::Session { .. } | Origin::User) {
                return Err(Fault::new(name.at, Problem::SetsFixed(name.value)));
            }
            sets.push((index, index_of(&value, &key.name, &key.values)?));
        }
    }
    Ok(Rule {
        when,
        signature,
        decision,
        warning: file.warning,
        sets,
    })
}

/// Reads the code or the alternative codes of a rejection.
pub(super) fn read_codes(file: At<TextsFile>) -> Result<Vec<String>, Fault> {
    let at = file.at;
    let mut codes: Vec<String> = Vec::new();
    for code in listed(file) {
        if code.value.is_empty() || codes.contains(&code.value) {
            return Err(Fault::new(code.at, Problem::Codes));
        }
        codes.push(code.value);
    }
    if codes.is_empty() {
        return Err(Fault::new(at, Problem::Codes));
    }
    Ok(codes)
}

/// Reads the context of a call, which must have a valid value for every key.
pub(super) fn read_context(
    file: At<Entries<At<ContextFile>>>,
    policy: &Policy,
) -> Result<Context, Fault> {
    let mut context = Context::default();
    let Entries(entries) = file.value;
    for (name, At { value, at }) in entries {
        let (_, key) = find(&name, policy)?;
        let is_per = matches!(key.origin, Origin::Setting { per: Some(_) });
        let value = match value {
            ContextFile::One(value) if !is_per => {
                index_of(
                    &At {
                        value: value.clone(),
                        at,
                    },
                    &key.name,
                    &key.values,
                )?;
                ContextValue::One(value)
            }
            ContextFile::Per(Entries(values)) if is_per => {
                for (of, value) in &values {
                    let value = At {
                        value: value.clone(),
                        at: of.at,
                    };
                    index_of(&value, &key.name, &key.values)?;
                }
                let plain = |(of, value): (At<String>, String)| (of.value, value);
                ContextValue::Per(values.into_iter().map(plain).collect())
            }
            _ => return Err(Fault::new(at, Problem::ContextShape { is_per })),
        };
        context.set(name.value, value);
    }
    for key in &policy.keys {
        if context.value(&key.name).is_none() {
            let problem = Problem::ContextMissing(key.name.clone());
            return Err(Fault::new(file.at, problem));
        }
    }
    Ok(context)
}

/// Checks that every call is decided, and that every rule decides some call.
fn check(policy: &Policy, at: Position, places: &[Position]) -> Result<(), Fault> {
    let mut decides = vec![false; policy.rules.len()];
    for holds in policy.combinations() {
        for state in SignatureState::ALL {
            let mut rules = policy.rules.iter();
            match rules.position(|rule| rule.fits(&holds) && rule.takes(state)) {
                Some(rule) => decides[rule] = true,
                None => {
                    let keys = policy.keys.iter().zip(&holds);
                    let mut call: Vec<String> = keys
                        .map(|(key, &value)| format!("{}: {}", key.name, key.values[value]))
                        .collect();
                    call.push(format!("{SIGNATURE}: {state}"));
                    return Err(Fault::new(at, Problem::Undecided(call.join(", "))));
                }
            }
        }
    }
    match decides.iter().position(|decides| !decides) {
        Some(rule) => Err(Fault::new(places[rule], Problem::NeverDecides)),
        None => Ok(()),
    }
}

fn find<'p>(name: &At<String>, policy: &'p Policy) -> Result<(usize, &'p ContextKey), Fault> {
    policy.key(&name.value).ok_or_else(|| {
        let keys = policy.keys.iter().map(|key| key.name.as_str());
        let known: Vec<&str> = keys.chain([SIGNATURE]).collect();
        let problem = Problem::ContextUnknown(name.value.clone(), known.join(", "));
        Fault::new(name.at, problem)
    })
}

fn indices(file: At<TextsFile>, key: &str, values: &[String]) -> Result<Vec<usize>, Fault> {
    let at = file.at;
    let mut found = Vec::new();
    for value in listed(file) {
        let index = index_of(&value, key, values)?;
        if found.contains(&index) {
            return Err(Fault::new(value.at, Problem::WhenValues));
        }
        found.push(index);
    }
    if found.is_empty() {
        return Err(Fault::new(at, Problem::WhenValues));
    }
    Ok(found)
}

/// A text or a list of texts as a list with places.
pub(super) fn listed(file: At<TextsFile>) -> Vec<At<String>> {
    match file.value {
        TextsFile::One(value) => vec![At { value, at: file.at }],
        TextsFile::Several(texts) => texts,
    }
}

fn index_of(value: &At<String>, key: &str, values: &[String]) -> Result<usize, Fault> {
    let mut known = values.iter();
    known
        .position(|known| *known == value.value)
        .ok_or_else(|| {
            let problem = Problem::ContextValue {
                key: key.to_owned(),
                value: value.value.clone(),
                known: values.join(", "),
            };
            Fault::new(value.at, problem)
        })
}

//! Verifiers with planted faults: the cause that is told is the planted one, or none is.

// The suites of vendors are named below.
#[cfg(test)]
use crate::explain::{Asking, Probe, Seen, explain_verifier};
use crate::mistakes::{Choice, Mistake, MistakeId, Mistaken, Pipeline, catalogue};
use crate::results::{Diagnosis, InquiryResult, InquiryToken, Observed};
use crate::scheme::{Call, Implementation as _, Reference, Scheme, Verification};
use crate::signature::{Op, Outcome, OutcomeKind, Request, Secrets, Value};
use crate::suite::{Suite, find};

/// Something that verifies.
type Verifier<'v> = &'v mut dyn FnMut(&Call<'_>) -> Outcome;

/// What is told of a verifier, how it was asked, and with what result.
struct Told {
    diagnosis: Diagnosis,
    result: InquiryResult,
    asked: Vec<(InquiryToken, Option<Value>)>,
}

impl Told {
    /// The ids of each cause's alternatives.
    fn causes(&self) -> Vec<Vec<String>> {
        let alternatives = |cause: &crate::results::LikelyCause| {
            let ids = cause.alternatives.iter().map(|one| {
                let ids: Vec<&str> = one.mistakes.iter().map(|m| m.id.as_str()).collect();
                ids.join("+")
            });
            ids.collect()
        };
        self.diagnosis.causes.iter().map(alternatives).collect()
    }
}

fn suite(name: &str) -> &'static Suite {
    find(name).unwrap().parsed()
}

/// Asks every verify vector of a suite, then what is to be asked to find the cause.
fn told(suite: &Suite, most: usize, verifier: Verifier<'_>) -> Told {
    told_of(suite, most, false, verifier)
}

/// The same; `own_secret` says that nothing can be asked with another secret.
fn told_of(suite: &Suite, most: usize, own_secret: bool, verifier: Verifier<'_>) -> Told {
    let scheme = &suite.scheme;
    let requests: Vec<&Request> = suite
        .vectors
        .iter()
        .map(|vector| &vector.request)
        .filter(|request| request.op == Op::Verify)
        .collect();
    let mut reference = Reference::new();
    let outcomes: Vec<(Outcome, bool, bool)> = requests
        .iter()
        .map(|request| {
            let call = request.call(scheme);
            let right = reference.call(&call).kind();
            let outcome = verifier(&call);
            let failed = outcome.kind() != right;
            (outcome, right == OutcomeKind::Accept, failed)
        })
        .collect();
    let seen: Vec<Seen<'_>> = std::iter::zip(&requests, &outcomes)
        .map(|(request, (outcome, is_right, failed))| Seen {
            suite: suite.name.as_str(),
            scheme,
            request,
            is_right: *is_right,
            real_time: false,
            outcome,
            failed: *failed,
        })
        .collect();
    let mut asked = Vec::new();
    let mut ask = |probes: &[Probe<'_>]| {
        let answers = probes.iter().map(|probe| {
            let request = probe.request(0);
            let token = match () {
                () if probe.is_right() => InquiryToken::Right,
                () if probe.is_control() => InquiryToken::Control,
                () => InquiryToken::Mistaken,
            };
            asked.push((token, request.token.clone()));
            Observed::Outcome(verifier(&request.call(scheme)))
        });
        Some(answers.collect())
    };
    let mut asking = Asking::new(most, 7, &mut ask);
    asking.own_secret = own_secret;
    let explained = explain_verifier(&seen, &[], &mut asking);
    Told {
        diagnosis: explained.diagnosis,
        result: explained.result,
        asked,
    }
}

fn with(planted: &[&str]) -> Mistaken {
    let ids: Vec<MistakeId> = planted
        .iter()
        .map(|id| MistakeId::named(id).unwrap())
        .collect();
    Mistaken::new(&ids).unwrap()
}

fn told_with(suite: &Suite, planted: &[&str]) -> Told {
    let mut mistaken = with(planted);
    told(suite, 400, &mut |call| mistaken.call(call))
}

/// A mistake, and the general one of which it is a case.
fn is_named(planted: &str, alternatives: &[String]) -> bool {
    let general = MistakeId::named(planted).unwrap().mistake().case_of;
    let is_it = |id: &String| id == planted || Some(id.as_str()) == general;
    alternatives.iter().any(is_it)
}

/// No token but a right one is presented twice, and no more is asked than is allowed.
fn is_asked_soundly(told: &Told) {
    let mut seen = std::collections::HashSet::new();
    for (kind, token) in &told.asked {
        let text = token.as_ref().and_then(Value::as_text).unwrap_or_default();
        let is_new = seen.insert(text.to_owned());
        assert!(is_new || *kind == InquiryToken::Right, "{kind:?} {text}");
    }
    let verify = told.diagnosis.verify.clone().unwrap_or_default();
    let explained: u64 = told.diagnosis.causes.iter().map(|cause| cause.verify).sum();
    assert_eq!(explained + verify.unexplained, verify.failed);
}

/// Plants each of these mistakes: how many were named of how many that were seen to fail.
fn sweep(name: &str, mistakes: impl Iterator<Item = &'static Mistake>) -> (usize, usize) {
    let suite = suite(name);
    let (mut named, mut failing) = (0, 0);
    for mistake in mistakes.filter(|mistake| mistake.applies(&suite.scheme).is_ok()) {
        let id = mistake.id.as_str();
        let mut mistaken = with(&[id]);
        let told = told(suite, 240, &mut |call| mistaken.call(call));
        is_asked_soundly(&told);
        let causes = told.causes();
        for alternatives in &causes {
            assert!(
                is_named(id, alternatives),
                "{name}: {id} is told as {causes:?}"
            );
        }
        let failed = told.diagnosis.verify.map_or(0, |verify| verify.failed);
        failing += usize::from(failed > 0);
        named += usize::from(!causes.is_empty());
        if failed > 0 && causes.is_empty() {
            println!("{name}: {id} is not named ({failed}, {:?})", told.result);
        }
    }
    (named, failing)
}

#[test]
fn every_mistake_is_named_or_none_is() {
    let (named, failing) = sweep("jimo", catalogue().iter().step_by(6));
    assert!(named * 10 > failing * 7, "{named} of {failing}");
}

#[test]
fn some_mistakes_in_another_scheme_are_named_or_none_is() {
    let (named, failing) = sweep("engagespot", catalogue().iter().skip(2).step_by(6));
    assert!(named * 10 > failing * 7, "{named} of {failing}");
}

#[test]
fn evidence_from_a_single_case_is_checked_on_other_inputs() {
    for (name, planted) in [
        // Its token is the same for each identity.
        ("jotreview", "identity-empty"),
        ("engagespot", "identity-none"),
        ("jimo", "message-identity-left-out"),
        // The cases have presented its token as the right one of another identity.
        ("jotreview", "identity-lower-cased"),
        // A case or two accept a wrong token, and no right one is rejected.
        ("jotreview", "identity-nfc"),
        ("jotreview", "identity-cut-at-nul"),
        // Cases differ in the secret, and not in the message.
        ("jotreview", "secret-lower-cased"),
        ("engagespot", "secret-cut-to-64-bytes"),
    ] {
        let told = told_with(suite(name), &[planted]);
        is_asked_soundly(&told);
        let causes = told.causes();
        assert_eq!(causes.len(), 1, "{name} {planted}: {causes:?}");
        assert!(
            is_named(planted, &causes[0]),
            "{name} {planted}: {causes:?}"
        );
        assert!(told.diagnosis.causes[0].accepted_tokens >= 3, "{planted}");
    }
}

#[test]
fn accepting_an_empty_secret_is_named() {
    for name in ["jotreview", "jimo", "standard-webhooks", "stripe-webhook"] {
        let told = told_with(suite(name), &["secret-empty-allowed"]);
        is_asked_soundly(&told);
        assert_eq!(told.causes(), [["secret-empty-allowed"]], "{name}");
        assert!(told.diagnosis.causes[0].accepted_tokens >= 3, "{name}");
    }
}

#[test]
fn a_single_acceptance_is_not_evidence() {
    // It accepts what the cases present under the empty secret, and nothing else.
    let suite = suite("jotreview");
    let presented: Vec<String> = suite
        .vectors
        .iter()
        .map(|vector| format!("{:?}{:?}", vector.request.fields, vector.request.token))
        .collect();
    let mut planted = with(&["secret-empty-allowed"]);
    let told = told(suite, 400, &mut |call| {
        let is_known = presented.contains(&format!("{:?}{:?}", call.fields, call.token.cloned()));
        if is_known {
            planted.call(call)
        } else {
            Reference::new().call(call)
        }
    });
    assert_eq!(told.causes(), Vec::<Vec<String>>::new());
}

#[test]
fn a_verifier_with_its_own_secret_is_queried_with_no_other() {
    let suite = suite("jotreview");
    for (planted, is_named) in [
        ("identity-lower-cased", true),
        ("identity-trimmed", true),
        ("encoding-base64", true),
        // Of this one there is one token only.
        ("identity-empty", false),
    ] {
        let mut known: Vec<Secrets> = Vec::new();
        for vector in &suite.vectors {
            if !known.contains(&vector.request.secrets) {
                known.push(vector.request.secrets.clone());
            }
        }
        let mut verifier = with(&[planted]);
        let told = told_of(suite, 400, true, &mut |call| {
            assert!(known.contains(call.secrets), "{planted}");
            verifier.call(call)
        });
        is_asked_soundly(&told);
        let causes: Vec<Vec<String>> = told.causes();
        if is_named {
            assert_eq!(causes, [[planted]]);
        } else {
            assert!(causes.is_empty(), "{planted}: {causes:?}");
        }
    }
}

#[test]
fn a_correct_verifier_gets_no_queries() {
    let told = told_with(suite("jimo"), &[]);
    assert!(told.asked.is_empty() && told.causes().is_empty());
    assert_eq!(told.diagnosis.verify, None);
}

#[test]
fn two_mistakes_are_named_as_a_pair_if_neither_explains_alone() {
    for (name, planted) in [
        ("jotreview", ["secret-hex-decoded", "encoding-upper-case"]),
        ("jimo", ["secret-line-feed-added", "encoding-base64"]),
        ("engagespot", ["identity-trimmed", "encoding-hex"]),
        ("engagespot", ["secret-hex-decoded", "encoding-base64url"]),
    ] {
        let told = told_with(suite(name), &planted);
        is_asked_soundly(&told);
        let causes = told.causes();
        let both: Vec<&str> = planted.to_vec();
        for alternatives in &causes {
            assert!(
                alternatives
                    .iter()
                    .any(|one| both.iter().all(|id| one.contains(id))),
                "{name}: {causes:?}"
            );
        }
        assert!(!causes.is_empty(), "{name}");
    }
}

#[test]
fn independent_mistakes_are_named_separately() {
    let told = told_with(
        suite("jotreview"),
        &["identity-trimmed", "verify-accepts-a-prefix"],
    );
    let mut causes = told.causes();
    causes.sort();
    assert_eq!(causes, [["identity-trimmed"], ["verify-accepts-a-prefix"]]);
}

#[test]
fn a_verifier_that_rejects_everything_has_no_cause() {
    let told = told(suite("jotreview"), 400, &mut |_| Outcome::REJECT);
    assert_eq!(told.causes(), Vec::<Vec<String>>::new());
    let verify = told.diagnosis.verify.unwrap();
    assert!(verify.failed > 0 && verify.unexplained == verify.failed);
    assert!(verify.in_pairs && verify.tried > 50, "{verify:?}");
    assert!(
        (100..=420).contains(&told.asked.len()),
        "{}",
        told.asked.len()
    );
}

#[test]
fn a_verifier_that_throws_at_everything_has_no_cause() {
    let told = told(suite("jotreview"), 400, &mut |_| Outcome::Threw("x".into()));
    assert_eq!(told.causes(), Vec::<Vec<String>>::new());
}

#[test]
fn the_number_of_requests_is_bounded() {
    for most in [0, 1, 17, 60] {
        let told = told(suite("jotreview"), most, &mut |_| Outcome::REJECT);
        // A batch that was begun is asked to its end.
        assert!(
            told.asked.len() <= most + 12,
            "{most}: {}",
            told.asked.len()
        );
        assert!(most > 0 || told.asked.is_empty());
        assert!(told.causes().is_empty());
    }
}

/// What the scheme says, the time of verification aside.
fn sound(scheme: &Scheme, call: &Call<'_>) -> bool {
    scheme.verify(call.secrets, call.fields, call.token, call.now) == Verification::Accepted
}

#[test]
fn a_verifier_that_changes_during_the_queries_has_no_cause() {
    let suite = suite("jotreview");
    let decoded = |call: &Call<'_>| with(&["secret-hex-decoded"]).call(call);
    // Each token is good once.
    let mut used = std::collections::HashSet::new();
    let replay = told(suite, 400, &mut |call| {
        let token = format!("{:?}", call.token);
        if sound(&suite.scheme, call) && used.insert(token) {
            Outcome::Accept
        } else {
            Outcome::REJECT
        }
    });
    // It refuses after so many requests; then it forgets.
    let mut count = 0;
    let limited = told(suite, 400, &mut |call| {
        count += 1;
        let is_over = (100..500).contains(&count);
        if !is_over && sound(&suite.scheme, call) {
            Outcome::Accept
        } else {
            Outcome::REJECT
        }
    });
    // It makes a mistake, and stops making it in the middle.
    let mut count = 0;
    let cured = told(suite, 400, &mut |call| {
        count += 1;
        if count > 340 {
            Reference::new().call(call)
        } else {
            decoded(call)
        }
    });
    for told in [replay, limited, cured] {
        assert_eq!(told.causes(), Vec::<Vec<String>>::new());
        if !told.asked.is_empty() {
            assert_eq!(told.result, InquiryResult::Changed);
        }
    }
}

#[test]
fn a_guessing_verifier_has_no_cause() {
    for chance in [0.02, 0.1, 0.5, 0.9] {
        for seed in 0..6 {
            let suite = suite("jotreview");
            let mut random = fastrand::Rng::with_seed(seed);
            let told = told(suite, 400, &mut |call| {
                let is_guessed = random.f64() < chance;
                if is_guessed || sound(&suite.scheme, call) && random.f64() < 0.5 {
                    Outcome::Accept
                } else {
                    Outcome::REJECT
                }
            });
            let causes = told.causes();
            assert!(causes.is_empty(), "{chance} {seed}: {causes:?}");
        }
    }
}

#[test]
fn a_verifier_that_accepts_wrong_tokens_is_reported() {
    let suite = suite("jotreview");
    // Whatever looks like a token passes, unless it is the right one.
    let told = told(suite, 400, &mut |call| {
        let text = call.token.and_then(Value::as_text).unwrap_or_default();
        let is_token = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if is_token && !sound(&suite.scheme, call) {
            Outcome::Accept
        } else {
            Outcome::REJECT
        }
    });
    assert_eq!(told.result, InquiryResult::AcceptsWrongTokens);
    assert_eq!(told.causes(), Vec::<Vec<String>>::new());
}

#[test]
fn failing_open_by_length_is_not_reported_as_accepting_prefixes() {
    let suite = suite("jotreview");
    let told = told(suite, 400, &mut |call| {
        let text = call.token.and_then(Value::as_text).unwrap_or_default();
        if sound(&suite.scheme, call) || !text.is_empty() && text.len() != 64 {
            Outcome::Accept
        } else {
            Outcome::REJECT
        }
    });
    for alternatives in told.causes() {
        assert!(
            !alternatives
                .iter()
                .any(|id| id.contains("prefix") || id.contains("extension")),
            "{alternatives:?}"
        );
    }
}

/// The text of a token, and the one that is expected in its place.
fn compared(scheme: &Scheme, call: &Call<'_>) -> Option<(Vec<char>, Vec<char>)> {
    let presented = call.token?.as_text()?;
    let parsed = scheme.token.parse(&scheme.fields, presented);
    let fields = match parsed {
        Some(parsed) => scheme.complete(call.fields, &parsed)?,
        None => call.fields.clone(),
    };
    let expected = scheme.sign(call.secrets, &fields).ok()?;
    Some((presented.chars().collect(), expected.chars().collect()))
}

#[test]
fn comparing_all_but_the_ends_is_not_in_the_catalogue() {
    for name in ["jotreview", "prefinery", "mtribes"] {
        let suite = suite(name);
        let middle = |text: &[char]| {
            let end = text.len().saturating_sub(4).max(4);
            text.get(4..end).unwrap_or_default().to_vec()
        };
        let told = told(
            suite,
            400,
            &mut |call| match compared(&suite.scheme, call) {
                Some((presented, expected)) if middle(&presented) == middle(&expected) => {
                    Outcome::Accept
                }
                _ => Outcome::REJECT,
            },
        );
        is_asked_soundly(&told);
        assert_eq!(told.causes(), Vec::<Vec<String>>::new(), "{name}");
        let verify = told.diagnosis.verify.unwrap();
        assert!(verify.failed > 1, "{name}: {verify:?}");
    }
}

#[test]
fn accepting_what_cannot_be_decoded_is_not_comparing_lengths() {
    for name in ["engagespot", "jimo"] {
        let suite = suite(name);
        let told = told(suite, 400, &mut |call| {
            let text = call.token.and_then(Value::as_text);
            let is_hex = |text: &str| {
                let bare: String = text.split_whitespace().collect();
                bare.len().is_multiple_of(2) && bare.bytes().all(|b| b.is_ascii_hexdigit())
            };
            if text.is_some_and(|text| !is_hex(text)) || sound(&suite.scheme, call) {
                Outcome::Accept
            } else {
                Outcome::REJECT
            }
        });
        is_asked_soundly(&told);
        assert_eq!(told.causes(), Vec::<Vec<String>>::new(), "{name}");
        let verify = told.diagnosis.verify.unwrap();
        assert!(verify.failed > 100, "{name}: {verify:?}");
    }
}

/// A writer of JSON that is in no catalogue: without blanks, `é` unescaped, fractions longer.
fn written_oddly(text: &str) -> Option<String> {
    serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
    let mut is_quoted = false;
    let kept = text.chars().filter(|&c| {
        is_quoted ^= c == '"';
        is_quoted || !c.is_ascii_whitespace()
    });
    let kept: String = kept.collect();
    Some(kept.replace("\\u00e9", "é").replace(".0", ".00"))
}

/// What a verifier accepts of objects with one name is what it would accept if it sorted names,
/// too; the cases that would tell them apart are taken out here.
#[test]
fn a_mistake_is_not_named_for_tokens_that_others_make_too() {
    let mut suite = suite("github-webhook").clone();
    let scheme = suite.scheme.clone();
    let mut verifier = |call: &Call<'_>| {
        let payload = call.fields.value("payload").and_then(Value::as_text);
        match payload.and_then(written_oddly) {
            Some(payload) => {
                let fields = call.fields.clone().with("payload", payload);
                Reference::new().call(&Call {
                    fields: &fields,
                    ..*call
                })
            }
            None => Outcome::REJECT,
        }
    };
    let mut sorted = with(&["identity-json-sorted"]);
    suite.vectors.retain(|vector| {
        let call = vector.request.call(&scheme);
        let (sorted, does) = (sorted.call(&call).kind(), verifier(&call).kind());
        let right = Reference::new().call(&call).kind();
        // What is left to ask about is an object with its names out of order.
        let payload = call.fields.value("payload").and_then(Value::as_text);
        let is_asked = payload.is_some_and(|payload| payload.starts_with("{\"b\""));
        (sorted == does || sorted == right)
            && (right != OutcomeKind::Accept || does == right || is_asked)
    });
    let told = told(&suite, 400, &mut verifier);
    let ruled_out = told
        .diagnosis
        .verify
        .as_ref()
        .map(|verify| &verify.ruled_out);
    assert!(ruled_out.is_some_and(|ids| ids.iter().any(|id| id == "identity-json-sorted")));
    assert_eq!(told.causes(), Vec::<Vec<String>>::new());
}

#[test]
fn leniencies_of_one_token_each_are_named_together() {
    for name in ["jotreview", "jimo", "engagespot"] {
        let planted = ["verify-accepts-absent-token", "verify-accepts-empty-token"];
        let told = told_with(suite(name), &planted);
        is_asked_soundly(&told);
        let mut causes = told.causes().concat();
        causes.sort();
        assert_eq!(causes, planted, "{name}");
    }
}

#[test]
fn a_leniency_beside_something_unknown_is_named_if_other_things_are_wrong() {
    // What it lets through of times says nothing against what it lets through of tokens.
    let suite = suite("stripe-webhook");
    let mut lenient = with(&["verify-age-unchecked"]);
    let told = told(suite, 400, &mut |call| {
        let text = call.token.and_then(Value::as_text).unwrap_or_default();
        if text.ends_with('0') && !sound(&suite.scheme, call) {
            return Outcome::Accept;
        }
        lenient.call(call)
    });
    let alike = ["verify-age-unchecked", "verify-past-unchecked"];
    assert_eq!(told.causes(), [alike]);
    assert!(told.diagnosis.verify.unwrap().unexplained > 0);
}

#[test]
fn what_stands_around_a_signature_is_told_in_the_form_that_was_accepted() {
    let mistake = MistakeId::named("encoding-line-feed-behind")
        .unwrap()
        .mistake();
    let said = [
        "a line feed stands behind",
        "a carriage return and a line feed stand behind",
        "a blank stands behind",
        "a blank stands before",
    ];
    for name in ["jimo", "jotreview"] {
        let suite = suite(name);
        for (form, said) in said.iter().enumerate() {
            let choice = Choice { mistake, form };
            let mut mistaken = Mistaken::along(Pipeline::right().with(choice));
            let told = told(suite, 400, &mut |call| mistaken.call(call));
            assert_eq!(told.causes(), [["encoding-line-feed-behind"]], "{name}");
            let mention = &told.diagnosis.causes[0].alternatives[0].mistakes[0];
            assert_eq!(mention.title, format!("{said} the signature"), "{name}");
        }
    }
}

#[test]
fn without_a_known_secret_only_changes_of_its_own_tokens_are_tried() {
    let suite = suite("jotreview");
    let scheme = &suite.scheme;
    let hidden = Secrets::One(crate::signature::Secret::new("nobody-tells-this"));
    // Its signer is right, its verifier wants capitals.
    let requests: Vec<Request> = suite
        .vectors
        .iter()
        .filter(|vector| vector.request.op == Op::Verify)
        .filter_map(|vector| {
            let mut request = vector.request.clone();
            request.token = Some(Value::Text(scheme.sign(&hidden, &request.fields).ok()?));
            Some(request)
        })
        .collect();
    let mut verifier = with(&["encoding-upper-case"]);
    let mut verify = |request: &Request| {
        let call = Call {
            secrets: &hidden,
            ..request.call(scheme)
        };
        verifier.call(&call)
    };
    let outcomes: Vec<Outcome> = requests.iter().map(&mut verify).collect();
    let seen: Vec<Seen<'_>> = std::iter::zip(&requests, &outcomes)
        .map(|(request, outcome)| Seen {
            suite: suite.name.as_str(),
            scheme,
            request,
            is_right: true,
            real_time: false,
            outcome,
            failed: outcome.kind() != OutcomeKind::Accept,
        })
        .collect();
    let mut ask = |probes: &[Probe<'_>]| {
        let answers = probes.iter().map(|probe| verify(&probe.request(0)));
        Some(answers.map(Observed::Outcome).collect())
    };
    let mut asking = Asking::new(400, 7, &mut ask);
    asking.own_tokens_only = true;
    let explained = explain_verifier(&seen, &[], &mut asking);
    let told = Told {
        diagnosis: explained.diagnosis,
        result: explained.result,
        asked: Vec::new(),
    };
    assert_eq!(told.causes(), [["encoding-upper-case"]]);
}

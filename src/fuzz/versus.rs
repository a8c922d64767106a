//! Two implementations against each other: where do they differ, and does each take the other's
//! tokens? No oracle has a say in it.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::adapters::{Adapter, AdapterError, Limits, ShutdownReport, Target, ask};
use crate::fuzz::drive::{FuzzEnding, FuzzError, FuzzProgress, taken, watched};
use crate::fuzz::input::{Input, Signer, Token};
use crate::fuzz::masked::kind;
use crate::fuzz::mutate::{Mutator, SeedPool};
use crate::fuzz::present::Present;
use crate::fuzz::shrink::{Budget, length, simpler};
use crate::protocol::{Clock, Hello, ImplementationInfo, MAX_LINE, PreparedRequest};
use crate::results::{FuzzPoint, Observed, ObservedKind, ProgressCurve};
use crate::signature::{Op, Outcome, Request, Value};
use crate::suite::Suite;

/// How many requests both are asked at once.
const BATCH: usize = 512;

/// How long both may take over what they are asked at once, so that the time can be kept: where they
/// take longer, they are asked less.
const AT_ONCE: Duration = Duration::from_millis(100);

/// How many tokens of each signer are presented to each verifier, a suite.
const CROSSED: usize = 256;

/// What two implementations are asked to do.
#[derive(Clone, Copy, Debug)]
pub struct VersusOptions {
    /// The seed of the inputs.
    pub seed: u64,
    /// After how many requests to each it ends.
    pub cases: Option<u64>,
    /// After how long it ends. The last quarter of it is for the tokens of each, presented to each.
    pub time: Option<Duration>,
    /// After how many differences it ends.
    pub max_findings: usize,
    /// How long each may take.
    pub limits: Limits,
}

/// What came of two implementations.
#[derive(Debug)]
pub struct Versus {
    /// What they say of themselves.
    pub(super) names: [ImplementationInfo; 2],
    /// What is left to say of each when it has ended.
    pub(super) shutdowns: [ShutdownReport; 2],
    /// The suites that took part, as places among those that were given.
    pub(super) taken: Vec<usize>,
    /// Where they differ, one entry a sort.
    pub(super) differences: Vec<Difference>,
    /// Who takes whose tokens: each suite, within it each signer, and within that each verifier.
    pub(super) matrix: Vec<Crossing>,
    /// How many requests both were asked.
    pub(super) cases: u64,
    /// How many requests, those of the matrix included, had no valid answer from either.
    pub(super) unanswered: u64,
    /// The number of kinds of pairs of answers.
    pub(super) kinds: u64,
    /// How far it was when.
    pub(super) progress: Vec<FuzzPoint>,
    /// What was noticed besides.
    pub(super) notes: Vec<String>,
    /// How long it took.
    pub(super) elapsed: Duration,
    /// How it ended.
    pub ending: FuzzEnding,
}

/// A request that two implementations answer differently.
#[derive(Clone, Debug)]
pub(super) struct Difference {
    /// The suite's name.
    pub(super) suite: String,
    /// The smallest request that reproduces it.
    pub(super) request: Request,
    /// What each did.
    pub(super) outcomes: [Observed; 2],
    /// How many characters it has, and had before it was shrunk.
    pub(super) length: [usize; 2],
    /// How many requests differ in this way.
    pub(super) cases: u64,
}

/// Tokens of one implementation, presented to one.
#[derive(Clone, Debug)]
pub(super) struct Crossing {
    /// The suite's name.
    pub(super) suite: String,
    /// Which signed, as 0 or 1.
    pub(super) signer: usize,
    /// Which verified.
    pub(super) verifier: usize,
    /// The number of tokens presented.
    pub(super) tokens: u64,
    /// How many were accepted.
    pub(super) accepted: u64,
    /// A request whose token was not, with what was answered.
    pub(super) example: Option<(Request, Observed)>,
}

/// In which way two answers differ.
type FailureKey = (usize, Op, ObservedKind, ObservedKind);

/// Asks two implementations the same and compares what they do; then presents the tokens of each
/// to each. `clock` tells the time since it began; it lasts at most one answer longer than its time.
pub fn versus(
    suites: &[Suite],
    targets: [&Target; 2],
    options: &VersusOptions,
    interrupt: &AtomicBool,
    clock: &(dyn Fn() -> Duration + Sync),
    progress: &dyn Fn(FuzzProgress),
) -> Result<Versus, FuzzError> {
    let limit = options.time.map(|time| {
        let Limits { answer, grace, .. } = options.limits;
        // What is left of a time-out is for the end of the processes of both.
        time.saturating_add(answer.saturating_sub(4 * grace))
    });
    watched(interrupt, limit, clock, |halt| {
        comparison(suites, targets, options, [interrupt, halt], clock, progress)
    })
}

fn comparison(
    suites: &[Suite],
    targets: [&Target; 2],
    options: &VersusOptions,
    [interrupt, halt]: [&AtomicBool; 2],
    clock: &(dyn Fn() -> Duration + Sync),
    progress: &dyn Fn(FuzzProgress),
) -> Result<Versus, FuzzError> {
    let [one, other] = targets;
    let mut pair = [
        one.start(options.limits, halt)?,
        other.start(options.limits, halt)?,
    ];
    let hellos = [pair[0].hello().clone(), pair[1].hello().clone()];
    let (mut both, mut notes) = taken(suites, &hellos[0]);
    let (others, more) = taken(suites, &hellos[1]);
    both.retain(|at| others.contains(at));
    notes.extend(more);
    if hellos.iter().any(|hello| hello.clock() == Clock::System) {
        // What two say at different seconds cannot be compared.
        both.retain(|&at| {
            let has_time = suites[at].scheme.times().next().is_some();
            if has_time {
                notes.push(format!(
                    "{} was left out: its tokens carry a time, and one implementation uses its own clock",
                    suites[at].name
                ));
            }
            !has_time
        });
    }
    if both.is_empty() {
        return Err(FuzzError::Nothing(notes.join("; ")));
    }
    let common = common(&hellos);
    let pools: Vec<SeedPool<'_>> = both
        .iter()
        .enumerate()
        .map(|(place, &at)| SeedPool::new(place, &suites[at], &common, Present::OfTheRequest))
        .collect();
    if pools.iter().any(SeedPool::is_exhausted) {
        notes.push("the implementations have no declared operation in common".to_owned());
        return Err(FuzzError::Nothing(notes.join("; ")));
    }
    let mut comparing = Comparing {
        pools: &pools,
        options,
        clock,
        mutator: Mutator::new(options.seed),
        signer: Signer::default(),
        differences: BTreeMap::new(),
        matrix: None,
        kinds: HashSet::new(),
        cases: 0,
        unanswered: 0,
        unsupported: 0,
        at_once: 1,
    };
    let for_matrix = options.time.map(|time| time.saturating_sub(time / 4));
    let is_after = |time: Option<Duration>| time.is_some_and(|time| clock() >= time);
    let mut curve = ProgressCurve::default();
    let mut compare = || -> Result<FuzzEnding, AdapterError> {
        loop {
            comparing.batch(&mut pair)?;
            let now = comparing.progress(clock());
            curve.add(now.point());
            progress(now);
            let is_spent = options.cases.is_some_and(|most| comparing.cases >= most);
            let is_enough = comparing.differences.len() >= options.max_findings;
            let is_over = is_spent || is_enough || comparing.is_late();
            if comparing.matrix.is_none() && (is_over || is_after(for_matrix)) {
                comparing.cross(&mut pair)?;
            }
            if is_enough {
                return Ok(FuzzEnding::Findings);
            }
            if is_over || comparing.is_late() {
                return Ok(FuzzEnding::Whole);
            }
        }
    };
    let ending = match compare() {
        Ok(ending) => ending,
        Err(_) if interrupt.load(Ordering::Relaxed) => FuzzEnding::Interrupted,
        // The time was over in the midst of an answer.
        Err(AdapterError::Interrupted) => FuzzEnding::Whole,
        Err(error) => FuzzEnding::Broken(error),
    };
    let matrix = comparing.matrix.take().unwrap_or_default();
    if matrix.is_empty() && matches!(ending, FuzzEnding::Whole | FuzzEnding::Findings) {
        let why = if comparing.crosses() {
            "the time was up"
        } else {
            "not both implementations declare sign and verify"
        };
        notes.push(format!("no tokens were exchanged: {why}"));
    }
    if comparing.unsupported > 0 {
        let count = comparing.unsupported;
        notes.push(format!(
            "{count} requests were unsupported by one implementation and were not compared"
        ));
    }
    if comparing.kinds.is_empty() {
        notes.push("nothing was compared: no request was answered by both".to_owned());
    }
    let shutdowns = pair.map(Adapter::finish);
    for (shutdown, side) in std::iter::zip(&shutdowns, ["the first", "the second"]) {
        if shutdown.restarts > 0 {
            let times = shutdown.restarts;
            notes.push(format!("{side} was restarted {times} times"));
        }
        let more = shutdown.notes.iter();
        notes.extend(more.map(|note| format!("{side}: {note}")));
    }
    let last = comparing.progress(clock());
    Ok(Versus {
        names: hellos.map(|hello| hello.implementation),
        shutdowns,
        taken: both,
        differences: comparing.differences.into_values().collect(),
        matrix,
        cases: last.cases,
        unanswered: comparing.unanswered,
        kinds: last.kinds,
        progress: curve.ended(last.point()),
        notes,
        elapsed: last.elapsed,
        ending,
    })
}

/// What both can be asked.
fn common(hellos: &[Hello; 2]) -> Hello {
    let [one, other] = hellos;
    let inputs = [
        crate::suite::InputKind::Text,
        crate::suite::InputKind::Bytes,
        crate::suite::InputKind::Number,
        crate::suite::InputKind::Json,
    ];
    let inputs = inputs
        .into_iter()
        .filter(|kind| one.takes(*kind) && other.takes(*kind));
    let ops = [Op::Sign, Op::Verify]
        .into_iter()
        .filter(|op| one.has_op(*op) && other.has_op(*op));
    Hello {
        ops: Some(ops.map(|op| op.name().to_owned()).collect()),
        inputs: Some(inputs.map(|kind| kind.name().to_owned()).collect()),
        ..one.clone()
    }
}

struct Comparing<'b, 's> {
    pools: &'b [SeedPool<'s>],
    options: &'b VersusOptions,
    clock: &'b dyn Fn() -> Duration,
    mutator: Mutator,
    signer: Signer,
    differences: BTreeMap<FailureKey, Difference>,
    /// Nothing before the first token is presented.
    matrix: Option<Vec<Crossing>>,
    kinds: HashSet<(u64, u64)>,
    cases: u64,
    unanswered: u64,
    unsupported: u64,
    /// How many requests are asked at once.
    at_once: usize,
}

impl Comparing<'_, '_> {
    fn progress(&self, elapsed: Duration) -> FuzzProgress {
        FuzzProgress {
            cases: self.cases,
            kinds: self.kinds.len() as u64,
            findings: self.differences.len() as u64,
            elapsed,
        }
    }

    fn is_late(&self) -> bool {
        self.options.time.is_some_and(|time| (self.clock)() >= time)
    }

    /// Whether both sign and verify.
    fn crosses(&self) -> bool {
        let both = |op| self.pools.iter().all(|pool| pool.has_op(op));
        both(Op::Sign) && both(Op::Verify)
    }

    fn batch(&mut self, pair: &mut [Adapter<'_>; 2]) -> Result<(), AdapterError> {
        let left = self
            .options
            .cases
            .map_or(u64::MAX, |most| most - self.cases);
        let count = usize::try_from(left).map_or(BATCH, |left| left.min(BATCH));
        let mut inputs = Vec::with_capacity(count);
        while inputs.len() < count {
            let (input, class) = self.mutator.grow(self.pools);
            let pool = &self.pools[input.suite];
            let request = input.request(pool.suite(), &mut self.signer);
            let Some(request) = request.filter(|request| pool.takes(request)) else {
                continue;
            };
            let request = PreparedRequest::new(request);
            if !request.is_longer_than(MAX_LINE) {
                inputs.push((input, request.into_request(), class));
            }
        }
        let requests: Vec<Request> = inputs
            .iter()
            .map(|(_, request, _)| request.clone())
            .collect();
        let observed = self.ask_both(pair, &requests)?;
        self.cases += observed.len() as u64;
        for ((input, request, class), outcomes) in std::iter::zip(inputs, observed) {
            if let [Observed::Outcome(one), Observed::Outcome(other)] = &outcomes {
                let number = |outcome| kind(input.suite, request.op, class, outcome);
                if self.kinds.len() < 1 << 16 && self.kinds.insert((number(one), number(other))) {
                    self.mutator.keep(input.clone());
                }
            }
            self.compare(pair, input, request, outcomes)?;
        }
        Ok(())
    }

    /// Counts a pair of answers, and keeps it if they differ.
    fn compare(
        &mut self,
        pair: &mut [Adapter<'_>; 2],
        input: Input,
        request: Request,
        outcomes: [Observed; 2],
    ) -> Result<(), AdapterError> {
        let has_failed = |one: &Observed| matches!(one, Observed::Failed(_));
        self.unanswered += u64::from(outcomes.iter().all(has_failed));
        let is_unsupported = |one: &Observed| matches!(one, Observed::Unsupported { .. });
        self.unsupported += u64::from(outcomes.iter().any(is_unsupported));
        let Some(key) = sort(input.suite, request.op, &outcomes) else {
            return Ok(());
        };
        if let Some(known) = self.differences.get_mut(&key) {
            known.cases += 1;
        } else if self.differences.len() < self.options.max_findings {
            let difference = self.shrunk(pair, input, request, outcomes, key)?;
            self.differences.insert(key, difference);
        }
        Ok(())
    }

    fn shrunk(
        &mut self,
        pair: &mut [Adapter<'_>; 2],
        input: Input,
        request: Request,
        outcomes: [Observed; 2],
        due: FailureKey,
    ) -> Result<Difference, AdapterError> {
        let before = length(&input);
        let pool = &self.pools[input.suite];
        let failures = outcomes.iter().filter_map(|one| match one {
            Observed::Failed(failure) => Some(failure),
            _ => None,
        });
        let budget = Budget::of(failures);
        let mut found = (input, request, outcomes);
        let mut asked = 0;
        'smaller: while asked < budget.most && !self.is_late() {
            let candidates: Vec<(Input, Request)> = simpler(pool, &found.0)
                .into_iter()
                .filter_map(|input| {
                    let request = input.request(pool.suite(), &mut self.signer)?;
                    pool.takes(&request).then_some((input, request))
                })
                .collect();
            for some in candidates.chunks(budget.at_once) {
                if asked >= budget.most {
                    break 'smaller;
                }
                asked += some.len();
                let requests: Vec<Request> =
                    some.iter().map(|(_, request)| request.clone()).collect();
                let observed = self.ask_both(pair, &requests)?;
                for ((input, request), outcomes) in std::iter::zip(some, observed) {
                    if sort(input.suite, request.op, &outcomes) == Some(due) {
                        found = (input.clone(), request.clone(), outcomes);
                        continue 'smaller;
                    }
                }
            }
            break;
        }
        let (input, request, outcomes) = found;
        Ok(Difference {
            suite: pool.suite().name.to_string(),
            length: [length(&input), before],
            request,
            outcomes,
            cases: 1,
        })
    }

    /// The tokens of each, presented to each, as far as the time allows.
    fn cross(&mut self, pair: &mut [Adapter<'_>; 2]) -> Result<(), AdapterError> {
        self.matrix = Some(Vec::new());
        if !self.crosses() {
            return Ok(());
        }
        for at in 0..self.pools.len() {
            let claims = self.claims(at);
            let requests: Vec<Request> =
                claims.iter().map(|(_, request)| request.clone()).collect();
            let signed = self.ask_both(pair, &requests)?;
            if signed.is_empty() {
                // The time was over.
                break;
            }
            for ((input, request), outcomes) in std::iter::zip(&claims, &signed) {
                self.compare(pair, input.clone(), request.clone(), outcomes.clone())?;
            }
            for signer in 0..2 {
                let signed = signed.iter().map(|outcomes| &outcomes[signer]);
                let presented = self.presented(at, &claims, signed);
                for (verifier, adapter) in pair.iter_mut().enumerate() {
                    let verified = self.in_parts(&presented, |some| ask(adapter, some, false))?;
                    // Where there was no time for one, its cell would say nothing.
                    if verified.is_empty() && !presented.is_empty() {
                        continue;
                    }
                    let crossing = self.crossing(at, [signer, verifier], &presented, verified);
                    self.matrix.get_or_insert_default().push(crossing);
                }
            }
        }
        Ok(())
    }

    /// What is to be signed.
    fn claims(&mut self, at: usize) -> Vec<(Input, Request)> {
        let pool = &self.pools[at];
        let mut claims = Vec::with_capacity(CROSSED);
        while claims.len() < CROSSED {
            let (mut input, _) = self.mutator.grow(&self.pools[at..=at]);
            input.suite = at;
            input.op = Op::Sign;
            let request = input.request(pool.suite(), &mut self.signer);
            if let Some(request) = request.filter(|request| pool.takes(request)) {
                claims.push((input, request));
            }
        }
        claims
    }

    /// The tokens of one signer, each as it is shown to a verifier.
    fn presented<'o>(
        &mut self,
        at: usize,
        claims: &[(Input, Request)],
        signed: impl Iterator<Item = &'o Observed>,
    ) -> Vec<Request> {
        let suite = self.pools[at].suite();
        let shown = std::iter::zip(claims, signed).filter_map(|((input, _), observed)| {
            let Observed::Outcome(Outcome::Token(token)) = observed else {
                return None;
            };
            let shown = Input {
                op: Op::Verify,
                token: Token::Literal(Value::Text(token.clone())),
                ..input.clone()
            };
            let request = PreparedRequest::new(shown.request(suite, &mut self.signer)?);
            (!request.is_longer_than(MAX_LINE)).then(|| request.into_request())
        });
        shown.collect()
    }

    /// What became of one signer's tokens with one verifier.
    fn crossing(
        &self,
        at: usize,
        [signer, verifier]: [usize; 2],
        presented: &[Request],
        verified: Vec<Observed>,
    ) -> Crossing {
        let is_accepted = |one: &Observed| *one == Observed::Outcome(Outcome::Accept);
        let tokens = verified.len() as u64;
        let accepted = verified.iter().filter(|one| is_accepted(one)).count();
        let example = std::iter::zip(presented, verified).find(|(_, one)| !is_accepted(one));
        Crossing {
            suite: self.pools[at].suite().name.as_str().to_owned(),
            signer,
            verifier,
            tokens,
            accepted: accepted as u64,
            example: example.map(|(request, observed)| (request.clone(), observed)),
        }
    }

    fn ask_both(
        &mut self,
        pair: &mut [Adapter<'_>; 2],
        requests: &[Request],
    ) -> Result<Vec<[Observed; 2]>, AdapterError> {
        self.in_parts(requests, |some| {
            let one = ask(&mut pair[0], some, false)?;
            let other = ask(&mut pair[1], some, false)?;
            let both = std::iter::zip(one, other);
            Ok(both.map(|(one, other)| [one, other]).collect())
        })
    }

    /// Asks so many at once that the time can be kept. What was observed of the first of them: all,
    /// unless the time was over.
    fn in_parts<T>(
        &mut self,
        requests: &[Request],
        mut ask: impl FnMut(&[Request]) -> Result<Vec<T>, AdapterError>,
    ) -> Result<Vec<T>, AdapterError> {
        let mut observed = Vec::with_capacity(requests.len());
        while observed.len() < requests.len() && !self.is_late() {
            let rest = &requests[observed.len()..];
            let began = (self.clock)();
            observed.extend(ask(&rest[..self.at_once.min(rest.len())])?);
            let is_quick = (self.clock)().saturating_sub(began) < AT_ONCE;
            self.at_once = if is_quick {
                BATCH.min(2 * self.at_once)
            } else {
                1.max(self.at_once / 2)
            };
        }
        Ok(observed)
    }
}

/// In which way two answers differ; `None` where they do not, or only in how something is
/// declined.
fn sort(suite: usize, op: Op, outcomes: &[Observed; 2]) -> Option<FailureKey> {
    let [one, other] = outcomes;
    let kinds = (ObservedKind::of(op, one)?, ObservedKind::of(op, other)?);
    // Whoever cannot be asked says nothing.
    if kinds.0 == ObservedKind::Unsupported || kinds.1 == ObservedKind::Unsupported {
        return None;
    }
    let differ = match (one, other) {
        (Observed::Outcome(Outcome::Token(one)), Observed::Outcome(Outcome::Token(other))) => {
            one != other
        }
        _ => class(kinds.0) != class(kinds.1),
    };
    differ.then_some((suite, op, kinds.0, kinds.1))
}

/// What counts of an answer: how something is declined does not.
fn class(kind: ObservedKind) -> u8 {
    match kind {
        ObservedKind::Token => 0,
        ObservedKind::Accept => 1,
        ObservedKind::Reject | ObservedKind::Refused | ObservedKind::Threw => 2,
        _ => 3,
    }
}

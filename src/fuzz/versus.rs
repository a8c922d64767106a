//! Two implementations against each other: where do they differ, and does each take the other's
//! tokens? No oracle has a say in it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::adapters::{Adapter, AdapterError, Limits, Target};
use crate::fuzz::ask::ask;
use crate::fuzz::campaign::line;
use crate::fuzz::drive::{FuzzEnding, FuzzError, FuzzProgress, taken};
use crate::fuzz::grow::{Bed, Grower};
use crate::fuzz::input::{Input, Signer, Token};
use crate::fuzz::masked::kind;
use crate::fuzz::shrink::{length, simpler};
use crate::protocol::{Hello, ImplementationInfo, MAX_LINE};
use crate::results::{Observed, ObservedKind};
use crate::signature::{Op, Outcome, Value};
use crate::suite::{Request, Suite};

/// How many requests both are asked at once.
const BATCH: usize = 512;

/// How many requests shrinking one difference may take.
const ASKED: usize = 2000;

/// How many tokens of each signer are presented to each verifier, a suite.
const CROSSED: usize = 256;

/// What two implementations are asked to do.
#[derive(Clone, Copy, Debug)]
pub struct VersusOptions {
    /// The seed of the inputs.
    pub seed: u64,
    /// After how many requests to each it ends.
    pub cases: Option<u64>,
    /// After how long it ends.
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
    pub names: [ImplementationInfo; 2],
    /// Where they differ, one entry a sort.
    pub differences: Vec<Difference>,
    /// Who takes whose tokens: each signer, and within it each verifier.
    pub matrix: Vec<Crossing>,
    /// How many requests both were asked.
    pub cases: u64,
    /// What was noticed besides.
    pub notes: Vec<String>,
    /// How long it took.
    pub elapsed: Duration,
    /// How it ended.
    pub ending: FuzzEnding,
}

/// A request that two implementations answer differently.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The suite's name.
    pub suite: String,
    /// The smallest request that shows it.
    pub request: Request,
    /// What each did.
    pub outcomes: [Observed; 2],
    /// How many characters it has, and had before it was shrunk.
    pub length: [usize; 2],
    /// How many requests differ in this way.
    pub cases: u64,
}

/// Tokens of one implementation, presented to one.
#[derive(Clone, Debug)]
pub struct Crossing {
    /// Which signed, as 0 or 1.
    pub signer: usize,
    /// Which verified.
    pub verifier: usize,
    /// How many tokens were presented.
    pub tokens: u64,
    /// How many were accepted.
    pub accepted: u64,
    /// A request whose token was not, with the suite's name and what was answered.
    pub example: Option<(String, Request, Observed)>,
}

/// In which way two answers differ.
type Sort = (usize, Op, ObservedKind, ObservedKind);

/// Asks two implementations the same and compares what they do; then presents the tokens of each
/// to each.
pub fn versus(
    suites: &[Suite],
    targets: [&Target; 2],
    options: &VersusOptions,
    interrupt: &AtomicBool,
    clock: &(dyn Fn() -> Duration + Sync),
    progress: &dyn Fn(FuzzProgress),
) -> Result<Versus, FuzzError> {
    let [one, other] = targets;
    let mut pair = [
        one.start(options.limits, interrupt)?,
        other.start(options.limits, interrupt)?,
    ];
    let hellos = [pair[0].hello().clone(), pair[1].hello().clone()];
    let (mut both, mut notes) = taken(suites, &hellos[0]);
    let (others, more) = taken(suites, &hellos[1]);
    both.retain(|at| others.contains(at));
    notes.extend(more);
    if both.is_empty() {
        return Err(FuzzError::Nothing(notes.join("; ")));
    }
    let common = common(&hellos);
    let beds: Vec<Bed<'_>> = both
        .iter()
        .enumerate()
        .map(|(place, &at)| Bed::new(place, &suites[at], &common))
        .collect();
    if beds.iter().any(Bed::is_barren) {
        notes.push("the two declare no operation in common".to_owned());
        return Err(FuzzError::Nothing(notes.join("; ")));
    }
    let mut comparing = Comparing {
        beds: &beds,
        grower: Grower::new(options.seed),
        signer: Signer::default(),
        differences: BTreeMap::new(),
        kinds: std::collections::HashSet::new(),
        cases: 0,
    };
    let mut compare = || -> Result<(Vec<Crossing>, bool), AdapterError> {
        loop {
            comparing.batch(&mut pair, options)?;
            progress(FuzzProgress {
                cases: comparing.cases,
                kinds: comparing.kinds.len() as u64,
                findings: comparing.differences.len() as u64,
                elapsed: clock(),
            });
            let is_spent = options.cases.is_some_and(|most| comparing.cases >= most);
            let is_late = options.time.is_some_and(|time| clock() >= time);
            let is_enough = comparing.differences.len() >= options.max_findings;
            if is_spent || is_late || is_enough {
                return Ok((comparing.matrix(&mut pair)?, is_enough));
            }
        }
    };
    let (matrix, ending) = match compare() {
        Ok((matrix, true)) => (matrix, FuzzEnding::Findings),
        Ok((matrix, false)) => (matrix, FuzzEnding::Whole),
        Err(AdapterError::Interrupted) => (Vec::new(), FuzzEnding::Interrupted),
        Err(_) if interrupt.load(Ordering::Relaxed) => (Vec::new(), FuzzEnding::Interrupted),
        Err(error) => (Vec::new(), FuzzEnding::Broken(error)),
    };
    let cases = comparing.cases;
    let differences = comparing.differences.into_values().collect();
    for adapter in pair {
        notes.extend(adapter.finish().notes);
    }
    Ok(Versus {
        names: hellos.map(|hello| hello.implementation),
        differences,
        matrix,
        cases,
        notes,
        elapsed: clock(),
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
    beds: &'b [Bed<'s>],
    grower: Grower,
    signer: Signer,
    differences: BTreeMap<Sort, Difference>,
    kinds: std::collections::HashSet<(u64, u64)>,
    cases: u64,
}

impl Comparing<'_, '_> {
    fn batch(
        &mut self,
        pair: &mut [Adapter<'_>; 2],
        options: &VersusOptions,
    ) -> Result<(), AdapterError> {
        let mut inputs = Vec::with_capacity(BATCH);
        while inputs.len() < BATCH {
            let (input, class) = self.grower.grow(self.beds);
            let bed = &self.beds[input.suite];
            let request = input.request(&bed.suite().scheme, &mut self.signer);
            let Some(request) = request.filter(|request| bed.takes(request)) else {
                continue;
            };
            if !line(bed.suite().name.as_str(), &request).is_longer_than(MAX_LINE) {
                inputs.push((input, request, class));
            }
        }
        let requests: Vec<(usize, Request)> = inputs
            .iter()
            .map(|(input, request, _)| (input.suite, request.clone()))
            .collect();
        let observed = self.ask_both(pair, &requests)?;
        self.cases += inputs.len() as u64;
        for ((input, request, class), outcomes) in std::iter::zip(inputs, observed) {
            if let [Observed::Outcome(one), Observed::Outcome(other)] = &outcomes {
                let number = |outcome| kind(input.suite, request.op, class, outcome);
                if self.kinds.len() < 1 << 16 && self.kinds.insert((number(one), number(other))) {
                    self.grower.keep(input.clone());
                }
            }
            let Some(sort) = sort(input.suite, request.op, &outcomes) else {
                continue;
            };
            if let Some(known) = self.differences.get_mut(&sort) {
                known.cases += 1;
            } else if self.differences.len() < options.max_findings {
                let difference = self.shrunk(pair, input, request, outcomes, sort)?;
                self.differences.insert(sort, difference);
            }
        }
        Ok(())
    }

    fn ask_both(
        &self,
        pair: &mut [Adapter<'_>; 2],
        requests: &[(usize, Request)],
    ) -> Result<Vec<[Observed; 2]>, AdapterError> {
        let lines: Vec<_> = requests
            .iter()
            .map(|(suite, request)| line(self.beds[*suite].suite().name.as_str(), request))
            .collect();
        let one = ask(&mut pair[0], lines.clone(), false)?;
        let other = ask(&mut pair[1], lines, false)?;
        Ok(std::iter::zip(one, other)
            .map(|(one, other)| [one, other])
            .collect())
    }

    fn shrunk(
        &mut self,
        pair: &mut [Adapter<'_>; 2],
        input: Input,
        request: Request,
        outcomes: [Observed; 2],
        due: Sort,
    ) -> Result<Difference, AdapterError> {
        let before = length(&input);
        let bed = &self.beds[input.suite];
        let scheme = &bed.suite().scheme;
        let mut found = (input, request, outcomes);
        let mut asked = 0;
        'smaller: while asked < ASKED {
            let candidates: Vec<(Input, Request)> = simpler(bed, &found.0)
                .into_iter()
                .filter_map(|input| {
                    let request = input.request(scheme, &mut self.signer)?;
                    bed.takes(&request).then_some((input, request))
                })
                .collect();
            for some in candidates.chunks(64) {
                asked += some.len();
                let requests: Vec<(usize, Request)> = some
                    .iter()
                    .map(|(input, request)| (input.suite, request.clone()))
                    .collect();
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
            suite: bed.suite().name.to_string(),
            length: [length(&input), before],
            request,
            outcomes,
            cases: 1,
        })
    }

    /// The tokens of each, presented to each.
    fn matrix(&mut self, pair: &mut [Adapter<'_>; 2]) -> Result<Vec<Crossing>, AdapterError> {
        let both = |op| self.beds.iter().all(|bed| bed.has_op(op));
        if !both(Op::Sign) || !both(Op::Verify) {
            return Ok(Vec::new());
        }
        let mut claims: Vec<(usize, Input, Request)> = Vec::new();
        for at in 0..self.beds.len() {
            let due = (at + 1) * CROSSED;
            while claims.len() < due {
                let (mut input, _) = self.grower.grow(&self.beds[at..=at]);
                input.suite = at;
                input.op = Op::Sign;
                let bed = &self.beds[at];
                let request = input.request(&bed.suite().scheme, &mut self.signer);
                if let Some(request) = request.filter(|request| bed.takes(request)) {
                    claims.push((at, input, request));
                }
            }
        }
        let mut crossings = Vec::new();
        for signer in 0..2 {
            let name = |at: usize| self.beds[at].suite().name.as_str();
            let lines = claims
                .iter()
                .map(|(at, _, request)| line(name(*at), request));
            let signed = ask(&mut pair[signer], lines.collect(), false)?;
            let mut presented: Vec<(usize, Request)> = Vec::new();
            for ((at, input, _), observed) in std::iter::zip(&claims, signed) {
                let Observed::Outcome(Outcome::Token(token)) = observed else {
                    continue;
                };
                let mut shown = input.clone();
                shown.op = Op::Verify;
                shown.token = Token::Literal(Value::Text(token));
                let scheme = &self.beds[*at].suite().scheme;
                if let Some(request) = shown.request(scheme, &mut self.signer) {
                    presented.push((*at, request));
                }
            }
            for (verifier, adapter) in pair.iter_mut().enumerate() {
                let lines = presented
                    .iter()
                    .map(|(at, request)| line(name(*at), request));
                let verified = ask(adapter, lines.collect(), false)?;
                let mut crossing = Crossing {
                    signer,
                    verifier,
                    tokens: presented.len() as u64,
                    accepted: 0,
                    example: None,
                };
                for ((at, request), observed) in std::iter::zip(&presented, verified) {
                    if observed == Observed::Outcome(Outcome::Accept) {
                        crossing.accepted += 1;
                    } else if crossing.example.is_none() {
                        let name = name(*at).to_owned();
                        crossing.example = Some((name, request.clone(), observed));
                    }
                }
                crossings.push(crossing);
            }
        }
        Ok(crossings)
    }
}

/// In which way two answers differ; `None` where they do not, or only in how something is
/// declined.
fn sort(suite: usize, op: Op, outcomes: &[Observed; 2]) -> Option<Sort> {
    let [one, other] = outcomes;
    let kinds = (ObservedKind::of(op, one)?, ObservedKind::of(op, other)?);
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

//! A whole campaign: several processes, each with inputs of its own, and what they found together.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::adapters::{Adapter, AdapterError, Limits, Target};
use crate::fuzz::ask::ask;
use crate::fuzz::campaign::{Bounded, Campaign, Counters, Disagreement, Plan, Taste, What, line};
use crate::fuzz::demand::Demand;
use crate::fuzz::grow::Bed;
use crate::fuzz::input::Input;
use crate::fuzz::look::{Found, Looked, is_same, look_into, shown};
use crate::fuzz::sequence::{Bench, Sought};
use crate::protocol::{Clock, Hello, Incoming, RequestLine};
use crate::results::{Course, Failure, FuzzPoint, Observed};
use crate::runner::Shard;
use crate::signature::Op;
use crate::suite::{Level, Request, Suite};

/// How many requests are told of which one made the adapter fall silent.
const MOST_SUSPECTS: usize = 512;

/// How often the progress is told.
const PROGRESS_EVERY: Duration = Duration::from_millis(200);

/// What a campaign is asked to do.
#[derive(Clone, Debug)]
pub struct FuzzOptions {
    /// The seed of its inputs.
    pub seed: u64,
    /// How many adapter processes work at once.
    pub jobs: usize,
    /// The part of all campaigns of this seed.
    pub shard: Option<Shard>,
    /// The lowest level whose breach is a finding.
    pub level: Level,
    /// After how many cases it ends, all processes together.
    pub cases: Option<u64>,
    /// After how long it ends.
    pub time: Option<Duration>,
    /// Whether the suites' own vectors are left out, and only what is grown is asked.
    pub grown: bool,
    /// After how many findings it ends.
    pub max_findings: usize,
    /// How long the adapter may take.
    pub limits: Limits,
    /// Requests that brought something new in an earlier campaign, each with its suite's name.
    pub corpus: Vec<(String, Request)>,
}

/// How far a campaign is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FuzzProgress {
    /// How many cases were answered.
    pub cases: u64,
    /// How many kinds of answers there were.
    pub kinds: u64,
    /// How much was found.
    pub findings: u64,
    /// How long it has been.
    pub elapsed: Duration,
}

/// What a campaign brought to light.
#[derive(Debug)]
pub struct FuzzOutput {
    /// What the adapter says of itself.
    pub hello: Hello,
    /// What was found.
    pub(crate) findings: Vec<Finding>,
    pub(crate) tastes: BTreeMap<(usize, &'static str), Taste>,
    pub(crate) warnings: BTreeMap<(usize, String), u64>,
    /// The suites that took part, as places among those that were given.
    pub taken: Vec<usize>,
    /// How many cases were answered.
    pub cases: u64,
    /// How many were not as demanded.
    pub disagreements: u64,
    /// How many requests the adapter called unsupported.
    pub unsupported: u64,
    /// How many kinds of answers there were.
    pub kinds: u64,
    /// What was noticed besides.
    pub notes: Vec<String>,
    /// Requests that brought something new, each with its suite's name.
    pub corpus: Vec<(String, Request)>,
    /// How far it was when.
    pub(crate) progress: Vec<FuzzPoint>,
    /// How long it took.
    pub elapsed: Duration,
    /// How it ended.
    pub ending: FuzzEnding,
}

/// How a campaign ended.
#[derive(Debug)]
pub enum FuzzEnding {
    /// As much was asked as was wished.
    Whole,
    /// Enough was found.
    Findings,
    /// The interrupt flag was set.
    Interrupted,
    /// The adapter no longer worked.
    Broken(AdapterError),
}

/// Something that was found.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) suite: usize,
    pub(crate) request: Request,
    pub(crate) demand: Demand,
    pub(crate) what: Breach,
    pub(crate) causes: Vec<Vec<crate::mistakes::MistakeId>>,
    pub(crate) length: usize,
    pub(crate) length_before: usize,
    pub(crate) asked: u64,
    pub(crate) sequence: Vec<RequestLine>,
    pub(crate) cases: u64,
    pub(crate) after_cases: u64,
    pub(crate) after: Duration,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Breach {
    /// It answered otherwise than is demanded.
    Answered(crate::signature::Outcome),
    /// It gave no valid answer.
    Failed(Failure),
}

/// Why there was no campaign.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FuzzError {
    /// The adapter cannot be used.
    #[error("the adapter does not work: {0}")]
    Adapter(#[from] AdapterError),
    /// There is nothing to ask it.
    #[error("there is nothing to fuzz: {0}")]
    Nothing(String),
}

/// Fuzzes an implementation.
///
/// `clock` tells the time since the campaign began. Whoever sets `interrupt` is heard within
/// 100 ms, and what was found by then is in the output. With a number of cases, not a time, the
/// same seed, jobs and shard ask the same, as long as the implementation answers the same. Time has
/// a say in one thing: where an answer takes 50 ms and ten times what is usual, three times of
/// three, its input is grown from as well; where none does, nothing depends on the clock.
pub fn fuzz(
    suites: &[Suite],
    target: &Target,
    options: &FuzzOptions,
    interrupt: &AtomicBool,
    clock: &(dyn Fn() -> Duration + Sync),
    progress: &dyn Fn(FuzzProgress),
) -> Result<FuzzOutput, FuzzError> {
    let first = target.start(options.limits, interrupt)?;
    let hello = first.hello().clone();
    let (taken, mut notes) = taken(suites, &hello);
    let beds = || -> Vec<Bed<'_>> {
        let beds = taken.iter().enumerate();
        beds.map(|(place, &at)| Bed::new(place, &suites[at], &hello))
            .collect()
    };
    if taken.is_empty() || beds().iter().any(Bed::is_barren) {
        return Err(FuzzError::Nothing(notes.join("; ")));
    }
    let counters = Counters::default();
    let stop = AtomicBool::new(false);
    let work = Work {
        beds: &beds,
        options,
        target,
        interrupt,
        clock,
        counters: &counters,
        stop: &stop,
    };
    let mut course = Course::default();
    let mut told = Duration::ZERO;
    let mut tell = |is_over: bool| {
        let now = FuzzProgress {
            cases: counters.cases.load(Ordering::Relaxed),
            kinds: counters.kinds.load(Ordering::Relaxed),
            findings: counters.findings.load(Ordering::Relaxed),
            elapsed: clock(),
        };
        course.add(now.point());
        if is_over || now.elapsed >= told + PROGRESS_EVERY {
            told = now.elapsed;
            progress(now);
        }
        PROGRESS_EVERY.min(Duration::from_millis(course.interval_ms()))
    };
    let mut shares: Vec<Share> = Vec::new();
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        let mut first = Some(first);
        for number in 0..options.jobs.max(1) {
            let (sender, adapter, work) = (sender.clone(), first.take(), &work);
            scope.spawn(move || {
                let adapter = adapter.map_or_else(|| target.start(options.limits, interrupt), Ok);
                // Nobody listens only where this thread's owner is gone as well.
                let _unheard = sender.send(work.labour(number, adapter));
            });
        }
        drop(sender);
        let mut patience = tell(false);
        loop {
            match receiver.recv_timeout(patience) {
                Ok(share) => shares.push(share),
                Err(RecvTimeoutError::Timeout) => patience = tell(false),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
    });
    tell(true);
    shares.sort_by_key(|share| share.number);
    let mut gathered = gather(shares, options.max_findings);
    notes.append(&mut gathered.notes);
    let ending = match gathered.broken {
        _ if interrupt.load(Ordering::Relaxed) => FuzzEnding::Interrupted,
        Some(error) => FuzzEnding::Broken(error),
        None if stop.load(Ordering::Relaxed) => FuzzEnding::Findings,
        None => FuzzEnding::Whole,
    };
    let at_suite = |place: usize| taken.get(place).copied().unwrap_or_default();
    for finding in &mut gathered.findings {
        finding.suite = at_suite(finding.suite);
    }
    let by_suite = |(place, what), value| ((at_suite(place), what), value);
    let elapsed = clock();
    let last = FuzzProgress {
        cases: gathered.cases,
        kinds: gathered.kinds,
        findings: gathered.findings.len() as u64,
        elapsed,
    };
    Ok(FuzzOutput {
        hello,
        findings: gathered.findings,
        tastes: gathered
            .tastes
            .into_iter()
            .map(|(k, v)| by_suite(k, v))
            .collect(),
        warnings: gathered
            .warnings
            .into_iter()
            .map(|((place, what), cases)| ((at_suite(place), what), cases))
            .collect(),
        corpus: gathered
            .corpus
            .into_iter()
            .map(|(place, request)| (suites[at_suite(place)].name.to_string(), request))
            .collect(),
        taken,
        cases: gathered.cases,
        disagreements: gathered.disagreements,
        unsupported: gathered.unsupported,
        kinds: gathered.kinds,
        notes,
        progress: course.ended(last.point()),
        elapsed,
        ending,
    })
}

impl FuzzProgress {
    pub(super) fn point(&self) -> FuzzPoint {
        FuzzPoint {
            at_ms: u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX),
            cases: self.cases,
            kinds: self.kinds,
            findings: self.findings,
        }
    }
}

/// The suites that the adapter can be asked about.
pub(super) fn taken(suites: &[Suite], hello: &Hello) -> (Vec<usize>, Vec<String>) {
    let mut taken = Vec::new();
    let mut notes = Vec::new();
    for (at, suite) in suites.iter().enumerate() {
        let has_time = suite.scheme.fields.iter().any(|field| field.kind.is_time());
        if !hello.has_suite(suite.name.as_str()) {
            notes.push(format!(
                "the adapter does not declare the suite {}",
                suite.name
            ));
        } else if !hello.has_op(Op::Sign) && !hello.has_op(Op::Verify) {
            notes.push("the adapter declares neither sign nor verify".to_owned());
        } else if has_time && hello.clock() == Clock::System {
            notes.push(format!(
                "{} was left out: its tokens carry a time, and the implementation uses its own clock",
                suite.name
            ));
        } else {
            taken.push(at);
        }
    }
    (taken, notes)
}

/// What all processes share.
struct Work<'w, 's> {
    beds: &'w (dyn Fn() -> Vec<Bed<'s>> + Sync),
    options: &'w FuzzOptions,
    target: &'w Target,
    interrupt: &'w AtomicBool,
    clock: &'w (dyn Fn() -> Duration + Sync),
    counters: &'w Counters,
    /// Enough was found.
    stop: &'w AtomicBool,
}

/// What one process came to.
#[derive(Default)]
struct Share {
    number: usize,
    findings: Vec<Finding>,
    tastes: BTreeMap<(usize, &'static str), Taste>,
    warnings: BTreeMap<(usize, String), u64>,
    cases: u64,
    disagreements: u64,
    unsupported: u64,
    kinds: u64,
    corpus: Vec<(usize, Request)>,
    notes: Vec<String>,
    broken: Option<AdapterError>,
}

impl Work<'_, '_> {
    fn labour(&self, number: usize, adapter: Result<Adapter<'_>, AdapterError>) -> Share {
        let mut share = Share {
            number,
            ..Share::default()
        };
        let mut adapter = match adapter {
            Ok(adapter) => adapter,
            Err(error) => {
                share.broken = Some(error);
                return share;
            }
        };
        let beds = (self.beds)();
        let mut campaign = Campaign::new(&beds, self.plan(number, &beds, adapter.hello()));
        let ended = self.run(&mut adapter, &mut campaign, &mut share.findings);
        if let Err(error) = ended
            && !matches!(error, AdapterError::Interrupted)
        {
            share.broken = Some(error);
        }
        share.notes = std::mem::take(&mut campaign.notes);
        let parting = adapter.finish();
        if parting.restarts > 0 {
            share.notes.push(format!(
                "the adapter had to be started again {} times",
                parting.restarts
            ));
        }
        share.notes.extend(parting.notes);
        for (finding, cases) in std::iter::zip(&mut share.findings, campaign.known.cases()) {
            finding.cases = finding.cases.max(cases);
        }
        let (kinds, kept) = campaign.kinds();
        share.kinds = kinds as u64;
        let mut signer = crate::fuzz::input::Signer::default();
        share.corpus = kept
            .iter()
            .filter_map(|input| {
                let scheme = &beds[input.suite].suite().scheme;
                Some((input.suite, input.request(scheme, &mut signer)?))
            })
            .collect();
        share.cases = campaign.cases;
        share.disagreements = campaign.disagreements;
        share.unsupported = campaign.unsupported;
        share.warnings = std::mem::take(&mut campaign.known.warnings);
        share.tastes = std::mem::take(&mut campaign.tastes);
        share
    }

    /// What this process is to do: its own inputs, and its part of the vectors and the corpus.
    fn plan(&self, number: usize, beds: &[Bed<'_>], hello: &Hello) -> Plan<'_> {
        let options = self.options;
        let jobs = options.jobs.max(1);
        let (shard, shards) = options.shard.map_or((0, 1), Shard::place);
        let stream = shard * jobs + number;
        let streams = shards * jobs;
        let mine = |place: usize| place % streams == stream;
        let seeds = beds
            .iter()
            .enumerate()
            .flat_map(|(at, bed)| (0..bed.suite().vectors.len()).map(move |vector| (at, vector)));
        let seeds: Vec<(usize, usize)> = seeds.collect();
        let seeds = seeds.into_iter().enumerate();
        let corpus = options
            .corpus
            .iter()
            .enumerate()
            .filter(|(at, _)| mine(*at));
        let corpus = corpus.filter_map(|(_, (name, request))| {
            let suite = beds
                .iter()
                .position(|bed| bed.suite().name.as_str() == name)?;
            Some(Input::literal(suite, request))
        });
        let cases = options.cases.map(|cases| {
            let jobs = jobs as u64;
            cases / jobs + u64::from((number as u64) < cases % jobs)
        });
        Plan {
            // The same seed in another stream gives other inputs.
            seed: options.seed ^ (stream as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15),
            window: hello.max_in_flight(),
            seeds: seeds
                .filter(|(at, _)| !options.grown && mine(*at))
                .map(|(_, seed)| seed)
                .collect(),
            corpus: corpus.collect(),
            level: options.level,
            clock: self.clock,
            bounded: Bounded {
                cases,
                until: options.time,
            },
            progress: self.counters,
        }
    }

    fn run(
        &self,
        adapter: &mut Adapter<'_>,
        campaign: &mut Campaign<'_, '_>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), AdapterError> {
        loop {
            if let Err(error) = adapter.drive(campaign) {
                if !matches!(error, AdapterError::Interrupted) {
                    self.fell_silent(campaign, &error, findings);
                }
                return Err(error);
            }
            let is_over = campaign.is_over();
            if is_over {
                campaign.settle();
            }
            if let Some((failure, sent)) = campaign.broken_down() {
                self.broken_down(campaign, &failure, sent, findings)?;
            }
            self.time_again(adapter, campaign)?;
            while let Some(disagreement) = campaign.open() {
                if self.has_enough() {
                    return Ok(());
                }
                if campaign.known.accounts(campaign.beds, &disagreement) {
                    continue;
                }
                match look_into(adapter, campaign, &disagreement)? {
                    Looked::Found(found) => self.add(findings, *found),
                    Looked::Known => {}
                    Looked::Gone => self.gone(campaign, &disagreement, findings)?,
                }
            }
            if is_over || self.has_enough() {
                return Ok(());
            }
        }
    }

    /// Whatever took long is asked twice more, alone: a machine that was busy elsewhere is no news.
    /// What was learnt so is none of the campaign's cases.
    fn time_again(
        &self,
        adapter: &mut Adapter<'_>,
        campaign: &mut Campaign<'_, '_>,
    ) -> Result<(), AdapterError> {
        while let Some(slow) = campaign.slow() {
            if campaign.is_over() {
                continue;
            }
            let suite = campaign.beds[slow.input.suite].suite();
            let Some(request) = campaign.request_again(&slow.input) else {
                continue;
            };
            let line = line(suite.name.as_str(), &request);
            let mut least = Duration::MAX;
            for _ in 0..2 {
                let began = (self.clock)();
                let observed = ask(adapter, vec![line.clone()], true)?;
                let is_answered = matches!(observed[..], [Observed::Outcome(_)]);
                let took = (self.clock)().saturating_sub(began);
                least = least.min(if is_answered { took } else { Duration::ZERO });
                if !campaign.pace.is_slow(least) {
                    break;
                }
            }
            if campaign.pace.is_slow(least) {
                campaign.note_slow(&line, least);
                campaign.is_slow_again(slow);
            }
        }
        Ok(())
    }

    fn has_enough(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn add(&self, findings: &mut Vec<Finding>, found: Found) {
        let what = match found.what {
            What::Broken(_, outcome) => Breach::Answered(outcome),
            What::Failed(failure) => Breach::Failed(failure),
        };
        findings.push(Finding {
            suite: found.suite,
            request: found.request,
            demand: found.demand,
            what,
            causes: found.causes,
            length: found.length,
            length_before: found.length_before,
            asked: found.asked,
            sequence: found.sequence,
            cases: 1,
            after_cases: found.number + 1,
            after: (self.clock)(),
        });
        let before = self.counters.findings.fetch_add(1, Ordering::Relaxed);
        if before + 1 >= self.options.max_findings as u64 {
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn bench(&self) -> Bench<'_> {
        Bench {
            target: self.target,
            limits: self.options.limits,
            interrupt: self.interrupt,
            clock: self.clock,
        }
    }

    /// It answers nobody any more, so nothing can be tried again: what was under way is told.
    fn fell_silent(
        &self,
        campaign: &mut Campaign<'_, '_>,
        error: &AdapterError,
        findings: &mut Vec<Finding>,
    ) {
        let suspects = campaign.suspects();
        let Some(first) = suspects.first().filter(|_| campaign.answers > 0) else {
            return;
        };
        let beds = campaign.beds;
        let bed = |one: &Disagreement| &beds[one.input.suite];
        let why = Failure::NoAnswer(format!(
            "{error}. One of the requests that were under way, or something else, ended it: it cannot be asked again"
        ));
        let sequence = suspects
            .iter()
            .take(MOST_SUSPECTS)
            .map(|one| line(bed(one).suite().name.as_str(), &one.request));
        let length = crate::fuzz::shrink::length(&first.input);
        let found = Found {
            number: first.number,
            suite: first.input.suite,
            request: first.request.clone(),
            demand: Demand::due(&bed(first).bounds, &first.request),
            what: What::Failed(why),
            causes: Vec::new(),
            length,
            length_before: length,
            asked: 0,
            sequence: if suspects.len() > 1 {
                sequence.collect()
            } else {
                Vec::new()
            },
        };
        if campaign.known.found(first, &[]) {
            self.add(findings, found);
        }
    }

    /// The process ended, and no request alone makes it do so.
    fn broken_down(
        &self,
        campaign: &mut Campaign<'_, '_>,
        failure: &Failure,
        sent: Vec<RequestLine>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), AdapterError> {
        let found = self.bench().shortest(sent, &Sought::Breakdown)?;
        let last = found.as_ref().and_then(|lines| lines.last()).cloned();
        let asked = last.and_then(|line| request_of(&line, campaign.beds));
        let (Some(sequence), Some((suite, request))) = (found, asked) else {
            campaign.notes.push(format!(
                "{failure}; it did not happen again when the same was asked of a fresh process"
            ));
            return Ok(());
        };
        let demand = Demand::due(&campaign.beds[suite].bounds, &request);
        let input = Input::literal(suite, &request);
        let disagreement = Disagreement {
            number: campaign.cases,
            input: input.clone(),
            request: request.clone(),
            vector: None,
            what: What::Failed(failure.clone()),
        };
        if !campaign.known.found(&disagreement, &[]) {
            return Ok(());
        }
        let length = crate::fuzz::shrink::length(&input);
        let found = Found {
            number: disagreement.number,
            suite,
            request,
            demand,
            what: What::Failed(failure.clone()),
            causes: Vec::new(),
            length,
            length_before: length,
            asked: 0,
            sequence,
        };
        self.add(findings, found);
        Ok(())
    }

    /// It did not happen again: perhaps it depends on what came before.
    fn gone(
        &self,
        campaign: &mut Campaign<'_, '_>,
        disagreement: &Disagreement,
        findings: &mut Vec<Finding>,
    ) -> Result<(), AdapterError> {
        let bed = &campaign.beds[disagreement.input.suite];
        let due = line(bed.suite().name.as_str(), &disagreement.request);
        let mut sent = campaign.sent();
        match sent.iter().rposition(|line| *line == due) {
            Some(at) => sent.truncate(at + 1),
            None => sent.push(due),
        }
        let is_sought = |observed: &Observed| {
            shown(bed, &disagreement.request, disagreement.vector, observed)
                .is_some_and(|what| is_same(&what, &disagreement.what))
        };
        let found = self.bench().shortest(sent, &Sought::Answer(&is_sought))?;
        let demand = match &disagreement.what {
            What::Broken(demand, _) => demand.clone(),
            What::Failed(_) => Demand::due(&bed.bounds, &disagreement.request),
        };
        if found.is_none() {
            campaign.notes.push(format!(
                "an answer that breaks {} did not come again, neither alone nor in the same order",
                demand.requirement
            ));
        }
        if !campaign.known.found(disagreement, &[]) {
            return Ok(());
        }
        let length = crate::fuzz::shrink::length(&disagreement.input);
        let found = Found {
            number: disagreement.number,
            suite: disagreement.input.suite,
            request: disagreement.request.clone(),
            demand,
            what: disagreement.what.clone(),
            causes: Vec::new(),
            length,
            length_before: length,
            asked: 0,
            sequence: found.unwrap_or_default(),
        };
        self.add(findings, found);
        Ok(())
    }
}

/// The request of a line that we wrote ourselves.
fn request_of(line: &RequestLine, beds: &[Bed<'_>]) -> Option<(usize, Request)> {
    let mut written = Vec::new();
    line.write(1, &mut written);
    let Ok(Incoming::Request {
        op,
        suite,
        secrets,
        fields,
        token,
        now,
        ..
    }) = Incoming::parse(&written)
    else {
        return None;
    };
    let at = beds
        .iter()
        .position(|bed| bed.suite().name.as_str() == suite)?;
    let request = Request {
        op,
        secrets,
        fields,
        token,
        now,
        context: crate::signature::Context::default(),
    };
    Some((at, request))
}

/// What all processes came to together; what several found is one finding.
fn gather(shares: Vec<Share>, max_findings: usize) -> Share {
    let mut all = Share::default();
    for share in shares {
        for finding in share.findings {
            let count = all.findings.len();
            let same = all.findings.iter_mut().find(|known| {
                known.suite == finding.suite
                    && known.causes.first() == finding.causes.first()
                    && (!known.causes.is_empty()
                        || (known.demand.requirement == finding.demand.requirement
                            && known.request.op == finding.request.op))
                    && known.sequence.is_empty() == finding.sequence.is_empty()
            });
            match same {
                Some(known) => {
                    let cases = known.cases + finding.cases;
                    if finding.length < known.length {
                        *known = finding;
                    }
                    known.cases = cases;
                }
                None if count < max_findings => all.findings.push(finding),
                None => {}
            }
        }
        for (key, taste) in share.tastes {
            let cases = taste.cases;
            let known = all.tastes.entry(key).or_insert(Taste { cases: 0, ..taste });
            known.cases += cases;
        }
        for (key, cases) in share.warnings {
            *all.warnings.entry(key).or_default() += cases;
        }
        all.cases += share.cases;
        all.disagreements += share.disagreements;
        all.unsupported += share.unsupported;
        all.kinds += share.kinds;
        all.corpus.extend(share.corpus);
        all.notes.extend(share.notes);
        all.broken = all.broken.or(share.broken);
    }
    all
}

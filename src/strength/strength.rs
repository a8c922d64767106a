//! The mutation score of a suite.

use std::cell::OnceCell;

use crate::mistakes::{Choice, Mistake, MistakeId, Mistaken, Pipeline, catalogue};
use crate::results::{Baseline, BaselineScore};
use crate::signature::{Op, Slug};
use crate::strength::mutant::Mutant;
use crate::strength::search::{Search, Witness};
use crate::suite::Suite;

/// How many mistakes a suite catches, and which of its vectors catch them.
#[derive(Clone, Debug)]
pub struct Strength {
    /// The suite's name.
    pub suite: Slug,
    /// Every mistake, in the order of the catalogue.
    pub mistakes: Vec<Planted>,
    /// All pairs of signing mistakes that can be made together.
    pub pairs: Pairs,
    /// The vectors that catch nothing, as indices into the suite's vectors. Vectors of level `may`
    /// are excluded, because they demand nothing.
    pub idle: Vec<usize>,
    /// For each trivial baseline, how many binding vectors it passes.
    pub baselines: Vec<BaselineScore>,
    /// The number of binding vectors, that is, those the baselines were judged by.
    pub binding: usize,
}

/// A planted mistake and the result.
#[derive(Clone, Debug)]
pub struct Planted {
    /// The mistake.
    pub mistake: &'static Mistake,
    /// Whether and how it was caught.
    pub fate: Detection,
}

/// The result of planting a mistake.
#[derive(Clone, Debug)]
pub enum Detection {
    /// Vectors fail the mistake; indices into the suite's vectors.
    Caught {
        /// Vectors of level `must` and `should` that fail it.
        by: Vec<usize>,
        /// Vectors of level `may` that show it.
        observed: Vec<usize>,
    },
    /// Only vectors of level `may` show it. Since it admits no forgery, that is enough.
    Shown {
        /// The vectors that show it.
        observed: Vec<usize>,
    },
    /// Only vectors of level `may` show it, although it admits a forgery.
    Tolerated {
        /// The vectors that show it.
        observed: Vec<usize>,
        /// A request that would fail it.
        witness: Box<Witness>,
    },
    /// No vector catches it, but this request would.
    Missed(Box<Witness>),
    /// It makes no difference in this scheme, for this reason.
    Equivalent(String),
}

/// Pairs of signing mistakes, planted together.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    /// The number of pairs that make a difference.
    pub tried: usize,
    /// How many of them a vector of level `must` or `should` catches.
    pub caught: usize,
    /// The pairs that no vector catches, with a request that would.
    pub missed: Vec<(MistakeId, MistakeId, Box<Witness>)>,
    /// The pairs that cancel each other out: no request distinguishes them from the scheme.
    pub equivalent: Vec<(MistakeId, MistakeId)>,
}

impl Strength {
    /// The number of mistakes that make a difference in this scheme.
    pub fn of(&self) -> usize {
        let differs = |planted: &&Planted| !matches!(planted.fate, Detection::Equivalent(_));
        self.mistakes.iter().filter(differs).count()
    }

    /// The number of mistakes that the suite catches at the level they require.
    pub fn caught(&self) -> usize {
        let caught = |planted: &&Planted| {
            matches!(
                planted.fate,
                Detection::Caught { .. } | Detection::Shown { .. }
            )
        };
        self.mistakes.iter().filter(caught).count()
    }

    /// Whether every mistake and every pair is caught, and every vector catches something.
    pub fn is_full(&self) -> bool {
        self.caught() == self.of() && self.pairs.missed.is_empty() && self.idle.is_empty()
    }
}

/// Plants every mistake of the catalogue in turn and runs the suite against it; then every pair of
/// signing mistakes; then the trivial baselines.
pub fn strength(suite: &Suite) -> Strength {
    let trial = Mutant::new(suite);
    let search = LazySearch::new(suite);
    let mistakes: Vec<Planted> = catalogue()
        .iter()
        .map(|mistake| Planted {
            mistake,
            fate: fate(&trial, &search, mistake),
        })
        .collect();
    let binding: Vec<usize> = (0..suite.vectors.len())
        .filter(|&at| trial.binds(at))
        .collect();
    Strength {
        suite: suite.name.clone(),
        pairs: pairs(&trial, &search, &mistakes),
        idle: idle(&trial, &mistakes),
        baselines: Baseline::ALL
            .map(|baseline| baseline_score(&trial, &binding, baseline))
            .to_vec(),
        binding: binding.len(),
        mistakes,
    }
}

fn baseline_score(trial: &Mutant<'_>, binding: &[usize], baseline: Baseline) -> BaselineScore {
    let mut asked = baseline;
    let passed = binding.iter().filter(|&&at| trial.passes(at, &mut asked));
    BaselineScore {
        passed: passed.count() as u64,
        baseline,
    }
}

/// A search that is prepared on first use.
struct LazySearch<'s> {
    suite: &'s Suite,
    search: OnceCell<Search<'s>>,
}

impl<'s> LazySearch<'s> {
    fn new(suite: &'s Suite) -> Self {
        Self {
            suite,
            search: OnceCell::new(),
        }
    }

    fn ready(&self) -> &Search<'s> {
        self.search.get_or_init(|| Search::new(self.suite))
    }
}

fn fate(trial: &Mutant<'_>, search: &LazySearch<'_>, mistake: &'static Mistake) -> Detection {
    if let Err(reason) = mistake.applies(&trial.suite.scheme) {
        return Detection::Equivalent(reason.to_owned());
    }
    let mut mistaken = Mistaken::one(mistake);
    // An implementation with a verifying mistake signs like the oracle.
    let tried = |op: Op| op.verifies() || !mistake.is_of_verifying();
    let told = trial.catches(&mut mistaken, tried);
    let (by, observed): (Vec<usize>, Vec<usize>) =
        told.into_iter().partition(|&at| trial.binds(at));
    if !by.is_empty() {
        return Detection::Caught { by, observed };
    }
    let search = search.ready();
    if !observed.is_empty() && !search.lets_a_forgery_in(&mut mistaken) {
        return Detection::Shown { observed };
    }
    match search
        .witness(&mut mistaken, Some(mistake.id))
        .map(Box::new)
    {
        Some(witness) if observed.is_empty() => Detection::Missed(witness),
        Some(witness) => Detection::Tolerated { observed, witness },
        None => Detection::Equivalent(format!(
            "none of {} requests distinguishes it from the scheme",
            search.len()
        )),
    }
}

fn pairs(trial: &Mutant<'_>, search: &LazySearch<'_>, mistakes: &[Planted]) -> Pairs {
    let mut pairs = Pairs::default();
    let signing: Vec<&Planted> = mistakes
        .iter()
        .filter(|planted| !planted.mistake.is_of_verifying())
        .filter(|planted| !matches!(planted.fate, Detection::Equivalent(_)))
        .collect();
    let binding: Vec<usize> = (0..trial.suite.vectors.len())
        .filter(|&at| trial.binds(at) && trial.suite.vectors[at].request.op == Op::Sign)
        .collect();
    for (at, one) in signing.iter().enumerate() {
        for other in &signing[at + 1..] {
            if one.mistake.excludes(other.mistake) {
                continue;
            }
            let pipeline = Pipeline::right()
                .with(Choice::usual(one.mistake))
                .with(Choice::usual(other.mistake));
            let mut mistaken = Mistaken::along(pipeline);
            // A vector that catches one of the two mistakes usually catches the pair.
            let likely = [one, other]
                .into_iter()
                .flat_map(|planted| planted.catches_of_signing(trial));
            let caught = likely
                .chain(binding.iter().copied())
                .any(|vector| trial.is_caught_by(vector, &mut mistaken));
            if caught {
                pairs.tried += 1;
                pairs.caught += 1;
                continue;
            }
            let ids = (one.mistake.id, other.mistake.id);
            match search.ready().witness(&mut mistaken, None) {
                None => pairs.equivalent.push(ids),
                Some(witness) => {
                    pairs.tried += 1;
                    pairs.missed.push((ids.0, ids.1, Box::new(witness)));
                }
            }
        }
    }
    pairs
}

impl Planted {
    /// The first `sign` vectors that fail it.
    fn catches_of_signing<'t>(&'t self, trial: &'t Mutant<'_>) -> impl Iterator<Item = usize> + 't {
        let by: &[usize] = match &self.fate {
            Detection::Caught { by, .. } => by,
            _ => &[],
        };
        let signs = |at: &usize| trial.suite.vectors[*at].request.op == Op::Sign;
        by.iter().copied().filter(signs).take(4)
    }
}

/// The binding vectors that catch neither a mistake nor a trivial baseline.
fn idle(trial: &Mutant<'_>, mistakes: &[Planted]) -> Vec<usize> {
    let mut is_idle: Vec<bool> = (0..trial.suite.vectors.len())
        .map(|at| trial.binds(at))
        .collect();
    for planted in mistakes {
        if let Detection::Caught { by, .. } = &planted.fate {
            for &at in by {
                is_idle[at] = false;
            }
        }
    }
    let indices = 0..is_idle.len();
    indices.filter(|&at| is_idle[at]).collect()
}

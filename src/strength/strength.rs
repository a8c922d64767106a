//! The mutation score of a suite.

use crate::mistakes::{Mistake, Mistaken, catalogue};
use crate::scheme::Reference;
use crate::signature::{Slug, Outcome};
use crate::strength::nulls::{NullScore, null_scores};
use crate::strength::search::Search;
use crate::strength::trial::{Catch, Trial};
use crate::suite::{Level, Suite};

/// How many mistakes a suite catches, and which of its vectors catch them.
#[derive(Clone, Debug)]
pub struct Strength {
    /// The suite's name.
    pub suite: Slug,
    /// Every mistake of the catalogue, in its order.
    pub mistakes: Vec<Planted>,
    /// Pairs of mistakes in signing.
    pub pairs: Pairs,
    /// The vectors that catch no mistake, as indices into the suite's. Those of level `may` are
    /// not among them: they bind nobody.
    pub idle: Vec<usize>,
    /// What implementations that do nothing at all come to.
    pub nulls: Vec<NullScore>,
}

/// What became of one mistake.
#[derive(Clone, Debug)]
pub struct Planted {
    /// The mistake.
    pub mistake: &'static Mistake,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a mistake that was planted.
#[derive(Clone, Debug)]
pub enum Fate {
    /// These vectors catch it, in the order of the suite.
    Caught(Vec<Catch>),
    /// No vector catches it, but this request would.
    Missed(String),
    /// It makes no difference in this scheme, for this reason.
    Equivalent(String),
}

/// Pairs of mistakes in signing, planted together.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    /// How many were tried.
    pub tried: usize,
    /// How many are caught.
    pub caught: usize,
}

/// Plants every mistake of the catalogue in turn and runs the suite against it.
pub fn strength(suite: &Suite) -> Strength {
    let trial = Trial::new(suite);
    let mut mistakes = Vec::new();
    for mistake in catalogue() {
        let fate = match mistake.applies(&suite.scheme) {
            Err(reason) => Fate::Equivalent(reason.to_owned()),
            Ok(()) => {
                let catches = trial.catches(&mut Mistaken::one(mistake));
                Fate::Caught(catches)
            }
        };
        mistakes.push(Planted { mistake, fate });
    }
    let mut caught = vec![false; suite.vectors.len()];
    for planted in &mistakes {
        if let Fate::Caught(catches) = &planted.fate {
            for catch in catches { caught[catch.vector] = true; }
        }
    }
    let idle = (0..suite.vectors.len()).filter(|&at| !caught[at] && suite.vectors[at].level != Level::May).collect();
    Strength { suite: suite.name.clone(), mistakes, pairs: Pairs::default(), idle, nulls: null_scores(&trial) }
}

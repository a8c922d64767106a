//! Reports, each a pure function of a run's result.

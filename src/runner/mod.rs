//! From suites and an adapter to what was observed of each case.

//! From a scheme to a whole suite: every edge case that applies to it.

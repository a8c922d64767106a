//! How YAML is read: strictly, and within limits.

use serde_yaml::options::{DuplicateKeyPolicy, MergeKeyPolicy};

/// Options of the YAML reader that allow no more than a suite needs.
pub(super) fn options() -> serde_yaml::Options {
    serde_yaml::options! {
        budget: serde_yaml::budget! {
            max_documents: 1,
            max_depth: 48,
            flow_nesting_limit: 48,
            max_nodes: 500_000,
            max_events: 1_000_000,
            max_anchors: 1_000,
            max_aliases: 20_000,
            // This also counts text repeated by aliases, so it bounds memory.
            max_total_scalar_bytes: 64 << 20,
            // Every vector may legitimately use the same secret.
            enforce_alias_anchor_ratio: false,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        alias_limits: serde_yaml::alias_limits! {
            max_total_replayed_events: 100_000,
            max_replay_stack_depth: 8,
        },
        strict_booleans: true,
        // Numbers used as text must be quoted, because YAML readers interpret them differently.
        no_schema: true,
        reject_unsupported_tags: true,
        // This module renders errors itself, in a uniform style.
        with_snippet: false,
    }
}

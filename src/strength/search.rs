//! Search.
pub(super) struct Search;

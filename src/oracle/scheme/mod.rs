//! Schemes as data, and the oracle that signs and verifies by them.
//!
//! A [`Scheme`] is compiled once, when a suite is loaded; what can be wrong with it is said then.
//! After that signing can fail only by its inputs ([`Refusal`]), and verifying not at all
//! ([`Verification`]).

mod algorithm;
mod call;
mod content;
mod definition;
mod escapes;
mod field;
mod filter;
mod freshness;
mod given;
mod grammar;
mod input_kind;
mod key_steps;
mod layout;
mod message;
mod oracle;
mod params;
mod pattern;
mod places;
mod policy;
mod refusal;
mod roles;
mod secret_encoding;
mod secret_rule;
mod sending;
mod time_form;
mod token;

pub use algorithm::{Algorithm, Keyed};
pub use call::{Call, Implementation};
pub use content::Content;
pub use definition::Scheme;
pub use escapes::Escapes;
pub use field::{Field, FieldKind, FieldSet, FieldTexts, is_field_name};
pub use filter::{
    Filter, PARAMS, UnknownFilter, filtered, may_be_written, normalizing, unfiltered,
};
pub use freshness::{Freshness, FreshnessProblem};
pub use key_steps::{KeyStep, KeyStepError, KeyTemplate, derived};
pub use layout::{AmbiguousLayout, Layout, LayoutError, LayoutMatch, Part};
pub use message::{Message, MessageError, MessagePart};
pub use oracle::{Identification, NO_POLICY, Reference, Rejection, Verification};
pub use params::{Param, Params, Repeated, Sort, Written};
pub use pattern::{Pattern, PatternError};
pub use places::{Place, Places, is_header_name};
pub use policy::{
    ContextKey, ContextProblem, Decision, Origin, Policy, Rule, SignatureState, Undecided,
    is_presented,
};
pub use refusal::Refusal;
pub use secret_encoding::SecretEncoding;
pub use secret_rule::SecretRule;
pub use sending::NO_PLACES;
pub use time_form::{TimeForm, is_unix_time};
pub use token::{Item, List, Order, Pair, Pairs, ParsedToken, TokenError, TokenGrammar, Unknown};

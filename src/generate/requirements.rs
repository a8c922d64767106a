//! The requirements that generated vectors show.

use crate::suite::{Basis, Level, Requirement};

/// A requirement as the generator writes it where the scheme's author has not written one of the
/// same name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// Its name.
    pub(crate) id: &'static str,
    /// Its level.
    pub(crate) level: Level,
    /// Its basis.
    pub(crate) basis: Basis,
    /// The statement.
    pub(crate) text: &'static str,
    /// The rule whose level and basis it takes over where the author has written that one and not
    /// this: a limit that a document only recommends makes no other sentence about it binding.
    pub(crate) follows: Option<&'static Rule>,
}

const fn rule(id: &'static str, level: Level, basis: Basis, text: &'static str) -> Rule {
    Rule {
        id,
        level,
        basis,
        text,
        follows: None,
    }
}

use Basis::{Document, Practice, Security};
use Level::{May, Must, Should};

pub(crate) static TOKEN_IS_EXACT: Rule = rule(
    Requirement::TOKEN_IS_EXACT,
    Must,
    Document,
    "Signing gives the token that the scheme describes, to the byte.",
);
pub(crate) static NEWEST_SECRET_SIGNS: Rule = rule(
    "newest-secret-signs",
    Must,
    Document,
    "While a secret is replaced, the newest signs.",
);
pub(crate) static PREVIOUS_SECRETS_HOLD: Rule = rule(
    "previous-secrets-hold",
    Must,
    Document,
    "While a secret is replaced, tokens of those before it are accepted, too.",
);
pub(crate) static UNKNOWN_SECRET_DOES_NOT_HOLD: Rule = rule(
    "unknown-secret-does-not-hold",
    Must,
    Security,
    "While a secret is replaced, a token of any other is not accepted.",
);
pub(crate) static REQUEST_IS_SIGNED_AS_SENT: Rule = rule(
    "request-is-signed-as-sent",
    Must,
    Document,
    "What a sender signs is the body that it sends, byte for byte: an object that is written once to be signed and once more to be sent has two spellings.",
);
pub(crate) static IDENTITY_IS_SIGNED_AS_IT_IS: Rule = rule(
    "identity-is-signed-as-it-is",
    Must,
    Document,
    "The identity's bytes, UTF-8 for a text, are what is signed: nothing in them is trimmed, folded, normalised or escaped.",
);
pub(crate) static IDENTITY_IS_BROUGHT_TO_ITS_FORM: Rule = rule(
    "identity-is-brought-to-its-form",
    Must,
    Document,
    "An identity that is not yet in the form which the scheme signs is brought to it, or refused.",
);
pub(crate) static UNUSUAL_IDENTITY: Rule = rule(
    "unusual-identity-is-signed-or-refused",
    Must,
    Security,
    "An identity out of the ordinary, as one that is empty, very long or full of characters that nobody sees, is signed as it is or refused: signed as another, it is another.",
);
pub(crate) static EVERY_FIELD_IS_SIGNED: Rule = rule(
    "every-field-is-signed",
    Must,
    Document,
    "Every field of the message is signed byte for byte, and a token is bound to each.",
);
pub(crate) static ABSENT_PART_IS_LEFT_OUT: Rule = rule(
    "absent-part-is-left-out",
    Must,
    Document,
    "Where a field is absent, its part of the message is left out, with the text around it.",
);
pub(crate) static NUMBER_IS_ITS_DECIMAL_TEXT: Rule = rule(
    "number-is-its-decimal-text",
    Must,
    Practice,
    "An identity given as a number is signed as its decimal digits, or refused.",
);
pub(crate) static NOT_A_TEXT_IS_NOT_SIGNED: Rule = rule(
    "not-a-text-is-not-signed",
    Must,
    Security,
    "What is no identity, as null, a list or nothing at all, gets no token: else all who lack an identity share one.",
);
pub(crate) static NOT_A_TEXT_IS_DECLINED: Rule = rule(
    "not-a-text-is-declined-by-a-documented-error",
    Should,
    Practice,
    "What is no identity is declined by the implementation's own error, not by an accident further inside.",
);
pub(crate) static NOT_A_TEXT_IS_NOT_VERIFIED: Rule = rule(
    "not-a-text-is-not-verified",
    Must,
    Security,
    "No token is right for what is no identity, not even that of the text which a language makes of it.",
);
pub(crate) static TIME_IS_WHOLE_SECONDS: Rule = rule(
    "time-is-whole-seconds",
    Must,
    Document,
    "The time is in whole seconds since 1970, in decimal digits.",
);
pub(crate) static TIME_IS_WHOLE_MILLISECONDS: Rule = rule(
    "time-is-whole-milliseconds",
    Must,
    Document,
    "The time is in whole milliseconds since 1970, in decimal digits.",
);
pub(crate) static DATE_IS_SIGNED_AS_GIVEN: Rule = rule(
    "date-is-signed-as-given",
    Must,
    Document,
    "The time is a date, which is signed as it is given, to the letter.",
);
pub(crate) static UNUSUAL_TIME: Rule = rule(
    "unusual-time-is-signed-or-refused",
    Should,
    Practice,
    "A time at the ends of what a number can hold is signed as it is or refused.",
);
pub(crate) static UNUSUAL_DATE: Rule = rule(
    "unusual-date-is-signed-or-refused",
    Should,
    Practice,
    "A date with another fraction or zone is signed as it is or refused.",
);
pub(crate) static SECRET_IS_TEXT: Rule = rule(
    "secret-is-text",
    Must,
    Document,
    "The secret's characters, in UTF-8, are the key bytes, whatever they look like.",
);
pub(crate) static SECRET_IS_DECODED: Rule = rule(
    "secret-is-decoded",
    Must,
    Document,
    "The key is what the secret decodes to, not its characters.",
);
pub(crate) static UNUSUAL_SECRET: Rule = rule(
    "unusual-secret-is-used-or-refused",
    Should,
    Practice,
    "A secret with blanks, line ends or other odd characters is used as it is or refused, never quietly repaired.",
);
pub(crate) static EMPTY_SECRET_PROTECTS_NOTHING: Rule = rule(
    "empty-secret-protects-nothing",
    Must,
    Security,
    "A secret that is empty, missing or unusable never makes a wrong token right.",
);
pub(crate) static TOKEN_UNDER_NO_SECRET: Rule = rule(
    "token-under-an-empty-secret-is-not-accepted",
    Must,
    Security,
    "Where the secret is empty or missing no token is accepted: while one is set nothing is wrong, but without one everybody can sign, so refuse to start.",
);
pub(crate) static NOTHING_IS_SIGNED_WITHOUT_A_SECRET: Rule = rule(
    "nothing-is-signed-under-an-empty-secret",
    Should,
    Security,
    "Where the secret is empty or missing nothing is signed: everybody can make the same token.",
);
pub(crate) static RIGHT_TOKEN_IS_ACCEPTED: Rule = rule(
    "right-token-is-accepted",
    Must,
    Document,
    "The token that the scheme describes is accepted.",
);
pub(crate) static DECLINES_WITHOUT_THROWING: Rule = rule(
    "declines-without-throwing",
    Should,
    Practice,
    "A verifier that declines a secret, or a field beside a token, does so by its own error, not by an accident further inside.",
);
pub(crate) static ANY_OF_SEVERAL_MACS_MAY_MATCH: Rule = rule(
    "any-of-several-macs-may-match",
    Must,
    Document,
    "Where a token may carry several MACs, one right one at any place is enough, and what is unknown is passed over.",
);
pub(crate) static ALTERED_MAC_IS_NOT_ACCEPTED: Rule = rule(
    "altered-mac-is-not-accepted",
    Must,
    Security,
    "A token in whose MAC anything was changed is not accepted.",
);
pub(crate) static TRUNCATED_TOKEN_IS_NOT_ACCEPTED: Rule = rule(
    "truncated-token-is-not-accepted",
    Must,
    Security,
    "A token of whose MAC a part is missing is not accepted: what is left can be guessed.",
);
pub(crate) static EXTENDED_TOKEN_IS_NOT_ACCEPTED: Rule = rule(
    "extended-token-is-not-accepted",
    Should,
    Practice,
    "A right token with something before or behind it is not accepted.",
);
pub(crate) static TOKEN_IS_BOUND_TO_THE_IDENTITY: Rule = rule(
    "token-is-bound-to-the-identity",
    Must,
    Security,
    "A token is right for the identity that was signed and for no other, however alike they look.",
);
pub(crate) static TOKEN_IS_BOUND_TO_THE_SECRET: Rule = rule(
    "token-is-bound-to-the-secret",
    Must,
    Security,
    "A token made with any other key is not accepted, even one derived from the secret.",
);
pub(crate) static TOKEN_IS_BOUND_TO_THE_PLATFORM: Rule = rule(
    "token-is-bound-to-the-platform",
    Must,
    Security,
    "A token made with one platform's secret is not accepted on another.",
);
pub(crate) static ALGORITHM_IS_FIXED: Rule = rule(
    "algorithm-is-fixed",
    Must,
    Security,
    "A MAC by any other hash function is not accepted: whoever presents a token has no say in how it is checked.",
);
pub(crate) static PLAIN_DIGEST_IS_NOT_ACCEPTED: Rule = rule(
    "plain-digest-is-not-accepted",
    Must,
    Security,
    "A digest without a key, or with the secret merely put before or behind, is not accepted.",
);
pub(crate) static MISSING_TOKEN_IS_NOT_ACCEPTED: Rule = rule(
    "missing-token-is-not-accepted",
    Must,
    Security,
    "No token, or an empty one, is never right.",
);
pub(crate) static MALFORMED_TOKEN_IS_NOT_ACCEPTED: Rule = rule(
    "malformed-token-is-not-accepted",
    Must,
    Security,
    "What is not written as a token at all is not accepted.",
);
pub(crate) static MALFORMED_TOKEN_IS_REJECTED: Rule = rule(
    "malformed-token-is-rejected-without-throwing",
    Should,
    Practice,
    "A bad token is rejected and not answered by an exception: whoever can send a token could stop the service.",
);
pub(crate) static NOT_A_STRING_IS_NOT_ACCEPTED: Rule = rule(
    "not-a-string-is-not-accepted",
    Must,
    Security,
    "A token that is no string, as a number, a list or a map, is not accepted.",
);
pub(crate) static TIME_IS_SIGNED: Rule = rule(
    "time-is-signed",
    Must,
    Security,
    "The time of a token is the one in its message: with another beside the same MAC it is not accepted.",
);
pub(crate) static MALFORMED_TIME_IS_NOT_ACCEPTED: Rule = rule(
    "malformed-time-is-not-accepted",
    Must,
    Security,
    "What is no time is not taken for one where it makes one identity's token another's.",
);
pub(crate) static STALE_TOKEN_IS_NOT_ACCEPTED: Rule = rule(
    "stale-token-is-not-accepted",
    Must,
    Document,
    "A token older than the scheme allows is not accepted.",
);
pub(crate) static FUTURE_TOKEN_IS_NOT_ACCEPTED: Rule = rule(
    "future-token-is-not-accepted",
    Must,
    Document,
    "A token from farther in the future than the scheme allows is not accepted.",
);
pub(crate) static FRESH_TOKEN_IS_ACCEPTED: Rule = Rule {
    follows: Some(&STALE_TOKEN_IS_NOT_ACCEPTED),
    ..rule(
        "fresh-token-is-accepted",
        Must,
        Document,
        "A token whose time lies within the limits is accepted.",
    )
};
pub(crate) static OTHER_SPELLINGS: Rule = rule(
    "other-spellings",
    May,
    Practice,
    "Whether the right MAC passes in another spelling than the scheme's.",
);
pub(crate) static TEXT_SPELLINGS: Rule = rule(
    "text-spellings",
    May,
    Practice,
    "Whether a text in the token passes in another spelling than the scheme's.",
);
pub(crate) static TEXT_IS_READ_AS_IT_WAS_SIGNED: Rule = rule(
    "text-is-read-as-it-was-signed",
    Must,
    Security,
    "A right token is accepted whatever its text contains, and the text that is read from it is the one that was signed.",
);
pub(crate) static SEVERAL_MACS_PROFILE: Rule = rule(
    "several-macs-profile",
    May,
    Practice,
    "Which other arrangements of a token's items pass.",
);
pub(crate) static PAIRS_IN_ANY_ORDER: Rule = rule(
    "pairs-in-any-order",
    May,
    Practice,
    "Whether the pairs of a right token may stand in another order than the scheme's.",
);
pub(crate) static UNUSUAL_IDENTITY_PROFILE: Rule = rule(
    "unusual-identity-profile",
    May,
    Practice,
    "Whether the right token of an unusual identity is accepted or the identity refused.",
);
pub(crate) static EMPTY_FIELD_PROFILE: Rule = rule(
    "empty-field-profile",
    May,
    Practice,
    "Whether an empty field that may be absent counts as given.",
);
pub(crate) static OUTSIDE_THE_FORM: Rule = rule(
    "outside-the-form-profile",
    May,
    Practice,
    "What becomes of a token beside a field or a secret that is not of the form which the scheme states.",
);
pub(crate) static FORM_PROFILE: Rule = rule(
    "form-of-the-identity-profile",
    May,
    Practice,
    "What becomes of an identity of which languages make different forms.",
);
pub(crate) static AMBIGUOUS_MESSAGE_PROFILE: Rule = rule(
    "ambiguous-message-profile",
    May,
    Practice,
    "Whether a token passes beside other fields that give the same message.",
);
pub(crate) static ODD_TIMES_PROFILE: Rule = rule(
    "odd-times-profile",
    May,
    Practice,
    "Which other spellings of a time pass, where that forges nothing.",
);
pub(crate) static LIMITS_PROFILE: Rule = rule(
    "time-at-the-limit-profile",
    May,
    Practice,
    "Whether a token passes exactly at the limit.",
);
pub(crate) static STALE_TOKEN_PROFILE: Rule = rule(
    "stale-token-profile",
    May,
    Practice,
    "How old or how early a token may be where the scheme sets no limit.",
);

/// Every rule, in the order in which a suite lists those that it shows.
pub(crate) static ALL: &[&Rule] = &[
    &TOKEN_IS_EXACT,
    &IDENTITY_IS_SIGNED_AS_IT_IS,
    &IDENTITY_IS_BROUGHT_TO_ITS_FORM,
    &UNUSUAL_IDENTITY,
    &EVERY_FIELD_IS_SIGNED,
    &ABSENT_PART_IS_LEFT_OUT,
    &NUMBER_IS_ITS_DECIMAL_TEXT,
    &NOT_A_TEXT_IS_NOT_SIGNED,
    &NOT_A_TEXT_IS_DECLINED,
    &TIME_IS_WHOLE_SECONDS,
    &TIME_IS_WHOLE_MILLISECONDS,
    &DATE_IS_SIGNED_AS_GIVEN,
    &UNUSUAL_TIME,
    &UNUSUAL_DATE,
    &SECRET_IS_TEXT,
    &SECRET_IS_DECODED,
    &UNUSUAL_SECRET,
    &RIGHT_TOKEN_IS_ACCEPTED,
    &DECLINES_WITHOUT_THROWING,
    &ANY_OF_SEVERAL_MACS_MAY_MATCH,
    &ALTERED_MAC_IS_NOT_ACCEPTED,
    &TRUNCATED_TOKEN_IS_NOT_ACCEPTED,
    &EXTENDED_TOKEN_IS_NOT_ACCEPTED,
    &TOKEN_IS_BOUND_TO_THE_IDENTITY,
    &NOT_A_TEXT_IS_NOT_VERIFIED,
    &TOKEN_IS_BOUND_TO_THE_SECRET,
    &TOKEN_IS_BOUND_TO_THE_PLATFORM,
    &EMPTY_SECRET_PROTECTS_NOTHING,
    &TOKEN_UNDER_NO_SECRET,
    &NOTHING_IS_SIGNED_WITHOUT_A_SECRET,
    &ALGORITHM_IS_FIXED,
    &PLAIN_DIGEST_IS_NOT_ACCEPTED,
    &MISSING_TOKEN_IS_NOT_ACCEPTED,
    &MALFORMED_TOKEN_IS_NOT_ACCEPTED,
    &MALFORMED_TOKEN_IS_REJECTED,
    &NOT_A_STRING_IS_NOT_ACCEPTED,
    &TIME_IS_SIGNED,
    &MALFORMED_TIME_IS_NOT_ACCEPTED,
    &STALE_TOKEN_IS_NOT_ACCEPTED,
    &FUTURE_TOKEN_IS_NOT_ACCEPTED,
    &FRESH_TOKEN_IS_ACCEPTED,
    &NEWEST_SECRET_SIGNS,
    &PREVIOUS_SECRETS_HOLD,
    &UNKNOWN_SECRET_DOES_NOT_HOLD,
    &REQUEST_IS_SIGNED_AS_SENT,
    &OTHER_SPELLINGS,
    &TEXT_SPELLINGS,
    &TEXT_IS_READ_AS_IT_WAS_SIGNED,
    &SEVERAL_MACS_PROFILE,
    &PAIRS_IN_ANY_ORDER,
    &UNUSUAL_IDENTITY_PROFILE,
    &EMPTY_FIELD_PROFILE,
    &OUTSIDE_THE_FORM,
    &FORM_PROFILE,
    &AMBIGUOUS_MESSAGE_PROFILE,
    &ODD_TIMES_PROFILE,
    &LIMITS_PROFILE,
    &STALE_TOKEN_PROFILE,
];

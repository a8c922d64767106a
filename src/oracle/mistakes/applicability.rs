//! In which schemes a mistake can make a difference.

use crate::mistakes::TokenPieces;
use crate::mistakes::token_text::UnitKind;
use crate::scheme::{
    Algorithm, FieldKind, Filter, Freshness, KeyStep, MessagePart, Params, Repeated, Scheme,
    SecretEncoding, Sort, TimeForm,
};
use crate::signature::Encoding;

/// Whether a mistake can make a difference in a scheme; if not, why.
pub(crate) type Applies = Result<(), &'static str>;

fn when(condition: bool, else_because: &'static str) -> Applies {
    if condition { Ok(()) } else { Err(else_because) }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it stands where others may say no"
)]
pub(crate) fn always(_: &Scheme) -> Applies {
    Ok(())
}

pub(crate) fn secret_is_not_hex(scheme: &Scheme) -> Applies {
    when(
        scheme.secret.encoding != SecretEncoding::Hex,
        "the scheme decodes the secret from hex itself",
    )
}

pub(crate) fn secret_is_not_base64(scheme: &Scheme) -> Applies {
    when(
        scheme.secret.encoding != SecretEncoding::Base64,
        "the scheme decodes the secret from base64 itself",
    )
}

pub(crate) fn secret_is_not_base64url(scheme: &Scheme) -> Applies {
    when(
        scheme.secret.encoding != SecretEncoding::Base64url,
        "the scheme decodes the secret from base64url itself",
    )
}

pub(crate) fn secret_is_encoded(scheme: &Scheme) -> Applies {
    when(
        scheme.secret.encoding != SecretEncoding::Utf8,
        "the scheme takes the secret as text",
    )
}

pub(crate) fn secret_is_text(scheme: &Scheme) -> Applies {
    when(
        scheme.secret.encoding == SecretEncoding::Utf8,
        "the scheme decodes the secret",
    )
}

/// Where the constant texts of a message stand: literals that do not join two fields.
pub(crate) fn constants(scheme: &Scheme) -> Vec<usize> {
    let parts = scheme.message.parts();
    let is_field = |part: Option<&MessagePart>| matches!(part, Some(MessagePart::Field { .. }));
    let is_constant = |at: &usize| {
        let joins = *at > 0 && is_field(parts.get(*at - 1)) && is_field(parts.get(*at + 1));
        matches!(parts[*at], MessagePart::Literal(_)) && !joins
    };
    (0..parts.len()).filter(is_constant).collect()
}

pub(crate) fn signs_a_constant(scheme: &Scheme) -> Applies {
    when(
        !constants(scheme).is_empty(),
        "the message has no constant text",
    )
}

pub(crate) fn signs_a_constant_word(scheme: &Scheme) -> Applies {
    let parts = scheme.message.parts();
    let has_a_letter = |at: usize| matches!(&parts[at], MessagePart::Literal(bytes) if bytes.iter().any(u8::is_ascii_alphabetic));
    when(
        constants(scheme).into_iter().any(has_a_letter),
        "the message has no constant word",
    )
}

/// Whether a message of one text alone differs from one in which another part is left out.
pub(crate) fn signs_much_beside_a_text(scheme: &Scheme) -> Applies {
    signs_text(scheme)?;
    let fields = scheme.message.fields().count();
    when(
        fields > 2 || (fields > 1 && !constants(scheme).is_empty()),
        "the message holds little beside a text",
    )
}

pub(crate) fn secret_has_prefix(scheme: &Scheme) -> Applies {
    when(
        scheme.secret.strip_prefix.is_some(),
        "the scheme takes no prefix off the secret",
    )
}

pub(crate) fn secret_has_no_prefix(scheme: &Scheme) -> Applies {
    when(
        scheme.secret.strip_prefix.is_none(),
        "the scheme takes a prefix off the secret itself",
    )
}

pub(crate) fn key_is_derived(scheme: &Scheme) -> Applies {
    when(
        !scheme.secret.derive.is_empty(),
        "the scheme's secret is the key itself",
    )
}

pub(crate) fn key_is_derived_by_a_mac(scheme: &Scheme) -> Applies {
    when(
        scheme.secret.derive.iter().any(KeyStep::is_mac),
        "no HMAC makes the scheme's key",
    )
}

pub(crate) fn key_is_derived_in_steps(scheme: &Scheme) -> Applies {
    when(
        scheme.secret.derive.len() > 1,
        "the scheme's key is not made in several steps",
    )
}

pub(crate) fn secret_rotates(scheme: &Scheme) -> Applies {
    when(
        scheme.secret.rotates,
        "the scheme says nothing of a secret that is replaced",
    )
}

pub(crate) fn secret_depends_on_a_field(scheme: &Scheme) -> Applies {
    when(
        scheme.secret.per.is_some(),
        "the scheme has one secret for everybody",
    )
}

pub(crate) fn signs_text(scheme: &Scheme) -> Applies {
    let is_text = |field: usize| scheme.fields.at(field).kind == FieldKind::Text;
    when(
        scheme.message.fields().any(is_text),
        "the scheme signs no text",
    )
}

/// Whether at least one text field is signed without that filter.
pub(crate) fn signs_without(scheme: &Scheme, filter: &Filter) -> bool {
    scheme.message.parts().iter().any(|part| {
        matches!(part, MessagePart::Field { field, filters }
            if scheme.fields.at(*field).kind == FieldKind::Text && !filters.contains(filter))
    })
}

pub(crate) fn signs_text_untrimmed(scheme: &Scheme) -> Applies {
    signs_text(scheme)?;
    when(
        signs_without(scheme, &Filter::Trim),
        "the scheme trims what it signs itself",
    )
}

/// Whether a text of the message goes through a filter of some kind.
fn signs_through(scheme: &Scheme, is_such: fn(&Filter) -> bool) -> bool {
    scheme.message.parts().iter().any(|part| {
        matches!(part, MessagePart::Field { field, filters }
            if scheme.fields.at(*field).kind == FieldKind::Text && filters.iter().any(is_such))
    })
}

pub(crate) fn signs_written_otherwise(scheme: &Scheme) -> Applies {
    when(
        signs_through(scheme, |filter| !filter.is_normalizing()),
        "the scheme signs the identity as it is",
    )
}

pub(crate) fn signs_a_digest(scheme: &Scheme) -> Applies {
    when(
        signs_through(scheme, |filter| matches!(filter, Filter::Digest(_))),
        "the scheme signs no digest of a text",
    )
}

pub(crate) fn signs_an_encoded_text(scheme: &Scheme) -> Applies {
    when(
        signs_through(scheme, |filter| matches!(filter, Filter::Encode(_))),
        "the scheme signs no encoded text",
    )
}

/// Whether the parameters of a text are signed in a way that `is_such`.
fn signs_parameters_so(scheme: &Scheme, is_such: impl Fn(&Params) -> bool) -> bool {
    scheme.message.parts().iter().any(|part| match part {
        MessagePart::Field { filters, .. } => filters
            .iter()
            .any(|filter| matches!(filter, Filter::Params(params) if is_such(params))),
        MessagePart::Literal(_) => false,
    })
}

pub(crate) fn signs_parameters(scheme: &Scheme) -> Applies {
    when(
        signs_parameters_so(scheme, |_| true),
        "the scheme puts no parameters together",
    )
}

pub(crate) fn says_what_repeated_parameters_are(scheme: &Scheme) -> Applies {
    when(
        signs_parameters_so(scheme, |params| params.repeated != Repeated::Unspecified),
        "the scheme leaves open what several values of one name are",
    )
}

pub(crate) fn sorts_parameters(scheme: &Scheme) -> Applies {
    when(
        signs_parameters_so(scheme, |params| params.sort != Sort::None),
        "the scheme sorts no parameters",
    )
}

pub(crate) fn omits_parameters(scheme: &Scheme) -> Applies {
    when(
        signs_parameters_so(scheme, |params| {
            !params.omit.is_empty() || !params.prefix.is_empty()
        }),
        "the scheme leaves no parameter out",
    )
}

/// Whether a text is signed as it stands in this: its spelling is not that of parameters, which
/// the scheme decodes itself.
pub(crate) fn signs_text_as_spelt(scheme: &Scheme) -> Applies {
    signs_text(scheme)?;
    let is_spelt = |part: &MessagePart| match part {
        MessagePart::Field { field, filters } => {
            scheme.fields.at(*field).kind == FieldKind::Text
                && !filters
                    .iter()
                    .any(|filter| matches!(filter, Filter::Params(_)))
        }
        MessagePart::Literal(_) => false,
    };
    when(
        scheme.message.parts().iter().any(is_spelt),
        "the scheme decodes the parameters itself",
    )
}

pub(crate) fn signs_escapes(scheme: &Scheme) -> Applies {
    when(
        signs_through(scheme, |filter| matches!(filter, Filter::Percent(_))),
        "the scheme percent-encodes no text that it signs",
    )
}

pub(crate) fn signs_filtered(scheme: &Scheme) -> Applies {
    when(
        signs_through(scheme, Filter::is_normalizing),
        "the scheme signs the identity as it is",
    )
}

pub(crate) fn has_another_field(scheme: &Scheme) -> Applies {
    when(
        scheme.fields.len() > 1,
        "a request has no field but the identity",
    )
}

pub(crate) fn has_unsigned_field(scheme: &Scheme) -> Applies {
    when(
        (0..scheme.fields.len()).any(|field| !scheme.signs(field)),
        "every field is signed",
    )
}

pub(crate) fn signs_a_time(scheme: &Scheme) -> Applies {
    when(scheme.signed_time().is_some(), "the scheme signs no time")
}

fn signs_time_in(scheme: &Scheme, fits: impl Fn(TimeForm) -> bool) -> bool {
    let form = scheme
        .signed_time()
        .and_then(|field| scheme.time_form(field));
    form.is_some_and(fits)
}

pub(crate) fn signs_a_numeric_time(scheme: &Scheme) -> Applies {
    signs_a_time(scheme)?;
    let is_number = signs_time_in(scheme, TimeForm::is_number);
    when(is_number, "the scheme's time is a date")
}

pub(crate) fn signs_a_date(scheme: &Scheme) -> Applies {
    signs_a_time(scheme)?;
    let is_date = signs_time_in(scheme, |form| !form.is_number());
    when(is_date, "the scheme's time is a number")
}

pub(crate) fn signs_seconds(scheme: &Scheme) -> Applies {
    signs_a_numeric_time(scheme)?;
    let are_seconds = signs_time_in(scheme, |form| form == TimeForm::UnixSeconds);
    when(are_seconds, "the scheme's time is in milliseconds")
}

pub(crate) fn signs_millis(scheme: &Scheme) -> Applies {
    signs_a_numeric_time(scheme)?;
    let are_millis = signs_time_in(scheme, |form| form == TimeForm::UnixMillis);
    when(are_millis, "the scheme's time is in seconds")
}

pub(crate) fn signs_a_delimiter(scheme: &Scheme) -> Applies {
    let parts = scheme.message.parts();
    let is_field = |part: &MessagePart| matches!(part, MessagePart::Field { .. });
    let delimited = parts.windows(3).any(|three| {
        is_field(&three[0]) && matches!(three[1], MessagePart::Literal(_)) && is_field(&three[2])
    });
    when(delimited, "the message has no delimiter")
}

pub(crate) fn signs_fields_side_by_side(scheme: &Scheme) -> Applies {
    let is_field = |part: &MessagePart| matches!(part, MessagePart::Field { .. });
    let mut pairs = scheme.message.parts().windows(2);
    when(
        pairs.any(|two| two.iter().all(is_field)),
        "no two fields of the message stand side by side",
    )
}

pub(crate) fn signs_several_fields(scheme: &Scheme) -> Applies {
    when(
        scheme.message.fields().count() > 1,
        "the message has one field only",
    )
}

pub(crate) fn signs_an_identity_among_others(scheme: &Scheme) -> Applies {
    signs_text(scheme)?;
    signs_several_fields(scheme)
}

/// Whether the scheme spells the MAC otherwise; for one encoding each.
pub(crate) fn encodes_other_than(scheme: &Scheme, encoding: Encoding) -> Applies {
    when(
        scheme.token.mac_encoding() != encoding,
        "it is the scheme's own encoding",
    )
}

/// Whether base64 of the scheme's MACs ends in padding.
pub(crate) fn pads(scheme: &Scheme) -> bool {
    !scheme.mac_bytes.is_multiple_of(3)
}

pub(crate) fn percent_encoding_changes_it(scheme: &Scheme) -> Applies {
    let encoding = scheme.token.mac_encoding();
    let mut digits = encoding.digits().iter();
    let changes = digits.any(|digit| b"+/".contains(digit)) || encoding.is_padded() && pads(scheme);
    when(
        changes,
        "the MAC's text has no character that percent-encoding changes",
    )
}

pub(crate) fn mac_longer_than(scheme: &Scheme, bytes: usize) -> Applies {
    when(scheme.mac_bytes > bytes, "the scheme's MAC is no longer")
}

pub(crate) fn algorithm_is_not(scheme: &Scheme, algorithm: Algorithm) -> Applies {
    when(
        scheme.algorithm != algorithm,
        "it is the scheme's own algorithm",
    )
}

pub(crate) fn token_has_parts(scheme: &Scheme) -> Applies {
    when(
        TokenPieces::of(scheme, "", |_| Some(String::new()))
            .units
            .len()
            > 1,
        "the token is the MAC alone",
    )
}

pub(crate) fn token_has_separator(scheme: &Scheme) -> Applies {
    let pieces = TokenPieces::of(scheme, "", |_| Some(String::new()));
    when(
        pieces.units.len() > 1 && pieces.separators.iter().any(|text| !text.is_empty()),
        "the token has no separator",
    )
}

pub(crate) fn token_has_more_than_the_mac(scheme: &Scheme) -> Applies {
    let pieces = TokenPieces::of(scheme, "", |_| Some(String::new()));
    when(
        pieces.units.len() > 1 || pieces.units.iter().any(|unit| !unit.before.is_empty()),
        "the token is the MAC alone",
    )
}

pub(crate) fn token_has_a_prefix(scheme: &Scheme) -> Applies {
    let pieces = TokenPieces::of(scheme, "", |_| Some(String::new()));
    let mut macs = pieces
        .units
        .iter()
        .filter(|unit| unit.kind == UnitKind::Mac);
    when(
        macs.any(|unit| !unit.before.is_empty()),
        "nothing stands before the signature",
    )
}

/// Whether a text is signed that is given beside the token, so that a verifier knows it before it
/// looks at one.
pub(crate) fn signs_a_text_beside_the_token(scheme: &Scheme) -> Applies {
    signs_text(scheme)?;
    let is_beside =
        |field: usize| scheme.fields.at(field).kind == FieldKind::Text && !scheme.carries(field);
    when(
        scheme.message.fields().any(is_beside),
        "the token carries every text that is signed",
    )
}

/// Whether a verifier can write the token that it expects before it looks at the presented one.
pub(crate) fn token_carries_no_text(scheme: &Scheme) -> Applies {
    let mut carried = scheme.token.fields();
    when(
        carried.all(|field| scheme.fields.at(field).kind != FieldKind::Text),
        "the token carries a text, so that no verifier expects a whole token",
    )
}

/// Whether the token writes a text through a filter of some kind.
fn token_writes_through(scheme: &Scheme, is_such: fn(&Filter) -> bool) -> bool {
    let mut carried = scheme.token.fields();
    carried.any(|field| scheme.token.filters(field).iter().any(is_such))
}

pub(crate) fn token_writes_a_text(scheme: &Scheme) -> Applies {
    when(
        token_writes_through(scheme, |_| true),
        "the token writes no text in another form",
    )
}

pub(crate) fn token_encodes_a_text(scheme: &Scheme) -> Applies {
    when(
        token_writes_through(scheme, |filter| matches!(filter, Filter::Encode(_))),
        "the token encodes no text",
    )
}

pub(crate) fn token_escapes_a_text(scheme: &Scheme) -> Applies {
    when(
        token_writes_through(scheme, |filter| matches!(filter, Filter::Percent(_))),
        "the token percent-encodes no text",
    )
}

pub(crate) fn token_carries_a_time(scheme: &Scheme) -> Applies {
    when(scheme.carried_time().is_some(), "the token carries no time")
}

pub(crate) fn token_carries_a_numeric_time(scheme: &Scheme) -> Applies {
    token_carries_a_time(scheme)?;
    let form = scheme
        .carried_time()
        .and_then(|field| scheme.time_form(field));
    let is_number = form.is_some_and(TimeForm::is_number);
    when(is_number, "the time in the token is a date")
}

pub(crate) fn token_carries_a_signed_time(scheme: &Scheme) -> Applies {
    signs_a_time(scheme)?;
    token_carries_a_time(scheme)
}

pub(crate) fn limits_time(scheme: &Scheme) -> Applies {
    when(
        scheme.freshness != Freshness::Unspecified,
        "the scheme limits neither age nor skew",
    )
}

pub(crate) fn limits_age(scheme: &Scheme) -> Applies {
    let limited = matches!(
        scheme.freshness,
        Freshness::Limited {
            max_age: Some(_),
            ..
        }
    );
    when(limited, "the scheme sets no maximum age")
}

/// A date in a zone that lies half a day off.
const HALF_A_DAY_EAST: &str = "2026-11-21T20:00:00+12:00";

/// How the date is written whose age is limited, and whether one that lies half a day off is too
/// old.
fn limits_the_age_of(scheme: &Scheme, form: TimeForm) -> bool {
    let Freshness::Limited { of, max_age, .. } = scheme.freshness else {
        return false;
    };
    max_age.is_some_and(|age| age < 8 * 3600) && scheme.time_form(of) == Some(form)
}

pub(crate) fn limits_the_age_of_zones(scheme: &Scheme) -> Applies {
    limits_age(scheme)?;
    let takes = |of: usize| scheme.fields.at(of).takes(HALF_A_DAY_EAST.as_bytes());
    let has_zones = matches!(scheme.freshness, Freshness::Limited { of, .. } if takes(of));
    when(
        has_zones && limits_the_age_of(scheme, TimeForm::Iso8601),
        "the scheme limits no date with a zone to some hours",
    )
}

pub(crate) fn limits_the_age_without_zone(scheme: &Scheme) -> Applies {
    limits_age(scheme)?;
    when(
        limits_the_age_of(scheme, TimeForm::Iso8601WithoutZone),
        "the scheme limits no date without a zone to some hours",
    )
}

pub(crate) fn limits_skew(scheme: &Scheme) -> Applies {
    let limited = matches!(
        scheme.freshness,
        Freshness::Limited {
            max_skew: Some(_),
            ..
        }
    );
    when(limited, "the scheme sets no limit to the future")
}

pub(crate) fn repeats_macs(scheme: &Scheme) -> Applies {
    when(scheme.token.repeats_macs(), "a token holds one MAC only")
}

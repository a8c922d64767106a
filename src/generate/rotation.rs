//! A secret that is being replaced: those before it hold beside it.

use std::borrow::Cow;

use crate::generate::fixture::{NOW, Presented};
use crate::generate::requirements::{
    NEWEST_SECRET_SIGNS, PREVIOUS_SECRETS_HOLD, TOKEN_UNDER_NO_SECRET, UNKNOWN_SECRET_DOES_NOT_HOLD,
};
use crate::generate::vector_builder::VectorBuilder;
use crate::scheme::FieldTexts;
use crate::signature::{Secret, Secrets};

/// Adds the vectors of a scheme whose secret rotates.
pub(super) fn add(builder: &mut VectorBuilder<'_>) {
    let rule = &builder.fixture.scheme.secret;
    let Secrets::One(newest) = builder.fixture.base.secrets.clone() else {
        return;
    };
    if !rule.rotates {
        return;
    }
    let mut others = (1..=3).map_while(|by| builder.fixture.secret_like_it(by));
    let (Some(latest), Some(earlier), Some(unknown)) =
        (others.next(), others.next(), others.next())
    else {
        return;
    };
    let rotated = |previous: &[&Secret]| Secrets::Rotated {
        newest: newest.clone(),
        previous: previous.iter().copied().cloned().collect(),
    };
    let both = rotated(&[&latest, &earlier]);

    let mut claim = builder.fixture.base.clone();
    claim.secrets.clone_from(&both);
    let note = "Catches a signer that goes on with a secret which is being replaced.";
    builder.gives(&NEWEST_SECRET_SIGNS, "rotation-newest-signs", note, &claim);

    for (slug, by, note) in [
        (
            "newest",
            &newest,
            "Catches a verifier that knows the previous secrets only.",
        ),
        (
            "latest",
            &latest,
            "Catches a verifier that forgets a secret once it is replaced.",
        ),
        (
            "earlier",
            &earlier,
            "Catches a verifier that tries two secrets and no third.",
        ),
    ] {
        let id = format!("rotation-token-of-the-{slug}-secret-is-accepted");
        let shown = shown(builder, by, &both);
        builder.accepted(&PREVIOUS_SECRETS_HOLD, &id, note, shown, NOW);
    }
    let note = "Catches a verifier that accepts whatever one of several secrets does not reject.";
    let id = "rotation-token-of-an-unknown-secret";
    let unknown = shown(builder, &unknown, &both);
    builder.not_accepted(&UNKNOWN_SECRET_DOES_NOT_HOLD, id, note, unknown, NOW);

    let note = "Catches a verifier that keeps a secret after it was taken out.";
    let id = "rotation-token-of-a-secret-that-was-taken-out";
    let taken_out = shown(builder, &earlier, &rotated(&[&latest]));
    builder.not_accepted(&UNKNOWN_SECRET_DOES_NOT_HOLD, id, note, taken_out, NOW);

    // Where a previous secret is empty, anybody can sign.
    let nothing = Secret::new("");
    let with_nothing = rotated(&[&nothing]);
    let base = builder.fixture.base.clone();
    let scheme = builder.fixture.scheme;
    let key = FieldTexts::read(&scheme.fields, &base.fields)
        .and_then(|texts| scheme.derive(b"".into(), &texts).map(Cow::into_owned));
    let message = builder.fixture.message(&base.fields);
    let mac = key.ok().zip(message);
    let mac = mac.map(|(key, message)| builder.fixture.mac_of(&key, &message));
    let forged = mac.and_then(|mac| builder.fixture.present(&base, &mac));
    let forged = forged.map(|shown| Presented {
        secrets: with_nothing,
        ..shown
    });
    let note = "Catches an empty secret among the previous ones, with which anybody can sign.";
    let id = "rotation-token-of-an-empty-previous-secret";
    builder.not_accepted(&TOKEN_UNDER_NO_SECRET, id, note, forged, NOW);
}

/// The token of the ordinary claim under one secret, presented where these hold.
fn shown(builder: &VectorBuilder<'_>, by: &Secret, holding: &Secrets) -> Option<Presented> {
    let claim = builder.fixture.under(by);
    let shown = builder.fixture.forge(&claim, &claim)?;
    Some(Presented {
        secrets: holding.clone(),
        ..shown
    })
}

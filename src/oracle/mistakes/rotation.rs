//! Mistakes while a secret is replaced: the newest signs, and the tokens of those before it hold.

use std::borrow::Cow;

use crate::mistakes::applicability::secret_rotates;
use crate::mistakes::{Change, Form, Forms, Mistake, MistakeId, SelectedSecret, Stage};
use crate::scheme::Scheme;
use crate::signature::{Secret, Secrets};

const EACH_IN_TURN: &str =
    "Try each secret that holds, the newest first, and accept the token when one of them fits.";

const ENTRY: Mistake = Mistake {
    applies: secret_rotates,
    remedy: EACH_IN_TURN,
    ..Mistake::entry(Stage::Verifying)
};

pub(super) const SIGNING: &[Mistake] = &[Mistake {
    id: MistakeId("secret-previous-signs"),
    title: "{form:the oldest secret} signs while it is being replaced",
    wrong: "Tokens are signed with a secret that is about to be taken out, and die with it.",
    remedy: "Sign with the newest secret, and keep those before it to verify with.",
    stage: Stage::Secret,
    change: Change::WhichSecret(previous),
    ..ENTRY
}];

pub(super) const VERIFYING: &[Mistake] = &[
    Mistake {
        id: MistakeId("verify-newest-secret-only"),
        title: "only the newest secret is tried",
        wrong: "Tokens that were signed before the secret was replaced are rejected at once.",
        change: Change::Holding(|_, newest, _| Secrets::One(newest.clone())),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-two-secrets-only"),
        title: "of the secrets before the newest only the latest is tried",
        wrong: "A secret that is replaced twice in succession takes valid tokens with it.",
        change: Change::Holding(|_, newest, previous| holding(newest, &previous[..1])),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("verify-previous-secrets-as-substitutes"),
        title: "the previous secrets are tried only where the newest is unusable",
        wrong: "They stand in for a secret that is missing, and tokens signed before it was replaced are rejected.",
        change: Change::Holding(substitutes),
        ..ENTRY
    },
];

/// Some secrets that hold at once, the newest first.
fn holding(newest: &Secret, previous: &[Secret]) -> Secrets {
    if previous.is_empty() {
        return Secrets::One(newest.clone());
    }
    Secrets::Rotated {
        newest: newest.clone(),
        previous: previous.to_vec(),
    }
}

fn substitutes(scheme: &Scheme, newest: &Secret, previous: &[Secret]) -> Secrets {
    match previous.split_first() {
        Some((latest, earlier)) if scheme.secret.decode(newest).is_err() => {
            holding(latest, earlier)
        }
        _ => Secrets::One(newest.clone()),
    }
}

fn previous(secrets: &SelectedSecret<'_>) -> Forms<Vec<u8>> {
    let (latest, oldest) = (secrets.previous.first(), secrets.previous.last());
    let form = |secret: Option<&&[u8]>, words: &'static str| {
        let text = secret.copied().unwrap_or(secrets.selected);
        Form::new(text.to_vec(), Cow::Borrowed(words))
    };
    vec![
        form(oldest, "the oldest secret"),
        form(latest, "the secret before the newest"),
    ]
}

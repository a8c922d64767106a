//! `macproof explain --serve`: the page into which a token is pasted.

use crate::cli::clock::unix_now;
use crate::cli::exit::{Exit, Stop};
use crate::cli::explain::{Candidates, ExplainArgs, Question, Search};
use crate::cli::inputs::{self, Given};
use crate::cli::serve::{BODY_TIME, until_ended};
use crate::cli::suites;
use crate::explain::{self, NamedSecret, compare};
use crate::received::Received;
use crate::scheme::Scheme;
use crate::serve::{ExplainPage, Pasted, Told, explain_router};
use crate::signature::Value;
use crate::suite;

/// Serves the page until it is told to end.
pub(crate) fn serve(args: &ExplainArgs) -> Result<Exit, Stop> {
    let own = inputs::scheme(&args.signature)?;
    let own_name = args.signature.suite_file.as_ref();
    let own_name = own_name.map(|file| file.display().to_string());
    let mut suites = Vec::new();
    if let (Some(name), Some(scheme)) = (&own_name, &own) {
        suites.push((name.clone(), names(scheme)));
    }
    for embedded in suite::embedded() {
        let scheme = embedded.scheme().map_err(Stop::usage)?;
        suites.push((embedded.name.to_owned(), names(&scheme)));
    }
    let scheme = move |name: &str| match &own {
        Some(own) if own_name.as_deref() == Some(name) => Ok(own.clone()),
        _ => suites::scheme_named(name),
    };
    let page = ExplainPage {
        suites,
        body_time: BODY_TIME,
        explain: Box::new(move |pasted| {
            explained(pasted, &scheme).map_err(|stop| stop.to_string())
        }),
    };
    let router = explain_router(page).map_err(Stop::harness)?;
    until_ended(args.port, router, |_| String::new())
}

fn names(scheme: &Scheme) -> Vec<String> {
    let fields = scheme.fields.iter();
    fields.map(|field| field.name.clone()).collect()
}

fn explained(pasted: Pasted, scheme: &dyn Fn(&str) -> Result<Scheme, Stop>) -> Result<Told, Stop> {
    let scheme = pasted.suite.as_deref().map(scheme).transpose()?;
    let Some(secret) = pasted.secret else {
        let expected = pasted.expected.ok_or_else(|| {
            Stop::usage("give the secret, or the token that was expected to compare the two")
        })?;
        let comparison = compare(&pasted.token, &expected, scheme.as_ref());
        return Ok(Told::Comparison(comparison));
    };
    if pasted.expected.is_some() {
        return Err(Stop::usage(
            "give the secret or the token that was expected, not both",
        ));
    }
    let values = |given: Vec<(String, String)>| -> Vec<(String, Value)> {
        let given = given.into_iter();
        given.map(|(name, text)| (name, text.into())).collect()
    };
    let given = Given::new(values(pasted.fields), pasted.platform)?;
    let request = pasted.request.map(|saved| Received::parse(&saved));
    let request = request
        .transpose()
        .map_err(|error| Stop::usage(format_args!("the request: {error}")))?;
    let question = Question {
        given,
        others: values(pasted.others),
        token: Some(&*pasted.token).filter(|token| !token.is_empty()),
        request: request.as_ref(),
    };
    let candidates = Candidates::of(scheme, &question)?;
    let secrets = [NamedSecret {
        name: "this page".to_owned(),
        secret,
    }];
    let now = pasted.now.unwrap_or_else(unix_now);
    let search = Search {
        now,
        depth: explain::Question::DEPTH,
    };
    let explanation = candidates.explanation(&secrets, search);
    Ok(Told::Explanation(Box::new(explanation)))
}

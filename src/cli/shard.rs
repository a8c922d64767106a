//! Which part of a run this machine does: said, or taken from the job that started it.

use crate::cli::exit::Stop;
use crate::runner::Shard;

/// Where a Kubernetes Indexed Job says which of its pods this is, from 0.
const INDEX: &str = "JOB_COMPLETION_INDEX";

/// Where the job's author says how many pods there are.
const COUNT: &str = "MACPROOF_SHARDS";

/// The part that was asked for: `2/8`; `/8`, whose number is the job's index; or nothing, and the
/// job's index and count where it has both.
pub(crate) fn shard(text: Option<&str>) -> Result<Option<Shard>, Stop> {
    chosen(text, |name| {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    })
}

fn chosen(
    text: Option<&str>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<Shard>, Stop> {
    let index = || match variable(INDEX) {
        None => Ok(None),
        Some(index) => match index.parse::<u64>() {
            Ok(index) => Ok(Some(index)),
            Err(_) => Err(Stop::usage(format_args!(
                "invalid {INDEX} {index:?}; expected a number from 0"
            ))),
        },
    };
    let written = match (text, text.and_then(|text| text.strip_prefix('/'))) {
        (_, Some(count)) => match index()? {
            Some(index) => format!("{}/{count}", index.saturating_add(1)),
            None => {
                return Err(Stop::usage(format_args!(
                    "--shard /{count} reads its number from {INDEX}, which is not set; set it, or write for example 2/{count}"
                )));
            }
        },
        (Some(text), None) => text.to_owned(),
        (None, None) => match (index()?, variable(COUNT)) {
            (Some(index), Some(count)) => format!("{}/{count}", index.saturating_add(1)),
            _ => return Ok(None),
        },
    };
    written.parse().map(Some).map_err(Stop::usage)
}

#[cfg(test)]
mod tests {
    use super::{COUNT, INDEX, chosen};

    fn shard(text: Option<&str>, index: Option<&str>, count: Option<&str>) -> Option<String> {
        let variable = |name: &str| {
            let value = match name {
                INDEX => index,
                COUNT => count,
                _ => None,
            };
            value.map(str::to_owned)
        };
        let shard = chosen(text, variable).ok()?;
        Some(shard.map(|shard| shard.to_string()).unwrap_or_default())
    }

    #[test]
    fn the_shard_is_given_or_comes_from_the_job_index() {
        let is = |words: &str| Some(words.to_owned());
        assert_eq!(shard(None, None, None), is(""));
        assert_eq!(shard(Some("2/8"), Some("5"), Some("9")), is("2/8"));
        assert_eq!(shard(Some("/8"), Some("0"), None), is("1/8"));
        assert_eq!(shard(None, Some("7"), Some("8")), is("8/8"));
        // A job that knows nothing of parts asks everything in each pod.
        assert_eq!(shard(None, Some("7"), None), is(""));
        assert_eq!(shard(None, None, Some("8")), is(""));
        for (text, index, count) in [
            (Some("/8"), None, None),
            (Some("/8"), Some("8"), None),
            (Some("/8"), Some("x"), None),
            (None, Some("8"), Some("8")),
            (None, Some("0"), Some("many")),
            (Some(""), None, None),
        ] {
            assert_eq!(
                shard(text, index, count),
                None,
                "{text:?} {index:?} {count:?}"
            );
        }
    }
}

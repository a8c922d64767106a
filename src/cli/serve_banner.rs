//! What `macproof serve` says on a terminal when it begins.

use crate::report::visible;
use crate::serve::{AppState, ExampleCalls, Platform};

/// Up to how many suites each show their calls; of more, the first does.
const IN_FULL: usize = 2;

/// The suites, their modes, and calls to begin with.
pub(super) fn banner(state: &AppState, address: &str) -> String {
    let now = (state.environment.now)();
    let mut out = String::new();
    let platforms = &state.platforms;
    let mut left = if platforms.len() > IN_FULL {
        1
    } else {
        IN_FULL
    };
    for platform in platforms {
        out.push_str(&format!(
            "\n{}: {}\n",
            platform.name,
            visible(&platform.title)
        ));
        for (key, value) in platform.settings.in_words(&platform.scheme) {
            let default = if platform.is_default(&key, &value) {
                ", the documented default"
            } else {
                ""
            };
            out.push_str(&format!("  {key} is {value}{default}\n"));
        }
        let ExampleCalls {
            calls,
            is_unchecked,
        } = platform.example_calls(address, now);
        if is_unchecked {
            out.push_str(&unchecked(platform, now));
        }
        if left > 0 && !calls.is_empty() {
            left -= 1;
            for call in calls {
                out.push_str(&format!("  {}: {}\n", call.outcome, call.command));
            }
        }
    }
    let without = platforms.iter().filter(|one| !one.has_secrets());
    let without: Vec<&str> = without.map(|one| one.name.as_str()).collect();
    if !without.is_empty() {
        let without = without.join(", ");
        out.push_str(&format!(
            "\nnote: no secret was given for {without}: no signature can be checked there; see --secret-file\n"
        ));
    }
    let others = state.schemes.iter().map(|(name, _)| name.as_str());
    let others: Vec<&str> = others
        .filter(|name| platforms.iter().all(|one| one.name.as_str() != *name))
        .collect();
    if !others.is_empty() {
        let others = others.join(", ");
        out.push_str(&format!("\nonly over POST /macproof: {others}\n"));
    }
    out.push_str(&format!(
        "\nThe page at http://{address}/ shows each call, and why it ended as it did. Ctrl-C ends.\n"
    ));
    out
}

fn unchecked(platform: &Platform, now: u64) -> String {
    let how = match platform.checked_with(now) {
        Some(setting) => format!("; --context {setting} checks them"),
        None => String::new(),
    };
    format!("  warning: signatures are not checked in this mode{how}\n")
}

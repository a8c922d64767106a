//! Under which names a server of this machine is asked.

/// Whether a `Host` header names this machine: a page elsewhere may have bound its own name to it
/// (DNS rebinding).
pub(super) fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').filter(|(_, port)| is_port(port)),
        None => match host.split_once(':') {
            Some((name, port)) => port
                .bytes()
                .all(|b| b.is_ascii_digit())
                .then_some((name, "")),
            None => Some((host, "")),
        },
    };
    matches!(name, Some(("127.0.0.1" | "localhost" | "::1", _)))
}

fn is_port(text: &str) -> bool {
    text.is_empty()
        || text
            .strip_prefix(':')
            .is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn this_machine_has_three_names() {
        for local in [
            "127.0.0.1",
            "127.0.0.1:80",
            "localhost:4000",
            "[::1]",
            "[::1]:4000",
        ] {
            assert!(is_local(local), "{local}");
        }
        for other in [
            "",
            "evil.example",
            "evil.example:4000",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "127.0.0.1@evil.example",
            "localhost:4000@evil.example",
            "[::1].evil.example",
            "[::1]:80.evil.example",
            "127.0.0.2",
            "0.0.0.0",
        ] {
            assert!(!is_local(other), "{other}");
        }
    }
}

//! One more language in a project that has a `macproof.yaml`.

/// A `macproof.yaml` with the implementation of another, and the suites of that if it lacks them.
/// Both are as `init` writes them. `None` if the first is written in another way, in which case a
/// person has to add them.
pub fn with_implementation(present: &str, written: &str) -> Option<String> {
    let (_, entry) = written.split_once("\nimplementations:\n")?;
    let mut lines: Vec<String> = present.lines().map(str::to_owned).collect();
    let head = lines.iter().position(|line| line == "implementations:")?;
    let is_outside = |line: &String| !line.is_empty() && !line.starts_with([' ', '#']);
    let end = lines[head + 1..]
        .iter()
        .position(is_outside)
        .map_or(lines.len(), |at| head + 1 + at);
    let is_inside = |line: &&String| line.starts_with("  ") && !line.trim_start().starts_with('#');
    let first = lines[head + 1..end].iter().find(is_inside)?;
    if first[2..].starts_with(' ') {
        return None;
    }
    let last = lines[..end]
        .iter()
        .rposition(|line| !line.trim().is_empty())?;
    let behind = lines.split_off(last + 1);
    lines.extend(entry.lines().map(str::to_owned));
    lines.extend(behind);
    let suites = lines.iter().position(|line| list_of(line).is_some())?;
    let mut named: Vec<String> = list_of(&lines[suites])?.map(str::to_owned).collect();
    for suite in written.lines().find_map(list_of)? {
        if !named.iter().any(|known| known == suite) {
            named.push(suite.to_owned());
        }
    }
    lines[suites] = format!("suites: [{}]", named.join(", "));
    Some(lines.join("\n") + "\n")
}

/// The suites in a line of `macproof.yaml`.
fn list_of(line: &str) -> Option<impl Iterator<Item = &str>> {
    let list = line.strip_prefix("suites: [")?.strip_suffix(']')?;
    Some(
        list.split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty()),
    )
}

/// A `.gitignore` with the lines of another.
pub fn with_lines(present: &str, written: &str) -> String {
    let mut text = present.to_owned();
    for line in written.lines() {
        if !present.lines().any(|known| known == line) {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{with_implementation, with_lines};

    const GO: &str = "# Head.\nsuites: [jimo, \"a/b.yaml\"]\nimplementations:\n  go:\n    build: [go, build]\n    command: [macproof/adapter]\n";

    #[test]
    fn an_implementation_is_added_behind_the_others() {
        let present = "# Mine.\nsuites: [mtribes]\nimplementations:\n  python:\n    command: [python3, a.py]\n\nlevel: should\n";
        assert_eq!(
            with_implementation(present, GO).as_deref(),
            Some(
                "# Mine.\nsuites: [mtribes, jimo, \"a/b.yaml\"]\nimplementations:\n  python:\n    command: [python3, a.py]\n  go:\n    build: [go, build]\n    command: [macproof/adapter]\n\nlevel: should\n"
            )
        );
    }

    #[test]
    fn what_is_written_in_another_way_is_left_alone() {
        for present in [
            "suites: [jimo]\nimplementations: {a: {command: [a]}}\n",
            "suites: [jimo]\nimplementations:\n    a: {command: [a]}\n",
            "suites:\n  - jimo\nimplementations:\n  a: {command: [a]}\n",
            "implementations:\n  a: {command: [a]}\n",
        ] {
            assert_eq!(with_implementation(present, GO), None, "{present}");
        }
    }

    #[test]
    fn lines_are_added_once() {
        assert_eq!(with_lines("/adapter", "/adapter\n"), "/adapter");
        assert_eq!(with_lines("/adapter", "/target/\n"), "/adapter\n/target/\n");
    }
}

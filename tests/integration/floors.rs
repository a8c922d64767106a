//! The map in `ARCHITECTURE.md` is true: every module is on it, and none imports from its own
//! floor or above.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::test;

/// The floor of each module, as the table in `ARCHITECTURE.md` has it.
fn floors() -> BTreeMap<String, u32> {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let rows = map.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let floor: u32 = cells.next()?.trim().parse().ok()?;
        let module = cells
            .next()?
            .trim()
            .strip_prefix("[`")?
            .split('`')
            .next()?
            .to_owned();
        Some((module, floor))
    });
    rows.collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files
}

/// The modules of this crate that a source text names.
fn named_modules(source: &str) -> Vec<&str> {
    let code = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| {
        line.match_indices("crate::")
            .map(move |(at, _)| &line[at + 7..])
    })
    .map(|rest| {
        rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .next()
            .unwrap_or("")
    })
    .filter(|name| !name.is_empty())
    .collect()
}

#[test]
fn a_module_imports_only_from_floors_below_its_own() {
    let floors = floors();
    let mut breaches = Vec::new();
    for entry in fs::read_dir(root().join("src")).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let module = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let floor = floors
            .get(&module)
            .unwrap_or_else(|| panic!("{module} is not on the map"));
        for file in rust_files(&folder) {
            for named in named_modules(&fs::read_to_string(&file).unwrap()) {
                let other = floors.get(named).unwrap_or_else(|| {
                    panic!(
                        "{} names crate::{named}, which is no module on the map",
                        file.display()
                    )
                });
                if named != module && other >= floor {
                    breaches.push(format!(
                        "{}: floor {floor} names crate::{named}, floor {other}",
                        file.display()
                    ));
                }
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn every_module_that_the_map_names_exists() {
    for module in floors().keys() {
        assert!(
            root().join("src").join(module).is_dir(),
            "{module} is on the map, but not in src"
        );
    }
    assert!(floors().len() >= 10, "the table of floors was not found");
}

/// Whatever the page names as `module::name` is a file or an item there.
#[test]
fn every_item_that_the_map_names_exists() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let floors = floors();
    let mut seen = 0;
    for code in page.split('`').skip(1).step_by(2) {
        let mut path = code.split("::");
        let (Some(module), Some(name)) = (path.next(), path.next()) else {
            continue;
        };
        if !floors.contains_key(module) {
            continue;
        }
        seen += 1;
        let folder = root().join("src").join(module);
        let is_file = folder.join(format!("{name}.rs")).is_file() || folder.join(name).is_dir();
        let is_item = || {
            rust_files(&folder).iter().any(|file| {
                let source = fs::read_to_string(file).unwrap();
                ["fn", "struct", "enum", "trait"].iter().any(|kind| {
                    let item = format!("pub {kind} {name}");
                    source.match_indices(&item).any(|(at, _)| {
                        let next = source[at + item.len()..].chars().next();
                        next.is_some_and(|c| !c.is_ascii_alphanumeric() && c != '_')
                    })
                })
            })
        };
        assert!(
            is_file || is_item(),
            "ARCHITECTURE.md names `{code}`, which is not there"
        );
    }
    assert!(seen >= 5, "{seen}");
}

/// Each crate of the table has one row, and is a dependency.
#[test]
fn the_table_of_dependencies_matches_the_manifest() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let table = &page[page.find("| crate | why |").unwrap()..];
    let table = &table[..table.find("\n\n").unwrap()];
    let mut named: Vec<&str> = Vec::new();
    for row in table.lines().skip(2) {
        let cell = row.split('|').nth(1).unwrap().split('(').next().unwrap();
        let names = cell.split('`').skip(1).step_by(2);
        // A crate of our own is named by its folder.
        named.extend(names.filter(|name| !name.contains('/')));
    }
    for (at, name) in named.iter().enumerate() {
        let is_there = manifest.lines().any(|line| {
            let key = line.split(['=', '.']).next().unwrap_or_default().trim();
            key == *name
        });
        assert!(is_there, "{name} is no dependency");
        let tests_only = ["hyper-util"];
        assert!(
            tests_only.contains(name) || !named[..at].contains(name),
            "{name} has two rows"
        );
    }
    assert!(named.len() > 20);
}

#[test]
fn no_vendor_is_named_in_rust() {
    const VENDORS: [&str; 9] = [
        "jotreview",
        "prefinery",
        "jimo",
        "engagespot",
        "mtribes",
        "intercom",
        "shopify",
        "stripe",
        "magicbell",
    ];
    let mut found = Vec::new();
    for file in rust_files(&root().join("src")) {
        let source = fs::read_to_string(&file).unwrap();
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        for (at, line) in code.lines().enumerate() {
            // Docs may point to where a mistake was seen, and show examples.
            let line = line
                .split("//")
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            if line.contains("seen:") || line.contains("seen_in") {
                continue;
            }
            if let Some(vendor) = VENDORS.iter().find(|&&vendor| line.contains(vendor)) {
                found.push(format!("{}:{}: {vendor}", file.display(), at + 1));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

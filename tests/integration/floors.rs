//! The map in `ARCHITECTURE.md` is true: every module is on it, none imports from its own floor or
//! above, and the files of a module do not import in circles.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Ident, Item, ItemUse, UseTree, Visibility};

use crate::harness::test;
use crate::program::root;

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

/// The folders of modules: those of the program, and those of the crate below it, which is no
/// module itself.
fn folders() -> Vec<PathBuf> {
    let below = |folder: &Path| {
        let entries = fs::read_dir(folder).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.is_dir()).collect::<Vec<PathBuf>>()
    };
    let mut all = below(&root().join("src"));
    all.retain(|folder| !folder.join("Cargo.toml").is_file());
    all.extend(below(&root().join("src/oracle")));
    all
}

/// The folder of a module.
fn folder(module: &str) -> PathBuf {
    let mut all = folders().into_iter();
    all.find(|folder| folder.ends_with(module))
        .unwrap_or_else(|| panic!("{module} is on the map, but not in src"))
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
    for folder in folders() {
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

/// The files of the crate by their module paths, and what each one names of the others.
struct Imports {
    /// The paths that each file names, absolute.
    named: BTreeMap<Vec<String>, Vec<Vec<String>>>,
    /// What each file re-exports: the name, and the path that it stands for.
    reexported: BTreeMap<(Vec<String>, String), Vec<String>>,
}

impl Imports {
    fn read() -> Self {
        let mut imports = Self {
            named: BTreeMap::new(),
            reexported: BTreeMap::new(),
        };
        let files = folders().into_iter().flat_map(|folder| {
            let files = rust_files(&folder).into_iter();
            files.map(move |file| (folder.parent().unwrap().to_owned(), file))
        });
        for (src, file) in files {
            let path = file.strip_prefix(&src).unwrap().with_extension("");
            let mut module: Vec<String> = path.iter().map(|p| p.to_str().unwrap().into()).collect();
            if module.last().is_some_and(|name| name == "mod") {
                module.pop();
            }
            let source = fs::read_to_string(&file).unwrap();
            let mut names = Names {
                module: module.clone(),
                named: Vec::new(),
                reexported: Vec::new(),
            };
            names.visit_file(&syn::parse_file(&source).unwrap());
            for (name, path) in names.reexported {
                imports.reexported.insert((module.clone(), name), path);
            }
            imports.named.insert(module, names.named);
        }
        imports
    }

    /// The file that defines what a path names.
    fn file_of(&self, path: &[String]) -> Option<Vec<String>> {
        let length = (1..=path.len()).rev();
        let mut files = length.map(|length| path.split_at(length));
        let (file, rest) = files.find(|(file, _)| self.named.contains_key(*file))?;
        let reexported = rest
            .first()
            .and_then(|name| self.reexported.get(&(file.to_vec(), name.clone())));
        match reexported {
            // A macro is re-exported by its own name.
            Some(other) if other != path => self.file_of(other),
            _ => Some(file.to_vec()),
        }
    }
}

/// Collects the paths that the code of one file names, tests aside.
struct Names {
    module: Vec<String>,
    named: Vec<Vec<String>>,
    reexported: Vec<(String, Vec<String>)>,
}

impl Names {
    /// The path from the root of the crate; `None` where it does not begin there.
    fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let mut from = self.module.clone();
        let mut rest = path;
        while let Some((first, others)) = rest.split_first() {
            match first.as_str() {
                "crate" => from.clear(),
                "self" => {}
                "super" => _ = from.pop(),
                _ => break,
            }
            rest = others;
        }
        (rest.len() < path.len()).then(|| [&from[..], rest].concat())
    }
}

/// The paths that a `use` names.
fn use_tree(tree: &UseTree, path: &[String], found: &mut Vec<Vec<String>>) {
    let joined = |name: &Ident| [path, &[name.to_string()]].concat();
    match tree {
        UseTree::Path(one) => use_tree(&one.tree, &joined(&one.ident), found),
        UseTree::Name(one) => found.push(joined(&one.ident)),
        UseTree::Rename(one) => found.push(joined(&one.ident)),
        UseTree::Glob(_) => found.push(path.to_vec()),
        UseTree::Group(all) => {
            for one in &all.items {
                use_tree(one, path, found);
            }
        }
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item(&mut self, item: &'ast Item) {
        if let Item::Mod(module) = item
            && module.attrs.iter().any(|one| one.path().is_ident("cfg"))
        {
            return;
        }
        visit::visit_item(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let mut found = Vec::new();
        use_tree(&item.tree, &[], &mut found);
        for path in found {
            let name = path.last().unwrap().clone();
            if matches!(item.vis, Visibility::Inherited) {
                self.named.extend(self.absolute(&path));
            } else {
                // A re-export may name a file of this folder without `self`.
                let local = || [&self.module[..], &path].concat();
                let path = self.absolute(&path).unwrap_or_else(local);
                self.reexported.push((name, path));
            }
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter().map(|one| one.ident.to_string());
        let path_names: Vec<String> = segments.collect();
        self.named.extend(self.absolute(&path_names));
        visit::visit_path(self, path);
    }
}

#[test]
fn the_files_of_a_module_do_not_import_in_circles() {
    let imports = Imports::read();
    let mut open: BTreeMap<&Vec<String>, BTreeSet<Vec<String>>> = BTreeMap::new();
    for (file, named) in &imports.named {
        let others = named.iter().filter_map(|path| imports.file_of(path));
        let inside = others.filter(|other| other != file && other.first() == file.first());
        open.insert(file, inside.collect());
    }
    let all: usize = open.values().map(BTreeSet::len).sum();
    assert!(all > 500, "only {all} imports were found");
    // Files that import nothing open are done; what is never done imports in a circle.
    loop {
        let done: Vec<Vec<String>> = open
            .iter()
            .filter(|(_, others)| others.is_empty())
            .map(|(file, _)| (*file).clone())
            .collect();
        if done.is_empty() {
            break;
        }
        open.retain(|file, _| !done.contains(file));
        for others in open.values_mut() {
            others.retain(|other| !done.contains(other));
        }
    }
    let circles = open.iter().map(|(file, others)| {
        let others: Vec<String> = others.iter().map(|other| other.join("::")).collect();
        format!("{} imports {}", file.join("::"), others.join(", "))
    });
    let circles: Vec<String> = circles.collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn every_module_that_the_map_names_exists() {
    for module in floors().keys() {
        assert!(folder(module).is_dir());
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
        let folder = folder(module);
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
        // Tests that stand in a file of their own.
        if file.ends_with("tests.rs") {
            continue;
        }
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

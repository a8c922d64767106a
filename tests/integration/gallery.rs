//! The gallery of published packages: what its script asks for is there, and its page agrees with the
//! reports beside it. The packages themselves come from registries, and are run by hand.

use std::collections::BTreeSet;
use std::fs;

use macproof::suite::find;

use crate::harness::test;
use crate::program::root;

/// Folder and suite of each package in `run.py`.
fn packages() -> Vec<(String, String)> {
    let script = fs::read_to_string(root().join("adapters/gallery/run.py")).unwrap();
    let (_, list) = script.split_once("PACKAGES = [").unwrap();
    let (list, _) = list.split_once("\n]").unwrap();
    let package = |line: &str| {
        let words: Vec<&str> = line.split('"').collect();
        (words[1].to_owned(), words[5].to_owned())
    };
    list.trim().lines().map(package).collect()
}

#[test]
fn each_package_has_an_adapter_a_suite_and_a_report() {
    let packages = packages();
    assert!(packages.len() >= 12, "{packages:?}");
    for (folder, suite) in &packages {
        assert!(
            root().join("adapters/gallery").join(folder).is_dir(),
            "{folder}"
        );
        assert!(find(suite).is_some(), "{suite}");
        let report = root().join(format!("reports/gallery/{folder}.txt"));
        let report = fs::read_to_string(report).unwrap();
        let verdict = report.lines().last().unwrap();
        assert!(
            verdict.contains(&format!("· {suite} ·")),
            "{folder}: {verdict}"
        );
    }
    let reports = fs::read_dir(root().join("reports/gallery")).unwrap();
    let reports = reports.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let reports: BTreeSet<String> = reports.filter(|name| name != "README.md").collect();
    let due: BTreeSet<String> = packages
        .iter()
        .map(|(folder, _)| format!("{folder}.txt"))
        .collect();
    assert_eq!(reports, due);
}

#[test]
fn both_pages_have_the_same_table() {
    let table = |page: &str| {
        let text = fs::read_to_string(root().join(page)).unwrap();
        let (_, table) = text.split_once("<!-- gallery -->\n").unwrap();
        let (table, _) = table.split_once("<!-- /gallery -->").unwrap();
        table.to_owned()
    };
    let of_the_gallery = table("reports/gallery/README.md");
    assert_eq!(of_the_gallery.lines().count(), packages().len() + 2);
    assert_eq!(table("README.md"), of_the_gallery);
}

//! The command line, by cases in files: each is a page of documentation, too.

use crate::harness::test;

#[test]
fn commands_do_what_their_pages_say() {
    trycmd::TestCases::new()
        .case("tests/cmd/*.md")
        .default_bin_name("macproof")
        .run();
}

//! What users are told who expect a shell behind `--command`, or print where answers are due.

use std::fs;

use crate::harness::test;
use crate::program::{Program, reference, stderr};

#[test]
fn a_command_that_only_a_shell_understands_is_told_of() {
    let program = Program::new();
    for (command, found) in [
        ("~/sdk/adapter.py", "~"),
        ("DEBUG=1 python3 adapter.py", "DEBUG="),
        (&*format!("{} | cat", reference()), "|"),
        (&*format!("{} 2>/dev/null", reference()), "2>/dev/null"),
    ] {
        let output = program.run(&["run", "jimo", "--command", command]);
        assert_eq!(output.status.code(), Some(4), "{output:?}");
        let told = format!("no shell reads this command, so {found} has no meaning in it");
        assert!(stderr(&output).contains(&told), "{output:?}");
        let told = "write sh -c '…'";
        assert!(stderr(&output).contains(told), "{output:?}");
    }
    let output = program.run(&["run", "jimo", "--command", "no-such-program --x=1"]);
    assert!(stderr(&output).contains("check the spelling"), "{output:?}");
}

#[test]
fn what_is_printed_among_the_answers_is_told_of() {
    let program = Program::new();
    let python = |text: &str| {
        fs::write(program.path("adapter.py"), text).unwrap();
        stderr(&program.run(&["run", "jimo", "--command", "python3 adapter.py"]))
    };
    let told = python("print('starting')");
    let words = "it wrote \"starting\"; print only answers to standard output";
    assert!(told.contains(words), "{told}");
    let told = python(
        r#"
import json, sys
print(json.dumps({"protocol": 1, "implementation": {"name": "x"}}), flush=True)
sys.stdin.readline()
for line in sys.stdin:
    print("signing", flush=True)
"#,
    );
    let words = "it wrote \"signing\"; print only answers to standard output";
    assert!(told.contains(words), "{told}");
}

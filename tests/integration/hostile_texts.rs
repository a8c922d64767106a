//! Texts that mean harm, and texts that should not be there: an implementation that says its own
//! secret, and suites and documents that give orders to terminals, logs and pages.

use std::fs;
use std::process::{Command, Output};

use crate::harness::test;
use crate::program::Program;

const SECRET: &str = "p@ssw0rd!\"2026#x";

/// Everything that a run of it writes, in any format.
fn of_quoting(how: &str, location: &str) -> String {
    let program = Program::new();
    let adapter = format!(
        "{}/tests/hostile/quotes_its_secret.py",
        env!("CARGO_MANIFEST_DIR")
    );
    let config = format!(
        "suites: [jotreview]\nimplementations:\n  own: {{command: [python3, {adapter}], secret: {{env: OWN}}}}\n"
    );
    fs::write(program.path("own.yaml"), config).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_macproof"));
    command
        .args([
            "run",
            "--config",
            "own.yaml",
            "--filter",
            "jotreview/plain*",
            "--all",
        ])
        .args(["--events", "events.jsonl"])
        .envs([("OWN", SECRET), ("HOW", how), ("WHERE", location)])
        .current_dir(program.folder.path());
    for format in [
        "human",
        "json",
        "junit",
        "markdown",
        "html",
        "sarif",
        "github",
        "badge",
        "badge-json",
    ] {
        command.args(["--report", &format!("{format}=report.{format}")]);
    }
    let output = command.output().unwrap();
    let mut all = in_text(&output);
    for entry in fs::read_dir(program.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if !path.ends_with("own.yaml") {
            all.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    all
}

fn in_text(output: &Output) -> String {
    let texts = [&output.stdout, &output.stderr];
    texts.map(|text| String::from_utf8_lossy(text)).concat()
}

#[test]
fn an_implementation_that_prints_its_secret_is_redacted() {
    // Parts of the secret in the spellings of the adapter.
    let parts = [
        "ssw0rd",
        "SSW0RD",
        "2026#x",
        "2026%23x",
        "2026#X",
        "p%40ss",
        "p@ss",
        "7373773072",
        "c3N3MHJk",
        "zc3cwcm",
        "NzdzBy",
    ];
    let spellings = [
        "raw",
        "upper",
        "percent",
        "json",
        "repr",
        "html",
        "hex",
        "base64",
        "cut",
        "cut at its end",
    ];
    let places = [
        "hello",
        "no hello",
        "token",
        "threw",
        "refused",
        "unsupported",
        "nonsense",
        "stderr",
    ];
    for (at, how) in spellings.iter().enumerate() {
        for (place, location) in places.iter().enumerate() {
            // Every place sees each spelling that is told apart there; a run takes its time.
            if (at + place) % 2 == 1 && *location != "stderr" && *location != "threw" {
                continue;
            }
            let all = of_quoting(how, location);
            assert!(
                all.contains("redacted") || *location == "unsupported",
                "{how}, {location}"
            );
            for part in parts {
                assert!(!all.contains(part), "{how}, {location}: {part}\n{all}");
            }
        }
    }
}

#[test]
fn a_password_in_an_address_is_not_repeated() {
    let program = Program::new();
    for address in [
        "http://canary-name:canary-word@127.0.0.1:9/",
        "https://canary-name:canary-word@127.0.0.1:9/",
        "ftp://canary-name:canary-word@127.0.0.1:9/",
        "http://canary-name:canary-word@127.0.0.1:9/#x",
        "http://canary-name:canary/word@127.0.0.1:9/",
        "http://canary-name:canary-word@192.0.2.1/",
        "canary-name:canary-word@127.0.0.1:9",
    ] {
        for command in ["run", "fuzz", "timing"] {
            let output = program.run(&[command, "jotreview", "--http", address]);
            let all = in_text(&output);
            assert!(!output.status.success(), "{address}: {all}");
            assert!(!all.contains("canary"), "{address}: {all}");
        }
    }
}

/// What acts on a terminal or on the log of a CI job.
fn orders(text: &str) -> Vec<&str> {
    let unseen = |c: char| {
        c != '\n' && c != '\t' && c.is_control()
            || matches!(
                c,
                '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            )
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
            || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
    };
    let lines = text.lines().filter(|line| {
        line.contains(unseen)
            || line.trim_start().starts_with("::")
            || ["##[", "##vso[", "##teamcity["]
                .iter()
                .any(|order| line.contains(order))
    });
    lines.collect()
}

#[test]
fn no_text_of_a_suite_controls_the_terminal() {
    let program = Program::new();
    let suite = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/hostile/hostile-texts.yaml"
    );
    let adapter = format!(
        "{} adapter --suite-file {suite} --mistake identity-trimmed",
        env!("CARGO_BIN_EXE_macproof")
    );
    let said = |arguments: &[&str]| {
        let output = program.run(arguments);
        let all = in_text(&output);
        assert!(all.len() > 20, "{arguments:?}: {all}");
        let orders = orders(&all);
        assert!(orders.is_empty(), "{arguments:?}: {orders:#?}");
    };
    said(&["suite", "lint", "--review", suite]);
    said(&["suite", "lint", suite]);
    said(&["suite", "show", suite]);
    said(&["suite", "strength", suite]);
    said(&[
        "fuzz",
        "--suite-file",
        suite,
        "--cases",
        "300",
        "--command",
        &adapter,
    ]);
    said(&["run", "--suite-file", suite, "--all", "--command", &adapter]);
    for format in ["human", "markdown", "junit"] {
        let report = format!("{format}=-");
        said(&[
            "run",
            "--suite-file",
            suite,
            "--report",
            &report,
            "--command",
            &adapter,
        ]);
    }
}

const NASTY: &str = "- x\u{1b}]8;;http://e.example/\u{7}y\u{9b}31m\u{202e}z\0\n::stop-commands::x\n##[add-mask]y ##vso[task.x]z </code><script> `|";

/// Lines that are commands of ours to a runner.
fn is_annotation(line: &str) -> bool {
    ["::error ", "::warning ", "::notice "]
        .iter()
        .any(|ours| line.starts_with(ours))
}

/// Runs a command, neither of whose streams gives orders. Its exit code.
fn gives_none(program: &Program, words: &[&str]) -> i32 {
    let output = Command::new(env!("CARGO_BIN_EXE_macproof"))
        .args(words)
        .current_dir(program.folder.path())
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let code = output.status.code();
    assert!(code.is_some_and(|code| code <= 4), "{words:?}: {output:?}");
    let all = in_text(&output);
    let mut orders = orders(&all);
    orders.retain(|line| !is_annotation(line) || line.contains(['\u{1b}', '\u{9b}', '\u{202e}']));
    assert!(orders.is_empty(), "{words:?}: {orders:#?}");
    code.unwrap_or_default()
}

/// Every argument of every command, as its help lists them.
#[test]
fn an_argument_gives_no_orders() {
    // Those that would take long otherwise are given less to do.
    let commands: [(&[&str], &[&str]); 22] = [
        (&[], &[]),
        (&["init"], &[]),
        (&["run"], &["jotreview"]),
        (&["fuzz"], &["jotreview", "--cases", "20"]),
        (&["timing"], &["jotreview", "--time", "50ms"]),
        (&["explain"], &["jotreview"]),
        (&["sign"], &["jotreview"]),
        (&["verify"], &["jotreview"]),
        (&["suite", "list"], &[]),
        (&["suite", "show"], &[]),
        (&["suite", "lint"], &[]),
        (&["suite", "generate"], &[]),
        (&["suite", "strength"], &[]),
        (&["suite", "import"], &[]),
        (&["adapter"], &[]),
        (&["serve"], &["no-such"]),
        (&["mistakes"], &[]),
        (&["report", "render"], &[]),
        (&["report", "diff"], &[]),
        (&["report", "merge"], &[]),
        (&["certify"], &["jotreview"]),
        (&["verify-certificate"], &[]),
    ];
    let program = Program::new();
    let nasty = NASTY.replace('\0', "");
    let long = format!("--{nasty}");
    let pair = format!("{nasty}={nasty}");
    let mut tried = 0;
    for (command, usual) in commands {
        let help = program.run(&[command, &["--help"]].concat());
        assert!(help.status.success(), "{command:?}");
        let help = in_text(&help);
        let options = help.split_whitespace().filter_map(|word| {
            let word = word.trim_end_matches(',');
            word.starts_with("--").then_some(word)
        });
        let mut options: Vec<&str> = options.filter(|word| word.len() > 2).collect();
        options.sort_unstable();
        options.dedup();
        for value in [&*nasty, &pair] {
            gives_none(&program, &[command, &[value]].concat());
            gives_none(&program, &[command, &[value, value]].concat());
            for option in &options {
                let usual = if usual.contains(option) {
                    &usual[..1]
                } else {
                    usual
                };
                gives_none(&program, &[command, usual, &[option, value]].concat());
                tried += 1;
            }
        }
        gives_none(&program, &[command, &[&*long]].concat());
    }
    assert!(tried > 200, "{tried}");
}

/// A document in which each name and text in turn is something else.
fn replaced(value: &mut serde_json::Value, at: &mut usize, by: &str) {
    match value {
        serde_json::Value::String(text) => {
            // Words of a list make another word no document at all.
            if *at == 0 {
                by.clone_into(text);
            }
            *at = at.wrapping_sub(1);
        }
        serde_json::Value::Array(items) => {
            // One of a kind stands for the others.
            items.truncate(2);
            for item in items.iter_mut() {
                replaced(item, at, by);
            }
        }
        serde_json::Value::Object(map) => {
            map.values_mut().for_each(|one| replaced(one, at, by));
        }
        _ => {}
    }
}

#[test]
fn no_text_of_a_document_controls_the_terminal() {
    use macproof::report::{Format, HumanOptions, disarmed, render};
    use macproof::results::Document;

    let mut whole: serde_json::Value =
        serde_json::from_str(include_str!("../hostile/evilname.json")).unwrap();
    // A case that failed is shown in full, with the command that runs it again.
    whole["cases"][0]["verdict"] = "fail".into();
    whole["cases"][1]["verdict"] = "warning".into();
    let mut tried = 0;
    for at in 0..400 {
        let mut document = whole.clone();
        let mut left = at;
        replaced(&mut document, &mut left, NASTY);
        let Ok(document) = serde_json::from_value::<macproof::results::RunResult>(document) else {
            continue;
        };
        tried += 1;
        let document = Document::from(document);
        for format in [
            Format::Human,
            Format::Markdown,
            Format::Junit,
            Format::Badge,
        ] {
            let text = render(&document, format, &HumanOptions::default());
            let text = disarmed(&text);
            let orders = orders(&text);
            assert!(orders.is_empty(), "{at}, {format}: {orders:#?}");
            if format == Format::Markdown {
                assert!(
                    !text.contains("<script") || text.contains('`'),
                    "{at}: {text}"
                );
                assert!(
                    !text.lines().any(|line| line.starts_with("- x")),
                    "{at}: {text}"
                );
            }
        }
        let text = render(&document, Format::Github, &HumanOptions::default());
        let is_ours = |line: &str| {
            ["::error", "::warning", "::notice", "::group", "::endgroup"]
                .iter()
                .any(|ours| line.starts_with(ours))
        };
        assert!(
            text.lines()
                .all(|line| !line.starts_with("::") || is_ours(line)),
            "{at}: {text}"
        );
        assert!(
            !text.contains(['\u{1b}', '\u{9b}', '\0', '\u{202e}']),
            "{at}: {text}"
        );
    }
    assert!(tried > 40, "{tried}");
}

/// A kind of file, one that is well-formed (made by a command where it begins with `macproof`), and
/// the commands that show what is in it.
struct Kind {
    name: &'static str,
    sound: &'static str,
    shown_by: &'static [&'static str],
}

const KINDS: [Kind; 8] = [
    Kind {
        name: "suite",
        sound: r#"{"macproof": 1, "suite": "acme", "version": 1, "title": "Acme",
            "source": {"title": "t", "url": "https://e.example/"},
            "scheme": {"algorithm": "hmac-sha256", "secret": {"encoding": "utf8"},
                "fields": {"user_id": {"type": "text"}}, "message": "{user_id}", "token": "{mac:hex}"},
            "requirements": {"exact": {"level": "must", "basis": "document", "text": "Exact.", "where": "p"}},
            "vectors": [{"id": "a", "shows": ["exact"], "op": "sign", "secret": "s",
                "fields": {"user_id": "u"}, "note": "n", "expect": {"token": "a39dbf09a0ab0967399aff34357b314fd2b82492517f45de8f6120a963b14a67"}}]}"#,
        shown_by: &[
            "suite lint --review FILE",
            "suite show FILE",
            "suite strength FILE",
            "suite generate FILE",
            "run --all --suite-file FILE --command MISTAKEN --report sarif=-",
            "run --suite-file FILE --events - --command true",
            "sign --suite-file FILE --secret-env PATH --field user_id=a --json",
            "explain --suite-file FILE --secret-env PATH --field user_id=a --token ab",
            "explain --suite-file FILE --secret-env PATH --field user_id=a --token ab --json",
        ],
    },
    Kind {
        name: "run",
        sound: "macproof run jotreview --command MISTAKEN --filter jotreview/*e* --report json=FILE",
        shown_by: &[
            "report render FILE human=-",
            "report render FILE markdown=-",
            "report render FILE junit=-",
            "report render FILE sarif=-",
            "report render FILE html=-",
            "report render FILE github=-",
            "report render FILE badge=-",
            "report render FILE badge-json=-",
            "report render FILE json=-",
            "report diff FILE run.json",
            "report diff run.json FILE",
            "report diff run.json FILE --json",
            "report merge FILE",
            "report merge run.json FILE",
        ],
    },
    Kind {
        name: "fuzz",
        sound: "macproof fuzz jotreview --cases 2000 --command MISTAKEN --report json=FILE",
        shown_by: &[
            "report render run.json html=- --fuzz FILE",
            "report render run.json human=- --fuzz FILE",
            "report render run.json markdown=- --fuzz FILE",
        ],
    },
    Kind {
        name: "versus",
        sound: "macproof fuzz jotreview --cases 512 --command MISTAKEN --against reference --report json=FILE",
        shown_by: &[
            "report render run.json html=- --versus FILE",
            "report render run.json human=- --versus FILE",
        ],
    },
    Kind {
        name: "known",
        sound: r#"[{"case": "jotreview/*", "expect": "token", "reason": "r"}]"#,
        shown_by: &[
            "run jotreview --command MISTAKEN --filter jotreview/*e* --known-failures FILE --events - --report github=gh",
            "report merge run.json --known-failures FILE",
        ],
    },
    Kind {
        name: "config",
        sound: r#"{"suites": ["jotreview"], "implementations": {
            "own": {"command": ["no-such-program", "a"], "secret": {"env": "PATH"}},
            "exec": {"exec": {"suites": ["jotreview"], "inputs": ["text"], "sign":
                {"command": ["echo", "{fields.user_id}"], "token": {"regex": "(.*)"}}}},
            "web": {"http": {"suites": ["jotreview"], "sign": {"method": "GET", "url": "http://127.0.0.1:9/a",
                "headers": {"x-a": "b"}, "token": {"json": "/a"}}}}}}"#,
        shown_by: &["run --config FILE --filter jotreview/*ab*"],
    },
    Kind {
        name: "wycheproof",
        sound: r#"{"algorithm": "HMACSHA256", "schema": "mac_test_schema_v1.json", "numberOfTests": 1,
            "header": ["h"], "notes": {"n": {"bugType": "b", "description": "d"}},
            "testGroups": [{"type": "MacTest", "keySize": 8, "tagSize": 256,
                "source": {"name": "s", "version": "1"}, "tests": [{"tcId": 1, "comment": "c",
                "flags": ["n"], "key": "00", "msg": "00", "tag": "00", "result": "valid"}]}]}"#,
        shown_by: &["suite import wycheproof FILE"],
    },
    Kind {
        name: "timing",
        sound: "macproof timing jotreview --time 100ms --command MISTAKEN --json",
        shown_by: &[
            "report render run.json html=- --timing FILE",
            "report render run.json human=- --timing FILE",
        ],
    },
];

/// Of a long file as many places are tried, evenly.
const PLACES: usize = 25;

/// Files of each kind, each of their texts and names in turn replaced, and what shows them.
#[test]
fn no_file_gives_orders_in_any_of_its_texts() {
    let program = Program::new();
    let mistaken = format!(
        "{} adapter --mistake identity-trimmed",
        env!("CARGO_BIN_EXE_macproof")
    );
    let words = |line: &str, file: &str| -> Vec<String> {
        let words = line.split(' ').map(|word| match word {
            "MISTAKEN" => mistaken.clone(),
            word => word.replace("FILE", file),
        });
        words.collect()
    };
    for Kind {
        name,
        sound,
        shown_by,
    } in KINDS
    {
        let text = match sound.strip_prefix("macproof ") {
            None => sound.to_owned(),
            Some(line) => {
                let file = format!("{name}.json");
                let words = words(line, &file);
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                let output = program.run(&words);
                fs::read_to_string(program.path(&file))
                    .unwrap_or_else(|_| String::from_utf8(output.stdout).unwrap())
            }
        };
        let mut whole: serde_json::Value = serde_json::from_str(&text).unwrap();
        shorten(&mut whole);
        let commands: Vec<_> = shown_by
            .iter()
            .map(|line| words(line, "file.yaml"))
            .collect();
        let mut shown = 0;
        let places = texts_of(&whole);
        for at in (0..places).step_by(places.div_ceil(PLACES)) {
            let mut hostile = whole.clone();
            replaced_or_renamed(&mut hostile, &mut { at }, NASTY);
            fs::write(program.path("file.yaml"), in_ascii(&hostile)).unwrap();
            for command in &commands {
                let command: Vec<&str> = command.iter().map(String::as_str).collect();
                shown += usize::from(gives_none(&program, &command) < 2);
            }
        }
        assert!(shown > commands.len(), "{name}: only {shown} were accepted");
    }
}

/// JSON that is YAML as well, which takes nothing unseen but as an escape.
fn in_ascii(value: &serde_json::Value) -> String {
    let escaped = |c: char| match c {
        '\u{7f}'.. => format!("\\u{:04x}", u32::from(c)),
        _ => c.to_string(),
    };
    value.to_string().chars().map(escaped).collect()
}

/// One or two of a kind stand for the others.
fn shorten(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Array(items) => {
            items.truncate(2);
            items.iter_mut().for_each(shorten);
        }
        serde_json::Value::Object(map) => map.values_mut().for_each(shorten),
        _ => {}
    }
}

fn texts_of(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::String(_) => 1,
        serde_json::Value::Array(items) => items.iter().map(texts_of).sum(),
        serde_json::Value::Object(map) => map.values().map(|one| 1 + texts_of(one)).sum(),
        _ => 0,
    }
}

/// A document in which one text, or one name, is something else.
fn replaced_or_renamed(value: &mut serde_json::Value, at: &mut usize, by: &str) {
    match value {
        serde_json::Value::String(text) => {
            if *at == 0 {
                by.clone_into(text);
            }
            *at = at.wrapping_sub(1);
        }
        serde_json::Value::Array(items) => {
            for one in items {
                replaced_or_renamed(one, at, by);
            }
        }
        serde_json::Value::Object(map) => {
            for (mut name, mut one) in std::mem::take(map) {
                if *at == 0 {
                    by.clone_into(&mut name);
                }
                *at = at.wrapping_sub(1);
                replaced_or_renamed(&mut one, at, by);
                map.insert(name, one);
            }
        }
        _ => {}
    }
}

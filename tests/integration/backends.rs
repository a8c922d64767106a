//! The back ends in `adapters/backends`: real servers, as a customer would write them, each started
//! on a free port, asked over HTTP, and held against the oracle.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use macproof::scheme::Verification;
use macproof::signature::{Fields, Secret, Secrets, Value};
use macproof::suite::find;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value as Json, json};

use crate::harness::{test, unable};

const SECRET: &str = "13f2a9c1d8e7b4f6a0c5d2e9b1a4f7e3c";
const OTHER: &str = "example-android-secret-0123456789";
/// Identities as customers have them; what a header or a query cannot carry is not among them.
const IDENTITIES: [&str; 6] = [
    "user-42",
    "john.doe@company.com",
    "a b&c=d+e%41/\"'\\",
    "Zoë Müller",
    "李明",
    "😀 e\u{301}",
];

/// A running back end; ended when it is dropped.
struct BackEnd {
    process: Child,
    address: String,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("adapters/backends")
        .join(name)
}

impl BackEnd {
    fn start(command: &mut Command) -> Self {
        let mut process = command
            .env("PORT", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let address = line
            .trim()
            .strip_prefix("http://")
            .unwrap_or_default()
            .to_owned();
        assert!(!address.is_empty(), "{command:?} said {line:?}");
        Self { process, address }
    }

    fn ask(&self, method: &str, path: &str, header: &str, body: Option<&Json>) -> Json {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let body = body.map(ToString::to_string).unwrap_or_default();
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{header}",
            self.address
        );
        if !body.is_empty() {
            request += &format!(
                "content-type: application/json\r\ncontent-length: {}\r\n",
                body.len()
            );
        }
        request += &format!("\r\n{body}");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        // One JSON object, however it is cut into pieces.
        let json = body
            .find('{')
            .zip(body.rfind('}'))
            .map(|(from, to)| &body[from..=to]);
        serde_json::from_str(json.unwrap_or_default()).unwrap_or_else(|_| panic!("{answer}"))
    }
}

impl Drop for BackEnd {
    fn drop(&mut self) {
        // Asked to end first, because one of them has a child.
        let pid = i32::try_from(self.process.id())
            .ok()
            .and_then(Pid::from_raw);
        let _over = pid.map(|pid| kill_process(pid, Signal::TERM));
        for _ in 0..200 {
            if matches!(self.process.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _over = self.process.kill();
        let _over = self.process.wait();
    }
}

/// That the token is the oracle's for these fields.
fn is_right(suite: &str, secrets: &Secrets, fields: &Fields, token: &Json) {
    let scheme = find(suite).unwrap().scheme().unwrap();
    let token = Value::from(token.as_str().unwrap_or_else(|| panic!("{suite}: {token}")));
    let verification = scheme.verify(secrets, fields, Some(&token), 1_795_248_000);
    assert_eq!(
        verification,
        Verification::Accepted,
        "{suite} {fields:?} {token:?}"
    );
}

/// Asks a back end as `adapters/backends/macproof.yaml` describes it, by every case that applies.
fn conforms_as_described(name: &str, back_end: &BackEnd) {
    let described = std::fs::read_to_string(folder("macproof.yaml")).unwrap();
    // Each stands there at a port of its own; here it has a free one.
    let port = back_end.address.rsplit_once(':').unwrap().1;
    let ports = ["3101", "3102", "3103", "3104", "3105"];
    let described = ports.iter().fold(described, |text, described| {
        text.replace(&format!(":{described}/"), &format!(":{port}/"))
    });
    let file = packages("described").join(format!("{name}.yaml"));
    std::fs::write(&file, described).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_macproof"))
        .args(["run", "--implementation", name, "--report", "json=-"])
        .arg("--config")
        .arg(&file)
        .env("BACKEND_SECRET", SECRET)
        .output()
        .unwrap();
    let result: Json = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{name}: {}", String::from_utf8_lossy(&output.stderr)));
    let wrong: Vec<&Json> = result["cases"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|case| ["fail", "error"].contains(&case["verdict"].as_str().unwrap()))
        // A server that ends a connection before it has heard all answers nothing.
        .filter(|case| !case["id"].as_str().unwrap().ends_with("-length-65536"))
        .collect();
    assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    assert!(result["counts"]["pass"].as_u64().unwrap() > 70, "{name}");
}

fn one() -> Secrets {
    Secrets::One(Secret::new(SECRET))
}

fn express(back_end: &BackEnd) {
    for id in IDENTITIES {
        let bearer = format!("authorization: Bearer {id}\r\n");
        let answer = back_end.ask("GET", "/api/jotreview-signature", &bearer, None);
        is_right(
            "jotreview",
            &one(),
            &Fields::new().with("user_id", id),
            &answer["signature"],
        );
    }
    let nobody = back_end.ask("GET", "/api/jotreview-signature", "", None);
    assert!(nobody["error"].is_string());
    conforms_as_described("express", back_end);
}

fn flask(back_end: &BackEnd) {
    for id in IDENTITIES {
        let answer = back_end.ask("POST", "/api/jimo", "", Some(&json!({"user_id": id})));
        is_right(
            "jimo",
            &one(),
            &Fields::new().with("user_id", id),
            &answer["signedIdentifier"],
        );
    }
    assert!(back_end.ask("POST", "/api/jimo", "", Some(&json!({})))["error"].is_string());
    conforms_as_described("flask", back_end);
}

/// Installs a package into a folder of the tests' own.
pub(crate) fn install(program: &str, arguments: &[&OsStr]) {
    let done = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !done.is_ok_and(|status| status.success()) {
        let package = Path::new(arguments[arguments.len() - 1]).display();
        unable(format!("{program} cannot install {package}"));
    }
}

pub(crate) fn packages(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn start_express(modules: &Path) -> BackEnd {
    BackEnd::start(
        Command::new("node")
            .arg(folder("express").join("server.js"))
            .env("NODE_PATH", modules)
            .env("JOTREVIEW_SECRET_KEY", SECRET),
    )
}

/// Where the package is not installed, the server has one of its own.
#[test(needs(NODE))]
fn express_signs_as_jotreview() {
    express(&start_express(Path::new("/nonexistent")));
}

#[test(needs(NODE))]
fn express_itself_signs_as_jotreview() {
    let packages = packages("express");
    let arguments = ["install", "--no-audit", "--no-fund", "--prefix"].map(OsStr::new);
    let arguments = [
        &arguments[..],
        &[packages.as_os_str(), OsStr::new("express@5")],
    ]
    .concat();
    install("npm", &arguments);
    let back_end = start_express(&packages.join("node_modules"));
    express(&back_end);
    // Express answers so to what it does not know; our own server does not.
    let mut stream = TcpStream::connect(&back_end.address).unwrap();
    write!(
        stream,
        "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("Cannot GET /"), "{answer}");
}

fn start_flask(packages: &Path) -> BackEnd {
    BackEnd::start(
        Command::new("python3")
            .arg(folder("flask").join("server.py"))
            .env("PYTHONPATH", packages)
            .env("JIMO_SECRET_KEY", SECRET),
    )
}

/// A folder of that name with Flask itself.
pub(crate) fn installed_flask(name: &str) -> PathBuf {
    let packages = packages(name);
    let arguments = ["-m", "pip", "install", "--quiet", "--target"].map(OsStr::new);
    let arguments = [&arguments[..], &[packages.as_os_str(), OsStr::new("flask")]].concat();
    install("python3", &arguments);
    packages
}

/// Where the package is not installed, the server has one of its own.
#[test(needs(PYTHON))]
fn flask_signs_as_jimo() {
    flask(&start_flask(Path::new("/nonexistent")));
}

#[test(needs(PYTHON))]
fn flask_itself_signs_as_jimo() {
    flask(&start_flask(&installed_flask("flask")));
}

#[test(needs(RUBY))]
fn ruby_signs_as_prefinery() {
    let server = folder("ruby").join("server.rb");
    let back_end = BackEnd::start(
        Command::new("ruby")
            .arg(server)
            .env("PREFINERY_SECRET", SECRET),
    );
    for id in IDENTITIES {
        let call = json!({"identifier": id});
        let answer = back_end.ask("POST", "/prefinery-signature", "", Some(&call));
        let fields = Fields::new().with("identifier", id).with("lookup", "email");
        is_right("prefinery", &one(), &fields, &answer["signature"]);
    }
    let nobody = back_end.ask("POST", "/prefinery-signature", "", Some(&json!({})));
    assert!(nobody["error"].is_string());
    conforms_as_described("ruby", &back_end);
}

#[test(needs(PHP))]
fn php_signs_as_engagespot() {
    let server = folder("php").join("start.php");
    let back_end = BackEnd::start(
        Command::new("php")
            .arg(server)
            .env("ENGAGESPOT_API_SECRET", SECRET),
    );
    for id in IDENTITIES {
        let escaped: String = id.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let path = format!("/user-signature.php?user_id={escaped}");
        let answer = back_end.ask("GET", &path, "", None);
        is_right(
            "engagespot",
            &one(),
            &Fields::new().with("user_id", id),
            &answer["userSignature"],
        );
    }
    assert!(back_end.ask("GET", "/user-signature.php", "", None)["error"].is_string());
    conforms_as_described("php", &back_end);
}

#[test(needs(GO))]
fn go_signs_as_mtribes() {
    let program = packages("go-backend").join("server");
    let built = Command::new("go")
        .args(["build", "-o"])
        .arg(&program)
        .arg("main.go")
        .current_dir(folder("go"))
        .status();
    assert!(built.unwrap().success());
    let back_end = BackEnd::start(
        Command::new(program)
            .env("MTRIBES_IOS_SECRET", SECRET)
            .env("MTRIBES_ANDROID_SECRET", OTHER)
            .env("MTRIBES_WEB_SECRET", "example-web-secret-0123456789"),
    );
    let secrets = Secrets::Per(vec![
        ("ios".into(), Secret::new(SECRET)),
        ("android".into(), Secret::new(OTHER)),
    ]);
    for (id, platform) in IDENTITIES
        .iter()
        .flat_map(|id| [(id, "ios"), (id, "android")])
    {
        let call = json!({"user_id": id, "platform": platform});
        let answer = back_end.ask("POST", "/signed", "", Some(&call));
        let fields = Fields::new()
            .with("user_id", *id)
            .with("platform", platform);
        is_right("mtribes", &secrets, &fields, &answer["signed"]);
    }
    let unknown = back_end.ask(
        "POST",
        "/signed",
        "",
        Some(&json!({"user_id": "a", "platform": "tv"})),
    );
    assert!(unknown["error"].is_string());
    conforms_as_described("go", &back_end);
}

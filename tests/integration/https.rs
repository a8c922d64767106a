//! Servers over TLS: what is right is judged as without TLS, and whatever is wrong with a
//! certificate or a handshake is said in words that tell what to do.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use macproof::adapters::{Authorities, HttpTarget, Limits, Operation, Transport as _};
use macproof::implementations::{Reach, WebAddress};
use macproof::signature::Op;
use macproof::suite::find;
use tempfile::TempDir;

use crate::harness::test;
use crate::program::{macproof, reference, root, stderr, stdout};

/// Certificates, each with the key `server.key`, unless another is named.
static CERTIFICATES: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let openssl = |line: &str| {
        let done = Command::new("openssl")
            .args(line.split(' '))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(done.status.success(), "{line}: {}", stderr(&done));
    };
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let localhost = "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n";
    write("localhost.ext", localhost);
    write("nobody.ext", "basicConstraints=CA:FALSE\n");
    write(
        "other.ext",
        "subjectAltName=DNS:other.example,DNS:*.a.example,IP:127.0.0.2\n",
    );
    write(
        "client.ext",
        &format!("{localhost}extendedKeyUsage=clientAuth\n"),
    );
    write(
        "ca.conf",
        "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=optional\n",
    );
    write("index.txt", "");
    write("serial", "01\n");
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    let authority = |name: &str| {
        openssl(&format!(
            "req -x509 {key} -keyout {name}.key -out {name}.pem -days 30 -subj /CN=authority"
        ));
    };
    authority("ca");
    // Of the same name, with another key.
    authority("another");
    openssl(&format!(
        "req {key} -keyout server.key -out server.csr -subj /CN=localhost"
    ));
    let year = |year: u32| format!("{year}0101000000Z");
    for (name, extensions, from, to) in [
        ("server", "localhost", 2020, 2049),
        ("nobody", "nobody", 2020, 2049),
        ("other", "other", 2020, 2049),
        ("client", "client", 2020, 2049),
        ("expired", "localhost", 2020, 2021),
        ("early", "localhost", 2048, 2049),
    ] {
        openssl(&format!(
            "ca -batch -config ca.conf -cert ca.pem -keyfile ca.key -in server.csr -out {name}.pem -notext -extfile {extensions}.ext -startdate {} -enddate {}",
            year(from),
            year(to)
        ));
    }
    openssl(
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out version-1.pem -days 30",
    );
    // As tutorials make one: its own authority.
    let own = "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -sha256";
    openssl(&format!(
        "{own} -keyout own.key -out own.pem -addext subjectAltName=DNS:localhost"
    ));
    openssl(&format!("{own} -keyout bare.key -out bare.pem"));
    folder
});

fn certificate(name: &str) -> String {
    CERTIFICATES.path().join(name).display().to_string()
}

/// A server of ours over TLS.
struct Server {
    process: Child,
    port: u16,
    connections: Arc<Mutex<u32>>,
}

impl Server {
    /// With that certificate and its key, and what it does otherwise than usual.
    fn start(certified: &str, key: &str, otherwise: &str) -> Self {
        Self::of(
            Command::new("python3")
                .arg(root().join("tests/tls/server.py"))
                .args([&certificate(certified), &certificate(key), otherwise]),
        )
    }

    fn of(command: &mut Command) -> Self {
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.next().unwrap().unwrap().parse().unwrap();
        let connections = Arc::new(Mutex::new(0));
        let count = Arc::clone(&connections);
        thread::spawn(move || {
            for _ in lines.map_while(Result::ok) {
                *count.lock().unwrap() += 1;
            }
        });
        Self {
            process,
            port,
            connections,
        }
    }

    fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

const SOME: &str = "jotreview/identity-a*";

/// A few cases of jotreview against that address.
fn asked(url: &str, ca_file: Option<&str>) -> Output {
    let mut command = macproof(CERTIFICATES.path());
    command.args(["run", "jotreview", "--filter", SOME, "--timeout", "2s"]);
    command.args(["--http", url]);
    if let Some(file) = ca_file {
        command.args(["--ca-file", file]);
    }
    command.output().unwrap()
}

/// That they pass.
#[track_caller]
fn passes(url: &str, ca_file: &str) {
    let output = asked(url, Some(ca_file));
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{said}{}", stderr(&output));
    assert!(said.contains("\nconformant: tls · jotreview · "), "{said}");
}

/// What is said where nothing can be asked, after the address.
#[track_caller]
fn trouble(url: &str, ca_file: Option<&str>) -> String {
    let output = asked(url, ca_file);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(4), "{said}");
    let start = format!("error: cannot use the adapter: no usable answer from {url}/macproof: ");
    let rest = said.strip_prefix(&start);
    rest.unwrap_or_else(|| panic!("{said}"))
        .trim_end()
        .to_owned()
}

#[test(needs(OPENSSL, PYTHON))]
fn a_server_with_a_right_certificate_is_judged_as_without_tls() {
    let server = Server::start("server.pem", "server.key", "");
    passes(&server.url(), "ca.pem");
    // One connection for each of those that are open at once, and one greeting at the end at most.
    let connections = *server.connections.lock().unwrap();
    assert!(connections <= 9, "{connections}");
    // Addresses, too, stand in a certificate; and the certificate itself may be what is trusted.
    passes(&format!("https://127.0.0.1:{}", server.port), "ca.pem");
    passes(&server.url(), "server.pem");
    // One says nowhere how long an answer is, and closes without the farewell of TLS.
    for otherwise in ["tls12", "close", "unannounced"] {
        let server = Server::start("server.pem", "server.key", otherwise);
        passes(&server.url(), "ca.pem");
    }
    let own = Server::start("own.pem", "own.key", "");
    passes(&own.url(), "own.pem");
}

const EXPIRED: &str = "the server's certificate expired on 2021-01-01T00:00:00Z; renew it";
const OTHER: &str = "the server's certificate is for \"other.example\", \"*.a.example\" and \"127.0.0.2\", not for localhost; use an address with a name that it has";

#[test(needs(OPENSSL, PYTHON))]
fn a_wrong_certificate_is_told_with_what_to_do() {
    for (certified, trusted, words) in [
        (
            "server",
            "own.pem",
            "no certificate in --ca-file own.pem issued the server's certificate; name a file with the certificate of its issuer",
        ),
        (
            "server",
            "another.pem",
            "no certificate in --ca-file another.pem issued the server's certificate; name a file with the certificate of its issuer",
        ),
        (
            "nobody",
            "ca.pem",
            "the server's certificate names no host; make one with localhost as a subject alternative name",
        ),
        ("other", "ca.pem", OTHER),
        (
            "client",
            "ca.pem",
            "the server's certificate is not for servers; make one with the extended key usage serverAuth",
        ),
        ("expired", "ca.pem", EXPIRED),
        // What stands in the file is checked like any other, its chain aside.
        ("expired", "expired.pem", EXPIRED),
        ("other", "other.pem", OTHER),
        (
            "early",
            "ca.pem",
            "the server's certificate is not valid before 2048-01-01T00:00:00Z; check the clock of this machine",
        ),
        (
            "version-1",
            "ca.pem",
            "the server's certificate is of version 1, which has no host names; make one of version 3 with subject alternative names",
        ),
    ] {
        let server = Server::start(&format!("{certified}.pem"), "server.key", "");
        assert_eq!(trouble(&server.url(), Some(trusted)), words, "{certified}");
    }
}

/// A certificate that stands in the file is checked like any other, its chain aside.
#[test(needs(OPENSSL, PYTHON))]
fn a_certificate_that_is_its_own_authority_is_checked_all_the_same() {
    let own = Server::start("own.pem", "own.key", "");
    let by_number = format!("https://127.0.0.1:{}", own.port);
    assert_eq!(
        trouble(&by_number, Some("own.pem")),
        "the server's certificate is for \"localhost\", not for 127.0.0.1; use an address with a name that it has"
    );
    assert_eq!(
        trouble(&own.url(), Some("ca.pem")),
        "the server's certificate is that of an authority, and is not in --ca-file ca.pem; name a file that has it"
    );
    let bare = Server::start("bare.pem", "bare.key", "");
    assert_eq!(
        trouble(&bare.url(), Some("bare.pem")),
        "the server's certificate names no host; make one with localhost as a subject alternative name"
    );
}

#[test(needs(OPENSSL, PYTHON))]
fn only_one_of_two_that_are_compared_may_be_reached_over_tls() {
    let server = Server::start("server.pem", "server.key", "");
    let output = macproof(CERTIFICATES.path())
        .args(["fuzz", "jotreview", "--cases", "50", "--seed", "1"])
        .args(["--command", &reference(), "--ca-file", "ca.pem"])
        .args(["--against", &server.url()])
        .output()
        .unwrap();
    let said = stdout(&output) + &stderr(&output);
    assert!(said.contains("50 cases sent to both"), "{said}");
}

#[test(needs(OPENSSL, PYTHON))]
fn an_answer_that_is_cut_is_none() {
    let server = Server::start("server.pem", "server.key", "cut");
    let said = trouble(&server.url(), Some("ca.pem"));
    assert!(said.starts_with("the connection was lost: "), "{said}");
}

#[test(needs(OPENSSL, PYTHON))]
fn what_a_server_demands_or_redirects_to_is_told() {
    let server = Server::start("server.pem", "server.key", "client");
    assert_eq!(
        trouble(&server.url(), Some("ca.pem")),
        "the server ended the TLS connection with the alert CertificateRequired; it demands a certificate of the client, and macproof has none"
    );
    let server = Server::start("server.pem", "server.key", "redirect");
    assert_eq!(
        trouble(&server.url(), Some("ca.pem")),
        "unexpected status 302 Found to \"https://localhost/elsewhere\"; redirects are not followed; check that the server is running and speaks HTTPS at this address"
    );
}

#[test(needs(OPENSSL))]
fn what_is_missing_on_the_command_line_is_an_error_of_usage() {
    let refused = |url: &str, file: Option<&str>| {
        let output = asked(url, file);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        stderr(&output)
    };
    assert_eq!(
        refused("https://localhost:1", None),
        "error: https://localhost:1/ needs --ca-file FILE: the certificate by which its server is trusted, which is its issuer's or its own\n"
    );
    assert_eq!(
        refused("http://localhost:1", Some("ca.pem")),
        "error: --ca-file is for an https address, and none is given; in macproof.yaml, write ca_file beside http\n"
    );
    assert_eq!(
        refused("https://localhost:1", Some("ca.key")),
        "error: --ca-file ca.key has no certificate in it; a PEM file with -----BEGIN CERTIFICATE----- is expected\n"
    );
    let damaged = CERTIFICATES.path().join("damaged.pem");
    let text = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    fs::write(&damaged, text).unwrap();
    let said = refused("https://localhost:1", Some("damaged.pem"));
    assert!(
        said.starts_with("error: --ca-file damaged.pem has a certificate that cannot be read: "),
        "{said}"
    );
}

/// A server that treats each connection so.
struct Raw {
    port: u16,
    ended: Arc<AtomicBool>,
}

impl Raw {
    fn start(treat: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let ended = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&ended);
        let treat = Arc::new(treat);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if flag.load(Ordering::Relaxed) {
                    return;
                }
                let treat = Arc::clone(&treat);
                thread::spawn(move || treat(stream));
            }
        });
        Self { port, ended }
    }

    fn url(&self, scheme: &str) -> String {
        format!("{scheme}://localhost:{}", self.port)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        let _wakes_it = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn read_some(stream: &mut TcpStream) {
    let _some = stream.read(&mut [0; 4096]).unwrap();
}

#[test(needs(OPENSSL))]
fn a_handshake_that_comes_to_nothing_ends_and_says_so() {
    let ca = Some("ca.pem");
    let hangs = Raw::start(|mut stream| {
        read_some(&mut stream);
        thread::sleep(Duration::from_secs(30));
    });
    let began = Instant::now();
    assert_eq!(
        trouble(&hangs.url("https"), ca),
        "the server did not finish the TLS handshake within 1000 ms; check that it speaks TLS at this port"
    );
    assert!(began.elapsed() < Duration::from_secs(10));
    let closes = Raw::start(|mut stream| read_some(&mut stream));
    assert_eq!(
        trouble(&closes.url("https"), ca),
        "the server closed the connection during the TLS handshake; check that it speaks TLS at this port, and its log"
    );
    // The head of a record, and no more.
    let breaks_off = Raw::start(|mut stream| {
        read_some(&mut stream);
        stream.write_all(b"\x16\x03\x03\x01\x00\x02").unwrap();
    });
    assert!(trouble(&breaks_off.url("https"), ca).contains("during the TLS handshake"));
    for answer in [
        &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
        b"\0\x01garbage, and more of it",
    ] {
        let other = Raw::start(move |mut stream| {
            read_some(&mut stream);
            let _unheard = stream.write_all(answer);
            read_some(&mut stream);
        });
        assert_eq!(
            trouble(&other.url("https"), ca),
            "what the server answers is not TLS; if it speaks plain HTTP, write http:// in the address"
        );
    }
    let refuses = Raw::start(|mut stream| {
        read_some(&mut stream);
        let _unheard = stream.write_all(b"\x15\x03\x03\x00\x02\x02\x46");
        read_some(&mut stream);
    });
    assert_eq!(
        trouble(&refuses.url("https"), ca),
        "the server ended the TLS connection with the alert ProtocolVersion; macproof speaks TLS 1.2 and 1.3"
    );
}

#[test(needs(OPENSSL, PYTHON))]
fn plain_http_to_a_server_over_tls_is_told() {
    let alerts = Raw::start(|mut stream| {
        read_some(&mut stream);
        stream.write_all(b"\x15\x03\x03\x00\x02\x02\x46").unwrap();
    });
    assert_eq!(
        trouble(&alerts.url("http"), None),
        "the server speaks TLS at this port; write https:// in the address, and say with --ca-file (in macproof.yaml: ca_file) by which certificate it is trusted"
    );
    let server = Server::start("server.pem", "server.key", "");
    let said = trouble(&format!("http://localhost:{}", server.port), None);
    assert!(
        said.ends_with("or write https:// if it speaks TLS"),
        "{said}"
    );
}

/// A path in a description is one from its folder.
#[test(needs(NODE, OPENSSL))]
fn a_described_server_over_tls_is_judged() {
    let script = r#"
const fs = require("fs"), crypto = require("crypto");
const [, certificate, key] = process.argv;
require("https").createServer({ cert: fs.readFileSync(certificate), key: fs.readFileSync(key) }, (asked, answer) => {
  const user = new URL(asked.url, "http://x").searchParams.get("u") ?? "";
  const right = Buffer.from(crypto.createHmac("sha256", process.env.S).update(user).digest("hex"));
  const shown = Buffer.from(asked.headers["x-sig"] ?? "", "latin1");
  asked.resume();
  answer.writeHead(shown.length === right.length && crypto.timingSafeEqual(shown, right) ? 200 : 401).end();
}).listen(0, "127.0.0.1", function () { console.log(this.address().port); });
"#;
    let secret = "the-own-secret-of-the-server-0123456789";
    let server = Server::of(
        Command::new("node")
            .args(["-e", script])
            .args([certificate("server.pem"), certificate("server.key")])
            .env("S", secret),
    );
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    fs::copy(certificate("ca.pem"), &ca_file).unwrap();
    let yaml = format!(
        r#"
implementations:
  node:
    secret: {{env: S}}
    ca_file: ca.pem
    http:
      suites: [jotreview]
      max_in_flight: 4
      verify:
        url: "{}/identify?u={{fields.user_id}}"
        headers: {{x-sig: "{{token}}"}}
        accept: {{status: 200}}
        reject: {{status: 401}}
"#,
        server.url()
    );
    fs::write(folder.path().join("macproof.yaml"), yaml).unwrap();
    let report = folder.path().join("run.json");
    let run = || {
        let mut command = macproof(Path::new("/"));
        command.args(["run", "jotreview", "--config"]);
        command.arg(folder.path().join("macproof.yaml"));
        // The head of one request is longer than what Node takes.
        command
            .args(["--filter", "jotreview/token-*"])
            .env("S", secret);
        command
            .args(["--report", "human=-", "--report"])
            .arg(format!("json={}", report.display()));
        command.output().unwrap()
    };
    // Node may reset the connection of a head that is too long before its answer has been read.
    let mut output = run();
    for _ in 0..2 {
        if output.status.code() != Some(0) {
            output = run();
        }
    }
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{said}{}", stderr(&output));
    let document = fs::read_to_string(&report).unwrap();
    let is_told = ["of more than 8192 bytes", "of this size (status 431)"]
        .iter()
        .any(|words| document.contains(words));
    assert!(is_told, "{said}");
    // Another authority of the same name.
    fs::copy(certificate("another.pem"), &ca_file).unwrap();
    let output = run();
    let said = stdout(&output) + &stderr(&output);
    assert_eq!(output.status.code(), Some(4), "{said}");
    let words = format!(
        "no certificate in ca_file {} issued the server's certificate",
        ca_file.display()
    );
    assert!(said.contains(&words), "{said}");
}

/// Where a server closes each connection, the next handshake is no part of what is measured.
#[test(needs(OPENSSL, PYTHON))]
fn a_handshake_is_not_measured() {
    let server = Server::start("server.pem", "server.key", "slow");
    let trusted = fs::read(certificate("ca.pem")).unwrap();
    let target = HttpTarget {
        address: WebAddress::parse(&server.url()).unwrap(),
        reach: Reach::Loopback,
        authorities: Some(Authorities::parse(&trusted, "--ca-file ca.pem").unwrap()),
    };
    let suite = find("jotreview").unwrap().parse().unwrap();
    let vectors = suite.vectors.iter();
    let vector = vectors
        .filter(|vector| vector.request.op == Op::Verify)
        .find(|vector| vector.id.to_string().contains("identity-a"));
    let request = vector.unwrap().request.clone();
    let never = AtomicBool::new(false);
    let mut channel = target.lockstep(Limits::default(), &never).unwrap();
    for _ in 0..3 {
        let began = Instant::now();
        let trip = channel.ask(&Operation::Verify(request.clone()), 1).unwrap();
        assert!(began.elapsed() > Duration::from_millis(400));
        let measured = Duration::from_nanos(trip.nanoseconds);
        assert!(measured < Duration::from_millis(300), "{measured:?}");
    }
}

//! A `macproof serve` of a test's own, and a client that says exactly what it is told to.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// How long a test waits for anything before it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A server process; ended when it is dropped.
pub(crate) struct Served {
    process: Child,
    pub(crate) address: SocketAddr,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Served {
    /// `macproof serve` on a free port with these arguments.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[])
    }

    /// The same, with these environment variables.
    pub(crate) fn start_with(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::of(
            Command::new(env!("CARGO_BIN_EXE_macproof"))
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .args(["serve", "--port", "0"])
                .args(arguments)
                .envs(variables.iter().copied()),
        )
    }

    /// `macproof explain --serve` with these arguments.
    pub(crate) fn explain(arguments: &[&str]) -> Self {
        Self::of(
            Command::new(env!("CARGO_BIN_EXE_macproof"))
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .args(["explain", "--serve"])
                .args(arguments),
        )
    }

    /// What prints its address first.
    fn of(command: &mut Command) -> Self {
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let Some(address) = line.trim().strip_prefix("http://") else {
            panic!("{line:?}, and on standard error {}", process_error(process));
        };
        let address = address.parse().unwrap();
        Self { process, address }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends these bytes on a connection of their own, and reads to its end.
    pub(crate) fn raw(&self, request: &[u8]) -> Answer {
        let mut stream = self.connect();
        // A client that was refused may find the connection closed before it has written everything.
        let _refused = stream.write_all(request);
        let mut answer = Vec::new();
        let _reset = stream.read_to_end(&mut answer);
        Answer::parse(&String::from_utf8_lossy(&answer))
    }

    /// `POST` of a JSON body, with more headers.
    pub(crate) fn post(&self, path: &str, headers: &[&str], body: &str) -> Answer {
        let address = self.address;
        let length = body.len();
        let mut request = format!("POST {path} HTTP/1.1\r\nconnection: close\r\n");
        if !headers.iter().any(|header| header.starts_with("host:")) {
            request += &format!("host: {address}\r\n");
        }
        if !headers
            .iter()
            .any(|header| header.starts_with("content-type:"))
        {
            request += "content-type: application/json\r\n";
        }
        for header in headers {
            request += &format!("{header}\r\n");
        }
        request += &format!("content-length: {length}\r\n\r\n{body}");
        self.raw(request.as_bytes())
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        let address = self.address;
        self.raw(
            format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")
                .as_bytes(),
        )
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.process.id())
            .ok()
            .and_then(Pid::from_raw);
        kill_process(pid.unwrap(), signal).unwrap();
    }

    /// Its exit code and its standard error, once it has ended.
    pub(crate) fn ended(mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        let mut error = self.process.stderr.take().unwrap();
        error.read_to_string(&mut said).unwrap();
        (self.process.wait().unwrap().code(), said)
    }
}

fn process_error(mut process: Child) -> String {
    let mut said = String::new();
    if let Some(mut error) = process.stderr.take() {
        let _broken = error.read_to_string(&mut said);
    }
    said
}

impl Drop for Served {
    fn drop(&mut self) {
        let _over = self.process.kill();
        let _over = self.process.wait();
    }
}

impl Answer {
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        Self {
            status: status.unwrap_or(0),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }
}

/// A file with this secret, for `--secret-file`.
pub(crate) fn secret_file(secret: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("serving-{}.secret", NEXT.fetch_add(1, Ordering::Relaxed));
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, secret).unwrap();
    path.to_str().unwrap().to_owned()
}

//! Web servers that are made of a closure, for tests: they write the bytes of an answer
//! themselves, so that every one of them can be wrong.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::{self, JoinHandle};

/// A server on a free port of this machine. It ends when it is dropped.
pub(crate) struct WebServer {
    address: SocketAddr,
    ended: Arc<AtomicBool>,
    connections: Arc<AtomicU32>,
    thread: Option<JoinHandle<()>>,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Method, path and query.
    pub(crate) line: String,
    /// Names in small letters.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// What becomes of a connection after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    Keep,
    Close,
}

impl WebServer {
    /// One that answers every request by that closure.
    pub(crate) fn start(
        answer: impl Fn(&Asked, &mut TcpStream) -> Then + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let ended = Arc::new(AtomicBool::new(false));
        let connections = Arc::new(AtomicU32::new(0));
        let answer = Arc::new(answer);
        let (flag, count) = (Arc::clone(&ended), Arc::clone(&connections));
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if flag.load(Ordering::Relaxed) {
                    return;
                }
                count.fetch_add(1, Ordering::Relaxed);
                let answer = Arc::clone(&answer);
                // It ends when the client closes the connection.
                thread::spawn(move || serve(&stream.unwrap(), &*answer));
            }
        });
        Self {
            address,
            ended,
            connections,
            thread: Some(thread),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections were opened.
    pub(crate) fn connections(&self) -> u32 {
        self.connections.load(Ordering::Relaxed)
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        let _wakes_it = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// Says nothing until the client gives up and closes the connection.
pub(crate) fn stay_silent(stream: &mut TcpStream) -> Then {
    let mut unread = [0; 1024];
    while matches!(stream.read(&mut unread), Ok(1..)) {}
    Then::Close
}

fn serve(stream: &TcpStream, answer: &dyn Fn(&Asked, &mut TcpStream) -> Then) {
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream.try_clone().unwrap();
    while let Some(asked) = read(&mut reader) {
        if answer(&asked, &mut writer) == Then::Close {
            return;
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|&read| read > 0)?;
        Some(line.trim_end().to_owned())
    };
    let first = line()?;
    let mut headers = Vec::new();
    loop {
        let line = line()?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    Some(Asked {
        line: first,
        headers,
        body,
    })
}

/// Writes a whole answer. A client that has gone away is no matter of a test's.
pub(crate) fn respond(stream: &mut TcpStream, status: &str, headers: &str, body: &str) -> Then {
    let length = body.len();
    let answer = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}");
    match stream.write_all(answer.as_bytes()) {
        Ok(()) => Then::Keep,
        Err(_) => Then::Close,
    }
}

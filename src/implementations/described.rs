//! What a described implementation is.

use std::path::{Path, PathBuf};

use crate::implementations::calls::{Call, ExecCall, WebCall};
use crate::implementations::inputs::InputName;
use crate::implementations::web_address::{WebAddress, WebAddressError};
use crate::protocol::{Clock, Hello, ImplementationInfo, PROTOCOL_VERSION};
use crate::scheme::Scheme;
use crate::signature::{Op, Slug};
use crate::suite::{InputKind, Suite, Vector};

/// The name of the built-in reference implementation, which no description has.
pub const REFERENCE: &str = "reference";

/// The implementations of a `macproof.yaml`.
#[derive(Clone, Debug)]
pub struct Implementations {
    pub(super) path: PathBuf,
    pub(super) suites: Vec<String>,
    pub(super) described: Vec<Described>,
}

/// An implementation that is described.
#[derive(Clone, Debug)]
pub struct Described {
    /// What it is called there.
    pub name: Slug,
    /// How it is reached.
    pub way: Way,
    /// The words that build it, where it has to be built first.
    pub build: Option<Vec<String>>,
    /// Whose secret it uses.
    pub secret: SecretSource,
}

/// How an implementation is reached.
#[derive(Clone, Debug)]
pub enum Way {
    /// A program that speaks the protocol, and its arguments.
    Command(Vec<String>),
    /// A server that speaks it.
    Server(WebAddress),
    /// A process for each case.
    Exec(Box<Native<ExecCall>>),
    /// A server that is asked as it is used.
    Web(Box<Native<WebCall>>),
}

/// Whose secret an implementation uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// That of the request.
    Request,
    /// Its own, which stands in that environment variable of ours, too.
    Env(String),
    /// Its own, which nobody tells.
    Unknown,
}

/// An implementation that speaks no protocol.
#[derive(Clone, Debug)]
pub struct Native<C> {
    pub(super) name: String,
    /// The file that describes it.
    pub(super) path: String,
    pub(super) suites: Vec<String>,
    pub(super) clock: Clock,
    pub(super) inputs: Vec<InputKind>,
    pub(super) max_in_flight: u32,
    pub(super) session: Option<C>,
    pub(super) sign: Option<C>,
    pub(super) verify: Option<C>,
}

impl Implementations {
    /// All of them, in the order of the file.
    pub fn all(&self) -> &[Described] {
        &self.described
    }

    /// The suites to run where nobody names any: names, and paths of files from the directory of
    /// this one. Empty where it says nothing of them.
    pub fn suites(&self) -> &[String] {
        &self.suites
    }

    /// The one of that name.
    pub fn find(&self, name: &str) -> Option<&Described> {
        self.described.iter().find(|one| one.name.as_str() == name)
    }

    /// The directory of the file, in which its commands are started.
    pub fn directory(&self) -> &Path {
        match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        }
    }
}

impl<C: Call> Native<C> {
    /// What it would say of itself.
    pub fn hello(&self) -> Hello {
        let ops = [(Op::Sign, &self.sign), (Op::Verify, &self.verify)];
        let ops = ops.iter().filter(|(_, call)| call.is_some());
        let inputs = self.inputs.iter().map(|input| input.name().to_owned());
        Hello {
            protocol: PROTOCOL_VERSION,
            implementation: ImplementationInfo {
                name: self.name.clone(),
                notes: Some(format!("described in {}", self.path)),
                ..ImplementationInfo::default()
            },
            suites: Some(self.suites.clone()),
            ops: Some(ops.map(|(op, _)| op.name().to_owned()).collect()),
            clock: Some(self.clock),
            inputs: Some(inputs.collect()),
            max_in_flight: Some(self.max_in_flight),
        }
    }

    /// How an operation is done.
    pub fn call(&self, op: Op) -> Option<&C> {
        match op {
            Op::Sign => self.sign.as_ref(),
            Op::Verify => self.verify.as_ref(),
            Op::Identify => None,
        }
    }

    /// What is sent before each case.
    pub fn session(&self) -> Option<&C> {
        self.session.as_ref()
    }

    /// What the answer to a vector hangs on and the description does not pass on.
    pub fn unpassed(&self, suite: &Suite, vector: &Vector) -> Option<String> {
        let op = vector.request.op;
        let names = self.call(op)?.names();
        let scheme = &suite.scheme;
        let is_its_own =
            |field: usize| op == Op::Sign && self.clock == Clock::System && scheme.is_time(field);
        for field in counted(scheme) {
            let name = &scheme.fields.at(field).name;
            let is_given = vector.request.fields.value(name).is_some();
            let is_passed = names.contains(&&InputName::Field(name.clone()));
            if is_given && !is_passed && !is_its_own(field) {
                let hint = time_hint(scheme.is_time(field));
                return Some(format!("the description passes no {{fields.{name}}}{hint}"));
            }
        }
        let has_time = scheme.time().is_some();
        let injects = names.contains(&&InputName::Now);
        if op == Op::Verify && has_time && self.clock == Clock::Injected && !injects {
            return Some(format!(
                "the description passes no {{now}}{}",
                time_hint(true)
            ));
        }
        None
    }
}

impl Native<WebCall> {
    /// The servers that its calls name.
    pub fn addresses(&self) -> impl Iterator<Item = Result<WebAddress, WebAddressError>> {
        let calls = [&self.sign, &self.verify, &self.session];
        calls.into_iter().flatten().map(|call| call.url.address())
    }
}

fn time_hint(is_time: bool) -> &'static str {
    if is_time {
        "; say clock: system if the implementation uses the real time"
    } else {
        ""
    }
}

/// The fields that count for a signature.
fn counted(scheme: &Scheme) -> impl Iterator<Item = usize> {
    let message = scheme.message.fields();
    message
        .chain(scheme.token.fields())
        .chain(scheme.secret.per)
}

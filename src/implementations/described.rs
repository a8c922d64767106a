//! Implementations as described in `macproof.yaml`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::implementations::calls::{Call, ExecCall, WebCall};
use crate::implementations::inputs::InputName;
use crate::implementations::settings::{Settings, beside, directory_of};
use crate::implementations::web_address::{WebAddress, WebAddressError};
use crate::protocol::{Clock, Hello, ImplementationInfo, PROTOCOL_VERSION};
use crate::scheme::{Place, Scheme};
use crate::signature::{Op, Slug};
use crate::suite::{InputKind, Suite, Vector};

/// The name of the built-in reference implementation, reserved in descriptions.
pub const REFERENCE: &str = "reference";

/// The implementations in a `macproof.yaml`.
#[derive(Clone, Debug)]
pub struct Implementations {
    pub(super) path: PathBuf,
    pub(super) suites: Vec<String>,
    pub(super) settings: Settings,
    pub(super) described: Vec<Described>,
    /// The text, to be read once more when it is known which suites are run.
    pub(super) text: Arc<str>,
}

/// A described implementation.
#[derive(Clone, Debug)]
pub struct Described {
    /// Its name in the file.
    pub name: Slug,
    /// How to reach it.
    pub way: Access,
    /// The build command, if it has to be built first.
    pub build: Option<Vec<String>>,
    /// The file with the certificate by which its server is trusted, from the directory of the
    /// description; only where it is reached over https, and always there.
    pub ca_file: Option<String>,
    /// Which secret it uses.
    pub secret: SecretSource,
}

/// How to reach an implementation.
#[derive(Clone, Debug)]
pub enum Access {
    /// A program that speaks the protocol, with its arguments.
    Command(Vec<String>),
    /// A server that speaks the protocol.
    Server(WebAddress),
    /// A process per case.
    Exec(Box<Native<ExecCall>>),
    /// A server that is called like its front end calls it.
    Web(Box<Native<WebCall>>),
}

impl Described {
    /// The suites whose schemes it implements, where the description says so.
    pub fn suites(&self) -> Option<&[String]> {
        match &self.way {
            Access::Command(_) | Access::Server(_) => None,
            Access::Exec(native) => Some(&native.suites),
            Access::Web(native) => Some(&native.suites),
        }
    }
}

impl Access {
    /// Whether a server is reached over TLS.
    pub(super) fn is_https(&self) -> bool {
        match self {
            Self::Command(_) | Self::Exec(_) => false,
            Self::Server(address) => address.is_https(),
            Self::Web(native) => native.addresses().flatten().any(|one| one.is_https()),
        }
    }
}

/// Which secret an implementation uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// The secret of each request.
    Request,
    /// A secret of its own, which this environment variable of macproof contains.
    Env(String),
    /// A secret of its own that macproof does not know.
    Unknown,
}

/// An implementation that does not speak the protocol.
#[derive(Clone, Debug)]
pub struct Native<C> {
    pub(super) name: String,
    /// The path of the file that describes it.
    pub(super) path: String,
    pub(super) suites: Vec<String>,
    pub(super) clock: Clock,
    pub(super) inputs: Vec<InputKind>,
    pub(super) max_in_flight: u32,
    pub(super) session: Option<C>,
    pub(super) sign: Option<C>,
    pub(super) verify: Option<C>,
    /// How it verifies by the places of a suite's scheme, by the suite's name.
    pub(super) placed: Vec<(String, C)>,
}

impl Implementations {
    /// All implementations, in file order.
    pub fn all(&self) -> &[Described] {
        &self.described
    }

    /// The suites to run if the command line names none: names, or file paths relative to this
    /// file's directory. Empty if the file does not say.
    pub fn suites(&self) -> &[String] {
        &self.suites
    }

    /// The implementation with this name.
    pub fn find(&self, name: &str) -> Option<&Described> {
        self.described.iter().find(|one| one.name.as_str() == name)
    }

    /// The directory of the file, in which commands are started.
    pub fn directory(&self) -> &Path {
        directory_of(&self.path)
    }

    /// The path, from the current directory, of a file that this one names.
    pub fn beside(&self, path: &Path) -> PathBuf {
        beside(self.directory(), path)
    }

    /// What commands take from the file where their command lines do not say it.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}

impl<C: Call> Native<C> {
    /// The hello that corresponds to the description.
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

    /// The call for an operation in a suite, if it is described: completed by the places of the
    /// suite's scheme, where the description leaves the token to these.
    pub fn call_of(&self, op: Op, suite: &str) -> Option<&C> {
        let mut placed = self.placed.iter().filter(|_| op == Op::Verify);
        let placed = placed.find(|(name, _)| name == suite);
        placed.map(|(_, call)| call).or_else(|| self.call(op))
    }

    /// The call for an operation as it is described.
    pub fn call(&self, op: Op) -> Option<&C> {
        match op {
            Op::Sign => self.sign.as_ref(),
            Op::Verify => self.verify.as_ref(),
            Op::Identify | Op::Send => None,
        }
    }

    /// The call that opens a session before each case.
    pub fn session(&self) -> Option<&C> {
        self.session.as_ref()
    }

    /// An input on which the expected answer to a vector depends but that the description does not
    /// pass on; `None` if there is none.
    pub fn unpassed(&self, suite: &Suite, vector: &Vector) -> Option<String> {
        let op = vector.request.op;
        let names = self.call_of(op, suite.name.as_str())?.names();
        let scheme = &suite.scheme;
        if op.verifies() && !names.contains(&&InputName::Token) {
            return Some(
                "the description does not pass {token}, and the scheme has no places".to_owned(),
            );
        }
        let is_its_own =
            |field: usize| op == Op::Sign && self.clock == Clock::System && scheme.is_time(field);
        for field in counted(scheme) {
            let name = &scheme.fields.at(field).name;
            let is_given = vector.request.fields.value(name).is_some();
            let is_passed = names.contains(&&InputName::Field(name.clone()));
            if is_given && !is_passed && !is_its_own(field) {
                let places = scheme.places.as_ref();
                let hint = match places.and_then(|places| places.field(field)) {
                    Some(Place::Url) => "; a server is asked at its own URL",
                    _ => time_hint(scheme.is_time(field)),
                };
                return Some(format!(
                    "the description does not pass {{fields.{name}}}{hint}"
                ));
            }
        }
        let has_time = scheme.time().is_some();
        let injects = names.contains(&&InputName::Now);
        if op.verifies() && has_time && self.clock == Clock::Injected && !injects {
            return Some(format!(
                "the description does not pass {{now}}{}",
                time_hint(true)
            ));
        }
        None
    }
}

impl Native<WebCall> {
    /// The addresses of the servers that its calls use.
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

/// The fields that influence the signature.
fn counted(scheme: &Scheme) -> impl Iterator<Item = usize> {
    let message = scheme.message.fields();
    message
        .chain(scheme.token.fields())
        .chain(scheme.secret.per)
}

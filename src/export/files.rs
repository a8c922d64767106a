//! The files of an export, as strings.

use askama::Template;

use crate::export::names::{Names, identifier};
use crate::export::{Format, Framework, vectors};
use crate::init::SuiteCode;
use crate::suite::{Expect, Level, Requirement, Suite, Vector};

/// Who writes a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// `macproof`, every time.
    Macproof,
    /// The user. `macproof` only begins it.
    User,
}

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedFile {
    /// The path, relative to the chosen folder.
    pub path: String,
    /// The content of the file.
    pub content: String,
    /// Who writes it.
    pub owner: Owner,
}

/// Where an export goes.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The folder, as the user named it.
    pub folder: &'a str,
    /// The package of the Go files that are there, if any.
    pub package: Option<&'a str>,
}

/// A suite as files of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The files.
    pub files: Vec<ExportedFile>,
    /// Whether the user has to write `sign` and `verify` before the tests ask anything.
    pub is_unwritten: bool,
    /// The command that runs the tests; `None` if there are none.
    pub command: Option<String>,
}

/// The values for the templates.
struct Slots {
    /// The suite's name.
    name: String,
    /// The same, as an identifier.
    snake: String,
    /// The same, as the name of a class.
    camel: String,
    /// The same, as the beginning of a variable.
    lower: String,
    /// What generates the files again.
    again: String,
    /// The generated code.
    code: SuiteCode,
    /// The name of a field, for an example.
    field: String,
    /// Whether items of a token may stand in any order.
    has_items: bool,
    /// The requirements that tests can hold, each as an identifier and an id.
    requirements: Vec<(String, String)>,
    /// The folder, for a language that finds a file from the working folder.
    folder: String,
    /// The Go or Java package.
    package: Option<String>,
}

/// Defines a template over the slots.
macro_rules! template {
    ($name:ident, $path:tt) => {
        #[derive(Template)]
        #[template(path = $path, escape = "none")]
        struct $name<'a>(&'a Slots);

        impl<'a> std::ops::Deref for $name<'a> {
            type Target = Slots;

            fn deref(&self) -> &Slots {
                self.0
            }
        }
    };
}

template!(PytestTest, "export/test_vectors.py");
template!(PythonCode, "export/implementation.py");
template!(VitestTest, "export/vectors.test.mjs");
template!(VitestCode, "export/implementation.mjs");
template!(JestTest, "export/vectors.test.js");
template!(JestCode, "export/implementation.cjs");
template!(GoTest, "export/vectors_test.go");
template!(GoCode, "export/implementation_test.go");
template!(JavaTest, "export/VectorsTest.java");
template!(JavaCode, "export/Implementation.java");
template!(RspecTest, "export/vectors_spec.rb");
template!(RubyCode, "export/implementation.rb");
template!(PhpunitTest, "export/VectorsTest.php");
template!(PhpCode, "export/Implementation.php");
template!(RustTest, "export/vectors.rs");
template!(RustCode, "export/implementation.rs");

impl Export {
    /// Renders a suite for a framework. `called` is how the user named the suite.
    ///
    /// Rendering a template into a string cannot fail.
    pub fn new(
        format: Format,
        suite: &Suite,
        called: &str,
        place: Place<'_>,
    ) -> Result<Self, askama::Error> {
        let snake = Names::of(suite.name.as_str()).snake;
        let Format::Tests(framework) = format else {
            let data = ExportedFile::generated(format!("{snake}_vectors.json"), vectors(suite));
            return Ok(Self {
                files: vec![data],
                is_unwritten: false,
                command: None,
            });
        };
        let slots = Slots::of(framework, suite, called, place);
        let Paths { test, code, data } = slots.paths(framework);
        Ok(Self {
            is_unwritten: slots.code.token.is_none(),
            command: Some(slots.command(framework, &test)),
            files: vec![
                ExportedFile {
                    path: code,
                    content: ended(slots.implementation(framework)?),
                    owner: Owner::User,
                },
                ExportedFile::generated(test, slots.test(framework)?),
                ExportedFile::generated(data, vectors(suite)),
            ],
        })
    }
}

impl ExportedFile {
    fn generated(path: String, content: String) -> Self {
        Self {
            path,
            content: ended(content),
            owner: Owner::Macproof,
        }
    }

    /// Whether `present`, found in its place, was generated, too.
    pub fn is_generated(&self, present: &str) -> bool {
        let head = &present[..present.floor_char_boundary(400)];
        head.contains("macproof suite export") || head.starts_with("{\"macproof_vectors\":")
    }
}

/// Where the files go.
struct Paths {
    /// The generated test.
    test: String,
    /// The user's code.
    code: String,
    /// The JSON file.
    data: String,
}

impl Slots {
    fn of(framework: Framework, suite: &Suite, called: &str, place: Place<'_>) -> Self {
        let Names {
            snake,
            camel,
            lower,
        } = Names::of(suite.name.as_str());
        let first = suite.scheme.message.fields().next();
        let in_any_order =
            |vector: &Vector| matches!(vector.expect, Expect::Token { pairs: Some(_), .. });
        let folder = place.folder.trim_end_matches('/');
        Self {
            again: format!(
                "macproof suite export {} --format {}",
                plain(called),
                framework.name()
            ),
            code: SuiteCode::new(framework.language(), suite),
            field: first
                .map(|at| suite.scheme.fields.at(at).name.clone())
                .unwrap_or_default(),
            has_items: suite.vectors.iter().any(in_any_order),
            requirements: held(suite)
                .map(|one| {
                    (
                        identifier(one.id.as_str(), "requirement"),
                        one.id.to_string(),
                    )
                })
                .collect(),
            package: match framework {
                Framework::Junit5 => java_package(folder),
                _ => place.package.map(str::to_owned),
            },
            name: suite.name.to_string(),
            folder: folder.to_owned(),
            snake,
            camel,
            lower,
        }
    }

    fn paths(&self, framework: Framework) -> Paths {
        let Self {
            name, snake, camel, ..
        } = self;
        let data = format!("{snake}_vectors.json");
        let (test, code, data) = match framework {
            Framework::Pytest => (
                format!("test_{snake}_vectors.py"),
                format!("{snake}_implementation.py"),
                data,
            ),
            Framework::Vitest => (
                format!("{name}.vectors.test.mjs"),
                format!("{name}.implementation.mjs"),
                data,
            ),
            Framework::Jest => (
                format!("{name}.vectors.test.js"),
                format!("{name}.implementation.cjs"),
                data,
            ),
            // Go's tools ignore the folder testdata.
            Framework::Go => (
                format!("{snake}_vectors_test.go"),
                format!("{snake}_implementation_test.go"),
                format!("testdata/{data}"),
            ),
            Framework::Junit5 => (
                format!("{camel}VectorsTest.java"),
                format!("{camel}Implementation.java"),
                data,
            ),
            Framework::Rspec => (
                format!("{snake}_vectors_spec.rb"),
                format!("{snake}_implementation.rb"),
                data,
            ),
            Framework::Phpunit => (
                format!("{camel}VectorsTest.php"),
                format!("{camel}Implementation.php"),
                data,
            ),
            // Cargo takes each file in `tests` for a test, but no folder.
            Framework::Rust => (
                format!("{snake}_vectors.rs"),
                format!("{snake}_vectors/implementation.rs"),
                format!("{snake}_vectors/vectors.json"),
            ),
        };
        Paths { test, code, data }
    }

    /// The command that runs the tests, from the folder where the export is made.
    fn command(&self, framework: Framework, test: &str) -> String {
        let path = self.reached(test);
        match framework {
            Framework::Pytest => format!("python3 -m pytest {path}"),
            Framework::Vitest => format!("npx vitest run {path}"),
            Framework::Jest => format!("npx jest {path}"),
            Framework::Go => format!("go test {}", go_package(&self.folder)),
            Framework::Junit5 => format!("mvn test -Dtest={}VectorsTest", self.camel),
            Framework::Rspec => format!("rspec {path}"),
            Framework::Phpunit => format!("vendor/bin/phpunit {path}"),
            Framework::Rust => format!("cargo test --test {}_vectors", self.snake),
        }
    }

    /// A path in the folder, from the folder where the export is made.
    fn reached(&self, path: &str) -> String {
        match self.folder.as_str() {
            "." => path.to_owned(),
            folder => format!("{folder}/{path}"),
        }
    }

    /// The path of the JSON file as a literal of Java.
    fn data_in_java(&self) -> String {
        let path = self.reached(&format!("{}_vectors.json", self.snake));
        serde_json::Value::from(path).to_string()
    }

    fn test(&self, framework: Framework) -> Result<String, askama::Error> {
        match framework {
            Framework::Pytest => PytestTest(self).render(),
            Framework::Vitest => VitestTest(self).render(),
            Framework::Jest => JestTest(self).render(),
            Framework::Go => GoTest(self).render(),
            Framework::Junit5 => JavaTest(self).render(),
            Framework::Rspec => RspecTest(self).render(),
            Framework::Phpunit => PhpunitTest(self).render(),
            Framework::Rust => RustTest(self).render(),
        }
    }

    fn implementation(&self, framework: Framework) -> Result<String, askama::Error> {
        match framework {
            Framework::Pytest => PythonCode(self).render(),
            Framework::Vitest => VitestCode(self).render(),
            Framework::Jest => JestCode(self).render(),
            Framework::Go => GoCode(self).render(),
            Framework::Junit5 => JavaCode(self).render(),
            Framework::Rspec => RubyCode(self).render(),
            Framework::Phpunit => PhpCode(self).render(),
            Framework::Rust => RustCode(self).render(),
        }
    }
}

/// The requirements that a test of `sign` and `verify` holds: the first that a case shows.
fn held(suite: &Suite) -> impl Iterator<Item = &Requirement> {
    let is_asked = |at: usize| {
        suite.vectors.iter().any(|vector| {
            vector.level != Level::May
                && !vector.request.op.has_context()
                && vector.shows.first() == Some(&at)
        })
    };
    let requirements = suite.requirements.iter().enumerate();
    requirements
        .filter(move |(at, _)| is_asked(*at))
        .map(|(_, one)| one)
}

/// The package of a folder in a source tree of Maven or Gradle.
fn java_package(folder: &str) -> Option<String> {
    let (_, inside) = folder.split_once("src/test/java/")?;
    let package = inside.trim_matches('/').replace('/', ".");
    (!package.is_empty()).then_some(package)
}

/// A folder as Go's tools name it.
fn go_package(folder: &str) -> String {
    if folder.starts_with(['.', '/']) {
        folder.to_owned()
    } else {
        format!("./{folder}")
    }
}

/// A word that is safe in a comment of any language, or `SUITE`.
fn plain(word: &str) -> &str {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    // `*/` would need a star; nothing else ends a comment.
    if word.chars().all(is_plain) {
        word
    } else {
        "SUITE"
    }
}

/// Templates omit the final line feed of their file, so add it.
fn ended(mut text: String) -> String {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

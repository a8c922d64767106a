//! Why a text cannot be read as a request.

/// Why a text cannot be read as a request. It quotes nothing of it: it may hold secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// It has no text.
    #[error("the request is empty")]
    Empty,
    /// It is an answer.
    #[error("this is an HTTP response, not a request")]
    Response,
    /// A line is neither a request line nor a header.
    #[error("line {0} is neither a request line (POST /path HTTP/1.1) nor a header (Name: value)")]
    Line(usize),
    /// A command is quoted for another shell.
    #[error("this curl command is quoted for cmd; copy it for bash (\"Copy as cURL (bash)\")")]
    OtherShell,
    /// A quote of a command is not closed.
    #[error("a quote in the curl command is not closed")]
    OpenQuote,
    /// An option of `curl` lacks its value.
    #[error("the curl command ends in the middle of an option")]
    OptionWithoutValue,
    /// The body of a `curl` command is in a file.
    #[error(
        "the curl command reads its body from a file, which this does not; give that file as the field: --field NAME=@FILE"
    )]
    BodyInFile,
    /// The body of a `curl` command is a multipart form.
    #[error(
        "the curl command sends a multipart form (-F), whose boundary is not known; save the request as it was sent"
    )]
    Multipart,
}

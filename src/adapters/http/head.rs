//! The head of an HTTP answer.

use hyper::header::{HeaderName, HeaderValue};

use crate::adapters::http::client::Response;
use crate::implementations::Output;

/// The head of an answer.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
}

impl Head {
    pub(super) fn of(response: &Response) -> Self {
        let header = |(name, value): (&HeaderName, &HeaderValue)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        };
        Self {
            status: response.status().as_u16(),
            headers: response.headers().iter().map(header).collect(),
        }
    }

    /// The whole answer.
    pub(super) fn output<'h>(&'h self, body: &'h [u8]) -> Output<'h> {
        Output {
            status: self.status,
            headers: &self.headers,
            body,
        }
    }
}

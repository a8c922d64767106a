//! What is sent to a server: in the protocol, or as its description says.

use hyper::Method;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};

use crate::adapters::http::client::{Request, basic};
use crate::adapters::http::round_trip::Reading;
use crate::implementations::{Call as _, Native, WebAddress, WebCall, WebRequest};
use crate::signature::Request as Asked;

/// A request, and how its answer is read.
pub(super) struct Prepared<'a> {
    pub(super) request: Request,
    /// What is sent before it.
    pub(super) session: Option<Request>,
    pub(super) reading: Reading<'a>,
}

/// A request of the protocol, or a batch of them.
pub(super) fn in_protocol(address: &WebAddress, body: Vec<u8>, is_batch: bool) -> Request {
    let kind = if is_batch {
        "application/x-ndjson"
    } else {
        "application/json"
    };
    let mut request = Request::new(Method::POST, address.url().clone());
    let kind = HeaderValue::from_static(kind);
    request.headers.insert(CONTENT_TYPE, kind);
    if let Some(basic) = basic(address.url()) {
        request.headers.insert(AUTHORIZATION, basic);
    }
    request.body = body.into();
    request
}

/// The longest URL that is sent, in bytes: what the client's library takes.
const LONGEST_URL: usize = 65_534;

/// A request as a description says; why it cannot be made of this one, if it cannot.
pub(super) fn as_described<'a>(
    native: &'a Native<WebCall>,
    asked: &Asked,
) -> Result<Prepared<'a>, String> {
    let Some(call) = native.call_of(asked.op, &asked.suite) else {
        return Err("the description does not cover this operation".to_owned());
    };
    let render = |call: &WebCall| {
        let rendered = call.render(asked).map_err(|why| why.to_string())?;
        if rendered.url.as_str().len() > LONGEST_URL {
            return Err(format!(
                "the description cannot carry it: its URL would be longer than {LONGEST_URL} bytes"
            ));
        }
        as_it_is_sent(rendered).ok_or_else(|| "the headers cannot be sent".to_owned())
    };
    Ok(Prepared {
        request: render(call)?,
        session: native.session().map(render).transpose()?,
        reading: Reading::Described {
            op: asked.op,
            rules: call.answer(),
        },
    })
}

fn as_it_is_sent(rendered: WebRequest) -> Option<Request> {
    let method = Method::from_bytes(rendered.method.as_bytes()).ok()?;
    let mut request = Request::new(method, rendered.url);
    for (name, value) in rendered.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        let value = HeaderValue::from_bytes(&value).ok()?;
        request.headers.insert(name, value);
    }
    request.body = rendered.body.into();
    Some(request)
}

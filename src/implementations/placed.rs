//! A call that is completed by the places which a scheme states.

use serde_json::Value as Json;

use crate::implementations::calls::{BodyTemplate, Call as _, WebCall};
use crate::implementations::inputs::InputName;
use crate::implementations::json_template::JsonTemplate;
use crate::implementations::text_template::{TemplatePart, TextTemplate, percent_encoded};
use crate::scheme::{Content, Place, Scheme, TimeForm};

impl WebCall {
    /// The call with the token and the fields where the scheme has them. What the description says
    /// itself stays: a header, a parameter or a body that it gives is not replaced, and a value that
    /// it passes on is not passed again. `None` where the scheme has no places.
    pub(super) fn placed(&self, scheme: &Scheme) -> Option<Self> {
        let places = scheme.places.as_ref()?;
        let mut call = self.clone();
        let optional = scheme.message.optional();
        let named = |field: usize| InputName::Field(scheme.fields.at(field).name.clone());
        call.optional = optional.map(named).collect();
        let token = (InputName::Token, &places.token, None);
        let fields = places.fields.iter().map(|(index, place)| {
            let field = scheme.fields.at(*index);
            (InputName::Field(field.name.clone()), place, Some(field))
        });
        let passed: Vec<InputName> = self.names().into_iter().cloned().collect();
        let may_have_body = self.body.is_none();
        for (name, place, field) in std::iter::once(token).chain(fields) {
            if passed.contains(&name) || place.is_in_body() && !may_have_body {
                continue;
            }
            let value = || TextTemplate::from_pieces(vec![TemplatePart::Value(name.clone())]);
            match place {
                // The server is asked at its own.
                Place::Url => {}
                Place::Header(header) => {
                    let header = header.to_ascii_lowercase();
                    if call.headers.iter().all(|(other, _)| *other != header) {
                        call.headers.push((header, value()));
                    }
                }
                Place::Query(parameter) => call.url.add_query(parameter, value()),
                Place::Cookie(cookie) => call.cookies.push((cookie.clone(), value())),
                Place::Body => {
                    // What lies in a body that is given whole is in there already.
                    call.body = Some(BodyTemplate::Raw(value()));
                    let content = field.map_or(Content::Text, |field| field.content);
                    call.add_content_type(content);
                }
                Place::Form(parameter) => {
                    let name = percent_encoded(parameter.as_bytes());
                    let pair = (String::from_utf8_lossy(&name).into_owned(), value());
                    match &mut call.body {
                        None => call.body = Some(BodyTemplate::Form(vec![pair])),
                        Some(BodyTemplate::Form(fields)) => fields.push(pair),
                        Some(BodyTemplate::Json(_) | BodyTemplate::Raw(_)) => {}
                    }
                }
                Place::Json(pointer) => {
                    let form = field.and_then(|field| field.kind.time_form());
                    let leaf = if form.is_some_and(TimeForm::is_number) {
                        JsonTemplate::Whole(name.clone())
                    } else {
                        JsonTemplate::Text(value())
                    };
                    let empty = || BodyTemplate::Json(JsonTemplate::Map(Vec::new()));
                    if let BodyTemplate::Json(json) = call.body.get_or_insert_with(empty) {
                        let steps: Vec<String> = pointer
                            .split('/')
                            .skip(1)
                            .map(|step| step.replace("~1", "/").replace("~0", "~"))
                            .collect();
                        json.put(&steps, leaf);
                    }
                }
            }
        }
        Some(call)
    }

    fn add_content_type(&mut self, content: Content) {
        let kind = match content {
            Content::Json => "application/json",
            Content::Form => "application/x-www-form-urlencoded",
            Content::Text | Content::Url => return,
        };
        if self.headers.iter().all(|(name, _)| name != "content-type") {
            let kind = TextTemplate::from_pieces(vec![TemplatePart::Literal(kind.to_owned())]);
            self.headers.push(("content-type".to_owned(), kind));
        }
    }
}

impl JsonTemplate {
    /// Puts a value where a JSON pointer leads. A list is filled up with nulls.
    fn put(&mut self, steps: &[String], leaf: Self) {
        let Some((step, rest)) = steps.split_first() else {
            *self = leaf;
            return;
        };
        let at = step.parse::<usize>().ok().filter(|&at| at < 64);
        if let (Self::Map(entries), Some(_)) = (&mut *self, at)
            && entries.is_empty()
        {
            *self = Self::List(Vec::new());
        }
        match (self, at) {
            (Self::List(items), Some(at)) => {
                while items.len() <= at {
                    items.push(Self::Constant(Json::Null));
                }
                items[at].put_below(rest, leaf);
            }
            (Self::Map(entries), _) => {
                let known = entries.iter().position(|(name, _)| name == step);
                let known = known.unwrap_or_else(|| {
                    entries.push((step.clone(), Self::Constant(Json::Null)));
                    entries.len() - 1
                });
                entries[known].1.put_below(rest, leaf);
            }
            _ => {}
        }
    }

    fn put_below(&mut self, rest: &[String], leaf: Self) {
        if matches!(self, Self::Constant(_)) && !rest.is_empty() {
            *self = Self::Map(Vec::new());
        }
        self.put(rest, leaf);
    }
}

#[cfg(test)]
mod tests {
    use crate::implementations::{Access, Call as _, Implementations, NotCarried, WebRequest};
    use crate::scheme::{Place, Scheme};
    use crate::signature::{Context, Fields, Op, Request, Secret, Secrets, Value};
    use crate::suite::Suite;

    fn suite() -> Suite {
        let text = include_str!("../../tests/suites/good/places.yaml");
        Suite::parse("places.yaml", text).unwrap()
    }

    fn fields(session: &Value) -> Fields {
        Fields::new()
            .with("url", "https://a.example/")
            .with("payload", Value::Bytes(vec![b'{', 0xff, b'}']))
            .with("user", "J\u{fc}rgen &")
            .with("session", session.clone())
            .with("order", "1")
            .with("time", 5)
    }

    fn rendered(suite: &Suite, verify: &str, session: &Value) -> Result<WebRequest, NotCarried> {
        rendered_of(suite, verify, fields(session))
    }

    fn rendered_of(suite: &Suite, verify: &str, fields: Fields) -> Result<WebRequest, NotCarried> {
        let text = format!(
            "implementations:\n  it:\n    http:\n      suites: [places]\n      verify: {{url: \"http://127.0.0.1:1/h?a=1\", accept: {{status: 200}}, reject: {{status: 401}}{verify}}}\n"
        );
        let file = Implementations::parse("macproof.yaml", &text).unwrap();
        let file = file.knowing(std::slice::from_ref(suite));
        let file = file.unwrap_or_else(|error| panic!("{error}"));
        let Access::Web(native) = &file.all()[0].way else {
            panic!();
        };
        let request = Request {
            suite: "places".into(),
            op: Op::Verify,
            secrets: Secrets::One(Secret::new("key")),
            fields,
            token: Some("t=1".into()),
            context: Context::default(),
            now: 5,
        };
        let call = native.call_of(Op::Verify, "places").unwrap();
        call.render(&request)
    }

    #[test]
    fn a_request_is_made_by_the_places() {
        let suite = suite();
        let made = rendered(&suite, "", &"s1".into()).unwrap();
        assert_eq!(made.method, "POST");
        assert_eq!(
            made.url.as_str(),
            "http://127.0.0.1:1/h?a=1&user%20id=J%C3%BCrgen%20%26"
        );
        let headers: Vec<(&str, &[u8])> = made
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), &value[..]))
            .collect();
        let due: [(&str, &[u8]); 3] = [
            ("x-signature", b"t=1"),
            ("x-time", b"5"),
            ("cookie", b"sid=s1"),
        ];
        assert_eq!(headers, due);
        assert_eq!(made.body, b"{\xff}");
        for bad in ["a;b", "a b", "a,b", "\"a\"", "\u{fc}"] {
            rendered(&suite, "", &bad.into()).unwrap_err();
        }
    }

    #[test]
    fn what_may_be_absent_is_not_sent_then() {
        let text = include_str!("../../tests/suites/good/places.yaml")
            .replace("{user}{session}", "[{user};][{session};]");
        let suite = Suite::parse("places.yaml", &text).unwrap();
        let mut fields = fields(&"s1".into());
        fields.remove("user");
        fields.remove("session");
        let made = rendered_of(&suite, "", fields.clone()).unwrap();
        assert_eq!(made.url.as_str(), "http://127.0.0.1:1/h?a=1");
        assert!(made.headers.iter().all(|(name, _)| name != "cookie"));
        fields.remove("time");
        rendered_of(&suite, "", fields).unwrap_err();
    }

    #[test]
    fn what_the_description_says_stays() {
        let suite = suite();
        let more = ", method: PUT, headers: {X-Signature: \"v {token}\"}";
        let made = rendered(&suite, more, &"s1".into()).unwrap();
        assert_eq!(
            made.headers,
            [("x-signature".to_owned(), b"v t=1".to_vec())]
        );
        assert!(made.body.is_empty(), "the token is passed, so all is said");
        let more = ", method: PUT, headers: {X-Time: \"now\", X-More: \"{fields.session}\"}, form: {a: \"1\"}";
        let made = rendered(&suite, more, &"s1".into()).unwrap();
        assert_eq!(made.method, "PUT");
        let names = made.headers.iter().map(|(name, _)| name.as_str());
        assert_eq!(
            names.collect::<Vec<_>>(),
            ["x-time", "x-more", "x-signature", "content-type"]
        );
        assert_eq!(made.body, b"a=1");
    }

    #[test]
    fn a_body_of_parts_is_put_together() {
        let with = |places: &[(&str, Place)]| {
            let mut suite = suite();
            let scheme: &mut Scheme = &mut suite.scheme;
            let index = |name: &str| scheme.fields.index(name).unwrap();
            let fields = places
                .iter()
                .map(|(name, place)| (index(name), place.clone()));
            let fields = fields.collect();
            scheme.places.as_mut().unwrap().fields = fields;
            let made = rendered(&suite, "", &"s1".into()).unwrap();
            (String::from_utf8(made.body).unwrap(), made.headers)
        };
        let json = |pointer: &str| Place::Json(pointer.to_owned());
        let (body, headers) = with(&[
            ("order", json("/data/1/id")),
            ("time", json("/data/1/at")),
            ("session", json("/s~1s")),
        ]);
        assert_eq!(body, r#"{"data":[null,{"id":"1","at":5}],"s/s":"s1"}"#);
        assert!(headers.contains(&("content-type".to_owned(), b"application/json".to_vec())));
        let form = |name: &str| Place::Form(name.to_owned());
        let (body, _) = with(&[("order", form("o r")), ("time", form("t"))]);
        assert_eq!(body, "o%20r=1&t=5");
    }
}

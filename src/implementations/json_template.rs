//! JSON whose strings are templates.

use serde_json::Value as Json;

use crate::implementations::inputs::{InputName, NotCarried};
use crate::implementations::text_template::{TextTemplate, TextTemplateError, verbatim};
use crate::protocol::write_ascii;
use crate::signature::Request;

/// JSON whose strings are templates. A string that consists of `{fields.NAME:json}` alone is
/// replaced by the value itself, which may be a number.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum JsonTemplate {
    Text(TextTemplate),
    Whole(InputName),
    Constant(Json),
    List(Vec<JsonTemplate>),
    Map(Vec<(String, JsonTemplate)>),
}

impl JsonTemplate {
    /// Parses the templates in all strings except keys.
    pub(super) fn parse(json: Json) -> Result<Self, TextTemplateError> {
        Ok(match json {
            Json::String(text) => match whole(&text) {
                Some(name) => Self::Whole(name),
                None => Self::Text(TextTemplate::parse(&text)?),
            },
            Json::Array(items) => {
                let items = items.into_iter().map(Self::parse);
                Self::List(items.collect::<Result<_, _>>()?)
            }
            Json::Object(entries) => {
                let entry = |(key, value)| Self::parse(value).map(|value| (key, value));
                Self::Map(entries.into_iter().map(entry).collect::<Result<_, _>>()?)
            }
            constant => Self::Constant(constant),
        })
    }

    pub(super) fn render(&self, request: &Request) -> Result<Vec<u8>, NotCarried> {
        let mut out = Vec::new();
        write_ascii(&self.value(request)?, &mut out);
        Ok(out)
    }

    fn value(&self, request: &Request) -> Result<Json, NotCarried> {
        Ok(match self {
            Self::Text(template) => {
                let text = template.render(request, verbatim)?;
                let text = String::from_utf8(text).map_err(|_| {
                    NotCarried("a value is not valid UTF-8, so JSON cannot contain it".to_owned())
                })?;
                Json::String(text)
            }
            Self::Whole(name) => serde_json::to_value(&*name.value(request)?)
                .map_err(|error| NotCarried(error.to_string()))?,
            Self::Constant(json) => json.clone(),
            Self::List(items) => {
                let items = items.iter().map(|item| item.value(request));
                Json::Array(items.collect::<Result<_, _>>()?)
            }
            Self::Map(entries) => {
                let entry =
                    |(key, value): &(String, Self)| Ok((key.clone(), value.value(request)?));
                Json::Object(entries.iter().map(entry).collect::<Result<_, _>>()?)
            }
        })
    }

    pub(super) fn add_names<'t>(&'t self, names: &mut Vec<&'t InputName>) {
        match self {
            Self::Text(template) => names.extend(template.names()),
            Self::Whole(name) => names.push(name),
            Self::Constant(_) => {}
            Self::List(items) => items.iter().for_each(|item| item.add_names(names)),
            Self::Map(entries) => entries.iter().for_each(|(_, value)| value.add_names(names)),
        }
    }
}

fn whole(text: &str) -> Option<InputName> {
    let inside = text.strip_prefix('{')?.strip_suffix(":json}")?;
    InputName::parse(inside)
}

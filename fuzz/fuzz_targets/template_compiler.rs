//! Asserts: a message template that compiles means what reading it piece by piece means, and a token template that compiles writes tokens that it reads back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use macproof::scheme::{Field, FieldKind, FieldSet, FieldTexts, Layout, Message, TimeForm};
use macproof::signature::{Fields, Segment, Template};
use macproof_fuzz::filtered_by_hand;

/// Reads the template anew for every message, as somebody would who compiles nothing.
fn interpreted(text: &str, fields: &Fields) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let template = Template::with_brackets(text).ok()?;
    let brackets = template.brackets();
    let is_absent = |segment: &Segment| match segment {
        Segment::Placeholder { name, .. } => fields.value(name).is_none(),
        Segment::Literal(_) => false,
    };
    for (segment, within) in std::iter::zip(template.segments(), brackets) {
        let mut beside = std::iter::zip(template.segments(), brackets);
        if within.is_some() && beside.any(|(other, there)| there == within && is_absent(other)) {
            continue;
        }
        match segment {
            Segment::Literal(text) => out.extend_from_slice(text.as_bytes()),
            Segment::Placeholder { name, filters, .. } => {
                let mut bytes = fields.value(name)?.to_bytes()?.into_owned();
                for filter in filters {
                    bytes = filtered_by_hand(filter, &bytes)?;
                }
                out.extend_from_slice(&bytes);
            }
        }
    }
    Some(out)
}

fuzz_target!(|input: (&str, &str, u64, [u8; 32], bool)| {
    let (template, user, time, mac, is_given) = input;
    let time = time >> 11;
    let field = |name: &str, kind| Field::new(name, kind);
    let set = FieldSet::new(vec![
        field("user", FieldKind::Text),
        field("time", FieldKind::Time(TimeForm::UnixSeconds)),
        field("kind", FieldKind::Enum(vec!["email".into(), "id".into()])),
        field("session", FieldKind::Text),
    ]);
    let number = i64::try_from(time).unwrap_or_default();
    let mut fields = Fields::new().with("user", user).with("time", number).with("kind", "id");
    if is_given {
        fields.set("session", "s-1");
    }
    let texts = FieldTexts::read(&set, &fields).expect("these are values of their types");
    if let Ok(message) = Message::compile(template, &set) {
        assert_eq!(message.render(&set, &texts).ok(), interpreted(template, &fields));
    }
    if let (Ok(layout), true) = (Layout::compile(template, &set, mac.len()), is_given) {
        let token = layout.render(&set, &mac, &texts).expect("all fields are there");
        let found = layout.parse(&set, &token).expect("what was written can be read");
        assert_eq!(layout.render_match(&found), token);
        if layout.mac_encoding().is_some() {
            assert_eq!(found.mac.as_deref(), Some(&mac[..]));
        }
    }
});

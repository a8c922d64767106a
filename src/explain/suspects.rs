//! What a verifier may have done wrong, and the inputs by which that shows.

use std::borrow::Cow;

use crate::explain::Finding;
use crate::explain::details::detail;
use crate::mistakes::{
    Choice, FormWords, Inputs, Mistake, MistakeId, Pipeline, Step, Stop, catalogue, loosely,
};
use crate::results::Causes;
use crate::scheme::{FieldKind, FieldTexts, Scheme, Verification};
use crate::signature::{Context, Fields, Op, Request, Secret, Value};

/// More forms of one mistake than that are not tried.
pub const FORMS_TRIED: usize = 13;

/// A way to make tokens that a verifier may expect.
#[derive(Clone, Debug)]
pub(super) struct Suspect {
    pub(super) pipeline: Pipeline,
}

impl Suspect {
    /// Its mistakes, in the order of signing.
    pub(super) fn ids(&self) -> Vec<MistakeId> {
        let choices = self.pipeline.choices();
        choices.map(|choice| choice.mistake.id).collect()
    }

    /// Whether it makes one mistake.
    pub(super) fn is_single(&self) -> bool {
        self.pipeline.choices().count() == 1
    }

    /// Both at once; `None` where they change the same step.
    pub(super) fn and(&self, other: &Self) -> Option<Self> {
        let mut both = self.clone();
        for choice in other.pipeline.choices() {
            let is_taken = |known: Choice| known.mistake.excludes(choice.mistake);
            if self.pipeline.choices().any(is_taken) {
                return None;
            }
            both.pipeline = both.pipeline.with(choice);
        }
        Some(both)
    }

    /// How often it is seen, the most frequent first.
    pub(super) fn rank(&self) -> usize {
        let ranks = self
            .pipeline
            .choices()
            .map(|choice| choice.mistake.rank_in_stage() + 8 * choice.form);
        ranks.sum()
    }
}

/// The mistakes of signing that can make a difference in a scheme, those of the token only where
/// nobody tells the secret.
pub(super) fn applicable(scheme: &Scheme, own_tokens_only: bool) -> Vec<&'static Mistake> {
    catalogue()
        .iter()
        .filter(|mistake| !mistake.is_of_verifying() && mistake.applies(scheme).is_ok())
        .filter(|mistake| !own_tokens_only || mistake.step() >= Step::MacBytes)
        .collect()
}

/// One suspect for each form of a mistake that makes a token of any of these inputs.
pub(super) fn suspects_of(mistake: &'static Mistake, inputs: &[Input<'_>]) -> Vec<Suspect> {
    let mut suspects = Vec::new();
    for form in 0..FORMS_TRIED {
        let suspect = Suspect {
            pipeline: Pipeline::right().with(Choice { mistake, form }),
        };
        // A form that changes nothing here may be followed by one that does.
        let makes_a_token = |input: &Input<'_>| input.made_by(&suspect.pipeline).is_some();
        if inputs.iter().any(makes_a_token) {
            suspects.push(suspect);
        }
    }
    suspects
}

/// The same in the words of a report. Several forms make the same tokens: what their words share is
/// told, and each of them where the sentence needs one.
pub(super) fn causes(alike: &[&Suspect], input: &Input<'_>) -> Causes {
    let inputs = input.inputs();
    let Some(first) = alike.first() else {
        return Causes {
            mistakes: Vec::new(),
        };
    };
    let mention = |(at, choice): (usize, Choice)| {
        let choices = alike
            .iter()
            .filter_map(|other| other.pipeline.choices().nth(at));
        let forms: Vec<FormWords> = choices.map(|choice| detail(choice, &inputs)).collect();
        let form = shared(&forms, choice.mistake.title_tells_its_form());
        Finding::new(choice.mistake, inputs.scheme, &form).mention(None)
    };
    Causes {
        mistakes: first.pipeline.choices().enumerate().map(mention).collect(),
    }
}

/// The words that these forms share; `in_any_case` has their details as a choice where they differ.
fn shared(forms: &[FormWords], in_any_case: bool) -> FormWords {
    let mut details: Vec<&str> = Vec::new();
    for form in forms {
        if !details.contains(&form.detail.as_str()) {
            details.push(&form.detail);
        }
    }
    let first = forms.first().cloned().unwrap_or_default();
    FormWords {
        detail: if in_any_case || details.len() == 1 {
            details.join(" or ")
        } else {
            String::new()
        },
        of: first
            .of
            .filter(|of| forms.iter().all(|form| form.of.as_ref() == Some(of))),
        place: if forms.iter().all(|form| form.place == first.place) {
            first.place
        } else {
            ""
        },
    }
}

/// An input whose right token is known.
#[derive(Clone, Debug)]
pub(super) struct Input<'a> {
    pub(super) scheme: &'a Scheme,
    suite: &'a str,
    /// What is asked; its token is the right one.
    pub(super) request: Cow<'a, Request>,
    /// All that is signed.
    fields: Fields,
    /// What is signed, as bytes.
    pub(super) message: Vec<u8>,
    pub(super) right: String,
    /// The right MAC, where the implementation alone can make it.
    mac: Option<Vec<u8>>,
    /// Whether it is to be signed when it is sent.
    real_time: bool,
    /// How many seconds older its times are than those of the input that it was varied from.
    age: u64,
    /// Whether it stands in no suite.
    pub(super) is_variant: bool,
}

impl<'a> Input<'a> {
    /// The input of a request whose token is right; `None` where the token is not the canonical
    /// one, or not of the scheme's form.
    pub(super) fn of(
        scheme: &'a Scheme,
        suite: &'a str,
        request: &'a Request,
        real_time: bool,
        own_tokens_only: bool,
    ) -> Option<Self> {
        let right = request.token.as_ref()?.as_text()?;
        let parsed = scheme.token.parse(&scheme.fields, right)?;
        let fields = scheme.complete(&request.fields, &parsed)?;
        let mac = own_tokens_only
            .then(|| parsed.macs().next().map(<[u8]>::to_vec))
            .flatten();
        if own_tokens_only {
            mac.as_ref()?;
        } else if scheme.sign(&request.secrets, &fields).ok()? != right {
            return None;
        }
        Some(Self {
            message: message(scheme, &fields)?,
            right: right.to_owned(),
            request: Cow::Borrowed(request),
            scheme,
            suite,
            fields,
            mac,
            real_time,
            age: 0,
            is_variant: false,
        })
    }

    /// The input of a request whose token is wrong; it need not have a right one.
    pub(super) fn of_wrong(
        scheme: &'a Scheme,
        suite: &'a str,
        request: &'a Request,
        real_time: bool,
    ) -> Option<Self> {
        let token = request.token.as_ref()?.as_text()?;
        let mut fields = request.fields.clone();
        if let Some(parsed) = scheme.token.parse(&scheme.fields, token) {
            fields = scheme.complete(&fields, &parsed)?;
        } else {
            let loose = loosely(scheme, token).into_iter().next();
            for (at, text) in loose.into_iter().flat_map(|loose| loose.fields) {
                fields.set(scheme.fields.at(at).name.clone(), text);
            }
        }
        Some(Self {
            fields,
            real_time,
            ..Self::bare(scheme, suite, request)
        })
    }

    /// Just a request, where no token is to be made for it.
    pub(super) fn bare(scheme: &'a Scheme, suite: &'a str, request: &'a Request) -> Self {
        Self {
            scheme,
            suite,
            request: Cow::Borrowed(request),
            fields: request.fields.clone(),
            message: Vec::new(),
            right: String::new(),
            mac: None,
            real_time: false,
            age: 0,
            is_variant: false,
        }
    }

    /// Whether both ask the same message under the same secret.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.message == other.message && self.request.secrets == other.request.secrets
    }

    fn inputs(&self) -> Inputs<'_> {
        Inputs {
            scheme: self.scheme,
            secrets: &self.request.secrets,
            fields: &self.fields,
            now: self.request.now,
            millis: None,
        }
    }

    /// The token that a pipeline makes of it, where that is a wrong one.
    pub(super) fn made_by(&self, pipeline: &Pipeline) -> Option<String> {
        let token = self.token(pipeline).ok()?;
        (!self.is_right(&token)).then_some(token)
    }

    fn token(&self, pipeline: &Pipeline) -> Result<String, Stop> {
        match &self.mac {
            None => pipeline.token(&self.inputs()),
            Some(mac) => self.spelt(pipeline, mac),
        }
    }

    /// A token of that form with a MAC that has nothing to do with it.
    fn spelt(&self, pipeline: &Pipeline, mac: &[u8]) -> Result<String, Stop> {
        let inputs = self.inputs();
        let texts = pipeline.read(self.scheme, &self.fields)?;
        let times = pipeline.time(&inputs, &texts)?;
        let mac = pipeline.spell(self.scheme, mac)?;
        pipeline.assemble(&inputs, &texts, &times, &mac)
    }

    fn is_right(&self, token: &str) -> bool {
        if self.mac.is_some() {
            return token == self.right;
        }
        let presented = Value::Text(token.to_owned());
        let request = &self.request;
        self.scheme.verify(
            &request.secrets,
            &request.fields,
            Some(&presented),
            request.now,
        ) == Verification::Accepted
    }

    /// Another message of the same kind with its right token; `None` where there is nothing to
    /// change. See [`Self::like`].
    pub(super) fn varied(&self, by: u8, age: u64, other_secret: bool) -> Option<Self> {
        let scheme = self.scheme;
        let mut other = self.like(by, age, other_secret)?.signed()?;
        let request = other.request.to_mut();
        let is_accepted = scheme.verify(
            &request.secrets,
            &request.fields,
            request.token.as_ref(),
            request.now,
        ) == Verification::Accepted;
        (is_accepted && other.message != self.message).then_some(other)
    }

    /// The same with the right token of its fields.
    pub(super) fn signed(mut self) -> Option<Self> {
        self.message = message(self.scheme, &self.fields)?;
        self.right = self.scheme.sign(&self.request.secrets, &self.fields).ok()?;
        self.request.to_mut().token = Some(Value::Text(self.right.clone()));
        Some(self)
    }

    /// The same with other letters and digits inside its texts, its times so many seconds older,
    /// and perhaps another secret of the same kind; `None` where the implementation alone can make
    /// tokens.
    pub(super) fn like(&self, by: u8, age: u64, other_secret: bool) -> Option<Self> {
        if self.mac.is_some() {
            return None;
        }
        let scheme = self.scheme;
        let mut fields = self.fields.clone();
        let mut request = self.request.clone().into_owned();
        for at in scheme.message.fields() {
            if scheme.secret.per == Some(at) {
                continue;
            }
            let field = scheme.fields.at(at);
            for (from, to) in [
                (&self.fields, &mut fields),
                (&self.request.fields, &mut request.fields),
            ] {
                let was = from.value(&field.name);
                if let Some(other) = was.and_then(|was| another(&field.kind, was, by, age)) {
                    to.set(field.name.clone(), other);
                }
            }
        }
        if other_secret {
            for secret in request.secrets.iter_mut() {
                *secret = another_secret(scheme, secret, by)?;
            }
        }
        Some(Self {
            fields,
            request: Cow::Owned(request),
            age,
            is_variant: true,
            ..self.clone()
        })
    }

    /// The same at that second, where its tokens are signed when they are sent.
    fn at(&self, now: Option<u64>) -> Cow<'_, Self> {
        // What the implementation alone can sign is not signed again.
        let Some(now) = now.filter(|_| self.real_time && self.mac.is_none()) else {
            return Cow::Borrowed(self);
        };
        let scheme = self.scheme;
        let mut other = self.clone();
        let mut request = self.request.clone().into_owned();
        request.now = now;
        for (field, form) in scheme.times() {
            let second = now.saturating_sub(self.age);
            let time = second.saturating_mul(form.per_second());
            let present = |was: &Value| match was {
                Value::Number(_) => form.value(time),
                _ => Value::Text(form.write(time)),
            };
            for fields in [&mut other.fields, &mut request.fields] {
                if let Some(time) = fields.value(&field.name).map(present) {
                    fields.set(field.name.clone(), time);
                }
            }
        }
        if let Ok(right) = scheme.sign(&request.secrets, &other.fields) {
            other.right = right;
        }
        other.request = Cow::Owned(request);
        Cow::Owned(other)
    }
}

/// What is presented for an input.
#[derive(Clone, Debug)]
pub(super) enum Presented {
    /// Its right token.
    Right,
    /// The one that a pipeline makes.
    By(Pipeline),
    /// One of that pipeline's form, with another MAC.
    Control(Pipeline, Vec<u8>),
    /// Just this one.
    Literal(Value),
}

/// What is asked of a verifier to find out what it expects.
#[derive(Clone, Debug)]
pub struct Probe<'a> {
    pub(super) input: Input<'a>,
    pub(super) presented: Presented,
    /// The sets of mistakes that make the token, or whose form it has.
    pub mistakes: Vec<Vec<MistakeId>>,
}

impl Probe<'_> {
    /// The name of the suite.
    pub fn suite(&self) -> &str {
        self.input.suite
    }

    /// Whether the right token is presented.
    pub fn is_right(&self) -> bool {
        matches!(self.presented, Presented::Right)
    }

    /// Whether the token's MAC is made with a random key.
    pub fn is_control(&self) -> bool {
        matches!(
            self.presented,
            Presented::Control(..) | Presented::Literal(_)
        )
    }

    /// The token that a mistake makes, where one is presented.
    pub(super) fn made(&self) -> Option<String> {
        match &self.presented {
            Presented::By(pipeline) => self.input.token(pipeline).ok(),
            Presented::Right | Presented::Control(..) | Presented::Literal(_) => None,
        }
    }

    /// What is asked, at that second where tokens are signed when they are sent.
    pub fn request(&self, now: u64) -> Request {
        let input = self.input.at(Some(now));
        let token = match &self.presented {
            Presented::Right => Some(Value::Text(input.right.clone())),
            Presented::By(pipeline) => input.token(pipeline).ok().map(Value::Text),
            Presented::Control(pipeline, mac) => input.spelt(pipeline, mac).ok().map(Value::Text),
            Presented::Literal(token) => Some(token.clone()),
        };
        Request {
            op: Op::Verify,
            token,
            context: Context::default(),
            ..input.request.clone().into_owned()
        }
    }
}

fn message(scheme: &Scheme, fields: &Fields) -> Option<Vec<u8>> {
    let texts = FieldTexts::read(&scheme.fields, fields).ok()?;
    scheme.message.render(&scheme.fields, &texts).ok()
}

/// Another value of a field, of the same kind.
fn another(kind: &FieldKind, was: &Value, by: u8, age: u64) -> Option<Value> {
    match (kind, was) {
        (FieldKind::Text, Value::Text(text)) => Some(Value::Text(varied(text, by))),
        (FieldKind::Text, Value::Number(number)) => {
            number.checked_add(i64::from(by)).map(Value::Number)
        }
        (FieldKind::Enum(values), Value::Text(text)) => {
            let at = values.iter().position(|value| value == text)?;
            let next = values.get((at + usize::from(by)) % values.len())?;
            Some(Value::Text(next.clone()))
        }
        (FieldKind::Time(form), Value::Text(text)) => {
            form.later(text, -i128::from(age)).map(Value::Text)
        }
        (FieldKind::Time(form), Value::Number(time)) => {
            let older = i64::try_from(age.checked_mul(form.per_second())?).ok()?;
            time.checked_sub(older).map(Value::Number)
        }
        _ => None,
    }
}

/// Another secret of the same form, with the same prefix.
fn another_secret(scheme: &Scheme, secret: &Secret, by: u8) -> Option<Secret> {
    let text = std::str::from_utf8(secret.reveal()).ok()?;
    let prefix = scheme.secret.strip_prefix.as_deref().unwrap_or_default();
    let (prefix, rest) = match text.strip_prefix(prefix) {
        Some(rest) => (prefix, rest),
        None => ("", text),
    };
    let other = Secret::new(format!("{prefix}{}", varied(rest, by)));
    (other.reveal() != secret.reveal()).then_some(other)
}

/// Other letters and digits of the same kind inside a text. Its ends stay, and so do zeros: they
/// may be what makes it special.
fn varied(text: &str, by: u8) -> String {
    let turned = |c: char, first: u8, last: u8| {
        let count = last - first + 1;
        let place = u8::try_from(c).unwrap_or(first) - first;
        char::from(first + (place + by) % count)
    };
    let change = |c: char| match c {
        '1'..='9' => turned(c, b'1', b'9'),
        'a'..='f' => turned(c, b'a', b'f'),
        'g'..='z' => turned(c, b'g', b'z'),
        'A'..='F' => turned(c, b'A', b'F'),
        'G'..='Z' => turned(c, b'G', b'Z'),
        other => other,
    };
    let count = text.chars().count();
    let is_inside = |at: usize| count < 4 || (at > 0 && at + 1 < count);
    text.chars()
        .enumerate()
        .map(|(at, c)| if is_inside(at) { change(c) } else { c })
        .collect()
}

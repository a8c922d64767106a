//! The mistakes themselves.

use crate::mistakes::applicability::{signs_text, signs_text_as_spelt};
use crate::mistakes::content::RAW_BODY;
use crate::mistakes::documents::{form, json_printing, json_writing, url};
use crate::mistakes::identity_forms::of_text;
use crate::mistakes::{Change, Form, Mistake, MistakeId, Stage};

const ENTRY: Mistake = Mistake {
    id: MistakeId(""),
    title: "",
    wrong: "",
    remedy: "Sign the bytes as they came, before they are parsed.",
    hints: RAW_BODY,
    seen: "",
    stage: Stage::Identity,
    case_of: None,
    applies: signs_text,
    change: Change::Identity(|identity| Form::only(identity.right.to_vec())),
};

/// What to change where a URL is signed.
const AS_REQUESTED: &str = "Sign the URL exactly as it was requested; behind a proxy, build it from what the proxy received.";

pub(in crate::mistakes) const MISTAKES: &[Mistake] = &[
    Mistake {
        id: MistakeId("identity-json-rewritten"),
        title: "the JSON of {identity} is parsed and written again",
        wrong: "Blanks, escapes, numbers or the order of names are no longer those of the sender.",
        seen: "JSON.stringify(req.body), json.dumps(request.json)",
        change: Change::Identity(|identity| of_text(identity.right, json_writing::rewritten)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-json-sorted"),
        title: "the JSON of {identity} is written again with its names sorted",
        wrong: "The names of objects are no longer in the order of the sender.",
        seen: "Go's json.Marshal of a map, json.dumps(…, sort_keys=True)",
        change: Change::Identity(|identity| {
            of_text(identity.right, json_writing::with_sorted_names)
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-json-printed"),
        title: "the parsed JSON of {identity} is signed as a language prints it",
        wrong: "An object or a list is turned into text as for a log, which is not JSON.",
        seen: "str(dict), Map.toString(), fmt.Sprint(map)",
        change: Change::Identity(|identity| of_text(identity.right, json_printing::printed)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-form-rewritten"),
        title: "the form fields of {identity} are decoded and encoded again",
        wrong: "Programs differ in how they encode blanks and marks, so other bytes are signed.",
        seen: "querystring.stringify, URLSearchParams, urlencode, http_build_query",
        applies: signs_text_as_spelt,
        change: Change::Identity(|identity| form::rewritten(identity.right)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-form-sorted"),
        title: "the form fields of {identity} are sorted",
        wrong: "The fields are no longer in the order of the sender.",
        applies: signs_text_as_spelt,
        change: Change::Identity(|identity| form::sorted(identity.right)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-form-as-json"),
        title: "the form fields of {identity} are signed as JSON",
        wrong: "The fields are decoded, and the object that holds them is written as JSON.",
        change: Change::Identity(|identity| form::as_json(identity.right)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-percent-decoded"),
        title: "{identity} is percent-decoded",
        wrong: "Escapes such as %40 are decoded once more than the sender encoded them.",
        remedy: "Sign the text as it came, with its escapes.",
        change: Change::Identity(|identity| {
            vec![
                Form::new(form::decoded(identity.right, true), "+ becomes a blank"),
                Form::new(form::decoded(identity.right, false), "+ stays"),
            ]
        }),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-escapes-in-other-case"),
        title: "the percent escapes of {identity} are written in {form:another case}",
        wrong: "%2f becomes %2F, or the other way round.",
        remedy: "Sign the text as it came, with its escapes.",
        applies: signs_text_as_spelt,
        change: Change::Identity(|identity| url::escapes_in_other_case(identity.right)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-url-scheme-changed"),
        title: "http and https are exchanged in {identity}",
        wrong: "Behind a proxy that ends TLS, a server takes the request for one by http.",
        remedy: AS_REQUESTED,
        hints: &[],
        seen: "X-Forwarded-Proto that is not read",
        change: Change::Identity(|identity| url::scheme_changed(identity.right)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-url-port-changed"),
        title: "{identity} is signed with another port",
        wrong: "A port that the sender wrote is missing, or one is written that it left out.",
        remedy: AS_REQUESTED,
        hints: &[],
        change: Change::Identity(|identity| url::port_changed(identity.right)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-url-last-slash-changed"),
        title: "the slash at the end of the path of {identity} is {form:left out or added}",
        wrong: "A router or a library normalises the path.",
        remedy: AS_REQUESTED,
        hints: &[],
        change: Change::Identity(|identity| url::last_slash_changed(identity.right)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-url-part"),
        title: "a part of the URL in {identity} is signed",
        wrong: "The scheme or the documents ask for the whole URL.",
        remedy: "Sign the whole URL as it was requested.",
        hints: &[],
        change: Change::Identity(|identity| url::part(identity.right)),
        ..ENTRY
    },
    Mistake {
        id: MistakeId("identity-url-query-sorted"),
        title: "the query of {identity} is sorted",
        wrong: "Its parameters are no longer in the order of the sender.",
        remedy: AS_REQUESTED,
        hints: &[],
        change: Change::Identity(|identity| url::query_sorted(identity.right)),
        ..ENTRY
    },
];

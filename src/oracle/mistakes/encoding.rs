//! Mistakes from the MAC to its text.

use crate::mistakes::applicability::{
    always, encodes_other_than, mac_longer_than, pads, percent_encoding_changes_it,
};
use crate::mistakes::encoding_forms::{
    base32, big_integer, byte_list, hex_with, latin1, percent_decoded, read_base32, read_base64,
    read_big_integer, read_byte_list, read_hex, read_hex_inside, read_hex_with, read_latin1,
    read_without_leading_zeros, without_leading_zeros,
};
use crate::mistakes::encoding_prints::{
    printed_bytes, read_printed_bytes, read_sign_extended, sign_extended,
};
use crate::mistakes::identity_forms::percent_encoded;
use crate::mistakes::{Change, Form, Forms, Hash, Mistake, MistakeId, Stage};
use crate::signature::Encoding;

const ENTRY: Mistake = Mistake {
    id: MistakeId(""),
    title: "",
    wrong: "",
    remedy: "",
    hints: &[],
    seen: "",
    stage: Stage::Encoding,
    case_of: None,
    applies: always,
    change: Change::Spelling {
        spell: |mac| Form::only(hex::encode(mac)),
        read: read_hex,
    },
};

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        id: MistakeId("encoding-upper-case"),
        title: "the MAC is in upper-case hex",
        wrong: "The scheme writes the MAC in {encoding}.",
        remedy: "Print the MAC in {encoding}.",
        seen: "vendors' examples for C# and Java",
        applies: |scheme| encodes_other_than(scheme, Encoding::HexUpper),
        change: Change::Spelling {
            spell: |mac| Form::only(hex::encode_upper(mac)),
            read: read_hex,
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-base64"),
        title: "the MAC is in base64",
        wrong: "The scheme writes the MAC in {encoding}.",
        remedy: "Print the MAC in {encoding}.",
        seen: "origin#2883, bifrost#726",
        applies: |scheme| encodes_other_than(scheme, Encoding::Base64),
        change: Change::Spelling {
            spell: |mac| Form::only(Encoding::Base64.encode(mac)),
            read: read_base64,
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-hex"),
        title: "the MAC is in hex",
        wrong: "The scheme writes the MAC in {encoding}.",
        remedy: "Print the MAC in {encoding}.",
        seen: "origin#2883, bifrost#726",
        applies: |scheme| encodes_other_than(scheme, Encoding::Hex),
        change: Change::Spelling {
            spell: |mac| Form::only(hex::encode(mac)),
            read: read_hex,
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-line-feed-behind"),
        title: "{form:a line feed stands behind} the signature",
        wrong: "What encodes or prints the signature adds something to it.",
        remedy: "Hand over the signature alone, without blanks or line endings.",
        hints: &[("ruby", "Base64.strict_encode64, not encode64")],
        seen: "MagicBell's old guide, Ruby's Base64.encode64",
        change: Change::Wrapping {
            wrap: |text| {
                vec![
                    Form::new(format!("{text}\n"), "a line feed stands behind"),
                    Form::new(
                        format!("{text}\r\n"),
                        "a carriage return and a line feed stand behind",
                    ),
                    Form::new(format!("{text} "), "a blank stands behind"),
                    Form::new(format!(" {text}"), "a blank stands before"),
                ]
            },
            unwrap: |text| vec![text.trim().to_owned()],
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-base64-of-hex-text"),
        title: "the MAC is in base64 of its hex text",
        wrong: "The hex text is encoded in base64, not the bytes that it spells.",
        remedy: "Encode the MAC's bytes once; ask the HMAC function for bytes, not for hex.",
        seen: "PHP's hash_hmac gives hex unless its last argument is true",
        change: Change::Spelling {
            spell: |mac| {
                vec![
                    Form::new(Encoding::Base64.encode(hex::encode(mac).as_bytes()), ""),
                    Form::new(
                        Encoding::Base64Unpadded.encode(hex::encode(mac).as_bytes()),
                        "without padding",
                    ),
                    Form::new(
                        Encoding::Base64.encode(hex::encode_upper(mac).as_bytes()),
                        "in capitals",
                    ),
                ]
            },
            read: |text| read_hex_inside(&read_base64(text)),
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-algorithm-prefix"),
        title: "the name of the algorithm stands before the signature",
        wrong: "What the scheme writes before a signature is not this.",
        remedy: "Hand over the signature without it.",
        change: Change::Wrapping {
            wrap: |text| {
                let prefixed = |separator: &str| {
                    Hash::ALL.map(|hash| {
                        let prefix = format!("{}{separator}", hash.prefix());
                        Form::new(format!("{prefix}{text}"), prefix)
                    })
                };
                let mut forms: Forms<String> =
                    ["=", ":", "-"].into_iter().flat_map(prefixed).collect();
                // That of SHA-256 is by far the likeliest.
                forms.sort_by_key(|form| form.detail != "sha256=");
                forms
            },
            unwrap: |text| {
                let bare = |hash: Hash| {
                    text.strip_prefix(hash.prefix())?
                        .strip_prefix(['=', ':', '-'])
                };
                Hash::ALL
                    .into_iter()
                    .filter_map(bare)
                    .map(str::to_owned)
                    .collect()
            },
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-quoted"),
        title: "quotes stand around the signature",
        wrong: "The signature was taken out of JSON or printed with its quotes.",
        remedy: "Take the quotes off.",
        change: Change::Wrapping {
            wrap: |text| {
                vec![
                    Form::new(format!("\"{text}\""), "double quotes"),
                    Form::new(format!("'{text}'"), "single quotes"),
                    Form::new(format!("b'{text}'"), "b'…'"),
                ]
            },
            unwrap: |text| {
                let bare = text.strip_prefix('b').unwrap_or(text);
                vec![bare.trim_matches(['"', '\'']).to_owned()]
            },
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-other-text-around"),
        title: "something else stands around the signature",
        wrong: "The token holds the signature among other characters than the scheme's.",
        remedy: "Write the token as {token}.",
        change: Change::Wrapping {
            wrap: |text| {
                vec![
                    Form::new(format!("Some({text})"), "Some(…)"),
                    Form::new(format!("Optional(\"{text}\")"), "Optional(\"…\")"),
                ]
            },
            unwrap: |text| {
                let inside = |before: &str, behind: &str| {
                    let bare = text.strip_prefix(before)?.strip_suffix(behind)?;
                    Some(bare.to_owned())
                };
                [inside("Some(", ")"), inside("Optional(\"", "\")")]
                    .into_iter()
                    .flatten()
                    .collect()
            },
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-0x-prefix"),
        title: "{form:0x} stands before the signature",
        wrong: "The hex is printed as a literal of a programming language.",
        remedy: "Take it off.",
        change: Change::Wrapping {
            wrap: |text| {
                vec![
                    Form::new(format!("0x{text}"), "0x"),
                    Form::new(format!("0X{text}"), "0X"),
                    Form::new(format!("\\x{text}"), "\\x"),
                ]
            },
            unwrap: |text| {
                ["0x", "0X", "\\x"]
                    .into_iter()
                    .filter_map(|prefix| text.strip_prefix(prefix).map(str::to_owned))
                    .collect()
            },
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-percent-encoded"),
        title: "the signature is percent-encoded",
        wrong: "The signature is handed over as it stands in a URL.",
        remedy: "Percent-encode the signature only where a URL is built, and decode it where it is taken out.",
        applies: percent_encoding_changes_it,
        change: Change::Wrapping {
            wrap: |text| {
                percent_encoded(text.as_bytes())
                    .into_iter()
                    .filter_map(|form| {
                        Some(Form::new(String::from_utf8(form.value).ok()?, form.detail))
                    })
                    .collect()
            },
            unwrap: |text| percent_decoded(text).into_iter().collect(),
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-base64url"),
        title: "the MAC is in base64url",
        wrong: "The scheme writes the MAC in {encoding}.",
        remedy: "Print the MAC in {encoding}.",
        applies: |scheme| encodes_other_than(scheme, Encoding::Base64url),
        change: Change::Spelling {
            spell: |mac| Form::only(Encoding::Base64url.encode(mac)),
            read: read_base64,
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-base64-unpadded"),
        title: "the MAC is in base64 without padding",
        wrong: "The scheme writes the MAC in {encoding}.",
        remedy: "Print the MAC in {encoding}.",
        applies: |scheme| {
            encodes_other_than(scheme, Encoding::Base64Unpadded)?;
            if pads(scheme) {
                Ok(())
            } else {
                encodes_other_than(scheme, Encoding::Base64)
            }
        },
        change: Change::Spelling {
            spell: |mac| Form::only(Encoding::Base64Unpadded.encode(mac)),
            read: read_base64,
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-base64url-unpadded"),
        title: "the MAC is in base64url without padding",
        wrong: "The scheme writes the MAC in {encoding}; this encoding is that of JWT.",
        remedy: "Print the MAC in {encoding}.",
        applies: |scheme| {
            encodes_other_than(scheme, Encoding::Base64urlUnpadded)?;
            if pads(scheme) {
                Ok(())
            } else {
                encodes_other_than(scheme, Encoding::Base64url)
            }
        },
        change: Change::Spelling {
            spell: |mac| Form::only(Encoding::Base64urlUnpadded.encode(mac)),
            read: read_base64,
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-dashes"),
        title: "dashes stand between the bytes of the MAC",
        wrong: "The bytes are printed as 6A-40-3A.",
        remedy: "Take the dashes out, and print the MAC in {encoding}.",
        hints: &[(
            "csharp",
            "Convert.ToHexStringLower, not BitConverter.ToString",
        )],
        seen: "vendors' examples for C#",
        change: Change::Spelling {
            spell: |mac| hex_with(mac, "-"),
            read: |text| read_hex_with(text, '-'),
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-colons"),
        title: "colons stand between the bytes of the MAC",
        wrong: "The bytes are printed as 6a:40:3a.",
        remedy: "Take the colons out, and print the MAC in {encoding}.",
        change: Change::Spelling {
            spell: |mac| hex_with(mac, ":"),
            read: |text| read_hex_with(text, ':'),
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-no-leading-zeros"),
        title: "bytes of the MAC are printed without their leading zero",
        wrong: "Bytes below 16 take one digit instead of two.",
        remedy: "Print two hex digits for every byte, and the MAC in {encoding}.",
        hints: &[
            ("java", "HexFormat.of().formatHex, not Integer.toHexString"),
            ("csharp", "x2"),
        ],
        seen: "vendors' examples for Java and C#",
        change: Change::Spelling {
            spell: |mac| {
                Form::only(String::from_utf8_lossy(&without_leading_zeros(mac)).into_owned())
            },
            read: read_without_leading_zeros,
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-big-integer"),
        title: "the MAC is printed as one big number",
        wrong: "A number loses leading zeros and may have a sign; one token in sixteen is shorter.",
        remedy: "Encode the MAC's bytes, in {encoding}.",
        hints: &[("java", "HexFormat.of().formatHex, not BigInteger")],
        seen: "vendors' examples for Java",
        change: Change::Spelling {
            spell: big_integer,
            read: read_big_integer,
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-sign-extended"),
        title: "bytes of the MAC from 128 on are printed with a sign",
        wrong: "A byte is taken for a signed number, so that ffffffe3 stands for e3.",
        remedy: "Take the lowest eight bits of each byte, print two hex digits for it, and the MAC in {encoding}.",
        hints: &[("java", "HexFormat.of().formatHex, not Integer.toHexString")],
        change: Change::Spelling {
            spell: sign_extended,
            read: read_sign_extended,
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-printed-bytes"),
        title: "the MAC is printed as a language shows its bytes",
        wrong: "The bytes are turned into text as for a log, and not encoded.",
        remedy: "Encode the MAC in {encoding} before it is printed.",
        hints: &[
            ("javascript", ".digest('hex') or .toString('hex')"),
            ("python", ".hexdigest(), not str(digest)"),
        ],
        change: Change::Spelling {
            spell: printed_bytes,
            read: read_printed_bytes,
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-byte-list"),
        title: "the MAC is printed as a list of numbers",
        wrong: "The array of bytes is printed and not encoded.",
        remedy: "Encode the MAC in {encoding} before it is printed.",
        change: Change::Spelling {
            spell: byte_list,
            read: read_byte_list,
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-hex-of-hex-text"),
        title: "the MAC is in hex of its hex text",
        wrong: "The hex text is encoded in hex again.",
        remedy: "Encode the MAC's bytes once.",
        change: Change::Spelling {
            spell: |mac| Form::only(hex::encode(hex::encode(mac))),
            read: |text| read_hex_inside(&read_hex(text)),
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-raw-bytes"),
        title: "the MAC's bytes are taken for characters",
        wrong: "The raw bytes are handed over as ISO 8859-1 text.",
        remedy: "Encode the MAC in {encoding}.",
        change: Change::Spelling {
            spell: |mac| Form::only(latin1(mac)),
            read: read_latin1,
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-base32"),
        title: "the MAC is in base32",
        wrong: "The scheme writes the MAC in {encoding}.",
        remedy: "Print the MAC in {encoding}.",
        change: Change::Spelling {
            spell: |mac| {
                let padded = base32(mac);
                let bare = padded.trim_end_matches('=').to_owned();
                vec![
                    Form::new(padded.clone(), "padded"),
                    Form::new(bare.clone(), "without padding"),
                    Form::new(bare.to_lowercase(), "in small letters, without padding"),
                    Form::new(padded.to_lowercase(), "in small letters, padded"),
                ]
            },
            read: read_base32,
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-cut-to-16-bytes"),
        title: "the MAC is cut to 16 bytes",
        wrong: "Only the first half of the MAC is handed over.",
        remedy: "Hand over the whole MAC.",
        applies: |scheme| mac_longer_than(scheme, 16),
        change: Change::MacBytes {
            change: |mac| Form::only(mac[..mac.len().min(16)].to_vec()),
            undo: |mac| vec![mac.to_vec()],
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-cut-to-20-bytes"),
        title: "the MAC is cut to 20 bytes",
        wrong: "Only the first 20 bytes of the MAC are handed over, as if it were SHA-1's.",
        remedy: "Hand over the whole MAC.",
        applies: |scheme| mac_longer_than(scheme, 20),
        change: Change::MacBytes {
            change: |mac| Form::only(mac[..mac.len().min(20)].to_vec()),
            undo: |mac| vec![mac.to_vec()],
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-cut-short"),
        title: "the MAC is cut short",
        wrong: "Only the first bytes of the MAC are handed over.",
        remedy: "Hand over the whole MAC.",
        applies: |scheme| mac_longer_than(scheme, 8),
        change: Change::MacBytes {
            change: |mac| {
                let lengths = (8..mac.len()).filter(|length| ![16, 20].contains(length));
                let forms: Forms<Vec<u8>> = lengths
                    .map(|length| Form::new(mac[..length].to_vec(), format!("to {length} bytes")))
                    .collect();
                if forms.is_empty() {
                    Form::only(mac.to_vec())
                } else {
                    forms
                }
            },
            undo: |mac| vec![mac.to_vec()],
        },
        ..ENTRY
    },
    Mistake {
        id: MistakeId("encoding-bytes-reversed"),
        title: "the MAC's bytes stand in reverse order",
        wrong: "The bytes are printed from the last to the first, as of a little-endian number.",
        remedy: "Print the MAC from its first byte on.",
        change: Change::MacBytes {
            change: |mac| Form::only(mac.iter().rev().copied().collect()),
            undo: |mac| vec![mac.iter().rev().copied().collect()],
        },
        ..ENTRY
    },
];

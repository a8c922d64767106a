//! A MAC as languages print its bytes.

use crate::mistakes::content_forms::python_bytes;
use crate::mistakes::encoding_forms::{read_hex, read_without_leading_zeros};
use crate::mistakes::{Form, Forms};

/// Bytes that are taken for signed numbers: those from 128 on get a sign of eight digits.
pub(super) fn sign_extended(mac: &[u8]) -> Forms<String> {
    let extended = |byte: &u8, small: String| match byte {
        0x80.. => format!("ffffff{byte:02x}"),
        _ => small,
    };
    let padded = mac.iter().map(|byte| extended(byte, format!("{byte:02x}")));
    let bare = mac.iter().map(|byte| extended(byte, format!("{byte:x}")));
    vec![
        Form::new(padded.collect(), ""),
        Form::new(bare.collect(), "and without leading zeros"),
    ]
}

/// What such a text may have been printed from.
pub(super) fn read_sign_extended(text: &str) -> Vec<Vec<u8>> {
    if !text.contains("ffffff") {
        return Vec::new();
    }
    let bare = text.replace("ffffff", "");
    let mut found = read_hex(&bare);
    found.extend(read_without_leading_zeros(&bare));
    found
}

/// A buffer of Node.js, which shows 50 bytes, and bytes of Python.
pub(super) fn printed_bytes(mac: &[u8]) -> Forms<String> {
    let shown = |byte: &u8| format!(" {byte:02x}");
    let buffer: String = mac.iter().take(50).map(shown).collect();
    let more = match mac.len().saturating_sub(50) {
        0 => String::new(),
        rest => format!(" ... {rest} more bytes"),
    };
    vec![
        Form::new(format!("<Buffer{buffer}{more}>"), "a buffer"),
        Form::new(
            String::from_utf8_lossy(&python_bytes(mac)).into_owned(),
            "bytes",
        ),
    ]
}

/// The bytes that were printed so.
pub(super) fn read_printed_bytes(text: &str) -> Vec<Vec<u8>> {
    if let Some(buffer) = text.strip_prefix("<Buffer ") {
        let digits = buffer.split([' ', '>']).take_while(|byte| byte.len() == 2);
        return read_hex(&digits.collect::<String>());
    }
    let inside = text
        .strip_prefix("b'")
        .and_then(|text| text.strip_suffix('\''));
    let inside = inside.or_else(|| text.strip_prefix("b\"")?.strip_suffix('"'));
    inside.and_then(from_python).into_iter().collect()
}

/// The bytes inside the quotes of Python's `repr`.
fn from_python(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, others)) = rest.split_first() {
        rest = others;
        if first != b'\\' {
            bytes.push(first);
            continue;
        }
        let (&kind, others) = rest.split_first()?;
        rest = others;
        bytes.push(match kind {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'x' => {
                let mut byte = [0];
                hex::decode_to_slice(rest.get(..2)?, &mut byte).ok()?;
                rest = &rest[2..];
                byte[0]
            }
            other => other,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{printed_bytes, read_printed_bytes, read_sign_extended, sign_extended};

    #[test]
    fn bytes_from_128_on_get_a_sign() {
        let [padded, bare] = &sign_extended(&[0xe3, 0x07])[..] else {
            panic!()
        };
        assert_eq!(padded.value, "ffffffe307");
        assert_eq!(bare.value, "ffffffe37");
    }

    proptest! {
        #[test]
        fn prints_are_read_again(mac in prop::collection::vec(any::<u8>(), 32)) {
            for form in printed_bytes(&mac) {
                prop_assert_eq!(read_printed_bytes(&form.value), vec![mac.clone()], "{}", form.value);
            }
            let extended = &sign_extended(&mac)[0].value;
            // Bytes of 255 look like a sign of their own.
            if extended.contains("ffffff") && !mac.contains(&0xff) {
                prop_assert!(read_sign_extended(extended).contains(&mac), "{}", extended);
            }
        }
    }
}

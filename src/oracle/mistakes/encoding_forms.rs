//! MACs as other programs print them, and back.
//!
//! What reads a text gives the bytes that it may stand for. A reader may give too much, never too
//! little: whatever it gives is printed again and compared before anything is said of it.

use crate::mistakes::{Form, Forms};
use crate::signature::Encoding;

/// How many bytes MACs have, whole or cut.
const MAC_LENGTHS: [usize; 7] = [16, 20, 24, 28, 32, 48, 64];

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Base32 (RFC 4648), padded.
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut buffer, mut bits) = (0_u32, 0);
    for &byte in bytes {
        buffer = (buffer << 8 | u32::from(byte)) & 0xfff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(base32_digit(buffer >> bits));
        }
    }
    if bits > 0 {
        text.push(base32_digit(buffer << (5 - bits)));
    }
    while !text.len().is_multiple_of(8) {
        text.push('=');
    }
    text
}

fn base32_digit(value: u32) -> char {
    char::from(BASE32[value as usize & 31])
}

/// Base32 in either case, padded or not.
pub fn read_base32(text: &str) -> Vec<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut buffer, mut bits) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let Some(value) = (0_u32..)
            .zip(BASE32)
            .find(|(_, digit)| **digit == byte.to_ascii_uppercase())
            .map(|(value, _)| value)
        else {
            return Vec::new();
        };
        buffer = (buffer << 5 | value) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits).to_be_bytes()[3]);
        }
    }
    vec![bytes]
}

/// Each byte in hex without its leading zero, as `%x` prints it.
pub fn without_leading_zeros(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .flat_map(|byte| format!("{byte:x}").into_bytes())
        .collect()
}

/// What such a text may have been printed from: each byte had one digit or two. Only the first
/// eight bytes are told; behind them stand zeros, as many as the MAC had bytes.
pub fn read_without_leading_zeros(text: &str) -> Vec<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect();
    let Some(digits) = digits else {
        return Vec::new();
    };
    // One byte in sixteen loses a digit; a quarter of them would be chance indeed.
    let fits = |bytes: &usize| {
        let missing = (2 * bytes).saturating_sub(digits.len());
        missing > 0 && missing <= (bytes / 4).max(4)
    };
    let lengths: Vec<usize> = MAC_LENGTHS.into_iter().filter(fits).collect();
    if lengths.is_empty() {
        return Vec::new();
    }
    let (heads, tails) = (heads(&digits), tails(&digits));
    let padded = |length: usize| {
        let behind = move |head: &Vec<u8>| [&head[..], &vec![0; length - KNOWN]].concat();
        let before = move |tail: &Vec<u8>| [&vec![0; length - KNOWN], &tail[..]].concat();
        let heads = heads.iter().map(behind);
        heads
            .chain(tails.iter().map(before))
            .collect::<Vec<Vec<u8>>>()
    };
    lengths.into_iter().flat_map(padded).collect()
}

/// How many bytes at either end are told from digits that may lack some: as many as a match needs.
const KNOWN: usize = 8;

/// The first bytes that such digits may be: each of one digit, or of two if the first is no zero.
fn heads(digits: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut open: Vec<(usize, Vec<u8>)> = vec![(0, Vec::new())];
    while let Some((at, bytes)) = open.pop() {
        if bytes.len() == KNOWN {
            found.push(bytes);
            continue;
        }
        let Some(&first) = digits.get(at) else {
            continue;
        };
        let with = |byte: u8| [&bytes[..], &[byte]].concat();
        open.push((at + 1, with(first)));
        if let (1.., Some(second)) = (first, digits.get(at + 1)) {
            open.push((at + 2, with(first << 4 | second)));
        }
    }
    found
}

/// The last bytes that they may be, for a MAC whose bytes were reversed.
fn tails(digits: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut open: Vec<(&[u8], Vec<u8>)> = vec![(digits, Vec::new())];
    while let Some((rest, bytes)) = open.pop() {
        if bytes.len() == KNOWN {
            found.push(bytes);
            continue;
        }
        let Some((&last, before)) = rest.split_last() else {
            continue;
        };
        let with = |byte: u8| [&[byte], &bytes[..]].concat();
        open.push((before, with(last)));
        if let Some((&first @ 1.., before)) = before.split_last() {
            open.push((before, with(first << 4 | last)));
        }
    }
    found
}

/// One big number, in hex or decimal, as `BigInteger` prints it: without leading zeros, or with a
/// sign.
pub fn big_integer(bytes: &[u8]) -> Forms<String> {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let magnitude = if negative {
        negated(bytes)
    } else {
        bytes.to_vec()
    };
    let sign = if negative { "-" } else { "" };
    vec![
        Form::new(hex_number(bytes), "in hex, without leading zeros"),
        Form::new(decimal(bytes), "in decimal"),
        Form::new(
            format!("{sign}{}", hex_number(&magnitude)),
            "in hex, with a sign",
        ),
        Form::new(
            format!("{sign}{}", decimal(&magnitude)),
            "in decimal, with a sign",
        ),
    ]
}

/// The bytes of a big integer in decimal digits.
pub fn read_big_integer(text: &str) -> Vec<Vec<u8>> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let mut magnitudes = Vec::new();
    if digits.bytes().all(|b| b.is_ascii_hexdigit()) && (8..=128).contains(&digits.len()) {
        let even = if digits.len().is_multiple_of(2) {
            ""
        } else {
            "0"
        };
        magnitudes.extend(hex::decode(format!("{even}{digits}")).ok());
    }
    if digits.bytes().all(|b| b.is_ascii_digit()) && (20..=160).contains(&digits.len()) {
        magnitudes.push(from_decimal(digits));
    }
    magnitudes
        .iter()
        .flat_map(|magnitude| {
            MAC_LENGTHS
                .into_iter()
                .filter(|&length| length >= magnitude.len() && length - magnitude.len() <= 4)
                .map(|length| {
                    let mut padded = vec![0; length - magnitude.len()];
                    padded.extend_from_slice(magnitude);
                    if negative { negated(&padded) } else { padded }
                })
        })
        .collect()
}

fn hex_number(bytes: &[u8]) -> String {
    let text = hex::encode(bytes);
    match text.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits => digits.to_owned(),
    }
}

/// Two's complement.
fn negated(bytes: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = bytes.iter().map(|byte| !byte).collect();
    for byte in out.iter_mut().rev() {
        let carried;
        (*byte, carried) = byte.overflowing_add(1);
        if !carried {
            break;
        }
    }
    out
}

fn decimal(bytes: &[u8]) -> String {
    // Nine digits at a time, the lowest first.
    let mut limbs: Vec<u64> = vec![0];
    for &byte in bytes {
        let mut carry = u64::from(byte);
        for limb in &mut limbs {
            let value = (*limb << 8) + carry;
            *limb = value % 1_000_000_000;
            carry = value / 1_000_000_000;
        }
        if carry > 0 {
            limbs.push(carry);
        }
    }
    let mut limbs = limbs.into_iter().rev();
    let first = limbs.next().unwrap_or_default().to_string();
    limbs.fold(first, |text, limb| format!("{text}{limb:09}"))
}

fn from_decimal(digits: &str) -> Vec<u8> {
    let mut bytes: Vec<u8> = Vec::new();
    for digit in digits.bytes() {
        let mut carry = u32::from(digit - b'0');
        for byte in bytes.iter_mut().rev() {
            let value = u32::from(*byte) * 10 + carry;
            *byte = value.to_be_bytes()[3];
            carry = value >> 8;
        }
        if carry > 0 {
            bytes.insert(0, carry.to_be_bytes()[3]);
        }
    }
    bytes
}

/// A list of numbers, signed as Java's `Arrays.toString`, unsigned as JavaScript and Python.
pub fn byte_list(bytes: &[u8]) -> Forms<String> {
    let signed: Vec<String> = bytes.iter().map(|b| b.cast_signed().to_string()).collect();
    let unsigned: Vec<String> = bytes.iter().map(u8::to_string).collect();
    vec![
        Form::new(
            format!("[{}]", signed.join(", ")),
            "signed, in brackets, with commas and blanks",
        ),
        Form::new(signed.join(","), "signed, with commas"),
        Form::new(unsigned.join(","), "unsigned, with commas"),
        Form::new(
            format!("[{}]", unsigned.join(", ")),
            "unsigned, in brackets, with commas and blanks",
        ),
        Form::new(
            format!("[{}]", unsigned.join(",")),
            "unsigned, in brackets, with commas",
        ),
        Form::new(
            format!("[{}]", unsigned.join(" ")),
            "unsigned, in brackets, with blanks",
        ),
    ]
}

/// The bytes of a printed list of numbers.
pub fn read_byte_list(text: &str) -> Vec<Vec<u8>> {
    let inside = text.trim_start_matches('[').trim_end_matches(']');
    let separator = if inside.contains(',') { ',' } else { ' ' };
    let byte = |item: &str| -> Option<u8> {
        let number: i16 = item.trim().parse().ok()?;
        u8::try_from(number)
            .ok()
            .or_else(|| i8::try_from(number).ok().map(i8::cast_unsigned))
    };
    let bytes: Option<Vec<u8>> = inside.split(separator).map(byte).collect();
    bytes.into_iter().collect()
}

/// Hex with something between the bytes; .NET's `BitConverter` prints capitals.
pub fn hex_with(bytes: &[u8], separator: &str) -> Forms<String> {
    let join =
        |digits: fn(&u8) -> String| bytes.iter().map(digits).collect::<Vec<_>>().join(separator);
    vec![
        Form::new(join(|byte| format!("{byte:02X}")), "in capitals"),
        Form::new(join(|byte| format!("{byte:02x}")), "in small letters"),
    ]
}

/// The bytes of hex digits with a separator between them.
pub fn read_hex_with(text: &str, separator: char) -> Vec<Vec<u8>> {
    if text.contains(separator) {
        read_hex(&text.replace(separator, ""))
    } else {
        Vec::new()
    }
}

/// Hex in either case.
pub fn read_hex(text: &str) -> Vec<Vec<u8>> {
    hex::decode(text).into_iter().collect()
}

/// Base64 in either alphabet, padded or not.
pub fn read_base64(text: &str) -> Vec<Vec<u8>> {
    let unpadded = text.trim_end_matches('=');
    let bytes = Encoding::Base64Unpadded
        .decode(unpadded)
        .or_else(|| Encoding::Base64urlUnpadded.decode(unpadded));
    bytes.into_iter().collect()
}

/// The bytes of a text that spells hex text, in hex or base64.
pub fn read_hex_inside(outer: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let inner = |bytes: &Vec<u8>| hex::decode(bytes).ok();
    outer.iter().filter_map(inner).collect()
}

/// The raw bytes as characters of ISO 8859-1.
pub fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

/// The bytes of a text of which each character is one.
pub fn read_latin1(text: &str) -> Vec<Vec<u8>> {
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    // What is printable through and through is no raw MAC.
    bytes
        .into_iter()
        .filter(|bytes| !bytes.iter().all(u8::is_ascii_graphic))
        .collect()
}

/// Percent-encoding undone.
pub fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        if *first == b'%' {
            let digits = behind.get(..2)?;
            bytes.extend(hex::decode(digits).ok()?);
            rest = &behind[2..];
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        base32, big_integer, byte_list, latin1, percent_decoded, read_base32, read_big_integer,
        read_byte_list, read_latin1, read_without_leading_zeros, without_leading_zeros,
    };

    #[test]
    fn encodings_match_other_implementations() {
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI======");
        assert_eq!(base32(b"foo"), "MZXW6===");
        assert_eq!(without_leading_zeros(&[0, 1, 0x10, 0xff]), b"0110ff");
        let texts = |bytes: &[u8]| -> Vec<String> {
            big_integer(bytes)
                .into_iter()
                .map(|form| form.value)
                .collect()
        };
        // java.math.BigInteger, of one sign and of two's complement.
        assert_eq!(texts(&[0, 0x0f, 0xff]), ["fff", "4095", "fff", "4095"]);
        assert_eq!(
            texts(&[0xff, 0]),
            ["ff00", "65280", "-0100", "-256"].map(|t| t.replace("-0", "-"))
        );
        assert_eq!(byte_list(&[1, 255])[0].value, "[1, -1]");
        assert_eq!(percent_decoded("a%2Bb%3D").as_deref(), Some("a+b="));
        assert_eq!(percent_decoded("a%2"), None);
    }

    proptest! {
        #[test]
        fn printed_forms_are_recognised_when_read(
            mac in prop::sample::select(vec![16_usize, 20, 28, 32, 48, 64])
                .prop_flat_map(|n| prop::collection::vec(prop_oneof![1 => 0_u8..16, 9 => any::<u8>()], n)),
        ) {
            let head = |found: Vec<Vec<u8>>| found.iter().any(|b| b.len() >= 8 && b[..8] == mac[..8]);
            prop_assert!(head(read_base32(&base32(&mac))));
            let text = String::from_utf8(without_leading_zeros(&mac)).unwrap();
            let missing = 2 * mac.len() - text.len();
            if missing > 0 && missing <= (mac.len() / 4).max(4) {
                prop_assert!(head(read_without_leading_zeros(&text)));
            }
            // More than four bytes of zeros are not looked for.
            if mac[..3].iter().any(|&byte| byte != 0) && mac[..3].iter().any(|&byte| byte != 255) {
                for form in big_integer(&mac) {
                    prop_assert!(head(read_big_integer(&form.value)), "{}", form.value);
                }
            }
            for form in byte_list(&mac) {
                prop_assert!(head(read_byte_list(&form.value)), "{}", form.value);
            }
            if !mac.iter().all(u8::is_ascii_graphic) {
                prop_assert!(head(read_latin1(&latin1(&mac))));
            }
        }
    }
}

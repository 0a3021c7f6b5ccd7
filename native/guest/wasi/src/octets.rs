//! Bytes on their way to the host: as a string of the characters U+0000 to U+00FF (`../wit` says why).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// Encodes bytes. Those that are ASCII stay where they are.
pub fn encode(bytes: &[u8]) -> Cow<'_, str> {
    if bytes.is_ascii() {
        // SAFETY: ASCII is UTF-8.
        return Cow::Borrowed(unsafe { core::str::from_utf8_unchecked(bytes) });
    }
    let mut encoded = Vec::with_capacity(2 * bytes.len());
    for &byte in bytes {
        if byte < 0x80 {
            encoded.push(byte);
        } else {
            encoded.extend_from_slice(&[0xc0 | byte >> 6, 0x80 | byte & 0x3f]);
        }
    }
    // SAFETY: each byte of 0x80 and more became the two bytes of its character.
    Cow::Owned(unsafe { String::from_utf8_unchecked(encoded) })
}

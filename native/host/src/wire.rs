//! How Hyperlight carries component values between guest and host.
//!
//! The format is that of `hyperlight-component-util` 0.17 (`src/hl.rs`): each parameter and each result is one byte
//! vector; integers are native-endian; a string or a list is a `u32` count and its bytes or elements; a `bool` is one byte;
//! a `result` is one byte, 0 for ok and 1 for error, and the payload; a record is its fields in order. Its own generated decoder panics on
//! malformed input and builds byte lists element by element. The guest is hostile, so the host decodes with these
//! functions instead, which are total.

use std::borrow::Cow;

use hyperlight_host::{HyperlightError, new_error};

/// Reads values from the front of a byte vector that the guest sent.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], HyperlightError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], HyperlightError> {
        self.take(N)?.try_into().map_err(|_| malformed())
    }

    pub(crate) fn u8(&mut self) -> Result<u8, HyperlightError> {
        Ok(u8::from_ne_bytes(self.array()?))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, HyperlightError> {
        Ok(u32::from_ne_bytes(self.array()?))
    }

    pub(crate) fn i32(&mut self) -> Result<i32, HyperlightError> {
        Ok(i32::from_ne_bytes(self.array()?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64, HyperlightError> {
        Ok(u64::from_ne_bytes(self.array()?))
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], HyperlightError> {
        let count = self.u32()?;
        self.take(usize::try_from(count).map_err(|_| malformed())?)
    }

    pub(crate) fn string(&mut self) -> Result<&'a str, HyperlightError> {
        std::str::from_utf8(self.bytes()?).map_err(|_| malformed())
    }

    pub(crate) fn bool(&mut self) -> Result<bool, HyperlightError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(malformed()),
        }
    }

    /// Bytes that came as a string of the characters U+0000 to U+00FF.
    pub(crate) fn octets(&mut self) -> Result<Cow<'a, [u8]>, HyperlightError> {
        let bytes = self.bytes()?;
        if bytes.is_ascii() {
            return Ok(Cow::Borrowed(bytes));
        }
        let mut octets = Vec::with_capacity(bytes.len());
        let mut rest = bytes.iter();
        while let Some(&first) = rest.next() {
            octets.push(match first {
                0..0x80 => first,
                0xc2 | 0xc3 => match rest.next() {
                    Some(&second @ 0x80..0xc0) => first << 6 | second & 0x3f,
                    _ => return Err(malformed()),
                },
                _ => return Err(malformed()),
            });
        }
        Ok(Cow::Owned(octets))
    }

    /// Ends the reading: what is left over is malformed, too.
    pub(crate) fn end(self) -> Result<(), HyperlightError> {
        if self.0.is_empty() { Ok(()) } else { Err(malformed()) }
    }
}

fn malformed() -> HyperlightError {
    new_error!("the guest sent a malformed call")
}

/// Builds what is sent to the guest. Counts are below 4 GiB: replies are bounded far below.
#[derive(Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    pub(crate) fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(crate) fn bool(&mut self, value: bool) {
        self.0.push(value.into());
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_ne_bytes());
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_ne_bytes());
    }

    /// A string or a `list<u8>`.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.u32(bytes.len() as u32);
        self.0.extend_from_slice(bytes);
    }

    /// The record `block`: bytes, eight in each number.
    pub(crate) fn block(&mut self, bytes: &[u8]) {
        let words = bytes.len().div_ceil(8);
        self.u32(bytes.len() as u32);
        self.u32(words as u32);
        self.0.extend_from_slice(bytes);
        // The guest is x86-64: a number's lowest byte comes first.
        self.0.resize(self.0.len() + words * 8 - bytes.len(), 0);
    }

    /// What was encoded before.
    pub(crate) fn append(&mut self, encoded: &[u8]) {
        self.0.extend_from_slice(encoded);
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn end(self) -> Vec<u8> {
        self.0
    }
}

/// Encodes a string or a `list<u8>` that is all there is.
pub(crate) fn bytes(bytes: &[u8]) -> Vec<u8> {
    let mut out = Writer::with_capacity(4 + bytes.len());
    out.bytes(bytes);
    out.end()
}

/// Encodes a `result` whose payload is a string or a `list<u8>`.
pub(crate) fn result(is_error: bool, payload: &[u8]) -> Vec<u8> {
    let mut out = Writer::with_capacity(5 + payload.len());
    out.bool(is_error);
    out.bytes(payload);
    out.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_were_written() {
        let mut sent = bytes("grüße".as_bytes());
        sent.extend_from_slice(&7u64.to_ne_bytes());
        let mut reader = Reader::new(&sent);
        assert_eq!(reader.string().ok(), Some("grüße"));
        assert_eq!(reader.u64().ok(), Some(7));
        assert!(reader.end().is_ok());
    }

    #[test]
    fn a_count_beyond_the_end_is_refused_without_allocating() {
        let sent = u32::MAX.to_ne_bytes();
        assert!(Reader::new(&sent).bytes().is_err());
    }

    #[test]
    fn invalid_utf8_is_refused() {
        assert!(Reader::new(&bytes(&[0xff])).string().is_err());
    }

    #[test]
    fn bytes_left_over_are_refused() {
        let mut reader = Reader::new(&[1, 2]);
        assert_eq!(reader.u8().ok(), Some(1));
        assert!(reader.end().is_err());
    }

    #[test]
    fn octets_are_every_byte_and_nothing_else() {
        let all: Vec<u8> = (0..=255).collect();
        let sent = bytes(all.iter().map(|byte| char::from(*byte)).collect::<String>().as_bytes());
        assert_eq!(Reader::new(&sent).octets().ok().as_deref(), Some(&all[..]));
        let others: [&[u8]; 5] = ["\u{100}".as_bytes(), &[0xc2], &[0xc2, b'a'], &[0xc0, 0x80], &[0x80]];
        for other in others {
            assert!(Reader::new(&bytes(other)).octets().is_err(), "{other:?}");
        }
    }

    #[test]
    fn a_block_is_filled_up_to_whole_numbers() {
        let mut out = Writer::default();
        out.block(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
        let sent = out.end();
        let mut reader = Reader::new(&sent);
        assert_eq!((reader.u32().ok(), reader.u32().ok()), (Some(9), Some(2)));
        assert_eq!(reader.u64().ok(), Some(0x0807_0605_0403_0201));
        assert_eq!(reader.u64().ok(), Some(9));
        assert!(reader.end().is_ok());
    }

    #[test]
    fn a_bool_is_0_or_1() {
        let read = |byte| Reader::new(&[byte]).bool().ok();
        assert_eq!([read(0), read(1), read(2)], [Some(false), Some(true), None]);
    }

    /// Every prefix of a valid message, and every single-byte change, is either read or refused; nothing panics.
    #[test]
    fn no_input_panics() {
        let mut sent = bytes(b"tool");
        sent.extend(bytes("{ü}".as_bytes()));
        let read = |bytes: &[u8]| {
            let mut reader = Reader::new(bytes);
            let _ = reader.string().and_then(|_| reader.bytes().map(|_| ()));
            let _ = Reader::new(bytes).octets();
        };
        for end in 0..sent.len() {
            read(&sent[..end]);
        }
        for index in 0..sent.len() {
            for value in 0..=u8::MAX {
                let mut changed = sent.clone();
                changed[index] = value;
                read(&changed);
            }
        }
    }
}

//! How Hyperlight carries component values between guest and host.
//!
//! The format is that of `hyperlight-component-util` 0.17 (`src/hl.rs`): each parameter and each result is one byte
//! vector; integers are native-endian; a string or a `list<u8>` is a `u32` count and its bytes; a `result` is one byte, 0
//! for ok and 1 for error, and the payload; a record is its fields in order. Its own generated decoder panics on
//! malformed input and builds byte lists element by element. The guest is hostile, so the host decodes with these
//! functions instead, which are total.

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

    /// Ends the reading: what is left over is malformed, too.
    pub(crate) fn end(self) -> Result<(), HyperlightError> {
        if self.0.is_empty() { Ok(()) } else { Err(malformed()) }
    }
}

fn malformed() -> HyperlightError {
    new_error!("the guest sent a malformed call")
}

/// Encodes a string or a `list<u8>`. `bytes` is shorter than 4 GiB: replies are bounded far below.
pub(crate) fn bytes(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(4 + bytes.len());
    out.extend_from_slice(&(bytes.len() as u32).to_ne_bytes());
    out.extend_from_slice(bytes);
    out
}

/// Encodes a `result<string, string>`.
pub(crate) fn result(is_error: bool, text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(5 + text.len());
    out.push(u8::from(is_error));
    out.extend_from_slice(&(text.len() as u32).to_ne_bytes());
    out.extend_from_slice(text);
    out
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

    /// Every prefix of a valid message, and every single-byte change, is either read or refused; nothing panics.
    #[test]
    fn no_input_panics() {
        let mut sent = bytes(b"tool");
        sent.extend(bytes(b"{}"));
        let read = |bytes: &[u8]| {
            let mut reader = Reader::new(bytes);
            let _ = reader.string().and_then(|_| reader.bytes().map(|_| ()));
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

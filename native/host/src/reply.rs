//! The answer to a guest's call, as the host function fills it in.

use hyperlight_host::{HyperlightError, new_error};

use crate::bytes::hl4j_bytes_t;
use crate::guard;
use crate::wire::Writer;

/// The most bytes that a reply can carry: 8 MiB.
pub const HL4J_REPLY_LIMIT: usize = 8 << 20;

/// A kind of file: an ordinary one.
pub const HL4J_KIND_FILE: u32 = 0;
/// A kind of file: a directory.
pub const HL4J_KIND_DIRECTORY: u32 = 1;
/// A kind of file: a symbolic link.
pub const HL4J_KIND_SYMBOLIC_LINK: u32 = 2;

/// The answer to a call, to be filled in by the host function.
#[derive(Default)]
pub struct hl4j_reply_t {
    number: u64,
    bytes: Vec<u8>,
    text: Vec<u8>,
    status: Status,
    entries: Writer,
    entry_count: u32,
}

/// What a file is: the record `status` of the guest interface.
#[derive(Clone, Copy, Default)]
pub(crate) struct Status {
    kind: u32,
    pub(crate) size: u64,
    pub(crate) modified: u64,
}

impl Status {
    /// Appends the fields of the record.
    pub(crate) fn encode(self, out: &mut Writer) -> Result<(), HyperlightError> {
        match self.kind {
            HL4J_KIND_FILE | HL4J_KIND_DIRECTORY | HL4J_KIND_SYMBOLIC_LINK => out.u8(self.kind as u8),
            other => return Err(new_error!("the host answered a file of the unknown kind {other}")),
        }
        out.u64(self.size);
        out.u64(self.modified);
        Ok(())
    }
}

/// Sets the reply's number.
///
/// # Safety
/// `reply` is the reply of the call being answered.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_reply_number(reply: *mut hl4j_reply_t, number: u64) {
    guard::infallible((), || {
        // SAFETY: the caller's promise.
        if let Some(reply) = unsafe { reply.as_mut() } {
            reply.number = number;
        }
    });
}

/// Returns zeroed room for the reply's bytes, to be filled before the host function returns. NULL when `len` is 0 or more
/// than `HL4J_REPLY_LIMIT`; the reply is empty then. A second call replaces the first one's room.
///
/// # Safety
/// `reply` is the reply of the call being answered.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_reply_reserve(reply: *mut hl4j_reply_t, len: usize) -> *mut u8 {
    guard::infallible(std::ptr::null_mut(), || {
        // SAFETY: the caller's promise.
        match unsafe { reply.as_mut() } {
            Some(reply) if len <= HL4J_REPLY_LIMIT => {
                reply.bytes = vec![0; len];
                if len == 0 { std::ptr::null_mut() } else { reply.bytes.as_mut_ptr() }
            }
            _ => std::ptr::null_mut(),
        }
    })
}

/// Sets the reply's text, UTF-8, which is copied. Returns whether it is short enough for a reply.
///
/// # Safety
/// `reply` is the reply of the call being answered; `text` is valid for reading.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_reply_text(reply: *mut hl4j_reply_t, text: hl4j_bytes_t) -> bool {
    guard::infallible(false, || {
        // SAFETY: the caller's promise.
        match unsafe { (reply.as_mut(), text.as_slice("text")) } {
            (Some(reply), Ok(text)) if text.len() <= HL4J_REPLY_LIMIT => {
                reply.text = text.to_vec();
                true
            }
            _ => false,
        }
    })
}

/// Sets what a file is: its kind (`HL4J_KIND_*`), its size in bytes, and when it was last modified, in nanoseconds since the
/// Unix epoch.
///
/// # Safety
/// `reply` is the reply of the call being answered.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_reply_status(reply: *mut hl4j_reply_t, kind: u32, size: u64, modified: u64) {
    guard::infallible((), || {
        // SAFETY: the caller's promise.
        if let Some(reply) = unsafe { reply.as_mut() } {
            reply.status = Status { kind, size, modified };
        }
    });
}

/// Adds an entry to the list of a directory: its name, UTF-8, which is copied, and what `hl4j_reply_status` takes. Returns
/// whether it was added: it is not if the name is not UTF-8, the kind unknown, or the list full.
///
/// # Safety
/// `reply` is the reply of the call being answered; `name` is valid for reading.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_reply_entry(
    reply: *mut hl4j_reply_t,
    name: hl4j_bytes_t,
    kind: u32,
    size: u64,
    modified: u64,
) -> bool {
    guard::infallible(false, || {
        // SAFETY: the caller's promise.
        match unsafe { (reply.as_mut(), name.as_str("name")) } {
            (Some(reply), Ok(name)) => reply.add_entry(name, Status { kind, size, modified }),
            _ => false,
        }
    })
}

/// What the rest of the crate takes out of a reply. The guest's decoder would panic on a mistake of the host, so it is
/// looked for here.
impl hl4j_reply_t {
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The number, which has to fit into a smaller type.
    pub(crate) fn number_as<T: TryFrom<u64>>(&self) -> Result<T, HyperlightError> {
        T::try_from(self.number).map_err(|_| new_error!("the host answered the number {}, too large here", self.number))
    }

    /// All bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The first `number` bytes of the room that was reserved.
    pub(crate) fn bytes_used(&self) -> Result<&[u8], HyperlightError> {
        let used = self.number_as()?;
        self.bytes.get(..used).ok_or_else(|| new_error!("the host answered {used} bytes in {}", self.bytes.len()))
    }

    /// All bytes, which have to be text.
    pub(crate) fn bytes_as_text(&self) -> Result<&str, HyperlightError> {
        as_text(&self.bytes)
    }

    pub(crate) fn text(&self) -> Result<&str, HyperlightError> {
        as_text(&self.text)
    }

    pub(crate) fn status(&self) -> Status {
        self.status
    }

    /// The list of a directory.
    pub(crate) fn encode_entries(&self, out: &mut Writer) {
        out.u32(self.entry_count);
        out.append(self.entries.as_slice());
    }

    fn add_entry(&mut self, name: &str, status: Status) -> bool {
        let mut entry = Writer::default();
        entry.bytes(name.as_bytes());
        let fits = status.encode(&mut entry).is_ok()
            && self.entries.as_slice().len() + entry.as_slice().len() <= HL4J_REPLY_LIMIT;
        if fits {
            self.entries.append(entry.as_slice());
            self.entry_count += 1;
        }
        fits
    }
}

fn as_text(bytes: &[u8]) -> Result<&str, HyperlightError> {
    std::str::from_utf8(bytes).map_err(|error| new_error!("the host answered text that is not UTF-8: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_takes_no_entry_that_the_guest_could_not_read() {
        let mut reply = hl4j_reply_t::default();
        let mut add = |name: &[u8], kind| unsafe { hl4j_reply_entry(&mut reply, hl4j_bytes_t::of(name), kind, 7, 8) };
        assert!(add("grün".as_bytes(), HL4J_KIND_FILE));
        assert!(!add(&[0xff], HL4J_KIND_FILE));
        assert!(!add(b"kind", 3));
        assert!(!add(&vec![b'x'; HL4J_REPLY_LIMIT], HL4J_KIND_FILE));
        let mut out = Writer::default();
        reply.encode_entries(&mut out);
        assert_eq!(out.as_slice()[..4], 1u32.to_ne_bytes());
        assert_eq!(out.as_slice().len(), 4 + 4 + "grün".len() + 1 + 8 + 8);
    }

    #[test]
    fn a_mistake_of_the_host_is_told_and_not_sent() {
        let mut reply = hl4j_reply_t::default();
        unsafe {
            assert!(hl4j_reply_reserve(&mut reply, HL4J_REPLY_LIMIT + 1).is_null());
            hl4j_reply_reserve(&mut reply, 3).write(0xff);
            hl4j_reply_number(&mut reply, 4);
            hl4j_reply_status(&mut reply, 3, 0, 0);
            assert!(hl4j_reply_text(&mut reply, hl4j_bytes_t::of(&[0xff])));
        }
        assert!(reply.bytes_used().is_err(), "more bytes than there is room");
        assert!(reply.bytes_as_text().is_err() && reply.text().is_err(), "not UTF-8");
        assert!(reply.status().encode(&mut Writer::default()).is_err(), "an unknown kind");
        unsafe { hl4j_reply_number(&mut reply, 1 << 32) };
        assert!(reply.number_as::<u32>().is_err());
    }
}

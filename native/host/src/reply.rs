//! The reply to a guest's call.

use crate::guard;

/// The most bytes that a reply can carry. The guest's input buffer holds it with room to spare.
const LARGEST_REPLY: usize = 8 << 20;
/// The room of each reply at first: enough for numbers, a file's status, a short message.
const SMALL_REPLY: usize = 256;

/// The reply to a call, empty at first. The host function writes it to `data` and sets `len`. Replies of more than
/// `capacity` bytes need `hl4j_reply_reserve` first.
#[repr(C)]
#[derive(Debug)]
pub struct hl4j_reply_t {
    /// The room for the reply, not initialized. Changed by `hl4j_reply_reserve` only.
    pub data: *mut u8,
    /// The size of the room, at least 256. Changed by `hl4j_reply_reserve` only.
    pub capacity: usize,
    /// The size of the reply: the host function has written so many bytes from `data` on.
    pub len: usize,
}

/// A reply with the memory that it names.
#[repr(C)]
pub(crate) struct Reply {
    // First: a pointer to the whole is one to this.
    head: hl4j_reply_t,
    room: Vec<u8>,
}

impl Reply {
    pub(crate) fn new() -> Self {
        let mut reply = Self { head: hl4j_reply_t { data: std::ptr::null_mut(), capacity: 0, len: 0 }, room: Vec::new() };
        reply.reserve(SMALL_REPLY);
        reply
    }

    /// For the host function, which gets no other pointer to the reply.
    pub(crate) fn as_ptr(&mut self) -> *mut hl4j_reply_t {
        std::ptr::from_mut(self).cast()
    }

    fn reserve(&mut self, capacity: usize) {
        if capacity > self.room.capacity() {
            self.room = Vec::with_capacity(capacity);
        }
        self.head = hl4j_reply_t { data: self.room.as_mut_ptr(), capacity: self.room.capacity(), len: 0 };
    }

    /// The reply's bytes; `None` if the host function claims to have written more than there is room for.
    ///
    /// # Safety
    /// The host function has written `len` bytes.
    pub(crate) unsafe fn into_bytes(mut self) -> Option<Vec<u8>> {
        if self.head.len > self.room.capacity() {
            return None;
        }
        // SAFETY: within the capacity, and written, by the caller's promise.
        unsafe { self.room.set_len(self.head.len) };
        Some(self.room)
    }
}

/// Makes room for a reply of `capacity` bytes and drops what was written before. Returns whether a reply can be so large:
/// up to 8 MiB.
///
/// # Safety
/// `reply` is NULL or the reply of the call that is being answered.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_reply_reserve(reply: *mut hl4j_reply_t, capacity: usize) -> bool {
    guard::infallible(false, || {
        // SAFETY: the caller's promise; `Host::call` made the pointer from one to a `Reply`.
        match unsafe { reply.cast::<Reply>().as_mut() } {
            Some(reply) if capacity <= LARGEST_REPLY => {
                reply.reserve(capacity);
                true
            }
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_what_was_written() {
        let mut reply = Reply::new();
        assert!(reply.head.capacity >= SMALL_REPLY && reply.head.len == 0);
        let room = reply.head.data;
        unsafe {
            assert!(hl4j_reply_reserve(reply.as_ptr(), 3) && reply.head.data == room, "there was room");
            assert!(hl4j_reply_reserve(reply.as_ptr(), 1 << 20));
            reply.head.data.write(7);
            reply.head.len = 1;
            assert_eq!(reply.into_bytes(), Some(vec![7]));
            assert_eq!(Reply::new().into_bytes(), Some(vec![]));
        }
    }

    #[test]
    fn a_reply_that_is_too_large_is_refused() {
        let mut reply = Reply::new();
        unsafe {
            assert!(!hl4j_reply_reserve(reply.as_ptr(), LARGEST_REPLY + 1));
            assert!(!hl4j_reply_reserve(std::ptr::null_mut(), 1));
            reply.head.len = reply.head.capacity + 1;
            assert_eq!(reply.into_bytes(), None);
        }
    }
}

//! Borrowed bytes.

use crate::error::{Error, HL4J_ERROR_INVALID_ARGUMENT};
use crate::guard;

/// Borrowed bytes, or UTF-8 text. `data` may be NULL when `len` is 0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hl4j_bytes_t {
    /// The first byte.
    pub data: *const u8,
    /// The number of bytes.
    pub len: usize,
}

impl hl4j_bytes_t {
    /// Borrows `bytes`. The caller keeps them alive for as long as the result is used.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self { data: bytes.as_ptr(), len: bytes.len() }
    }

    /// # Safety
    /// `data` must be valid for reads of `len` bytes for the lifetime `'a`.
    pub(crate) unsafe fn as_slice<'a>(self, name: &str) -> Result<&'a [u8], Error> {
        // SAFETY: the same promise.
        unsafe { guard::slice(self.data, self.len, name) }
    }

    /// # Safety
    /// As for [`Self::as_slice`].
    pub(crate) unsafe fn as_str<'a>(self, name: &str) -> Result<&'a str, Error> {
        // SAFETY: the same promise.
        let bytes = unsafe { self.as_slice(name) }?;
        std::str::from_utf8(bytes)
            .map_err(|error| Error::new(HL4J_ERROR_INVALID_ARGUMENT, format!("{name} is not UTF-8: {error}")))
    }
}

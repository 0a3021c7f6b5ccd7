//! The result of a call of the guest.

use crate::bytes::hl4j_bytes_t;
use crate::error::bytes_of;
use crate::guard;

/// The result of a call of the guest.
pub struct hl4j_result_t(pub(crate) Vec<u8>);

/// Writes the result's bytes to `out`: a message that the guest chose. Valid until the result is deleted.
///
/// # Safety
/// `result` is NULL or was not deleted; `out` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_result_bytes(result: *const hl4j_result_t, out: *mut hl4j_bytes_t) {
    // SAFETY: the caller's promise.
    unsafe { bytes_of(result, out, |result| &result.0) }
}

/// Deletes the result. NULL does nothing.
///
/// # Safety
/// `result` is NULL or was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_result_delete(result: *mut hl4j_result_t) {
    // SAFETY: the caller's promise.
    unsafe { guard::delete(result) }
}

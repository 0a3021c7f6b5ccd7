//! How a program ended.

use hyperlight_host::HyperlightError;

use crate::bytes::hl4j_bytes_t;
use crate::error::text;
use crate::guard;
use crate::wire::Reader;

/// How a program that ran to its end has ended. Its texts come from the guest.
pub struct hl4j_outcome_t {
    exit_code: i32,
    error_type: String,
    message: String,
    traceback: String,
}

impl hl4j_outcome_t {
    /// Reads the record `outcome` of the guest interface.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, HyperlightError> {
        let mut reader = Reader::new(bytes);
        let outcome = Self {
            exit_code: reader.i32()?,
            error_type: reader.string()?.to_owned(),
            message: reader.string()?.to_owned(),
            traceback: reader.string()?.to_owned(),
        };
        reader.end()?;
        Ok(outcome)
    }
}

/// Returns the exit code: 0, what the program gave to `sys.exit`, or 1 after an uncaught exception.
///
/// # Safety
/// `outcome` is NULL or was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_outcome_exit_code(outcome: *const hl4j_outcome_t) -> i32 {
    // SAFETY: the caller's promise.
    guard::infallible(0, || unsafe { outcome.as_ref() }.map_or(0, |outcome| outcome.exit_code))
}

/// Writes the uncaught exception's class name to `out`; empty when there was none. Valid until the outcome is deleted.
///
/// # Safety
/// `outcome` is NULL or was not deleted; `out` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_outcome_error_type(outcome: *const hl4j_outcome_t, out: *mut hl4j_bytes_t) {
    // SAFETY: the caller's promise.
    unsafe { text(outcome, out, |outcome| &outcome.error_type) }
}

/// Writes the uncaught exception's text to `out`; empty when there was none. Valid until the outcome is deleted.
///
/// # Safety
/// `outcome` is NULL or was not deleted; `out` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_outcome_message(outcome: *const hl4j_outcome_t, out: *mut hl4j_bytes_t) {
    // SAFETY: the caller's promise.
    unsafe { text(outcome, out, |outcome| &outcome.message) }
}

/// Writes the uncaught exception's traceback to `out`, as Python prints it, beginning in the program's own code; empty
/// when there was none. Valid until the outcome is deleted.
///
/// # Safety
/// `outcome` is NULL or was not deleted; `out` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_outcome_traceback(outcome: *const hl4j_outcome_t, out: *mut hl4j_bytes_t) {
    // SAFETY: the caller's promise.
    unsafe { text(outcome, out, |outcome| &outcome.traceback) }
}

/// Deletes the outcome. NULL does nothing.
///
/// # Safety
/// `outcome` is NULL or was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_outcome_delete(outcome: *mut hl4j_outcome_t) {
    // SAFETY: the caller's promise.
    unsafe { guard::delete(outcome) }
}

//! The system's random source, without the classes that Java's would load into a process that starts.

use std::mem::MaybeUninit;

use crate::error::{Error, HL4J_ERROR_INTERNAL, HL4J_ERROR_INVALID_ARGUMENT, hl4j_error_t};
use crate::guard;

/// Writes `len` cryptographically strong bytes to `out`.
///
/// # Safety
/// `out` is NULL or valid for writing `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_random(out: *mut u8, len: usize) -> *mut hl4j_error_t {
    guard::fallible(|| {
        if out.is_null() || len > isize::MAX as usize {
            return Err(Error::new(HL4J_ERROR_INVALID_ARGUMENT, "out is not a range of bytes"));
        }
        // SAFETY: not NULL and of a possible length; that it is writable is the caller's promise.
        let room = unsafe { std::slice::from_raw_parts_mut(out.cast::<MaybeUninit<u8>>(), len) };
        getrandom::fill_uninit(room)
            .map_err(|error| Error::new(HL4J_ERROR_INTERNAL, format!("the system's random source: {error}")))?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_bytes_differ() {
        let (mut one, mut other) = ([0; 32], [0; 32]);
        unsafe {
            assert!(hl4j_random(one.as_mut_ptr(), one.len()).is_null());
            assert!(hl4j_random(other.as_mut_ptr(), other.len()).is_null());
        }
        assert!(one != other && one != [0; 32]);
        let error = unsafe { hl4j_random(std::ptr::null_mut(), 1) };
        assert!(!error.is_null());
        unsafe { crate::hl4j_error_delete(error) };
    }
}

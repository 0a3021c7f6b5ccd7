//! The one gate between C and Rust: checks pointers, stops panics.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Error, HL4J_ERROR_INTERNAL, HL4J_ERROR_INVALID_ARGUMENT, hl4j_error_t};

/// Runs a fallible function of the ABI. A panic becomes an `HL4J_ERROR_INTERNAL`.
pub(crate) fn fallible(body: impl FnOnce() -> Result<(), Error>) -> *mut hl4j_error_t {
    let error = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => return std::ptr::null_mut(),
        Ok(Err(error)) => error,
        Err(panic) => Error::new(HL4J_ERROR_INTERNAL, format!("a bug in hyperlight4j: {}", panic_text(&*panic))),
    };
    Box::into_raw(Box::new(hl4j_error_t::from(error)))
}

/// Runs a function of the ABI that cannot fail. A panic, which Rust reports on standard error, becomes `otherwise`.
pub(crate) fn infallible<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(otherwise)
}

pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without a message".to_owned())
}

/// # Safety
/// `pointer` is NULL or points to a `T` that stays valid and unchanged for `'a`.
pub(crate) unsafe fn reference<'a, T>(pointer: *const T, name: &str) -> Result<&'a T, Error> {
    // SAFETY: the caller's promise.
    unsafe { pointer.as_ref() }.ok_or_else(|| null(name))
}

/// # Safety
/// `pointer` points to `len` values that stay valid and unchanged for `'a`; it may be NULL when `len` is 0.
pub(crate) unsafe fn slice<'a, T>(pointer: *const T, len: usize, name: &str) -> Result<&'a [T], Error> {
    if len == 0 {
        return Ok(&[]);
    }
    if pointer.is_null() {
        return Err(null(name));
    }
    if len.checked_mul(size_of::<T>()).is_none_or(|size| size > isize::MAX as usize) {
        return Err(Error::new(HL4J_ERROR_INVALID_ARGUMENT, format!("{name} is not a possible range: {len} values")));
    }
    // SAFETY: not NULL and of a possible length; that it is readable is the caller's promise.
    Ok(unsafe { std::slice::from_raw_parts(pointer, len) })
}

/// Writes `value` to an out-parameter, as an object the caller owns.
///
/// # Safety
/// `out` is NULL or valid for writing one pointer.
pub(crate) unsafe fn give<T>(out: *mut *mut T, value: T) -> Result<(), Error> {
    if out.is_null() {
        return Err(null("out"));
    }
    // SAFETY: not NULL, and writable by the caller's promise.
    unsafe { out.write(Box::into_raw(Box::new(value))) };
    Ok(())
}

/// Ends an object that [`give`] made. NULL does nothing. A panic while dropping stays here.
///
/// # Safety
/// `pointer` is NULL or came from [`give`] and was not deleted before.
pub(crate) unsafe fn delete<T>(pointer: *mut T) {
    infallible((), || {
        if !pointer.is_null() {
            // SAFETY: made by `Box::into_raw` in `give`, by the caller's promise not freed before.
            drop(unsafe { Box::from_raw(pointer) });
        }
    });
}

fn null(name: &str) -> Error {
    Error::new(HL4J_ERROR_INVALID_ARGUMENT, format!("{name} is NULL"))
}

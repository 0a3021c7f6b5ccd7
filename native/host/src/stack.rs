//! The room that is left on a thread's stack.

use crate::error::{Error, HL4J_ERROR_STACK};

/// The room that must be left before the guest runs: Hyperlight's frames, those of the host function, and the zones that a
/// JVM keeps free at the end of a stack (about 100 KiB). A host function that overflowed the stack before it could catch that
/// would end the process.
const LEAST: usize = 192 << 10;

/// Fails if the current thread's stack has too little room to run the guest.
pub(crate) fn require_room() -> Result<(), Error> {
    thread_local! {
        static END: Option<usize> = end();
    }
    let marker = 0u8;
    let here = std::hint::black_box(&raw const marker).addr();
    match END.with(|end| *end) {
        Some(end) if here.saturating_sub(end) < LEAST => Err(Error::new(
            HL4J_ERROR_STACK,
            format!(
                "running the guest takes {} KiB of stack, and this thread has {} KiB left",
                LEAST >> 10,
                here.saturating_sub(end) >> 10
            ),
        )),
        _ => Ok(()),
    }
}

/// The lowest address of the current thread's stack; none if the system does not tell.
#[cfg(target_os = "linux")]
fn end() -> Option<usize> {
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
    let (mut end, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: the attributes are initialized by the first call, used if it succeeded, and destroyed once.
    unsafe {
        if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
            return None;
        }
        let found = libc::pthread_attr_getstack(attributes.as_ptr(), &mut end, &mut size) == 0;
        libc::pthread_attr_destroy(attributes.as_mut_ptr());
        found.then(|| end.addr())
    }
}

#[cfg(target_os = "windows")]
fn end() -> Option<usize> {
    unsafe extern "system" {
        fn GetCurrentThreadStackLimits(low: *mut usize, high: *mut usize);
    }
    let (mut low, mut high) = (0, 0);
    // SAFETY: both are valid for writing.
    unsafe { GetCurrentThreadStackLimits(&mut low, &mut high) };
    Some(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_with_a_small_stack_is_refused() {
        let room = |size| {
            let thread = std::thread::Builder::new().stack_size(size).spawn(require_room);
            thread.expect("a thread").join().expect("no panic")
        };
        assert!(room(LEAST / 2).is_err());
        assert!(room(4 * LEAST).is_ok());
    }
}

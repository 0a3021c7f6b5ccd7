//! The means to end a call from another thread.

use std::sync::Arc;

use hyperlight_wasm::InterruptHandle;

use crate::guard;

/// The means to end a sandbox's call, from any thread. It may outlive the sandbox.
pub struct hl4j_interrupt_t(pub(crate) Arc<dyn InterruptHandle>);

/// Ends the call that is in progress: it fails with `HL4J_ERROR_CANCELLED`. Returns whether a running guest was interrupted.
///
/// A kill before the call has begun is lost, and one while the host function answers takes effect when it returns. So
/// repeat it, every few milliseconds, until the call has returned. Without a call it does nothing.
///
/// # Safety
/// `interrupt` is NULL or was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_interrupt_kill(interrupt: *const hl4j_interrupt_t) -> bool {
    // SAFETY: the caller's promise.
    guard::infallible(false, || unsafe { interrupt.as_ref() }.is_some_and(|interrupt| interrupt.0.kill()))
}

/// Deletes the interrupt, not the sandbox. NULL does nothing.
///
/// # Safety
/// `interrupt` is NULL or was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_interrupt_delete(interrupt: *mut hl4j_interrupt_t) {
    // SAFETY: the caller's promise.
    unsafe { guard::delete(interrupt) }
}

//! The host's side of a sandbox: the functions that the guest can call.

use std::ffi::c_void;
use std::sync::{Arc, OnceLock};

use hyperlight_host::func::Registerable;
use hyperlight_host::{HyperlightError, new_error};
use hyperlight_wasm::InterruptHandle;

use crate::bytes::hl4j_bytes_t;
use crate::error::{Error, HL4J_ERROR_INVALID_ARGUMENT};
use crate::guard;
use crate::reply::{Reply, hl4j_reply_t};

/// A function that the guest can call.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hl4j_function_t {
    /// The name that the guest knows it by, UTF-8.
    pub name: hl4j_bytes_t,
    /// The number of its parameters, at most 4.
    pub parameters: usize,
}

/// Answers a guest's call of `functions[function]`. `arguments` are its `count` parameters as the guest sent them: every byte
/// of them was chosen by the guest. They and `reply` are valid until the function returns.
///
/// Runs on the thread that is in `hl4j_sandbox_call` or `hl4j_sandbox_boot`. It must return normally, and not use the
/// sandbox that is calling it. Returns whether the call is answered; if not, the guest is stopped, and the function that it
/// runs in fails with `HL4J_ERROR_CANCELLED`.
pub type hl4j_call_t = Option<
    unsafe extern "C" fn(
        env: *mut c_void,
        function: u32,
        arguments: *const hl4j_bytes_t,
        count: usize,
        reply: *mut hl4j_reply_t,
    ) -> bool,
>;

/// The host's side of a sandbox. Copied by the functions that take it, with all that it points to except `env`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct hl4j_host_t {
    /// Passed to `call` as it is.
    pub env: *mut c_void,
    /// Answers the guest's calls. Not NULL.
    pub call: hl4j_call_t,
    /// The functions that the guest can call. A snapshot can only be used with the functions that it was made with.
    pub functions: *const hl4j_function_t,
    /// The number of functions.
    pub function_count: usize,
}

/// The application's host function, and the means to end the run from inside a call.
pub(crate) struct Host {
    host: hl4j_host_t,
    interrupt: OnceLock<Arc<dyn InterruptHandle>>,
}

// SAFETY: `env` is opaque here; the header tells the caller that calls come from the thread that runs the sandbox.
unsafe impl Send for Host {}
// SAFETY: as above; a sandbox makes one call at a time.
unsafe impl Sync for Host {}

impl Host {
    /// Registers the host's functions with a sandbox that is being made.
    ///
    /// # Safety
    /// `host` is NULL or valid for reading, and its members fulfil their documentation.
    pub(crate) unsafe fn register(host: *const hl4j_host_t, into: &mut impl Registerable) -> Result<Arc<Self>, Error> {
        // SAFETY: the caller's promise.
        let given = unsafe { guard::reference(host, "host") }?;
        if given.call.is_none() {
            return Err(Error::new(HL4J_ERROR_INVALID_ARGUMENT, "host->call is NULL"));
        }
        let host = Arc::new(Self { host: *given, interrupt: OnceLock::new() });
        // SAFETY: the caller's promise.
        for (index, function) in (0..).zip(unsafe { guard::slice(given.functions, given.function_count, "functions") }?) {
            // SAFETY: the caller's promise.
            let name = unsafe { function.name.as_str("a function's name") }?;
            host.clone().register_function(index, name, function.parameters, into)?;
        }
        Ok(host)
    }

    /// Hyperlight takes the number of parameters from a closure's type.
    fn register_function(
        self: Arc<Self>,
        index: u32,
        name: &str,
        parameters: usize,
        into: &mut impl Registerable,
    ) -> Result<(), Error> {
        type Bytes = Vec<u8>;
        match parameters {
            0 => into.register_host_function(name, move || self.call(index, [])),
            1 => into.register_host_function(name, move |a: Bytes| self.call(index, [a])),
            2 => into.register_host_function(name, move |a: Bytes, b: Bytes| self.call(index, [a, b])),
            3 => into.register_host_function(name, move |a: Bytes, b: Bytes, c: Bytes| self.call(index, [a, b, c])),
            4 => into.register_host_function(name, move |a: Bytes, b: Bytes, c: Bytes, d: Bytes| {
                self.call(index, [a, b, c, d])
            }),
            more => {
                let message = format!("the function {name} has {more} parameters, and 4 are the most");
                return Err(Error::new(HL4J_ERROR_INVALID_ARGUMENT, message));
            }
        }?;
        Ok(())
    }

    /// Gives the host the handle with which a call ends the run.
    pub(crate) fn set_interrupt(&self, interrupt: Arc<dyn InterruptHandle>) {
        // Set once per sandbox, right after it was made.
        let _ = self.interrupt.set(interrupt);
    }

    fn call<const N: usize>(&self, function: u32, arguments: [Vec<u8>; N]) -> Result<Vec<u8>, HyperlightError> {
        let call = self.host.call.ok_or_else(|| new_error!("no host function"))?;
        let lent = arguments.each_ref().map(|argument| hl4j_bytes_t::of(argument));
        let mut reply = Reply::new();
        // SAFETY: `call` and `env` belong together, and the pointers are valid for the time of the call.
        if !unsafe { call(self.host.env, function, lent.as_ptr(), N, reply.as_ptr()) } {
            return Err(self.end_run("the host ended the run"));
        }
        // SAFETY: the host function has written `len` bytes, by its documentation.
        unsafe { reply.into_bytes() }.ok_or_else(|| self.end_run("the host wrote beyond its reply's room"))
    }

    fn end_run(&self, why: &str) -> HyperlightError {
        // The virtual processor is not running now; the cancellation is seen before it would run again.
        if let Some(interrupt) = self.interrupt.get() {
            interrupt.kill();
        }
        new_error!("{why}")
    }
}

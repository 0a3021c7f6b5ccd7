//! What the guest asks of the host: typed in WIT (`native/guest/wit`), one function at the C boundary.

use std::ffi::c_void;
use std::sync::{Arc, OnceLock};

use hyperlight_host::func::Registerable;
use hyperlight_host::{HyperlightError, new_error};
use hyperlight_wasm::InterruptHandle;

use crate::bytes::hl4j_bytes_t;
use crate::error::Error;
use crate::guard;
use crate::wire::{self, Reader};

/// `tools.call`: `name` is the tool, `data` the arguments, both UTF-8; the reply's bytes are the answer, UTF-8.
pub const HL4J_CALL_TOOL: u32 = 1;
/// `output.write`: `number` is 1 (standard output) or 2 (standard error), `data` the bytes. No reply.
pub const HL4J_CALL_WRITE: u32 = 2;
/// `clock.realtime`: the reply's number is nanoseconds since the Unix epoch.
pub const HL4J_CALL_REALTIME: u32 = 3;
/// `clock.monotonic`: the reply's number is nanoseconds since an arbitrary point.
pub const HL4J_CALL_MONOTONIC: u32 = 4;
/// `clock.sleep`: `number` is nanoseconds. No reply.
pub const HL4J_CALL_SLEEP: u32 = 5;
/// `entropy.bytes`: `number` is the count, at most `HL4J_ENTROPY_LIMIT`; the reply's bytes are as many random bytes.
pub const HL4J_CALL_ENTROPY: u32 = 6;

/// The most random bytes that are asked for at a time. The library refuses a guest that asks for more.
pub const HL4J_ENTROPY_LIMIT: u32 = 65536;
/// The most bytes that a reply can carry: 8 MiB.
pub const HL4J_REPLY_LIMIT: usize = 8 << 20;

/// The call is answered.
pub const HL4J_ANSWERED: i32 = 0;
/// The call failed, and the reply's bytes are a message for the program. For `HL4J_CALL_TOOL` only.
pub const HL4J_FAILED: i32 = 1;

/// One call of the guest. Everything in it was chosen by the guest; it is valid until the host function returns.
#[repr(C)]
#[derive(Debug)]
pub struct hl4j_host_call_t {
    /// Which function of the guest interface: `HL4J_CALL_*`. The meaning of the other fields is stated there; those
    /// that it does not name are 0 and empty.
    pub operation: u32,
    /// A number.
    pub number: u64,
    /// A name.
    pub name: hl4j_bytes_t,
    /// Bytes.
    pub data: hl4j_bytes_t,
}

/// The answer to a call, to be filled in by the host function.
#[derive(Default)]
pub struct hl4j_reply_t {
    number: u64,
    bytes: Vec<u8>,
}

/// Answers a guest's call. Runs on the thread that is in `hl4j_sandbox_run` or `hl4j_sandbox_boot`, and must return
/// normally: it must not unwind, and not call into the sandbox that is calling it.
///
/// Returns `HL4J_ANSWERED` or `HL4J_FAILED`; any other value ends the run, which then fails with `HL4J_ERROR_CANCELLED`.
pub type hl4j_host_function_t =
    Option<unsafe extern "C" fn(env: *mut c_void, call: *const hl4j_host_call_t, reply: *mut hl4j_reply_t) -> i32>;

/// The host side of a sandbox. Copied by the functions that take it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct hl4j_host_t {
    /// Passed to `call` and `finalizer` as it is.
    pub env: *mut c_void,
    /// Answers the guest's calls. Not NULL.
    pub call: hl4j_host_function_t,
    /// Called once, when the sandbox is deleted or could not be made; may be NULL.
    pub finalizer: Option<unsafe extern "C" fn(env: *mut c_void)>,
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

/// The application's host function, and the means to end the run from inside a call.
pub(crate) struct Host {
    host: hl4j_host_t,
    interrupt: OnceLock<Arc<dyn InterruptHandle>>,
}

// SAFETY: `env` is opaque here; the header tells the caller that calls come from whichever thread runs the sandbox.
unsafe impl Send for Host {}
// SAFETY: as above; a sandbox makes one call at a time.
unsafe impl Sync for Host {}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some(finalizer) = self.host.finalizer {
            // SAFETY: called once, with the pointer it was given with.
            unsafe { finalizer(self.host.env) }
        }
    }
}

impl Host {
    /// # Safety
    /// `host` is NULL or valid for reading, and its members fulfil their documentation.
    pub(crate) unsafe fn new(host: *const hl4j_host_t) -> Result<Arc<Self>, Error> {
        // SAFETY: the caller's promise.
        let host = unsafe { guard::reference(host, "host") }?;
        // SAFETY: as above. Owned from here on, so that the finalizer runs even when what follows fails.
        let host = Arc::new(Self { host: *host, interrupt: OnceLock::new() });
        match host.host.call {
            Some(_) => Ok(host),
            None => Err(Error::new(crate::HL4J_ERROR_INVALID_ARGUMENT, "host->call is NULL")),
        }
    }

    /// Gives the host the handle with which a call ends the run.
    pub(crate) fn set_interrupt(&self, interrupt: Arc<dyn InterruptHandle>) {
        // Set once per sandbox, right after it was made.
        let _ = self.interrupt.set(interrupt);
    }

    fn call(&self, call: &hl4j_host_call_t) -> Result<(i32, hl4j_reply_t), HyperlightError> {
        let mut reply = hl4j_reply_t::default();
        let function = self.host.call.ok_or_else(|| new_error!("no host function"))?;
        // SAFETY: `function` and `env` belong together, and the pointers are valid for the time of the call.
        let status = unsafe { function(self.host.env, call, &mut reply) };
        if status == HL4J_ANSWERED || (status == HL4J_FAILED && call.operation == HL4J_CALL_TOOL) {
            return Ok((status, reply));
        }
        // The virtual processor is not running now; the cancellation is seen before it would run again.
        if let Some(interrupt) = self.interrupt.get() {
            interrupt.kill();
        }
        Err(new_error!("the host ended the run"))
    }

    /// Registers every function of the guest interface. The names are Hyperlight's: package and function, without the
    /// interface (`emit_fn_hl_name` in `hyperlight-component-util`), which is why they are unique in the WIT.
    pub(crate) fn register(self: &Arc<Self>, into: &mut impl Registerable) -> Result<(), HyperlightError> {
        let host = self.clone();
        into.register_host_function(&name("call"), move |tool: Vec<u8>, arguments: Vec<u8>| {
            let (tool, arguments) = (string(&tool)?, string(&arguments)?);
            let call = hl4j_host_call_t {
                name: hl4j_bytes_t::of(tool.as_bytes()),
                data: hl4j_bytes_t::of(arguments.as_bytes()),
                ..empty(HL4J_CALL_TOOL)
            };
            let (status, reply) = host.call(&call)?;
            Ok(wire::result(status == HL4J_FAILED, &reply.bytes))
        })?;
        let host = self.clone();
        into.register_host_function(&name("write"), move |file: Vec<u8>, bytes: Vec<u8>| {
            let (file, bytes) = (one(&file, Reader::u8)?, one(&bytes, Reader::bytes)?);
            if !matches!(file, 1 | 2) {
                return Err(new_error!("the guest wrote to file {file}"));
            }
            let call =
                hl4j_host_call_t { number: file.into(), data: hl4j_bytes_t::of(bytes), ..empty(HL4J_CALL_WRITE) };
            host.call(&call)?;
            Ok(Vec::new())
        })?;
        for (function, operation) in [("realtime", HL4J_CALL_REALTIME), ("monotonic", HL4J_CALL_MONOTONIC)] {
            let host = self.clone();
            into.register_host_function(&name(function), move || {
                let (_, reply) = host.call(&empty(operation))?;
                Ok(reply.number.to_ne_bytes().to_vec())
            })?;
        }
        let host = self.clone();
        into.register_host_function(&name("sleep"), move |nanoseconds: Vec<u8>| {
            let number = one(&nanoseconds, Reader::u64)?;
            host.call(&hl4j_host_call_t { number, ..empty(HL4J_CALL_SLEEP) })?;
            Ok(Vec::new())
        })?;
        let host = self.clone();
        into.register_host_function(&name("bytes"), move |count: Vec<u8>| {
            let count = one(&count, Reader::u32)?;
            if count > HL4J_ENTROPY_LIMIT {
                return Err(new_error!("the guest asked for {count} random bytes at once"));
            }
            let (_, reply) = host.call(&hl4j_host_call_t { number: count.into(), ..empty(HL4J_CALL_ENTROPY) })?;
            if reply.bytes.len() != count as usize {
                return Err(new_error!("the host answered {} random bytes of {count}", reply.bytes.len()));
            }
            Ok(wire::bytes(&reply.bytes))
        })
    }
}

/// The name under which Hyperlight knows a function of the guest interface.
pub(crate) fn name(function: &str) -> String {
    format!("r#hyperlight4j::r#sandbox::{function}")
}

fn empty(operation: u32) -> hl4j_host_call_t {
    hl4j_host_call_t { operation, number: 0, name: hl4j_bytes_t::of(&[]), data: hl4j_bytes_t::of(&[]) }
}

/// Reads the one value that a parameter's bytes hold.
fn one<'a, T>(
    bytes: &'a [u8],
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, HyperlightError>,
) -> Result<T, HyperlightError> {
    let mut reader = Reader::new(bytes);
    let value = read(&mut reader)?;
    reader.end()?;
    Ok(value)
}

fn string(bytes: &[u8]) -> Result<&str, HyperlightError> {
    one(bytes, Reader::string)
}

//! What the guest asks of the host: typed in WIT (`native/guest/wit`), one function at the C boundary.

use std::borrow::Cow;
use std::ffi::c_void;
use std::sync::{Arc, OnceLock};

use hyperlight_host::func::Registerable;
use hyperlight_host::{HyperlightError, new_error};
use hyperlight_wasm::InterruptHandle;

use crate::bytes::hl4j_bytes_t;
use crate::error::Error;
use crate::reply::hl4j_reply_t;
use crate::wire::{self, Reader, Writer};
use crate::{files, guard, http};

/// `tools.call`: `name` is the tool, `data` the arguments, both UTF-8; the reply's bytes are the answer, UTF-8. It can fail.
pub const HL4J_CALL_TOOL: u32 = 1;
/// `output.write`: `number` is 1 (standard output) or 2 (standard error), `data` the bytes. No reply.
pub const HL4J_CALL_WRITE: u32 = 2;
/// `clock.realtime`: the reply's number is nanoseconds since the Unix epoch.
pub const HL4J_CALL_REALTIME: u32 = 3;
/// `clock.monotonic`: the reply's number is nanoseconds since an arbitrary point.
pub const HL4J_CALL_MONOTONIC: u32 = 4;
/// `clock.sleep`: `number` is nanoseconds. No reply.
pub const HL4J_CALL_SLEEP: u32 = 5;
/// `entropy.bytes`: the reply's bytes are `count` random bytes; `count` is at most `HL4J_ENTROPY_LIMIT`.
pub const HL4J_CALL_ENTROPY: u32 = 6;
/// `tools.begin`: as `HL4J_CALL_TOOL`, but the reply is a number (32 bits, not 0) that stands for the call.
pub const HL4J_CALL_TOOL_BEGIN: u32 = 7;
/// `tools.next`: `number` is nanoseconds to wait at most. The reply's number is that of a call that was begun and has ended,
/// with its answer in the bytes, or 0 if none has. It can fail: that call did.
pub const HL4J_CALL_TOOL_NEXT: u32 = 8;

/// The most random bytes that are asked for at a time. The library refuses a guest that asks for more.
pub const HL4J_ENTROPY_LIMIT: u32 = 65536;
/// The most bytes of a file or of a request or response that are carried at a time: 1 MiB. The library refuses a guest that
/// asks for more.
pub const HL4J_BLOCK_LIMIT: u32 = 1 << 20;

/// The call is answered.
pub const HL4J_ANSWERED: i32 = 0;
/// The call failed, and the program is told. Only for calls of which it is said that they can fail: for a tool, the reply's
/// bytes are a message (UTF-8); for a file function, the number is an error; for an HTTP function, both.
pub const HL4J_FAILED: i32 = 1;

/// One call of the guest. Everything in it was chosen by the guest; it is valid until the host function returns.
#[repr(C)]
#[derive(Debug)]
pub struct hl4j_host_call_t {
    /// Which function of the guest interface: `HL4J_CALL_*`. The meaning of the other fields is stated there; those
    /// that it does not name are 0 and empty.
    pub operation: u32,
    /// Flags.
    pub flags: u32,
    /// A number that the host gave before: an open file's or a request's.
    pub handle: u32,
    /// How many bytes.
    pub count: u32,
    /// A number.
    pub number: u64,
    /// A name.
    pub name: hl4j_bytes_t,
    /// A second name.
    pub text: hl4j_bytes_t,
    /// Bytes.
    pub data: hl4j_bytes_t,
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

    /// Makes a call that can fail. The answer says whether it did.
    pub(crate) fn call(&self, call: &hl4j_host_call_t) -> Result<(bool, hl4j_reply_t), HyperlightError> {
        let mut reply = hl4j_reply_t::default();
        let function = self.host.call.ok_or_else(|| new_error!("no host function"))?;
        // SAFETY: `function` and `env` belong together, and the pointers are valid for the time of the call.
        match unsafe { function(self.host.env, call, &mut reply) } {
            HL4J_ANSWERED => Ok((false, reply)),
            HL4J_FAILED => Ok((true, reply)),
            _ => Err(self.end_run()),
        }
    }

    /// Makes a call that cannot fail.
    pub(crate) fn ask(&self, call: &hl4j_host_call_t) -> Result<hl4j_reply_t, HyperlightError> {
        match self.call(call)? {
            (false, reply) => Ok(reply),
            (true, _) => Err(self.end_run()),
        }
    }

    fn end_run(&self) -> HyperlightError {
        // The virtual processor is not running now; the cancellation is seen before it would run again.
        if let Some(interrupt) = self.interrupt.get() {
            interrupt.kill();
        }
        new_error!("the host ended the run")
    }

    /// Registers every function of the guest interface. The names are Hyperlight's: package and function, without the
    /// interface (`emit_fn_hl_name` in `hyperlight-component-util`), which is why they are unique in the WIT.
    pub(crate) fn register(self: &Arc<Self>, into: &mut impl Registerable) -> Result<(), HyperlightError> {
        self.register_tools(into)?;
        self.register_output(into)?;
        self.register_clock(into)?;
        self.register_entropy(into)?;
        files::register(self, into)?;
        http::register(self, into)
    }

    fn register_tools(self: &Arc<Self>, into: &mut impl Registerable) -> Result<(), HyperlightError> {
        let host = self.clone();
        into.register_host_function(&name("call"), move |tool: Vec<u8>, arguments: Vec<u8>| {
            let (tool, arguments) = (string(&tool)?, string(&arguments)?);
            let (failed, reply) = host.call(&tool_call(HL4J_CALL_TOOL, tool, arguments))?;
            Ok(wire::result(failed, reply.bytes_as_text()?.as_bytes()))
        })?;
        let host = self.clone();
        into.register_host_function(&name("begin"), move |tool: Vec<u8>, arguments: Vec<u8>| {
            let (tool, arguments) = (string(&tool)?, string(&arguments)?);
            let reply = host.ask(&tool_call(HL4J_CALL_TOOL_BEGIN, tool, arguments))?;
            Ok(reply.number_as::<u32>()?.to_ne_bytes().to_vec())
        })?;
        let host = self.clone();
        into.register_host_function(&name("next"), move |nanoseconds: Vec<u8>| {
            let number = one(&nanoseconds, Reader::u64)?;
            let (failed, reply) = host.call(&hl4j_host_call_t { number, ..empty(HL4J_CALL_TOOL_NEXT) })?;
            let text = reply.bytes_as_text()?;
            let mut finished = Writer::with_capacity(9 + text.len());
            finished.u32(reply.number_as()?);
            finished.bool(failed);
            finished.bytes(text.as_bytes());
            Ok(finished.end())
        })
    }

    fn register_output(self: &Arc<Self>, into: &mut impl Registerable) -> Result<(), HyperlightError> {
        let host = self.clone();
        into.register_host_function(&name("write"), move |file: Vec<u8>, bytes: Vec<u8>| {
            let (file, bytes) = (one(&file, Reader::u8)?, one(&bytes, Reader::octets)?);
            if !matches!(file, 1 | 2) {
                return Err(new_error!("the guest wrote to file {file}"));
            }
            let call =
                hl4j_host_call_t { number: file.into(), data: hl4j_bytes_t::of(&bytes), ..empty(HL4J_CALL_WRITE) };
            host.ask(&call)?;
            Ok(Vec::new())
        })
    }

    fn register_clock(self: &Arc<Self>, into: &mut impl Registerable) -> Result<(), HyperlightError> {
        for (function, operation) in [("realtime", HL4J_CALL_REALTIME), ("monotonic", HL4J_CALL_MONOTONIC)] {
            let host = self.clone();
            into.register_host_function(&name(function), move || {
                Ok(host.ask(&empty(operation))?.number().to_ne_bytes().to_vec())
            })?;
        }
        let host = self.clone();
        into.register_host_function(&name("sleep"), move |nanoseconds: Vec<u8>| {
            let number = one(&nanoseconds, Reader::u64)?;
            host.ask(&hl4j_host_call_t { number, ..empty(HL4J_CALL_SLEEP) })?;
            Ok(Vec::new())
        })
    }

    fn register_entropy(self: &Arc<Self>, into: &mut impl Registerable) -> Result<(), HyperlightError> {
        let host = self.clone();
        into.register_host_function(&name("bytes"), move |count: Vec<u8>| {
            let count = one(&count, Reader::u32)?;
            if count > HL4J_ENTROPY_LIMIT {
                return Err(new_error!("the guest asked for {count} random bytes at once"));
            }
            let reply = host.ask(&hl4j_host_call_t { count, ..empty(HL4J_CALL_ENTROPY) })?;
            if reply.bytes().len() != count as usize {
                return Err(new_error!("the host answered {} random bytes of {count}", reply.bytes().len()));
            }
            Ok(wire::bytes(reply.bytes()))
        })
    }
}

fn tool_call(operation: u32, tool: &str, arguments: &str) -> hl4j_host_call_t {
    hl4j_host_call_t {
        name: hl4j_bytes_t::of(tool.as_bytes()),
        data: hl4j_bytes_t::of(arguments.as_bytes()),
        ..empty(operation)
    }
}

/// The name under which Hyperlight knows a function of the guest interface.
pub(crate) fn name(function: &str) -> String {
    format!("r#hyperlight4j::r#sandbox::{function}")
}

/// A call without arguments.
pub(crate) fn empty(operation: u32) -> hl4j_host_call_t {
    let nothing = hl4j_bytes_t::of(&[]);
    hl4j_host_call_t {
        operation,
        flags: 0,
        handle: 0,
        count: 0,
        number: 0,
        name: nothing,
        text: nothing,
        data: nothing,
    }
}

/// Reads the one value that a parameter's bytes hold.
pub(crate) fn one<'a, T>(
    bytes: &'a [u8],
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, HyperlightError>,
) -> Result<T, HyperlightError> {
    let mut reader = Reader::new(bytes);
    let value = read(&mut reader)?;
    reader.end()?;
    Ok(value)
}

pub(crate) fn string(bytes: &[u8]) -> Result<&str, HyperlightError> {
    one(bytes, Reader::string)
}

/// Reads a count of bytes and refuses one that is beyond what is carried at a time.
pub(crate) fn block_count(bytes: &[u8]) -> Result<u32, HyperlightError> {
    match one(bytes, Reader::u32)? {
        count @ 0..=HL4J_BLOCK_LIMIT => Ok(count),
        count => Err(new_error!("the guest asked for {count} bytes at once")),
    }
}

/// Refuses an answer of more bytes than were asked for.
pub(crate) fn check_count(answered: usize, asked: u32) -> Result<(), HyperlightError> {
    if answered > asked as usize {
        return Err(new_error!("the host answered {answered} bytes, at most {asked} were asked for"));
    }
    Ok(())
}

/// Reads bytes and refuses more than are carried at a time.
pub(crate) fn block(bytes: &[u8]) -> Result<Cow<'_, [u8]>, HyperlightError> {
    let block = one(bytes, Reader::octets)?;
    if block.len() > HL4J_BLOCK_LIMIT as usize {
        return Err(new_error!("the guest sent {} bytes at once", block.len()));
    }
    Ok(block)
}

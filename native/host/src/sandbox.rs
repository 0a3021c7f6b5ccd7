//! A micro-VM with an interpreter in it.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use hyperlight_host::func::{ParameterTuple, Registerable};
use hyperlight_host::sandbox::Callable;
use hyperlight_host::{HostFunctions, HyperlightError, MultiUseSandbox};
use hyperlight_wasm::{InterruptHandle, LoadedWasmSandbox, SandboxBuilder, Snapshot};

use crate::bytes::hl4j_bytes_t;
use crate::error::{
    Error, HL4J_ERROR_GUEST_IMAGE, HL4J_ERROR_INVALID_ARGUMENT, HL4J_ERROR_SNAPSHOT, hl4j_error_t,
};
use crate::host::{Host, hl4j_host_t};
use crate::interrupt::hl4j_interrupt_t;
use crate::result::hl4j_result_t;
use crate::snapshot::hl4j_snapshot_t;
use crate::{guard, stack};

/// The buffer for one message into the VM: a call's arguments (a program has at most 10 MiB) or a reply (8 MiB).
pub(crate) const INPUT_BYTES: usize = 16 << 20;
/// The buffer for one message out of the VM: a call's arguments or a result.
pub(crate) const OUTPUT_BYTES: usize = 4 << 20;
/// For the runtime under the interpreter: each input is copied there a few times.
const HEAP_BYTES: u64 = 64 << 20;
/// All memory that a run can come to touch: the interpreter's (its maximum is declared by `native/guest/builder`), the
/// input and output above, page tables. It is taken from the host on first touch (`huge_pages.rs`).
pub(crate) const SCRATCH_BYTES: usize = 384 << 20;

/// A micro-VM with an interpreter in it.
pub struct hl4j_sandbox_t {
    // Contention is a mistake of the caller and is answered with an error; the lock only keeps it from being undefined.
    machine: Mutex<Machine>,
    interrupt: Arc<dyn InterruptHandle>,
}

/// hyperlight-wasm wraps a sandbox that it booted; one made from a snapshot needs no wrapper.
enum Machine {
    Booted(Box<LoadedWasmSandbox>),
    Restored(Box<MultiUseSandbox>),
}

impl Machine {
    fn call(&mut self, function: &str, arguments: impl ParameterTuple) -> Result<Vec<u8>, HyperlightError> {
        match self {
            Self::Booted(sandbox) => sandbox.call(function, arguments),
            Self::Restored(sandbox) => sandbox.call(function, arguments),
        }
    }

    /// Hyperlight takes the number of parameters from a tuple's type.
    fn call_with(&mut self, function: &str, arguments: Vec<Vec<u8>>) -> Result<Vec<u8>, Error> {
        let count = arguments.len();
        let mut arguments = arguments.into_iter();
        let mut next = || arguments.next().unwrap_or_default();
        match count {
            0 => self.call(function, ()),
            1 => self.call(function, (next(),)),
            2 => self.call(function, (next(), next())),
            3 => self.call(function, (next(), next(), next())),
            4 => self.call(function, (next(), next(), next(), next())),
            more => {
                let message = format!("the call of {function} has {more} arguments, and 4 are the most");
                return Err(Error::new(HL4J_ERROR_INVALID_ARGUMENT, message));
            }
        }
        .map_err(Error::from_guest)
    }

    fn snapshot(&mut self) -> Result<Arc<Snapshot>, HyperlightError> {
        match self {
            Self::Booted(sandbox) => sandbox.snapshot(),
            Self::Restored(sandbox) => sandbox.snapshot(),
        }
    }

    fn restore(&mut self, snapshot: Arc<Snapshot>) -> Result<(), HyperlightError> {
        match self {
            Self::Booted(sandbox) => sandbox.restore(snapshot),
            Self::Restored(sandbox) => sandbox.restore(snapshot),
        }
    }
}

impl hl4j_sandbox_t {
    fn new(machine: Machine, interrupt: Arc<dyn InterruptHandle>, host: &Host) -> Self {
        host.set_interrupt(interrupt.clone());
        Self { machine: Mutex::new(machine), interrupt }
    }

    fn lock(&self) -> Result<MutexGuard<'_, Machine>, Error> {
        self.machine.try_lock().map_err(|_| {
            Error::new(HL4J_ERROR_INVALID_ARGUMENT, "the sandbox is in use by another call, or was broken by a bug")
        })
    }
}

/// Prints of the runtime under the interpreter. They are the guest's to choose, so the host's own output is closed to them.
fn discard_print(_: String) -> i32 {
    0
}

/// Boots a micro-VM, loads the guest image at `image_path` (UTF-8) into it and starts the interpreter. The image is mapped
/// and must not change while the sandbox exists. Takes two orders of magnitude longer than `hl4j_sandbox_new`.
///
/// # Safety
/// `image_path` and `host` are valid for reading and `host` fulfils its documentation; `out` is NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_sandbox_boot(
    image_path: hl4j_bytes_t,
    host: *const hl4j_host_t,
    out: *mut *mut hl4j_sandbox_t,
) -> *mut hl4j_error_t {
    guard::fallible(|| {
        stack::require_room()?;
        // SAFETY: the caller's promise.
        let path = unsafe { image_path.as_str("image_path") }?;
        let mut builder = SandboxBuilder::new()
            .with_guest_input_buffer_size(INPUT_BYTES)
            .with_guest_output_buffer_size(OUTPUT_BYTES)
            .with_guest_heap_size(HEAP_BYTES)
            .with_guest_scratch_size(SCRATCH_BYTES)
            .with_host_print_fn(discard_print)
            .build()?;
        // SAFETY: the caller's promise.
        let host = unsafe { Host::register(host, &mut builder) }?;
        let loaded = builder
            .load_runtime()?
            .load_module(Path::new(path))
            .map_err(Error::while_doing(HL4J_ERROR_GUEST_IMAGE, "loading the guest image"))?;
        let interrupt = loaded.interrupt_handle()?;
        let sandbox = hl4j_sandbox_t::new(Machine::Booted(Box::new(loaded)), interrupt, &host);
        // SAFETY: the caller's promise.
        unsafe { guard::give(out, sandbox) }
    })
}

/// Makes a sandbox in the state of `snapshot`.
///
/// # Safety
/// `snapshot` is NULL or was not deleted; `host` is valid for reading and fulfils its documentation; `out` is NULL or valid
/// for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_sandbox_new(
    snapshot: *const hl4j_snapshot_t,
    host: *const hl4j_host_t,
    out: *mut *mut hl4j_sandbox_t,
) -> *mut hl4j_error_t {
    guard::fallible(|| {
        // SAFETY: the caller's promise.
        let snapshot = unsafe { guard::reference(snapshot, "snapshot") }?;
        let mut functions = HostFunctions::empty();
        functions.register_host_function("HostPrint", discard_print)?;
        // SAFETY: the caller's promise.
        let host = unsafe { Host::register(host, &mut functions) }?;
        let sandbox = MultiUseSandbox::from_snapshot(snapshot.0.clone(), functions, None)
            .map_err(Error::while_doing(HL4J_ERROR_SNAPSHOT, "making a sandbox from the snapshot"))?;
        let interrupt = sandbox.interrupt_handle();
        let sandbox = hl4j_sandbox_t::new(Machine::Restored(Box::new(sandbox)), interrupt, &host);
        // SAFETY: the caller's promise.
        unsafe { guard::give(out, sandbox) }
    })
}

/// Calls a function that the guest exports, by the name that the guest knows it by (UTF-8), and gives its result. `arguments`
/// are its `count` parameters, at most 4, in the form in which the guest reads them.
///
/// The current thread must have enough stack left for the calls that the guest makes meanwhile; else nothing is called, and
/// the error is `HL4J_ERROR_STACK`.
///
/// # Safety
/// `sandbox` is NULL or was not deleted; `function` and `arguments` are valid for reading; `out` is NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_sandbox_call(
    sandbox: *const hl4j_sandbox_t,
    function: hl4j_bytes_t,
    arguments: *const hl4j_bytes_t,
    count: usize,
    out: *mut *mut hl4j_result_t,
) -> *mut hl4j_error_t {
    guard::fallible(|| {
        stack::require_room()?;
        // SAFETY: the caller's promise.
        let (sandbox, function, arguments) = unsafe {
            (
                guard::reference(sandbox, "sandbox")?,
                function.as_str("function")?,
                guard::slice(arguments, count, "arguments")?,
            )
        };
        let mut owned = Vec::with_capacity(count);
        for argument in arguments {
            // SAFETY: the caller's promise.
            owned.push(unsafe { argument.as_slice("an argument") }?.to_vec());
        }
        let result = sandbox.lock()?.call_with(function, owned)?;
        // SAFETY: the caller's promise.
        unsafe { guard::give(out, hl4j_result_t(result)) }
    })
}

/// Captures the present state of the sandbox.
///
/// # Safety
/// `sandbox` is NULL or was not deleted; `out` is NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_sandbox_snapshot(
    sandbox: *const hl4j_sandbox_t,
    out: *mut *mut hl4j_snapshot_t,
) -> *mut hl4j_error_t {
    guard::fallible(|| {
        // SAFETY: the caller's promise.
        let sandbox = unsafe { guard::reference(sandbox, "sandbox") }?;
        let snapshot = sandbox.lock()?.snapshot()?;
        // SAFETY: the caller's promise.
        unsafe { guard::give(out, hl4j_snapshot_t(snapshot)) }
    })
}

/// Restores the sandbox to the state of `snapshot`, whatever happened in it before.
///
/// # Safety
/// `sandbox` and `snapshot` are NULL or were not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_sandbox_restore(
    sandbox: *const hl4j_sandbox_t,
    snapshot: *const hl4j_snapshot_t,
) -> *mut hl4j_error_t {
    guard::fallible(|| {
        // SAFETY: the caller's promise.
        let (sandbox, snapshot) =
            unsafe { (guard::reference(sandbox, "sandbox")?, guard::reference(snapshot, "snapshot")?) };
        Ok(sandbox.lock()?.restore(snapshot.0.clone())?)
    })
}

/// Makes an interrupt for the sandbox. Can be called while the sandbox runs.
///
/// # Safety
/// `sandbox` is NULL or was not deleted; `out` is NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_sandbox_interrupt(
    sandbox: *const hl4j_sandbox_t,
    out: *mut *mut hl4j_interrupt_t,
) -> *mut hl4j_error_t {
    guard::fallible(|| {
        // SAFETY: the caller's promise.
        let sandbox = unsafe { guard::reference(sandbox, "sandbox") }?;
        // SAFETY: the caller's promise.
        unsafe { guard::give(out, hl4j_interrupt_t(sandbox.interrupt.clone())) }
    })
}

/// Ends the micro-VM and frees its memory. Not while a call on it is in progress. NULL does nothing.
///
/// # Safety
/// `sandbox` is NULL or was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_sandbox_delete(sandbox: *mut hl4j_sandbox_t) {
    // SAFETY: the caller's promise.
    unsafe { guard::delete(sandbox) }
}

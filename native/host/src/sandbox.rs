//! A micro-VM with an interpreter in it.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use hyperlight_host::func::{ParameterTuple, Registerable};
use hyperlight_host::sandbox::Callable;
use hyperlight_host::{HostFunctions, HyperlightError, MultiUseSandbox};
use hyperlight_wasm::{InterruptHandle, LoadedWasmSandbox, SandboxBuilder, Snapshot};

use crate::bytes::hl4j_bytes_t;
use crate::error::{
    Error, HL4J_ERROR_GUEST_ABORTED, HL4J_ERROR_GUEST_IMAGE, HL4J_ERROR_INTERNAL, HL4J_ERROR_INVALID_ARGUMENT,
    HL4J_ERROR_SNAPSHOT, hl4j_error_t,
};
use crate::guard;
use crate::host_call::{Host, hl4j_host_t, name};
use crate::interrupt::hl4j_interrupt_t;
use crate::outcome::hl4j_outcome_t;
use crate::snapshot::hl4j_snapshot_t;
use crate::wire;

/// What goes into the VM in one piece: a program (at most 10 MiB) or a reply (`HL4J_REPLY_LIMIT`).
pub(crate) const INPUT_BYTES: usize = 16 << 20;
/// What comes out of the VM in one piece: a tool's arguments (at most 1 MiB), an outcome.
pub(crate) const OUTPUT_BYTES: usize = 4 << 20;
/// For the runtime under the interpreter: each input is copied there a few times.
const HEAP_BYTES: u64 = 64 << 20;
/// All memory that a run can come to touch: the interpreter's (its maximum is declared by `native/guest/builder`), the
/// input and output above, page tables. It is taken from the host on first touch (`huge_pages.rs`).
pub(crate) const SCRATCH_BYTES: usize = 384 << 20;
/// The most that the interpreter's memory can grow to: 256 MiB.
pub const HL4J_MEMORY_LIMIT: u64 = 256 << 20;
/// More bits than Python's `random` gives out as a number of its own making.
const SEED_BYTES: usize = 32;

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
        // SAFETY: the caller's promise.
        let (host, path) = unsafe { (Host::new(host)?, image_path.as_str("image_path")?) };
        let mut builder = SandboxBuilder::new()
            .with_guest_input_buffer_size(INPUT_BYTES)
            .with_guest_output_buffer_size(OUTPUT_BYTES)
            .with_guest_heap_size(HEAP_BYTES)
            .with_guest_scratch_size(SCRATCH_BYTES)
            .with_host_print_fn(discard_print)
            .build()?;
        host.register(&mut builder)?;
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
        let (host, snapshot) = unsafe { (Host::new(host)?, guard::reference(snapshot, "snapshot")?) };
        let mut functions = HostFunctions::empty();
        functions.register_host_function("HostPrint", discard_print)?;
        host.register(&mut functions)?;
        let sandbox = MultiUseSandbox::from_snapshot(snapshot.0.clone(), functions, None)
            .map_err(Error::while_doing(HL4J_ERROR_SNAPSHOT, "making a sandbox from the snapshot"))?;
        let interrupt = sandbox.interrupt_handle();
        let sandbox = hl4j_sandbox_t::new(Machine::Restored(Box::new(sandbox)), interrupt, &host);
        // SAFETY: the caller's promise.
        unsafe { guard::give(out, sandbox) }
    })
}

/// Runs a program (Python, UTF-8) to its end: in a fresh `__main__` or, if `keep`, in the one that the program before left
/// behind. Modules and everything else of an earlier run are still there, unless the sandbox was restored in between.
/// `memory` is how many bytes the interpreter's memory may grow to: beyond that, Python raises its `MemoryError`. The interpreter
/// itself takes part of it. There is never more than `HL4J_MEMORY_LIMIT`, whatever the program does; a smaller limit holds for
/// programs that do not tamper with the interpreter.
///
/// A program that raises or exits gives an outcome, not an error.
///
/// # Safety
/// `sandbox` is NULL or was not deleted; `source` is valid for reading; `out` is NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_sandbox_run(
    sandbox: *const hl4j_sandbox_t,
    source: hl4j_bytes_t,
    keep: bool,
    memory: u64,
    out: *mut *mut hl4j_outcome_t,
) -> *mut hl4j_error_t {
    guard::fallible(|| {
        // SAFETY: the caller's promise.
        let (sandbox, source) = unsafe { (guard::reference(sandbox, "sandbox")?, source.as_str("source")?) };
        // From here rather than asked for by the guest: that would be one more exit in each run.
        let mut seed = [0; SEED_BYTES];
        getrandom::fill(&mut seed)
            .map_err(|error| Error::new(HL4J_ERROR_INTERNAL, format!("the system's random source: {error}")))?;
        let arguments = (
            wire::bytes(source.as_bytes()),
            vec![u8::from(keep)],
            wire::bytes(&seed),
            memory.to_ne_bytes().to_vec(),
        );
        let answer = sandbox.lock()?.call(&name("run"), arguments).map_err(Error::from_guest)?;
        let outcome = hl4j_outcome_t::decode(&answer)
            .map_err(Error::while_doing(HL4J_ERROR_GUEST_ABORTED, "reading the outcome"))?;
        // SAFETY: the caller's promise.
        unsafe { guard::give(out, outcome) }
    })
}

/// Does now what the first run after a restore would do: touches the memory that every run touches. A program sees no
/// difference, and the host function is not called, unless a program that ran before changed that.
///
/// # Safety
/// `sandbox` is NULL or was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_sandbox_prepare(sandbox: *const hl4j_sandbox_t) -> *mut hl4j_error_t {
    guard::fallible(|| {
        // SAFETY: the caller's promise.
        let sandbox = unsafe { guard::reference(sandbox, "sandbox") }?;
        sandbox.lock()?.call(&name("prepare"), ()).map_err(Error::from_guest)?;
        Ok(())
    })
}

/// Captures the sandbox as it is now.
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

/// Puts the sandbox back into the state of `snapshot`, whatever happened in it before.
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

//! Errors: a stable code and a sentence.

use hyperlight_common::flatbuffer_wrappers::guest_error::ErrorCode;
use hyperlight_host::HyperlightError;

use crate::bytes::hl4j_bytes_t;
use crate::guard;

/// An argument is NULL, not UTF-8 or out of range, or the object is in use by another call.
pub const HL4J_ERROR_INVALID_ARGUMENT: u32 = 1;
/// A bug in this library.
pub const HL4J_ERROR_INTERNAL: u32 = 2;
/// There is no hypervisor that this process can use. `hl4j_probe_new` gives the reason.
pub const HL4J_ERROR_NO_HYPERVISOR: u32 = 3;
/// The hypervisor is there, but the micro-VM could not be created or driven.
pub const HL4J_ERROR_HYPERVISOR: u32 = 4;
/// The guest image is missing, corrupt, or built for another version.
pub const HL4J_ERROR_GUEST_IMAGE: u32 = 5;
/// The call was ended by `hl4j_interrupt_kill`, or by the host function. Restore the sandbox before the next.
pub const HL4J_ERROR_CANCELLED: u32 = 6;
/// The guest crashed, or sent what an intact guest does not. Restore the sandbox before the next call.
pub const HL4J_ERROR_GUEST_ABORTED: u32 = 7;
/// The micro-VM ran out of memory. Restore the sandbox before the next call.
pub const HL4J_ERROR_GUEST_MEMORY: u32 = 8;
/// The last call did not end by itself. Restore the sandbox before the next.
pub const HL4J_ERROR_POISONED: u32 = 9;
/// The snapshot is missing, corrupt, or made by another library version, CPU vendor or hypervisor.
pub const HL4J_ERROR_SNAPSHOT: u32 = 10;
/// Reading or writing a file failed.
pub const HL4J_ERROR_IO: u32 = 11;
/// The calling thread's stack has too little room left to run the guest.
pub const HL4J_ERROR_STACK: u32 = 12;

/// An error: a stable code (`HL4J_ERROR_*`) and a sentence.
pub struct hl4j_error_t {
    code: u32,
    message: String,
}

/// The same inside this crate.
#[derive(Debug)]
pub(crate) struct Error {
    code: u32,
    message: String,
}

impl Error {
    pub(crate) fn new(code: u32, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// Gives a host error that carries no type of its own (`HL4J_ERROR_INTERNAL`) the code of the operation.
    pub(crate) fn while_doing(code: u32, doing: &str) -> impl FnOnce(HyperlightError) -> Self {
        move |error| {
            let error = Self::from(error);
            let code = if error.code == HL4J_ERROR_INTERNAL { code } else { error.code };
            Self::new(code, format!("{doing}: {}", error.message))
        }
    }

    /// Maps the failure of a call of the guest. The guest causes all of them, but for those that the host is known to: an exit
    /// that Hyperlight does not expect, or a message that it cannot read, are of the guest's making.
    pub(crate) fn from_guest(error: HyperlightError) -> Self {
        let error = Self::from(error);
        match error.code {
            HL4J_ERROR_CANCELLED | HL4J_ERROR_GUEST_MEMORY | HL4J_ERROR_POISONED => error,
            _ => Self::new(HL4J_ERROR_GUEST_ABORTED, format!("calling the guest: {}", error.message)),
        }
    }
}

impl From<Error> for hl4j_error_t {
    fn from(error: Error) -> Self {
        Self { code: error.code, message: error.message }
    }
}

impl From<HyperlightError> for Error {
    fn from(error: HyperlightError) -> Self {
        // A crash in the guest comes with a register dump behind its first line.
        Self::new(code_of(&error), error.to_string().lines().next().unwrap_or_default())
    }
}

/// Exhaustive on purpose: a variant that a new version of Hyperlight adds must be given its meaning here.
fn code_of(error: &HyperlightError) -> u32 {
    use HyperlightError as E;
    match error {
        E::ExecutionCanceledByHost() => HL4J_ERROR_CANCELLED,
        E::GuestAborted(code, _) if is_memory(ErrorCode::from(u64::from(*code))) => HL4J_ERROR_GUEST_MEMORY,
        E::GuestError(code, _) if is_memory(*code) => HL4J_ERROR_GUEST_MEMORY,
        E::GuestAborted(..)
        | E::GuestError(..)
        | E::ExecutionAccessViolation(_)
        | E::MemoryAccessViolation(..)
        | E::HostFunctionNotFound(_)
        | E::InvalidFlatBuffer(_) => HL4J_ERROR_GUEST_ABORTED,
        E::PoisonedSandbox => HL4J_ERROR_POISONED,
        E::NoHypervisorFound() => HL4J_ERROR_NO_HYPERVISOR,
        E::GuestBinVersionMismatch { .. } | E::PEFileProcessingFailure(_) => HL4J_ERROR_GUEST_IMAGE,
        E::SnapshotHostFunctionMismatch { .. } | E::NoMemorySnapshot => HL4J_ERROR_SNAPSHOT,
        E::IOError(_) => HL4J_ERROR_IO,
        E::HyperlightVmError(_)
        | E::UnrecoverableSandbox
        | E::MemoryRequestTooBig(..)
        | E::MemoryRequestTooSmall(..)
        | E::SharedMemory(_) => HL4J_ERROR_HYPERVISOR,
        E::AnyhowError(_)
        | E::CheckedAddOverflow(..)
        | E::CStringConversionError(_)
        | E::Error(_)
        | E::FailedToGetValueFromParameter()
        | E::FieldIsMissingInGuestLogData(_)
        | E::GuestExecutionHungOnHostFunctionCall()
        | E::GuestFunctionCallAlreadyInProgress()
        | E::GuestInterfaceUnsupportedType(_)
        | E::IntConversionFailure(_)
        | E::JsonConversionFailure(_)
        | E::LockAttemptFailed(_)
        | E::MetricNotFound(_)
        | E::ParameterValueConversionFailure(..)
        | E::RawPointerLessThanBaseAddress(..)
        | E::RefCellBorrowFailed(_)
        | E::RefCellMutBorrowFailed(_)
        | E::ReturnValueConversionFailure(..)
        | E::SystemTimeError(_)
        | E::TryFromSliceError(_)
        | E::UnexpectedNoOfArguments(..)
        | E::UnexpectedParameterValueType(..)
        | E::UnexpectedReturnValueType(..)
        | E::UTF8StringConversionFailure(_)
        | E::VectorCapacityIncorrect(..) => HL4J_ERROR_INTERNAL,
        #[cfg(target_os = "windows")]
        E::CrossBeamReceiveError(_) | E::CrossBeamSendError(_) => HL4J_ERROR_INTERNAL,
        #[cfg(target_os = "windows")]
        E::WindowsAPIError(_) => HL4J_ERROR_HYPERVISOR,
        #[cfg(target_os = "linux")]
        E::VmmSysError(_) => HL4J_ERROR_HYPERVISOR,
    }
}

/// Whether the guest's runtime aborted because the VM has no more memory for it.
fn is_memory(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::MallocFailed | ErrorCode::FailureInDlmalloc)
}

/// Returns the error's code, one of `HL4J_ERROR_*`; 0 for NULL.
///
/// # Safety
/// `error` is NULL or an error that was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_error_code(error: *const hl4j_error_t) -> u32 {
    // SAFETY: the caller's promise.
    guard::infallible(HL4J_ERROR_INTERNAL, || unsafe { error.as_ref() }.map_or(0, |error| error.code))
}

/// Writes the error's message to `out`: a sentence, UTF-8, valid until the error is deleted.
///
/// # Safety
/// `error` is NULL or an error that was not deleted; `out` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_error_message(error: *const hl4j_error_t, out: *mut hl4j_bytes_t) {
    // SAFETY: the caller's promise.
    unsafe { text(error, out, |error| &error.message) }
}

/// Deletes the error. NULL does nothing.
///
/// # Safety
/// `error` is NULL or an error that was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_error_delete(error: *mut hl4j_error_t) {
    // SAFETY: the caller's promise.
    unsafe { guard::delete(error) }
}

/// Writes a text that `object` owns to `out`; nothing when either is NULL.
///
/// # Safety
/// `object` is NULL or valid; `out` is NULL or valid for writing.
pub(crate) unsafe fn text<T>(object: *const T, out: *mut hl4j_bytes_t, get: impl FnOnce(&T) -> &str) {
    // SAFETY: the caller's promise.
    unsafe { bytes_of(object, out, |object| get(object).as_bytes()) }
}

/// Writes bytes that `object` owns to `out`; nothing when either is NULL.
///
/// # Safety
/// `object` is NULL or valid; `out` is NULL or valid for writing.
pub(crate) unsafe fn bytes_of<T>(object: *const T, out: *mut hl4j_bytes_t, get: impl FnOnce(&T) -> &[u8]) {
    guard::infallible((), || {
        // SAFETY: the caller's promise.
        if let (Some(object), false) = (unsafe { object.as_ref() }, out.is_null()) {
            // SAFETY: not NULL, and writable by the caller's promise.
            unsafe { out.write(hl4j_bytes_t::of(get(object))) };
        }
    });
}

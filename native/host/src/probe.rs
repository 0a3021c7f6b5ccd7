//! A trial of whether micro-VMs work on this host.

use std::fs::File;
use std::io::ErrorKind;

use hyperlight_wasm::SandboxBuilder;

use crate::bytes::hl4j_bytes_t;
use crate::error::{hl4j_error_t, text};
use crate::guard;

/// Micro-VMs work here.
pub const HL4J_PROBE_USABLE: u32 = 0;
/// There is no hypervisor device.
pub const HL4J_PROBE_NO_DEVICE: u32 = 1;
/// There is a hypervisor device, and this user may not open it.
pub const HL4J_PROBE_NO_PERMISSION: u32 = 2;
/// There is a hypervisor device, and it did not run a guest.
pub const HL4J_PROBE_CANNOT_RUN_GUEST: u32 = 3;
/// This CPU or operating system is not supported.
pub const HL4J_PROBE_UNSUPPORTED_PLATFORM: u32 = 4;

/// The result of a probe.
pub struct hl4j_probe_t {
    status: u32,
    detail: String,
}

/// The hypervisor that this library was built for, and its device, where it has one.
#[cfg(all(target_os = "linux", feature = "kvm"))]
const HYPERVISOR: (&str, Option<&str>) = ("kvm", Some("/dev/kvm"));
#[cfg(all(target_os = "linux", feature = "mshv", not(feature = "kvm")))]
const HYPERVISOR: (&str, Option<&str>) = ("mshv", Some("/dev/mshv"));
#[cfg(target_os = "windows")]
const HYPERVISOR: (&str, Option<&str>) = ("whp", None);

#[cfg(not(any(target_os = "windows", all(target_os = "linux", any(feature = "kvm", feature = "mshv")))))]
compile_error!("build for Windows, or for Linux with the feature `kvm` or `mshv`");

impl hl4j_probe_t {
    fn run() -> Self {
        let found = |status, detail: String| Self { status, detail };
        if !cfg!(target_arch = "x86_64") {
            return found(HL4J_PROBE_UNSUPPORTED_PLATFORM, format!("the CPU is {}", std::env::consts::ARCH));
        }
        if let Some(path) = HYPERVISOR.1
            && let Err(error) = File::options().read(true).write(true).open(path)
        {
            let status = match error.kind() {
                ErrorKind::NotFound => HL4J_PROBE_NO_DEVICE,
                ErrorKind::PermissionDenied => HL4J_PROBE_NO_PERMISSION,
                _ => HL4J_PROBE_CANNOT_RUN_GUEST,
            };
            return found(status, format!("opening {path}: {error}"));
        }
        if HYPERVISOR.1.is_none() && !hyperlight_wasm::is_hypervisor_present() {
            return found(HL4J_PROBE_NO_DEVICE, format!("{} is not there", HYPERVISOR.0));
        }
        // The device alone proves nothing: some are there and run no guest. So boot the guest runtime, for real.
        match SandboxBuilder::new().build().and_then(|sandbox| sandbox.load_runtime()) {
            Ok(_) => found(HL4J_PROBE_USABLE, "a micro-VM ran a guest".to_owned()),
            Err(error) => found(HL4J_PROBE_CANNOT_RUN_GUEST, format!("running a guest: {error}")),
        }
    }
}

/// Boots a micro-VM to see whether they work here. Takes as long as that takes; a device that exists but hangs makes it
/// hang.
///
/// # Safety
/// `out` is NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_probe_new(out: *mut *mut hl4j_probe_t) -> *mut hl4j_error_t {
    guard::fallible(|| {
        let probe = std::panic::catch_unwind(hl4j_probe_t::run).unwrap_or_else(|panic| hl4j_probe_t {
            status: HL4J_PROBE_CANNOT_RUN_GUEST,
            detail: format!("running a guest: {}", guard::panic_text(&*panic)),
        });
        // SAFETY: the caller's promise.
        unsafe { guard::give(out, probe) }
    })
}

/// Returns the status of the probe, one of `HL4J_PROBE_*`; `HL4J_PROBE_CANNOT_RUN_GUEST` for NULL.
///
/// # Safety
/// `probe` is NULL or was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_probe_status(probe: *const hl4j_probe_t) -> u32 {
    guard::infallible(HL4J_PROBE_CANNOT_RUN_GUEST, || {
        // SAFETY: the caller's promise.
        unsafe { probe.as_ref() }.map_or(HL4J_PROBE_CANNOT_RUN_GUEST, |probe| probe.status)
    })
}

/// Writes the hypervisor that this library was built for to `out`: `kvm`, `mshv` or `whp`.
///
/// # Safety
/// `probe` is NULL or was not deleted; `out` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_probe_hypervisor(probe: *const hl4j_probe_t, out: *mut hl4j_bytes_t) {
    // SAFETY: the caller's promise.
    unsafe { text(probe, out, |_| HYPERVISOR.0) }
}

/// Writes to `out` the attempt and its result, in a few words. Valid until the probe is deleted.
///
/// # Safety
/// `probe` is NULL or was not deleted; `out` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_probe_detail(probe: *const hl4j_probe_t, out: *mut hl4j_bytes_t) {
    // SAFETY: the caller's promise.
    unsafe { text(probe, out, |probe| &probe.detail) }
}

/// Deletes the probe. NULL does nothing.
///
/// # Safety
/// `probe` is NULL or was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_probe_delete(probe: *mut hl4j_probe_t) {
    // SAFETY: the caller's promise.
    unsafe { guard::delete(probe) }
}

//! A snapshot: the captured state of a sandbox.

use std::path::Path;
use std::sync::Arc;

use hyperlight_wasm::{OciTag, Snapshot};

use crate::bytes::hl4j_bytes_t;
use crate::error::{Error, HL4J_ERROR_SNAPSHOT, hl4j_error_t};
use crate::guard;

/// The tag of the one snapshot in a directory that `hl4j_snapshot_save` wrote.
const TAG: &str = "hyperlight4j";

/// The memory and processor state of a sandbox at one moment. Sandboxes are made from it and restored to it; they do not
/// need it afterwards.
pub struct hl4j_snapshot_t(pub(crate) Arc<Snapshot>);

/// Writes the snapshot to `directory` (a path, UTF-8), which is created if it is missing; its parent must exist. The
/// format is Hyperlight's, an OCI image layout. It is not written atomically: write to a temporary directory and rename.
///
/// # Safety
/// `snapshot` is NULL or was not deleted; `directory` is valid for reading.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_snapshot_save(
    snapshot: *const hl4j_snapshot_t,
    directory: hl4j_bytes_t,
) -> *mut hl4j_error_t {
    guard::fallible(|| {
        // SAFETY: the caller's promise.
        let (snapshot, directory) =
            unsafe { (guard::reference(snapshot, "snapshot")?, directory.as_str("directory")?) };
        let tag = OciTag::new(TAG).map_err(Error::from)?;
        snapshot
            .0
            .save(Path::new(directory), &tag)
            .map_err(Error::while_doing(HL4J_ERROR_SNAPSHOT, "saving the snapshot"))?;
        Ok(())
    })
}

/// Maps the snapshot in `directory` (a path, UTF-8). Its files must be trusted, and must not change while the snapshot or
/// a sandbox made from it exists. Digests are not checked here. A snapshot of another Hyperlight version, CPU vendor or
/// hypervisor fails with `HL4J_ERROR_SNAPSHOT`.
///
/// # Safety
/// `directory` is valid for reading; `out` is NULL or valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_snapshot_load(
    directory: hl4j_bytes_t,
    out: *mut *mut hl4j_snapshot_t,
) -> *mut hl4j_error_t {
    guard::fallible(|| {
        // SAFETY: the caller's promise.
        let directory = unsafe { directory.as_str("directory") }?;
        let tag = OciTag::new(TAG).map_err(Error::from)?;
        let snapshot = Snapshot::load(Path::new(directory), tag)
            .map_err(Error::while_doing(HL4J_ERROR_SNAPSHOT, "loading the snapshot"))?;
        // SAFETY: the caller's promise.
        unsafe { guard::give(out, hl4j_snapshot_t(Arc::new(snapshot))) }
    })
}

/// Deletes the snapshot. Sandboxes made from it stay as they are. NULL does nothing.
///
/// # Safety
/// `snapshot` is NULL or was not deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn hl4j_snapshot_delete(snapshot: *mut hl4j_snapshot_t) {
    // SAFETY: the caller's promise.
    unsafe { guard::delete(snapshot) }
}

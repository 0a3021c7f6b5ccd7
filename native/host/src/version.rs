//! The version of the ABI.

use crate::guard;

/// The version of this ABI. It changes with every change that a caller compiled against the old header would notice.
pub const HL4J_ABI_VERSION: u32 = 4;

/// Returns the library's `HL4J_ABI_VERSION`, for the caller to compare with the one it was compiled against.
#[unsafe(no_mangle)]
pub extern "C" fn hl4j_abi_version() -> u32 {
    guard::infallible(0, || HL4J_ABI_VERSION)
}

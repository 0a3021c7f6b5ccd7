//! The C ABI of hyperlight4j: what Java's Foreign Function & Memory API drives.
//!
//! It creates, snapshots, restores, runs and interrupts Hyperlight micro-VMs whose guest is CPython (`native/guest`), and
//! hands what the guest asks for to one function of the host application. It holds no policy and touches neither files
//! nor network on the guest's behalf.
//!
//! `include/hl4j.h` is generated from this crate and states the rules that hold for every function: errors, ownership,
//! text, threads. One file here per noun of the ABI.

#![allow(non_camel_case_types)]

mod bytes;
mod error;
mod files;
mod guard;
mod host_call;
mod http;
#[cfg(target_os = "linux")]
mod huge_pages;
mod interrupt;
mod outcome;
mod probe;
mod reply;
mod sandbox;
mod snapshot;
mod wire;

pub use bytes::*;
pub use error::*;
pub use files::*;
pub use host_call::*;
pub use http::*;
pub use interrupt::*;
pub use outcome::*;
pub use probe::*;
pub use reply::*;
pub use sandbox::*;
pub use snapshot::*;

/// The version of this ABI. It changes with every change that a caller compiled against the old header would notice.
pub const HL4J_ABI_VERSION: u32 = 3;

/// Returns the library's `HL4J_ABI_VERSION`, for the caller to compare with the one it was compiled against.
#[unsafe(no_mangle)]
pub extern "C" fn hl4j_abi_version() -> u32 {
    HL4J_ABI_VERSION
}

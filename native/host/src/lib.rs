//! The C ABI of hyperlight4j, for Java's Foreign Function & Memory API.
//!
//! It creates, snapshots, restores, calls
//! and interrupts Hyperlight micro-VMs whose guest is CPython (`native/guest`), and hands the guest's calls of the host, as
//! they were sent, to one function of the application. It holds no policy, knows none of the guest's functions, and touches
//! neither files nor network on the guest's behalf.
//!
//! `include/hl4j.h` is generated from this crate and states the rules that hold for every function: threads, ownership,
//! errors. One file here per noun of the ABI.

#![allow(non_camel_case_types)]

mod bytes;
mod error;
mod guard;
mod host;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod huge_pages;
mod interrupt;
mod probe;
mod random;
mod reply;
mod result;
mod sandbox;
mod snapshot;
mod stack;
mod version;

pub use bytes::*;
pub use error::*;
pub use host::*;
pub use interrupt::*;
pub use probe::*;
pub use random::*;
pub use reply::*;
pub use result::*;
pub use sandbox::*;
pub use snapshot::*;
pub use version::*;

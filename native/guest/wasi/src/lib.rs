//! The WASI layer: what CPython's C library believes to be its operating system.
//!
//! It runs inside the micro-VM, beside the interpreter, as a component of its own. Every WASI 0.2 function that CPython
//! imports is answered here, from this layer's own tables or by asking the host through the guest's WIT interface
//! (`../wit`). Nothing is left as a stub: in a component, a missing function traps, and a trap ends the micro-VM.
//!
//! One file per WASI package, and `octets` for how bytes travel. The traits come from the interpreter's imports, at build time (`../builder`), so a WASI
//! function that is not implemented here does not compile.

#![no_std]

extern crate alloc;

mod cli;
mod clocks;
mod filesystem;
mod io;
mod octets;
mod random;
mod sockets;

#[allow(missing_docs, clippy::all, unsafe_op_in_unsafe_fn, dead_code)]
mod bindings {
    include!(env!("HL4J_WASI_BINDINGS"));
}

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// A panic here is a bug in the layer. It traps, which ends the micro-VM and nothing else.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

/// The implementation of every exported interface.
struct Layer;

bindings::export!(Layer);

//! Puts the part of a micro-VM's memory that every run touches on huge pages.
//!
//! A restore writes the VM's page tables there and a run touches some two hundred pages behind them, one after the other
//! (`alloc_phys_pages` in `hyperlight-guest`). On 4 KiB pages each of them is a fault in this process and another in the
//! virtual processor; on a huge page, all together are one of each. The second holds only if the memory begins
//! at a multiple of a huge page here, as it does in the VM. Hyperlight leaves its place to the kernel, so the linker sends
//! its calls of `mmap` through this file (`build.rs`), where the one for that memory is known by its size. Should a new version of
//! Hyperlight ask for another size, or lay the memory out in another way, nothing but the gain is lost, and the test
//! `memory_is_on_huge_pages` fails.

use std::ffi::c_void;

use libc::{c_int, off_t, size_t};

use crate::sandbox::{INPUT_BYTES, OUTPUT_BYTES, SCRATCH_BYTES};

const PAGE: usize = 4 << 10;
const HUGE_PAGE: usize = 2 << 20;

/// The input and the output: few bytes of them are touched, so a huge page for each would be a waste.
const BUFFERS: usize = INPUT_BYTES + OUTPUT_BYTES;
/// As well as the bookkeeping and the stack for exceptions at the end.
const END: usize = HUGE_PAGE;
/// Before and behind the memory, Hyperlight has a guard page.
const MAPPING: usize = PAGE + SCRATCH_BYTES + PAGE;

unsafe extern "C" {
    /// The C library's `mmap`.
    fn __real_mmap(
        address: *mut c_void,
        length: size_t,
        protection: c_int,
        flags: c_int,
        file: c_int,
        offset: off_t,
    ) -> *mut c_void;
}

// The symbol to which the linker sends this library's calls of `mmap`. Hidden, so that no other library's go there.
std::arch::global_asm!(
    ".globl __wrap_mmap",
    ".hidden __wrap_mmap",
    ".type __wrap_mmap, @function",
    "__wrap_mmap:",
    "jmp {map}",
    map = sym map_aligned,
);

/// Maps memory as the C library does, but for a micro-VM's.
///
/// # Safety
/// As for mmap(2).
unsafe extern "C" fn map_aligned(
    address: *mut c_void,
    length: size_t,
    protection: c_int,
    flags: c_int,
    file: c_int,
    offset: off_t,
) -> *mut c_void {
    // SAFETY: the caller's promise.
    let map = |length| unsafe { __real_mmap(address, length, protection, flags, file, offset) };
    if !address.is_null() || length != MAPPING || file != -1 {
        return map(length);
    }
    let whole = map(MAPPING + HUGE_PAGE);
    if whole == libc::MAP_FAILED {
        return map(length);
    }
    let before = whole.wrapping_byte_add(PAGE).cast::<u8>().align_offset(HUGE_PAGE);
    let mapping = whole.wrapping_byte_add(before);
    let memory = mapping.wrapping_byte_add(PAGE);
    // SAFETY: these are parts of the new mapping, which is in use nowhere yet. Advice changes no content.
    unsafe {
        unmap(whole, before);
        unmap(mapping.wrapping_byte_add(MAPPING), HUGE_PAGE - before);
        libc::madvise(memory, BUFFERS, libc::MADV_NOHUGEPAGE);
        libc::madvise(memory.wrapping_byte_add(BUFFERS), SCRATCH_BYTES - BUFFERS - END, libc::MADV_HUGEPAGE);
        libc::madvise(memory.wrapping_byte_add(SCRATCH_BYTES - END), END, libc::MADV_NOHUGEPAGE);
    }
    mapping
}

/// # Safety
/// As for munmap(2).
unsafe fn unmap(address: *mut c_void, length: usize) {
    if length > 0 {
        // SAFETY: the caller's promise. If it fails, address space is lost and no memory.
        unsafe { libc::munmap(address, length) };
    }
}

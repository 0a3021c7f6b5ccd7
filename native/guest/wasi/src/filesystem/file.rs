//! Open files: what is read ahead of a program, and what it writes.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use super::cache::{self, Moment};
use super::{change, error};
use crate::bindings::exports::wasi::filesystem::types::{DescriptorFlags, ErrorCode};
use crate::bindings::hyperlight4j::sandbox::files;
use crate::octets;

/// What the host reads or writes at a time at most (`../wit`).
pub const BLOCK: u64 = 1 << 20;
/// What is read at least: about what a VM exit costs as much as.
const LEAST: u64 = 32 * 1024;
/// The offset that stands for a file's end.
pub const END: u64 = u64::MAX;

/// An open file.
pub struct File {
    path: String,
    handle: u32,
    flags: DescriptorFlags,
    status: Cell<(files::Status, Moment)>,
    ahead: RefCell<Ahead>,
    /// Why the last write to a stream failed, until somebody asks.
    failure: Cell<Option<ErrorCode>>,
}

/// What was read and not yet asked for.
struct Ahead {
    words: Vec<u64>,
    start: u64,
    count: u64,
    moment: Moment,
    /// How much to read next, if a program goes on where this ends.
    window: u64,
}

impl Ahead {
    fn end(&self) -> u64 {
        self.start + self.count
    }
}

impl File {
    pub fn new(path: String, opened: files::Opened, flags: DescriptorFlags) -> Self {
        let moment = cache::moment(&path);
        let status = files::Status { kind: 0, size: opened.size, modified: opened.modified };
        let ahead = Ahead { words: Vec::new(), start: 0, count: 0, moment, window: LEAST };
        Self {
            path,
            handle: opened.handle,
            flags,
            status: Cell::new((status, moment)),
            ahead: RefCell::new(ahead),
            failure: Cell::new(None),
        }
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn flags(&self) -> DescriptorFlags {
        self.flags
    }

    pub fn status(&self) -> Result<files::Status, ErrorCode> {
        let (status, moment) = self.status.get();
        let now = cache::moment(&self.path);
        if moment == now {
            return Ok(status);
        }
        let status = files::stat_handle(self.handle).map_err(error)?;
        self.status.set((status, now));
        Ok(status)
    }

    pub fn resize(&self, size: u64) -> Result<(), ErrorCode> {
        self.require(DescriptorFlags::WRITE)?;
        change(files::resize(self.handle, size)).map(drop)
    }

    /// Reads at most `length` bytes, perhaps fewer, none at the file's end.
    pub fn read(&self, offset: u64, length: u64) -> Result<Vec<u8>, ErrorCode> {
        self.require(DescriptorFlags::READ)?;
        let now = cache::moment(&self.path);
        let mut ahead = self.ahead.borrow_mut();
        let usable = ahead.moment == now;
        if length == 0 {
            return Ok(Vec::new());
        }
        if !(usable && (ahead.start..ahead.end()).contains(&offset)) {
            let (status, moment) = self.status.get();
            let left = if moment == now { status.size.saturating_sub(offset) } else { BLOCK };
            if left == 0 {
                return Ok(Vec::new());
            }
            let window = if usable && offset == ahead.end() { ahead.window } else { LEAST };
            let count = length.max(window).min(left).min(BLOCK);
            let block = files::read(self.handle, offset, count as u32).map_err(error)?;
            let count = u64::from(block.count).min(8 * block.words.len() as u64);
            let window = (2 * window).min(BLOCK);
            *ahead = Ahead { words: block.words, start: offset, count, moment: now, window };
        }
        let from = offset - ahead.start;
        let to = (from + length.min(BLOCK)).min(ahead.count);
        let bytes = bytes_of(&ahead.words)[from as usize..to as usize].to_vec();
        if to == ahead.count {
            ahead.words = Vec::new();
            ahead.start += ahead.count;
            ahead.count = 0;
        }
        Ok(bytes)
    }

    /// Writes all bytes at `offset` or [`END`]. Returns where they end.
    pub fn write(&self, offset: u64, bytes: &[u8]) -> Result<u64, ErrorCode> {
        self.require(DescriptorFlags::WRITE)?;
        let mut end = offset;
        for block in bytes.chunks(BLOCK as usize) {
            let written = change(files::write_at(self.handle, end, &octets::encode(block)))?;
            end = if offset == END { END } else { written };
        }
        Ok(end)
    }

    /// Writes for a stream, whose error tells the C library nothing: [`File::sync`] does.
    pub fn stream(&self, offset: u64, bytes: &[u8]) -> Result<u64, ()> {
        self.write(offset, bytes).map_err(|code| self.failure.set(Some(code)))
    }

    /// Everything is with the host already, unless writing it to a stream failed. That is told once.
    pub fn sync(&self) -> Result<(), ErrorCode> {
        self.failure.take().map_or(Ok(()), Err)
    }

    /// Refuses what the file was not opened for.
    pub fn require(&self, flag: DescriptorFlags) -> Result<(), ErrorCode> {
        if self.flags.contains(flag) { Ok(()) } else { Err(ErrorCode::BadDescriptor) }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        files::close(self.handle);
    }
}

/// The bytes of numbers: WebAssembly's lowest byte comes first.
fn bytes_of(words: &[u64]) -> &[u8] {
    // SAFETY: the same memory; bytes have no alignment and no invalid values.
    unsafe { core::slice::from_raw_parts(words.as_ptr().cast(), 8 * words.len()) }
}

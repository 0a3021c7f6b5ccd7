//! Directories and their lists.

use alloc::string::{String, ToString};
use alloc::vec::IntoIter;
use core::cell::RefCell;

use super::{cache, error, kind};
use crate::bindings::exports::wasi::filesystem::types::{DirectoryEntry, ErrorCode, GuestDirectoryEntryStream};
use crate::bindings::hyperlight4j::sandbox::files;

/// A directory that is open: its path, and the first part of its list until that is asked for. The list is got when the
/// directory is opened, which tells at the same time whether there is one: one VM exit instead of two.
pub struct Directory {
    path: String,
    first: RefCell<Option<files::Entries>>,
}

impl Directory {
    pub fn root() -> Self {
        Self { path: "/".to_string(), first: RefCell::new(None) }
    }

    pub fn open(path: String) -> Result<Self, ErrorCode> {
        if path == "/" {
            return Ok(Self::root());
        }
        let first = list(&path, 0)?;
        Ok(Self { path, first: RefCell::new(Some(first)) })
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn entries(&self) -> Result<Entries, ErrorCode> {
        let first = match self.first.take() {
            Some(first) => first,
            None => list(&self.path, 0)?,
        };
        let part = RefCell::new((first.items.into_iter(), first.next));
        Ok(Entries { directory: self.path.clone(), part })
    }
}

fn list(path: &str, start: u64) -> Result<files::Entries, ErrorCode> {
    let entries = files::list_directory(path, start).map_err(error)?;
    cache::keep(path, &entries.items);
    Ok(entries)
}

/// A directory's list, part by part.
pub struct Entries {
    directory: String,
    /// What is left of the part at hand, and where the next one starts, or 0.
    part: RefCell<(IntoIter<files::Entry>, u64)>,
}

impl GuestDirectoryEntryStream for Entries {
    fn read_directory_entry(&self) -> Result<Option<DirectoryEntry>, ErrorCode> {
        let mut part = self.part.borrow_mut();
        loop {
            if let Some(entry) = part.0.next() {
                return Ok(Some(DirectoryEntry { type_: kind(entry.kind), name: entry.name }));
            }
            if part.1 == 0 {
                return Ok(None);
            }
            let next = list(&self.directory, part.1)?;
            *part = (next.items.into_iter(), next.next);
        }
    }
}

//! What is known of the files without asking the host, which costs a VM exit each time.
//!
//! `/input` cannot be changed by a program, so what a listing told of it holds until the run ends. Of everything else, only
//! what was said since the last change is kept.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use core::cell::RefCell;

use crate::bindings::hyperlight4j::sandbox::files;

/// The most entries that are kept.
const ENTRIES: usize = 16 * 1024;

struct Known {
    /// What listings below `/input` told, by path.
    listed: BTreeMap<String, files::Status>,
    /// How often something was changed.
    changes: u64,
    /// How often everything was forgotten.
    runs: u64,
}

struct Single(RefCell<Known>);

// SAFETY: a component has one thread.
unsafe impl Sync for Single {}

static KNOWN: Single = Single(RefCell::new(Known { listed: BTreeMap::new(), changes: 0, runs: 0 }));

/// Something that is only known for as long as nothing has changed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    changes: u64,
    runs: u64,
}

fn is_read_only(path: &str) -> bool {
    path.strip_prefix("/input").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Now, as far as it matters for what `path` names.
pub fn moment(path: &str) -> Moment {
    let known = KNOWN.0.borrow();
    Moment { changes: if is_read_only(path) { 0 } else { known.changes }, runs: known.runs }
}

/// Something is changed.
pub fn changed() {
    KNOWN.0.borrow_mut().changes += 1;
}

/// Nothing is known any more.
pub fn forget() {
    let mut known = KNOWN.0.borrow_mut();
    known.listed = BTreeMap::new();
    known.runs += 1;
}

/// Keeps what the listing of `directory` told.
pub fn keep(directory: &str, entries: &[files::Entry]) {
    if !is_read_only(directory) {
        return;
    }
    let mut known = KNOWN.0.borrow_mut();
    for entry in entries {
        if known.listed.len() == ENTRIES {
            return;
        }
        let mut path = directory.to_string();
        path.push('/');
        path.push_str(&entry.name);
        let status = files::Status { kind: entry.kind, size: entry.size, modified: entry.modified };
        known.listed.insert(path, status);
    }
}

/// What a listing told of `path`. Where a symbolic link leads, it did not tell.
pub fn listed(path: &str, follow: bool) -> Option<files::Status> {
    let known = KNOWN.0.borrow();
    known.listed.get(path).copied().filter(|status| status.kind != 2 || !follow)
}

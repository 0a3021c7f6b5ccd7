//! The guest interface, read from its text form.

use std::path::Path;

use anyhow::{Context, Result};
use wit_parser::Resolve;

/// Encodes the WIT package in `directory` to its binary form in the file `out`.
pub fn encode(directory: &Path, out: &Path) -> Result<()> {
    let mut resolve = Resolve::default();
    let (package, _) =
        resolve.push_dir(directory).with_context(|| format!("reading the WIT package in {}", directory.display()))?;
    let bytes = wit_component::encode(&resolve, package, false)?;
    write_if_changed(out, &bytes)
}

/// Writes `bytes` unless the file holds them already: build scripts downstream compare times.
pub fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    std::fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}

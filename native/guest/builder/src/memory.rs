//! Bounds the guest's WebAssembly memories.

use anyhow::{Result, anyhow};
use std::convert::Infallible;
use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent};

/// Declares `pages` (64 KiB each) as the maximum of every memory in `component` that declares none.
///
/// componentize-py declares none. Without one, memory that the micro-VM does not have is handed out and the VM aborts
/// on first touch; with one, `memory.grow` fails and Python raises its `MemoryError`.
pub fn declare_maximum(component: &[u8], pages: u64) -> Result<Vec<u8>> {
    let mut out = wasm_encoder::Component::new();
    Bound { pages }
        .parse_component(&mut out, wasmparser::Parser::new(0), component)
        .map_err(|error| anyhow!("rewriting the component's memories: {error}"))?;
    Ok(out.finish())
}

struct Bound {
    pages: u64,
}

impl Reencode for Bound {
    type Error = Infallible;

    fn memory_type(&mut self, memory: wasmparser::MemoryType) -> Result<wasm_encoder::MemoryType, Error<Infallible>> {
        let mut memory = wasm_encoder::reencode::utils::memory_type(self, memory);
        memory.maximum = memory.maximum.or(Some(self.pages.max(memory.minimum)));
        Ok(memory)
    }
}

impl ReencodeComponent for Bound {}

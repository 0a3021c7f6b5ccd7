//! `wasi:random`: the host's random source, asked each time. A snapshot would repeat its own.

use alloc::vec::Vec;

use crate::Layer;
use crate::bindings::exports::wasi::random::random;
use crate::bindings::hyperlight4j::sandbox::entropy;

/// What the host answers at a time (`../wit`).
const CHUNK: u64 = 65536;

impl random::Guest for Layer {
    fn get_random_bytes(length: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < length {
            let missing = (length - bytes.len() as u64).min(CHUNK);
            bytes.extend_from_slice(&entropy::bytes(missing as u32));
        }
        bytes
    }
}

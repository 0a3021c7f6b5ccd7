//! What the guest asks about files: the interface `files` of its WIT world.

use std::sync::Arc;

use hyperlight_host::HyperlightError;
use hyperlight_host::func::Registerable;

use crate::bytes::hl4j_bytes_t;
use crate::host_call::{Host, block, block_count, check_count, empty, hl4j_host_call_t, name, one, string};
use crate::reply::{Status, hl4j_reply_t};
use crate::wire::{Reader, Writer};

/// `files.stat`: `name` is a path, `flags` 1 to follow a symbolic link at its end. The reply is a status. This and the
/// following can fail, if nothing else is said: the reply's number is then a case of `error-code` in `wasi:filesystem/types`
/// 0.2, counted from 0. Every path is absolute, chosen by the guest, and UTF-8.
pub const HL4J_CALL_FILE_STAT: u32 = 20;
/// `files.stat-handle`: `handle`. The reply is a status.
pub const HL4J_CALL_FILE_STAT_HANDLE: u32 = 21;
/// `files.list-directory`: `name` is a path, `number` where to go on. The reply is entries, and the number where the list
/// goes on, 0 at its end.
pub const HL4J_CALL_FILE_LIST: u32 = 22;
/// `files.open`: `name` is a path, `flags` are those of the guest interface. The reply's number is a handle (32 bits), and
/// there is a status.
pub const HL4J_CALL_FILE_OPEN: u32 = 23;
/// `files.read`: `handle`, `number` is an offset, `count` the most to read, at most `HL4J_BLOCK_LIMIT`. The reply's number
/// says how many bytes were read; they come first in the bytes.
pub const HL4J_CALL_FILE_READ: u32 = 24;
/// `files.write-at`: `handle`, `number` is an offset, 2^64 - 1 for the file's end, `data` the bytes. The reply's number is
/// the offset behind them.
pub const HL4J_CALL_FILE_WRITE: u32 = 25;
/// `files.resize`: `handle`, `number` is the new size.
pub const HL4J_CALL_FILE_RESIZE: u32 = 26;
/// `files.close`: `handle`. It cannot fail.
pub const HL4J_CALL_FILE_CLOSE: u32 = 27;
/// `files.make-directory`: `name` is a path.
pub const HL4J_CALL_FILE_MAKE_DIRECTORY: u32 = 28;
/// `files.remove`: `name` is a path, `flags` 1 for a directory.
pub const HL4J_CALL_FILE_REMOVE: u32 = 29;
/// `files.rename`: `name` is a path, `text` another.
pub const HL4J_CALL_FILE_RENAME: u32 = 30;
/// `files.set-modified`: `name` is a path, `number` nanoseconds since the Unix epoch.
pub const HL4J_CALL_FILE_SET_MODIFIED: u32 = 31;
/// `files.read-link`: `name` is a path. The reply's text is where the link leads.
pub const HL4J_CALL_FILE_READ_LINK: u32 = 32;

pub(crate) fn register(host: &Arc<Host>, into: &mut impl Registerable) -> Result<(), HyperlightError> {
    register_names(host, into)?;
    register_handles(host, into)?;
    register_changes(host, into)
}

/// What is asked with a path and changes nothing.
fn register_names(host: &Arc<Host>, into: &mut impl Registerable) -> Result<(), HyperlightError> {
    let own = host.clone();
    into.register_host_function(&name("stat"), move |path: Vec<u8>, follow: Vec<u8>| {
        let flags = one(&follow, Reader::bool)?.into();
        let call = hl4j_host_call_t { flags, ..about(HL4J_CALL_FILE_STAT, string(&path)?) };
        answer(&own, &call, |reply, out| reply.status().encode(out))
    })?;
    let own = host.clone();
    into.register_host_function(&name("list-directory"), move |path: Vec<u8>, start: Vec<u8>| {
        let number = one(&start, Reader::u64)?;
        let call = hl4j_host_call_t { number, ..about(HL4J_CALL_FILE_LIST, string(&path)?) };
        answer(&own, &call, |reply, out| {
            reply.encode_entries(out);
            out.u64(reply.number());
            Ok(())
        })
    })?;
    let own = host.clone();
    into.register_host_function(&name("open"), move |path: Vec<u8>, flags: Vec<u8>| {
        let flags = one(&flags, Reader::u32)?;
        let call = hl4j_host_call_t { flags, ..about(HL4J_CALL_FILE_OPEN, string(&path)?) };
        answer(&own, &call, |reply, out| {
            let Status { size, modified, .. } = reply.status();
            out.u32(reply.number_as()?);
            out.u64(size);
            out.u64(modified);
            Ok(())
        })
    })?;
    let own = host.clone();
    into.register_host_function(&name("read-link"), move |path: Vec<u8>| {
        answer(&own, &about(HL4J_CALL_FILE_READ_LINK, string(&path)?), |reply, out| {
            out.bytes(reply.text()?.as_bytes());
            Ok(())
        })
    })
}

/// What is asked about an open file.
fn register_handles(host: &Arc<Host>, into: &mut impl Registerable) -> Result<(), HyperlightError> {
    let own = host.clone();
    into.register_host_function(&name("stat-handle"), move |handle: Vec<u8>| {
        answer(&own, &with(HL4J_CALL_FILE_STAT_HANDLE, &handle)?, |reply, out| reply.status().encode(out))
    })?;
    let own = host.clone();
    into.register_host_function(&name("read"), move |handle: Vec<u8>, offset: Vec<u8>, count: Vec<u8>| {
        let (number, count) = (one(&offset, Reader::u64)?, block_count(&count)?);
        let call = hl4j_host_call_t { number, count, ..with(HL4J_CALL_FILE_READ, &handle)? };
        answer(&own, &call, |reply, out| {
            let read = reply.bytes_used()?;
            check_count(read.len(), count)?;
            out.block(read);
            Ok(())
        })
    })?;
    let own = host.clone();
    into.register_host_function(&name("write-at"), move |handle: Vec<u8>, offset: Vec<u8>, data: Vec<u8>| {
        let (number, data) = (one(&offset, Reader::u64)?, block(&data)?);
        let call = hl4j_host_call_t { number, data: hl4j_bytes_t::of(&data), ..with(HL4J_CALL_FILE_WRITE, &handle)? };
        answer(&own, &call, number_answered)
    })?;
    let own = host.clone();
    into.register_host_function(&name("resize"), move |handle: Vec<u8>, size: Vec<u8>| {
        let number = one(&size, Reader::u64)?;
        answer(&own, &hl4j_host_call_t { number, ..with(HL4J_CALL_FILE_RESIZE, &handle)? }, nothing)
    })?;
    let own = host.clone();
    into.register_host_function(&name("close"), move |handle: Vec<u8>| {
        own.ask(&with(HL4J_CALL_FILE_CLOSE, &handle)?)?;
        Ok(Vec::new())
    })
}

/// What changes a directory.
fn register_changes(host: &Arc<Host>, into: &mut impl Registerable) -> Result<(), HyperlightError> {
    let own = host.clone();
    into.register_host_function(&name("make-directory"), move |path: Vec<u8>| {
        answer(&own, &about(HL4J_CALL_FILE_MAKE_DIRECTORY, string(&path)?), nothing)
    })?;
    let own = host.clone();
    into.register_host_function(&name("remove"), move |path: Vec<u8>, directory: Vec<u8>| {
        let flags = one(&directory, Reader::bool)?.into();
        answer(&own, &hl4j_host_call_t { flags, ..about(HL4J_CALL_FILE_REMOVE, string(&path)?) }, nothing)
    })?;
    let own = host.clone();
    into.register_host_function(&name("rename"), move |path: Vec<u8>, to: Vec<u8>| {
        let text = hl4j_bytes_t::of(string(&to)?.as_bytes());
        answer(&own, &hl4j_host_call_t { text, ..about(HL4J_CALL_FILE_RENAME, string(&path)?) }, nothing)
    })?;
    let own = host.clone();
    into.register_host_function(&name("set-modified"), move |path: Vec<u8>, modified: Vec<u8>| {
        let number = one(&modified, Reader::u64)?;
        answer(&own, &hl4j_host_call_t { number, ..about(HL4J_CALL_FILE_SET_MODIFIED, string(&path)?) }, nothing)
    })
}

/// A call about what a path names.
fn about(operation: u32, path: &str) -> hl4j_host_call_t {
    hl4j_host_call_t { name: hl4j_bytes_t::of(path.as_bytes()), ..empty(operation) }
}

/// A call about an open file.
fn with(operation: u32, handle: &[u8]) -> Result<hl4j_host_call_t, HyperlightError> {
    Ok(hl4j_host_call_t { handle: one(handle, Reader::u32)?, ..empty(operation) })
}

/// Makes a call and encodes the `result<_, u8>` of it.
fn answer(
    host: &Host,
    call: &hl4j_host_call_t,
    encode: impl FnOnce(&hl4j_reply_t, &mut Writer) -> Result<(), HyperlightError>,
) -> Result<Vec<u8>, HyperlightError> {
    let (failed, reply) = host.call(call)?;
    let mut out = Writer::default();
    out.bool(failed);
    if failed {
        out.u8(reply.number_as()?);
    } else {
        encode(&reply, &mut out)?;
    }
    Ok(out.end())
}

fn number_answered(reply: &hl4j_reply_t, out: &mut Writer) -> Result<(), HyperlightError> {
    out.u64(reply.number());
    Ok(())
}

fn nothing(_: &hl4j_reply_t, out: &mut Writer) -> Result<(), HyperlightError> {
    out.u64(0);
    Ok(())
}

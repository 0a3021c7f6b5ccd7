//! What the guest asks of the network: the interface `http` of its WIT world.

use std::sync::Arc;

use hyperlight_host::HyperlightError;
use hyperlight_host::func::Registerable;

use crate::bytes::hl4j_bytes_t;
use crate::host_call::{Host, block, block_count, check_count, empty, hl4j_host_call_t, name, one, string};
use crate::reply::hl4j_reply_t;
use crate::wire::{Reader, Writer};

/// `http.request`: `name` is the method, `text` the URL, `data` the field lines, all UTF-8. The reply's number stands for the
/// request (32 bits). This and the following can fail, if nothing else is said: the reply's number is then the kind of
/// failure (`HL4J_HTTP_*`), its bytes are a message (UTF-8).
pub const HL4J_CALL_HTTP_REQUEST: u32 = 40;
/// `http.send-body`: `handle` is the request, `data` the bytes.
pub const HL4J_CALL_HTTP_SEND_BODY: u32 = 41;
/// `http.respond`: `handle` is the request. The reply's number is the status (32 bits), its text the reason phrase, its bytes
/// the field lines (UTF-8).
pub const HL4J_CALL_HTTP_RESPOND: u32 = 42;
/// `http.receive-body`: `handle` is the request, `count` the most to receive, at most `HL4J_BLOCK_LIMIT`. The reply's bytes
/// are what was received.
pub const HL4J_CALL_HTTP_RECEIVE_BODY: u32 = 43;
/// `http.finish`: `handle` is the request. It cannot fail.
pub const HL4J_CALL_HTTP_FINISH: u32 = 44;

/// The request is not allowed.
pub const HL4J_HTTP_REFUSED: u64 = 0;
/// The request failed.
pub const HL4J_HTTP_FAILED: u64 = 1;
/// The request took too long.
pub const HL4J_HTTP_TIMED_OUT: u64 = 2;

pub(crate) fn register(host: &Arc<Host>, into: &mut impl Registerable) -> Result<(), HyperlightError> {
    let own = host.clone();
    into.register_host_function(&name("request"), move |method: Vec<u8>, url: Vec<u8>, fields: Vec<u8>| {
        let call = hl4j_host_call_t {
            name: hl4j_bytes_t::of(string(&method)?.as_bytes()),
            text: hl4j_bytes_t::of(string(&url)?.as_bytes()),
            data: hl4j_bytes_t::of(string(&fields)?.as_bytes()),
            ..empty(HL4J_CALL_HTTP_REQUEST)
        };
        answer(&own, &call, |reply, out| {
            out.u32(reply.number_as()?);
            Ok(())
        })
    })?;
    let own = host.clone();
    into.register_host_function(&name("send-body"), move |request: Vec<u8>, data: Vec<u8>| {
        let data = block(&data)?;
        let call = hl4j_host_call_t { data: hl4j_bytes_t::of(&data), ..about(HL4J_CALL_HTTP_SEND_BODY, &request)? };
        answer(&own, &call, |_, out| {
            out.u64(0);
            Ok(())
        })
    })?;
    let own = host.clone();
    into.register_host_function(&name("respond"), move |request: Vec<u8>| {
        answer(&own, &about(HL4J_CALL_HTTP_RESPOND, &request)?, |reply, out| {
            out.u32(reply.number_as()?);
            out.bytes(reply.text()?.as_bytes());
            out.bytes(reply.bytes_as_text()?.as_bytes());
            Ok(())
        })
    })?;
    let own = host.clone();
    into.register_host_function(&name("receive-body"), move |request: Vec<u8>, count: Vec<u8>| {
        let count = block_count(&count)?;
        let call = hl4j_host_call_t { count, ..about(HL4J_CALL_HTTP_RECEIVE_BODY, &request)? };
        answer(&own, &call, |reply, out| {
            check_count(reply.bytes().len(), count)?;
            out.bytes(reply.bytes());
            Ok(())
        })
    })?;
    let own = host.clone();
    into.register_host_function(&name("finish"), move |request: Vec<u8>| {
        own.ask(&about(HL4J_CALL_HTTP_FINISH, &request)?)?;
        Ok(Vec::new())
    })
}

/// A call about a request.
fn about(operation: u32, request: &[u8]) -> Result<hl4j_host_call_t, HyperlightError> {
    Ok(hl4j_host_call_t { handle: one(request, Reader::u32)?, ..empty(operation) })
}

/// Makes a call and encodes the `result<_, failure>` of it.
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
        out.bytes(reply.bytes_as_text()?.as_bytes());
    } else {
        encode(&reply, &mut out)?;
    }
    Ok(out.end())
}

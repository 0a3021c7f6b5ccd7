//! A caller of the C ABI, for the tests.

#![allow(dead_code)] // Each test binary uses its part.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use hyperlight4j::*;

mod files;
mod http;

use files::Files;
use http::Http;

/// The host side of the tests. Its tools: `echo` answers its arguments, `calls` how often the guest has called the host,
/// `left_open` how many files and requests were not ended, `stop` ends the run; any other fails. Of the calls that were begun,
/// the last one ends first.
#[derive(Default)]
pub struct Host {
    written: Mutex<Vec<u8>>,
    calls: AtomicU64,
    begun: Mutex<Vec<(u64, String, String)>>,
    files: Mutex<Files>,
    http: Mutex<Http>,
}

impl Host {
    pub fn abi(&self) -> hl4j_host_t {
        hl4j_host_t { env: std::ptr::from_ref(self) as *mut c_void, call: Some(answer), finalizer: None }
    }

    pub fn take_written(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.written.lock().expect("lock"))).expect("UTF-8")
    }

    pub fn calls(&self) -> u64 {
        self.calls.load(Relaxed)
    }

    /// A tool's answer, or none to end the run.
    fn tool(&self, name: &str, arguments: &str) -> Option<Result<String, String>> {
        let left_open = || self.files.lock().expect("lock").open_files() + self.http.lock().expect("lock").unfinished();
        match name {
            "echo" => Some(Ok(arguments.to_owned())),
            "calls" => Some(Ok(self.calls().to_string())),
            "left_open" => Some(Ok(left_open().to_string())),
            "stop" => None,
            other => Some(Err(format!("no tool {other}"))),
        }
    }
}

unsafe extern "C" fn answer(env: *mut c_void, call: *const hl4j_host_call_t, reply: *mut hl4j_reply_t) -> i32 {
    let (host, call) = unsafe { (&*(env as *const Host), &*call) };
    host.calls.fetch_add(1, Relaxed);
    let put_result = |result: Result<String, String>| {
        let failed = result.is_err();
        put(reply, result.unwrap_or_else(|error| error).as_bytes());
        if failed { HL4J_FAILED } else { HL4J_ANSWERED }
    };
    match call.operation {
        HL4J_CALL_TOOL => return host.tool(&read(call.name), &read(call.data)).map_or(2, put_result),
        HL4J_CALL_TOOL_BEGIN => {
            let mut begun = host.begun.lock().expect("lock");
            let id = host.calls();
            begun.push((id, read(call.name), read(call.data)));
            unsafe { hl4j_reply_number(reply, id) };
        }
        HL4J_CALL_TOOL_NEXT => {
            let Some((id, name, arguments)) = host.begun.lock().expect("lock").pop() else { return HL4J_ANSWERED };
            unsafe { hl4j_reply_number(reply, id) };
            return host.tool(&name, &arguments).map_or(2, put_result);
        }
        HL4J_CALL_WRITE => host.written.lock().expect("lock").extend(read_bytes(call.data)),
        HL4J_CALL_REALTIME => unsafe { hl4j_reply_number(reply, 1_790_000_000_000_000_000) },
        HL4J_CALL_MONOTONIC => unsafe { hl4j_reply_number(reply, 1_000_000 * host.calls()) },
        HL4J_CALL_SLEEP => {}
        HL4J_CALL_ENTROPY => put(reply, &vec![7; call.count as usize]),
        HL4J_CALL_FILE_STAT..=HL4J_CALL_FILE_READ_LINK => {
            if let Err(code) = host.files.lock().expect("lock").answer(call, reply) {
                unsafe { hl4j_reply_number(reply, code) };
                return HL4J_FAILED;
            }
        }
        HL4J_CALL_HTTP_REQUEST..=HL4J_CALL_HTTP_FINISH => {
            if let Err((kind, message)) = host.http.lock().expect("lock").answer(call, reply) {
                unsafe { hl4j_reply_number(reply, kind) };
                put(reply, message.as_bytes());
                return HL4J_FAILED;
            }
        }
        _ => return 2,
    }
    HL4J_ANSWERED
}

fn put(reply: *mut hl4j_reply_t, bytes: &[u8]) {
    unsafe {
        let room = hl4j_reply_reserve(reply, bytes.len());
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), room, bytes.len());
    }
}

fn read_bytes(bytes: hl4j_bytes_t) -> Vec<u8> {
    if bytes.len == 0 {
        return Vec::new();
    }
    unsafe { std::slice::from_raw_parts(bytes.data, bytes.len) }.to_vec()
}

pub fn read(bytes: hl4j_bytes_t) -> String {
    String::from_utf8(read_bytes(bytes)).expect("UTF-8")
}

pub fn bytes(text: &str) -> hl4j_bytes_t {
    hl4j_bytes_t { data: text.as_ptr(), len: text.len() }
}

/// The error's code and message.
pub fn check(error: *mut hl4j_error_t) -> Result<(), (u32, String)> {
    if error.is_null() {
        return Ok(());
    }
    let mut message = bytes("");
    unsafe {
        hl4j_error_message(error, &mut message);
        let failure = (hl4j_error_code(error), read(message));
        hl4j_error_delete(error);
        Err(failure)
    }
}

pub fn boot(host: &hl4j_host_t) -> Result<*mut hl4j_sandbox_t, (u32, String)> {
    let image = std::env::var("HL4J_GUEST_IMAGE").expect("HL4J_GUEST_IMAGE names the guest image");
    let mut sandbox = null_mut();
    check(unsafe { hl4j_sandbox_boot(bytes(&image), host, &mut sandbox) })?;
    Ok(sandbox)
}

pub fn new(snapshot: *const hl4j_snapshot_t, host: &hl4j_host_t) -> *mut hl4j_sandbox_t {
    let mut sandbox = null_mut();
    check(unsafe { hl4j_sandbox_new(snapshot, host, &mut sandbox) }).expect("a sandbox");
    sandbox
}

pub fn snapshot(sandbox: *mut hl4j_sandbox_t) -> *mut hl4j_snapshot_t {
    let mut snapshot = null_mut();
    check(unsafe { hl4j_sandbox_snapshot(sandbox, &mut snapshot) }).expect("a snapshot");
    snapshot
}

/// Exit code, error type, message and traceback.
pub type Ended = (i32, String, String, String);

/// Runs a program in a fresh `__main__`.
pub fn run(sandbox: *mut hl4j_sandbox_t, source: &str) -> Result<Ended, (u32, String)> {
    run_in(sandbox, source, false)
}

/// Runs a program, in the `__main__` that is there if `keep`.
pub fn run_in(sandbox: *mut hl4j_sandbox_t, source: &str, keep: bool) -> Result<Ended, (u32, String)> {
    run_within(sandbox, source, keep, HL4J_MEMORY_LIMIT)
}

/// As `run_in`, with a limit of the interpreter's memory.
pub fn run_within(
    sandbox: *mut hl4j_sandbox_t,
    source: &str,
    keep: bool,
    memory: u64,
) -> Result<Ended, (u32, String)> {
    let mut outcome = null_mut();
    check(unsafe { hl4j_sandbox_run(sandbox, bytes(source), keep, memory, &mut outcome) })?;
    let (mut kind, mut message, mut traceback) = (bytes(""), bytes(""), bytes(""));
    unsafe {
        hl4j_outcome_error_type(outcome, &mut kind);
        hl4j_outcome_message(outcome, &mut message);
        hl4j_outcome_traceback(outcome, &mut traceback);
        let ended = (hl4j_outcome_exit_code(outcome), read(kind), read(message), read(traceback));
        hl4j_outcome_delete(outcome);
        Ok(ended)
    }
}

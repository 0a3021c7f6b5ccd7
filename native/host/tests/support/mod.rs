//! A caller of the C ABI, for the tests.

#![allow(dead_code)] // Each test binary uses its part.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Mutex;

use hyperlight4j::*;

/// The host side of the tests: keeps what was written, answers the tool `echo` with its arguments.
#[derive(Default)]
pub struct Host {
    written: Mutex<Vec<u8>>,
}

impl Host {
    pub fn abi(&self) -> hl4j_host_t {
        hl4j_host_t { env: std::ptr::from_ref(self) as *mut c_void, call: Some(answer), finalizer: None }
    }

    pub fn take_written(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.written.lock().expect("lock"))).expect("UTF-8")
    }
}

unsafe extern "C" fn answer(env: *mut c_void, call: *const hl4j_host_call_t, reply: *mut hl4j_reply_t) -> i32 {
    let (host, call) = unsafe { (&*(env as *const Host), &*call) };
    let put = |bytes: &[u8]| unsafe {
        let room = hl4j_reply_reserve(reply, bytes.len());
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), room, bytes.len());
    };
    match call.operation {
        HL4J_CALL_TOOL => match read(call.name).as_str() {
            "echo" => put(read(call.data).as_bytes()),
            "stop" => return 2,
            other => {
                put(format!("no tool {other}").as_bytes());
                return HL4J_FAILED;
            }
        },
        HL4J_CALL_WRITE => host.written.lock().expect("lock").extend_from_slice(read(call.data).as_bytes()),
        HL4J_CALL_REALTIME => unsafe { hl4j_reply_number(reply, 1_790_000_000_000_000_000) },
        HL4J_CALL_MONOTONIC => unsafe { hl4j_reply_number(reply, 1) },
        HL4J_CALL_SLEEP => {}
        HL4J_CALL_ENTROPY => put(&vec![7; call.count as usize]),
        _ => return 2,
    }
    HL4J_ANSWERED
}

pub fn read(bytes: hl4j_bytes_t) -> String {
    if bytes.len == 0 {
        return String::new();
    }
    String::from_utf8(unsafe { std::slice::from_raw_parts(bytes.data, bytes.len) }.to_vec()).expect("UTF-8")
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
    let mut outcome = null_mut();
    check(unsafe { hl4j_sandbox_run(sandbox, bytes(source), keep, &mut outcome) })?;
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

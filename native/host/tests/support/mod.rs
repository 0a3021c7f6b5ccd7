//! A caller of the C ABI, for the tests.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use hyperlight4j::*;

/// The host side of the tests. Its tools: `echo` answers its arguments, `stop` ends the run; any other fails.
#[derive(Default)]
pub struct Host {
    written: Mutex<Vec<u8>>,
    calls: AtomicU64,
}

/// The functions that the guest calls in these tests, with the number of parameters.
const FUNCTIONS: [(&str, usize); 9] = [
    ("r#hyperlight4j::r#sandbox::call", 2),
    ("r#hyperlight4j::r#sandbox::write", 2),
    ("r#hyperlight4j::r#sandbox::realtime", 0),
    ("r#hyperlight4j::r#sandbox::monotonic", 0),
    ("r#hyperlight4j::r#sandbox::sleep", 1),
    ("r#hyperlight4j::r#sandbox::bytes", 1),
    ("r#hyperlight4j::r#sandbox::stat", 2),
    ("r#hyperlight4j::r#sandbox::list-directory", 2),
    ("r#hyperlight4j::r#sandbox::open", 2),
];

/// The answer about any file: `no-entry` of `error-code` in `wasi:filesystem/types`.
const NO_ENTRY: u8 = 20;

impl Host {
    /// Returns the struct for the library. The functions are leaked: they are copied only when a sandbox is made.
    pub fn abi(&self) -> hl4j_host_t {
        let functions = FUNCTIONS.map(|(name, parameters)| hl4j_function_t { name: bytes(name), parameters });
        hl4j_host_t {
            env: std::ptr::from_ref(self) as *mut c_void,
            call: Some(answer),
            functions: Box::leak(Box::new(functions)).as_ptr(),
            function_count: FUNCTIONS.len(),
        }
    }

    pub fn take_written(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.written.lock().expect("lock"))).expect("UTF-8")
    }

    pub fn calls(&self) -> u64 {
        self.calls.load(Relaxed)
    }
}

unsafe extern "C" fn answer(
    env: *mut c_void,
    function: u32,
    arguments: *const hl4j_bytes_t,
    count: usize,
    reply: *mut hl4j_reply_t,
) -> bool {
    let (host, (name, parameters)) = (unsafe { &*(env as *const Host) }, FUNCTIONS[function as usize]);
    assert_eq!(count, parameters);
    let arguments: Vec<Vec<u8>> = (0..count).map(|index| read_bytes(unsafe { *arguments.add(index) })).collect();
    let calls = 1 + host.calls.fetch_add(1, Relaxed);
    let answered = match name.rsplit("::").next() {
        Some("call") => match &arguments[0][4..] {
            b"echo" => [&[0], &arguments[1][..]].concat(),
            b"stop" => return false,
            other => [&[1], &list(format!("no tool {}", String::from_utf8_lossy(other)).as_bytes())[..]].concat(),
        },
        Some("write") => {
            // Octets: one byte for each character.
            let text = String::from_utf8(arguments[1][4..].to_vec()).expect("UTF-8");
            host.written.lock().expect("lock").extend(text.chars().map(|octet| u8::try_from(octet).expect("an octet")));
            Vec::new()
        }
        Some("realtime") => 1_790_000_000_000_000_000u64.to_ne_bytes().to_vec(),
        Some("monotonic") => (1_000_000 * calls).to_ne_bytes().to_vec(),
        Some("sleep") => Vec::new(),
        Some("stat" | "list-directory" | "open") => vec![1, NO_ENTRY],
        _ => list(&vec![7; u32::from_ne_bytes(arguments[0][..].try_into().expect("a count")) as usize]),
    };
    unsafe {
        assert!(hl4j_reply_reserve(reply, answered.len()));
        std::ptr::copy_nonoverlapping(answered.as_ptr(), (*reply).data, answered.len());
        (*reply).len = answered.len();
    }
    true
}

/// A string or a `list<u8>`, as the guest reads it.
fn list(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_ne_bytes(), bytes].concat()
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
    run_within(sandbox, source, keep, 256 << 20)
}

/// As `run_in`, with a limit of the interpreter's memory.
pub fn run_within(
    sandbox: *mut hl4j_sandbox_t,
    source: &str,
    keep: bool,
    memory: u64,
) -> Result<Ended, (u32, String)> {
    static SEED: AtomicU64 = AtomicU64::new(1);
    let seed = SEED.fetch_add(1, Relaxed).to_ne_bytes();
    let arguments = [list(source.as_bytes()), vec![keep.into()], list(&seed), memory.to_ne_bytes().to_vec()];
    let outcome = call(sandbox, "run", &arguments)?;
    let (code, mut rest) = outcome.split_at(4);
    let mut text = || {
        let (count, all) = rest.split_at(4);
        let (text, after) = all.split_at(u32::from_ne_bytes(count.try_into().expect("a count")) as usize);
        rest = after;
        String::from_utf8(text.to_vec()).expect("UTF-8")
    };
    Ok((i32::from_ne_bytes(code.try_into().expect("a code")), text(), text(), text()))
}

/// Calls a function of the guest.
pub fn call(sandbox: *mut hl4j_sandbox_t, function: &str, arguments: &[Vec<u8>]) -> Result<Vec<u8>, (u32, String)> {
    let name = format!("r#hyperlight4j::r#sandbox::{function}");
    let lent: Vec<_> =
        arguments.iter().map(|argument| hl4j_bytes_t { data: argument.as_ptr(), len: argument.len() }).collect();
    let (mut result, mut found) = (null_mut(), bytes(""));
    unsafe {
        check(hl4j_sandbox_call(sandbox, bytes(&name), lent.as_ptr(), lent.len(), &mut result))?;
        hl4j_result_bytes(result, &mut found);
        let found = read_bytes(found);
        hl4j_result_delete(result);
        Ok(found)
    }
}

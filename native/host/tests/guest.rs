//! Runs each program in `native/guest/tests` in a clean micro-VM. It passes when it ends with exit code 0.
//!
//! Like the tests in `sandbox.rs`, these are ignored unless asked for, and need a hypervisor and `HL4J_GUEST_IMAGE`.

mod support;

use std::path::Path;

use libtest_mimic::{Arguments, Failed, Trial};
use support::*;

fn main() {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1); // Boots a micro-VM each; side by side they only wait for one another.
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest/tests");
    let mut trials: Vec<Trial> = std::fs::read_dir(programs)
        .expect("guest/tests can be read")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            Trial::test(name, move || program(&path)).with_ignored_flag(true)
        })
        .collect();
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    libtest_mimic::run(&arguments, trials).exit();
}

fn program(path: &Path) -> Result<(), Failed> {
    let source = std::fs::read_to_string(path)?;
    let host = Host::default();
    let abi = host.abi();
    let sandbox = boot(&abi).map_err(|(_, message)| message)?;
    let ended = run(sandbox, &source);
    unsafe { hyperlight4j::hl4j_sandbox_delete(sandbox) };
    match ended {
        Ok((0, ..)) => Ok(()),
        Ok((code, _, _, traceback)) => Err(format!("exit code {code}\n{}{traceback}", host.take_written()).into()),
        Err((code, message)) => Err(format!("error {code}: {message}\n{}", host.take_written()).into()),
    }
}

//! The C ABI as a caller uses it, in real micro-VMs. Run where KVM works, with `HL4J_GUEST_IMAGE` naming the guest image:
//! `scripts/test` does both. Ignored otherwise, because nothing but a micro-VM would tell anything.

mod support;

use std::ptr::{null, null_mut};
use std::time::{Duration, Instant};

use hyperlight4j::*;
use support::*;

#[test]
#[ignore = "needs a hypervisor and HL4J_GUEST_IMAGE"]
fn a_program_runs_calls_a_tool_and_prints() {
    let host = Host::default();
    let abi = host.abi();
    let booting = Instant::now();
    let sandbox = boot(&abi).expect("boots");
    let (code, _, _, trace) = run(sandbox, "print(call_tool('echo', a=[1, None, 'ü'], b=2**70))").expect("runs");
    eprintln!("boot and first run: {:?}", booting.elapsed());
    assert_eq!((code, trace.as_str()), (0, ""));
    assert_eq!(host.take_written(), "{'a': [1, None, 'ü'], 'b': 1180591620717411303424}\n");
    unsafe { hl4j_sandbox_delete(sandbox) };
}

#[test]
#[ignore = "needs a hypervisor and HL4J_GUEST_IMAGE"]
fn a_snapshot_makes_sandboxes_and_survives_being_saved() {
    let host = Host::default();
    let abi = host.abi();
    let booted = boot(&abi).expect("boots");
    let taken = snapshot(booted);
    unsafe { hl4j_sandbox_delete(booted) };
    let directory = std::env::temp_dir().join(format!("hl4j-snapshot-{}", std::process::id()));
    let path = directory.to_str().expect("UTF-8");
    check(unsafe { hl4j_snapshot_save(taken, bytes(path)) }).expect("saved");
    unsafe { hl4j_snapshot_delete(taken) };

    let mut loaded = null_mut();
    check(unsafe { hl4j_snapshot_load(bytes(path), &mut loaded) }).expect("loaded");
    let sandbox = new(loaded, &abi);
    for _ in 0..3 {
        let started = Instant::now();
        check(unsafe { hl4j_sandbox_restore(sandbox, loaded) }).expect("restored");
        let restored = started.elapsed();
        let (code, ..) =
            run(sandbox, "import sys\nprint(getattr(sys, 'mark', 'clean')); sys.mark = 'dirty'").expect("runs");
        eprintln!("restore {restored:?}, with run {:?}", started.elapsed());
        assert_eq!((code, host.take_written().as_str()), (0, "clean\n"));
    }
    unsafe {
        hl4j_sandbox_delete(sandbox);
        hl4j_snapshot_delete(loaded);
    }
    std::fs::remove_dir_all(&directory).expect("removed");
}

#[test]
#[ignore = "needs a hypervisor and HL4J_GUEST_IMAGE"]
fn endings_are_told_apart() {
    let host = Host::default();
    let abi = host.abi();
    let sandbox = boot(&abi).expect("boots");
    let clean = snapshot(sandbox);
    let restore = || check(unsafe { hl4j_sandbox_restore(sandbox, clean) }).expect("restored");

    assert_eq!(run(sandbox, "import sys; sys.exit(7)").expect("ends").0, 7);
    let (code, kind, message, trace) = run(sandbox, "def f():\n    1/0\nf()").expect("ends");
    assert_eq!((code, kind.as_str(), message.as_str()), (1, "ZeroDivisionError", "division by zero"));
    assert!(
        trace.starts_with("Traceback (most recent call last):\n  File \"program.py\", line 3, in <module>\n"),
        "{trace}"
    );

    let (_, kind, message, trace) = run(sandbox, "call_tool('nothing')").expect("ends");
    assert_eq!((kind.as_str(), message.as_str()), ("hyperlight.ToolError", "no tool nothing"));
    assert!(!trace.contains("hyperlight.py"), "{trace}");

    // The host ends the run from inside a call.
    assert_eq!(run(sandbox, "call_tool('stop')").expect_err("stopped").0, HL4J_ERROR_CANCELLED);
    assert_eq!(run(sandbox, "1").expect_err("poisoned").0, HL4J_ERROR_POISONED);
    restore();

    let (_, kind, ..) = run(sandbox, "x = 'x'\nwhile True: x += x").expect("ends");
    assert_eq!(kind, "MemoryError");
    restore();

    let take = |mebibytes| format!("x = bytearray({mebibytes} << 20)");
    let within = |mebibytes: u64, source: &str| run_within(sandbox, source, false, mebibytes << 20).expect("ends").1;
    for (limit, kind) in [(96, "MemoryError"), (160, "")] {
        assert_eq!(within(limit, &take(100)), kind);
        restore();
    }
    assert_eq!(within(96, "x = []\nwhile True: x.append(bytearray(10000))"), "MemoryError");
    restore();

    let crash = run(sandbox, "import os; os.abort()").expect_err("aborts");
    assert_eq!(crash.0, HL4J_ERROR_GUEST_ABORTED, "{}", crash.1);
    restore();
    assert_eq!(run(sandbox, "print('again')").expect("runs").0, 0);
    unsafe {
        hl4j_sandbox_delete(sandbox);
        hl4j_snapshot_delete(clean);
    }
}

#[test]
#[ignore = "needs a hypervisor and HL4J_GUEST_IMAGE"]
fn a_kept_interpreter_goes_on_and_a_prepared_one_shows_no_trace() {
    let host = Host::default();
    let abi = host.abi();
    let sandbox = boot(&abi).expect("boots");
    let state = "import sys\nprint(len(sys.modules), sorted(globals()))";
    assert_eq!(run(sandbox, state).expect("runs").0, 0);
    let clean = snapshot(sandbox);
    let fresh = |prepared: bool| {
        check(unsafe { hl4j_sandbox_restore(sandbox, clean) }).expect("restored");
        let calls = host.calls();
        if prepared {
            let started = Instant::now();
            call(sandbox, "prepare", &[]).expect("prepared");
            eprintln!("prepare: {:?}", started.elapsed());
        }
        assert_eq!(host.calls(), calls, "preparing asks nothing of the host");
        host.take_written();
        let started = Instant::now();
        assert_eq!(run(sandbox, state).expect("runs").0, 0);
        eprintln!("first run, {}: {:?}", if prepared { "prepared" } else { "restored" }, started.elapsed());
        host.take_written()
    };
    assert_eq!(fresh(false), fresh(true));
    let random = |_: i32| {
        check(unsafe { hl4j_sandbox_restore(sandbox, clean) }).expect("restored");
        assert_eq!(run(sandbox, "import random\nprint(random.random())").expect("runs").0, 0);
        host.take_written()
    };
    assert_ne!(random(1), random(2));

    assert_eq!(run(sandbox, "def f():\n    return 1/0\nx = 1").expect("runs").0, 0);
    let (code, _, _, trace) = run_in(sandbox, "x += 1\nprint(x, __name__)\nf()", true).expect("runs");
    assert_eq!((code, host.take_written().as_str()), (1, "2 __main__\n"));
    assert!(trace.contains("program_2.py\", line 3, in <module>\n    f()"), "{trace}");
    assert!(trace.contains("program.py\", line 2, in f\n    return 1/0"), "{trace}");
    assert_eq!(run(sandbox, "x").expect("runs").1, "NameError");
    unsafe {
        hl4j_sandbox_delete(sandbox);
        hl4j_snapshot_delete(clean);
    }
}

/// The effect of `src/huge_pages.rs`, as the kernel shows it: without it a restored run takes four times as long.
#[test]
#[cfg(target_os = "linux")]
#[ignore = "needs a hypervisor and HL4J_GUEST_IMAGE"]
fn memory_is_on_huge_pages() {
    const MEBIBYTE: usize = 1 << 20;
    let host = Host::default();
    let abi = host.abi();
    let booted = boot(&abi).expect("boots");
    let clean = snapshot(booted);
    unsafe { hl4j_sandbox_delete(booted) };
    let sandbox = new(clean, &abi);
    assert_eq!(run(sandbox, "1").expect("runs").0, 0);

    let maps = std::fs::read_to_string("/proc/self/smaps").expect("the kernel lists mappings");
    let mut memory = None;
    let (mut range, mut huge) = (0..0, 0);
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("VmFlags:") if words.any(|flag| flag == "hg") => memory = Some((range.clone(), huge)),
            Some("AnonHugePages:") => huge = words.next().and_then(|size| size.parse().ok()).unwrap_or(0),
            Some(first) if !first.ends_with(':') => {
                let end = |text| usize::from_str_radix(text, 16).expect("an address");
                let (start, behind) = first.split_once('-').expect("a range");
                range = end(start)..end(behind);
            }
            _ => {}
        }
    }
    let (range, huge) = memory.expect("a mapping is advised to be on huge pages");
    assert_eq!(range.start % (2 * MEBIBYTE), 0, "{range:x?}");
    assert!(range.len() > 256 * MEBIBYTE, "all that the interpreter can grow to: {range:x?}");
    let enabled = std::fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled").unwrap_or_default();
    assert!(huge > 0 || enabled.contains("[never]") || enabled.is_empty(), "{enabled}");
    unsafe {
        hl4j_sandbox_delete(sandbox);
        hl4j_snapshot_delete(clean);
    }
}

#[test]
#[ignore = "needs a hypervisor and HL4J_GUEST_IMAGE"]
fn a_kill_from_another_thread_ends_an_endless_program() {
    let host = Host::default();
    let abi = host.abi();
    let sandbox = boot(&abi).expect("boots");
    let mut interrupt = null_mut();
    check(unsafe { hl4j_sandbox_interrupt(sandbox, &mut interrupt) }).expect("an interrupt");
    let shared = interrupt as usize;
    let killer = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        while !unsafe { hl4j_interrupt_kill(shared as *const hl4j_interrupt_t) } {
            std::thread::sleep(Duration::from_millis(2));
        }
    });
    let started = Instant::now();
    let ended = run(sandbox, "while True:\n  try:\n    while True: pass\n  except BaseException: pass");
    eprintln!("killed after {:?}", started.elapsed());
    assert_eq!(ended.expect_err("killed").0, HL4J_ERROR_CANCELLED);
    killer.join().expect("the killer ends");
    unsafe {
        hl4j_sandbox_delete(sandbox);
        // The sandbox is gone; a late kill does nothing.
        assert!(!hl4j_interrupt_kill(interrupt));
        hl4j_interrupt_delete(interrupt);
    }
}

#[test]
fn misuse_is_an_error_with_a_code() {
    let mut sandbox = null_mut();
    let code = |error| check(error).expect_err("an error").0;
    unsafe {
        assert_eq!(code(hl4j_sandbox_call(null(), bytes(""), null(), 0, null_mut())), HL4J_ERROR_INVALID_ARGUMENT);
        assert_eq!(code(hl4j_sandbox_new(null(), null(), &mut sandbox)), HL4J_ERROR_INVALID_ARGUMENT);
        let invalid = hl4j_bytes_t { data: [0xffu8].as_ptr(), len: 1 };
        let mut snapshot = null_mut();
        assert_eq!(code(hl4j_snapshot_load(invalid, &mut snapshot)), HL4J_ERROR_INVALID_ARGUMENT);
        assert_eq!(code(hl4j_snapshot_load(bytes("/nowhere"), &mut snapshot)), HL4J_ERROR_SNAPSHOT);
        let host = Host::default();
        let mut abi = host.abi();
        abi.call = None;
        let image = bytes("/nowhere");
        assert_eq!(code(hl4j_sandbox_boot(image, &abi, &mut sandbox)), HL4J_ERROR_INVALID_ARGUMENT);
        let wide = hl4j_function_t { name: bytes("wide"), parameters: 5 };
        let abi = hl4j_host_t { functions: &wide, function_count: 1, ..host.abi() };
        assert_eq!(code(hl4j_sandbox_boot(image, &abi, &mut sandbox)), HL4J_ERROR_INVALID_ARGUMENT);
        hl4j_sandbox_delete(null_mut());
    }
}

#[test]
fn a_probe_always_answers() {
    let mut probe = null_mut();
    check(unsafe { hl4j_probe_new(&mut probe) }).expect("a probe");
    let mut detail = bytes("");
    unsafe { hl4j_probe_detail(probe, &mut detail) };
    eprintln!("probe: {} {}", unsafe { hl4j_probe_status(probe) }, read(detail));
    assert!(detail.len > 0);
    unsafe { hl4j_probe_delete(probe) };
}

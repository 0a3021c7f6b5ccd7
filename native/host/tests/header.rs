//! The committed header is what cbindgen makes of the source. `HL4J_WRITE_HEADER=1` writes it.

use std::fmt::Write;
use std::path::Path;

/// The parts of the header, each after those whose types it uses: the source files, one per noun of the ABI.
const PARTS: [&str; 11] =
    ["version", "bytes", "error", "probe", "random", "reply", "host", "snapshot", "interrupt", "result", "sandbox"];

const START: &str = "\
// Generated from native/host/src. Change the Rust source, then: HL4J_WRITE_HEADER=1 cargo test --test header
//
// hyperlight4j's C ABI: CPython in a Hyperlight micro-VM.
//
// Threads. A sandbox serves one call at a time, from any thread; a second call at the same time fails. A snapshot and
// an interrupt may be used from any number of threads at once. Deleting an object while another thread uses it is
// undefined.
//
// Ownership. Every function with an `hl4j_x_t **out` gives the caller an object to end with `hl4j_x_delete`. Delete
// functions accept NULL. `hl4j_bytes_t` never owns: its bytes belong to the object that it was read from or, for a
// parameter, to the caller for the time of the call. Memory is freed by the side that allocated it.
//
// Errors. A function that can fail returns `hl4j_error_t *`: NULL means success, anything else is the caller's to
// delete. Out-parameters are written on success only. No panic and no exception crosses this boundary.
//
// Text is UTF-8, with a length, without a terminating NUL. `@pre` is what the caller must guarantee: it is not checked.
#ifndef HL4J_H
#define HL4J_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern \"C\" {
#endif
";

const END: &str = "
#ifdef __cplusplus
}
#endif

#endif
";

#[test]
fn the_committed_header_matches_the_source() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let committed = root.join("include/hl4j.h");
    let made = header(root);
    if std::env::var_os("HL4J_WRITE_HEADER").is_some() {
        std::fs::create_dir_all(root.join("include")).expect("include/ can be made");
        std::fs::write(&committed, &made).expect("the header can be written");
    }
    let committed = std::fs::read_to_string(&committed).unwrap_or_default();
    assert!(committed == made, "include/hl4j.h is stale: run HL4J_WRITE_HEADER=1 cargo test --test header");
}

fn header(root: &Path) -> String {
    let mut header = START.to_owned();
    for part in PARTS {
        let source = root.join("src").join(part).with_extension("rs");
        let title = std::fs::read_to_string(&source).expect("the source is read");
        let title = title.lines().next().and_then(|line| line.strip_prefix("//! ")).expect("a source begins with its title");
        let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("the configuration is read");
        let mut made = Vec::new();
        cbindgen::Builder::new()
            .with_config(config)
            .with_src(source)
            .generate()
            .expect("cbindgen reads the source")
            .write(&mut made);
        let made = String::from_utf8(made).expect("a header is text").replace("// # Safety\n// ", "// @pre ");
        write!(header, "\n// == {title}\n\n{}\n", made.trim()).expect("a string grows");
    }
    header + END
}

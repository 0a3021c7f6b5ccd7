//! The committed header is what cbindgen makes of the source. `HL4J_WRITE_HEADER=1` writes it.

use std::path::Path;

#[test]
fn the_committed_header_matches_the_source() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let committed = root.join("include/hl4j.h");
    let mut made = Vec::new();
    cbindgen::generate(root).expect("cbindgen reads the crate").write(&mut made);
    let made = String::from_utf8(made).expect("a header is text");
    if std::env::var_os("HL4J_WRITE_HEADER").is_some() {
        std::fs::create_dir_all(root.join("include")).expect("include/ can be made");
        std::fs::write(&committed, &made).expect("the header can be written");
    }
    let committed = std::fs::read_to_string(&committed).unwrap_or_default();
    assert!(committed == made, "include/hl4j.h is stale: run HL4J_WRITE_HEADER=1 cargo test --test header");
}

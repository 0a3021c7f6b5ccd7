//! Builds the guest image, the one file that the host loads into a micro-VM.
//!
//! ```text
//! guest-builder wit    WIT_DIR OUT          the WIT package in its binary form, for building hyperlight-wasm
//! guest-builder image  --guest DIR --componentize-py PROGRAM --packages DIR --cargo PROGRAM --work DIR --out FILE
//! ```
//!
//! `image` runs the whole chain: CPython with the executor as a component (componentize-py), the WASI layer as a component
//! (cargo, wit-component), both composed into one (wac), its memory bounded, and the result compiled ahead of time
//! (wasmtime, the version inside hyperlight-wasm).

mod image;
mod layer;
mod memory;
mod wit;

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("guest-builder: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    match arguments.split_first() {
        Some((command, [directory, out])) if command == "wit" => wit::encode(directory.as_ref(), out.as_ref()),
        Some((command, options)) if command == "image" => {
            let mut options = parse_options(options)?;
            let mut take =
                |name: &str| options.remove(name).map(PathBuf::from).with_context(|| format!("--{name} is missing"));
            let build = image::Build {
                guest: take("guest")?,
                componentize_py: take("componentize-py")?,
                packages: take("packages")?,
                cargo: take("cargo")?,
                work: take("work")?,
                out: take("out")?,
            };
            if let Some(unknown) = options.keys().next() {
                bail!("unknown option --{unknown}");
            }
            build.run()
        }
        _ => bail!(
            "usage: guest-builder wit WIT_DIR OUT | guest-builder image --guest DIR ... (see the crate's documentation)"
        ),
    }
}

fn parse_options(arguments: &[String]) -> Result<HashMap<String, String>> {
    arguments
        .chunks(2)
        .map(|pair| match pair {
            [name, value] => {
                let name = name.strip_prefix("--").with_context(|| format!("expected an option, got '{name}'"))?;
                Ok((name.to_owned(), value.clone()))
            }
            _ => bail!("'{}' has no value", pair.concat()),
        })
        .collect()
}

//! The chain from sources to the guest image.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, plug};

use crate::wit::write_if_changed;
use crate::{layer, memory};

/// The most that the Python interpreter's memory may grow to, in pages of 64 KiB: 256 MiB.
/// The micro-VM's own memory (`scratch` in the host library) must hold more than this.
const PYTHON_MEMORY_PAGES: u64 = 4096;

/// The WASI layer holds little more than its tables.
const LAYER_TARGET: &str = "wasm32-unknown-unknown";

/// One build of the guest image.
pub struct Build {
    /// The folder with `wit/`, `python/` and `wasi/`.
    pub guest: PathBuf,
    /// The componentize-py program.
    pub componentize_py: PathBuf,
    /// The folder with the packages that programs find (`python/packages.txt`).
    pub packages: PathBuf,
    /// A cargo whose toolchain has rust-src.
    pub cargo: PathBuf,
    /// Intermediate files, reused by the next build.
    pub work: PathBuf,
    /// The image.
    pub out: PathBuf,
}

impl Build {
    /// Builds the image, saying each step on standard error.
    pub fn run(&self) -> Result<()> {
        std::fs::create_dir_all(&self.work)?;
        eprintln!("guest: CPython and the executor");
        let python = memory::declare_maximum(&self.python()?, PYTHON_MEMORY_PAGES)?;
        eprintln!("guest: the WASI layer");
        let wasi = self.wasi_layer(&python)?;
        eprintln!("guest: composing");
        let composed = compose(python, wasi)?;
        write_if_changed(&self.work.join("composed.wasm"), &composed)?;
        eprintln!("guest: compiling ahead of time");
        let image = compile(&composed)?;
        write_if_changed(&self.out, &image)
    }

    fn python(&self) -> Result<Vec<u8>> {
        let out = self.work.join("python.wasm");
        let sources = self.guest.join("python");
        run(Command::new(&self.componentize_py)
            .arg("--wit-path")
            .arg(self.guest.join("wit"))
            .args(["--world", "guest", "componentize", "--python-path"])
            .arg(&sources)
            .arg("--python-path")
            .arg(&self.packages)
            .arg("--output")
            .arg(&out)
            .arg("executor")
            // A bytecode cache beside the sources would change what the next build reads.
            .env("PYTHONDONTWRITEBYTECODE", "1"))?;
        read(&out)
    }

    fn wasi_layer(&self, python: &[u8]) -> Result<Vec<u8>> {
        let bindings = std::path::absolute(self.work.join("wasi_bindings.rs"))?;
        write_if_changed(&bindings, &layer::bindings(python)?)?;
        let target = self.work.join("wasi-target");
        run(Command::new(&self.cargo)
            .args(["build", "--quiet", "--locked", "--release", "-Zbuild-std=core,alloc", "--target", LAYER_TARGET])
            .arg("--manifest-path")
            .arg(self.guest.join("wasi/Cargo.toml"))
            .env("CARGO_TARGET_DIR", &target)
            .env("HL4J_WASI_BINDINGS", &bindings)
            // -Zbuild-std is unstable; the layer itself uses nothing that is.
            .env("RUSTC_BOOTSTRAP", "1")
            .env_remove("RUSTUP_TOOLCHAIN"))?;
        let module = read(&target.join(LAYER_TARGET).join("release/wasi_layer.wasm"))?;
        wit_component::ComponentEncoder::default()
            .module(&module)?
            .encode()
            .context("making a component of the WASI layer")
    }
}

/// Plugs the WASI layer into CPython. What remains imported is the guest's own interface.
fn compose(python: Vec<u8>, wasi: Vec<u8>) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let wasi = Package::from_bytes("hyperlight4j:wasi", None, wasi, graph.types_mut())?;
    let wasi = graph.register_package(wasi)?;
    let python = Package::from_bytes("hyperlight4j:python", None, python, graph.types_mut())?;
    let python = graph.register_package(python)?;
    plug(&mut graph, vec![wasi], python)?;
    Ok(graph.encode(EncodeOptions::default())?)
}

fn compile(component: &[u8]) -> Result<Vec<u8>> {
    let mut config = wasmtime::Config::new();
    config.target("x86_64-unknown-none")?;
    wasmtime::Engine::new(&config)?.precompile_component(component)
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("starting {}", command.get_program().display()))?;
    if !output.status.success() {
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        bail!("{} failed ({})\n{out}{err}", command.get_program().display(), output.status);
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("reading {}", path.display()))
}

//! What the WASI layer has to be: a component that exports every WASI interface that CPython imports, over the guest's
//! own interfaces. Its bindings are derived from CPython's imports, so that the two cannot disagree.

use anyhow::{Context, Result, bail};
use wit_bindgen_core::{Files, WorldGenerator};
use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{Resolve, World, WorldId, WorldKey};

/// Returns the Rust bindings of the WASI layer for the component `python`.
pub fn bindings(python: &[u8]) -> Result<Vec<u8>> {
    let DecodedWasm::Component(mut resolve, world) = decode(python)? else {
        bail!("componentize-py produced a WIT package, not a component");
    };
    let layer = layer_world(&mut resolve, world);
    let mut generator = wit_bindgen_rust::Opts {
        generate_all: true,
        std_feature: true,
        runtime_path: Some("wit_bindgen::rt".into()),
        default_bindings_module: Some("crate::bindings".into()),
        ..Default::default()
    }
    .build();
    let mut files = Files::default();
    generator.generate(&mut resolve, layer, &mut files)?;
    let (_, source) = files.iter().next().context("wit-bindgen generated nothing")?;
    Ok(source.to_vec())
}

fn layer_world(resolve: &mut Resolve, python: WorldId) -> WorldId {
    let world = &resolve.worlds[python];
    let is_wasi = |key: &WorldKey| match key {
        WorldKey::Interface(id) => {
            resolve.interfaces[*id].package.is_some_and(|package| resolve.packages[package].name.namespace == "wasi")
        }
        WorldKey::Name(_) => false,
    };
    let (wasi, own) = world.imports.clone().into_iter().partition(|(key, _)| is_wasi(key));
    let layer = World {
        name: "wasi-layer".into(),
        imports: own,
        exports: wasi,
        package: world.package,
        docs: Default::default(),
        stability: Default::default(),
        includes: Vec::new(),
        span: Default::default(),
    };
    resolve.worlds.alloc(layer)
}

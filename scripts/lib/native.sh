# The native half: the runtime (library and guest image) that a JVM needs, in the cache. Part of common.sh.
# shellcheck shell=bash disable=SC2154

# native_source: what this tree's runtime is built from, in 16 hex digits. The classes and the runtime both record it.
native_source() {
  tree_key native/Cargo.toml native/Cargo.lock native/host/Cargo.toml native/host/build.rs native/host/src native/patches \
    native/guest/wit native/guest/python native/guest/wasi native/guest/builder
}

# native_runtime: sets HYPERLIGHT4J_RUNTIME to the folder with this tree's library and guest image, built if need be, and
# makes it the one that programs use by default.
native_runtime() {
  local source
  source=$(native_source)
  export HYPERLIGHT4J_RUNTIME=$cache/runtime-$source
  [[ -e $HYPERLIGHT4J_RUNTIME/SHA256SUMS ]] || native_build "$source"
  [[ $(readlink "$cache/runtime") == "${HYPERLIGHT4J_RUNTIME##*/}" ]] ||
    ln -sfn "${HYPERLIGHT4J_RUNTIME##*/}" "$cache/runtime"
}

native_build() {
  say "building the native library and the guest image: about 25 minutes on two cores the first time"
  native_setup
  # Cargo compares its sources by time, and another clone's, which are older, would pass for what was built last.
  find "$repository/native" -name '*.rs' -exec touch {} +
  local out
  out=$(mktemp -d -p "$cache" runtime-building-XXXXXX)
  step "native library" native_cargo build --release --locked -p hyperlight4j
  cp "$cache/cargo/release/libhyperlight4j.so" "$out/"
  step "guest image" native_guest_image "$out/python.guest"
  printf '%s\n' "$1" >"$out/source"
  (cd "$out" && sha256sum libhyperlight4j.so python.guest >SHA256SUMS)
  chmod 755 "$out"
  # Another build may have been faster; its result is the same.
  mv -T "$out" "$HYPERLIGHT4J_RUNTIME" 2>/dev/null || rm -rf "$out"
}

# native_setup: the tools, the builder and the encoded guest interface, which hyperlight-wasm is built for.
native_setup() {
  [[ -z ${WIT_WORLD:-} ]] || return 0
  setup_rust
  setup_componentize_py
  native_crates
  local built wit
  built=$cache/cargo/guest-builder-$(tree_key native/Cargo.lock native/guest/builder)
  if [[ ! -e $built ]]; then
    step "guest builder (wasmtime's compiler)" native_cargo build --release --locked -p guest-builder
    touch "$built"
  fi
  # The path is part of what cargo compares, so it must not change with the clone.
  wit=$cache/wit-$(tree_key native/guest/wit).wasm
  "$cache/cargo/release/guest-builder" wit "$repository/native/guest/wit" "$wit"
  export WIT_WORLD=$wit WIT_WORLD_NAME=guest
}

# native_crates: sets `patched` to the crates that cargo takes from the cache instead of the registry: those with a patch in
# native/patches, and hyperlight-wasm, which builds one of them. A patch that does not fit ends the build.
native_crates() {
  crates=$cache/crates-$(tree_key native/Cargo.lock native/patches)
  [[ -e $crates/.cargo ]] || native_patch_crates
  patched="'$crates/hyperlight-wasm-0.15.0', '$crates/hyperlight-wasm-runtime-0.15.0'"
}

native_patch_crates() {
  local source name patch
  step "fetching crates" native_cargo fetch --locked
  source=$(dirname "$(find "${CARGO_HOME:-$HOME/.cargo}/registry/src" -maxdepth 2 -name hyperlight-wasm-0.15.0 -print -quit)")
  rm -rf "$crates"
  mkdir -p "$crates"
  cp -r "$source/hyperlight-wasm-0.15.0" "$crates/"
  for patch in "$repository"/native/patches/*.patch; do
    name=$(basename "$patch" .patch)
    cp -r "$source/$name" "$crates/"
    (cd "$crates/$name" && quietly patch --strip 1 --fuzz 0 --input "$patch") || die "$patch does not fit $name"
  done
  # hyperlight-wasm's build script asks cargo, in its own folder, where its runtime is.
  mkdir "$crates/.cargo"
  printf 'paths = ["%s"]\n' "$crates/hyperlight-wasm-runtime-0.15.0" >"$crates/.cargo/config.toml"
}

# native_cargo ARGUMENT...: cargo, for the workspace. RUSTC_BOOTSTRAP: the guest's target needs unstable flags.
native_cargo() {
  (cd "$repository/native" && env -u RUSTUP_TOOLCHAIN PATH="$build_path" RUSTC_BOOTSTRAP=1 \
    CARGO_TARGET_DIR="$cache/cargo" "$cargo" ${patched+--config "paths=[$patched]"} "$@")
}

native_guest_image() {
  env -u RUSTUP_TOOLCHAIN PATH="$build_path" "$cache/cargo/release/guest-builder" image \
    --guest "$repository/native/guest" --componentize-py "$componentize_py" --packages "$packages" --cargo "$cargo" \
    --work "$cache/guest" --out "$1"
}

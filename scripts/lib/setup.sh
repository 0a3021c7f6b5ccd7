# What builds need: found or installed, each said once. Part of common.sh. Quick when nothing is to do.
# shellcheck shell=bash disable=SC2154

tools=$cache/tools

# step TEXT COMMAND...: runs a long command quietly: a line before, one every 20 seconds with what it says last, one with the
# time after; its output on failure.
step() {
  local text=$1 log started=$SECONDS watcher status=0
  shift
  log=$(mktemp)
  say "$text ..."
  while sleep 20; do say "$text: $((SECONDS - started)) s:$(tail -n 1 "$log" | cut -c -100)"; done &
  watcher=$!
  "$@" >"$log" 2>&1 || status=$?
  kill "$watcher"
  wait "$watcher" 2>/dev/null || true
  ((status == 0)) || tail -n 60 "$log" >&2
  rm -f "$log"
  ((status == 0)) || die "failed: $text"
  say "$text: done in $((SECONDS - started)) s"
}

# tree_key PATH...: a digest of what git has, or would take, below the paths of the repository.
tree_key() {
  (cd "$repository" && git ls-files -z --cached --others --exclude-standard -- "$@" | sort -zu |
    xargs -0 sha256sum -- 2>/dev/null | sha256sum | cut -c 1-16)
}

# setup_jdk: sets JAVA_HOME to a JDK of at least 22.
setup_jdk() {
  local home version
  for home in "${JAVA_HOME:-}" "$(readlink -f "$(command -v javac)" 2>/dev/null | sed 's@/bin/javac$@@')" /usr/lib/jvm/*; do
    [[ -x $home/bin/javac ]] || continue
    version=$("$home/bin/javac" -version 2>&1 | sed -nE 's/^javac ([0-9]+).*/\1/p')
    if ((${version:-0} >= 22)); then
      export JAVA_HOME=$home
      return
    fi
  done
  local package
  for package in openjdk-25-jdk-headless openjdk-24-jdk-headless openjdk-23-jdk-headless; do
    if apt-cache show "$package" >/dev/null 2>&1; then
      install_packages "Java" "$package"
      setup_jdk
      return
    fi
  done
  die "there is no JDK of at least 22 in JAVA_HOME, on PATH or in /usr/lib/jvm, and Debian has none here;" \
    "install one (Temurin 25, for example) and set JAVA_HOME"
}

# setup_maven: a Maven on PATH.
setup_maven() {
  have mvn || install_packages "the Java build" maven
}

# setup_rust: sets `cargo` and `build_path`, a PATH with which it finds its own rustc, clang, llvm-ar and rust-lld.
# hyperlight-wasm builds a guest with -Zbuild-std, so the toolchain must have rust-src.
setup_rust() {
  cargo=
  build_path=$tools/bin:/usr/bin:/bin:/usr/sbin:/sbin
  local sysroot llvm rust=(rustc-web cargo-web rust-web-src libstd-rust-web-dev)
  if have rustup && sysroot=$(rustup run stable rustc --print sysroot 2>/dev/null) &&
    [[ -e $sysroot/lib/rustlib/src/rust/library/core ]]; then
    cargo=$sysroot/bin/cargo rust=()
    build_path=$tools/bin:$sysroot/bin:/usr/bin:/bin:/usr/sbin:/sbin
  fi
  install_packages "the native build" "${rust[@]}" \
    clang-19 lld-19 llvm-19 gcc libc6-dev
  cargo=${cargo:-/usr/bin/cargo}
  llvm=/usr/lib/llvm-19/bin
  mkdir -p "$tools/bin"
  ln -sfn $llvm/clang "$tools/bin/clang"
  ln -sfn $llvm/llvm-ar "$tools/bin/llvm-ar"
  ln -sfn $llvm/lld "$tools/bin/rust-lld"
}

# setup_clang: sets `clang`, for the check of the bindings.
setup_clang() {
  install_packages "the check of the bindings" clang-19
  clang=/usr/lib/llvm-19/bin/clang
}

# setup_componentize_py: sets `componentize_py` to the pinned version, in a virtual environment of its own, and `packages` to
# the folder with the pure Python packages that the guest carries.
setup_componentize_py() {
  local python=$repository/native/guest/python venv
  venv=$tools/componentize-py-$(content_key "$python/requirements.txt" "$python/packages.txt")
  componentize_py=$venv/bin/componentize-py
  packages=$venv/packages
  [[ ! -e $venv/complete ]] || return 0
  have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages "componentize-py" python3-venv
  rm -rf "$venv"
  step "installing componentize-py" install_into_venv "$venv" "$python/requirements.txt"
  # For no platform: what is compiled would be for this one, and not run in the guest.
  step "downloading the guest's packages" "$venv/bin/pip" install --quiet --no-deps --no-compile --platform any \
    --only-binary :all: --require-hashes --target "$packages" --requirement "$python/packages.txt"
  touch "$venv/complete"
}

# install_into_venv DIRECTORY REQUIREMENTS: a new virtual environment.
install_into_venv() { python3 -m venv "$1" && "$1/bin/pip" install --quiet --require-hashes --requirement "$2"; }

# What every script here uses: the one file that they source. Not run by itself.
# shellcheck shell=bash

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# Whatever takes long to make is kept here, outside the clone.
# shellcheck disable=SC2034 # for the scripts that source this
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hyperlight4j
# It is loaded and run, snapshots too, so only its owner may write it.
umask 022

# Progress and problems go to standard error: standard output is the command's.
say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() {
  say "$@"
  exit 125
}

# usage [ARGUMENT]: prints the comment at the head of the script and ends it: with success if ARGUMENT asks for that.
usage() {
  local text
  text=$(sed -n '2,/^set/ { /^set/d; s/^# \{0,1\}//; p }' "$0")
  case ${1:-} in
    --help | -h) echo "$text" && exit 0 ;;
    *) echo "$text" >&2 && exit 2 ;;
  esac
}

# content_key FILE...: 16 hex digits that change with the files' contents, and not with where the clone is.
content_key() { cat -- "$@" | sha256sum | cut -c 1-16; }

have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    die "not root, and there is no sudo; run this as root: $*"
  fi
}

# quietly COMMAND...: its output is shown only when it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 || status=$?
  ((status == 0)) || tail -n 40 "$log" >&2
  rm -f "$log"
  return "$status"
}

# Package lists are fetched once per machine: a bare Debian has none.
refresh_package_lists() {
  [[ -n $(find /var/lib/apt/lists -maxdepth 1 -name '*Packages*' -print -quit 2>/dev/null) && ${1:-} != --again ]] ||
    quietly as_root apt-get update
}

# install_packages WHAT-FOR PACKAGE...: installs the Debian packages that are missing; with HYPERLIGHT4J_INSTALL=no, only says so.
install_packages() {
  local purpose=$1 package missing=()
  shift
  for package; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  [[ ${HYPERLIGHT4J_INSTALL:-yes} != no ]] && have apt-get ||
    die "$purpose needs these packages, by their names in Debian; install them: ${missing[*]}"
  say "installing for $purpose: ${missing[*]}"
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}")
  refresh_package_lists
  # The lists may name versions that the mirror no longer has.
  quietly as_root "${install[@]}" 2>/dev/null || { refresh_package_lists --again && quietly as_root "${install[@]}"; } ||
    die "installing ${missing[*]} failed"
}

source "$repository/scripts/lib/setup.sh"
source "$repository/scripts/lib/native.sh"
source "$repository/scripts/lib/java.sh"
source "$repository/scripts/lib/vm.sh"

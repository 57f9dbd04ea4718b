# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Read by the other scripts: strict mode, the root of the repository, messages.
set -euo pipefail

WEIR_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"

# Clones in other folders share what ccache has compiled.
export CCACHE_BASEDIR="$WEIR_ROOT" CCACHE_NOHASHDIR=1

say() { printf '%s\n' "$*"; }

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# Prints the comment at the head of a script, which is its help.
print_help() { sed -n '3,/^[^#]/{/^#/!d; s/^# \{0,1\}//; p}' "$1"; }

# build_preset PRESET [TARGET...]: configures build/PRESET and builds it on all cores.
build_preset() {
  local preset=$1
  shift
  local log
  log="$(mktemp)"
  # Two seconds of compiler checks are of interest only when they fail.
  if ! (cd "$WEIR_ROOT" && cmake --preset "$preset") >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  grep -A4 'CMake Warning' "$log" >&2 || true
  rm -f "$log"
  local targets=()
  if (($# > 0)); then targets=(--target "$@"); fi
  cmake --build "$WEIR_ROOT/build/$preset" --parallel "$(nproc)" "${targets[@]}"
}

# SPDX-License-Identifier: Apache-2.0
# For the scripts beside it. CMakeLists.txt gives them WORK, WEIR_BUILD, CMAKE and CXX.
set -euo pipefail
: "${WORK:?ctest sets it}" "${WEIR_BUILD:?ctest sets it}" "${CMAKE:?ctest sets it}"
# A plugin must not be writable by others.
umask 022
prefix=$WORK/prefix
weir=$prefix/bin/weir
# Nothing of the user's own: no plugins, no caches, no pipelines.
export HOME=$WORK/home
unset XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME WEIR_PLUGIN_PATH CMAKE_PREFIX_PATH DESTDIR
mkdir -p "$HOME"

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# expect STATUS PATTERN COMMAND…: runs it; both must fit (the pattern is an extended regular expression).
expect() {
  local status=$1 pattern=$2 got=0 output
  shift 2
  echo "+ $*"
  output=$("$@" 2>&1) || got=$?
  printf '%s\n' "$output"
  [[ $got == "$status" ]] || fail "it ended with $got, not $status: $*"
  grep -qE -e "$pattern" <<<"$output" || fail "it did not say '$pattern': $*"
}

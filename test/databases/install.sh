#!/usr/bin/env bash
# Installs what the tests run against and is not there yet. Needs root and apt for packages, Go for FerretDB and actionlint.
# Safe to run again; exits non-zero when something is still missing at the end.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

# program=package: a program that is there needs no package, whatever it came from.
wanted=(
  redis-server=redis-server pgbouncer=pgbouncer postgres=postgresql chromium=chromium certutil=libnss3-tools
  openssl=openssl curl=curl tmux=tmux nginx=nginx sslscan=sslscan shellcheck=shellcheck
)

# What test/workflows.test.ts runs.
actionlint=v1.7.12

has() {
  PATH="$PATH:/usr/sbin:$(echo /usr/lib/postgresql/*/bin | tr ' ' ':')" command -v "$1" >/dev/null
}

missing_packages() {
  for pair in "${wanted[@]}"; do has "${pair%%=*}" || echo "${pair#*=}"; done
}

install_packages() {
  local packages
  mapfile -t packages < <(missing_packages)
  if [ ${#packages[@]} -eq 0 ]; then return; fi
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Missing: ${packages[*]}. Install them, or run this script as root on Debian or Ubuntu." >&2
    return 1
  fi
  echo "Installing ${packages[*]}"
  apt-get update -qq
  # The servers of the packages are not wanted: each test starts its own.
  DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
}

# The versions and their checksums stand in go.mod and go.sum; nothing else is taken. One file is added to FerretDB, and
# the name of one column is made that of its index: equalities.go says why.
patched_ferretdb() (
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  backend=vendor/github.com/FerretDB/FerretDB/internal/backends/sqlite
  # One && after the other: bash forgets "set -e" in a function whose failure is looked at.
  cp -r "$here/ferretdb/." "$folder" && cd "$folder" && go mod vendor &&
    mv sqlite/equalities.go "$backend" &&
    sed -i 's/^\tq += whereClause$/\twhereClause, args = equalities(params.Filter)\n&/' "$backend/collection.go" &&
    grep -q equalities "$backend/collection.go" &&
    sed -i "s/\"->'\$\._id'\"/\`->\"_id\"\`/" "$backend/metadata/metadata.go" &&
    ! grep -qF "\$._id" "$backend/metadata/metadata.go" &&
    go build -mod=vendor -buildvcs=false -trimpath -tags ferretdb_no_postgresql -o "$1" .
)

build_ferretdb() {
  local cache program
  cache="${XDG_CACHE_HOME:-$HOME/.cache}/create-secure-session-app"
  program="$cache/ferretdb-$(cd "$here/ferretdb" && cat main.go gate.go ttl.go sqlite/equalities.go go.mod go.sum | sha256sum | cut -c1-12)"
  if [ -x "$program" ]; then return; fi
  if ! command -v go >/dev/null; then
    echo "Missing: Go, which builds FerretDB, the server that stands for MongoDB (or set TEST_MONGODB_URL)." >&2
    return 1
  fi
  echo "Building FerretDB (a minute or two)"
  mkdir -p "$cache"
  patched_ferretdb "$program.new.$$" || { echo "FerretDB could not be built: see above." >&2; return 1; }
  mv "$program.new.$$" "$program"
}

# Not worth a failure: without Go its tests are skipped.
build_actionlint() {
  local cache
  cache="${XDG_CACHE_HOME:-$HOME/.cache}/create-secure-session-app"
  if [ -x "$cache/actionlint-$actionlint" ] || ! command -v go >/dev/null; then return; fi
  mkdir -p "$cache"
  GOBIN="$cache/go.$$" go install "github.com/rhysd/actionlint/cmd/actionlint@$actionlint" &&
    mv "$cache/go.$$/actionlint" "$cache/actionlint-$actionlint" && rmdir "$cache/go.$$"
}

failed=0
install_packages || failed=1
if [ -z "${TEST_MONGODB_URL:-}" ]; then build_ferretdb || failed=1; fi
build_actionlint || failed=1
exit $failed

#!/usr/bin/env bash
# Sets up everything `make run` and `make test` need; running it again costs a fraction of a second.
# System packages: installed when root, named plainly when not. Nothing here is a step for a person.
set -euo pipefail
cd "$(dirname "$0")/.."

# Qt's platform plugin and text stack, zbar for pyzbar, XTest-less offscreen runs need only the first half.
packages=(libgl1 libegl1 libglib2.0-0 libdbus-1-3 libfontconfig1 libxkbcommon0 libbrotli1
          libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0 libthai0
          libzbar0 python3-venv)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  if [ "$(id -u)" = 0 ]; then
    echo "set-up: installing system packages: ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "set-up: these system packages are missing; ask an administrator for:" >&2
    echo "    apt-get install ${missing[*]}" >&2
    python3 -c 'import venv, ensurepip' 2>/dev/null || exit 1
  fi
fi

stamp=.venv/.stamp
wanted=$(cat requirements.lock pyproject.toml | sha256sum | cut -d' ' -f1)
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ]; then
  python=$(command -v python3.11 || command -v python3)
  "$python" -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed")'
  echo "set-up: Python packages (hash-checked) into .venv"
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
  .venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
  echo "$wanted" >"$stamp"
fi

.venv/bin/python scripts/fetch_fonts.py

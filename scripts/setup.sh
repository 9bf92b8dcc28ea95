#!/usr/bin/env bash
# Sets up everything `make run` and `make test` need; running it again costs a fraction of a second and no network.
# Cut off at any point, the next run mends it. System packages are installed when root and named plainly when not.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PATH:/usr/sbin:/sbin

# What is needed of the system, each library beside the Debian package that brings it.
libraries="
  libEGL.so.1 libegl1                     libGL.so.1 libgl1
  libX11.so.6 libx11-6                    libglib-2.0.so.0 libglib2.0-0
  libdbus-1.so.3 libdbus-1-3              libfontconfig.so.1 libfontconfig1
  libxkbcommon.so.0 libxkbcommon0         libthai.so.0 libthai0

  libX11-xcb.so.1 libx11-xcb1             libxkbcommon-x11.so.0 libxkbcommon-x11-0
  libxcb-cursor.so.0 libxcb-cursor0       libxcb-icccm.so.4 libxcb-icccm4
  libxcb-image.so.0 libxcb-image0         libxcb-keysyms.so.1 libxcb-keysyms1
  libxcb-randr.so.0 libxcb-randr0         libxcb-render-util.so.0 libxcb-render-util0
  libxcb-shape.so.0 libxcb-shape0         libxcb-shm.so.0 libxcb-shm0
  libxcb-sync.so.1 libxcb-sync1           libxcb-util.so.1 libxcb-util1
  libxcb-xfixes.so.0 libxcb-xfixes0       libxcb-xkb.so.1 libxcb-xkb1
  libwayland-client.so.0 libwayland-client0
  libwayland-cursor.so.0 libwayland-cursor0
  libwayland-egl.so.1 libwayland-egl1

  libzbar.so.0 libzbar0

  libXtst.so.6 libxtst6
"
# Programs likewise. The print server and the X server without a screen (with libXtst, which presses its keys) are for
# the tests, which start their own; a till needs none.
programs="
  cupsd cups-daemon
  Xvfb xvfb                               setxkbmap x11-xkb-utils
"

# PostgreSQL for the tests, which start a server of their own: the one of Debian where that is or can be
# installed, else the one among the Python packages. Nothing needs it to run as a service of this system.
postgresql() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }

say() { echo "set-up: $*"; }
stop() { printf 'set-up: %s\n' "$@" >&2; exit 1; }

# One set-up at a time: `make run` and `make test` may be started side by side.
mkdir -p build
if command -v flock >/dev/null; then
  exec 9>build/set-up.lock
  flock --nonblock 9 || { say "another set-up is at work; waiting for it"; flock 9; }
fi

missing_packages() {
  local known soname program package
  python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
  while read -r program package; do
    command -v "$program" >/dev/null || echo "$package"
  done < <(xargs -n 2 <<<"$programs")
  known=$(ldconfig -p 2>/dev/null) || return 0
  while read -r soname package; do
    [[ $known == *"$soname ("* ]] || echo "$package"
  done < <(xargs -n 2 <<<"$libraries")
}

install_packages() {
  command -v apt-get >/dev/null || return 1
  say "installing system packages: $*"
  # Waits for another installation at work (a fresh desktop's own updates), rather than fail beside it.
  if ! {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$@"
  } >build/apt.log 2>&1 </dev/null; then
    tail -n 5 build/apt.log >&2
    return 1
  fi
}

# The package alone: Debian would make a cluster and a service of it at once.
install_postgresql() {
  local settings=/etc/postgresql-common/createcluster.conf
  install_packages postgresql-common || return 1
  cp -p "$settings" build/createcluster.conf
  sed -i 's/^#\? *create_main_cluster *=.*/create_main_cluster = false/' "$settings"
  install_packages postgresql || { cp -p build/createcluster.conf "$settings"; return 1; }
  cp -p build/createcluster.conf "$settings"
}

mapfile -t missing < <(missing_packages)
if ! postgresql && [ "$(id -u)" = 0 ]; then
  install_postgresql || say "PostgreSQL could not be installed; the tests use the one of pip instead" >&2
fi
if [ "${#missing[@]}" -gt 0 ] && [ "$(id -u)" = 0 ]; then
  install_packages "${missing[@]}" ||
    say "system packages could not be installed (see above); check the network and run the same command again" >&2
  mapfile -t missing < <(missing_packages)
fi
if [ "${#missing[@]}" -gt 0 ]; then
  printf 'set-up: %s\n' "missing from this system; an administrator (root) installs it with" \
    "    apt-get install ${missing[*]}" >&2
  [ "${missing[0]}" != python3-venv ] || stop "nothing can be set up without python3-venv"
  say "without these, windows, pictures, the camera or the tests of print queues do not work; all else does" >&2
fi

# The stamp is taken away before the first change and put back after the last: an environment without one was never
# finished, one of another place (a moved or copied folder) points there, and either is made anew.
stamp=.venv/.stamp
python=$(command -v python3.11 || command -v python3)
wanted="$(cat requirements.lock pyproject.toml | sha256sum | cut -d' ' -f1) $PWD"
had=$(cat "$stamp" 2>/dev/null || true)
if [ "$had" != "$wanted" ] || [ ! -x .venv/bin/python ]; then
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || stop "Python 3.11 or newer is needed"
  say "Python packages, checked against requirements.lock, into .venv (some 250 MB; a minute or two)"
  if [ "${had#* }" != "$PWD" ] || [ ! -x .venv/bin/python ]; then
    "$python" -m venv --clear .venv
  fi
  rm -f "$stamp"
  install=(.venv/bin/python -m pip install -qq --disable-pip-version-check --no-input)
  "${install[@]}" --require-hashes -r requirements.lock ||
    stop "the Python packages could not be installed (see above)." \
      "Check the network and run the same command again: it begins anew and harms nothing."
  "${install[@]}" --no-deps --no-build-isolation -e .
  echo "$wanted" >"$stamp"
fi

.venv/bin/python scripts/fetch_fonts.py

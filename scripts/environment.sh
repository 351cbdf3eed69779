# How a virtual environment is made in the checkout; sourced by the scripts beside it.
# shellcheck shell=bash

# Many servers and kernels start here, and each would compile our modules anew. So what is imported once is kept compiled.
unset PYTHONDONTWRITEBYTECODE

say() { printf '%s\n' "$*" >&2; }
stop() { say "$(basename "$0"): $*"; exit 1; }

# Run apt-get as root, or through sudo where it asks nothing.
apt_get() {
    command -v apt-get >/dev/null || { say "no apt-get on this machine"; return 1; }
    local run=(env DEBIAN_FRONTEND=noninteractive apt-get)
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || { say "neither root nor allowed to use sudo without a password"; return 1; }
        run=(sudo -n "${run[@]}")
    fi
    "${run[@]}" "$@" </dev/null >&2
}

# Install packages of Debian, without asking; the package lists may be missing or old on a fresh machine.
debian_install() { apt_get -q update && apt_get -q install -y --no-install-recommends "$@"; }

# Print the first Python that is new enough. Running it is the only sure check: a name on the PATH may be a stub.
find_python() {
    local name
    for name in ${PYTHON:-} python3 python python3.14 python3.13 python3.12 python3.11 python3.10; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

# make_environment FOLDER WHAT-PIP-INSTALLS...: a virtual environment in FOLDER, reused while nothing that it was made from changed.
make_environment() {
    local folder=$1 python made_for
    shift
    python=$(find_python) || stop "needs Python 3.10 or newer, and found none. On Debian: apt-get install python3 python3-venv; or set PYTHON."
    made_for=$({ "$python" -VV; printf '%s\n' "$PWD" "$@"; cat pyproject.toml jupyter-config/*/*.json; } | sha256sum)
    if [ "$(cat "$folder/made-for" 2>/dev/null)" = "$made_for" ] && "$folder/bin/python" -c '' 2>/dev/null; then
        return
    fi
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        say "$python cannot make virtual environments; trying Debian's python3-venv"
        debian_install python3-venv && "$python" -c 'import ensurepip, venv' 2>/dev/null \
            || stop "needs Python's venv module. On Debian: apt-get install python3-venv"
    fi
    say "making $folder with $("$python" -V) ..."
    "$python" -m venv --clear "$folder" || stop "could not make $folder"
    PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 "$folder/bin/python" -m pip install --quiet "$@" </dev/null >&2 \
        || stop "pip could not install '$*' into $folder (see above). Is a package index reachable?"
    # jsonschema imports this where it is there, and does without it. Nothing here checks what it checks, and its import takes
    # three quarters of the time in which a server imports its modules.
    "$folder/bin/python" -m pip uninstall --quiet --yes rfc3987-syntax 2>/dev/null
    printf '%s\n' "$made_for" >"$folder/made-for"
}

# Print the lowest versions that pyproject.toml allows, one "name==version" a line, as pip takes constraints.
lowest_versions() {
    sed -n '/^dependencies = \[/,/^\]/s/^ *"\([^">]*\)>=\([^"]*\)",$/\1==\2/p' pyproject.toml
}

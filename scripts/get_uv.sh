#!/usr/bin/env bash
# Put uv into .uv with pip, or say in plain words what is missing. Usage: get_uv.sh PYTHON
set -euo pipefail
python=${1:-python3}

fail() {
    printf '%s\n' "$@" >&2
    exit 2
}

command -v "$python" >/dev/null || fail "There is no '$python'. Install Python 3.11 or newer:" \
    "  apt install python3 python3-pip    or: make PYTHON=/path/to/python3.11 ..."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "xinyong needs Python 3.11 or newer; '$python' is $("$python" -V 2>&1)." \
        "  make PYTHON=/path/to/python3.11 ..."

rm -rf .uv
if "$python" -c 'import venv, ensurepip' 2>/dev/null && "$python" -m venv .uv; then
    .uv/bin/python -m pip install --quiet 'uv>=0.9'
elif "$python" -m pip --version >/dev/null 2>&1; then
    # Debian's python3 without python3-venv: pip can still install into a folder of its own.
    rm -rf .uv
    "$python" -m pip install --quiet --target .uv 'uv>=0.9'
else
    fail "'$python' has neither pip nor a complete venv (Debian splits both off)." \
        "  apt install python3-venv python3-pip"
fi
.uv/bin/uv --version

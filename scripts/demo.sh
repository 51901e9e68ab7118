#!/usr/bin/env bash
# Run one scenario into a folder and say where the report lies. Usage: demo.sh XINYONG SCENARIO SEED FOLDER
# A finished run in the folder is made anew; an unfinished one is carried on, or made anew if it is too old.
set -euo pipefail
xinyong=$1 scenario=$2 seed=$3 folder=$4

run() {
    "$xinyong" run "$scenario" --seed "$seed" --out "$folder" "$@"
}

if [ -e "$folder" ] && [ ! -e "$folder/manifest.json" ]; then
    echo "$folder exists but is not a run of xinyong; move it away first." >&2
    exit 2
fi
if [ ! -e "$folder/manifest.json" ] || grep -q '"finished": true' "$folder/manifest.json"; then
    rm -rf "$folder"
    run
else
    run --resume || { rm -rf "$folder"; run; }
fi
printf '\nThe report: %s/report.html (open it in a browser; it needs no network)\n' "$PWD/$folder"
printf 'The model city in your browser: %s serve %s   then open http://127.0.0.1:8000/\n' "$xinyong" "$folder"

#!/bin/sh
# Every #include "..." in libjaxc/ names a folder that tests/layering.txt allows, and no public header
# includes anything but system headers and <jaxc/...>. The library calls no public function that would name
# itself in messages: what the user called is named there.
set -eu
cd "$(dirname "$0")/.."

includes=$(find libjaxc -name '*.[ch]' -exec grep -nHE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' {} +) || true

printf '%s\n' "$includes" | awk -v table=tests/layering.txt '
function folder_of(path) { return sub(/\/[^\/]*$/, "", path) ? path : "" }
BEGIN {
    while ((getline line < table) > 0) {
        if (line ~ /^#/ || line !~ /:/) continue
        split(line, half, ":")
        known[half[1]] = 1
        allowed[half[1], half[1]] = 1
        n = split(half[2], names, " ")
        for (i = 1; i <= n; i++) allowed[half[1], names[i]] = 1
    }
}
NF {
    split($0, part, ":")                                  # libjaxc/prim/dot.c:3:#include "ir/ir.h"
    from = folder_of(substr(part[1], length("libjaxc/") + 1))
    split($0, quoted, "\"")
    to = folder_of(quoted[2])
    if (to == "") to = from
    if (!(from in known)) why = from " has no row in " table
    else if (!((from, to) in allowed)) why = from " may not include " to
    else next
    printf "%s:%s: \"%s\": %s\n", part[1], part[2], quoted[2], why
    bad = 1
}
END { exit bad }'

if grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' include/jaxc/*.h; then
    echo 'public headers include <jaxc/...> and system headers only'
    exit 1
fi

# Calls stand indented, definitions do not; those in the list name nothing.
if grep -rnE '^ .*\<jaxc_[a-z0-9_]+\(' libjaxc --include='*.c' | sed 's/"[^"]*"//g' |
    grep -E '\<jaxc_[a-z0-9_]+\(' |
    grep -vE '\<jaxc_(error|error_code|clear_error|trim_memory|from_i64|value|fn|dtype)\('; then
    echo 'a public function is called inside the library'
    exit 1
fi

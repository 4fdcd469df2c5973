#!/bin/sh
# The .c files in the named folders (not below them), one a line, relative to the current folder, sorted.
set -eu
LC_ALL=C
export LC_ALL
for folder in "$@"; do
    for file in "$folder"/*.c; do
        if [ -e "$file" ]; then
            printf '%s\n' "${file#./}"
        fi
    done
done

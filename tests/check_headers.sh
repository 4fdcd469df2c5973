#!/bin/sh
# Each public header stands alone, without a warning, in C11 and C++17, for gcc and clang.
set -eu
cd "$(dirname "$0")/.."

warnings='-Wall -Wextra -Wpedantic -Wshadow -Werror'
failed=0
for header in include/jaxc/*.h; do
    for compiler in 'gcc -xc -std=c11' 'clang -xc -std=c11' 'g++ -xc++ -std=c++17' 'clang++ -xc++ -std=c++17'; do
        # shellcheck disable=SC2086
        if ! printf '#include <jaxc/%s>\n' "$(basename "$header")" |
            $compiler $warnings -Iinclude -fsyntax-only -; then
            echo "$header: does not stand alone: $compiler"
            failed=1
        fi
    done
done
exit $failed

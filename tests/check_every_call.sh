#!/bin/sh
# usage: check_every_call.sh libjaxc.a
# C11 and C++17 have the same calls: tests/every_call.c uses each that takes more than values, compiles as both without a warning, for
# gcc and clang, and prints the same.
set -eu
library=$(realpath "$1")
cd "$(dirname "$0")/.."
LC_ALL=C
export LC_ALL
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

warnings='-Wall -Wextra -Wpedantic -Wshadow -Werror'
failed=0
fail() {
    echo "$1"
    failed=1
}

headers() {
    for header in include/jaxc/*.h; do
        printf '#include <jaxc/%s>\n' "$(basename "$header")"
    done
}

n=0
for compiler in 'gcc -xc -std=c11' 'clang -xc -std=c11' 'g++ -xc++ -std=c++17' 'clang++ -xc++ -std=c++17'; do
    n=$((n + 1))
    # shellcheck disable=SC2086
    headers | $compiler -Iinclude -E -dM - | sed -n 's/^#define \(jaxc_[a-z0-9_]*\).*/\1/p' |
        sort >"$work/macros$n"
    # shellcheck disable=SC2086
    if $compiler $warnings -Iinclude tests/every_call.c -xnone -o "$work/every_call$n" \
        "$library" -lffi -lm -lpthread; then
        "$work/every_call$n" >"$work/printed$n" || fail "tests/every_call.c fails: $compiler"
    else
        fail "tests/every_call.c does not compile: $compiler"
    fi
    diff -u --label 'macros, gcc C11' --label "macros, $compiler" "$work/macros1" "$work/macros$n" ||
        fail "other calls are macros: $compiler"
    diff -u --label 'gcc C11' --label "$compiler" "$work/printed1" "$work/printed$n" ||
        fail "tests/every_call.c prints something else: $compiler"
done

# The functions, as tests/check_exports.sh finds them, and the macros. jaxc_fn3 and its like are what
# JAXC_FN chooses among.
headers | cc -std=c11 -Iinclude -E -P - | tr '\n' ' ' | sed 's/visibility("default")/\n&/g' |
    awk '/^visibility/ && match($0, /jaxc_[A-Za-z0-9_]+\(/) { print substr($0, RSTART, RLENGTH - 1) }' |
    sort -u - "$work/macros1" | grep -v '^jaxc_fn[0-9]*$' >"$work/calls"
grep -o 'jaxc_[a-z0-9_]*' tests/every_call.c | sort -u >"$work/used"
# What takes one or two values and nothing else is the same macro in each language.
headers | cc -std=c11 -Iinclude -E -P - | tr '\n' ' ' | sed 's/visibility("default")/\n&/g' |
    sed -n 's/^visibility.*jaxc_value \(jaxc_[a-z0-9_]*\)(jaxc_value [a-z0-9]*\(, jaxc_value [a-z0-9]*\)\{0,1\}).*/\1/p' |
    sort -u - "$work/used" >"$work/known"
for call in $(comm -23 "$work/calls" "$work/known"); do
    fail "tests/every_call.c does not use $call"
done
exit $failed

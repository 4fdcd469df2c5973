#!/bin/sh
# usage: check_exports.sh libjaxc.so
# What the shared library exports is what the public headers declare: every exported symbol begins with
# jaxc_ and is declared with JAXC_API, and every declared one is there.
set -eu
library=$1
cd "$(dirname "$0")/.."
LC_ALL=C
export LC_ALL
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

nm -D --defined-only "$library" | awk '{ print $NF }' | sort -u >"$work/exported"

# The preprocessed headers, cut at each JAXC_API: the declared name is the first that a "(" follows.
for header in include/jaxc/*.h; do
    printf '#include <jaxc/%s>\n' "$(basename "$header")"
done | cc -std=c11 -Iinclude -E -P - | tr '\n' ' ' | sed 's/visibility("default")/\n&/g' |
    awk '/^visibility/ && match($0, /jaxc_[A-Za-z0-9_]+\(/) { print substr($0, RSTART, RLENGTH - 1) }' |
    sort -u >"$work/declared"

failed=0
report() {
    if [ -s "$work/report" ]; then
        sed "s/^/$1: /" "$work/report"
        failed=1
    fi
}
grep -v '^jaxc_' "$work/exported" >"$work/report" || true
report 'exported without the prefix jaxc_'
comm -23 "$work/exported" "$work/declared" >"$work/report"
report 'exported but not declared in include/jaxc'
comm -13 "$work/exported" "$work/declared" >"$work/report"
report 'declared but not exported'
exit $failed

#!/bin/sh
# usage: check_exports.sh libjaxc.so
# What the shared library exports is what the public headers declare: every exported symbol begins with
# jaxc_ and is declared with JAXC_API, and every declared one is there. Each of them has a macro of its
# name that notes the place of the call, in C and in C++, unless its documentation says "Errors  none".
# And each macro is one over a function, which other languages call: of its name, or with _n behind it.
# The library itself holds no file's name, which a message could take for the user's.
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

# jaxc_get chooses between two functions.
for header in include/jaxc/*.h; do
    printf '#include <jaxc/%s>\n' "$(basename "$header")"
done | cc -std=c11 -Iinclude -E -dM - | sed -n 's/^#define \(jaxc_[a-z0-9_]*\).*/\1/p' | grep -vx jaxc_get |
    while read -r macro; do
        grep -qx -e "$macro" -e "${macro}_n" "$work/exported" || echo "$macro"
    done >"$work/report"
grep -qx jaxc_get_index "$work/exported" && grep -qx jaxc_get_key "$work/exported" || echo jaxc_get >>"$work/report"
report 'a macro without a function'

# A message names the user's file, never one of the library's: their names are not in it at all, but
# for those of assertions, and of headers that the texts of programs for CUDA include.
nm -D "$library" | grep -q assert || strip -g -o "$work/stripped" "$library"
[ ! -f "$work/stripped" ] || tr -c '[:print:]' '\n' <"$work/stripped" | grep '[a-z]\.[ch]$' |
    grep -vxE 'kernel/scalar_[a-z]+\.h|math\.h|stdint\.h|string\.h' | sort -u >"$work/report" || true
report 'the library holds the name of a source'

# Those that cannot fail: declared behind a comment that says so. Of scopes only the opening can.
awk '
/^\/\*/ { none = 0 }
/^ \* Errors  none/ { none = 1 }
none && /^JAXC_API/ && match($0, /jaxc_[A-Za-z0-9_]+\(/) { print substr($0, RSTART, RLENGTH - 1) }
END { print "jaxc_scope_close\njaxc_scope_cleanup" }' include/jaxc/*.h | sort -u >"$work/safe"

# A macro notes the place if it calls jaxc_at, or names a macro that does, or the start of its name.
for language in 'c -std=c11' 'c++ -std=c++17'; do
    # shellcheck disable=SC2086
    echo '#include <jaxc/jaxc.h>' | cc -x $language -Iinclude -E -dM - | awk '
    $1 == "#define" { name = $2; sub(/\(.*/, "", name); body[name] = substr($0, index($0, $2) + length(name)) }
    function known(word) {
        if (word in notes) return 1
        if (word ~ /_$/) for (name in notes) if (index(name, word) == 1) return 1
        return 0
    }
    END {
        notes["jaxc_at"] = notes["jaxc_located"] = 1
        do {
            more = 0
            for (macro in body) {
                if (macro in notes) continue
                n = split(body[macro], words, /[^A-Za-z0-9_]+/)
                for (i = 1; i <= n; i++)
                    if (words[i] != macro && known(words[i])) { notes[macro] = more = 1; break }
            }
        } while (more)
        for (macro in notes) if (macro in body && macro ~ /^jaxc_/) print macro
    }' | sort -u >"$work/notes"
    sort -u "$work/notes" "$work/safe" | comm -23 "$work/declared" - >"$work/report"
    report "can fail, but no macro notes its place (${language%% *})"
done
exit $failed

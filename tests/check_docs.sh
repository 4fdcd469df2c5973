#!/bin/sh
# usage: check_docs.sh libjaxc.a
# The documents say what is so: their C blocks compile, the programs among them print the text that
# stands below them, quotations are in the files they name, links and paths lead somewhere, and the
# table of docs/layering.md is tests/layering.txt, docs/coverage.md is what tests/coverage.py writes.
#
# What is done with a fenced block is decided by its first line:
#   ```c             a program, if there is a main: compiled and run. Otherwise definitions, which the
#                    blocks below see, to the next "## "
#   ```c run         statements: wrapped in a main behind the definitions, compiled and run
#   ```cpp           a C++ program: compiled and run
#   ```python        a Python program: run, where python3 and the shared library are
#   ```c from FILE   stands in FILE as it is
#   ```c fragment    not looked at
#   ```text          right behind a program: what it prints
# In messages of the compiler and of the library a block is example.c, counted from its own first line.
set -eu
library=$(realpath "$1")
shared=$(dirname "$library")
cd "$(dirname "$0")/.."
LC_ALL=C
export LC_ALL
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
documents=$(find README.md CONTRIBUTING.md CHANGELOG.md docs examples -name '*.md' | sort)

# shellcheck disable=SC2086
awk -v work="$work" '
FNR == 1 { not_closed(); definitions = ""; program = "" }
!inside && /^## / { definitions = ""; program = "" }
!/^```/ { if (inside) block = block $0 "\n"; next }
!inside {
    inside = 1
    info = substr($0, 4)
    first = FNR
    block = ""
    next
}
{
    inside = 0
    before = program
    program = ""
    if (info == "text" && before != "") { printf "%s", block >before ".expected"; close(before ".expected") }
    if (info !~ /^(c|cpp|python)( |$)/ && info !~ / from /) next
    if (info ~ / fragment$/) next
    base = work "/" sprintf("%03d", ++n)
    placed = "#line 1 \"example.c\"\n" block
    if (info ~ / from /) { kind = info; sub(/.* /, "", kind); text = block }
    else if (info == "cpp") { kind = "c++"; text = block }
    else if (info == "python") { kind = "python"; text = block }
    else if (info == "c" && block ~ /(^|\n)int main\(/) { kind = "program"; text = placed }
    else if (info == "c") { kind = "definitions"; definitions = definitions placed; text = includes definitions }
    else if (info == "c run")
        { kind = "program"; text = includes definitions "int main(void)\n{\n" placed finish "}\n" }
    else { printf "%s:%d: what is a block of \"%s\"?\n", FILENAME, first, info >"/dev/stderr"; bad = 1; next }
    if (kind == "program" || kind == "c++" || kind == "python") program = base
    printf "%s", text >base
    close(base)
    print base, kind, FILENAME ":" first
}
function not_closed()
{
    if (inside) { printf "%s:%d: a block is not closed\n", name, first >"/dev/stderr"; bad = 1 }
    inside = 0
    name = FILENAME
}
BEGIN {
    includes = "#include <jaxc/jaxc.h>\n#include <math.h>\n#include <stdio.h>\n#include <stdlib.h>\n" \
               "#include <string.h>\n"
    finish = "if (jaxc_error())\n    fprintf(stderr, \"%s\\n\", jaxc_error());\nreturn jaxc_error() != NULL;\n"
}
END { not_closed(); exit bad }' $documents >"$work/blocks"

failed=0
fail() {
    echo "$1"
    failed=1
}

warnings='-Wall -Wextra -Wpedantic -Wshadow -Werror -Wno-unused-function'
compile_and_run() {
    # shellcheck disable=SC2086
    if ! $1 $warnings -Iinclude "$base" -xnone -o "$base.out" "$library" -lffi -lm -lpthread; then
        fail "$place: does not compile"
    else
        run "$base.out"
    fi
}

run() {
    if ! "$@" >"$base.printed" 2>"$base.error"; then
        fail "$place: the program fails: $(cat "$base.error")"
    elif [ -f "$base.expected" ] &&
        ! diff -u --label "$place" --label printed "$base.expected" "$base.printed"; then
        fail "$place: prints something else"
    fi
}

while read -r base kind place; do
    case $kind in
    program) compile_and_run 'gcc -std=c11 -xc' ;;
    c++) compile_and_run 'g++ -std=c++17 -xc++' ;;
    python)
        if command -v python3 >/dev/null && [ -e "$shared/libjaxc.so.0" ]; then
            run env LD_LIBRARY_PATH="$shared" python3 "$base"
        fi
        ;;
    definitions)
        # shellcheck disable=SC2086
        gcc -std=c11 $warnings -Iinclude -fsyntax-only -xc "$base" || fail "$place: does not compile"
        ;;
    *)
        [ -f "$kind" ] && awk '
            { text = text $0 "\n" }
            FNR == NR { quote = text }
            FNR == 1 && FNR != NR { text = "\n" $0 "\n" }
            END { exit !index(text, "\n" quote) }' "$base" "$kind" || fail "$place: is not in $kind"
        ;;
    esac
done <"$work/blocks"

# Links to files, from the folder of the document; and paths in `...`, from the root.
for document in $documents; do
    grep -n -o '](\([^)#:]*\))' "$document" | sed 's/](//; s/)$//' >"$work/links" || true
    while IFS=: read -r line target; do
        [ -e "$(dirname "$document")/$target" ] || fail "$document:$line: no file $target"
    done <"$work/links"
    grep -n -o '`\(libjaxc\|include\|tests\|docs\|examples\|bench\)/[A-Za-z0-9_./-]*`' "$document" |
        tr -d '`' >"$work/paths" || true
    while IFS=: read -r line target; do
        [ -e "$target" ] || fail "$document:$line: no file $target"
    done <"$work/paths"
done

# | `prim` | `base` `ir` `kernel` | ... |   is   prim: base ir kernel
sed -n 's/^| `\([^`]*\)` | \([^|]*\)|.*/\1: \2/p' docs/layering.md | tr -d '`' | sed 's/ *$//' >"$work/shown"
grep ':' tests/layering.txt | grep -v '^#' | sed 's/:  */: /; s/ *$//' >"$work/table"
diff -u --label docs/layering.md --label tests/layering.txt "$work/shown" "$work/table" ||
    fail 'docs/layering.md shows another table than tests/layering.txt'

# The list of JAX's names, from the headers.
! command -v python3 >/dev/null || python3 tests/coverage.py --check || fail 'docs/coverage.md: run tests/coverage.py'

exit $failed

# shellcheck shell=sh disable=SC2154
# Read by the check.sh of each example, which defines run: the program with these arguments, its output
# in $work/out and $work/err.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cases=0 failures=0

# check NAME COMMAND...: one case.
check() {
    name=$1
    shift
    cases=$((cases + 1))
    if ! "$@"; then
        echo "failed: $name"
        failures=$((failures + 1))
    fi
}

says() { grep -Eq "$1" "$work/out" || { echo "no line: $1"; cat "$work/out"; false; }; }
quiet() { [ ! -s "$work/err" ] || { cat "$work/err"; false; }; }

# refuses WORDS ARGUMENT...: exit status 1, and one line on stderr that holds the words.
refuses() {
    words=$1
    shift
    status=0
    run "$@" || status=$?
    if [ "$status" != 1 ] || [ "$(wc -l <"$work/err")" != 1 ] ||
        ! grep -Eq "$(basename "$program"): .*$words" "$work/err"; then
        echo "exit status $status; wanted: $words; stderr:"
        cat "$work/err"
        return 1
    fi
}

# The last line is in Check's form, so that every case counts.
finish() {
    echo "$(((cases - failures) * 100 / cases))%: Checks: $cases, Failures: $failures, Errors: 0"
    [ "$failures" = 0 ]
}

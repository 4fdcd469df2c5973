#!/bin/sh
# usage: check.sh SPIRAL_CLASSIFIER
# Runs the example for a few steps: what it prints and writes, and how it refuses what makes no sense.
set -eu
program=$1
# shellcheck source=examples/common/check.sh
. "$(dirname "$0")/../common/check.sh"

run() { "$program" "$@" >"$work/out" 2>"$work/err" </dev/null; }

# What it prints and writes --------------------------------------------------------------------------

check '450 steps run' run --steps 450 --csv "$work/a.csv"
check 'nothing on stderr' quiet
for step in 100 200 300 400 450; do
    check "step $step" says "^step +$step  loss [0-9.]+  test accuracy (0|1)\.[0-9]+\$"
done
check 'a picture' [ "$(grep -cE '^[.o#]{48}$' "$work/out")" = 24 ]
check 'a head and five rows' [ "$(wc -l <"$work/a.csv")" = 6 ]
check 'the loss falls' awk -F, 'NR > 2 && $2 >= last { exit 1 } { last = $2 }' "$work/a.csv"
check 'the spirals are told apart' awk -F, 'END { exit !($3 > 0.95) }' "$work/a.csv"

for threads in 1 2 3; do
    check "threads: $threads" \
        env JAXC_NUM_THREADS=$threads "$program" --steps 450 --csv "$work/b.csv" >"$work/b"
    check "threads: $threads, the same bits" cmp "$work/a.csv" "$work/b.csv"
    check "threads: $threads, the same text" cmp "$work/out" "$work/b"
done
check 'no NaN anywhere' env JAXC_DEBUG_NANS=1 "$program" --steps 450 --csv "$work/b.csv" >"$work/b"
check 'the same bits when they are looked for' cmp "$work/a.csv" "$work/b.csv"

check 'another seed' run --steps 100 --seed 1 --csv "$work/b.csv"
check 'another seed gives other numbers' [ "$(sed -n 2p "$work/a.csv")" != "$(sed -n 2p "$work/b.csv")" ]
check 'no steps' run --steps 0
check 'no steps say nothing of a loss' [ "$(grep -c loss "$work/out")" = 0 ]
check 'a batch of one' run --steps 5 --batch 1
check 'a batch of all points' run --steps 5 --batch 384
check 'a batch that leaves some out' run --steps 5 --batch 100 --step-size 1e-3

for file in plot.svg "it's.png"; do
    check "plot: $file" run --steps 1 --plot "$work/$file"
    if command -v gnuplot >/dev/null; then
        check "plot: $file is there" [ -s "$work/$file" ]
    fi
done
check 'without gnuplot' env PATH=/nowhere "$program" --steps 1 --plot "$work/none.svg" >/dev/null 2>"$work/err"
check 'without gnuplot a line' grep -q 'no gnuplot here' "$work/err"

# How it refuses -------------------------------------------------------------------------------------

check 'steps that are no number' refuses 'steps' --steps many
check 'a negative number of steps' refuses 'steps' --steps -1
check 'a batch of none' refuses 'batch' --batch 0
check 'a batch of more points than there are' refuses 'batch' --batch 385
check 'a step size of 0' refuses 'step-size' --step-size 0
check 'a negative seed' refuses 'seed' --seed -1
check 'a plot that is neither svg nor png' refuses 'svg' --plot "$work/plot.gif"
check 'an option that is not there' refuses 'frobnicate' --frobnicate
check 'an argument without an option' refuses 'stray' stray
check 'a csv file in no folder' refuses 'No such file' --steps 0 --csv "$work/none/a.csv"
if command -v gnuplot >/dev/null; then
    check 'a plot in no folder' refuses 'No such file' --steps 0 --plot "$work/none/a.svg"
fi
if [ -w /dev/full ]; then
    check 'a csv file on a full disk' refuses 'No space' --steps 1 --csv /dev/full
fi

finish

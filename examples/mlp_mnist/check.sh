#!/bin/sh
# usage: check.sh MLP_MNIST
# Runs the example on a small cut of the data: what it prints and writes, and how it refuses bad files.
set -eu
program=$1
full=$(cd "$(dirname "$0")/data" && pwd)
# shellcheck source=examples/common/check.sh
. "$(dirname "$0")/../common/check.sh"

# Small data -----------------------------------------------------------------------------------------

big_endian() {
    for n in "$@"; do
        # shellcheck disable=SC2059
        printf "$(printf '\\%03o\\%03o\\%03o\\%03o' $((n >> 24 & 255)) $((n >> 16 & 255)) $((n >> 8 & 255)) $((n & 255)))"
    done
}
images() { # PREFIX COUNT: the first images of a file as an IDX file, not compressed
    big_endian 2051 "$2" 28 28
    gzip -dc "$full/$1-images-idx3-ubyte.gz" | tail -c +17 | head -c $(($2 * 784))
}
labels() {
    big_endian 2049 "$2"
    gzip -dc "$full/$1-labels-idx1-ubyte.gz" | tail -c +9 | head -c "$2"
}

small=$work/small
mkdir "$small"
images train 300 | gzip >"$small/train-images-idx3-ubyte.gz"
labels train 300 | gzip >"$small/train-labels-idx1-ubyte.gz"
images t10k 100 | gzip >"$small/t10k-images-idx3-ubyte.gz"
labels t10k 100 | gzip >"$small/t10k-labels-idx1-ubyte.gz"

# What it prints and writes --------------------------------------------------------------------------

run() { "$program" --data "$small" "$@" >"$work/out" 2>"$work/err" </dev/null; }
without_seconds() { cut -d, -f1,3- "$1"; }

check 'two epochs run' run --epochs 2 --csv "$work/a.csv"
check 'nothing on stderr' quiet
check 'the shape of one prediction' says '\(10,\)'
check 'predict refuses a batch' says '^Invalid shapes! .*main\.c:[0-9]+: .*\[512,784\].*\[10,784\]'
check 'the shape of a batch of predictions' says '\(10, 10\)'
check 'the training set' says '^Train: \(300, 784\) \(300, 10\)$'
check 'the test set' says '^Test: \(100, 784\) \(100, 10\)$'
for epoch in 0 1; do
    check "epoch $epoch" says "^Epoch $epoch in [0-9]+\.[0-9][0-9] sec\$"
done
check 'training set accuracy' says '^Training set accuracy (0\.[0-9]+|1\.0+)$'
check 'test set accuracy' says '^Test set accuracy (0\.[0-9]+|1\.0+)$'
check 'a row before training and one for each epoch' [ "$(wc -l <"$work/a.csv")" = 4 ]
check 'the loss falls' awk -F, 'NR > 2 && $3 >= last { exit 1 } { last = $3 }' "$work/a.csv"

check 'one thread' env JAXC_NUM_THREADS=1 "$program" --data "$small" --epochs 2 --csv "$work/b.csv" >/dev/null
check 'three threads' env JAXC_NUM_THREADS=3 "$program" --data "$small" --epochs 2 --csv "$work/c.csv" >/dev/null
for run in a b c; do
    without_seconds "$work/$run.csv" >"$work/$run.numbers"
done
check 'the same bits on one thread' cmp "$work/a.numbers" "$work/b.numbers"
check 'the same bits on three threads' cmp "$work/a.numbers" "$work/c.numbers"

run --epochs 1 --seed 1 --csv "$work/d.csv"
check 'another seed is another network' [ "$(sed -n 2p "$work/a.csv")" != "$(sed -n 2p "$work/d.csv")" ]
check 'a batch larger than the set' run --epochs 1 --batch 1000 --step-size 0.001
check 'no epochs' run --epochs 0

# Three products forward, three for the weights' gradients, two for the activations', none for the images'.
products() { [ "$(sed -n "/^$1:/,/ }\$/p" "$work/out" | grep -c dot_general)" = "$2" ]; }
check 'the programs are printed' run --print-program --epochs 0
check 'three products in the loss' products loss 3
check 'eight products in the update' products update 8
check 'eight products when optimised' products 'update, optimised' 8
check 'kernels when lowered' says '^kernel '
for kind in svg png; do
    check "a $kind plot" run --epochs 1 --plot "$work/plot.$kind"
    if command -v gnuplot >/dev/null; then
        check "the $kind plot is there" [ -s "$work/plot.$kind" ]
    fi
done

# How it refuses -------------------------------------------------------------------------------------

# spoiled FILE: a fresh copy of the small data, where FILE is what comes in from standard input.
spoiled() {
    rm -rf "$work/bad"
    cp -r "$small" "$work/bad"
    cat >"$work/bad/$1"
}

check 'no such folder' refuses 'No such file' --data "$work/nowhere"
rm -rf "$work/bad"
cp -r "$small" "$work/bad"
rm "$work/bad/t10k-labels-idx1-ubyte.gz"
check 'a missing file' refuses 't10k-labels.*No such file' --data "$work/bad"
spoiled train-images-idx3-ubyte.gz <"$small/train-labels-idx1-ubyte.gz"
check 'labels where images should be' refuses 'train-images.*magic number' --data "$work/bad"
head -c 3000 "$small/train-images-idx3-ubyte.gz" | spoiled train-images-idx3-ubyte.gz
check 'a gzip file cut short' refuses 'train-images.*truncated' --data "$work/bad"
images train 300 | head -c 100000 | gzip | spoiled train-images-idx3-ubyte.gz
check 'data cut short inside' refuses 'train-images.*truncated' --data "$work/bad"
printf '\000\000\010' | gzip | spoiled train-labels-idx1-ubyte.gz
check 'a header cut short' refuses 'train-labels.*truncated' --data "$work/bad"
{ images train 300; printf x; } | gzip | spoiled train-images-idx3-ubyte.gz
check 'data that go on' refuses 'train-images.*goes on' --data "$work/bad"
images train 300 | spoiled train-images-idx3-ubyte.gz
check 'no gzip' refuses 'train-images.*not a gzip file' --data "$work/bad"
spoiled train-images-idx3-ubyte.gz </dev/null
check 'an empty file' refuses 'train-images.*not a gzip file' --data "$work/bad"
{ head -c 2000 "$small/train-images-idx3-ubyte.gz"; printf 'damage!!'; tail -c +2009 "$small/train-images-idx3-ubyte.gz"; } |
    spoiled train-images-idx3-ubyte.gz
check 'damaged data' refuses 'train-images.*(damaged|truncated)' --data "$work/bad"
labels train 299 | gzip | spoiled train-labels-idx1-ubyte.gz
check 'fewer labels than images' refuses 'train-labels.*299 labels for 300 images' --data "$work/bad"
{ big_endian 2049 300; head -c 300 /dev/zero | tr '\000' '\012'; } | gzip | spoiled train-labels-idx1-ubyte.gz
check 'a label beyond 9' refuses 'train-labels.*label 10 at 0' --data "$work/bad"
{ big_endian 2051 300 14 14; head -c 58800 /dev/zero; } | gzip | spoiled train-images-idx3-ubyte.gz
check 'images of another size' refuses '14x14' --data "$work/bad"
big_endian 2051 0 28 28 | gzip | spoiled train-images-idx3-ubyte.gz
check 'no images' refuses 'impossible size, 0' --data "$work/bad"

check 'epochs that are no number' refuses 'epochs' --epochs many
check 'a negative number of epochs' refuses 'epochs' --epochs -1
check 'a batch of none' refuses 'batch' --batch 0
check 'a step that is no number' refuses 'step-size' --step-size 1x
check 'a plot that is neither svg nor png' refuses 'svg' --plot "$work/plot.gif"
check 'an option that is not there' refuses 'frobnicate' --frobnicate
check 'an argument without an option' refuses 'stray' stray
check 'a csv file in no folder' refuses 'No such file' --epochs 0 --csv "$work/none/a.csv"

finish

#!/bin/sh
# usage: check_reference.sh MLP_MNIST
# The whole training run on the real data, held to what JAX 0.10.2 gives for the notebook's code on the
# same files: losses of the first batch within 3 percent, accuracies within 0.003, at every epoch.
set -eu
program=$1
data=$(dirname "$0")/data
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$program" --data "$data" --csv "$work/ours.csv"
cat >"$work/jax.csv" <<'END'
0 0.2363556 - -
1 0.0218579 0.91337 0.9168
2 0.0151372 0.93587 0.9354
3 0.0119559 0.94747 0.9462
4 0.0101153 0.95600 0.9524
5 0.0088979 0.96212 0.9576
6 0.0079896 0.96637 0.9607
7 0.0072532 0.97007 0.9636
8 0.0066142 0.97322 0.9660
9 0.0060577 0.97562 0.9677
10 0.0055699 0.97780 0.9690
END
tail -n +2 "$work/ours.csv" | awk -F '[, ]' '
function far(a, b) { return a - b > 0.003 || b - a > 0.003 }
NR == FNR { loss[$1] = $2; train[$1] = $3; test[$1] = $4; rows++; next }
{
    seen++
    why = ""
    if ($3 / loss[$1] > 1.03 || $3 / loss[$1] < 0.97) why = why " loss"
    if ($1 > 0 && far($4, train[$1])) why = why " training accuracy"
    if ($1 > 0 && far($5, test[$1])) why = why " test accuracy"
    if (why != "") {
        printf "after %d epochs: loss %s %s %s, JAX %s %s %s: off in%s\n", $1, $3, $4, $5, loss[$1], train[$1], test[$1], why
        bad = 1
    }
}
END { exit bad || seen != rows }' "$work/jax.csv" -

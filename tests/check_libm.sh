#!/bin/sh
# usage: check_libm.sh KERNELS.a...
# The loops of the kernels compute by themselves: of the C library they call memory functions, the rare
# path of sin, cos and tan (angles too large for the fast reduction) and fmod, which divides exactly.
set -eu
LC_ALL=C
export LC_ALL
allowed='^(cos|cosf|sin|sinf|tan|tanf|fmod|fmodf)$'
names='a?(sin|cos|tan)h?|atan2|exp|exp2|expm1|log|log1p|log2|log10|pow|cbrt|sqrt|hypot|erfc?|[lt]gamma|fmod|remainder|fma|floor|ceil|rint|round|trunc'
failed=0
for library in "$@"; do
    called=$(nm -u "$library" 2>/dev/null | awk '$1 == "U" { print $2 }' | grep -Ex "($names)f?" | sort -u | grep -Ev "$allowed" || true)
    [ -z "$called" ] || {
        echo "$library calls $called"
        failed=1
    }
    nm -u "$library" 2>/dev/null | grep -q ' cosf$' || {
        echo "$library: nm does not see even the rare path of cos"
        failed=1
    }
done
exit $failed

#!/bin/sh
# Each public header stands alone, without a warning, in C11 and C++17, for gcc and clang, with its
# overlays and without (JAXC_PLAIN). And what a newcomer gets wrong does not compile: each statement of
# the lists below is refused, with this text, also where the headers are installed among the system's,
# whose warnings compilers keep quiet.
set -eu
cd "$(dirname "$0")/.."

warnings='-Wall -Wextra -Wpedantic -Wshadow -Werror'
failed=0
for header in include/jaxc/*.h; do
    for compiler in 'gcc -xc -std=c11' 'clang -xc -std=c11' 'g++ -xc++ -std=c++17' 'clang++ -xc++ -std=c++17'; do
        for plain in '' -DJAXC_PLAIN; do
            # shellcheck disable=SC2086
            if ! printf '#include <jaxc/%s>\n' "$(basename "$header")" |
                $compiler $warnings $plain -Iinclude -fsyntax-only -; then
                echo "$header: does not stand alone: $compiler $plain"
                failed=1
            fi
        done
    done
done

# refused COMPILER...: the lines of the standard input are STATEMENT | TEXT, the text a pattern.
refused() {
    while IFS='|' read -r statement text; do
        program="#include <jaxc/jaxc.h>
            jaxc_value f(jaxc_value x, jaxc_value y);
            jaxc_value test(jaxc_value x);
            jaxc_value test(jaxc_value x) { $statement return x; }"
        if says=$(printf '%s\n' "$program" | "$@" -fsyntax-only - 2>&1); then
            echo "compiles: $statement $*"
            failed=1
        elif ! printf '%s\n' "$says" | grep -q "error:.*$(echo "$text" | sed 's/^ *//')"; then
            echo "is refused for another reason: $statement $*"
            printf '%s\n' "$says"
            failed=1
        fi
    done
}

list=$(mktemp)
trap 'rm -f "$list"' EXIT
cat >"$list" <<'END'
jaxc_grad(f, .argnums = 1);                                     | pointer
jaxc_grad(f, .argnums = {1});                                   | pointer
jaxc_jit(f, .static_argnums = 1);                               | pointer
jaxc_jit(f, .donate = 0);                                       | braces
jaxc_jit(jaxc_grad(f, .argnums = 0), .donate = JAXC_ARGS(0));   | braces
jaxc_vmap(f, .in_axes = 1);                                     | braces
jaxc_sum(x, .axes = 0);                                         | braces
jaxc_nn_softmax(x, {1});                                        | pointer
jaxc_sum(x, JAXC_AXIS(0), JAXC_AXIS(1));                        | initiali[sz]e
jaxc_sum(x, .axis = 0);                                         | axis
jaxc_optim_adam(x, x, x, 0.1, .b1 = 0.9);                       | braces
jaxc_optim_adam(x, x, x, 0.1, .rate = x);                       | rate
jaxc_tuple();                                                   | jaxc_tuple_n(0, NULL)
jaxc_tuple(x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x);                  | at most 16 values
jaxc_dict();                                                    | a key and a value
jaxc_dict("a", x, "b");                                         | a key and a value
jaxc_dict("a",x,"b",x,"c",x,"d",x,"e",x,"f",x,"g",x,"h",x,"i",x,"j",x,"k",x,"l",x,"m",x,"n",x,"o",x,"p",x,"q",x); | at most 16 entries
jaxc_call(f, x,x,x,x,x,x,x,x,x,x,x,x,x);                        | JAXC_MAX_ARGS
jaxc_random_uniform(x, JAXC_SHAPE(3), JAXC_F32, 0);             | jaxc_random_uniform takes
jaxc_random_uniform(x, JAXC_SHAPE(3), JAXC_F32, 0, 1, 2);       | jaxc_random_uniform takes
jaxc_arange(1, 2, 3, JAXC_F32, 4);                              | jaxc_arange takes
if (jaxc_greater(x, 0)) return x;                               | scalar
END
for where in -I -isystem; do
    for compiler in gcc clang; do
        refused $compiler -xc -std=c11 $where include <"$list"
    done
done
cat >"$list" <<'END'
jaxc_grad_options o = {}; o.argnums = 1;                        | =
jaxc_grad_options o = {}; o.argnums = {1};                      | =
jaxc_sum(x, JAXC_AXIS(0), JAXC_AXIS(1));                        | .
END
for compiler in g++ clang++; do
    refused $compiler -xc++ -std=c++17 -Iinclude <"$list"
done
exit $failed

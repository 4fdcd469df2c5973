/*
 * A stranger's program, C11 and C++17 alike: the gradient of x * x at 3, through the installed
 * headers and library, and as a plain C function.
 */
#include <jaxc/jaxc.h>

#include <stdio.h>

static jaxc_value square(jaxc_value x) { return jaxc_mul(x, x); }

int main(void)
{
    double slope = jaxc_item(jaxc_call(jaxc_grad(JAXC_FN(square)), 3.0));

    jaxc_value (*gradient)(jaxc_value) = JAXC_FUNCTION(1, jaxc_grad(JAXC_FN(square)));
    double again = gradient ? jaxc_item(gradient(jaxc_from_f64(3))) : 0;
    jaxc_function_free(gradient);

    jaxc_value columns = jaxc_sum(jaxc_ones(JAXC_SHAPE(2, 3)), JAXC_AXIS(0));
    int n = jaxc_len(columns);

    if (jaxc_error()) {
        fprintf(stderr, "%s\n", jaxc_error());
        return 1;
    }
    printf("d(x * x)/dx at 3 is %g, and again %g\n", slope, again);
    return slope != 6 || again != 6 || n != 3;
}

/* A stranger's program: the gradient of x * x at 3, from the installed headers and library. */
#include <jaxc/jaxc.h>

#include <stdio.h>

static jaxc_value square(jaxc_value x) { return jaxc_mul(x, x); }

int main(void)
{
    double slope = jaxc_item(jaxc_call(jaxc_grad(square), 3.0));
    if (jaxc_error()) {
        fprintf(stderr, "%s\n", jaxc_error());
        return 1;
    }
    printf("d(x * x)/dx at 3 is %g\n", slope);
    return slope != 6;
}

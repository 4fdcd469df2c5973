/*
 * kernel/scalar_ops.h - the scalar operations: one row each, its name, arity, and what it computes.
 *
 * The same rows give the enum, the names, and the loops of every backend. The C expression of each row stands in
 * scalar_math.h as JX_OP_<name>; the meaning is section 6 of the semantics (integers wrap, shifts outside the width
 * are defined, max and min propagate NaN, integer division by zero is -1).
 */
#ifndef JX_SCALAR_OPS_H
#define JX_SCALAR_OPS_H

#define JX_SCALAR_OPS(ROW)                                                                         \
    ROW(neg, 1, "-x; integers wrap")                                                               \
    ROW(abs, 1, "absolute value; abs(INT_MIN) is INT_MIN")                                         \
    ROW(sign, 1, "-1, 0 or 1; keeps -0 and NaN")                                                   \
    ROW(not, 1, "bitwise complement; logical on bool")                                             \
    ROW(exp, 1, "e^x")                                                                             \
    ROW(log, 1, "natural logarithm")                                                               \
    ROW(log1p, 1, "log(1 + x)")                                                                    \
    ROW(sin, 1, "x in radians")                                                                    \
    ROW(cos, 1, "x in radians")                                                                    \
    ROW(tanh, 1, "hyperbolic tangent")                                                             \
    ROW(logistic, 1, "1 / (1 + e^-x)")                                                             \
    ROW(sqrt, 1, "square root")                                                                    \
    ROW(rsqrt, 1, "1 / sqrt(x)")                                                                   \
    ROW(erf_inv, 1, "inverse error function; the polynomials of semantics 1.6")                    \
    ROW(square, 1, "x * x")                                                                        \
    ROW(add, 2, "x + y; on bool: or")                                                              \
    ROW(sub, 2, "x - y")                                                                           \
    ROW(mul, 2, "x * y; on bool: and")                                                             \
    ROW(div, 2, "x / y; integers truncate")                                                        \
    ROW(max, 2, "NaN if either is")                                                                \
    ROW(min, 2, "NaN if either is")                                                                \
    ROW(pow, 2, "x^y; integers by squaring, wrapping")                                             \
    ROW(and, 2, "bitwise")                                                                         \
    ROW(or, 2, "bitwise")                                                                          \
    ROW(xor, 2, "bitwise")                                                                         \
    ROW(shift_left, 2, "0 when y is outside the width")                                            \
    ROW(shift_right_logical, 2, "0 when y is outside the width")                                   \
    ROW(shift_right_arithmetic, 2, "0 or -1 by sign when y is outside the width")                  \
    ROW(eq, 2, "bool")                                                                             \
    ROW(ne, 2, "bool; true with NaN")                                                              \
    ROW(lt, 2, "bool")                                                                             \
    ROW(le, 2, "bool")                                                                             \
    ROW(gt, 2, "bool")                                                                             \
    ROW(ge, 2, "bool")                                                                             \
    ROW(select, 3, "p ? z : y, args p y z (JAX's select_n order: false case first)")               \
    ROW(convert, 1, "value conversion, any dtype to any")                                          \
    ROW(bitcast, 1, "the same bits as another dtype of the same size")

#endif

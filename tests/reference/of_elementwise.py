"""Of tests/test_numpy_elementwise.c: rounding, remainders, predicates, formulas, other names."""
import numpy as np

import jax
import jax.numpy as jnp

from cases import *

UNARY = {name: "elementwise" for name in (
    "reciprocal", "log2", "log10", "deg2rad", "radians", "rad2deg", "degrees", "sinc")}
UNARY |= {name: "exact" for name in (
    "negative", "positive", "absolute", "fabs", "floor", "ceil", "trunc", "rint", "isnan", "isfinite", "isinf", "isposinf",
    "isneginf", "signbit", "invert", "bitwise_invert", "bitwise_count")}
UNARY["i0"] = "special"
INTEGER_ONLY = {"invert", "bitwise_invert", "bitwise_count"}
EXACT_FLOATS = {"negative", "positive", "absolute", "fabs", "floor", "ceil", "trunc", "rint", "isnan", "isfinite", "isinf",
                "isposinf", "isneginf", "signbit"}
# Second names: that they are the same is seen from a few cases.
ALIASES = {"negative", "absolute", "radians", "degrees", "bitwise_invert", "subtract", "multiply", "true_divide", "mod", "pow",
           "bitwise_left_shift", "bitwise_right_shift"}
HALVES = np.array([0.5, -0.5, 1.5, 2.5, -1.5, -2.5, 0.49, -0.51, 3.0, -3.0, 1e6 + 0.5, 0.0, -0.0])


def unary():
    for name, tolerance in UNARY.items():
        f = getattr(jnp, name)
        for dtype in () if name in INTEGER_ONLY else FLOATS[:1] if name in ALIASES else FLOATS:
            # sin(pi x) of a large x is another number to each library
            corners = special(dtype)[:9] if name == "sinc" else special(dtype)
            case("%s-%s-special" % (name, short(dtype)), name, f, [corners], tolerance, x64=dtype == F64)
            if tolerance != "exact":
                case("%s-%s" % (name, short(dtype)), name, f, [sample(name, dtype, (2, 3), 0.1, 3.0)], tolerance,
                     x64=dtype == F64)
            if name in ("floor", "ceil", "trunc", "rint"):
                case("%s-%s-halves" % (name, short(dtype)), name, f, [HALVES.astype(dtype)])
        for dtype in (F16, BF16) if name in EXACT_FLOATS - ALIASES else ():
            case("%s-%s" % (name, short(dtype)), name, f,
                 [np.array([0, -0.0, 1.5, -2.5, np.inf, -np.inf, np.nan, 1000, 0.001], dtype)])
        for dtype in (I32,) if name in ALIASES else (BOOL, U8, I8, I32, I64):
            if dtype == BOOL and name == "negative":
                continue
            x = special(dtype)[:7] if tolerance == "exact" else np.array([0, 1], dtype)
            if name == "sinc":
                x = np.array([0], dtype)
            case("%s-%s" % (name, short(dtype)), name, f, [x], tolerance, x64=dtype == I64 and tolerance != "exact")
        if name in ALIASES:
            continue
        case("%s-empty" % name, name, f, [np.zeros((2, 0), I32)], tolerance)
        case("%s-scalar" % name, name, f, [np.array(3, U8)], tolerance)
        case("%s-number" % name, name, f, [2], tolerance)
        if name not in INTEGER_ONLY:
            case("%s-float-number" % name, name, f, [0.3], tolerance)
            case("%s-lanes" % name, name, lanes_of(f, [1]), [sample(name, F32, (2, 3), 0.1, 3.0)], tolerance, lanes=[1])
        if name not in ALIASES and name in ("positive", "fabs", "reciprocal", "log2", "log10", "deg2rad", "rad2deg", "sinc", "i0",
                    "floor", "ceil", "trunc", "rint"):
            x = np.array([1.0, 0.3, 2.5, 0.5] if "log" in name or name == "reciprocal" else [0.0, -0.0, 0.3, -2.5, 1.0], F32)
            case("%s-grad" % name, name, f, [x, sample("w", F32, x.shape)], "derivative", grad=True)
            case("%s-grad-f64" % name, name, f, [x.astype(F64), sample("w", F64, x.shape)], "derivative", grad=True, x64=True)
    second = jax.grad(lambda v: jnp.sum(jnp.sinc(v)))
    case("sinc-second", "sinc_second", lambda v: jax.grad(lambda u: jnp.sum(second(u)))(v),
         [np.array([0.0, -0.0, 0.4, 1.0], F32)], "special_derivative")
    x = np.array([0.0, 1.24, 1.25, -1.25, 0.35, 15.5, 25.5, -149.5, np.inf, -np.inf, np.nan, 1e30, 1e-30])
    case("around", "around", lambda v: jnp.around(v, 1), [x.astype(F32)], "elementwise", decimals=1)
    for name, f in (("round", jnp.round),):
        for decimals in (0, 1, 2, -1, -2, 30, 39, -46):
            case("%s-f32-%d" % (name, decimals), name, lambda v, d=decimals, f=f: f(v, d), [x.astype(F32)], "elementwise",
                 decimals=decimals)
        for decimals in (0, 3, -1, 200, 309):
            case("%s-f64-%d" % (name, decimals), name, lambda v, d=decimals, f=f: f(v, d), [x.astype(F64)], "elementwise",
                 x64=True, decimals=decimals)
        for dtype in (U8, I32, I64):
            for decimals in (0, 2):
                case("%s-%s-%d" % (name, short(dtype), decimals), name, lambda v, d=decimals, f=f: f(v, d), [special(dtype)],
                     decimals=decimals)
    for dtype, decimals in ((F16, 0), (F16, 1), (F16, 5), (BF16, 0)):
        case("round-%s-%d" % (short(dtype), decimals), "round", lambda v, d=decimals: jnp.round(v, d),
             [np.array([0.5, 1.25, -2.5, 3.14, np.nan, np.inf, 100.3], dtype)], decimals=decimals)
    case("round-number", "round", jnp.round, [2])
    case("round-float-number", "round", lambda v: jnp.round(v, 1), [2.37], "elementwise", decimals=1)
    case("round-grad", "round", lambda v: jnp.round(v, 1), [x[:6].astype(F32), np.ones(6, F32)], "derivative", grad=True,
         decimals=1)
    case("round-lanes", "round", lanes_of(lambda v: jnp.round(v, 1), [0]), [sample("round", F32, (3, 2))], "elementwise",
         lanes=[0], decimals=1)


BINARY = {name: "exact" for name in (
    "subtract", "multiply", "fmax", "fmin", "floor_divide", "remainder", "mod", "fmod", "copysign", "heaviside", "gcd", "lcm",
    "logical_xor", "bitwise_left_shift", "bitwise_right_shift")}
BINARY |= {name: "elementwise" for name in (
    "divide", "true_divide", "float_power", "pow", "logaddexp", "logaddexp2", "hypot")}
BITS_ONLY = {"gcd", "lcm", "bitwise_left_shift", "bitwise_right_shift"}


def operands_of(name, dtype):
    """Corners against corners, where JAX has an answer that another library can have too."""
    values = special(dtype)
    if np.dtype(dtype).kind == "f":
        values = np.append(values[:9], np.array([7, -3], dtype))
        if name in ("floor_divide", "remainder", "mod", "fmod"):
            values = np.append(values, np.array([0.1, -0.3], dtype))
        if name in ("float_power", "pow"):
            values = np.array([0.0, 1.0, 0.5, 2.0, np.inf, np.nan, 3.0], dtype)
    elif name in ("gcd", "lcm"):  # of the least number JAX finds no divisor
        values = np.array([0, 1, 2, 7, 12, 18, 91, 100], dtype)
        if np.dtype(dtype).kind == "i":
            values = np.append(values, np.array([-6, -35], dtype))
    elif name.startswith("bitwise"):
        values = np.array([0, 1, 3, 7, 31, 100], dtype)
    elif name == "pow":
        values = np.array([0, 1, 2, 3, 7], dtype)
    return pairs_of(values)


def binary():
    for name, tolerance in BINARY.items():
        f = getattr(jnp, name)
        dtypes = [U8, I32, I64, U64, I8] if name in BITS_ONLY else [F32, F64, I32, U8, BOOL]
        for dtype in dtypes:
            if dtype == BOOL and name in ("subtract", "gcd", "lcm") or dtype in (F64, U8, U64, I8) and name in ALIASES:
                continue
            x, y = operands_of(name, dtype)
            case("%s-%s-special" % (name, short(dtype)), name, f, [x, y], tolerance, x64=dtype == F64)
        for a, b in () if name in ALIASES else ((I32, U8), (I64, F32), (BOOL, I32), (F32, F64), (U32, I32)):
            if name in BITS_ONLY and np.dtype(b).kind == "f" or name in ("gcd", "lcm") and a == BOOL:
                continue
            case("%s-%s-%s" % (name, short(a), short(b)), name, f,
                 [np.array([1, 1, 0], a), np.array([1, 2, 3], b)], "elementwise" if b == F64 else tolerance,
                 x64=(a, b) in ((U32, I32), (I64, F32)))
        if name in ALIASES:
            continue
        number = I32 if name in BITS_ONLY else F32
        x = np.array([4, 1, 3], number)
        case("%s-number-left" % name, name, f, [6, x], "elementwise")
        if name != "pow":
            case("%s-number-right" % name, name, f, [x, 2], "elementwise")
        case("%s-broadcast" % name, name, f, [np.array([[3], [5]], number), np.array([[1, 2, 4]], number)], "elementwise")
        case("%s-scalars" % name, name, f, [np.array(3, number), np.array(5, number)], "elementwise")
        case("%s-empty" % name, name, f, [np.zeros((0, 2), number), np.zeros((2,), number)], "elementwise")
        case("%s-lanes" % name, name, lanes_of(f, [0, 1]), [np.array([[3, 1], [5, 2]], number),
                                                          np.array([[1, 2], [4, 6]], number)], "elementwise", lanes=[0, 1])
    far = np.array([10**9 + 7, 2**31 - 1, 1836311903, 1134903170, 46368, 0], I32)
    case("gcd-far", "gcd", jnp.gcd, [far, np.array([998244353, 2**30, 1134903170, 1836311903, 75025, 0], I32)])
    fibonacci = np.array([7540113804746346429, 4660046610375530309, 10**18], I64)
    case("gcd-far-i64", "gcd", jnp.gcd, [fibonacci, np.roll(fibonacci, 1)], x64=True)
    case("gcd-far-u8", "gcd", jnp.gcd, [np.array([233, 144, 255, 250], U8), np.array([144, 233, 34, 75], U8)])
    for dtype in (F32, F64):
        x = np.array([1e30, 1e30, 0, 3, -4], dtype)
        case("hypot-%s-far" % short(dtype), "hypot", jnp.hypot, [x, np.array([1e30, 1, 0, -4, 3], dtype)], "elementwise")
        x = sample("near", dtype, (9,), -20, 20)
        for name in ("logaddexp", "logaddexp2", "hypot"):
            case("%s-%s" % (name, short(dtype)), name, getattr(jnp, name), [x, sample("far", dtype, (9,), -20, 20)],
                 "elementwise", x64=dtype == F64)
    for dtype in (F16, BF16):
        x = np.array([1, -2.5, 0, -0.0, np.nan, np.inf], dtype)
        for name in ("copysign", "fmax", "heaviside", "multiply"):
            case("%s-%s" % (name, short(dtype)), name, getattr(jnp, name), [x, x[::-1].copy()])


def binary_derivatives():
    inf = np.inf
    x = np.array([0.0, 1.0, -2.0, 3.5, 1.0, -1.0, 0.3], F32)
    y = np.array([0.0, 1.0, 0.5, -2.0, 2.5, -1.0, 0.3], F32)
    for name in ("subtract", "multiply", "fmax", "fmin", "copysign", "heaviside", "divide", "true_divide", "logaddexp", "logaddexp2",
                 "hypot", "remainder", "mod", "fmod", "floor_divide", "float_power"):
        f = getattr(jnp, name)
        if name in ALIASES:
            continue
        p, q = x, y
        if name in ("divide", "true_divide", "remainder", "mod", "fmod", "floor_divide"):
            p, q = x[1:], y[1:]
        if name == "float_power":
            p, q = np.array([0, 0.5, 1, 2.5, 0], F32), np.array([1, 2, 0, -1.5, 2], F32)
        for wrt in (0, 1):
            for dtype in FLOATS:
                case("%s-grad%d-%s" % (name, wrt, short(dtype)), name, f,
                     [p.astype(dtype), q.astype(dtype), sample("w", dtype, p.shape)], "derivative", grad=True, wrt=wrt,
                     x64=dtype == F64)
            case("%s-grad%d-broadcast" % (name, wrt), name, f,
                 [np.array([[1.5], [2.5]], F32), np.array([0.5, 3, 4], F32), sample("w", F32, (2, 3))], "derivative", grad=True,
                 wrt=wrt)
    for name in ("logaddexp", "logaddexp2", "hypot"):
        a = np.array([inf, inf, -inf, 5, -inf, np.nan, 5, 5], F32)
        b = np.array([inf, 5, 5, inf, inf, 1, -inf, np.nan], F32)
        for wrt in (0, 1):
            case("%s-grad%d-infinite" % (name, wrt), name, getattr(jnp, name), [a, b, np.ones(8, F32)], "derivative", grad=True,
                 wrt=wrt)
        a = np.full(1, -inf, F32)
        if name != "hypot":
            case("%s-grad-nothing" % name, name, getattr(jnp, name), [a, a, np.ones(1, F32)], "derivative", grad=True)
    case("multiply-grad-number", "multiply", jnp.multiply, [x, 3, np.ones(7, F32)], "derivative", grad=True)


def parts():
    for dtype in FLOATS:
        x = np.append(special(dtype), np.array([3.75, -3.75, 0.999, 1024, -7], dtype))
        for part in (0, 1):
            text = "%s-%d" % (short(dtype), part)
            case("modf-" + text, "modf", lambda v, p=part: jnp.modf(v)[p], [x], part=part, x64=dtype == F64)
            case("frexp-" + text, "frexp", lambda v, p=part: jnp.frexp(v)[p], [x], part=part, x64=dtype == F64)
            p, q = operands_of("floor_divide", dtype)
            case("divmod-" + text, "divmod", lambda v, w, p=part: jnp.divmod(v, w)[p], [p, q], x64=dtype == F64, part=part)
        case("ldexp-" + short(dtype), "ldexp", jnp.ldexp, [x[:9], np.array([3, -4, 10, -10, 0, 5, 3, -200, 7], I32)],
             x64=dtype == F64)
        case("spacing-" + short(dtype), "spacing", jnp.spacing,
             [np.array([1, -1, 2.5, 1e10, -0.75, np.inf, np.nan, 1e30], dtype)], x64=dtype == F64)
        case("modf-grad-" + short(dtype), "modf", lambda v: jnp.modf(v)[0], [x[-5:], sample("w", dtype, (5,))], "derivative", x64=dtype == F64,
             grad=True, part=0)
        case("frexp-grad-" + short(dtype), "frexp", lambda v: jnp.frexp(v)[0],
             [np.append(x[-5:], np.zeros(1, dtype)), sample("w", dtype, (6,))], "derivative", grad=True, part=0,
             x64=dtype == F64)
        case("ldexp-grad-" + short(dtype), "ldexp", jnp.ldexp,
             [np.append(x[-5:], np.zeros(1, dtype)), np.array([3, -4, 0, 10, -9, 5], I32), sample("w", dtype, (6,))],
             "derivative", grad=True, x64=dtype == F64)
    for dtype in (F16, BF16):
        x = np.array([1, -2.5, 0, 1000, 0.01, np.inf, np.nan], dtype)
        for part in (0, 1):
            case("frexp-%s-%d" % (short(dtype), part), "frexp", lambda v, p=part: jnp.frexp(v)[p], [x], part=part)
        case("ldexp-%s" % short(dtype), "ldexp", jnp.ldexp, [x, np.array([2, -3, 1, 4, 5, 6, 7], I32)])
        case("spacing-%s" % short(dtype), "spacing", jnp.spacing, [x[:5]])
    # JAX multiplies in more than one step where the result is close to infinity, which overflows
    case("ldexp-far", "ldexp", jnp.ldexp, [np.array([1, 1.5, -1, 1, 1e-30, 1e30, 0.5], F32),
                                          np.array([127, -126, 100, 200, 200, -200, 128], I32)])
    for dtype in (U8, I32, I64, U64, I8):
        for part in (0, 1):
            p, q = operands_of("floor_divide", dtype)
            case("divmod-%s-%d" % (short(dtype), part), "divmod", lambda v, w, p=part: jnp.divmod(v, w)[p], [p, q], part=part)
        case("modf-" + short(dtype), "modf", lambda v: jnp.modf(v)[1], [np.array([0, 3], dtype)], part=1)
        case("frexp-" + short(dtype), "frexp", lambda v: jnp.frexp(v)[0], [np.array([0, 3], dtype)], part=0, x64=dtype.itemsize == 8)
        case("ldexp-" + short(dtype), "ldexp", jnp.ldexp, [np.array([0, 3], dtype), np.array([3, 4], dtype)], x64=dtype.itemsize == 8)
    case("ldexp-bool", "ldexp", jnp.ldexp, [np.array([True, False]), np.array([True, True])])
    case("ldexp-broadcast", "ldexp", jnp.ldexp, [np.array([[1], [2.5]], F32), np.array([1, -2, 3], I32)])
    case("ldexp-number", "ldexp", jnp.ldexp, [2.0, np.array([1, 2], I32)])
    case("ldexp-number-right", "ldexp", jnp.ldexp, [np.array([1, 2], F32), 3])
    case("frexp-number", "frexp", lambda v: jnp.frexp(v)[0], [2.5], part=0)
    case("modf-number", "modf", lambda v: jnp.modf(v)[0], [2.5], part=0)
    case("spacing-number", "spacing", jnp.spacing, [2.5])
    case("spacing-i32", "spacing", jnp.spacing, [np.array([1, -3], I32)])
    case("divmod-number", "divmod", lambda v, w: jnp.divmod(v, w)[1], [np.array([7, -7], I32), 3], part=1)
    case("divmod-grad", "divmod", lambda v, w: jnp.divmod(v, w)[1],
         [np.array([7.5, -7.5], F32), np.array([2, 2], F32), np.ones(2, F32)], "derivative", grad=True, part=1)
    case("frexp-lanes", "frexp", lanes_of(lambda v: jnp.frexp(v)[0], [1]), [sample("frexp", F32, (2, 3))], lanes=[1], part=0)
    case("ldexp-lanes", "ldexp", lanes_of(jnp.ldexp, [0, None]), [sample("ldexp", F32, (2, 3)), np.array([1, -2, 3], I32)],
         lanes=[0, "n"])


def predicates():
    nan, inf = np.nan, np.inf
    for dtype in FLOATS:
        x = np.array([1, 1, 1, nan, inf, inf, -inf, nan, 0, 1e-9, 100], dtype)
        y = np.array([1, 1.00001, 1.1, nan, inf, -inf, -inf, 1, 1e-9, 0, 100.0005], dtype)
        for equal_nan in (False, True):
            for name in ("isclose", "allclose"):
                case("%s-%s-%d" % (name, short(dtype), equal_nan), name,
                     lambda a, b, f=getattr(jnp, name), e=equal_nan: f(a, b, equal_nan=e), [x, y], x64=dtype == F64,
                     equal_nan=int(equal_nan))
            for y2, text in ((x, "same"), (y, "other"), (x[:5], "short")):
                case("array_equal-%s-%s-%d" % (short(dtype), text, equal_nan), "array_equal",
                     lambda a, b, e=equal_nan: jnp.array_equal(a, b, equal_nan=e), [x, y2], equal_nan=int(equal_nan))
        case("isclose-%s-tolerances" % short(dtype), "isclose", lambda a, b, r, t: jnp.isclose(a, b, rtol=r, atol=t),
             [x, y, 0.0, 0.2], x64=dtype == F64, rtol=2, atol=3)
        case("isclose-%s-rtol" % short(dtype), "isclose", lambda a, b, r: jnp.isclose(a, b, rtol=r),
             [x, y, np.array(0.05, dtype)], x64=dtype == F64, rtol=2)
        case("allclose-%s-atol" % short(dtype), "allclose", lambda a, b, r: jnp.allclose(a, b, atol=r), [x[:3], y[:3], 1],
             x64=dtype == F64, atol=2)
    case("allclose-same", "allclose", jnp.allclose, [np.array([1, 2], F32), np.array([1, 2], I32)])
    case("allclose-empty", "allclose", jnp.allclose, [np.zeros((0, 2), F32), np.zeros(2, F32)])
    case("isclose-i32", "isclose", jnp.isclose, [np.array([1, 100000, 3], I32), np.array([1, 100001, 4], I32)])
    case("isclose-bool", "isclose", jnp.isclose, [np.array([True, False]), np.array([True, True])])
    case("isclose-broadcast", "isclose", jnp.isclose, [np.array([[1], [2]], F32), np.array([1, 2, 3], F32)])
    case("isclose-number", "isclose", jnp.isclose, [np.array([1, 2], F32), 1])
    case("isclose-lanes", "isclose", lanes_of(jnp.isclose, [0, None]), [np.array([[1, 2], [3, 4]], F32), np.array([1, 4], F32)],
         lanes=[0, "n"])
    case("array_equal-dtypes", "array_equal", jnp.array_equal, [np.array([1, 2], F32), np.array([1, 2], I32)])
    case("array_equal-ranks", "array_equal", jnp.array_equal, [np.array([1], F32), np.array([[1]], F32)])
    case("array_equal-number", "array_equal", jnp.array_equal, [np.array(2, F32), 2])
    case("array_equal-empty", "array_equal", jnp.array_equal, [np.zeros(0, F32), np.zeros(0, F32)])
    case("array_equal-i32-nan", "array_equal", lambda a, b: jnp.array_equal(a, b, equal_nan=True),
         [np.array([1, 2], I32), np.array([1, 2], I32)], equal_nan=1)
    for a, b in (((2, 1), (3,)), ((2, 3), (2,)), ((3,), (1, 3)), ((), (2,)), ((0,), (1,)), ((2,), (2,))):
        case("array_equiv-" + shape_text(a, b), "array_equiv", jnp.array_equiv, [np.ones(a, F32), np.ones(b, I32)])
    case("array_equiv-other", "array_equiv", jnp.array_equiv, [np.array([1, 1], F32), np.array([[1, 1], [1, 2]], F32)])
    for dtype in FLOATS + [F16, BF16]:
        x = np.array([1, nan, inf, -inf, -2, nan], dtype)
        case("nan_to_num-" + short(dtype), "nan_to_num", jnp.nan_to_num, [x], x64=dtype == F64)
        case("nan_to_num-%s-numbers" % short(dtype), "nan_to_num",
             lambda v, a, b, c: jnp.nan_to_num(v, nan=a, posinf=b, neginf=c), [x, 7, 0.5, -0.25], nan=1, posinf=2, neginf=3,
             x64=dtype == F64)
    x = np.array([[1, nan, inf], [-inf, -2, nan]], F32)
    case("nan_to_num-array", "nan_to_num", lambda v, a: jnp.nan_to_num(v, nan=a), [x, np.array([1, 2, 3], I32)], nan=1)
    case("nan_to_num-infinity", "nan_to_num", lambda v, a: jnp.nan_to_num(v, nan=a), [x, np.inf], nan=1)
    case("nan_to_num-i32", "nan_to_num", jnp.nan_to_num, [np.array([1, 2], I32)])
    case("nan_to_num-number", "nan_to_num", jnp.nan_to_num, [np.inf])
    case("nan_to_num-int-number", "nan_to_num", jnp.nan_to_num, [2])
    case("nan_to_num-grad", "nan_to_num", jnp.nan_to_num, [x, sample("w", F32, (2, 3))], "derivative", grad=True)
    case("nan_to_num-lanes", "nan_to_num", lanes_of(jnp.nan_to_num, [1]), [x], lanes=[1])


def choices():
    x = np.array([-2.0, -1, 0, 0.5, 1, 3, np.nan, np.inf, -np.inf], F32)
    f = jnp.clip
    for dtype in FLOATS:
        case("clip-" + short(dtype), "clip", f, [x.astype(dtype), np.array(-1, dtype), np.array(1, dtype)], "equal")
    case("clip-numbers", "clip", f, [x, -1, 1], "equal")
    case("clip-float-numbers", "clip", f, [np.array([1, 5, -3], I32), -0.5, 2.5])
    case("clip-i32", "clip", f, [np.array([1, 5, -3], I32), 0, 4])
    case("clip-u8", "clip", f, [np.array([1, 5, 250], U8), np.array(2, U8), np.array(200, U8)])
    case("clip-bool", "clip", f, [np.array([True, False]), np.array(True), np.array(True)])
    case("clip-crossed", "clip", f, [x, 1, -1], "equal")
    case("clip-nan-bound", "clip", f, [x, np.array(np.nan, F32), 1], "equal")
    case("clip-broadcast", "clip", f, [np.array([[1], [4]], F32), np.array([0, 2, 3], F32), 3.5])
    case("clip-number", "clip", f, [2, 0, 1])
    for wrt in (0, 1, 2):
        case("clip-grad%d" % wrt, "clip", f, [x[:6], np.full(6, -1, F32), np.full(6, 1, F32), sample("w", F32, (6,))],
             "derivative", grad=True, wrt=wrt)
    case("clip-grad-numbers", "clip", f, [x[:6], -1.0, 1.0, sample("w", F32, (6,))], "derivative", grad=True)
    case("clip-lanes", "clip", lanes_of(f, [1, None, 0]), [np.array([[1, 5], [2, 0]], F32), np.array(1, F32), np.array([3, 4], F32)],
         lanes=[1, "n", 0])

    def select(*v):
        n = len(v) // 2
        return jnp.select(list(v[:n]), list(v[n:2 * n]), v[2 * n])
    v = np.arange(6, dtype=F32)
    case("select", "select", select, [v < 2, v < 4, v, -v, 9])
    case("select-i32", "select", select, [v > 7, np.arange(6) > 2, np.arange(6, dtype=I32), 0.5, 7])
    case("select-dtypes", "select", select, [np.array([1, 0, 2], I32).astype(bool), np.array([True, True, False]),
                                             np.array([1, 2, 3], U8), np.array([1, 2, 3], F64), np.array(5, I32)], x64=True)
    case("select-broadcast", "select", select, [np.array([[True], [False]]), np.array([True, False, True]),
                                                np.array([1, 2, 3], F32), np.array(4, F32), np.array([[5], [6]], F32)])
    case("select-numbers", "select", select, [np.array([True, False]), 1, 2])
    case("select-one", "select", select, [np.array(True), np.array([1, 2], F32), 0.0])
    for wrt in (2, 3):
        case("select-grad%d" % wrt, "select", select, [v < 2, v < 4, v, v, 9.0, sample("w", F32, (6,))], "derivative", grad=True,
             wrt=wrt)


def write():
    unary()
    binary()
    binary_derivatives()
    parts()
    predicates()
    choices()

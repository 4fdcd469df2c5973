#!/usr/bin/env python3
"""Writes numpy.txt, index.txt and random.txt, the reference values of tests/test_numpy.c, test_index.c, test_random.c.

    python3 -m venv venv && venv/bin/pip install jax==0.10.2 numpy
    venv/bin/python tests/reference/make.py

The inputs are seeded, so the files change only with JAX or with this script. JAX runs with its 32-bit default dtypes
and explicit 64-bit dtypes allowed, which is this library's rule; a case marked x64 ran in 64-bit mode, where JAX needs
that for the same answer (unsigned against signed 32-bit integers, reductions of 64-bit numbers, 0.1 against f64).

One case, as tests/support/reference.c reads it:

    case NAME CALL TOLERANCE [KEY=VALUE ...]
    < TYPE ELEMENT ...          an operand; bits in hexadecimal, row-major
    < int NUMBER | < float BITS a C number
    > TYPE [weak] ELEMENT ...   the result
    > TYPE every=N fnv=HASH ELEMENT ...   of a long one: every N-th element, and (0: none) the FNV-1a hash of all bytes

A KEY grad=1 asks for the gradient, in the first operand (or number `wrt`), of the sum of the result times the last
operand; tests/support/reference_run.h has the others.
"""
import os
import zlib

import numpy as np

import jax
import jax.numpy as jnp
import jax.scipy.special as special_functions
from jax import lax
from jax._src.numpy.util import promote_args_inexact

assert jax.__version__ == "0.10.2", jax.__version__
jax.config.update("jax_platforms", "cpu")

NAMES = {"bool": "bool", "uint8": "u8", "uint32": "u32", "uint64": "u64", "int32": "i32", "int64": "i64",
         "float32": "f32", "float64": "f64"}
DTYPES = [np.dtype(name) for name in NAMES]
BITS = {1: np.uint8, 4: np.uint32, 8: np.uint64}
HERE = os.path.dirname(os.path.abspath(__file__))

lines, names = [], set()


def elements(x):
    bits = np.ascontiguousarray(x).reshape(-1).view(BITS[x.dtype.itemsize])
    return ["%x" % int(b) for b in bits]


def type_text(x):
    return "%s[%s]" % (NAMES[str(x.dtype)], ",".join(str(n) for n in x.shape))


def operand_line(x):
    if isinstance(x, (bool, np.ndarray)):
        x = np.asarray(x)
        return " ".join(["<", type_text(x)] + elements(x))
    if isinstance(x, int):
        return "< int %d" % x
    return "< float " + elements(np.float64(x))[0]


def fnv(x):
    h = 0xcbf29ce484222325
    for byte in np.ascontiguousarray(x).tobytes():
        h = (h ^ byte) * 0x100000001b3 % 2**64
    return h


def case(name, call, f, operands, tolerance="exact", x64=False, every=0, hashed=False, grad=False, **keys):
    """f gets the operands as JAX values; keys are what the C side needs besides them."""
    assert name not in names and " " not in name, name
    names.add(name)
    jax.config.update("jax_enable_x64", x64)
    jax.config.update("jax_explicit_x64_dtypes", "allow")
    values = [jnp.asarray(x, dtype=x.dtype) if isinstance(x, np.ndarray) else x for x in operands]
    if grad:
        *values, weights = values
        wrt = keys.get("wrt", 0)
        y = jax.grad(lambda x: jnp.sum(f(*values[:wrt], x, *values[wrt + 1:]) * weights))(values[wrt])
        keys["grad"] = 1
    else:
        y = f(*values)
    y = y if isinstance(y, jax.Array) else jnp.asarray(y)
    weak = y.weak_type and y.dtype != bool and not grad
    result = np.asarray(y)
    if x64:
        keys["x64"] = 1
        if call == "argmax":
            result = result.astype(np.int32)
    text = ["case", name, call, tolerance]
    for key, value in keys.items():
        if isinstance(value, (tuple, list)):
            value = ",".join(str(v) for v in value)
        text.append("%s=%s" % (key, value))
    lines.append(" ".join(text))
    lines.extend(operand_line(x) for x in operands)
    out = [">", type_text(result)] + (["weak"] if weak else [])
    shown = elements(result)
    if every:
        out += ["every=%d" % every, "fnv=%x" % (fnv(result) if hashed else 0)]
        shown = shown[::every]
    lines.append(" ".join(out + shown))


def write(file):
    with open(os.path.join(HERE, file), "w") as out:
        out.write("# By make.py, from JAX %s. Do not edit.\n" % jax.__version__)
        out.write("\n".join(lines) + "\n")
    print(file, len(names), "cases")
    lines.clear()
    names.clear()


def random_of(name):
    return np.random.RandomState(zlib.crc32(name.encode()) % 2**32)


def sample(name, dtype, shape, low=-3.0, high=3.0):
    """Random numbers, small for integers, never a subnormal."""
    r = random_of(name)
    dtype = np.dtype(dtype)
    if dtype == bool:
        return np.asarray(r.rand(*shape) < 0.5)
    if dtype.kind == "u":
        return np.asarray(r.randint(0, 10, shape)).astype(dtype)
    if dtype.kind == "i":
        return np.asarray(r.randint(-9, 10, shape)).astype(dtype)
    return np.asarray(low + (high - low) * r.rand(*shape)).astype(dtype)


def special(dtype):
    """Extremes, signed zeros, infinities, NaN; no two of them have a subnormal product or quotient."""
    dtype = np.dtype(dtype)
    if dtype == bool:
        return np.array([False, True])
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return np.array([0, 1, 2, 7, info.max, info.min, info.max - 1, info.min + 1], dtype)
    huge = 1e30 if dtype == F32 else 1e300
    return np.array([0.0, -0.0, 1.0, -1.0, 0.5, -2.5, np.inf, -np.inf, np.nan, huge, -huge, 1e-30, 1e-5, 1e-3, 100.0,
                     -30.0], dtype)


def pairs_of(values):
    """Every value against every value."""
    n = len(values)
    return np.repeat(values, n), np.tile(values, n)


BOOL, U8, U32, U64, I32, I64, F32, F64 = DTYPES
FLOATS, WIDE = [F32, F64], [I64, U64, F64]


def short(x):
    return NAMES[str(np.dtype(x))]


def is_number(t):
    """int and float stand for C numbers among dtypes; a dtype may compare equal to them."""
    return t is int or t is float


def word(t):
    return t.__name__ if is_number(t) else short(t)


# ---- promotion -------------------------------------------------------------------------------------------------

def unsigned_against_signed(a, b):
    kinds = {str(t) for t in (a, b) if not is_number(t)}
    return "uint32" in kinds and bool(kinds & {"int32", "int64"})


def promotion():
    def operand(t, base):
        return t(base) if is_number(t) else np.array([base, 0, 1], t)

    for name, f in (("add", jnp.add), ("mul", jnp.multiply)):
        for a in DTYPES + [int, float]:
            for b in DTYPES + [int, float]:
                text = "-".join(word(t) for t in (a, b))
                case("promote-%s-%s" % (name, text), name, f, [operand(a, 3), operand(b, 5)],
                     x64=unsigned_against_signed(a, b))
    for name, f in (("div", jnp.true_divide), ("maximum", jnp.maximum), ("equal", jnp.equal), ("power", jnp.power)):
        for a, b in ((BOOL, BOOL), (U8, BOOL), (I32, U8), (I64, F32), (I32, I32), (I64, I64), (U32, U64), (F32, F64),
                     (float, I32), (int, F64), (F32, float), (BOOL, int), (U8, int), (U64, I64)):
            if name == "power" and b is int:
                continue
            text = "-".join(word(t) for t in (a, b))
            case("promote-%s-%s" % (name, text), name, f, [operand(a, 3), operand(b, 5)], "elementwise",
                 x64=unsigned_against_signed(a, b))


# ---- elementwise -----------------------------------------------------------------------------------------------

UNARY = {"neg": (jnp.negative, "exact"), "abs": (jnp.abs, "exact"), "sign": (jnp.sign, "exact"),
         "square": (jnp.square, "exact"), "exp": (jnp.exp, "elementwise"), "expm1": (jnp.expm1, "elementwise"), "log": (jnp.log, "elementwise"),
         "log1p": (jnp.log1p, "elementwise"), "sin": (jnp.sin, "elementwise"), "cos": (jnp.cos, "elementwise"),
         "tanh": (jnp.tanh, "elementwise"), "sqrt": (jnp.sqrt, "elementwise")}
UNARY |= {name: (getattr(jnp, name), "special" if name in ("exp2", "arctanh", "atanh") else "elementwise") for name in (
    "exp2", "cbrt", "tan", "arcsin", "asin", "arccos", "acos", "arctan", "atan", "sinh", "cosh", "arcsinh", "asinh", "arccosh",
    "acosh", "arctanh", "atanh")}
UNARY |= {"erf": (special_functions.erf, "elementwise"), "erfc": (special_functions.erfc, "elementwise"),
          "erf_inv": (special_functions.erfinv, "erf_inv"), "lgamma": (special_functions.gammaln, "special"),
          "digamma": (special_functions.digamma, "special"), "rsqrt": (lambda x: jax.lax.rsqrt(*promote_args_inexact("rsqrt", x)), "elementwise")}
DOMAINS = {"log": (0.01, 9.0), "sqrt": (0.01, 9.0), "log1p": (-0.9, 20.0), "rsqrt": (0.01, 9.0), "arccosh": (1.01, 9.0),
           "acosh": (1.01, 9.0), "lgamma": (-4.0, 12.0), "digamma": (-4.0, 12.0)}
DOMAINS |= {name: (-0.99, 0.99) for name in ("arcsin", "asin", "arccos", "acos", "arctanh", "atanh", "erf_inv")}


def unary():
    for name, (f, tolerance) in UNARY.items():
        for dtype in FLOATS:
            low, high = DOMAINS.get(name, (-9.0, 9.0))
            case("%s-%s" % (name, short(dtype)), name, f, [sample(name, dtype, (5, 3), low, high)], tolerance)
            case("%s-%s-special" % (name, short(dtype)), name, f, 
                 [special(dtype)[2:] if name == "digamma" else special(dtype)], tolerance)
        for dtype in (U8, I32, I64, U64, BOOL):
            if name in ("neg", "sign") and dtype == bool:
                continue
            inputs = sample(name, dtype, (4,))
            if name == "digamma":  # at 0 JAX 0.10.2 gives NaN
                inputs = np.abs(inputs) | np.ones(1, dtype)
            if tolerance == "exact":
                inputs = special(dtype)
            case("%s-%s" % (name, short(dtype)), name, f, [inputs], tolerance)
        case("%s-scalar" % name, name, f, [np.array(0.75, F32)], tolerance)
        case("%s-empty" % name, name, f, [np.zeros((2, 0), F32)], tolerance)
        case("%s-number" % name, name, f, [2], tolerance)
        case("%s-float-number" % name, name, f, [0.3], tolerance)
    for name in ("sin", "cos"):
        case("%s-far" % name, name, UNARY[name][0],
             [np.array([31.4, -100.5, 1e3, 12345.678, -1e5, 1e6], F32)], "elementwise")


BINARY = {"add": jnp.add, "sub": jnp.subtract, "mul": jnp.multiply, "div": jnp.true_divide, "maximum": jnp.maximum,
          "minimum": jnp.minimum, "equal": jnp.equal, "not_equal": jnp.not_equal, "less": jnp.less,
          "less_equal": jnp.less_equal, "greater": jnp.greater, "greater_equal": jnp.greater_equal,
          "arctan2": jnp.arctan2, "atan2": jnp.atan2, "nextafter": jnp.nextafter,
          "logical_and": jnp.logical_and, "logical_or": jnp.logical_or}
SHAPES = [((), ()), ((), (3,)), ((3,), ()), ((1,), (3,)), ((1,), ()), ((2, 1), (1, 3)), ((2, 3), (3,)), ((2, 3), (2, 1)),
          ((4, 1, 3), (2, 1)), ((0,), (1,)), ((0, 3), (1, 3)), ((2, 0), (2, 1)), ((1, 1, 1), (1,)), ((3, 1), (0,)),
          ((2, 1, 1, 1, 1, 1, 2, 1), (3, 1, 2, 1, 1)), ((0,), ())]


def shape_text(*shapes):
    return "_against_".join("x".join(str(n) for n in s) or "scalar" for s in shapes)


def binary():
    for name, f in BINARY.items():
        for dtype in (F32, F64, I32, U8, BOOL):
            if name == "sub" and dtype == bool:
                continue
            x, y = pairs_of(special(dtype)[:11])
            tolerance = {"div": "elementwise", "arctan2": "elementwise", "atan2": "elementwise", "maximum": "equal", "minimum": "equal"}.get(name, "exact")
            case("%s-%s-special" % (name, short(dtype)), name, f, [x, y], tolerance)
        x, y = sample(name + "x", F32, (7,)), sample(name + "y", F32, (7,))
        case("%s-f32" % name, name, f, [x, y], "elementwise")
        case("%s-number-left" % name, name, f, [2, x], "elementwise")
        case("%s-number-right" % name, name, f, [x, 0.1], "elementwise")
        case("%s-number-f64" % name, name, f, [x.astype(F64), 0.1], "elementwise", x64=True)
    for a, b in SHAPES:
        for name in ("sub", "greater"):
            case("%s-%s" % (name, shape_text(a, b)), name, BINARY[name],
                 [sample("a", F32, a), sample("b", F32, b)], "exact")
    for name, f in (("bitwise_and", jnp.bitwise_and), ("bitwise_or", jnp.bitwise_or), ("bitwise_xor", jnp.bitwise_xor)):
        for dtype in (BOOL, U8, I32, U64):
            x, y = pairs_of(special(dtype))
            case("%s-%s" % (name, short(dtype)), name, f, [x, y])
        case("%s-number" % name, name, f, [special(U32), 255])
        case("%s-u8-i32" % name, name, f, [special(U8), special(I32)])
    for dtype in (BOOL, U8, I32, I64, U32):
        case("bitwise_not-" + short(dtype), "bitwise_not", jnp.bitwise_not, [special(dtype)])
    for dtype in DTYPES:
        case("logical_not-" + short(dtype), "logical_not", jnp.logical_not, [special(dtype)])
    for name, f in (("left_shift", jnp.left_shift), ("right_shift", jnp.right_shift)):
        for dtype in (U8, U32, I32, I64, U64):
            by = np.array([0, 1, 3, 7, 31, 32, 63, 64] if dtype != U8 else [0, 1, 3, 7, 8, 31, 100, 255], dtype)
            x, y = np.repeat(special(dtype), len(by)), np.tile(by, len(special(dtype)))
            case("%s-%s" % (name, short(dtype)), name, f, [x, y])
        case("%s-number" % name, name, f, [special(I32), 4])
        case("%s-bool" % name, name, f, [np.array([True, False]), np.array([True, True])])


def powers():
    for n in (0, 1, 2, 3, 5, 8, -1, -2, -3):
        case("power-f32-to-%d" % n, "power", jnp.power, [sample("p", F32, (6,)), n], "elementwise")
        case("power-f64-to-%d" % n, "power", jnp.power, [special(F64), n], "elementwise")
        if n >= 0:
            case("power-i32-to-%d" % n, "power", jnp.power, [special(I32), n])
            case("power-bool-to-%d" % n, "power", jnp.power, [special(bool), n])
    case("power-f32-to-half", "power", jnp.power, [sample("q", F32, (6,), 0.0, 9.0), 0.5], "elementwise")
    case("power-i32-to-half", "power", jnp.power, [np.arange(5, dtype=I32), 0.5], "elementwise")
    case("power-number-to-i32", "power", jnp.power, [2.0, np.arange(-3, 5, dtype=I32)], "elementwise")
    case("power-int-number-to-i32", "power", jnp.power, [3, np.arange(0, 9, dtype=I32)])
    case("power-f32-to-i32", "power", jnp.power,
         [np.array([0, 0, 2, -2, 1.5, -1.5], F32), np.array([0, 3, -2, 3, 4, -3], I32)], "elementwise")
    case("power-i32-to-i32", "power", jnp.power,
         [np.array([0, 0, 2, -2, 3, 7, -3], I32), np.array([0, 3, 10, 3, 40, 12, 2], I32)])
    least = np.iinfo(I32).min
    case("power-i32-to-negative", "power", jnp.power,
         [np.array([0, 0, 0, 0, 0, 2, 2, 1, -1, -1, 3, 5, -3], I32),
          np.array([-1, -2, -64, least, least + 1, -1, least, -5, -3, -4, -2, -63, -65], I32)])
    case("power-u8-to-u8", "power", jnp.power, [np.array([0, 1, 2, 3, 5, 255], U8), np.array([0, 9, 7, 5, 4, 2], U8)])
    x, y = pairs_of(np.array([0.0, 1.0, 0.5, 2.0, 3.0, np.inf, np.nan], F32))
    case("power-f32-corners", "power", jnp.power, [x, y], "elementwise")
    case("power-f32-negative", "power", jnp.power,
         [np.array([-2, -2, -2, -0.5, -3], F32), np.array([2, 3, 0.5, -1, -2], F32)], "elementwise")


def where_and_astype():
    c = np.array([[True, False, True]])
    case("where-same", "where", jnp.where, [c[0], sample("w", F32, (3,)), sample("v", F32, (3,))])
    case("where-broadcast", "where", jnp.where, [c, sample("w", F32, (2, 1)), sample("v", F32, ())])
    case("where-scalar-condition", "where", jnp.where, [np.array(False), sample("w", F32, (2, 2)), 0])
    case("where-numbers", "where", jnp.where, [c, 1, 2])
    case("where-mixed-numbers", "where", jnp.where, [c, 1, 2.5])
    case("where-promotes", "where", jnp.where, [c, sample("w", I32, (3,)), sample("v", F64, (3,))])
    case("where-float-condition", "where", jnp.where, [special(F32), 1.0, np.zeros(16, F32)])
    case("where-int-condition", "where", jnp.where, [special(I32), np.ones(8, U8), 0])
    case("where-empty", "where", jnp.where, [np.zeros((0,), bool), 1.0, 2.0])
    case("where-all-scalars", "where", jnp.where, [np.array(True), np.array(2, I32), 3])
    for a in DTYPES:
        for b in DTYPES:
            case("astype-%s-%s" % (short(a), short(b)), "astype", lambda x, b=b: x.astype(b),
                 [special(a)], dtype=short(b))
    case("astype-number", "astype", lambda x: jnp.asarray(x).astype(U8), [-1], dtype="u8")


# ---- reductions, products --------------------------------------------------------------------------------------

def reductions():
    x3 = {t: sample("r", t, (2, 3, 4)) for t in DTYPES}
    fs = {"sum": jnp.sum, "mean": jnp.mean, "max": jnp.max}
    for name, f in fs.items():
        tolerance = "exact" if name == "max" else "reduction"
        for dtype in DTYPES:
            x64 = dtype in WIDE
            case("%s-%s" % (name, short(dtype)), name, f, [x3[dtype]], tolerance, x64=x64)
            case("%s-%s-axis" % (name, short(dtype)), name, lambda x, f=f: f(x, axis=1), [x3[dtype]], tolerance,
                 x64=x64, axes=[1])
        for axes in ((0,), (1,), (2,), (-1,), (0, 1), (0, 2), (2, 1), (-3, 2), (0, 1, 2)):
            for keep in (False, True):
                case("%s-axes%s%s" % (name, "_".join(map(str, axes)), "-keep" if keep else ""), name,
                     lambda x, f=f, axes=axes, keep=keep: f(x, axis=axes, keepdims=keep), [x3[F32]], tolerance,
                     axes=axes, keepdims=int(keep))
        case("%s-scalar" % name, name, f, [np.array(2.5, F32)], tolerance)
        case("%s-scalar-i32" % name, name, f, [np.array(-3, I32)], tolerance)
        case("%s-number" % name, name, f, [2], tolerance)
        case("%s-float-number" % name, name, f, [2.5], tolerance)
        case("%s-keep-all" % name, name, lambda x, f=f: f(x, keepdims=True), [x3[F32]], tolerance, keepdims=1)
        case("%s-nan" % name, name, lambda x, f=f: f(x, axis=1),
             [np.array([[1, np.nan, 2], [np.inf, -np.inf, 0], [-np.inf, 3, 4], [np.inf, 1, 2]], F32)], tolerance, axes=[1])
        case("%s-other-axis-empty" % name, name, lambda x, f=f: f(x, axis=0), [np.zeros((3, 0), F32)], tolerance, axes=[0])
        if name != "max":
            case("%s-of-nothing" % name, name, f, [np.zeros((0,), F32)], tolerance)
            case("%s-of-nothing-i32" % name, name, lambda x, f=f: f(x, axis=1), [np.zeros((2, 0), I32)], tolerance, axes=[1])
        case("%s-long" % name, name, f, [sample("long", F32, (2003,), 0.0, 1.0)], tolerance)
        case("%s-tall" % name, name, lambda x, f=f: f(x, axis=0), [sample("tall", F32, (301, 3))], tolerance, axes=[0])
    case("sum-u8-big", "sum", jnp.sum, [np.full(1000, 255, U8)])
    case("sum-i32-wraps", "sum", jnp.sum, [np.array([2**31 - 1, 5, 2**31 - 1], I32)])
    case("sum-wide-rank", "sum", lambda x: jnp.sum(x, axis=(1, 3, 5, 7)), [sample("rank8", F32, (1, 2, 1, 3, 2, 1, 2, 2))],
         "reduction", axes=[1, 3, 5, 7])
    for dtype in DTYPES:
        case("argmax-" + short(dtype), "argmax", lambda x: jnp.argmax(x, axis=1), [x3[dtype]], axes=[1],
             x64=dtype in WIDE)
    for axis in (0, 1, 2, -1, -3):
        for keep in (False, True):
            case("argmax-axis%d%s" % (axis, "-keep" if keep else ""), "argmax",
                 lambda x, axis=axis, keep=keep: jnp.argmax(x, axis=axis, keepdims=keep), [x3[F32]], axes=[axis],
                 keepdims=int(keep))
    case("argmax-flat", "argmax", jnp.argmax, [x3[F32]])
    case("argmax-flat-keep", "argmax", lambda x: jnp.argmax(x, keepdims=True), [x3[F32]], keepdims=1)
    case("argmax-scalar", "argmax", jnp.argmax, [np.array(3.0, F32)])
    case("argmax-ties", "argmax", lambda x: jnp.argmax(x, axis=1),
         [np.array([[1, 3, 3, 2], [0, 0, 0, 0], [np.nan, 5, np.nan, 1], [-np.inf, -np.inf, -np.inf, -np.inf],
                    [np.inf, np.nan, np.inf, 0]], F32)], axes=[1])
    case("argmax-long", "argmax", lambda x: jnp.argmax(x, axis=1), [sample("am", F32, (2, 501))], axes=[1])


DOTS = [((), ()), ((), (3,)), ((2, 3), ()), ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)),
        ((4, 2, 3), (3,)), ((3,), (4, 3, 2)), ((4, 2, 3), (3, 5)), ((2, 3), (4, 3, 5)), ((2, 1, 3), (4, 3, 2)),
        ((0, 3), (3, 2)), ((2, 0), (0, 3)), ((0,), (0,)), ((1, 1), (1, 1)), ((17, 33), (33, 9))]
MATMULS = [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 2)),
           ((5, 2, 3), (5, 3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 2, 3), (1, 3, 4)),
           ((1, 2, 3), (5, 3, 4)), ((1, 2, 3), (1, 3, 4)), ((6, 1, 2, 3), (5, 3, 4)), ((6, 5, 2, 3), (5, 3, 4)),
           ((1, 5, 2, 3), (6, 1, 3, 4)), ((6, 1, 2, 3), (1, 5, 3, 4)), ((1, 1, 2, 3), (6, 1, 3, 4)),
           ((2, 1, 4, 2, 3), (1, 3, 1, 3, 2)), ((0, 2, 3), (1, 3, 4)), ((5, 2, 0), (5, 0, 3)), ((5, 1, 3), (5, 3, 1)),
           ((1, 3), (3, 1)), ((2, 1, 3), (3,)), ((1, 1, 3), (1, 3, 1)), ((3, 0, 2), (2,)), ((40, 24), (24, 20))]


def products():
    for name, f, shapes in (("dot", jnp.dot, DOTS), ("matmul", jnp.matmul, MATMULS)):
        for a, b in shapes:
            case("%s-%s" % (name, shape_text(a, b)), name, f, [sample("a", F32, a), sample("b", F32, b)], "reduction")
        for dtype in DTYPES:
            case("%s-%s" % (name, short(dtype)), name, f,
                 [sample("a", dtype, (3, 5)), sample("b", dtype, (5, 2))], "reduction")
        for a, b in ((F32, F64), (I32, F32), (BOOL, I32), (U8, I32), (I64, F32), (BOOL, F32)):
            case("%s-%s-%s" % (name, short(a), short(b)), name, f,
                 [sample("a", a, (2, 5)), sample("b", b, (5, 2))], "reduction")
    case("dot-numbers", "dot", jnp.dot, [2.0, 3])
    case("dot-number", "dot", jnp.dot, [2, sample("a", F32, (2, 3))])
    case("dot-wraps", "dot", jnp.dot, [np.full((2, 4), 2**16 + 3, I32), np.full((4,), 2**15 + 1, I32)])
    case("dot-u8-wraps", "dot", jnp.dot, [np.full((2, 4), 200, U8), np.full((4,), 7, U8)])
    for a, b in (((3,), (2,)), ((2, 2), (3,)), ((), (2,)), ((), ()), ((0,), (2,))):
        case("outer-" + shape_text(a, b), "outer", jnp.outer, [sample("a", F32, a), sample("b", F32, b)])
    case("outer-promotes", "outer", jnp.outer, [sample("a", I32, (3,)), sample("b", F32, (2,))])


# ---- shapes, new arrays ----------------------------------------------------------------------------------------

def shapes():
    x = sample("shape", F32, (2, 3, 4))
    for shape in ((24,), (4, 6), (2, 3, 4), (1, 24, 1), (3, 2, 2, 2), (-1,), (4, -1), (2, -1, 2), (-1, 24)):
        case("reshape-" + shape_text(shape), "reshape", lambda x, s=shape: jnp.reshape(x, s), [x], shape=shape)
    case("reshape-scalar", "reshape", lambda x: jnp.reshape(x, (1, 1)), [np.array(3, I32)], shape=(1, 1))
    case("reshape-to-scalar", "reshape", lambda x: jnp.reshape(x, ()), [np.array([[3]], I32)], shape=())
    case("reshape-empty", "reshape", lambda x: jnp.reshape(x, (3, 0, 2)), [np.zeros((0, 5), F64)], shape=(3, 0, 2))
    case("reshape-empty-open", "reshape", lambda x: jnp.reshape(x, (5, -1)), [np.zeros((0, 5), F64)], shape=(5, -1))
    case("ravel", "ravel", jnp.ravel, [x])
    case("ravel-scalar", "ravel", jnp.ravel, [np.array(True)])
    case("transpose", "transpose", jnp.transpose, [x])
    case("transpose-scalar", "transpose", jnp.transpose, [np.array(1, U8)])
    for axes in ((0, 1, 2), (1, 0, 2), (2, 0, 1), (-1, 0, -2)):
        case("transpose-" + "_".join(map(str, axes)), "transpose", lambda x, a=axes: jnp.transpose(x, a), [x], axes=axes)
    case("transpose-rank8", "transpose", lambda x: jnp.transpose(x, (7, 0, 6, 1, 5, 2, 4, 3)),
         [sample("t8", I32, (1, 2, 1, 2, 1, 3, 1, 2))], axes=(7, 0, 6, 1, 5, 2, 4, 3))
    for axes in ((0,), (1,), (3,), (-1,), (0, 2), (0, -1), (4, 1)):
        case("expand_dims-" + "_".join(map(str, axes)), "expand_dims", lambda x, a=axes: jnp.expand_dims(x, a), [x], axes=axes)
    y = sample("squeeze", F32, (1, 3, 1, 2))
    case("squeeze", "squeeze", jnp.squeeze, [y])
    case("squeeze-nothing", "squeeze", jnp.squeeze, [x])
    for axes in ((0,), (2,), (-2,), (0, 2)):
        case("squeeze-" + "_".join(map(str, axes)), "squeeze", lambda x, a=axes: jnp.squeeze(x, a), [y], axes=axes)
    for a, b in (((3,), (2, 3)), ((), (2, 2)), ((2, 1), (2, 3)), ((1, 3, 1), (4, 2, 3, 2)), ((2, 3), (2, 3)), ((1,), (0,)),
                 ((), ())):
        case("broadcast_to-" + shape_text(a, b), "broadcast_to", lambda x, b=b: jnp.broadcast_to(x, b),
             [sample("bt", F32, a)], shape=b)
    case("slice-rows", "slice", lambda x: x[1:2], [x], start=[1], limit=[2])
    case("slice-block", "slice", lambda x: x[0:2, 1:3, 2:4], [x], start=[0, 1, 2], limit=[2, 3, 4])
    case("slice-negative", "slice", lambda x: x[-1:5, -2:-1], [x], start=[-1, -2], limit=[5, -1])
    case("slice-past", "slice", lambda x: x[-9:99, 2:1], [x], start=[-9, 2], limit=[99, 1])
    case("slice-nothing", "slice", lambda x: x[()], [x], start=(), limit=())
    for i in (0, 1, -1, -2):
        case("index-%d" % i, "index", lambda x, i=i: x[i], [x], n=i)
    case("index-vector", "index", lambda x: x[2], [np.arange(5, dtype=I64)], n=2)
    parts = [sample("s%d" % i, F32, (2, 3)) for i in range(3)]
    for axis in (0, 1, 2, -1, -3):
        case("stack-%d" % axis, "stack", lambda *v, a=axis: jnp.stack(v, a), parts, axis=axis)
    case("stack-one", "stack", lambda *v: jnp.stack(v), parts[:1], axis=0)
    case("stack-scalars", "stack", lambda *v: jnp.stack(v), [1, 2, 3], axis=0)
    case("stack-promotes", "stack", lambda *v: jnp.stack(v),
         [np.array([1, 2], I32), np.array([0.5, 1], F32), np.array([True, False])], axis=0)
    for axis in (0, 1, -1):
        others = [sample("c%d" % i, F32, (2, n) if axis else (n, 2)) for i, n in enumerate((1, 3, 0))]
        case("concatenate-%d" % axis, "concatenate", lambda *v, a=axis: jnp.concatenate(v, a), others, axis=axis)
    case("concatenate-one", "concatenate", lambda *v: jnp.concatenate(v), parts[:1], axis=0)
    case("concatenate-promotes", "concatenate", lambda *v: jnp.concatenate(v),
         [np.array([1, 2], U8), np.array([0.5], F64)], axis=0)


def creation():
    for shape in ((), (3,), (2, 0), (2, 3)):
        for dtype in (None, I32, bool, F64):
            keys = {"shape": shape} | ({"dtype": short(dtype)} if dtype else {})
            text = shape_text(shape) + ("-" + short(dtype) if dtype else "")
            case("zeros-" + text, "zeros", lambda s=shape, d=dtype: jnp.zeros(s, d), [], **keys)
            case("ones-" + text, "ones", lambda s=shape, d=dtype: jnp.ones(s, d), [], **keys)
    case("full-weak", "full", lambda v: jnp.full((2,), v), [3], shape=(2,))
    case("full-float", "full", lambda v: jnp.full((2,), v), [0.1], shape=(2,))
    case("full-f64", "full", lambda v: jnp.full((2,), v, F64), [0.1], shape=(2,), dtype="f64")
    case("full-bool", "full", lambda v: jnp.full((2,), v, bool), [2], shape=(2,), dtype="bool")
    case("full-array", "full", lambda v: jnp.full((2, 3), v), [sample("f", F32, (3,))], shape=(2, 3))
    case("full-scalar", "full", lambda v: jnp.full((), v), [sample("f", I32, ())], shape=())
    x = sample("like", F32, (2, 3))
    for name, f in (("zeros_like", jnp.zeros_like), ("ones_like", jnp.ones_like)):
        case(name, name, f, [x])
        case(name + "-dtype", name, lambda v, f=f: f(v, I64), [x], dtype="i64")
        case(name + "-number", name, f, [2.0])
        case(name + "-bool", name, f, [np.zeros((2, 0), bool)])
    case("full_like", "full_like", lambda v, w: jnp.full_like(v, w), [x, 7])
    case("full_like-number", "full_like", lambda v, w: jnp.full_like(v, w), [2, 3.75])
    case("full_like-dtype", "full_like", lambda v, w: jnp.full_like(v, w, I32), [x, 7.5], dtype="i32")
    case("full_like-array", "full_like", lambda v, w: jnp.full_like(v, w), [x, np.array([1, 2, 3], I32)])
    for args in ((0, 5, 1), (2, 7, 1), (1, 10, 3), (5, 0, -2), (3, 0, 1), (-4, 4, 3), (0, 0, 1)):
        case("arange-%d_%d_%d" % args, "arange", lambda a=args: jnp.arange(*a), [], args=args)
        case("arange-%d_%d_%d-f32" % args, "arange", lambda a=args: jnp.arange(*a, dtype=F32), [], args=args, dtype="f32")
        case("arange-%d_%d_%d-i64" % args, "arange", lambda a=args: jnp.arange(*a, dtype=I64), [], args=args, dtype="i64")
    for args in ((0.0, 5.0, 1.0), (0.5, 3.0, 0.7), (0.0, -3.0, -1.0), (0.0, 3.5, 1.0), (1.0, 0.0, 0.25), (-1.0, 1.0, 0.1)):
        text = "_".join("%g" % a for a in args)
        keys = {"args": args, "float": 1}
        case("arange-float-%s" % text, "arange", lambda a=args: jnp.arange(*a), [], "elementwise", **keys)
        case("arange-float-%s-f64" % text, "arange", lambda a=args: jnp.arange(*a, dtype=F64), [], "elementwise",
             dtype="f64", **keys)
    for n in (0, 1, 3):
        case("eye-%d" % n, "eye", lambda n=n: jnp.eye(n), [], n=n)
    case("eye-bool", "eye", lambda: jnp.eye(2, dtype=bool), [], n=2, dtype="bool")


# ---- nn, derivatives -------------------------------------------------------------------------------------------

ACTIVATIONS = {"relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid, "nn_tanh": jax.nn.tanh, "silu": jax.nn.silu,
               "gelu": jax.nn.gelu, "softplus": jax.nn.softplus}
ROWS = [((5,), None), ((3, 4), None), ((3, 4), (0,)), ((3, 4), (0, 1)), ((2, 3, 4), (1,)), ((2, 3, 4), (-1, 0)),
        ((1, 1), None)]


def nn():
    corners = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-4, -1e-4, 88.0, -88.0, 20.0, -20.0, 3.0, -3.0])
    for name, f in ACTIVATIONS.items():
        tolerance = "gelu" if name == "gelu" else "exact" if name == "relu" else "elementwise"
        for dtype in FLOATS:
            x = sample(name, dtype, (4, 5), -6.0, 6.0)
            # JAX 0.10.2 rounds gelu's constants to f32 outside 64-bit mode.
            x64 = dtype == F64
            case("%s-%s" % (name, short(dtype)), name, f, [x], tolerance, x64=x64)
            case("%s-%s-special" % (name, short(dtype)), name, f, [corners.astype(dtype)], tolerance, x64=x64)
            case("%s-%s-grad" % (name, short(dtype)), name, f, [x, sample("w", dtype, (4, 5))],
                 "gelu" if name == "gelu" else "derivative", grad=True, x64=x64)
        case("%s-grad-corners" % name, name, f,
             [np.array([0.0, -0.0, 1e-3, -1e-3, 30, -30], F32), np.ones(6, F32)], "derivative", grad=True)
        case("%s-scalar" % name, name, f, [np.array(0.5, F32)], tolerance)
        if name not in ("sigmoid", "silu"):
            case("%s-i32" % name, name, f, [np.array([-2, 0, 3], I32)], tolerance)
        case("%s-empty" % name, name, f, [np.zeros((0, 2), F32)], tolerance)
    case("relu-grad-nan", "relu", jax.nn.relu, [np.array([np.nan, np.inf, -np.inf], F32), np.ones(3, F32)], "derivative",
         grad=True)
    rows = {"logsumexp": (jax.nn.logsumexp, None), "softmax": (jax.nn.softmax, -1), "log_softmax": (jax.nn.log_softmax, -1)}
    for name, (f, default) in rows.items():
        for shape, axes in ROWS:
            for dtype in FLOATS:
                x = sample(name, dtype, shape, -5.0, 5.0)
                g = lambda v, a=axes, f=f, d=default: f(v, axis=d if a is None else a)
                keys = {} if axes is None else {"axes": axes}
                text = "%s-%s-%s%s" % (name, short(dtype), shape_text(shape), "-" + "_".join(map(str, axes)) if axes else "")
                case(text, name, g, [x], "reduction", **keys)
                w = sample("w", dtype, np.shape(g(jnp.asarray(x))))
                case(text + "-grad", name, g, [x, w], "derivative", grad=True, **keys)
        infinite = np.array([[1, 2, np.inf], [-np.inf, 0, 1], [-np.inf, -np.inf, -np.inf], [np.nan, 0, 1],
                             [1e30, -1e30, 3], [np.inf, np.inf, 0]], F32)
        case(name + "-infinite", name, lambda v, f=f: f(v, axis=1), [infinite], "reduction", axes=[1])
        finite = infinite[[1, 4]]
        w = np.ones((2,) if name == "logsumexp" else (2, 3), F32)
        case(name + "-grad-infinite", name, lambda v, f=f: f(v, axis=1), [finite, w], "derivative", grad=True, axes=[1])
        case(name + "-i32", name, lambda v, f=f: f(v, axis=-1), [np.array([[1, 2, 3], [0, -4, 9]], I32)], "reduction",
             axes=[-1])
        if name != "logsumexp":
            for dtype in (U8, U32, I32):
                x = np.array([[1, 2, 3], [7, 7, 7], [np.iinfo(dtype).min, 0, np.iinfo(dtype).max]]).astype(dtype)
                case("%s-%s-wrapping" % (name, short(dtype)), name, lambda v, f=f: f(v, axis=-1), [x], "reduction",
                     axes=[-1])
        case(name + "-large", name, lambda v, f=f: f(v, axis=-1), [sample("big", F32, (3, 10), 900, 1000)], "reduction",
             axes=[-1])
    x = sample("keep", F32, (3, 4))
    case("logsumexp-keep", "logsumexp", lambda v: jax.nn.logsumexp(v, axis=0, keepdims=True), [x], "reduction", axes=[0],
         keepdims=1)
    case("logsumexp-keep-all", "logsumexp", lambda v: jax.nn.logsumexp(v, keepdims=True), [x], "reduction", keepdims=1)
    case("logsumexp-scalar", "logsumexp", jax.nn.logsumexp, [np.array(2.0, F32)], "reduction")
    case("logsumexp-number", "logsumexp", jax.nn.logsumexp, [2.0], "reduction")
    case("logsumexp-empty", "logsumexp", lambda v: jax.nn.logsumexp(v, axis=1), [np.zeros((2, 0), F32)], "reduction", axes=[1])
    for dtype in (U8, I32, U32, I64, F32):
        case("one_hot-" + short(dtype), "one_hot", lambda v: jax.nn.one_hot(v, 4), [np.array([0, 3, 1, 4, 9], dtype)], n=4)
    case("one_hot-negative", "one_hot", lambda v: jax.nn.one_hot(v, 3), [np.array([[-1, 2], [0, 1]], I32)], n=3)
    case("one_hot-scalar", "one_hot", lambda v: jax.nn.one_hot(v, 3), [np.array(1, I32)], n=3)
    case("one_hot-bool", "one_hot", lambda v: jax.nn.one_hot(v, 3, dtype=bool), [np.array([2, 0], I32)], n=3, dtype="bool")
    case("one_hot-wide", "one_hot", lambda v: jax.nn.one_hot(v.astype(I32), 300), [np.array([255, 0, 44], U8)], n=300)
    case("one_hot-none", "one_hot", lambda v: jax.nn.one_hot(v, 0), [np.array([2, 0], I32)], n=0)


def derivatives():
    corners = np.array([0.0, -0.0, 1.0, -1.0, 2.5, -0.5], F32)
    fs = {"exp": jnp.exp, "expm1": jnp.expm1, "log": jnp.log, "log1p": jnp.log1p, "sin": jnp.sin, "cos": jnp.cos, "tanh": jnp.tanh,
          "sqrt": jnp.sqrt, "abs": jnp.abs, "sign": jnp.sign, "square": jnp.square, "neg": jnp.negative}
    fs |= {name: f for name, (f, _) in UNARY.items() if name not in fs}
    for name, f in fs.items():
        low, high = DOMAINS.get(name, (0.1, 3.0))
        tolerance = "special_derivative" if name in ("erf_inv", "lgamma", "digamma") else "derivative"
        first = 2 if name in ("lgamma", "digamma") else 0  # at 0 JAX 0.10.2 gives NaN
        case(name + "-grad", name, f, [corners[first:], np.arange(1 + first, 7, dtype=F32)], tolerance, grad=True)
        case(name + "-grad-f64", name, f, [sample(name, F64, (5,), max(low, 0.1), min(high, 3.0)), sample("w", F64, (5,))],
             tolerance, grad=True)
    y, x = pairs_of(np.array([0.0, -0.0, 1.0, -1.0, 2.5, np.inf, -np.inf], F32))
    case("arctan2-grad", "arctan2", jnp.arctan2, [y, x, np.ones(49, F32)], "derivative", grad=True)
    for name, f in (("maximum", jnp.maximum), ("minimum", jnp.minimum)):
        x = np.array([0, 1, 2, np.nan, 1], F32)
        y = np.array([0, 2, 1, 1, np.nan], F32)
        case(name + "-grad-ties", name, f, [x, y, np.ones(5, F32)], "derivative", grad=True)
        case(name + "-grad-number", name, f, [corners, 0, np.ones(6, F32)], "derivative", grad=True)
    for name, f in (("add", jnp.add), ("sub", jnp.subtract), ("mul", jnp.multiply), ("div", jnp.true_divide)):
        case(name + "-grad-broadcast", name, f,
             [sample("x", F32, (2, 1)), sample("y", F32, (3,), 0.5, 2.0), sample("w", F32, (2, 3))], "derivative", grad=True)
        case(name + "-grad-scalar", name, f,
             [sample("x", F32, ()), sample("y", F32, (3,), 0.5, 2.0), sample("w", F32, (3,))], "derivative", grad=True)
    for n in (0, 1, 2, 3, -1):
        case("power-grad-%d" % n, "power", jnp.power, [corners, n, np.ones(6, F32)], "derivative", grad=True)
    case("power-grad-float", "power", jnp.power, [np.array([0, 0, 0, 1, 2], F32), np.array([0, 1, 2, 0.5, 1.5], F32),
                                                   np.ones(5, F32)], "derivative", grad=True)
    case("power-grad-integers", "power", jnp.power, [np.array([0, 0, 2, -2], F32), np.array([0, 1, 3, -1], I32),
                                                      np.ones(4, F32)], "derivative", grad=True)
    x = sample("reduce", F32, (3, 4))
    for name, f in (("sum", jnp.sum), ("mean", jnp.mean), ("max", jnp.max)):
        case(name + "-grad", name, f, [x, np.array(2.0, F32)], "derivative", grad=True)
        case(name + "-grad-axis", name, lambda v, f=f: f(v, axis=0), [x, sample("w", F32, (4,))], "derivative", grad=True,
             axes=[0])
    case("max-grad-ties", "max", lambda v: jnp.max(v, axis=1),
         [np.array([[1, 2, 2], [0, 0, 0], [3, 1, 2]], F32), np.array([1, 3, 5], F32)], "derivative", grad=True, axes=[1])
    case("astype-grad", "astype", lambda v: v.astype(F64), [x, sample("w", F64, (3, 4))], "derivative", grad=True, dtype="f64")
    for a, b in (((2, 3), (3,)), ((2, 3), (3, 4)), ((3,), (3, 2)), ((3,), (3,)), ((5, 2, 3), (3, 4))):
        w = sample("w", F32, np.dot(np.zeros(a), np.zeros(b)).shape)
        case("dot-grad-" + shape_text(a, b), "dot", jnp.dot, [sample("a", F32, a), sample("b", F32, b), w], "derivative",
             grad=True)
    for a, b in (((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((1, 2, 3), (5, 3, 4)), ((6, 1, 2, 3), (5, 3, 4))):
        w = sample("w", F32, np.matmul(np.zeros(a), np.zeros(b)).shape)
        case("matmul-grad-" + shape_text(a, b), "matmul", jnp.matmul, [sample("a", F32, a), sample("b", F32, b), w],
             "derivative", grad=True)
    case("slice-grad", "slice", lambda v: v[1:3, 2:4], [x, sample("w", F32, (2, 2))], "derivative", grad=True, start=[1, 2],
         limit=[3, 4])
    case("index-grad", "index", lambda v: v[1], [x, sample("w", F32, (4,))], "derivative", grad=True, n=1)
    case("reshape-grad", "reshape", lambda v: v.reshape(2, 6), [x, sample("w", F32, (2, 6))], "derivative", grad=True,
         shape=(2, 6))
    case("transpose-grad", "transpose", jnp.transpose, [x, sample("w", F32, (4, 3))], "derivative", grad=True)
    case("broadcast_to-grad", "broadcast_to", lambda v: jnp.broadcast_to(v, (2, 3, 4)), [x[:, :1], sample("w", F32, (2, 3, 4))],
         "derivative", grad=True, shape=(2, 3, 4))
    y = sample("y", F32, (3, 4))
    case("stack-grad", "stack", lambda *v: jnp.stack(v, 1), [x, y, sample("w", F32, (3, 2, 4))], "derivative", grad=True, axis=1)
    case("concatenate-grad", "concatenate", lambda *v: jnp.concatenate(v, 1), [x, y, sample("w", F32, (3, 8))], "derivative",
         grad=True, axis=1)


# ---- indexing --------------------------------------------------------------------------------------------------

def index_word(item):
    if item is None:
        return "new"
    if item is Ellipsis:
        return "..."
    if isinstance(item, slice):
        return ":".join("" if b is None else str(b) for b in (item.start, item.stop, item.step))
    return str(item)


def index_items(items, operands):
    return tuple(operands[int(i[1:])] if isinstance(i, str) else i for i in items)


def lanes_of(f, lanes):
    """f over lanes along these axes of its operands; None for those that all lanes share."""
    return jax.vmap(f, in_axes=tuple(lanes))


def lane_words(lanes):
    return ["n" if a is None else a for a in lanes]


def read_parts():
    x = sample("index", F32, (4, 5, 3))
    i, j = np.array([2, -1, 0], I32), np.array([[1], [3]], I32)
    far = np.array([1, 7, -4, -9], I32)
    s = slice
    cases = [(1,), (-1, s(None), 2), (s(1, 3),), (s(None, None, 2), s(None, None, -1)), (s(3, 0, -2), 1), (Ellipsis, 1),
             (None, 1, Ellipsis, None, s(0, 2)), (s(5, 2),), (s(-3, -1), s(1, 100), s(-100, 2)), (Ellipsis,), (s(2, None, -1),),
             ("@1",), (s(None), "@1"), (Ellipsis, "@1"), ("@1", s(None), "@1"), ("@1", 1), (1, "@1"), (1, s(None), "@1"),
             ("@1", None, "@1"), (None, "@1", s(1, 3)), ("@1", s(None, None, 2)), (s(1, 3), "@1", s(None, None, -1)),
             (s(None, None, -2), "@1"), ("@2", "@1"), (s(None), "@2", "@1"), ("@2", s(None), "@1"), ("@1", s(4, 4)),
             (s(3, 1, -1), s(1, 4), "@1")]
    for items in cases:
        text = ";".join(index_word(k) for k in items)
        operands = [x, i, j] if any(isinstance(k, str) for k in items) else [x]
        f = lambda *v, items=items: v[0][index_items(items, v)]
        case("index-" + text, "index", f, operands, index=text)
        w = sample("w", F32, np.shape(f(*operands)))
        case("index-grad-" + text, "index", f, operands + [w], "derivative", grad=True, index=text)
    for name, n in (("i32", np.array(2, I32)), ("i32-negative", np.array(-1, I32)), ("u8", np.array(3, U8)),
                    ("i64", np.array(-2, I64)), ("far", np.array(9, I32)), ("far-negative", np.array(-9, I32)),
                    ("u32", np.array(77, U32))):
        for items in (("@1",), (s(1, 3), "@1"), ("@1", s(None, None, -1), 1), (None, "@1", Ellipsis, "@1"),
                      ("@1", s(None, None, 2))):
            text = ";".join(index_word(k) for k in items)
            case("index-%s-%s" % (name, text), "index", lambda *v, items=items: v[0][index_items(items, v)], [x, n],
                 index=text)
    case("index-grad-scalar", "index", lambda x, n: x[n, 1:3], [x, np.array(2, I32), sample("w", F32, (2, 3))],
         "derivative", grad=True, index="@1;1:3")
    for dtype in (U8, U32, I64, U64):
        case("index-by-" + short(dtype), "index", lambda x, i: x[i], [x, np.array([1, 0, 3, 200], dtype)], index="@1")
    for dtype in DTYPES:
        case("index-of-" + short(dtype), "index", lambda x, i: x[i, 1], [sample("x", dtype, (4, 3)), i], index="@1;1")
    case("index-empty", "index", lambda x, i: x[i], [x, np.zeros((0,), I32)], index="@1")
    case("index-scalar", "index", lambda x: x[...], [np.array(2.5, F32)], index="...")
    case("index-new-scalar", "index", lambda x: x[None], [np.array(2.5, F32)], index="new")
    mask, m0 = x > 0.5, np.array([True, False, True, True])
    for name, f, items, more in (("all", lambda x, m: x[m], ("@1",), [mask]), ("rows", lambda x, m: x[m], ("@1",), [m0]),
                                 ("inner", lambda x, m: x[:, m], (s(None), "@1"), [x[0] > 0]),
                                 ("beside", lambda x, m: x[m, 1], ("@1", 1), [m0]),
                                 ("none", lambda x, m: x[m], ("@1",), [mask & False])):
        case("index-mask-" + name, "index", f, [x] + more, index=";".join(index_word(k) for k in items), nojit=1)
    case("index-mask-grad", "index", lambda x, m: x[m], [x, m0, sample("w", F32, (3, 5, 3))], "derivative", grad=True,
         index="@1", nojit=1)
    for mode in ("fill", "clip", "promise_in_bounds"):
        case("get-" + mode, "get", lambda x, i, m=mode: x.at[i].get(mode=m), [x, far], index="@1", mode=mode)
        case("get-points-" + mode, "get", lambda x, i, m=mode: x.at[i, 1, i].get(mode=m), [x, far], index="@1;1;@1", mode=mode)
        case("get-scalar-" + mode, "get", lambda x, i, m=mode: x.at[i].get(mode=m), [x, np.array(9, I32)], index="@1", mode=mode)
        w = sample("w", F32, (4, 5, 3))
        case("get-grad-" + mode, "get", lambda x, i, m=mode: x.at[i].get(mode=m), [x, far, w], "derivative", grad=True,
             index="@1", mode=mode)
    for fill in (0, -1, 2.5):
        case("get-fill-%s" % fill, "get", lambda x, i, v=fill: x.at[i].get(mode="fill", fill_value=v), [x, far], index="@1",
             mode="fill", fill=fill)
    for dtype in DTYPES:
        case("get-fill-of-" + short(dtype), "get", lambda x, i: x.at[i].get(mode="fill"), [sample("x", dtype, (4,)), far],
             index="@1", mode="fill")
    # over lanes: of what is read, of where, of both
    y, k = sample("lanes", F32, (4, 6, 5)), np.array([[0, 5, -1], [2, 2, 9], [-9, 1, 3], [4, 0, 0]], I32)
    for lanes in ((0, None), (2, None), (None, 0), (None, 1), (0, 0), (2, 1)):
        v = [np.moveaxis(y, 0, lanes[0]) if lanes[0] is not None else y[0],
             np.moveaxis(k, 0, lanes[1]) if lanes[1] is not None else k[0]]
        for name, f, text in (("rows", lambda x, i: x[i], "@1"), ("points", lambda x, i: x[i, 1], "@1;1"),
                              ("columns", lambda x, i: x[:, i], ":;@1")):
            case("index-lanes-%s-%s" % (name, "-".join(str(a) for a in lane_words(lanes))), "index", lanes_of(f, lanes), v,
                 index=text.replace(":;", "::;"), lanes=lane_words(lanes))
    for lanes in ((0, 0), (None, 0), (0, None)):
        v = [y if lanes[0] == 0 else y[0], k[:, 0] if lanes[1] == 0 else np.array(k[0, 0])]
        case("index-lanes-scalar-%s" % "-".join(str(a) for a in lane_words(lanes)), "index",
             lanes_of(lambda x, i: x[i, 1:3], lanes), v, index="@1;1:3", lanes=lane_words(lanes))


def written_parts():
    x = sample("at", F32, (4, 5, 3))
    i, far = np.array([2, -1, 2], I32), np.array([1, 7, -4, -9, 1], I32)
    s = slice
    ops = {"set": lambda a: a.set, "add": lambda a: a.add, "mul": lambda a: a.multiply, "min": lambda a: a.min,
           "max": lambda a: a.max}
    cases = [(1,), (s(1, 3), 2), (s(None, None, 2), s(None, None, -1)), (None, 1, Ellipsis), ("@1",), (s(None), "@1"),
             ("@1", s(None), "@1"), ("@1", 0, s(1, 3)), (s(3, 0, -1),), (s(2, 2),), (Ellipsis,)]
    for op, at in ops.items():
        for items in cases:
            text = ";".join(index_word(k) for k in items)
            if op == "set" and text.startswith("@1"):
                continue  # JAX does not say which value stays
            shape = np.shape(jnp.asarray(x)[index_items(items, [x, i])])
            v = sample("v", F32, shape)
            f = lambda *a, items=items, at=at: at(a[0].at[index_items(items, a)])(a[2])
            tolerance = "reduction" if op in ("add", "mul") else "exact"
            case("%s-%s" % (op, text), op, f, [x, i, v], tolerance, index=text, v=2)
            if op == "mul" and any(isinstance(k, str) for k in items):
                continue
            for wrt in (0, 2):
                g = [x, i, v, sample("w", F32, x.shape)]
                if wrt == 2:
                    grad_at_2(op, "%s-grad-v-%s" % (op, text), f, g, text)
                else:
                    case("%s-grad-%s" % (op, text), op, f, g, "derivative", grad=True, index=text, v=2)
        case("%s-scalar" % op, op, lambda x, i, v, at=at: at(x.at[i])(v), [x, np.array(2, I32), 1.5], "reduction", index="@1", v=2)
        case("%s-scalar-far" % op, op, lambda x, i, v, at=at: at(x.at[i])(v), [x, np.array(9, I32), 1.5], "exact", index="@1", v=2)
        for mode in ("drop", "clip", "promise_in_bounds"):
            if op == "set" and mode == "clip":
                continue
            case("%s-%s" % (op, mode), op, lambda x, i, v, at=at, m=mode: at(x.at[i])(v, mode=m),
                 [x, far[:4], sample("v", F32, (4, 1, 1))], "reduction", index="@1", v=2, mode="fill" if mode == "drop" else mode)
        for dtype in (U8, I32, U32, I64, F64, BOOL):
            if dtype == bool and op in ("add", "mul"):
                continue
            case("%s-of-%s" % (op, short(dtype)), op, lambda x, i, v, at=at: at(x.at[i])(v),
                 [sample("x", dtype, (5,)), np.array([1, 4, 0], I32), sample("v", dtype, (3,))], "reduction", index="@1", v=2)
    case("set-number", "set", lambda x, v: x.at[1].set(v), [np.arange(4, dtype=I32), 7], index="1", v=1)
    case("set-promotes", "set", lambda x, v: x.at[1].set(v), [np.arange(4, dtype=F32), np.array(2.5, F64)], index="1", v=1)
    case("add-i32-to-u8", "add", lambda x, v: x.at[1:3].add(v), [np.arange(4, dtype=U8), np.array([300, -1], I32)], index="1:3", v=1)
    m0 = np.array([True, False, True, True])
    case("set-mask", "set", lambda x, m, v: x.at[m].set(v), [x, m0, 1.5], index="@1", v=2, nojit=1)
    case("add-mask", "add", lambda x, m, v: x.at[m].add(v), [x, x > 0, 1.5], index="@1", v=2, nojit=1)
    ties = np.array([1, 1, 1, 0, 0], I32)
    for op in ("min", "max"):
        values = np.array([2, 2, 3, 0, 1] if op == "min" else [3, 3, 2, 1, 0], F32)
        z = np.array([0, 2 if op == "min" else 3, 5], F32)
        case(op + "-grad-ties", op, lambda x, i, v, at=ops[op]: at(x.at[i])(v), [z, ties, values, np.ones(3, F32)], "derivative",
             grad=True, index="@1", v=2)
        grad_at_2(op, op + "-grad-v-ties", lambda x, i, v, at=ops[op]: at(x.at[i])(v), [z, ties, values, np.arange(1, 4, dtype=F32)],
                  "@1")
    case("mul-grad-unique", "mul", lambda x, i, v: x.at[i].multiply(v, unique_indices=True),
         [x, np.array([2, 0], I32), sample("v", F32, (2, 5, 3)), sample("w", F32, x.shape)], "derivative", grad=True, index="@1", v=2,
         unique=1)
    grad_at_2("mul", "mul-grad-v-unique", lambda x, i, v: x.at[i].multiply(v, unique_indices=True),
              [x, np.array([2, 0], I32), sample("v", F32, (2, 5, 3)), sample("w", F32, x.shape)], "@1", unique=1)
    y, k, v = sample("lanes", F32, (4, 6, 5)), np.array([[0, 5, -1], [2, 2, 9], [-9, 1, 3], [4, 0, 0]], I32), sample("v", F32, (4, 3, 5))
    for lanes in ((0, None, 0), (None, 0, None), (None, None, 0), (2, 1, 1), (0, None, None), (None, 0, 0)):
        def part(a, axis):
            return a[0] if axis is None else np.moveaxis(a, 0, axis)
        for op in ("add", "max"):
            case("%s-lanes-%s" % (op, "-".join(str(a) for a in lane_words(lanes))), op,
                 lanes_of(lambda x, i, v, at=ops[op]: at(x.at[i])(v), lanes), [part(a, b) for a, b in zip((y, k, v), lanes)],
                 "reduction", index="@1", v=2, lanes=lane_words(lanes))


def grad_at_2(op, name, f, operands, text, **keys):
    """The gradient in operand 2."""
    case(name, op, f, operands, "derivative", grad=True, index=text, v=2, wrt=2, **keys)


def taken():
    x = sample("take", F32, (4, 5, 3))
    far = np.array([[1, 3], [-1, 9]], I32)
    for axis in (None, 0, 1, -1):
        keys = {} if axis is None else {"axes": [axis]}
        for mode in (None, "fill", "clip", "wrap"):
            f = lambda x, i, a=axis, m=mode: jnp.take(x, i, axis=a, mode=m)
            text = "%s-%s" % ("flat" if axis is None else axis, mode or "default")
            more = keys | ({"mode": mode} if mode else {})
            case("take-" + text, "take", f, [x, far], **more)
            w = sample("w", F32, np.shape(f(x, far)))
            if mode != "fill":
                case("take-grad-" + text, "take", f, [x, far, w], "derivative", grad=True, **more)
    case("take-scalar", "take", lambda x, i: jnp.take(x, i, axis=1), [x, np.array(-2, I32)], axes=[1])
    case("take-fill-value", "take", lambda x, i: jnp.take(x, i, axis=0, fill_value=-7), [x, far], axes=[0], fill=-7)
    case("take-empty", "take", lambda x, i: jnp.take(x, i, axis=1), [x, np.zeros((0, 2), I32)], axes=[1])
    for dtype in (U8, U32, I64):
        case("take-by-" + short(dtype), "take", lambda x, i: jnp.take(x, i, axis=0), [x, np.array([3, 0, 77], dtype)], axes=[0])
    for dtype in DTYPES:
        case("take-of-" + short(dtype), "take", jnp.take, [sample("x", dtype, (4,)), far])
    for a, b, axis in (((4, 5), (4, 2), -1), ((4, 5), (2, 5), 0), ((4, 5), (1, 2), 1), ((4, 1), (1, 3), 0), ((1, 5), (4, 3), 1),
                       ((2, 3, 4), (2, 1, 4), 1), ((2, 3, 4), (1, 3, 2), 2), ((5,), (3,), 0), ((0, 3), (2, 3), 0), ((2, 0), (2, 0), 1)):
        z, k = sample("along", F32, a), sample("k", I32, b)
        keys = {} if axis == -1 else {"axes": [axis]}
        text = "%s-%d" % (shape_text(a, b), axis)
        f = lambda x, i, axis=axis: jnp.take_along_axis(x, i, axis)
        case("along-" + text, "take_along_axis", f, [z, k], **keys)
        case("along-clip-" + text, "take_along_axis", lambda x, i, axis=axis: jnp.take_along_axis(x, i, axis, mode="clip"), [z, k],
             mode="clip", **keys)
        w = sample("w", F32, np.shape(f(z, k)))
        case("along-grad-" + text, "take_along_axis", f, [z, k, w], "derivative", grad=True, **keys)
    for a, b, axis in (((4, 5), (4, 1), 1), ((4, 5), (1, 5), 0), ((4, 5), (1, 1), 0), ((2, 3, 4), (2, 1, 4), 1), ((5,), (1,), 0)):
        z, k, v = sample("along", F32, a), sample("k", I32, b), sample("v", F32, b)
        keys = {"axes": [axis]}
        text = "%s-%d" % (shape_text(a, b), axis)
        f = lambda x, i, v, axis=axis: jnp.put_along_axis(x, i, v, axis, inplace=False)
        case("put-" + text, "put_along_axis", f, [z, k, v], **keys)
        case("put-number-" + text, "put_along_axis", f, [z, k, 2], **keys)
        case("put-grad-" + text, "put_along_axis", f, [z, k, v, sample("w", F32, a)], "derivative", grad=True, **keys)


def windows():
    x = sample("window", F32, (5, 4))
    at = lambda *n, dtype=I32: [np.array(k, dtype) for k in n]
    for name, starts in (("inside", at(1, 2)), ("far", at(9, 9)), ("negative", at(-2, -1)), ("far-negative", at(-99, 0)),
                         ("u8", at(200, 1, dtype=U8)), ("i64", at(-1, 3, dtype=I64)), ("numbers", [1, -2])):
        f = lambda x, *s: lax.dynamic_slice(x, s, (2, 3))
        g = lambda x, u, *s: lax.dynamic_update_slice(x, u, s)
        u = sample("u", F32, (2, 3))
        case("dynamic_slice-" + name, "dynamic_slice", f, [x] + starts, sizes=(2, 3))
        case("dynamic_update_slice-" + name, "dynamic_update_slice", g, [x, u] + starts, n=2)
        case("dynamic_slice-grad-" + name, "dynamic_slice", f, [x] + starts + [sample("w", F32, (2, 3))], "derivative", grad=True,
             sizes=(2, 3))
        case("dynamic_update_slice-grad-" + name, "dynamic_update_slice", g, [x, u] + starts + [sample("w", F32, (5, 4))],
             "derivative", grad=True, n=2)
        case("dynamic_update_slice-grad-u-" + name, "dynamic_update_slice", g, [x, u] + starts + [sample("w", F32, (5, 4))],
             "derivative", grad=True, n=2, wrt=1)
    y, u, k = sample("lanes", F32, (3, 5, 4)), sample("u", F32, (3, 2, 3)), np.array([0, 9, -1], I32)
    for lanes in ((0, None, None), (0, 0, None), (None, 0, None), (None, 0, 0), (1, None, 0)):
        v = [y[0] if lanes[0] is None else np.moveaxis(y, 0, lanes[0])] + [np.array(k[0]) if a is None else k for a in lanes[1:]]
        case("dynamic_slice-lanes-%s" % "-".join(str(a) for a in lane_words(lanes)), "dynamic_slice",
             lanes_of(lambda x, i, j: lax.dynamic_slice(x, (i, j), (2, 3)), lanes), v, sizes=(2, 3), lanes=lane_words(lanes))
    for lanes in ((0, None, None, None), (0, 0, None, None), (None, 0, 0, None), (None, None, None, 0), (0, 2, 0, 0)):
        v = [y[0] if lanes[0] is None else y, u[0] if lanes[1] is None else np.moveaxis(u, 0, lanes[1])]
        v += [np.array(k[0]) if a is None else k for a in lanes[2:]]
        case("dynamic_update_slice-lanes-%s" % "-".join(str(a) for a in lane_words(lanes)), "dynamic_update_slice",
             lanes_of(lambda x, u, i, j: lax.dynamic_update_slice(x, u, (i, j)), lanes), v, n=2, lanes=lane_words(lanes))
    for axis in (0, 1, -1):
        for n in (1, -2, 9):
            i = np.array(n, I32)
            text = "%d-%d" % (axis, n)
            row = sample("row", F32, (1, 4) if axis == 0 else (5, 1))
            case("slice_in_dim-" + text, "slice_in_dim", lambda x, i, a=axis: lax.dynamic_slice_in_dim(x, i, 2, a), [x, i], axis=axis,
                 size=2)
            case("index_in_dim-" + text, "index_in_dim", lambda x, i, a=axis: lax.dynamic_index_in_dim(x, i, a), [x, i], axis=axis,
                 keep=1)
            case("index_in_dim-drop-" + text, "index_in_dim", lambda x, i, a=axis: lax.dynamic_index_in_dim(x, i, a, False), [x, i],
                 axis=axis)
            case("update_slice_in_dim-" + text, "update_slice_in_dim",
                 lambda x, u, i, a=axis: lax.dynamic_update_slice_in_dim(x, u, i, a), [x, row, i], axis=axis)
            case("update_index_in_dim-" + text, "update_index_in_dim",
                 lambda x, u, i, a=axis: lax.dynamic_update_index_in_dim(x, u, i, a), [x, row.reshape(-1), i], axis=axis)


def gathers():
    D, S = lax.GatherDimensionNumbers, lax.ScatterDimensionNumbers
    x, i = sample("gather", F32, (5, 4)), np.array([[0], [4], [2], [-1], [7]], I32)
    cases = [("rows", ((1,), (0,), (0,), (), ()), (1, 4), x, i), ("parts", ((0,), (0,), (0,), (), ()), (1, 3), x, i),
             ("windows", ((1, 2), (), (1, 0), (), ()), (2, 3), x, np.array([[0, 1], [2, 2], [1, 9]], I32)),
             ("points", ((), (0, 1), (0, 1), (), ()), (1, 1), x, np.array([[0, 1], [4, 3], [1, 9]], I32)),
             ("paired", ((), (1,), (1,), (0,), (0,)), (1, 1), x, np.array([[[1], [3]]] * 4 + [[[9], [0]]], I32)),
             ("crossed", ((), (2,), (2,), (0, 1), (1, 0)), (1, 1, 1), sample("g3", F32, (2, 3, 4)),
              np.array([[[k], [3 - k]] for k in range(3)], I32))]
    for name, dims, sizes, x, i in cases:
        words = "/".join(",".join(str(a) for a in d) for d in dims)
        for mode in ("clip", "fill", "promise_in_bounds"):
            f = lambda x, i, d=dims, z=sizes, m=mode: lax.gather(x, i, D(*d), z, mode=m)
            case("gather-%s-%s" % (name, mode), "gather", f, [x, i], dims=words, sizes=sizes, mode=mode)
            y = np.asarray(f(jnp.asarray(x), jnp.asarray(i)))
            if mode != "promise_in_bounds":
                case("gather-grad-%s-%s" % (name, mode), "gather", f, [x, i, sample("w", F32, y.shape)], "derivative", grad=True,
                     dims=words, sizes=sizes, mode=mode)
            for op in ("scatter", "scatter_add", "scatter_min", "scatter_max", "scatter_mul"):
                if op == "scatter" and (name == "windows" or mode == "clip"):
                    continue
                u = sample("u", F32, y.shape)
                g = lambda x, i, u, op=op, d=dims, m=mode: getattr(lax, op)(x, i, u, S(*d), mode=m)
                case("%s-%s-%s" % (op, name, mode), op, g, [x, i, u], "reduction", dims=words, mode=mode)
                # JAX's rule for the extremes forgets the mode, and divides by 0.
                ruled = not (op in ("scatter_min", "scatter_max") and mode == "clip")
                if op != "scatter_mul" and mode != "promise_in_bounds" and ruled:
                    w = sample("w", F32, x.shape)
                    case("%s-grad-%s-%s" % (op, name, mode), op, g, [x, i, u, w], "derivative", grad=True, dims=words, mode=mode)
                    case("%s-grad-u-%s-%s" % (op, name, mode), op, g, [x, i, u, w], "derivative", grad=True, wrt=2, dims=words, mode=mode)


# ---- random ----------------------------------------------------------------------------------------------------

def random():
    key, SEEDS = jax.random.PRNGKey, (0, 1, 42, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**40 + 5, 2**64 - 1)

    def raw(seed):
        return np.array([seed >> 32, seed & 0xffffffff], np.uint32)

    for seed in SEEDS:
        # Above 2^63 a host integer needs 64-bit mode, and wraps.
        case("key-%d" % seed, "key", lambda s=seed: key(np.uint64(s)), [], x64=True, seed=seed)
        for n in (0, 1, 2, 5):
            case("split-%d-%d" % (seed, n), "split", lambda k, n=n: jax.random.split(k, n), [raw(seed)], n=n)
        for data in (0, 1, 7, 2**31, 2**32 - 1):
            case("fold_in-%d-%d" % (seed, data), "fold_in", lambda k, d: jax.random.fold_in(k, np.uint32(d)),
                 [raw(seed), data])
    case("fold_in-array", "fold_in", jax.random.fold_in, [raw(3), np.array(11, I32)])
    case("split-many", "split", lambda k: jax.random.split(k, 20000), [raw(7)], every=997, hashed=True, n=20000)
    shapes = ((), (1,), (5,), (3, 4), (2, 0), (2, 3, 4))
    for seed in (0, 10, 42):
        for shape in shapes:
            for dtype in (U8, U32, U64):
                case("bits-%d-%s-%s" % (seed, shape_text(shape), short(dtype)), "bits",
                     lambda k, s=shape, d=dtype: jax.random.bits(k, s, d), [raw(seed)], x64=dtype == U64, shape=shape,
                     dtype=short(dtype))
            for dtype in FLOATS:
                keys = {"shape": shape, "dtype": short(dtype), "x64": dtype == F64}
                text = "%d-%s-%s" % (seed, shape_text(shape), short(dtype))
                case("uniform-" + text, "uniform", lambda k, s=shape, d=dtype: jax.random.uniform(k, s, d), [raw(seed)], **keys)
                case("uniform-bounds-" + text, "uniform",
                     lambda k, a, b, s=shape, d=dtype: jax.random.uniform(k, s, d, a, b), [raw(seed), -5, 5.5], "bounds", **keys)
                case("normal-" + text, "normal", lambda k, s=shape, d=dtype: jax.random.normal(k, s, d), [raw(seed)], "normal",
                     **keys)
    case("uniform-array-bounds", "uniform", lambda k, a, b: jax.random.uniform(k, (2, 3), F32, a, b),
         [raw(5), np.array([[-1], [2]], F32), np.array([3, 4, 5], F32)], "bounds", shape=(2, 3), dtype="f32")
    n = 100000
    for dtype in (U8, U32, U64):
        case("bits-long-" + short(dtype), "bits", lambda k, d=dtype: jax.random.bits(k, (n,), d), [raw(123)], every=997,
             hashed=True, x64=dtype == U64, shape=(n,), dtype=short(dtype))
    for dtype in FLOATS:
        keys = {"every": 997, "x64": dtype == F64, "shape": (100, 1000), "dtype": short(dtype)}
        case("uniform-long-" + short(dtype), "uniform", lambda k, d=dtype: jax.random.uniform(k, (100, 1000), d), [raw(123)],
             hashed=True, **keys)
        case("normal-long-" + short(dtype), "normal", lambda k, d=dtype: jax.random.normal(k, (100, 1000), d), [raw(123)],
             "normal", **keys)
        keys["every"] = 1 # a draw that reaches both tails of the distribution
        case("normal-tails-" + short(dtype), "normal", lambda k, d=dtype: jax.random.normal(k, (20, 50), d), [raw(99)],
             "normal", **(keys | {"shape": (20, 50)}))


promotion()
unary()
binary()
powers()
where_and_astype()
reductions()
products()
shapes()
creation()
nn()
derivatives()
write("numpy.txt")
read_parts()
written_parts()
taken()
windows()
gathers()
write("index.txt")
random()
write("random.txt")

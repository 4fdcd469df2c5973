"""Of tests/test_numpy.c: promotion, elementwise calls, products, shapes, nn."""
import numpy as np

import jax
import jax.numpy as jnp
import jax.scipy.special as special_functions
from jax._src.numpy.util import promote_args_inexact

from cases import *


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


def write():
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

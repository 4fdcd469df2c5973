"""Of tests/test_lax.c: the primitives as jax.lax has them. Calls of several results give one, `part`."""
import numpy as np

import jax
import jax.numpy as jnp
from jax import lax
from jax.extend.random import threefry2x32_p

from cases import *

INTEGERS = [U8, U32, U64, I32, I64]
NUMBERS = INTEGERS + FLOATS


def unary():
    elementary = {"exp": 1, "exp2": 1, "expm1": 1, "log": 1, "log1p": 1, "logistic": 1, "sqrt": 1, "rsqrt": 1, "cbrt": 1,
                  "reciprocal": 1, "sin": 1, "cos": 1, "tan": 0.7, "asin": 0.9, "acos": 0.9, "atan": 1, "sinh": 1, "cosh": 1,
                  "tanh": 1, "asinh": 1, "acosh": 1, "atanh": 0.9, "erf": 0.9, "erfc": 0.9, "erf_inv": 0.9, "lgamma": 1,
                  "digamma": 1}
    special_ones = ("lgamma", "digamma", "erf_inv")
    for name, high in elementary.items():
        f = getattr(lax, name)
        tolerance = "erf_inv" if name == "erf_inv" else "special" if name in special_ones else "elementwise"
        low = 1.1 if name == "acosh" else 0.2
        high = 3.0 if high == 1 else high
        for dtype in FLOATS:
            case("%s-%s" % (name, short(dtype)), name, f, [sample(name, dtype, (2, 3), low, high)], tolerance)
        corners = np.array([0.0, -0.0, 1.0, np.inf, -np.inf, np.nan], F32)  # of digamma at 0 JAX 0.10.2 gives NaN
        case("%s-corners" % name, name, f, [corners[2 if name == "digamma" else 0:]], tolerance)
        case("%s-grad" % name, name, f, [sample(name, F32, (2, 3), low, high), sample("w", F32, (2, 3))],
             "special_derivative" if name in special_ones else "derivative", grad=True)
    for name in ("bessel_i0e", "bessel_i1e"):
        f = getattr(lax, name)
        for dtype in FLOATS:
            case("%s-%s" % (name, short(dtype)), name, f, [sample(name, dtype, (4, 6), -20, 20)], "special")
            case("%s-special-%s" % (name, short(dtype)), name, f, [special(dtype)], "special")
            edges = np.array([7.5, 8.0, 8.5, -8.0, 1e4, 1e-20, -1e-20, 90.0], dtype)
            case("%s-edges-%s" % (name, short(dtype)), name, f, [edges], "special")
            case("%s-grad-%s" % (name, short(dtype)), name, f,
                 [np.concatenate([edges, np.array([0.0, -0.0], dtype)]), np.arange(1, 11).astype(dtype)], "special_derivative",
                 grad=True)
            case("%s-second-%s" % (name, short(dtype)), name, f, [sample(name, dtype, (4,), 0.5, 12), sample("w", dtype, (4,))],
                 "special_derivative", grad=True, second=True)
        case("%s-f16" % name, name, f, [sample(name, F16, (6,), -9, 9)], "narrow_f16")
        case("%s-bf16" % name, name, f, [sample(name, BF16, (6,), -9, 9)], "narrow_bf16")
        case("%s-number" % name, name, f, [2.5], "special")
        case("%s-lanes" % name, name, lanes_of(f, (1,)), [sample("l", F32, (2, 3))], "special", lanes=lane_words((1,)))
    for name in ("neg", "abs", "sign", "square"):
        f = getattr(lax, name)
        for dtype in NUMBERS:
            if name != "abs" or np.dtype(dtype).kind != "u":
                case("%s-%s" % (name, short(dtype)), name, f, [special(dtype)])
        case("%s-grad" % name, name, f, [np.array([-2.0, 0.0, 3.0], F32), sample("w", F32, (3,))], "derivative", grad=True)
        case("%s-number" % name, name, f, [-3])
    for name in ("floor", "ceil", "is_finite"):
        for dtype in FLOATS:
            case("%s-%s" % (name, short(dtype)), name, getattr(lax, name), [special(dtype)])
    for name in ("bitwise_not", "population_count", "clz"):
        for dtype in ([BOOL] if name == "bitwise_not" else []) + INTEGERS:
            case("%s-%s" % (name, short(dtype)), name, getattr(lax, name), [special(dtype)])
    halves = np.array([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999997, 8388609.0, np.nan, -np.inf, -0.0], F32)
    for method in (0, 1):
        for dtype in FLOATS:
            case("round-%d-%s" % (method, short(dtype)), "round", lambda x, m=method: lax.round(x, lax.RoundingMethod(m)),
                 [halves.astype(dtype)], method=method)
    for e, m in ((5, 10), (8, 7), (4, 3), (2, 0)):
        for dtype in FLOATS:
            case("reduce_precision-%d-%d-%s" % (e, m, short(dtype)), "reduce_precision",
                 lambda x, e=e, m=m: lax.reduce_precision(x, e, m), [special(dtype)], exponent=e, mantissa=m)
    case("reduce_precision-grad", "reduce_precision", lambda x: lax.reduce_precision(x, 5, 2),
         [sample("rp", F32, (4,)), sample("w", F32, (4,))], "derivative", grad=True, exponent=5, mantissa=2)
    for lanes in ((0,), (1,)):
        case("exp-lanes-%d" % lanes[0], "exp", lanes_of(lax.exp, lanes), [sample("l", F32, (2, 3))], "elementwise",
             lanes=lane_words(lanes))


def random_gamma_grad():
    name, f, tolerance = "random_gamma_grad", lax.random_gamma_grad, "draw_derivative"
    for dtype in FLOATS:
        a, x = sample("a", dtype, (2, 3), 0.1, 9.0), sample("x", dtype, (2, 3), 0.01, 9.0)
        case("%s-%s" % (name, short(dtype)), name, f, [a, x], tolerance, x64=dtype == F64)
        case("%s-scalar-%s" % (name, short(dtype)), name, f, [np.array(2.5, dtype), x], tolerance, x64=dtype == F64)
    corners = np.array([0, 1e-30, 0.5, 3, 1e4, np.inf, np.nan, -1], F32)
    case(name + "-corners", name, f, list(np.meshgrid(corners, corners)), tolerance)
    case(name + "-number", name, lambda a, x: f(np.float32(a), x), [2.5, corners[:5]], tolerance)
    case(name + "-lanes", name, lanes_of(f, [1, None]), [a.astype(F32), np.array(1.5, F32)], tolerance, lanes=[1, "n"])


def binary():
    for name in ("add", "sub", "mul", "div", "rem", "max", "min"):
        f = getattr(lax, name)
        for dtype in NUMBERS + ([BOOL] if name in ("max", "min") else []):
            x, y = pairs_of(special(dtype))
            case("%s-%s" % (name, short(dtype)), name, f, [x, y], "equal" if name in ("max", "min") else "exact")
        x, y = sample("x", F32, (2, 3), 0.5, 3.0), sample("y", F32, (2, 3), 0.7, 2.0)
        for wrt in (0, 1):
            case("%s-grad-%d" % (name, wrt), name, f, [x, y, sample("w", F32, (2, 3))], "derivative", grad=True, wrt=wrt)
            case("%s-scalar-grad-%d" % (name, wrt), name, f, [x, np.array(1.25, F32), sample("w", F32, (2, 3))], "derivative",
                 grad=True, wrt=wrt)
        case("%s-scalar-left" % name, name, f, [np.array(1.5, F32), y], "elementwise")
        case("%s-number-f64" % name, name, f, [y.astype(F64), 0.1], "elementwise", x64=True)
        case("%s-int-number" % name, name, lambda x, n, f=f: f(x, x.dtype.type(n)), [y, 2], "elementwise")
        if name not in ("add", "sub", "max"):
            continue
        case("%s-number-u8" % name, name, lambda x, n, f=f: f(x, x.dtype.type(n)), [sample("u", U8, (4,)), 3])
        case("%s-number-i64" % name, name, lambda n, x, f=f: f(x.dtype.type(n), x), [3, np.array([1, 2, 7], I64)], x64=True)
        case("%s-numbers" % name, name, f, [7, 2])
        case("%s-empty" % name, name, f, [np.zeros((0, 2), F32), np.zeros((0, 2), F32)])
        for lanes in ((0, 0), (1, 0), (None, 0), (0, None)):
            v = [sample("a", F32, (3, 2), 1, 2), sample("b", F32, (3, 2), 1, 2)]
            v = [x[0] if a is None else x if a == 0 else x.T for x, a in zip(v, lanes)]
            case("%s-lanes-%s" % (name, "-".join(map(str, lane_words(lanes)))), name, lanes_of(f, lanes), v, "elementwise",
                 lanes=lane_words(lanes))
    x = np.array([0.5, 2.0, 3.0, 1.0, 0.0, np.inf], F32)
    case("pow-f32", "pow", lax.pow, pairs_of(np.array([0.0, 0.5, 1.0, 2.0, 3.0, np.inf, np.nan], F32)), "elementwise")
    case("pow-f64", "pow", lax.pow, [x.astype(F64), x[::-1].astype(F64)], "elementwise")
    case("pow-i32", "pow", lax.pow, [np.array([0, 0, 2, -2, 1.5, -1.5], F32), np.array([0, 3, -2, 3, 4, -3], I32)],
         "elementwise")
    case("pow-scalar", "pow", lax.pow, [x, np.array(2, I32)], "elementwise")
    case("pow-number", "pow", lax.pow, [x, 3], "elementwise")
    case("pow-float-number", "pow", lax.pow, [x, 0.5], "elementwise")
    case("pow-number-f64", "pow", lax.pow, [x.astype(F64), 0.3], "elementwise", x64=True)
    for wrt in (0, 1):
        case("pow-grad-%d" % wrt, "pow", lax.pow, [sample("p", F32, (5,), 0.5, 2), sample("q", F32, (5,)),
                                                   sample("w", F32, (5,))], "derivative", grad=True, wrt=wrt)
    for n in (-3, -1, 0, 1, 2, 5):
        f = lambda x, n=n: lax.integer_pow(x, n)
        case("integer_pow-%d" % n, "integer_pow", f, [sample("i", F32, (6,), 0.5, 2)], "elementwise", k=n)
        case("integer_pow-grad-%d" % n, "integer_pow", f, [sample("i", F32, (6,), 0.5, 2), sample("w", F32, (6,))],
             "derivative", grad=True, k=n)
        if n >= 0:
            case("integer_pow-i32-%d" % n, "integer_pow", f, [special(I32)], k=n)
    for dtype in FLOATS:
        x, y = pairs_of(np.array([0.0, -0.0, 1.0, -2.0, np.inf, -np.inf, np.nan], dtype))
        case("atan2-%s" % short(dtype), "atan2", lax.atan2, [x, y], "elementwise")
        case("nextafter-%s" % short(dtype), "nextafter", lax.nextafter,
             pairs_of(np.array([1.0, -2.0, np.inf, -np.inf, np.nan, 100.0], dtype)))
    for wrt in (0, 1):
        case("atan2-grad-%d" % wrt, "atan2", lax.atan2, [sample("y", F32, (4,), 0.5, 2), sample("x", F32, (4,), 0.5, 2),
                                                         sample("w", F32, (4,))], "derivative", grad=True, wrt=wrt)
    case("nextafter-number", "nextafter", lax.nextafter, [np.array([1.0, 3.0, -1.0], F32), 2.0])
    for name in ("bitwise_and", "bitwise_or", "bitwise_xor"):
        for dtype in (BOOL, U8, I32, U64):
            x, y = pairs_of(special(dtype))
            case("%s-%s" % (name, short(dtype)), name, getattr(lax, name), [x, y])
        case("%s-number" % name, name, getattr(lax, name), [special(I32), 12])
    for name in ("shift_left", "shift_right_logical", "shift_right_arithmetic"):
        for dtype in (U8, U32, I32, I64):
            bits = 8 * np.dtype(dtype).itemsize
            by = np.array([0, 1, 3, bits - 1, bits, 100], dtype)
            x, y = np.repeat(special(dtype), len(by)), np.tile(by, len(special(dtype)))
            case("%s-%s" % (name, short(dtype)), name, getattr(lax, name), [x, y])
        case("%s-number" % name, name, getattr(lax, name), [special(I32), 4])
    for name in ("eq", "ne", "lt", "le", "gt", "ge"):
        for dtype in (BOOL, U8, U64, I32, F32, F64):
            x, y = pairs_of(special(dtype))
            case("%s-%s" % (name, short(dtype)), name, getattr(lax, name), [x, y])
        case("%s-number" % name, name, getattr(lax, name), [special(F32), 1.0])


def choices():
    for dtype in NUMBERS:
        x = special(dtype)
        case("clamp-%s" % short(dtype), "clamp", lax.clamp, [np.array(1, dtype), x, np.array(2, dtype)])
    x = np.array([-1.0, 0.0, 0.5, 2.0, np.nan, 1.0], F32)
    case("clamp-numbers", "clamp", lax.clamp, [0.0, x, 1.0])
    case("clamp-arrays", "clamp", lax.clamp, [np.zeros(6, F32), x, np.ones(6, F32)])
    for wrt in (0, 1, 2):
        case("clamp-grad-%d" % wrt, "clamp", lax.clamp,
             [np.full(6, 0.25, F32), np.nan_to_num(x), np.full(6, 0.75, F32), sample("w", F32, (6,))], "derivative", grad=True,
             wrt=wrt)
    for lanes in ((None, 0, None), (0, 0, 0)):
        v = [np.array([0.0, 0.1, 0.2], F32), sample("c", F32, (3, 2)), np.array([0.5, 0.6, 0.7], F32)]
        v = [np.array(y[0]) if a is None else y for y, a in zip(v, lanes)]
        case("clamp-lanes-%s" % "-".join(map(str, lane_words(lanes))), "clamp", lanes_of(lax.clamp, lanes), v,
             lanes=lane_words(lanes))
    p = np.array([[True, False, True], [False, False, True]])
    for dtype in DTYPES:
        case("select-%s" % short(dtype), "select", lax.select, [p, sample("a", dtype, (2, 3)), sample("b", dtype, (2, 3))])
    case("select-scalar", "select", lax.select, [np.array(False), sample("a", F32, (2, 3)), sample("b", F32, (2, 3))])
    for wrt in (1, 2):
        case("select-grad-%d" % wrt, "select", lax.select,
             [p, sample("a", F32, (2, 3)), sample("b", F32, (2, 3)), sample("w", F32, (2, 3))], "derivative", grad=True, wrt=wrt)
    for lanes in ((0, 0, None), (None, 0, 0)):
        v = [p if lanes[0] == 0 else p[0], sample("a", F32, (2, 3)), sample("b", F32, (2, 3) if lanes[2] == 0 else (3,))]
        case("select-lanes-%s" % "-".join(map(str, lane_words(lanes))), "select", lanes_of(lax.select, lanes), v,
             lanes=lane_words(lanes))
    which = np.array([[0, 1, 2], [2, 0, 1]], I32)
    abc = [sample(n, F32, (2, 3)) for n in "abc"]
    case("select_n-bool", "select_n", lax.select_n, [p] + abc[:2])
    case("select_n-i32", "select_n", lax.select_n, [which] + abc)
    case("select_n-scalar", "select_n", lax.select_n, [np.array(1, I32)] + abc)
    case("select_n-one", "select_n", lax.select_n, [np.zeros((2, 3), I32), abc[0]])
    case("select_n-grad", "select_n", lax.select_n, [which] + abc + [sample("w", F32, (2, 3))], "derivative", grad=True, wrt=2)
    for a in (BOOL, U8, I64, F32):
        for b in DTYPES:
            case("convert_element_type-%s-%s" % (short(a), short(b)), "convert_element_type",
                 lambda x, b=b: lax.convert_element_type(x, b), [sample("c", a, (2, 2))], dtype=short(b))
    case("convert_element_type-number", "convert_element_type", lambda x: lax.convert_element_type(x, I32), [1.5], dtype="i32")
    case("convert_element_type-grad", "convert_element_type", lambda x: lax.convert_element_type(x, F64),
         [sample("c", F32, (3,)), sample("w", F64, (3,))], "derivative", grad=True, dtype="f64", x64=True)
    for a, b, x in ((F32, I32, (2, 3)), (I32, F32, (4,)), (F32, U8, (3,)), (F64, U32, (2,)), (U8, F32, (2, 4)), (U32, F64, (3, 2)),
                    (U8, U64, (8,)), (U64, U8, (2,)), (I64, F64, (2,)), (BOOL, BOOL, (3,))):
        case("bitcast_convert_type-%s-%s" % (short(a), short(b)), "bitcast_convert_type",
             lambda x, b=b: lax.bitcast_convert_type(x, b), [sample("b", a, x)], dtype=short(b))
    for part in (0, 1):
        v = [np.array(7, U32), np.array(9, U32), np.arange(3, dtype=U32), np.arange(4, 7, dtype=U32)]
        case("threefry2x32-%d" % part, "threefry2x32", lambda *a, p=part: threefry2x32_p.bind(*a)[p],
             [np.full(3, 7, U32), np.full(3, 9, U32)] + v[2:], part=part)
        case("threefry2x32-scalar-key-%d" % part, "threefry2x32",
             lambda a, b, x, y, p=part: threefry2x32_p.bind(jnp.broadcast_to(a, x.shape), jnp.broadcast_to(b, x.shape), x, y)[p],
             v, part=part)
        case("optimization_barrier-%d" % part, "optimization_barrier",
             lambda *a, p=part: lax.optimization_barrier(a)[p], [sample("a", F32, (2,)), sample("b", I32, (3,))], part=part)
    case("optimization_barrier-grad", "optimization_barrier", lambda x: lax.optimization_barrier((x,))[0],
         [sample("a", F32, (2,)), sample("w", F32, (2,))], "derivative", grad=True)


def new_arrays():
    for dtype in NUMBERS:
        case("iota-%s" % short(dtype), "iota", lambda x, t=dtype: lax.iota(t, 5), [np.zeros(1, F32)], dtype=short(dtype), k=5)
    case("iota-0", "iota", lambda x: lax.iota(I32, 0), [np.zeros(1, F32)], dtype="i32", k=0)
    for shape, d in (((2, 3), 0), ((2, 3), 1), ((2, 0, 2), 2), ((1,), 0)):
        case("broadcasted_iota-%s-%d" % (shape_text(shape), d), "broadcasted_iota",
             lambda x, s=shape, d=d: lax.broadcasted_iota(I32, s, d), [np.zeros(1, F32)], dtype="i32", shape=shape, axis=d)
    case("full-int", "full", lambda v: lax.full((2, 3), v), [3], shape=(2, 3))
    case("full-float", "full", lambda v: lax.full((2,), v), [0.5], shape=(2,))
    case("full-scalar", "full", lambda v: lax.full((2,), v), [np.array(2, U8)], shape=(2,))
    case("full-rank-0", "full", lambda v: lax.full((), v), [np.array(2, F32)], shape=())
    case("full-empty", "full", lambda v: lax.full((0, 2), v), [1.0], shape=(0, 2))
    case("full-f64", "full", lambda v: lax.full((2,), v, F64), [0.1], shape=(2,), dtype="f64", x64=True)
    case("full-i32-of-float", "full", lambda v: lax.full((2,), v, I32), [2.75], shape=(2,), dtype="i32")
    case("full-bool", "full", lambda v: lax.full((2,), v, bool), [2], shape=(2,), dtype="bool")
    for dtype in (BOOL, U8, F64):
        case("full_like-%s" % short(dtype), "full_like", lambda x, v: lax.full_like(x, v), [sample("f", dtype, (2, 2)), 1])
    case("full_like-dtype", "full_like", lambda x, v: lax.full_like(x, v, I32), [sample("f", F32, (2, 2)), 2.75], dtype="i32")
    case("full_like-truncates", "full_like", lambda x, v: lax.full_like(x, v), [sample("f", I32, (2,)), 3.5])
    case("full_like-number", "full_like", lambda x, v: lax.full_like(x, v), [1, 3])


def shapes():
    x = sample("s", F32, (2, 3))
    x3 = sample("s3", F32, (2, 3, 4))

    def both(name, call, f, operands, weights, **keys):
        case(name, call, f, operands, **keys)
        case(name + "-grad", call, f, operands + [sample("w", F32, weights)], "derivative", grad=True, **keys)

    for sizes in ((), (2,), (2, 1), (0,)):
        both("broadcast-" + shape_text(sizes), "broadcast", lambda x, s=sizes: lax.broadcast(x, s), [x], sizes + (2, 3),
             shape=sizes)
    case("broadcast-number", "broadcast", lambda x: lax.broadcast(x, (2,)), [1.5], shape=(2,))
    for a, to, dims in (((2, 3), (2, 4, 3), (0, 2)), ((1, 3), (2, 3), (0, 1)), ((), (2, 2), ()), ((3,), (3, 2), (0,)),
                        ((1, 1), (2, 3, 4), (0, 2)), ((2,), (2,), (0,)), ((0,), (2, 0), (1,))):
        both("broadcast_in_dim-%s-%s-%s" % (shape_text(a), shape_text(to), "_".join(map(str, dims))), "broadcast_in_dim",
             lambda x, to=to, d=dims: lax.broadcast_in_dim(x, to, d), [sample("b", F32, a)], to, shape=to, ints=dims)
    for rank in (1, 2, 4):
        both("broadcast_to_rank-%d" % rank, "broadcast_to_rank", lambda x, r=rank: lax.broadcast_to_rank(x, r), [x],
             (1,) * max(rank - 2, 0) + (2, 3), k=rank)
    for to in ((6,), (3, 2), (1, 6, 1), (2, 3)):
        both("reshape-" + shape_text(to), "reshape", lambda x, to=to: lax.reshape(x, to), [x], to, shape=to)
    both("reshape-dimensions", "reshape", lambda x: lax.reshape(x, (4, 6), (2, 0, 1)), [x3], (4, 6), shape=(4, 6), ints=(2, 0, 1))
    case("reshape-number", "reshape", lambda x: lax.reshape(x, (1, 1)), [2], shape=(1, 1))
    for lanes, v in (((0,), x3), ((1,), x3), ((2,), x3)):
        n = v.size // v.shape[lanes[0]]
        case("reshape-lanes-%d" % lanes[0], "reshape", lanes_of(lambda y, n=n: lax.reshape(y, (n,)), lanes), [v],
             lanes=lane_words(lanes), shape=(n,))
    for start, stop in ((1, None), (0, 2), (-2, -1), (1, 1), (0, 3), (1, 9)):
        n = 0 if stop is None else stop
        y = lax.collapse(x3, start, stop)
        both("collapse-%d-%s" % (start, stop), "collapse", lambda x, a=start, b=stop: lax.collapse(x, a, b), [x3], y.shape,
             start=start, stop="none" if stop is None else n)
    one = sample("one", F32, (1, 2, 1, 3))
    for dims in ((0,), (2,), (0, 2), (-4, -2), (2, 0), ()):
        y = lax.squeeze(one, dims)
        both("squeeze-%s" % "_".join(map(str, dims)), "squeeze", lambda x, d=dims: lax.squeeze(x, d), [one], y.shape, ints=dims)
    for dims in ((0,), (-1,), (0, -1), (-1, 0), (1, 2), ()):
        y = lax.expand_dims(x, dims)
        both("expand_dims-%s" % "_".join(map(str, dims)), "expand_dims", lambda x, d=dims: lax.expand_dims(x, d), [x], y.shape,
             ints=dims)
    for p in ((0, 1, 2), (2, 0, 1), (1, 0, 2)):
        both("transpose-%s" % "_".join(map(str, p)), "transpose", lambda x, p=p: lax.transpose(x, p), [x3],
             lax.transpose(x3, p).shape, ints=p)
    for dims in ((0,), (2, 0), ()):
        both("rev-%s" % "_".join(map(str, dims)), "rev", lambda x, d=dims: lax.rev(x, d), [x3], (2, 3, 4), ints=dims)
    for lane in (0, 1, 2):
        case("transpose-lanes-%d" % lane, "transpose", lanes_of(lambda y: lax.transpose(y, (1, 0)), (lane,)), [x3], lanes=[lane],
             ints=(1, 0))
        case("rev-lanes-%d" % lane, "rev", lanes_of(lambda y: lax.rev(y, (1,)), (lane,)), [x3], lanes=[lane], ints=(1,))
        case("expand_dims-lanes-%d" % lane, "expand_dims", lanes_of(lambda y: lax.expand_dims(y, (0, 2)), (lane,)), [x3],
             lanes=[lane], ints=(0, 2))
        case("broadcast_in_dim-lanes-%d" % lane, "broadcast_in_dim",
             lanes_of(lambda y: lax.broadcast_in_dim(y, (5,) + y.shape, (1, 2)), (lane,)), [x3], lanes=[lane], ints=(1, 2),
             shape=(5,) + tuple(n for i, n in enumerate(x3.shape) if i != lane))


def blocks():
    x = sample("b", F32, (4, 5))
    for start, limit, strides in (((0, 0), (4, 5), None), ((1, 2), (3, 5), None), ((0, 1), (4, 5), (2, 3)), ((2, 2), (2, 4), None),
                                  ((3, 0), (4, 5), (5, 4))):
        y = lax.slice(x, start, limit, strides)
        name = "slice-%s-%s-%s" % tuple("_".join(map(str, v or ())) for v in (start, limit, strides))
        keys = {"ints": start, "limits": limit} | ({"strides": strides} if strides else {})
        f = lambda x, s=start, l=limit, t=strides: lax.slice(x, s, l, t)
        case(name, "slice", f, [x], **keys)
        case(name + "-grad", "slice", f, [x, sample("w", F32, y.shape)], "derivative", grad=True, **keys)
    for lane in (0, 1):
        case("slice-lanes-%d" % lane, "slice", lanes_of(lambda y: lax.slice(y, (1,), (4,), (2,)), (lane,)), [x], lanes=[lane],
             ints=[1], limits=[4], strides=[2])
    for start, limit, stride, axis in ((1, 4, 1, 1), (0, -1, 1, 0), (-2, None, 1, -1), (None, None, 2, 1), (0, 0, 1, 0)):
        case("slice_in_dim-%s-%s-%d-%d" % (start, limit, stride, axis), "slice_in_dim",
             lambda x, s=start, l=limit, t=stride, a=axis: lax.slice_in_dim(x, s, l, t, a), [x],
             start="none" if start is None else start, stop="none" if limit is None else limit, k=stride, axis=axis)
    for i, axis, keep in ((0, 0, True), (-1, 1, True), (2, -1, False), (3, 0, False)):
        f = lambda x, i=i, a=axis, k=keep: lax.index_in_dim(x, i, a, k)
        case("index_in_dim-%d-%d-%d" % (i, axis, keep), "index_in_dim", f, [x], k=i, axis=axis, keepdims=int(keep))
        case("index_in_dim-%d-%d-%d-grad" % (i, axis, keep), "index_in_dim", f, [x, sample("w", F32, f(x).shape)], "derivative",
             grad=True, k=i, axis=axis, keepdims=int(keep))
    for n, config in enumerate((((1, 2, 0), (0, 0, 0)), ((0, 0, 2), (1, 0, 1)), ((-1, 0, 0), (0, -2, 0)), ((-1, 2, 1), (3, -1, 2)),
                                ((0, 0, 0), (0, 0, 0)), ((-3, 1, 1), (0, 0, 0)), ((2, -2, 0), (-5, 0, 0)), ((-4, 0, 0), (2, 2, 3)))):
        f = lambda x, v, c=config: lax.pad(x, v, c)
        keys = {"low": [c[0] for c in config], "high": [c[1] for c in config], "interior": [c[2] for c in config]}
        y = f(x, np.float32(0))
        case("pad-%d" % n, "pad", f, [x, np.array(1.5, F32)], **keys)
        case("pad-number-%d" % n, "pad", f, [x, -0.5], **keys)
        for wrt in (0, 1):
            g = lambda x, v, f=f: f(x + 0 * v, v)  # JAX fails for the padding value alone
            case("pad-grad-%d-%d" % (n, wrt), "pad", g, [x, np.array(1.5, F32), sample("w", F32, y.shape)], "derivative",
                 grad=True, wrt=wrt, **keys)
    for dtype in (BOOL, U8, I64):
        case("pad-%s" % short(dtype), "pad", lambda x, v: lax.pad(x, v, ((1, 1, 1),)), [sample("p", dtype, (3,)),
                                                                                   np.array(1, dtype)], low=[1], high=[1], interior=[1])
    for lanes in ((0, None), (1, None), (0, 0), (None, 0)):
        v = [sample("l", F32, (3, 2)), np.array([1, 2, 3], F32)]
        v = [v[0] if lanes[0] == 0 else v[0].T if lanes[0] == 1 else v[0][0], v[1] if lanes[1] == 0 else np.array(v[1][0])]
        case("pad-lanes-%s" % "-".join(map(str, lane_words(lanes))), "pad",
             lanes_of(lambda x, v: lax.pad(x, v, ((1, -1, 1),)), lanes), v, lanes=lane_words(lanes), low=[1], high=[-1],
             interior=[1])
    a, b, c = sample("a", F32, (2, 3)), sample("b", F32, (2, 1)), sample("c", F32, (2, 0))
    case("concatenate-1", "concatenate", lambda *v: lax.concatenate(v, 1), [a, b, c], axis=1)
    case("concatenate-0", "concatenate", lambda *v: lax.concatenate(v, 0), [a, a], axis=0)
    case("concatenate-one", "concatenate", lambda *v: lax.concatenate(v, 0), [a], axis=0)
    for dtype in (BOOL, U8, I64):
        case("concatenate-%s" % short(dtype), "concatenate", lambda *v: lax.concatenate(v, 0),
             [sample("a", dtype, (2,)), sample("b", dtype, (3,))], axis=0)
    for wrt in (0, 1):
        case("concatenate-grad-%d" % wrt, "concatenate", lambda *v: lax.concatenate(v, 1), [a, b, sample("w", F32, (2, 4))],
             "derivative", grad=True, wrt=wrt, axis=1)
    case("concatenate-lanes", "concatenate", lanes_of(lambda *v: lax.concatenate(v, 0), (0, None)), [a, b[:, 0]], lanes=[0, "n"],
         axis=0)


def along_axes():
    x3 = {t: sample("r", t, (2, 3, 4)) for t in DTYPES}
    for name in ("sum", "prod", "max", "min", "and", "or", "xor"):
        f = getattr(lax, "reduce_" + name)
        tolerance = "reduction" if name in ("sum", "prod") else "exact"
        dtypes = {"sum": NUMBERS, "prod": NUMBERS, "max": DTYPES, "min": DTYPES}.get(name, [BOOL] + INTEGERS)
        for dtype in dtypes:
            case("reduce_%s-%s" % (name, short(dtype)), "reduce_" + name, lambda x, f=f: f(x, (1,)), [x3[dtype]], tolerance,
                 x64=dtype in WIDE, ints=[1])
            case("reduce_%s-empty-%s" % (name, short(dtype)), "reduce_" + name, lambda x, f=f: f(x, (0,)),
                 [np.zeros((0, 2), dtype)], tolerance, x64=dtype in WIDE, ints=[0]) if dtype in (BOOL, U8, I32, F64) else None
        x = x3[F32] if F32 in dtypes else x3[I32]
        for axes in ((2, 0), (0, 1, 2), ()):
            case("reduce_%s-axes%s" % (name, "_".join(map(str, axes))), "reduce_" + name, lambda x, f=f, a=axes: f(x, a), [x],
                 tolerance, ints=axes)
        for lane in (0, 2):
            case("reduce_%s-lanes-%d" % (name, lane), "reduce_" + name, lanes_of(lambda x, f=f: f(x, (1,)), (lane,)), [x],
                 tolerance, lanes=[lane], ints=[1])
        if F32 in dtypes:
            case("reduce_%s-nan" % name, "reduce_" + name, lambda x, f=f: f(x, (1,)), [with_nan(name, F32, (4, 6))], tolerance,
                 ints=[1])
            case("reduce_%s-grad" % name, "reduce_" + name, lambda x, f=f: f(x, (1,)), [x, sample("w", F32, (2, 4))],
                 "derivative", grad=True, ints=[1])
    for name, f in (("argmax", lax.argmax), ("argmin", lax.argmin)):
        for dtype in DTYPES:
            case("%s-%s" % (name, short(dtype)), name, lambda x, f=f: f(x, 1, np.int32), [x3[dtype]], axis=1, x64=dtype in WIDE)
        case("%s-i64-indices" % name, name, lambda x, f=f: f(x, 2, np.int32).astype(np.int64), [x3[F32]], axis=2, dtype="i64")
        case("%s-nan" % name, name, lambda x, f=f: f(x, 1, np.int32), [with_nan(name, F32, (4, 6))], axis=1)
        case("%s-lanes" % name, name, lanes_of(lambda x, f=f: f(x, 0, np.int32), (1,)), [x3[F32]], axis=0, lanes=[1])
    for name in ("cumsum", "cumprod", "cummax", "cummin", "cumlogsumexp"):
        f = getattr(lax, name)
        tolerance = "exact" if name in ("cummax", "cummin") else "reduction"
        for dtype in FLOATS if name == "cumlogsumexp" else NUMBERS:
            for reverse in (False, True):
                case("%s-%s-%d" % (name, short(dtype), reverse), name, lambda x, f=f, r=reverse: f(x, axis=1, reverse=r),
                     [x3[dtype]], tolerance, x64=dtype in WIDE, axis=1, reverse=int(reverse))
        for axis in (0,):
            for reverse in (False, True):
                keys = {"axis": axis, "reverse": int(reverse)}
                g = lambda x, f=f, a=axis, r=reverse: f(x, axis=a, reverse=r)
                case("%s-axis%d-%d" % (name, axis, reverse), name, g, [x3[F32]], tolerance, **keys)
                case("%s-grad-axis%d-%d" % (name, axis, reverse), name, g, [x3[F32], sample("w", F32, (2, 3, 4))], "derivative",
                     grad=True, **keys)
        case("%s-nan" % name, name, lambda x, f=f: f(x, axis=1), [with_nan(name, F32, (4, 6))], tolerance, axis=1, reverse=0)
        case("%s-nothing" % name, name, lambda x, f=f: f(x, axis=1), [np.zeros((2, 0), F32)], tolerance, axis=1, reverse=0)
        for lane in (0, 2):
            case("%s-lanes-%d" % (name, lane), name, lanes_of(lambda x, f=f: f(x, axis=1, reverse=True), (lane,)), [x3[F32]],
                 tolerance, axis=1, reverse=1, lanes=[lane])


def order():
    x = {t: sample("o", t, (3, 5)) for t in DTYPES}
    ties = np.array([[2, 1, 2, 1, 0], [0, 0, 1, 1, 0], [3, 3, 3, 3, 3]], I32)
    more = sample("more", F32, (3, 5))
    for dtype in DTYPES:
        for d in (0, -1):
            case("sort-%s-%d" % (short(dtype), d), "sort", lambda x, d=d: lax.sort(x, dimension=d), [x[dtype]], axis=d)
    case("sort-corners", "sort", lax.sort, [np.array([np.nan, 1.0, -np.inf, np.inf, 0.0, -1.0, np.nan], F32)], axis=0)
    case("sort-grad", "sort", lambda x: lax.sort(x, dimension=1), [x[F32], sample("w", F32, (3, 5))], "derivative", grad=True,
         axis=1)
    for keys in (1, 2):
        for part in (0, 1, 2):
            f = lambda *v, k=keys, p=part: lax.sort(v, dimension=1, num_keys=k)[p]
            number = np.broadcast_to(np.arange(5, dtype=I32), (3, 5)).copy()
            case("sort-%d-keys-%d" % (keys, part), "sort", f, [ties, more, number], axis=1, k=keys, part=part)
            case("sort-%d-keys-lanes-%d" % (keys, part), "sort",
                 lanes_of(lambda *v, k=keys, p=part: lax.sort(v, dimension=0, num_keys=k)[p], (1, 1, 0)),
                 [ties.T, more.T, number], axis=0, k=keys, part=part, lanes=[1, 1, 0])
        case("sort-%d-keys-grad" % keys, "sort", lambda *v, k=keys: lax.sort(v, dimension=1, num_keys=k)[1],
             [ties, more, sample("w", F32, (3, 5))], "derivative", grad=True, wrt=1, axis=1, k=keys, part=1)
    for part in (0, 1):
        case("sort_key_val-%d" % part, "sort_key_val", lambda a, b, p=part: lax.sort_key_val(a, b, 1)[p], [ties, more], axis=1,
             part=part)
        for dtype in (F32, U8, F64):
            for k in (0, 2, 5):
                case("top_k-%s-%d-%d" % (short(dtype), k, part), "top_k", lambda x, k=k, p=part: lax.top_k(x, k)[p], [x[dtype]],
                     axis=-1, k=k, part=part)
        case("top_k-ties-%d" % part, "top_k", lambda x, p=part: lax.top_k(x, 3)[p], [ties], axis=-1, k=3, part=part)
        case("top_k-axis-%d" % part, "top_k", lambda x, p=part: lax.top_k(x, 2, axis=0)[p], [x[F32]], axis=0, k=2, part=part)
        case("top_k-lanes-%d" % part, "top_k", lanes_of(lambda x, p=part: lax.top_k(x, 2)[p], (1,)), [x[F32]], axis=-1, k=2,
             part=part, lanes=[1])
    case("sort_key_val-grad", "sort_key_val", lambda a, b: lax.sort_key_val(a, b, 1)[1], [ties, more, sample("w", F32, (3, 5))],
         "derivative", grad=True, wrt=1, axis=1, part=1)
    case("top_k-grad", "top_k", lambda x: lax.top_k(x, 2)[0], [x[F32], sample("w", F32, (3, 2))], "derivative", grad=True, axis=-1,
         k=2, part=0)


def products():
    def both(name, f, a, b, **keys):
        dtype = keys.pop("of", F32)
        v = [sample("a", dtype, a), sample("b", dtype, b)]
        case(name, "dot_general", f, v, "reduction", **keys)
        if dtype == F32:
            y = f(jnp.asarray(v[0]), jnp.asarray(v[1]))
            for wrt in (0, 1):
                case("%s-grad-%d" % (name, wrt), "dot_general", f, v + [sample("w", F32, y.shape)], "derivative", grad=True,
                     wrt=wrt, **keys)

    def numbers(lc, rc, lb, rb):
        return {"lc": lc, "rc": rc, "lb": lb, "rb": rb}

    for n, (a, b, lc, rc, lb, rb) in enumerate((
            ((2, 3), (3, 4), [1], [0], [], []), ((2, 3), (4, 3), [1], [1], [], []), ((3, 2), (3, 4), [0], [0], [], []),
            ((2, 3), (2, 3), [1], [1], [0], [0]), ((2, 3, 4), (2, 4, 5), [2], [1], [0], [0]),
            ((3, 2, 4), (4, 2, 5), [2], [0], [1], [1]), ((2, 3, 4), (3, 4, 5), [1, 2], [0, 1], [], []),
            ((2, 3, 4), (4, 3, 5), [2, 1], [0, 1], [], []), ((2, 3, 4, 5), (3, 2, 5, 6), [3], [2], [0, 1], [1, 0]),
            ((2,), (3,), [], [], [], []), ((2, 3), (2, 4), [], [], [0], [0]), ((3,), (3,), [0], [0], [], []),
            ((2, 0), (0, 3), [1], [0], [], []), ((), (3,), [], [], [], []))):
        f = lambda x, y, lc=lc, rc=rc, lb=lb, rb=rb: lax.dot_general(x, y, ((lc, rc), (lb, rb)))
        both("dot_general-%d" % n, f, a, b, **numbers(lc, rc, lb, rb))
    for dtype in INTEGERS + [F64]:
        f = lambda x, y: lax.dot_general(x, y, (([1], [0]), ([], [])))
        both("dot_general-%s" % short(dtype), f, (2, 3), (3, 4), of=dtype, **numbers([1], [0], [], []))
    for dtype, to in ((F32, F64), (U8, U32), (I32, I64)):
        f = lambda x, y, t=to: lax.dot_general(x, y, (([1], [0]), ([], [])), preferred_element_type=t)
        both("dot_general-%s-%s" % (short(dtype), short(to)), f, (2, 3), (3, 4), of=dtype, dtype=short(to), x64=True,
             **numbers([1], [0], [], [])) if dtype != F32 else \
            case("dot_general-f32-f64", "dot_general", f, [sample("a", F32, (2, 3)), sample("b", F32, (3, 4))], "reduction",
                 dtype="f64", x64=True, **numbers([1], [0], [], []))
    for lanes in ((0, None), (None, 1), (0, 2), (1, 0)):
        v = [sample("a", F32, (2, 3)), sample("b", F32, (3, 4))]
        stacks = [np.stack([y, y + 1, y * 2], a) if a is not None else y for y, a in zip(v, lanes)]
        case("dot_general-lanes-%s" % "-".join(map(str, lane_words(lanes))), "dot_general",
             lanes_of(lambda x, y: lax.dot_general(x, y, (([1], [0]), ([], []))), lanes), stacks, "reduction",
             lanes=lane_words(lanes), **numbers([1], [0], [], []))
    for a, b in (((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4))):
        f = lax.dot
        v = [sample("a", F32, a), sample("b", F32, b)]
        case("dot-" + shape_text(a, b), "dot", f, v, "reduction")
        case("dot-grad-" + shape_text(a, b), "dot", f, v + [sample("w", F32, f(*v).shape)], "derivative", grad=True)
    case("dot-f64", "dot", lambda x, y: lax.dot(x, y, preferred_element_type=F64),
         [sample("a", F32, (2, 3)), sample("b", F32, (3, 2))], "reduction", dtype="f64", x64=True)
    for a, b in (((2, 3), (3, 4)), ((5, 2, 3), (5, 3, 4)), ((2, 2, 2, 3), (2, 2, 3, 1))):
        v = [sample("a", F32, a), sample("b", F32, b)]
        y = lax.batch_matmul(*v)
        case("batch_matmul-" + shape_text(a, b), "batch_matmul", lax.batch_matmul, v, "reduction")
        case("batch_matmul-grad-" + shape_text(a, b), "batch_matmul", lax.batch_matmul, v + [sample("w", F32, y.shape)],
             "derivative", grad=True, wrt=1)


def narrow():
    """Dtypes of eight and sixteen bits."""
    for t in (I8, I16, U16):
        x, y = pairs_of(special(t))
        text = short(t)
        for name in ("neg", "sign", "square", "bitwise_not", "population_count", "clz") + (("abs",) if t != U16 else ()):
            case("%s-%s" % (name, text), name, getattr(lax, name), [special(t)])
        for name in ("add", "mul", "div", "rem", "max", "bitwise_xor", "lt"):
            case("%s-%s" % (name, text), name, getattr(lax, name), [x, y])
        by = np.array([0, 1, 7, 8, 15, 16, 100], t)
        v = [np.repeat(special(t), len(by)), np.tile(by, len(special(t)))]
        for name in ("shift_left", "shift_right_logical", "shift_right_arithmetic"):
            case("%s-%s" % (name, text), name, getattr(lax, name), v)
        m = sample("m", t, (3, 5))
        for name in ("sum", "prod", "min", "and", "xor"):
            f = getattr(lax, "reduce_" + name)
            case("reduce_%s-%s" % (name, text), "reduce_" + name, lambda x, f=f: f(x, (0,)), [m], ints=[0])
        case("cumsum-" + text, "cumsum", lambda x: lax.cumsum(x, 1, True), [m], axis=1, reverse=1)
        case("argmin-" + text, "argmin", lambda x: lax.argmin(x, 1, np.int32), [m], axis=1)
        case("sort-" + text, "sort", lambda x: lax.sort(x, dimension=1), [m], axis=1)
        case("integer_pow-" + text, "integer_pow", lambda x: lax.integer_pow(x, 3), [special(t)], k=3)
        case("clamp-" + text, "clamp", lax.clamp, [np.array(1, t), special(t), np.array(7, t)])
        case("iota-" + text, "iota", lambda x, t=t: lax.iota(t, 5), [np.zeros(1, F32)], dtype=text, k=5)
        case("dot_general-%s-i32" % text, "dot_general",
             lambda x, y: lax.dot_general(x, y, (([1], [1]), ([], [])), preferred_element_type=I32),
             [m, m], lc=[1], rc=[1], lb=[], rb=[], dtype="i32") if t != U16 else None
    for t in (F16, BF16):
        text, tolerance = short(t), "narrow_" + short(t)
        x = np.array([0.0, -0.0, 1.5, -2.5, 0.5, 3.0, np.inf, -np.inf, np.nan], t)
        m = sample("h", t, (3, 5))
        for name in ("exp", "tanh", "logistic", "rsqrt", "erf"):
            case("%s-%s" % (name, text), name, getattr(lax, name), [x], tolerance)
        for name in ("neg", "abs", "sign", "floor", "ceil", "is_finite"):
            case("%s-%s" % (name, text), name, getattr(lax, name), [x])
        for name in ("add", "sub", "mul", "div", "atan2", "ge"):
            case("%s-%s" % (name, text), name, getattr(lax, name), pairs_of(x), tolerance)
        case("add-number-" + text, "add", lambda x, y: lax.add(x, jnp.asarray(y, x.dtype)), [x, 0.1], tolerance)
        case("round-1-" + text, "round", lambda x: lax.round(x, lax.RoundingMethod(1)), [x], method=1)
        for f, name in ((lax.reduce_max, "reduce_max"), (lax.reduce_min, "reduce_min")):
            case("%s-%s" % (name, text), name, lambda x, f=f: f(x, (1,)), [m], ints=[1])
        case("sort-" + text, "sort", lambda x: lax.sort(x, dimension=1), [m], axis=1)
        case("top_k-" + text, "top_k", lambda x: lax.top_k(x, 2)[0], [m], axis=-1, k=2, part=0)
        case("argmax-" + text, "argmax", lambda x: lax.argmax(x, 1, np.int32), [m], axis=1)
        case("cummax-" + text, "cummax", lambda x: lax.cummax(x, 1), [m], axis=1, reverse=0)
        case("pad-" + text, "pad", lambda x, v: lax.pad(x, v, ((1, -1, 0), (0, 0, 1))), [m, np.array(2, t)], low=[1, 0],
             high=[-1, 0], interior=[0, 1])
        case("dot_general-%s-f32" % text, "dot_general",
             lambda x, y: lax.dot_general(x, y, (([1], [1]), ([], [])), preferred_element_type=F32),
             [m, m], "reduction", lc=[1], rc=[1], lb=[], rb=[], dtype="f32")
        case("exp-grad-" + text, "exp", lax.exp, [m, sample("w", t, (3, 5))], tolerance, grad=True)
        case("convert_element_type-grad-f32-" + text, "convert_element_type", lambda x, t=t: lax.convert_element_type(x, t),
             [m.astype(F32), sample("w", t, (3, 5))], tolerance, grad=True, dtype=text)
    for a, b, x in ((F16, I16, (3,)), (BF16, U16, (3,)), (F32, U16, (3,)), (F32, I8, (2,)), (I8, F16, (3, 2)), (U16, F64, (2, 4)),
                    (F16, BF16, (3,)), (I16, F32, (2, 2))):
        case("bitcast_convert_type-%s-%s" % (short(a), short(b)), "bitcast_convert_type",
             lambda x, b=b: lax.bitcast_convert_type(x, b), [sample("b", a, x)], dtype=short(b))
    case("reduce_precision-5-2-bf16", "reduce_precision", lambda x: lax.reduce_precision(x, 5, 2), [sample("p", BF16, (5,))],
         exponent=5, mantissa=2)
    case("nextafter-f16", "nextafter", lax.nextafter, pairs_of(np.array([1.0, -2.0, np.inf, np.nan, 100.0], F16)))


def write():
    unary()
    binary()
    random_gamma_grad()
    choices()
    new_arrays()
    shapes()
    blocks()
    along_axes()
    order()
    products()
    narrow()

"""Of tests/test_numpy_creation.c: new arrays, diagonals and triangles, arithmetic along axes."""
import numpy as np

import jax
import jax.numpy as jnp

from cases import *


def grads(name, call, f, operands, **keys):
    w = sample("w", F32, np.shape(f(*[jnp.asarray(x) for x in operands])))
    for i, x in enumerate(operands):
        if isinstance(x, np.ndarray) and x.dtype == F32:
            case("%s-grad%d" % (name, i), call, f, operands + [w], "derivative", grad=True, wrt=i, **keys)


def spaces():
    a, b = sample("a", F32, (3,)), sample("b", F32, (2, 1))
    for name, f in (("linspace", jnp.linspace), ("logspace", jnp.logspace), ("geomspace", jnp.geomspace)):
        low = 1.0 if name == "geomspace" else -1.0
        tolerance = "bounds" if name == "linspace" else "derivative"
        for n in (0, 1, 2, 5, 50):
            for open in (0, 1):
                case("%s-%d-%d" % (name, n, open), name, lambda x, y, n=n, o=open, f=f: f(x, y, n, endpoint=not o), [low, 2.5],
                     tolerance, n=n, open=open)
        case(name + "-int", name, lambda x, y, f=f: f(x, y, 7), [1, 5], tolerance, n=7)
        case(name + "-to-i32", name, lambda x, y, f=f: f(x, y, 6, dtype=jnp.int32), [low + 2, 3.4], n=6, dtype="i32")
        case(name + "-f64", name, lambda x, y, f=f: f(x, y, 6, dtype=jnp.float64), [1, 8.5], tolerance, n=6, dtype="f64", x64=True)
        if name != "geomspace":
            for axis in (0, 1, -1):
                case("%s-arrays-%d" % (name, axis), name, lambda x, y, f=f, a=axis: f(x, y, 4, axis=a), [a, b], tolerance, n=4,
                     axes=[axis])
            case(name + "-one-array", name, lambda x, y, f=f: f(x, y, 4), [a, 2], tolerance, n=4)
            case(name + "-i32", name, lambda x, y, f=f: f(x, y, 4), [sample("i", I32, (2,)), 2], tolerance, n=4)
            grads(name, name, lambda x, y, f=f: f(x, y, 4), [a, b], n=4)
    case("linspace-to-i32-down", "linspace", lambda x, y: jnp.linspace(x, y, 8, dtype=jnp.int32), [-3.5, 3.5], n=8, dtype="i32")
    case("linspace-down", "linspace", lambda x, y: jnp.linspace(x, y, 8), [3.5, -3.5], "bounds", n=8)
    case("linspace-lanes", "linspace", lanes_of(lambda x, y: jnp.linspace(x, y, 3), [0, 0]), [a, a + 1], "bounds", n=3, lanes=[0, 0])
    case("logspace-base", "logspace", lambda x, y, z: jnp.logspace(x, y, 5, base=z), [0, 3, 2], "derivative", n=5, base=2)
    case("logspace-base-float", "logspace", lambda x, y, z: jnp.logspace(x, y, 5, base=z), [0, 3.5, 2.5], "derivative", n=5, base=2)
    case("geomspace-negative", "geomspace", lambda x, y: jnp.geomspace(x, y, 5), [-1.0, -16.0], "derivative", n=5)
    case("geomspace-arrays", "geomspace", lambda x, y: jnp.geomspace(x, y, 5, axis=1), [np.array([1, 2], F32), np.array([8, 64], F32)],
         "derivative", n=5, axes=[1])
    case("geomspace-start-array", "geomspace", lambda x, y: jnp.geomspace(x, y, 4), [np.array([1, 2, 4], F32), 64.0],
         "derivative", n=4)


def new():
    case("identity", "identity", lambda: jnp.identity(3), [], n=3)
    case("identity-i32", "identity", lambda: jnp.identity(2, jnp.int32), [], n=2, dtype="i32")
    case("empty", "empty", lambda: jnp.empty((2, 3)), [], shape=[2, 3])
    case("empty_like", "empty_like", jnp.empty_like, [sample("e", I32, (2,))])
    for name in ("hanning", "hamming", "blackman", "bartlett"):
        for n in (0, 1, 2, 5, 12):
            case("%s-%d" % (name, n), name, lambda name=name, n=n: getattr(jnp, name)(n), [], "bounds", n=n)
    for n in (0, 1, 2, 5, 12):
        for beta in (0, 1.5, 14.0):
            case("kaiser-%d-%g" % (n, beta), "kaiser", lambda b, n=n: jnp.kaiser(n, b), [beta], "special", n=n)
    case("kaiser-f64", "kaiser", lambda b: jnp.kaiser(6, b), [np.array(8.5, F64)], "special", n=6)
    case("kaiser-grad", "kaiser", lambda b: jnp.kaiser(6, b), [np.array(2.5, F32), sample("w", F32, (6,))], "special_derivative",
         grad=True, n=6)
    case("kaiser-lanes", "kaiser", lanes_of(lambda b: jnp.kaiser(6, b), [0]), [np.array([2.5, 0.5], F32)], "special", n=6,
         lanes=[0])
    case("shape_indices", "shape_indices", lambda: jnp.indices((2, 3)), [], shape=[2, 3])
    case("shape_indices-f32", "shape_indices", lambda: jnp.indices((2,), jnp.float32), [], shape=[2], dtype="f32")
    for i in range(2):
        case("shape_indices-sparse-%d" % i, "shape_indices", lambda i=i: jnp.indices((2, 3), sparse=True)[i], [], shape=[2, 3], part=i,
             sparse=1)
    for dtype in DTYPES:
        if dtype != BOOL:
            case("vander-" + short(dtype), "vander", jnp.vander, [sample("v", dtype, (3,))], "elementwise", x64=dtype in WIDE)
    x = sample("v", F32, (3,), 0.5, 2.0)
    for n in (1, 2, 5):
        for up in (0, 1):
            case("vander-%d-%d" % (n, up), "vander", lambda x, n=n, u=up: jnp.vander(x, n, bool(u)), [x], "elementwise", n=n, up=up)
    grads("vander", "vander", jnp.vander, [x])


def diagonals():
    x3, m = sample("d", F32, (3, 4, 5)), sample("d", F32, (3, 4))
    for k in (-3, -2, -1, 0, 1, 2, 3, 4, 9):
        for axes in ((0, 1), (1, 0), (-1, 0), (1, 2)):
            keys = {"k": k, "axes": axes}
            case("diagonal-%d-%s" % (k, "_".join(map(str, axes))), "diagonal", lambda x, k=k, a=axes: jnp.diagonal(x, k, *a), [x3],
                 **keys)
            case("trace-%d-%s" % (k, "_".join(map(str, axes))), "trace", lambda x, k=k, a=axes: jnp.trace(x, k, *a), [x3],
                 "reduction", **keys)
        case("diag-%d" % k, "diag", lambda x, k=k: jnp.diag(x, k), [m], k=k)
        case("diag-vector-%d" % k, "diag", lambda x, k=k: jnp.diag(x, k), [m[0]], k=k)
        case("diagflat-%d" % k, "diagflat", lambda x, k=k: jnp.diagflat(x, k), [m[:2, :2].copy()], k=k)
        for name, f in (("tril", jnp.tril), ("triu", jnp.triu)):
            case("%s-%d" % (name, k), name, lambda x, f=f, k=k: f(x, k), [m], k=k)
        case("tri-%d" % k, "tri", lambda k=k: jnp.tri(3, 4, k), [], n=3, m=4, k=k)
        for i in range(2):
            case("tril_indices-%d-%d" % (k, i), "tril_indices", lambda k=k, i=i: jnp.tril_indices(3, k, 4)[i], [], n=3, m=4, k=k, part=i)
            case("triu_indices-%d-%d" % (k, i), "triu_indices", lambda k=k, i=i: jnp.triu_indices(4, k, 3)[i], [], n=4, m=3, k=k, part=i)
    for k in (-1, 0, 1):
        grads("diagonal-%d" % k, "diagonal", lambda x, k=k: jnp.diagonal(x, k), [x3], k=k)
        grads("trace-%d" % k, "trace", lambda x, k=k: jnp.trace(x, k), [x3], k=k)
        grads("diag-%d" % k, "diag", lambda x, k=k: jnp.diag(x, k), [m], k=k)
        grads("diag-vector-%d" % k, "diag", lambda x, k=k: jnp.diag(x, k), [m[0]], k=k)
        grads("tril-%d" % k, "tril", lambda x, k=k: jnp.tril(x, k), [m], k=k)
        grads("triu-%d" % k, "triu", lambda x, k=k: jnp.triu(x, k), [m], k=k)
    for dtype in DTYPES:
        x = sample("d", dtype, (3, 3))
        case("trace-" + short(dtype), "trace", jnp.trace, [x], "reduction", x64=dtype in WIDE)
        case("diag-" + short(dtype), "diag", jnp.diag, [x[0]])
        case("diagonal-" + short(dtype), "diagonal", jnp.diagonal, [x])
        case("tril-" + short(dtype), "tril", jnp.tril, [x])
        case("triu-" + short(dtype), "triu", jnp.triu, [x])
        case("tri-" + short(dtype), "tri", lambda t=dtype: jnp.tri(3, dtype=t), [], n=3, dtype=short(dtype))
        case("fill_diagonal-" + short(dtype), "fill_diagonal", lambda x, v: jnp.fill_diagonal(x, v, inplace=False), [x, 3])
    case("tril-deep", "tril", jnp.tril, [x3])
    case("triu-deep", "triu", lambda x: jnp.triu(x, 2), [x3], k=2)
    case("tril-nan", "tril", jnp.tril, [np.array([[1, np.nan], [np.inf, 2]], F32)])
    case("tril-lanes", "tril", lanes_of(jnp.tril, [1]), [x3], lanes=[1])
    case("diagonal-lanes", "diagonal", lanes_of(jnp.diagonal, [2]), [x3], lanes=[2])
    case("diagonal-empty", "diagonal", jnp.diagonal, [np.zeros((0, 3), F32)])
    case("diag-empty", "diag", jnp.diag, [np.zeros((0,), F32)])
    case("tri-square", "tri", lambda: jnp.tri(4), [], n=4)
    wide, cube = sample("wide", F32, (3, 4)), sample("cube", I32, (2, 2, 2))
    for i in range(2):
        for k in (-1, 0, 2):
            for name, f in (("tril_indices_from", jnp.tril_indices_from), ("triu_indices_from", jnp.triu_indices_from)):
                case("%s-%d-%d" % (name, k, i), name, lambda x, k=k, i=i, f=f: f(x, k)[i], [wide], k=k, part=i)
        case("tril_indices_from-empty-%d" % i, "tril_indices_from", lambda x, i=i: jnp.tril_indices_from(x)[i],
             [np.zeros((0, 2), F32)], part=i)
        case("diag_indices_from-%d" % i, "diag_indices_from", lambda x, i=i: jnp.diag_indices_from(x)[i], [cube], part=i)
    case("diag_indices", "diag_indices", lambda: jnp.diag_indices(3)[1], [], n=3, axes_n=2, part=1)
    for shape in ((3, 3), (2, 4), (4, 2), (3, 3, 3)):
        for v in (7, np.array(1.5, F32), np.array([1, 2], F32), np.array([1, 2, 3, 4, 5], F32), np.array([[1], [2], [3]], I32)):
            case("fill_diagonal-%s-%s" % (shape_text(shape), shape_text(np.shape(v)) + word(type(v)) if not isinstance(v, np.ndarray)
                                           else shape_text(v.shape)), "fill_diagonal",
                 lambda x, v: jnp.fill_diagonal(x, v, inplace=False), [sample("f", F32, shape), v])
    grads("fill_diagonal", "fill_diagonal", lambda x, v: jnp.fill_diagonal(x, v, inplace=False), [m, np.array([1, 2], F32)])


def running():
    x3 = sample("c", F32, (2, 3, 4))
    nan = with_nan("c", F32, (4, 6))
    for name, f in (("cumsum", jnp.cumsum), ("cumprod", jnp.cumprod), ("nancumsum", jnp.nancumsum), ("nancumprod", jnp.nancumprod)):
        case(name + "-flat", name, f, [x3], "reduction")
        for axis in (0, 1, -1):
            case("%s-%d" % (name, axis), name, lambda x, f=f, a=axis: f(x, axis=a), [x3], "reduction", axes=[axis])
        for dtype in DTYPES:
            case("%s-%s" % (name, short(dtype)), name, lambda x, f=f: f(x, axis=1), [sample("c", dtype, (2, 4))], "reduction",
                 x64=dtype in WIDE, axes=[1])
        case(name + "-number", name, f, [2.5])
        case(name + "-nan", name, lambda x, f=f: f(x, axis=1), [nan], "reduction", axes=[1])
        case(name + "-empty", name, lambda x, f=f: f(x, axis=1), [np.zeros((2, 0), F32)], axes=[1])
        for t in ("bool", "int32", "float64"):
            case("%s-to-%s" % (name, t), name, lambda x, f=f, t=t: f(x, axis=0, dtype=t), [sample("c", I32, (4, 2))], "reduction",
                 axes=[0], dtype=NAMES[t])
        grads(name, name, lambda x, f=f: f(x, axis=1), [x3], axes=[1])
        case(name + "-lanes", name, lanes_of(lambda x, f=f: f(x, axis=0), [1]), [x3], "reduction", axes=[0], lanes=[1])
    for name, f in (("cumulative_sum", jnp.cumulative_sum), ("cumulative_prod", jnp.cumulative_prod)):
        for initial in (0, 1):
            for axis in (0, 2, -2):
                case("%s-%d-%d" % (name, axis, initial), name,
                     lambda x, f=f, a=axis, i=initial: f(x, axis=a, include_initial=bool(i)), [x3], "reduction", axes=[axis],
                     first=initial)
            case("%s-vector-%d" % (name, initial), name, lambda x, f=f, i=initial: f(x, include_initial=bool(i)), [x3[0, 0]],
                 "reduction", first=initial)
            for dtype in (BOOL, U8, U32, I32, F64):
                case("%s-%s-%d" % (name, short(dtype), initial), name, lambda x, f=f, i=initial: f(x, include_initial=bool(i)),
                     [sample("c", dtype, (4,))], "reduction", first=initial, x64=dtype in WIDE)
        case(name + "-to-f32", name, lambda x, f=f: f(x, dtype=jnp.float32), [sample("c", I32, (4,))], "reduction", dtype="f32")
        grads(name, name, lambda x, f=f: f(x, axis=1, include_initial=True), [x3], axes=[1], first=1)


def differences():
    x3 = sample("g", F32, (3, 4, 5))
    for n in (1, 2, 3, 4):
        for axis in (0, 1, -1):
            case("diff-%d-%d" % (n, axis), "diff", lambda x, n=n, a=axis: jnp.diff(x, n, axis=a), [x3], "reduction", n=n, axes=[axis])
    for dtype in DTYPES:
        case("diff-" + short(dtype), "diff", jnp.diff, [sample("g", dtype, (5,))], "reduction")
        if dtype != BOOL:
            case("ediff1d-" + short(dtype), "ediff1d", jnp.ediff1d, [sample("g", dtype, (2, 3))], "reduction")
    m = sample("g", F32, (2, 3))
    case("diff-prepend", "diff", lambda x, p: jnp.diff(x, prepend=p), [m, 1.5], "reduction", prepend=1)
    case("diff-append", "diff", lambda x, p: jnp.diff(x, append=p), [m, np.array(2, I32)], "reduction", append=1)
    case("diff-both", "diff", lambda x, p, q: jnp.diff(x, 2, 0, p, q), [m, sample("p", F32, (2, 3)), sample("q", F32, (1, 3))],
         "reduction", prepend=1, append=2, n=2, axes=[0])
    case("diff-empty", "diff", jnp.diff, [np.zeros((2, 0), F32)])
    grads("diff", "diff", lambda x, p: jnp.diff(x, prepend=p), [m, sample("p", F32, (2, 1))], prepend=1)
    case("ediff1d-both", "ediff1d", lambda x, e, b: jnp.ediff1d(x, e, b), [m, np.array([[7, 8]], F32), -1], "reduction", end=1,
         begin=2)
    case("ediff1d-i32-ends", "ediff1d", lambda x, e: jnp.ediff1d(x, e), [sample("i", I32, (4,)), 2.5], end=1)
    case("ediff1d-one", "ediff1d", jnp.ediff1d, [np.array([3], F32)])
    grads("ediff1d", "ediff1d", jnp.ediff1d, [m])
    for i in range(3):
        case("gradient-%d" % i, "gradient", lambda x, i=i: jnp.gradient(x)[i], [x3], "reduction", part=i)
        case("gradient-spacing-%d" % i, "gradient", lambda x, h, i=i: jnp.gradient(x, h)[i], [x3, 0.5], "reduction", part=i, spacing=1)
    places = np.array([0, 1, 1.5, 4], F32)
    for axis in (0, 1, -1):
        case("gradient-axis-%d" % axis, "gradient", lambda x, a=axis: jnp.gradient(x, axis=a), [x3], "reduction", axes=[axis])
    case("gradient-places", "gradient", lambda x, h: jnp.gradient(x, h, axis=1), [x3, places], "reduction", axes=[1], spacing=1)
    for i in range(2):
        case("gradient-pair-%d" % i, "gradient", lambda x, h, k, i=i: jnp.gradient(x, h, k, axis=(2, 1))[i], [x3, 2, places],
             "reduction", axes=[2, 1], pair=1, part=i)
    case("gradient-two", "gradient", jnp.gradient, [np.array([1, 4], F32)], "reduction")
    case("gradient-i32", "gradient", jnp.gradient, [np.array([1, 4, 9, 16], I32)], "reduction")
    case("gradient-f64", "gradient", jnp.gradient, [sample("g", F64, (5,))], "reduction")
    case("gradient-two-places", "gradient", lambda x, h: jnp.gradient(x, h), [np.array([1, 4], F32), np.array([1, 3], F32)],
         "reduction", spacing=1)
    grads("gradient", "gradient", lambda x: jnp.gradient(x, axis=1), [x3], axes=[1])
    grads("gradient-places", "gradient", lambda x, h: jnp.gradient(x, h, axis=1), [x3, places], axes=[1], spacing=1)
    for axis in (0, 1, -1):
        case("trapezoid-%d" % axis, "trapezoid", lambda y, a=axis: jnp.trapezoid(y, axis=a), [x3], "reduction", axes=[axis])
        case("trapezoid-dx-%d" % axis, "trapezoid", lambda y, d, a=axis: jnp.trapezoid(y, dx=d, axis=a), [x3, 0.5], "reduction",
             axes=[axis], dx=1)
    case("trapezoid-x", "trapezoid", lambda y, x: jnp.trapezoid(y, x, axis=1), [x3, places], "reduction", axes=[1], x=1)
    case("trapezoid-x-all", "trapezoid", lambda y, x: jnp.trapezoid(y, x, axis=0), [x3, sample("t", F32, (3, 4, 5))], "reduction",
         axes=[0], x=1)
    case("trapezoid-i32", "trapezoid", jnp.trapezoid, [sample("i", I32, (4,))], "reduction")
    case("trapezoid-one", "trapezoid", jnp.trapezoid, [np.array([3], F32)])
    grads("trapezoid", "trapezoid", lambda y, x: jnp.trapezoid(y, x, axis=1), [x3, places], axes=[1], x=1)
    grads("trapezoid-dx", "trapezoid", lambda y, d: jnp.trapezoid(y, dx=d, axis=1), [x3, np.array(0.5, F32)], axes=[1], dx=1)


def tables():
    xp, fp = np.array([-1, 0, 0.5, 2, 2, 3], F32), sample("fp", F32, (6,))
    x = np.array([[-2, -1, -0.5, 0], [0.25, 2, 2.5, 3], [9, np.nan, -np.inf, np.inf]], F32)
    case("interp", "interp", jnp.interp, [x, xp, fp], "reduction")
    case("interp-number", "interp", jnp.interp, [0.25, xp, fp], "reduction")
    case("interp-i32", "interp", jnp.interp, [np.array([0, 1, 2], I32), np.array([0, 2, 4], I32), np.array([1, 5, 2], I32)],
         "reduction")
    case("interp-f64", "interp", jnp.interp, [x.astype(F64), xp, fp], "reduction")
    case("interp-f64-fp", "interp", jnp.interp, [x, xp, fp.astype(F64)], "reduction")
    case("interp-one", "interp", jnp.interp, [np.array([0, 1, 2], F32), np.array([1], F32), np.array([7], F32)], "reduction")
    case("interp-sides", "interp", lambda x, xp, fp, l, r: jnp.interp(x, xp, fp, l, r), [x, xp, fp, -7.5, np.array(8, F32)],
         "reduction", left=3, right=4)
    case("interp-extrapolate", "interp", lambda x, xp, fp: jnp.interp(x, xp, fp, "extrapolate", "extrapolate"), [x[:2], xp, fp],
         "reduction", more=1)
    p = np.array([3, -1, 0.5, 2], F32)
    case("interp-period", "interp", lambda x, xp, fp, q: jnp.interp(x, xp, fp, period=q), [x[:2], p, fp[:4], 2.5], "reduction",
         period=3)
    case("interp-period-negative", "interp", lambda x, xp, fp, q: jnp.interp(x, xp, fp, period=q), [x[:2], p, fp[:4], -4], "reduction",
         period=3)
    case("interp-lanes", "interp", lanes_of(jnp.interp, [0, None, 1]), [x[:2], xp[:3], sample("f", F32, (3, 2))], "reduction",
         lanes=lane_words([0, None, 1]))
    inside = np.array([-0.5, 0.25, 1.5, 2.7, 5, -4], F32)
    grads("interp", "interp", jnp.interp, [inside, np.array([-1, 0, 0.5, 2, 3], F32), fp[:5]])
    u = np.cumsum(sample("u", F32, (3, 6), -5, 5), axis=1).astype(F32)
    case("unwrap", "unwrap", jnp.unwrap, [u], "covariance")
    case("unwrap-axis", "unwrap", lambda p: jnp.unwrap(p, axis=0), [u], "covariance", axes=[0])
    case("unwrap-discont", "unwrap", lambda p, d: jnp.unwrap(p, discont=d), [u, 4.5], "covariance", discont=1)
    case("unwrap-period", "unwrap", lambda p, d: jnp.unwrap(p, period=d), [u, 3.5], "covariance", period=1)
    for q in (4, 5):
        case("unwrap-i32-%d" % q, "unwrap", lambda p, d: jnp.unwrap(p, period=d), [sample("i", I32, (9,)), q], period=1)
    case("unwrap-i32-2pi", "unwrap", jnp.unwrap, [sample("i", I32, (9,))], "covariance")
    case("unwrap-f64", "unwrap", jnp.unwrap, [u.astype(F64)], "covariance", x64=True)
    case("unwrap-empty", "unwrap", jnp.unwrap, [np.zeros((2, 0), F32)])
    case("unwrap-half", "unwrap", lambda p, d: jnp.unwrap(p, period=d), [np.array([0, 2, 4, 2, 0], F32), 4], period=1)
    grads("unwrap", "unwrap", jnp.unwrap, [u])


def write():
    spaces()
    new()
    diagonals()
    running()
    differences()
    tables()

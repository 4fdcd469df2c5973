"""Of tests/test_nn.c: the activations of jax.nn, masked softmax, standardize, attention."""
import numpy as np

import jax
import jax.numpy as jnp

from cases import *

ONE = ("identity", "relu6", "hard_tanh", "hard_sigmoid", "hard_silu", "hard_swish", "sparse_plus", "sparse_sigmoid", "selu",
       "swish", "log_sigmoid", "mish", "soft_sign", "log1mexp", "elu", "celu", "leaky_relu", "squareplus")
EXACT = ("identity", "relu6", "hard_tanh")
CORNERS = np.array([0.0, -0.0, 1.0, -1.0, 3.0, -3.0, 6.0, 0.5, -2.5, 20.0, -20.0])
INFINITE = np.array([np.inf, -np.inf, np.nan, 88.0, -88.0, 1e-4, -1e-4])


def exact_gelu(x):
    return jax.nn.gelu(x, approximate=False)


def activations():
    functions = {name: getattr(jax.nn, name) for name in ONE} | {"exact_gelu": exact_gelu}
    for name, f in functions.items():
        tolerance = "exact" if name in EXACT else "gelu" if "gelu" in name else "elementwise"
        corners, infinite = CORNERS, INFINITE
        if name == "log1mexp":
            corners, infinite = np.array([1.0, 0.1, 0.7, 0.69, 3, 20, 1e-3]), np.array([np.inf, np.nan, 0.0, 88.0])
        if name == "exact_gelu":  # the tail of erfc
            corners, infinite = corners[:-1], infinite[:-3]
        for dtype in FLOATS:
            text, x64 = "%s-%s" % (name, short(dtype)), dtype == F64
            low = 0.05 if name == "log1mexp" else -4.0
            case(text, name, f, [sample(name, dtype, (3, 4), low, 7.0)], tolerance, x64=x64)
            case(text + "-corners", name, f, [corners.astype(dtype)], tolerance, x64=x64)
            case(text + "-infinite", name, f, [infinite.astype(dtype)], tolerance, x64=x64)
            how = "gelu" if name == "exact_gelu" else "derivative"
            case(text + "-grad", name, f, [corners.astype(dtype), sample("w", dtype, corners.shape)], how, grad=True, x64=x64)
            case(text + "-grad-infinite", name, f, [infinite.astype(dtype), np.ones(infinite.shape, dtype)], how, grad=True,
                 x64=x64)
        for dtype in (F16, BF16) if name in EXACT else ():
            case("%s-%s" % (name, short(dtype)), name, f, [CORNERS.astype(dtype)], tolerance)
        if name != "swish":
            for dtype in (I32, I64, U8, BOOL):
                if name == "hard_tanh" and dtype == U8 or dtype == BOOL and name in ("log_sigmoid", "leaky_relu", "log1mexp", "exact_gelu"):
                    continue
                x = np.array([0, 1, 7] if name == "log1mexp" or dtype == U8 else [0, 1] if dtype == BOOL else [-4, 0, 3], dtype)
                case("%s-%s" % (name, short(dtype)), name, f, [x], tolerance,
                     x64=dtype == I64 and name in ("log_sigmoid", "mish", "soft_sign", "log1mexp", "squareplus", "exact_gelu"))
            case("%s-number" % name, name, f, [2], tolerance)
        case("%s-float-number" % name, name, f, [0.3], tolerance)
        case("%s-scalar" % name, name, f, [np.array(0.7, F32)], tolerance)
        case("%s-empty" % name, name, f, [np.zeros((2, 0), F32)], tolerance)
        case("%s-lanes" % name, name, lanes_of(f, [1]), [sample(name, F32, (2, 3), 0.1, 3.0)], tolerance, lanes=[1])
    x = sample("options", F32, (2, 3))
    for name, key in (("elu", "alpha"), ("celu", "alpha"), ("leaky_relu", "negative_slope"), ("squareplus", "b")):
        f = getattr(jax.nn, name)
        for value, text in ((0.3, "float"), (2, "int"), (np.array([[0.5], [2.0]], F32), "array"), (np.array(0.3, F64), "f64")):
            if name == "elu" and text == "f64":  # expm1 is in f32, to each library's exactness
                continue
            case("%s-%s-%s" % (name, key, text), name, f, [x, value], "elementwise", x64=text == "f64", **{key: 1})
        case("%s-%s-of-i32" % (name, key), name, f, [np.array([-2, 0, 3], I32), 0.5], "elementwise", **{key: 1})
        for wrt in (0, 1):
            case("%s-%s-grad%d" % (name, key, wrt), name, f, [x, np.array([[0.5], [2.0]], F32), sample("w", F32, (2, 3))],
                 "derivative", grad=True, wrt=wrt, **{key: 1})
    for name, f in (("elu", jax.nn.elu), ("mish", jax.nn.mish), ("relu6", jax.nn.relu6), ("exact_gelu", exact_gelu)):
        g = jax.grad(lambda v, f=f: jnp.sum(f(v)))
        case(name + "-second", name + "_second", lambda v, g=g: jax.grad(lambda u: jnp.sum(g(u)))(v),
             [np.array([0.0, 0.4, -1.0, 3.0], F32)], "special_derivative")
    for shape, axis in (((2, 4), -1), ((2, 4), 0), ((4,), -1), ((2, 6, 3), 1), ((0, 4), 1), ((4, 0), 0)):
        keys = {} if axis == -1 else {"axes": [axis]}
        f = lambda v, a=axis: jax.nn.glu(v, a)
        x = sample("glu", F32, shape)
        case("glu-%s-%d" % (shape_text(shape), axis), "glu", f, [x], "elementwise", **keys)
        w = sample("w", F32, np.shape(f(x)))
        case("glu-grad-%s-%d" % (shape_text(shape), axis), "glu", f, [x, w], "derivative", grad=True, **keys)
    for name, f in (("softplus", jax.nn.softplus), ("relu", jax.nn.relu)):
        case("%s-bool" % name, name, f, [np.array([False, True])], "elementwise")
        case("%s-grad-infinite" % name, name, f, [np.array([np.inf, -np.inf, np.nan], F32), np.ones(3, F32)], "derivative",
             grad=True)
    case("glu-f64", "glu", jax.nn.glu, [sample("glu", F64, (2, 4))], "elementwise")
    case("glu-lanes", "glu", lanes_of(jax.nn.glu, [1]), [sample("glu", F32, (4, 3))], "elementwise", lanes=[1])


def rows():
    mask = np.array([[True, False, True, True], [False, True, False, True], [True, True, False, False]])
    none = mask & np.array([[True], [False], [True]])
    x = sample("rows", F32, (2, 3, 4))
    wild = x.copy()
    wild[0, 0, 1] = np.inf
    wild[1, 1, 2] = np.nan
    for name in ("softmax", "log_softmax"):
        f = getattr(jax.nn, name)
        for m, text in ((mask, "mask"), (none, "none"), (mask[:1], "one"), (mask[:, :1], "column"), (mask.astype(I32), "i32")):
            for axes in ((-1,), (1,), (0, 2)):
                g = lambda v, w, f=f, a=axes: f(v, axis=a if len(a) > 1 else a[0], where=w)
                label = "%s-%s-%s" % (name, text, "_".join(map(str, axes)))
                if text != "i32":  # JAX needs a mask of bool
                    case(label, name, g, [x, m], "reduction", where=1, axes=axes)
                    case(label + "-grad", name, g, [x, m, sample("w", F32, x.shape)], "derivative", grad=True, where=1,
                         axes=axes)
        g = lambda v, w, f=f: f(v, where=w)
        case(name + "-wild", name, g, [wild, mask], "reduction", where=1)
        case(name + "-wild-grad", name, g, [wild, mask, sample("w", F32, x.shape)], "derivative", grad=True, where=1)
        case(name + "-f64", name, g, [x.astype(F64), mask], "reduction", where=1)
        case(name + "-number", name, g, [x, True], "reduction", where=1)
        case(name + "-lanes", name, lanes_of(g, [1, None]), [x, mask[:1]], "reduction", where=1, lanes=[1, "n"])
        for shape in ((2, 0), (0, 3), (0,)):
            case("%s-%s" % (name, shape_text(shape)), name, f, [np.zeros(shape, F32)], "reduction")
    f = jax.nn.logmeanexp
    for axes in (None, (0,), (1, 2)):
        for keep in (0, 1):
            g = lambda v, a=axes, k=keep: f(v, axis=a, keepdims=bool(k))
            keys = {"keepdims": keep} | ({"axes": axes} if axes else {})
            text = "logmeanexp-%s-%d" % ("_".join(map(str, axes or ())), keep)
            case(text, "logmeanexp", g, [x], "reduction", **keys)
            case(text + "-grad", "logmeanexp", g, [x, sample("w", F32, np.shape(g(x)))], "derivative", grad=True, **keys)
    case("logmeanexp-where", "logmeanexp", lambda v, w: f(v, axis=2, where=w), [x, none], "reduction", axes=[2], where=1)
    case("logmeanexp-i32", "logmeanexp", f, [np.array([1, 2, 3], I32)], "reduction")
    case("logmeanexp-empty", "logmeanexp", lambda v: f(v, axis=1), [np.zeros((2, 0), F32)], "reduction", axes=[1])
    s = jax.nn.standardize
    for axes in ((-1,), (0,), (0, 2)):
        a = axes[0] if len(axes) == 1 else axes
        text = "standardize-" + "_".join(map(str, axes))
        for algorithm in ("fast", "stable"):
            g = lambda v, a=a, m=algorithm: s(v, axis=a, algorithm=m)
            case("%s-%s" % (text, algorithm), "standardize", g, [x], "far", axes=axes, algorithm=algorithm)
            case("%s-%s-f64" % (text, algorithm), "standardize", g, [x.astype(F64)], "reduction", x64=True, axes=axes,
                 algorithm=algorithm)
            case("%s-%s-grad" % (text, algorithm), "standardize", g, [x.astype(F64), sample("w", F64, x.shape)], "far",
                 grad=True, x64=True, axes=axes, algorithm=algorithm)
            case("%s-%s-where" % (text, algorithm), "standardize",
                 lambda v, w, a=a, m=algorithm: s(v, axis=a, where=w, algorithm=m), [x, mask], "far", axes=axes,
                 algorithm=algorithm, where=1)
    m, v = sample("mean", F32, (2, 3, 1)), sample("variance", F32, (2, 3, 1), 0.5, 2.0)
    case("standardize-given", "standardize", lambda x, m, v: s(x, mean=m, variance=v), [x, m, v], "reduction", mean=1, variance=2)
    case("standardize-mean", "standardize", lambda x, m: s(x, mean=m), [x, m], "far", mean=1)
    case("standardize-numbers", "standardize", lambda x, m, v, e: s(x, mean=m, variance=v, epsilon=e), [x, 1, 2.0, 0.0],
         "reduction", mean=1, variance=2, epsilon=3)
    case("standardize-i32", "standardize", s, [np.array([[1, 2, 4], [5, 5, 5]], I32)], "far")
    case("standardize-constant", "standardize", s, [np.full((2, 3), 2.0, F32)], "reduction")


def attention():
    f = jax.nn.dot_product_attention
    b, t, s, n, k, h = 2, 3, 4, 4, 2, 5

    def qkv(dtype, n=n, k=k, t=t, s=s):
        return [sample("q", dtype, (b, t, n, h)), sample("k", dtype, (b, s, k, h)), sample("v", dtype, (b, s, k, h))]
    x = qkv(F32)
    w = sample("w", F32, x[0].shape)
    for dtype in FLOATS:
        case("attention-" + short(dtype), "attention", f, qkv(dtype), "attention")
    for wrt in range(3):
        case("attention-grad%d" % wrt, "attention", f, x + [w], "attention", grad=True, wrt=wrt)
    case("attention-one-head", "attention", f, qkv(F32, 1, 1), "attention")
    case("attention-same-heads", "attention", f, qkv(F32, 2, 2), "attention")
    case("attention-3d", "attention", f, [v[0] for v in x], "attention")
    case("attention-3d-grad", "attention", f, [v[0] for v in x] + [w[0]], "attention", grad=True, wrt=1)
    case("attention-lanes", "attention", lanes_of(f, [0, None, 1]),
         [x[0], x[1][0], np.stack([x[2][0], x[2][1]], 1)], "attention", lanes=[0, "n", 1])
    for shape in ((b, n, t, s), (1, 1, t, s), (b, 1, 1, s), (1, n, 1, 1)):
        text = shape_text(shape)
        bias, mask = sample("bias", F32, shape), sample("mask", bool, shape)
        case("attention-bias-" + text, "attention", lambda q, k, v, i: f(q, k, v, i), x + [bias], "attention", bias=3)
        case("attention-bias-grad-" + text, "attention", lambda q, k, v, i: f(q, k, v, i), x + [bias, w], "attention", bias=3,
             grad=True, wrt=3)
        case("attention-mask-" + text, "attention", lambda q, k, v, m: f(q, k, v, mask=m), x + [mask], "attention", mask=3)
        case("attention-mask-grad-" + text, "attention", lambda q, k, v, m: f(q, k, v, mask=m), x + [mask, w], "attention",
             mask=3, grad=True, wrt=2)
    case("attention-bias-f64", "attention", lambda q, k, v, i: f(q, k, v, i), x + [sample("bias", F64, (t, s))], "attention",
         bias=3, x64=True)
    case("attention-no-mask", "attention", lambda q, k, v, m: f(q, k, v, mask=m), x + [np.zeros((1, 1, 1, 1), bool)], "attention",
         mask=3)
    case("attention-scale", "attention", lambda q, k, v, c: f(q, k, v, scale=c), x + [0.25], "attention", scale=3)
    for size in ((3, 4), (4, 3), (5, 5)):
        y = qkv(F32, t=size[0], s=size[1])
        text = "%dx%d" % size
        case("attention-causal-" + text, "attention", lambda q, k, v: f(q, k, v, is_causal=True), y, "attention", is_causal=1)
        for left, right in ((1, 0), (0, 2), (1, 1), (0, 0)):
            case("attention-window-%s-%d-%d" % (text, left, right), "attention",
                 lambda q, k, v, a=left, b=right: f(q, k, v, local_window_size=(a, b)), y, "attention", window=(left, right))
        case("attention-window-%s-causal" % text, "attention", lambda q, k, v: f(q, k, v, local_window_size=1, is_causal=True), y,
             "attention", window=[1], is_causal=1)
    ql, kl = np.array([2, 3], I32), np.array([4, 1], I32)
    g = lambda q, k, v, a: f(q, k, v, query_seq_lengths=a)
    case("attention-queries", "attention", g, x + [ql], "attention", query_seq_lengths=3)
    case("attention-queries-grad", "attention", g, x + [ql, w], "attention", query_seq_lengths=3, grad=True)
    g = lambda q, k, v, a: f(q, k, v, key_value_seq_lengths=a)
    case("attention-keys", "attention", g, x + [kl], "attention", key_value_seq_lengths=3)
    case("attention-keys-none", "attention", g, x + [np.array([0, 9], I32)], "attention", key_value_seq_lengths=3)
    g = lambda q, k, v, a, c: f(q, k, v, query_seq_lengths=a, key_value_seq_lengths=c, is_causal=True)
    case("attention-lengths", "attention", g, x + [ql, kl], "attention", query_seq_lengths=3, key_value_seq_lengths=4, is_causal=1)
    case("attention-lengths-grad", "attention", g, x + [ql, kl, w], "attention", query_seq_lengths=3, key_value_seq_lengths=4,
         is_causal=1, grad=True, wrt=1)
    for name in ("t", "s"):
        case("attention-no-" + name, "attention", f, qkv(F32, **{name: 0}), "attention")


def write():
    activations()
    rows()
    attention()

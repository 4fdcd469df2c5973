"""Of tests/test_numpy_options.c: options that few use: dtypes of reductions, one bound, weights, other axes."""
import numpy as np

import jax
import jax.numpy as jnp

from cases import *

X3 = {t: sample("o", t, (2, 3, 4)) for t in DTYPES + [I8, U16, F16, BF16]}
MASK = np.array([[True, False, True, True], [False, True, False, True], [True, True, False, False]])


def dtypes():
    fs = {"sum": jnp.sum, "prod": jnp.prod, "mean": jnp.mean, "nansum": jnp.nansum, "nanprod": jnp.nanprod,
          "nanmean": jnp.nanmean}
    for name, f in fs.items():
        tolerance = "reduction"
        for t in (F32, I32, U8, BOOL, F64, F16):
            for to in (BOOL, I8, I64, U16, F32, F64, BF16):
                if "mean" in name and to in (BOOL, BF16) or t == F16 and to == BF16:
                    continue
                keys = {"axes": [1], "dtype": short(to)}
                x = np.clip(X3[t], 0, 3).astype(t) if to == U16 else X3[t]
                x = np.round(x).astype(t) if to == BF16 else x
                case("%s-%s-in-%s" % (name, short(t), short(to)), name, lambda x, f=f, to=to: f(x, axis=1, dtype=to), [x],
                     tolerance, x64=to in WIDE or t in WIDE, **keys)
        for to in (F64, F32):
            case("%s-all-in-%s" % (name, short(to)), name, lambda x, f=f, to=to: f(x, dtype=to), [X3[I32]], tolerance, x64=True,
                 dtype=short(to))
            case("%s-keep-in-%s" % (name, short(to)), name, lambda x, f=f, to=to: f(x, axis=(0, 2), dtype=to, keepdims=True),
                 [X3[F32]], tolerance, x64=True, dtype=short(to), axes=[0, 2], keepdims=1)
            case("%s-number-in-%s" % (name, short(to)), name, lambda x, f=f, to=to: f(x, dtype=to), [3], tolerance, x64=True,
                 dtype=short(to))
        for to in (I32, F32):
            case("%s-where-in-%s" % (name, short(to)), name, lambda x, m, f=f, to=to: f(x, axis=1, where=m, dtype=to),
                 [X3[F32], MASK], tolerance, axes=[1], where=1, dtype=short(to))
        case("%s-nan-in-f64" % name, name, lambda x, f=f: f(x, axis=1, dtype=F64), [with_nan(name, F32, (4, 6))], tolerance,
             x64=True, axes=[1], dtype="f64")
        case("%s-of-nothing-in-f64" % name, name, lambda x, f=f: f(x, axis=1, dtype=F64), [np.zeros((2, 0), F32)], tolerance,
             x64=True, axes=[1], dtype="f64")
        case("%s-grad-in-f64" % name, name, lambda x, f=f: f(x, axis=1, dtype=F64), [X3[F32], sample("w", F64, (2, 4))],
             "derivative", x64=True, grad=True, axes=[1], dtype="f64")
        case("%s-grad-in-f32" % name, name, lambda x, f=f: f(x, axis=0, dtype=F32), [X3[F64], sample("w", F32, (3, 4))],
             "derivative", x64=True, grad=True, axes=[0], dtype="f32")
        case("%s-lanes-in-f64" % name, name, lanes_of(lambda x, f=f: f(x, axis=0, dtype=F64), [1]), [X3[I32]], tolerance,
             x64=True, lanes=[1], axes=[0], dtype="f64")
    for name, f in (("sum", jnp.sum), ("prod", jnp.prod)):
        for to in (BOOL, I8, F64):
            case("%s-initial-in-%s" % (name, short(to)), name, lambda x, i, f=f, to=to: f(x, axis=2, dtype=to, initial=i),
                 [np.array(X3[F32] > 0, F32), 3], "reduction", x64=to == F64, axes=[2], initial=1, dtype=short(to))
    case("sum-u8-wraps", "sum", lambda x: jnp.sum(x, dtype=U8), [np.array([200, 100, 7], U8)], dtype="u8")
    case("sum-nan-in-bool", "sum", lambda x: jnp.sum(x, axis=1, dtype=bool),
         [np.array([[0, np.nan], [0, -0.0], [np.inf, 0]], F32)], axes=[1], dtype="bool")
    case("mean-i32-is-cut", "mean", lambda x: jnp.mean(x, axis=1, dtype=I32), [np.array([[1, 2], [-1, -2], [7, 7]], I32)], axes=[1],
         dtype="i32")


def spreads():
    for name, f in (("var", jnp.var), ("std", jnp.std), ("nanvar", jnp.nanvar), ("nanstd", jnp.nanstd)):
        for t in (F32, I32, BOOL, F64, F16):
            for to in (F32, F64, F16):
                tolerance = "narrow_f16" if to == F16 else "reduction"
                case("%s-%s-in-%s" % (name, short(t), short(to)), name, lambda x, f=f, to=to: f(x, axis=1, dtype=to), [X3[t]],
                     tolerance, x64=to in WIDE or t in WIDE, axes=[1], dtype=short(to))
        case("%s-where-in-f64" % name, name, lambda x, m, f=f: f(x, axis=1, where=m, dtype=F64, ddof=1), [X3[F32], MASK],
             "reduction", x64=True, axes=[1], where=1, dtype="f64", ddof=1)
        if "nan" not in name:
            case("%s-grad-in-f64" % name, name, lambda x, f=f: f(x, axis=2, dtype=F64), [X3[F32], sample("w", F64, (2, 3))],
                 "derivative", x64=True, grad=True, axes=[2], dtype="f64")
    x, fw, aw = sample("cov", F32, (3, 5)), np.array([1, 2, 0, 3, 1], I32), sample("aw", F32, (5,), 0.5, 2.0)
    for ddof in (2, 3, -1):
        case("cov-ddof%d" % ddof, "cov", lambda x, d=ddof: jnp.cov(x, ddof=d), [x], "covariance", ddof=ddof)
        case("cov-bias-ddof%d" % ddof, "cov", lambda x, d=ddof: jnp.cov(x, ddof=d, bias=True), [x], "covariance", ddof=ddof, bias=1)
        case("cov-fweights-ddof%d" % ddof, "cov", lambda x, w, d=ddof: jnp.cov(x, ddof=d, fweights=w), [x, fw], "covariance",
             fweights=1, ddof=ddof)
        case("cov-aweights-ddof%d" % ddof, "cov", lambda x, w, d=ddof: jnp.cov(x, ddof=d, aweights=w), [x, aw], "covariance",
             aweights=1, ddof=ddof)
        case("cov-weights-ddof%d" % ddof, "cov", lambda x, v, w, d=ddof: jnp.cov(x, ddof=d, fweights=v, aweights=w),
             [x, fw, aw], "covariance", fweights=1, aweights=2, ddof=ddof)
    for to in (F32, F64):
        for t in (F32, I32, F64):
            case("cov-%s-in-%s" % (short(t), short(to)), "cov", lambda x, to=to: jnp.cov(x, dtype=to), [x.astype(t)], "covariance",
                 x64=True, dtype=short(to))
            case("corrcoef-%s-in-%s" % (short(t), short(to)), "corrcoef", lambda x, to=to: jnp.corrcoef(x, dtype=to), [x.astype(t)],
                 "covariance", x64=True, dtype=short(to))
    case("cov-weights-in-f64", "cov", lambda x, v, w: jnp.cov(x, fweights=v, aweights=w, dtype=F64), [x, fw, aw], "covariance",
         x64=True, fweights=1, aweights=2, dtype="f64")
    case("cov-grad-in-f64", "cov", lambda x: jnp.cov(x, ddof=2, dtype=F64), [x, sample("w", F64, (3, 3))], "derivative", x64=True,
         grad=True, ddof=2, dtype="f64")
    for t in (F32, I32, U8, BOOL):
        for to in (F64, F32, I8, BOOL):
            case("trace-%s-in-%s" % (short(t), short(to)), "trace", lambda x, to=to: jnp.trace(x, 1, dtype=to), [X3[t][0]],
                 "reduction", x64=to == F64, k=1, dtype=short(to))
    case("trace-grad-in-f64", "trace", lambda x: jnp.trace(x, dtype=F64), [X3[F32], sample("w", F64, (4,))], "derivative", x64=True,
         grad=True, dtype="f64")


def bounds():
    """bound=least, most: which operand it is; without it there is none."""
    for t in (F32, I32, U8, F64, BOOL):
        x = special(t)
        bound = np.array(1, t)
        x64 = t == F64
        case("clip-least-" + short(t), "clip", lambda x, b: jnp.clip(x, b), [x, bound], x64=x64, least=1)
        case("clip-most-" + short(t), "clip", lambda x, b: jnp.clip(x, max=b), [x, bound], x64=x64, most=1)
        case("clip-none-" + short(t), "clip", lambda x: jnp.clip(x), [x], x64=x64)
    case("clip-least-number", "clip", lambda x, b: jnp.clip(x, b), [X3[I32], 0.5], least=1)
    case("clip-most-broadcast", "clip", lambda x, b: jnp.clip(x, max=b), [X3[F32], X3[F32][:, :1]], most=1)
    case("clip-weak", "clip", lambda x, b: jnp.clip(x, max=b), [2, 1.5], most=1)
    ties = np.array([-1, 0, 1, 0.5, 2], F32)
    for bound in ("least", "most"):
        f = (lambda x, b: jnp.clip(x, b)) if bound == "least" else (lambda x, b: jnp.clip(x, max=b))
        for wrt in (0, 1):
            case("clip-%s-grad-%d" % (bound, wrt), "clip", f, [ties, np.array(0.5, F32), np.arange(5, dtype=F32)], "derivative",
                 grad=True, wrt=wrt, **{bound: 1})
    case("clip-none-grad", "clip", lambda x: jnp.clip(x), [ties, np.arange(5, dtype=F32)], "derivative", grad=True)
    case("clip-lanes", "clip", lanes_of(lambda x, b: jnp.clip(x, b), [1, 0]), [X3[F32][0], X3[F32][1, 0]], lanes=[1, 0], least=1)


def exponentials():
    f = jax.nn.logsumexp
    x, b = X3[F32], sample("b", F32, (2, 3, 4), -1.0, 2.0)
    b[0, 1] = 0
    positive = np.abs(b)
    for text, axis in (("all", None), ("1", 1), ("m1", -1), ("0_2", (0, 2))):
        axes = {} if axis is None else {"axes": axis if isinstance(axis, tuple) else [axis]}
        for keep in (False, True):
            name = "logsumexp-%s%s" % (text, "-keep" if keep else "")
            keys = dict(axes, keepdims=int(keep))
            case(name, "nn_logsumexp", lambda x, a=axis, k=keep: f(x, a, keepdims=k), [x], "reduction", **keys)
            case(name + "-b", "nn_logsumexp", lambda x, b, a=axis, k=keep: f(x, a, b=b, keepdims=k), [x, b], "reduction", b=1, **keys)
            for part in (0, 1):
                case("%s-sign-%d" % (name, part), "nn_logsumexp",
                     lambda x, b, a=axis, k=keep, p=part: f(x, a, b=b, keepdims=k, return_sign=True)[p], [x, b], "reduction", b=1,
                     part=part, **keys)
    for t in (F64, I32, U8, F16):
        case("logsumexp-b-" + short(t), "nn_logsumexp", lambda x, b: f(x, 1, b=b), [X3[t], positive.astype(t)],
             "narrow_f16" if t == F16 else "reduction", x64=t == F64, b=1, axes=[1])
    for part in (0, 1):
        case("logsumexp-sign-alone-%d" % part, "nn_logsumexp", lambda x, p=part: f(x, 0, return_sign=True)[p], [x], "reduction",
             axes=[0], part=part)
        case("logsumexp-sign-i32-%d" % part, "nn_logsumexp", lambda x, p=part: f(x, 0, return_sign=True)[p], [X3[I32]], "reduction",
             axes=[0], part=part)
    case("logsumexp-b-number", "nn_logsumexp", lambda x, b: f(x, b=b), [x, 2], "reduction", b=1)
    case("logsumexp-b-broadcast", "nn_logsumexp", lambda x, b: f(x, 1, b=b), [x[0], np.abs(b[:, :1])], "reduction", b=1, axes=[1])
    case("logsumexp-numbers", "nn_logsumexp", lambda x, b: f(x, b=b), [3, 0.5], "reduction", b=1)
    odd = np.array([[np.inf, 1], [-np.inf, -np.inf], [np.nan, 1], [1000, 999], [-1000, -1001], [0, np.inf]], F32)
    for text, w in (("ones", [1, 1]), ("narrow_f16", [0, 1]), ("minus", [1, -2]), ("zeros", [0, 0]), ("inf", [np.inf, 1])):
        w = np.array(w, F32)
        case("logsumexp-odd-" + text, "nn_logsumexp", lambda x, b: f(x, 1, b=b), [odd, w], "reduction", b=1, axes=[1])
        case("logsumexp-odd-%s-sign" % text, "nn_logsumexp", lambda x, b: f(x, 1, b=b, return_sign=True)[1], [odd, w], b=1, axes=[1],
             part=1)
    case("logsumexp-where-b", "nn_logsumexp", lambda x, b, m: f(x, 1, b=b, where=m), [x, positive, MASK], "reduction", b=1, where=2,
         axes=[1])
    case("logsumexp-where-bad", "nn_logsumexp", lambda x, b, m: f(x, 1, b=b, where=m),
         [x, np.where(MASK, positive, np.nan).astype(F32), MASK], "reduction", b=1, where=2, axes=[1])
    case("logsumexp-b-nothing", "nn_logsumexp", lambda x, b: f(x, 1, b=b), [np.zeros((2, 0), F32), 1.0], "reduction", b=1, axes=[1])
    for wrt in (0, 1):
        case("logsumexp-b-grad-%d" % wrt, "nn_logsumexp", lambda x, b: f(x, 1, b=b), [x, positive + np.float32(0.1), sample("w", F32, (2, 4))],
             "derivative", grad=True, wrt=wrt, b=1, axes=[1])
        case("logsumexp-sign-grad-%d" % wrt, "nn_logsumexp", lambda x, b: f(x, 1, b=b, return_sign=True)[0],
             [x, b, sample("w", F32, (2, 4))], "derivative", grad=True, wrt=wrt, b=1, axes=[1], part=0)
    case("logsumexp-b-lanes", "nn_logsumexp", lanes_of(lambda x, b: f(x, 0, b=b), [1, None]), [x[0], positive[0, :, 0].copy()],
         "reduction", b=1, axes=[0], lanes=lane_words([1, None]))


def rows():
    for axis in (0, 1, -1, -2, 2):
        case("one_hot-axis%d" % axis, "one_hot", lambda v, a=axis: jax.nn.one_hot(v, 3, axis=a),
             [np.array([[0, 2, -1], [1, 3, 0]], I32)], n=3, axes=[axis])
    case("one_hot-axis-u8", "one_hot", lambda v: jax.nn.one_hot(v, 4, axis=0, dtype=I32), [np.array([3, 0, 4], U8)], n=4, axes=[0],
         dtype="i32")
    case("one_hot-axis-lanes", "one_hot", lanes_of(lambda v: jax.nn.one_hot(v, 3, axis=0), [1]), [np.array([[0, 2, 1], [1, 3, 0]], I32)],
         n=3, axes=[0], lanes=[1])


def write():
    dtypes()
    spreads()
    bounds()
    exponentials()
    rows()

"""Of tests/test_numpy_axes.c: reductions with masks, nan forms, statistics."""
import numpy as np

import jax
import jax.numpy as jnp

from cases import *


def more_reductions():
    x3 = {t: sample("r", t, (2, 3, 4)) for t in DTYPES}
    mask = np.array([[True, False, True, True], [False, True, False, True], [True, True, False, False]])
    fs = {"prod": (jnp.prod, "reduction"), "min": (jnp.min, "exact"), "any": (jnp.any, "exact"), "all": (jnp.all, "exact"),
          "count_nonzero": (jnp.count_nonzero, "exact"), "ptp": (jnp.ptp, "exact"), "argmin": (jnp.argmin, "exact"),
          "nansum": (jnp.nansum, "reduction"), "nanprod": (jnp.nanprod, "reduction"), "nanmean": (jnp.nanmean, "reduction"),
          "nanmax": (jnp.nanmax, "exact"), "nanmin": (jnp.nanmin, "exact"), "nanargmax": (jnp.nanargmax, "exact"),
          "nanargmin": (jnp.nanargmin, "exact"), "var": (jnp.var, "reduction"), "std": (jnp.std, "reduction"),
          "nanvar": (jnp.nanvar, "reduction"), "nanstd": (jnp.nanstd, "reduction"), "median": (jnp.median, "reduction"),
          "nanmedian": (jnp.nanmedian, "reduction")}
    for name, (f, tolerance) in fs.items():
        places = "arg" in name or name == "count_nonzero"
        for dtype in DTYPES:
            if name == "ptp" and dtype == bool:
                continue
            case("%s-%s-axis" % (name, short(dtype)), name, lambda x, f=f: f(x, axis=1), [x3[dtype]], tolerance,
                 x64=dtype in WIDE, places=places, axes=[1])
        for axes in ((0,), (2,), (-1,), (0, 2), (2, 1), (0, 1, 2)):
            if "arg" in name and len(axes) > 1:
                continue
            for keep in (False, True):
                case("%s-axes%s%s" % (name, "_".join(map(str, axes)), "-keep" if keep else ""), name,
                     lambda x, f=f, axes=axes, keep=keep, n=name: f(x, axis=axes[0] if "arg" in n else axes, keepdims=keep),
                     [x3[F32]], tolerance, axes=axes, keepdims=int(keep))
        case("%s-all" % name, name, f, [x3[F32]], tolerance)
        case("%s-keep-all" % name, name, lambda x, f=f: f(x, keepdims=True), [x3[F32]], tolerance, keepdims=1)
        case("%s-scalar" % name, name, f, [np.array(2.5, F32)], tolerance)
        case("%s-number" % name, name, f, [3], tolerance)
        case("%s-nan" % name, name, lambda x, f=f: f(x, axis=1), [with_nan(name, F32, (4, 6))], tolerance, axes=[1])
        case("%s-nan-f64" % name, name, lambda x, f=f: f(x, axis=0), [with_nan(name, F64, (4, 6))], tolerance, axes=[0],
             x64=True, places=places)
        if name in ("prod", "any", "all", "nansum", "nanprod", "nanmean", "var", "std", "nanvar", "nanstd", "count_nonzero"):
            case("%s-of-nothing" % name, name, lambda x, f=f: f(x, axis=1), [np.zeros((2, 0), F32)], tolerance, axes=[1])
        if name in ("prod", "any", "all", "nansum", "nanprod", "nanmean", "var", "std", "nanvar", "nanstd"):
            case("%s-where" % name, name, lambda x, m, f=f: f(x, axis=1, where=m), [x3[F32], mask], tolerance, axes=[1],
                 where=1)
            case("%s-where-broadcast" % name, name, lambda x, m, f=f: f(x, axis=(0, 2), where=m, keepdims=True),
                 [x3[F32], mask[:, :1]], tolerance, axes=[0, 2], where=1, keepdims=1)
    fs = {"sum": jnp.sum, "prod": jnp.prod, "max": jnp.max, "min": jnp.min, "nansum": jnp.nansum, "nanmax": jnp.nanmax,
          "nanmin": jnp.nanmin}
    for name, f in fs.items():
        case("%s-initial" % name, name, lambda x, i, f=f: f(x, axis=0, initial=i), [x3[F32], 0.5], "reduction", axes=[0],
             initial=1)
        case("%s-initial-of-nothing" % name, name, lambda x, i, f=f: f(x, initial=i), [np.zeros((2, 0), I32), 7], "exact",
             initial=1)
        case("%s-where-initial" % name, name, lambda x, m, i, f=f: f(x, axis=2, where=m, initial=i),
             [x3[I32], mask, 3], "exact", axes=[2], where=1, initial=2)
    case("sum-where", "sum", lambda x, m: jnp.sum(x, axis=1, where=m), [x3[F32], mask], "reduction", axes=[1], where=1)
    case("mean-where", "mean", lambda x, m: jnp.mean(x, axis=1, where=m), [x3[F32], mask], "reduction", axes=[1], where=1)
    case("mean-where-i32", "mean", lambda x, m: jnp.mean(x, where=m), [x3[I32], mask], "reduction", where=1)
    case("logsumexp-where", "logsumexp", lambda x, m: jax.nn.logsumexp(x, axis=1, where=m), [x3[F32], mask], "reduction",
         axes=[1], where=1)
    case("prod-u8-big", "prod", jnp.prod, [np.full(9, 255, U8)])
    case("prod-i32-wraps", "prod", jnp.prod, [np.array([2**16, 3, 2**15 + 1, 7], I32)])
    case("argmin-ties", "argmin", lambda x: jnp.argmin(x, axis=1),
         [np.array([[3, 1, 1, 2], [0, 0, 0, 0], [np.nan, 5, np.nan, 1], [np.inf, np.inf, np.inf, np.inf]], F32)], axes=[1])
    case("nanargmax-flat-nan", "nanargmax", jnp.nanargmax, [np.full((3, 2), np.nan, F32)])


def statistics():
    x3 = sample("stat", F32, (2, 3, 4))
    for name, f in (("var", jnp.var), ("std", jnp.std), ("nanvar", jnp.nanvar), ("nanstd", jnp.nanstd)):
        for ddof in (1, 2, 4):
            case("%s-ddof%d" % (name, ddof), name, lambda x, f=f, d=ddof: f(x, axis=2, ddof=d), [x3], "reduction", axes=[2],
                 ddof=ddof)
        case("%s-far" % name, name, lambda x, f=f: f(x, axis=0), [sample("far", F32, (50, 2)) + np.float32(1e4)], "far",
             axes=[0])
        if "nan" not in name:
            case("%s-grad" % name, name, lambda x, f=f: f(x, axis=1), [x3, sample("w", F32, (2, 4))], "derivative", grad=True,
                 axes=[1])
    for axes, w in (((1,), (3,)), ((0,), (2,)), ((2, 0), (4, 2)), ((0, 2), (2, 4)), ((-1,), (4,)), ((1,), (2, 3, 4)),
                    (None, (2, 3, 4))):
        keys = {"weights": 1} | ({"axes": axes} if axes else {})
        text = "_".join(map(str, axes or ())) + "-" + shape_text(w)
        weights = sample("weights", F32, w, 0.5, 2.0)
        f = lambda x, w, a=axes: jnp.average(x, axis=a if a is None or len(a) > 1 else a[0], weights=w)
        case("average-" + text, "average", f, [x3, weights], "reduction", **keys)
        if axes == (1,):
            case("average-grad-" + text, "average", f, [x3, weights, sample("w", F32, (2, 4))], "derivative", grad=True, **keys)
    case("average", "average", jnp.average, [x3], "reduction")
    case("average-i32", "average", lambda x: jnp.average(x, axis=0, keepdims=True), [sample("i", I32, (3, 2))], "reduction",
         axes=[0], keepdims=1)
    case("average-i32-weights", "average", lambda x, w: jnp.average(x, weights=w),
         [sample("i", I32, (3,)), np.array([1, 2, 3], I32)], "reduction", weights=1)
    methods = ("linear", "lower", "higher", "nearest", "midpoint")
    for name, f, scale in (("quantile", jnp.quantile, 1), ("percentile", jnp.percentile, 100),
                           ("nanquantile", jnp.nanquantile, 1), ("nanpercentile", jnp.nanpercentile, 100)):
        for method in methods:
            for q in (0.0, 0.3, 0.5, 1.0):
                case("%s-%s-%g" % (name, method, q), name,
                     lambda x, q, f=f, m=method: f(x, q, axis=1, method=m), [x3, q * scale], "reduction", axes=[1],
                     method=method)
        q = (np.array([0.1, 0.75, 0.5], F32) * scale).astype(F32)
        for axes in ((0,), (2,), (0, 2), (-1, 0), None):
            for keep in (False, True):
                keys = {"keepdims": int(keep)} | ({"axes": axes} if axes else {})
                case("%s-q3-%s%s" % (name, "_".join(map(str, axes or ())), "-keep" if keep else ""), name,
                     lambda x, q, f=f, a=axes, k=keep: f(x, q, axis=a if a is None or len(a) > 1 else a[0], keepdims=k),
                     [x3, q], "reduction", **keys)
        case("%s-nan" % name, name, lambda x, q, f=f: f(x, q, axis=1), [with_nan(name, F32, (4, 6)), q], "reduction", axes=[1])
        case("%s-i32" % name, name, lambda x, q, f=f: f(x, q), [sample("i", I32, (7,)), 0.25 * scale], "reduction")
        case("%s-f64" % name, name, lambda x, q, f=f: f(x, q), [sample("i", F64, (7,)), 0.25 * scale], "reduction", x64=True)
        case("%s-one" % name, name, lambda x, q, f=f: f(x, q), [sample("i", F32, (1,)), 0.25 * scale], "reduction")
        case("%s-grad" % name, name, lambda x, q, f=f: f(x, q, axis=1), [x3, q, sample("w", F32, (3, 2, 4))], "derivative",
             grad=True, axes=[1])
    case("median-grad", "median", lambda x: jnp.median(x, axis=1), [x3, sample("w", F32, (2, 4))], "derivative", grad=True,
         axes=[1])
    case("median-even-grad", "median", lambda x: jnp.median(x, axis=2), [x3, sample("w", F32, (2, 3))], "derivative", grad=True,
         axes=[2])
    for name, f in (("cov", jnp.cov), ("corrcoef", jnp.corrcoef)):
        for shape in ((3, 5), (1, 4), (6,), (4, 1), (2, 0)):
            case("%s-%s" % (name, shape_text(shape)), name, f, [sample(name, F32, shape)], "covariance")
        case("%s-columns" % name, name, lambda x, f=f: f(x, rowvar=False), [sample(name, F32, (5, 3))], "covariance", columns=1)
        case("%s-y" % name, name, lambda x, y, f=f: f(x, y), [sample(name, F32, (2, 5)), sample("y", F32, (5,))], "covariance",
             y=1)
        case("%s-y-columns" % name, name, lambda x, y, f=f: f(x, y, rowvar=False),
             [sample(name, F32, (5, 2)), sample("y", F32, (5, 1))], "covariance", y=1, columns=1)
        case("%s-i32" % name, name, f, [sample(name, I32, (3, 5))], "covariance")
        case("%s-grad" % name, name, f, [sample(name, F32, (3, 5)), sample("w", F32, (3, 3))], "covariance", grad=True)
    x, fw, aw = sample("cov", F32, (3, 5)), np.array([1, 2, 0, 3, 1], I32), sample("aw", F32, (5,), 0.5, 2.0)
    case("cov-bias", "cov", lambda x: jnp.cov(x, bias=True), [x], "covariance", bias=1)
    for bias in (0, 1):
        case("cov-fweights-%d" % bias, "cov", lambda x, w, b=bias: jnp.cov(x, bias=bool(b), fweights=w), [x, fw], "covariance",
             fweights=1, bias=bias)
        case("cov-aweights-%d" % bias, "cov", lambda x, w, b=bias: jnp.cov(x, bias=bool(b), aweights=w), [x, aw], "covariance",
             aweights=1, bias=bias)
        case("cov-weights-%d" % bias, "cov", lambda x, v, w, b=bias: jnp.cov(x, bias=bool(b), fweights=v, aweights=w),
             [x, fw, aw], "covariance", fweights=1, aweights=2, bias=bias)


def reduction_derivatives():
    x = sample("reduce", F32, (3, 4))
    zeros = np.array([[1, 0, 2, 3], [0, 0, 2, 5], [4, 1, -1, 3]], F32)
    for name, f in (("prod", jnp.prod), ("min", jnp.min), ("nansum", jnp.nansum), ("nanmean", jnp.nanmean), ("ptp", jnp.ptp),
                    ("nanmax", jnp.nanmax), ("nanprod", jnp.nanprod)):
        case(name + "-grad", name, f, [x, np.array(2.0, F32)], "derivative", grad=True)
        case(name + "-grad-axis", name, lambda v, f=f: f(v, axis=0), [x, sample("w", F32, (4,))], "derivative", grad=True,
             axes=[0])
    case("prod-grad-zeros", "prod", lambda v: jnp.prod(v, axis=1), [zeros, np.array([1, 2, 3], F32)], "derivative", grad=True,
         axes=[1])
    case("prod-grad-all-axes", "prod", lambda v: jnp.prod(v, axis=(0, 2)), [sample("p3", F32, (3, 2, 5)), np.ones(2, F32)],
         "derivative", grad=True, axes=[0, 2])
    case("min-grad-ties", "min", lambda v: jnp.min(v, axis=1), [zeros, np.array([1, 3, 5], F32)], "derivative", grad=True,
         axes=[1])


def write():
    more_reductions()
    statistics()
    reduction_derivatives()

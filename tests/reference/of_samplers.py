"""Of tests/test_random_samplers.c: jax.random's other distributions, orders and choices, and initializers."""
import numpy as np

import jax
import jax.numpy as jnp

import cases
from cases import *

random = jax.random
F16, BF16 = np.dtype(np.float16), np.dtype(jnp.bfloat16)
I8, U16 = np.dtype(np.int8), np.dtype(np.uint16)
cases.NAMES |= {"float16": "f16", "bfloat16": "bf16", "int8": "i8", "uint16": "u16"}
cases.BITS |= {2: np.uint16}


def raw(seed):
    return np.array([seed >> 32, seed & 0xffffffff], np.uint32)


def word_of(dtype):
    return cases.NAMES[str(np.dtype(dtype))]


def plain():
    for name in ("exponential", "gumbel", "laplace", "logistic", "cauchy", "maxwell"):
        f = getattr(random, name)
        tolerance = {"cauchy": "special", "maxwell": "normal"}.get(name, "sampler")
        for shape in ((), (5,), (2, 3), (2, 0)):
            for dtype in FLOATS:
                case("%s-%s-%s" % (name, shape_text(shape), short(dtype)), name, lambda k, f=f, s=shape, d=dtype: f(k, s, d),
                     [raw(0)], tolerance, x64=dtype == F64, shape=shape, dtype=short(dtype))
        for dtype in (F16, BF16):
            case("%s-%s" % (name, word_of(dtype)), name, lambda k, f=f, d=dtype: f(k, (7,), d), [raw(3)],
                 "narrow_" + word_of(dtype), shape=(7,), dtype=word_of(dtype))
        case(name + "-long", name, lambda k, f=f: f(k, (5000,)), [raw(42)], tolerance, every=97, shape=(5000,))
        case(name + "-lanes", name, lanes_of(lambda k, f=f: f(k, (3,)), [0]), [np.stack([raw(1), raw(2), raw(3)])], tolerance,
             shape=(3,), lanes=[0])
    for dtype in (I32, I64, F32, F64, U8, I8):
        case("rademacher-" + word_of(dtype), "rademacher", lambda k, d=dtype: random.rademacher(k, (9,), d), [raw(5)], shape=(9,),
             dtype=word_of(dtype))
    case("rademacher", "rademacher", lambda k: random.rademacher(k, (2, 3)), [raw(5)], shape=(2, 3))


def integers():
    bounds = {"0_10": (0, 10), "m5_5": (-5, 5), "3_3": (3, 3), "7_2": (7, 2), "0_1": (0, 1)}
    for text, (low, high) in bounds.items():
        for dtype in (I32, I64, U32, U64, U8, I8, U16):
            if low < 0 and dtype.kind == "u":
                continue
            case("randint-%s-%s" % (text, word_of(dtype)), "randint",
                 lambda k, a, b, d=dtype: random.randint(k, (6,), a, b, d), [raw(42), low, high], x64=dtype in WIDE, shape=(6,),
                 dtype=word_of(dtype))
    for dtype, low, high in ((U8, 0, 256), (I8, -128, 128), (U16, 0, 65536), (I32, -2**31, 2**31 - 1), (U8, -7, 500),
                             (I8, -500, 500)):
        case("randint-whole-%s-%d_%d" % (word_of(dtype), low, high), "randint",
             lambda k, a, b, d=dtype: random.randint(k, (6,), a, b, d), [raw(0), low, high], shape=(6,), dtype=word_of(dtype))
    case("randint-beyond-i32", "randint", lambda k, a, b: random.randint(k, (4,), a, b, I32), [raw(0), -2**31, 2**31], x64=True,
         shape=(4,), dtype="i32")
    case("randint-beyond-u32", "randint", lambda k, a, b: random.randint(k, (4,), a, b, U32), [raw(0), -3, 2**32 + 9], x64=True,
         shape=(4,), dtype="u32")
    case("randint-i64-wide", "randint", lambda k, a, b: random.randint(k, (4,), a, b, I64), [raw(0), -2**62, 2**62], x64=True,
         shape=(4,), dtype="i64")
    low, high = np.array([[0], [-9]], I32), np.array([5, 100, 0], I32)
    case("randint-arrays", "randint", lambda k, a, b: random.randint(k, (2, 3), a, b), [raw(7), low, high], shape=(2, 3))
    case("randint-array-and-number", "randint", lambda k, a, b: random.randint(k, (2, 3), a, b), [raw(7), low, 50], shape=(2, 3))
    for own in (I8, U8, I64, U32, F32):
        for dtype in (I32, U8, I64, U32):
            bounds = [np.array([1, 3], own), np.array([100, 9], own)]
            case("randint-%s-of-%s" % (word_of(dtype), word_of(own)), "randint",
                 lambda k, a, b, d=dtype: random.randint(k, (3, 2), a, b, d), [raw(8)] + bounds, x64=True, shape=(3, 2),
                 dtype=word_of(dtype))
    for shape in ((), (0,), (2, 2)):
        case("randint-" + shape_text(shape), "randint", lambda k, a, b, s=shape: random.randint(k, s, a, b), [raw(1), 0, 6],
             shape=shape)
    case("randint-lanes", "randint", lanes_of(lambda k, a, b: random.randint(k, (3,), a, b), [0, None, 0]),
         [np.stack([raw(1), raw(2)]), np.array(-4, I32), np.array([0, 90], I32)], shape=(3,), lanes=[0, "n", 0])
    case("randint-long", "randint", lambda k, a, b: random.randint(k, (5000,), a, b), [raw(9), -7, 1000], every=97, hashed=True,
         shape=(5000,))
    for dtype in FLOATS:
        p = np.array([0.1, 0.5, 0.9], dtype)
        case("bernoulli-p-" + short(dtype), "bernoulli", random.bernoulli, [raw(0), p], x64=dtype == F64)
        case("bernoulli-p-shape-" + short(dtype), "bernoulli", lambda k, p: random.bernoulli(k, p, (4, 3)), [raw(0), p],
             x64=dtype == F64, shape=(4, 3))
    for p in (0.5, 0.3, 0.0, 1.0):
        case("bernoulli-%g" % p, "bernoulli", lambda k, p: random.bernoulli(k, p, (8,)), [raw(0), p], shape=(8,))
    case("bernoulli-scalar", "bernoulli", random.bernoulli, [raw(0), 0.5])
    for p in (0.5, 0.1, 1.0):
        case("geometric-%g" % p, "geometric", lambda k, p: random.geometric(k, p, (8,)), [raw(0), p], shape=(8,))
    case("geometric-array-i64", "geometric", lambda k, p: random.geometric(k, p, dtype=I64),
         [raw(1), np.array([[0.2], [0.7]], F64)], x64=True, dtype="i64")


def parameters():
    one = {"lognormal": [0.0, 0.5, 2], "pareto": [0.5, 2, 3.5], "rayleigh": [1, 0.3, 2.5], "wald": [1, 0.25, 3.0]}
    for name, numbers in one.items():
        f = getattr(random, name)
        tolerance = "normal_based" if name in ("lognormal", "wald") else "sampler"
        for number in numbers:
            operand = np.array(number, F32) if name in ("rayleigh", "wald") else number
            case("%s-%g" % (name, number), name, lambda k, p, f=f: f(k, p, (5,)), [raw(0), operand], tolerance, shape=(5,))
        for dtype in FLOATS:
            p = np.array([[0.5], [2.0]], dtype)
            case("%s-array-%s" % (name, short(dtype)), name, lambda k, p, f=f, d=dtype: f(k, p, (2, 3), d), [raw(4), p], tolerance,
                 x64=dtype == F64, shape=(2, 3), dtype=short(dtype))
            case("%s-own-shape-%s" % (name, short(dtype)), name, lambda k, p, f=f, d=dtype: f(k, p, dtype=d), [raw(4), p],
                 tolerance, x64=dtype == F64, dtype=short(dtype))
        case(name + "-grad", name, lambda k, p, f=f: f(k, p, (2, 3)),
             [raw(4), np.array([0.5, 1.0, 2.0], F32), sample("w", F32, (2, 3))], "normal_based", grad=True, wrt=1, shape=(2, 3))
    for dtype in FLOATS:
        word = {"dtype": short(dtype), "x64": dtype == F64}
        a, b = np.array([-1, 0.5, -3], dtype), np.array([[1], [2]], dtype)
        case("truncated_normal-arrays-" + short(dtype), "truncated_normal",
             lambda k, a, b, d=dtype: random.truncated_normal(k, a, b, dtype=d), [raw(6), a, b], "normal", **word)
        case("truncated_normal-shape-" + short(dtype), "truncated_normal",
             lambda k, a, b, d=dtype: random.truncated_normal(k, a, b, (2, 2, 3), d), [raw(6), a, b], "normal", shape=(2, 2, 3),
             **word)
    for a, b in ((-2, 2), (0, 2), (-1.5, -0.5), (1, 2.5), (-np.inf, np.inf)):
        case("truncated_normal-%g_%g" % (a, b), "truncated_normal", lambda k, a, b: random.truncated_normal(k, a, b, (9,)),
             [raw(0), a, b], "normal_based", shape=(9,))
    for wrt in (1, 2):
        case("truncated_normal-grad-%d" % wrt, "truncated_normal", lambda k, a, b: random.truncated_normal(k, a, b, (2, 3)),
             [raw(4), np.array([-1, -0.5, 0.25], F32), np.array([1, 0.75, 0.5], F32), sample("w", F32, (2, 3))], "normal_based",
             grad=True, wrt=wrt, shape=(2, 3))
    for shape in ((), (3,), (2, 3)):
        keys = {"shape": shape} if shape else {}
        text = shape_text(shape)
        for a, b in ((1, 2.0), (0.5, 0.7)):
            case("weibull_min-%s-%g" % (text, b), "weibull_min", lambda k, a, b, s=shape: random.weibull_min(k, a, b, s),
                 [raw(0), a, b], "sampler", **keys)
            case("double_sided_maxwell-%s-%g" % (text, b), "double_sided_maxwell",
                 lambda k, a, b, s=shape: random.double_sided_maxwell(k, a, b, s), [raw(0), a, b], "normal_based", **keys)
        a, b = np.array([[1], [2]], F32), np.array([0.5, 2, 1], F32)
        case("weibull_min-arrays-" + text, "weibull_min", lambda k, a, b, s=shape: random.weibull_min(k, a, b, s), [raw(0), a, b],
             "sampler", **keys)
        case("double_sided_maxwell-arrays-" + text, "double_sided_maxwell",
             lambda k, a, b, s=shape: random.double_sided_maxwell(k, a, b, s), [raw(0), a, b], "normal_based", **keys)
    case("weibull_min-f64", "weibull_min", lambda k, a, b: random.weibull_min(k, a, b, (4,), F64), [raw(0), 1.5, 0.3], "sampler",
         x64=True, shape=(4,), dtype="f64")
    for dtype in FLOATS:
        at = [np.array(x, dtype) for x in ([-1, 0], [[0.5], [0]], 2)]
        word = {"dtype": short(dtype), "x64": dtype == F64}
        case("triangular-" + short(dtype), "triangular", lambda k, a, b, c, d=dtype: random.triangular(k, a, b, c, dtype=d),
             [raw(0)] + at, "triangular", **word)
        case("triangular-shape-" + short(dtype), "triangular",
             lambda k, a, b, c, d=dtype: random.triangular(k, a, b, c, (3, 2, 2), d), [raw(0)] + at, "triangular",
             shape=(3, 2, 2), **word)
    case("triangular-grad", "triangular", lambda k, a, b, c: random.triangular(k, a, b, c, (5,)),
         [raw(0), np.array(-1, F32), np.array(0.25, F32), np.array(1, F32), sample("w", F32, (5,))], "normal_based", grad=True,
         wrt=2, shape=(5,))


def orders():
    for seed in (0, 42):
        for n in (0, 1, 2, 10, 300):
            case("permutation-%d-%d" % (seed, n), "permutation", random.permutation, [raw(seed), n])
    case("permutation-2000", "permutation", random.permutation, [raw(1), 2000], every=37, hashed=True)
    for dtype in (F32, F64, I32, U8, BOOL):
        x = sample("x", dtype, (4, 3))
        for axis in (0, 1, -1):
            for independent in (False, True):
                case("permutation-%s-%d-%d" % (short(dtype), axis, independent), "permutation",
                     lambda k, x, a=axis, i=independent: random.permutation(k, x, a, i), [raw(2), x], x64=dtype in WIDE,
                     axes=[axis], independent=int(independent))
    x = sample("x", F32, (5,))
    case("permutation-vector", "permutation", random.permutation, [raw(2), x])
    case("permutation-lanes", "permutation", lanes_of(random.permutation, [0, None]), [np.stack([raw(1), raw(2)]), x],
         lanes=[0, "n"])
    for independent in (False, True):
        case("permutation-grad-%d" % independent, "permutation",
             lambda k, x, i=independent: random.permutation(k, x, 1, i), [raw(2), sample("x", F32, (2, 4)), sample("w", F32, (2, 4))],
             grad=True, wrt=1, axes=[1], independent=int(independent))
    shapes = ((), (3,), (2, 2), (0,))
    a2 = sample("a", F32, (3, 6))
    for shape in shapes:
        for replace in (True, False):
            keys = {"shape": shape, "without": int(not replace)}
            text = "%s-%d" % (shape_text(shape), replace)
            case("choice-n-" + text, "choice", lambda k, a, s=shape, r=replace: random.choice(k, a, s, r), [raw(0), 5], **keys)
            case("choice-array-" + text, "choice", lambda k, a, s=shape, r=replace: random.choice(k, a, s, r),
                 [raw(0), sample("a", I32, (7,))], **keys)
            for axis in (0, 1, -1):
                if np.prod(shape) > a2.shape[axis] and not replace:
                    continue
                case("choice-axis%d-%s" % (axis, text), "choice",
                     lambda k, a, s=shape, r=replace, x=axis: random.choice(k, a, s, r, axis=x), [raw(0), a2], axes=[axis], **keys)
            p = np.array([0.1, 0.2, 0.05, 0.4, 0.25], F32)
            case("choice-p-" + text, "choice", lambda k, a, p, s=shape, r=replace: random.choice(k, a, s, r, p), [raw(3), 5, p],
                 p=2, **keys)
            case("choice-p-array-" + text, "choice", lambda k, a, p, s=shape, r=replace: random.choice(k, a, s, r, p, 1),
                 [raw(3), sample("a", F32, (2, 5)), p], p=2, axes=[1], **keys)
    case("choice-p-f64", "choice", lambda k, a, p: random.choice(k, a, (50,), True, p),
         [raw(4), 4, np.array([0.25, 0, 0.5, 0.25], F64)], x64=True, shape=(50,), p=2, without=0, places=True)
    case("choice-p-i32", "choice", lambda k, a, p: random.choice(k, a, (9,), True, p), [raw(4), 3, np.array([1, 0, 5], I32)],
         shape=(9,), p=2, without=0)
    case("choice-lanes", "choice", lanes_of(lambda k, a: random.choice(k, a, (3,), False), [0, 0]),
         [np.stack([raw(1), raw(2)]), sample("a", F32, (2, 5))], shape=(3,), without=1, lanes=[0, 0])


def categories():
    logits = np.log(np.array([0.1, 0.2, 0.7], F32))
    two = sample("logits", F32, (4, 3))
    three = sample("logits", F32, (2, 4, 3))
    for axis in (-1, 0, 1):
        for replace in (True, False):
            keys = {"axes": [axis], "without": int(not replace)}
            f = lambda k, x, s, a=axis, r=replace: random.categorical(k, x, a, s, r)
            rest = tuple(np.delete(two.shape, axis))
            case("categorical-axis%d-%d" % (axis, replace), "categorical", lambda k, x, f=f: f(k, x, None), [raw(0), two], **keys)
            case("categorical-axis%d-%d-shape" % (axis, replace), "categorical", lambda k, x, f=f, s=(2,) + rest: f(k, x, s),
                 [raw(0), two], shape=(2,) + rest, **keys)
            rest = tuple(np.delete(three.shape, axis))
            case("categorical-three-axis%d-%d" % (axis, replace), "categorical",
                 lambda k, x, f=f, s=(1, 2) + rest: f(k, x, s), [raw(0), three], shape=(1, 2) + rest, **keys)
    case("categorical-vector", "categorical", lambda k, x: random.categorical(k, x, shape=(8,)), [raw(0), logits], shape=(8,))
    case("categorical-one", "categorical", random.categorical, [raw(0), logits])
    case("categorical-broadcast", "categorical", lambda k, x: random.categorical(k, x, shape=(5, 4)), [raw(0), two[:1]],
         shape=(5, 4))
    case("categorical-f64", "categorical", lambda k, x: random.categorical(k, x, shape=(9, 4)), [raw(2), sample("l", F64, (4, 3))],
         x64=True, shape=(9, 4), places=True)
    case("categorical-infinite", "categorical", lambda k, x: random.categorical(k, x, shape=(9,)),
         [raw(2), np.array([-np.inf, 0, -np.inf, 1], F32)], shape=(9,))
    case("categorical-lanes", "categorical", lanes_of(random.categorical, [0, 0]), [np.stack([raw(1), raw(2)]), three[:, 0]],
         lanes=[0, 0])


def initializers():
    init = jax.nn.initializers
    shapes = ((2, 3), (4, 1), (3, 3, 2, 5))
    for name in ("glorot_uniform", "glorot_normal", "lecun_uniform", "lecun_normal", "he_uniform", "he_normal", "xavier_uniform",
                 "xavier_normal", "kaiming_uniform", "kaiming_normal"):
        f = getattr(init, name)
        tolerance = "sampler" if "uniform" in name else "normal"
        for shape in shapes:
            case("%s-%s" % (name, shape_text(shape)), name, lambda k, f=f, s=shape: f()(k, s), [raw(42)], tolerance, shape=shape)
        case(name + "-f64", name, lambda k, f=f: f()(k, (2, 3), F64), [raw(42)], tolerance, x64=True, shape=(2, 3), dtype="f64")
        case(name + "-axes", name, lambda k, f=f: f(in_axis=(0, 1), out_axis=-2, batch_axis=(3,))(k, (2, 3, 4, 2)), [raw(42)],
             tolerance, shape=(2, 3, 4, 2), in_axis=(0, 1), out_axis=(-2,), batch_axis=(3,))
    for mode in ("fan_in", "fan_out", "fan_avg", "fan_geo_avg"):
        for distribution in ("truncated_normal", "normal", "uniform"):
            case("variance_scaling-%s-%s" % (mode, distribution), "variance_scaling",
                 lambda k, m=mode, d=distribution: init.variance_scaling(0.3, m, d)(k, (3, 5)), [raw(1)],
                 "normal" if "normal" in distribution else "sampler", shape=(3, 5), mode=mode, distribution=distribution)
    case("variance_scaling-one-axis", "variance_scaling",
         lambda k: init.variance_scaling(0.3, "fan_in", "normal", in_axis=0, out_axis=0)(k, (4,)), [raw(1)], "normal", shape=(4,),
         mode="fan_in", distribution="normal", in_axis=(0,), out_axis=(0,))
    for shape in ((), (2, 3)):
        text = shape_text(shape)
        case("zeros-" + text, "zeros", lambda k, s=shape: init.zeros(k, s), [raw(0)], shape=shape)
        case("ones-" + text, "ones", lambda k, s=shape: init.ones(k, s, F64), [raw(0)], x64=True, shape=shape, dtype="f64")
        case("constant-" + text, "constant", lambda k, v, s=shape: init.constant(v)(k, s), [raw(0), 0.3], shape=shape)
        case("init-uniform-" + text, "init_uniform", lambda k, s=shape: init.uniform()(k, s), [raw(0)], "sampler", shape=shape)
        case("init-normal-" + text, "init_normal", lambda k, s=shape: init.normal()(k, s), [raw(0)], "normal", shape=shape)
        case("init-truncated-" + text, "init_truncated_normal", lambda k, s=shape: init.truncated_normal()(k, s), [raw(0)],
             "normal", shape=shape)
    case("init-uniform-scale", "init_uniform", lambda k, s: init.uniform(s)(k, (4,), F64), [raw(0), 2.5], "sampler", x64=True,
         shape=(4,), dtype="f64", scale=1)
    case("init-normal-stddev", "init_normal", lambda k, s: init.normal(s)(k, (4,)), [raw(0), 2], "normal", shape=(4,), stddev=1)
    case("init-truncated-bounds", "init_truncated_normal",
         lambda k, s, a, b: init.truncated_normal(s, lower=a, upper=b)(k, (4,)), [raw(0), 0.5, -1.0, 3.0], "normal", shape=(4,),
         stddev=1, lower=2, upper=3)


def write():
    plain()
    integers()
    parameters()
    orders()
    categories()
    initializers()

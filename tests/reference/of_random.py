"""Of tests/test_random.c: keys, bits, uniform and normal numbers."""
import numpy as np

import jax

from cases import *


def draws():
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


def write():
    draws()

"""Of tests/test_random_rejection.c: the samplers of jax.random that draw gamma numbers."""
import numpy as np

import jax
import jax.numpy as jnp

import cases
from cases import *

random = jax.random
I8, U16 = np.dtype(np.int8), np.dtype(np.uint16)
cases.NAMES |= {"int8": "i8", "uint16": "u16"}
ALPHAS = (0.01, 0.5, 1.0, 3.7, 100.0)


def raw(seed):
    return np.array([seed >> 32, seed & 0xffffffff], np.uint32)


def of_one_parameter():
    for name in ("gamma", "loggamma", "chisquare", "t"):
        f = getattr(random, name)
        for alpha in ALPHAS:
            for dtype in FLOATS:
                if name == "t" and alpha == 0.01 and dtype == F32:  # subnormal numbers, which JAX flushes
                    continue
                case("%s-%g-%s" % (name, alpha, short(dtype)), name, lambda k, a, f=f, d=dtype: f(k, a, (9,), d),
                     [raw(0), np.array(alpha, dtype)], "draw", x64=dtype == F64, shape=(9,), dtype=short(dtype))
        case(name + "-number", name, lambda k, a, f=f: f(k, a), [raw(3), 2.5], "draw")
        case(name + "-integer", name, lambda k, a, f=f: f(k, a, (3,)), [raw(3), 4], "draw", shape=(3,))
        case(name + "-empty", name, lambda k, a, f=f: f(k, a, (2, 0)), [raw(3), 1.5], "draw", shape=(2, 0))
        case(name + "-absurd", name, lambda k, a, f=f: f(k, a),
             [raw(1), np.array([np.nan, 0, -0.25, -0.9, -5, np.inf, 1e-30, 1e30], F32)], "draw")
        case(name + "-long", name, lambda k, a, f=f: f(k, a, (3000,)), [raw(42), 1.25], "draw", every=53, shape=(3000,))
        for dtype in FLOATS:
            a = np.array([[0.3], [2.0]], dtype)
            w = sample("w", dtype, (2, 3))
            word = {"x64": dtype == F64, "dtype": short(dtype)}
            case("%s-array-%s" % (name, short(dtype)), name, lambda k, a, f=f, d=dtype: f(k, a, (2, 3), d), [raw(4), a], "draw",
                 shape=(2, 3), **word)
            case("%s-own-shape-%s" % (name, short(dtype)), name, lambda k, a, f=f, d=dtype: f(k, a, dtype=d), [raw(4), a], "draw",
                 **word)
            case("%s-grad-%s" % (name, short(dtype)), name, lambda k, a, f=f, d=dtype: f(k, a, (2, 3), d), [raw(4), a, w],
                 "draw_derivative", grad=True, wrt=1, shape=(2, 3), **word)
            a = np.array(ALPHAS + (1.5, 8.0, 30.0, 1e3), dtype)
            case("%s-grad-alphas-%s" % (name, short(dtype)), name, lambda k, a, f=f, d=dtype: f(k, a, None, d),
                 [raw(5), a, np.ones(9, dtype)], "draw_derivative", grad=True, wrt=1, **word)
        case(name + "-lanes-keys", name, lanes_of(lambda k, a, f=f: f(k, a, (3,)), [0, None]),
             [np.stack([raw(1), raw(2)]), np.array(0.75, F32)], "draw", shape=(3,), lanes=[0, "n"])
        case(name + "-lanes-both", name, lanes_of(lambda k, a, f=f: f(k, a, (3,)), [0, 0]),
             [np.stack([raw(1), raw(2)]), np.array([0.75, 5], F32)], "draw", shape=(3,), lanes=[0, 0])
        case(name + "-lanes-parameters", name, lanes_of(lambda k, a, f=f: f(k, a, (3,)), [None, 0]),
             [raw(1), np.array([0.75, 5], F32)], "draw", shape=(3,), lanes=["n", 0])


def of_two_parameters():
    for name in ("beta", "f"):
        f = getattr(random, name)
        for a, b in ((0.5, 0.5), (1.0, 3.0), (0.01, 0.02), (40.0, 2.5)):
            for dtype in FLOATS:
                if name == "f" and a == 0.01 and dtype == F32:
                    continue
                case("%s-%g_%g-%s" % (name, a, b, short(dtype)), name, lambda k, a, b, f=f, d=dtype: f(k, a, b, (7,), d),
                     [raw(0), np.array(a, dtype), np.array(b, dtype)], "draw", x64=dtype == F64, shape=(7,), dtype=short(dtype))
        a, b, w = np.array([[0.5, 2, 9]] * 2, F32), np.array([[1] * 3, [3.5] * 3], F32), sample("w", F32, (2, 3))
        case(name + "-arrays", name, lambda k, a, b, f=f: f(k, a, b), [raw(6), a, b], "draw")
        case(name + "-number", name, lambda k, a, b, f=f: f(k, a, b), [raw(6), 2.0, 3.0], "draw")
        for wrt in (1, 2):
            case("%s-grad-%d" % (name, wrt), name, lambda k, a, b, f=f: f(k, a, b), [raw(6), a, b, w], "draw_derivative", grad=True,
                 wrt=wrt)
        case(name + "-lanes", name, lanes_of(lambda k, a, b, f=f: f(k, a, b, (3,)), [0, None, 0]),
             [np.stack([raw(1), raw(2)]), np.array(2, F32), np.array([0.75, 5], F32)], "draw", shape=(3,), lanes=[0, "n", 0])
    case("beta-broadcast", "beta", lambda k, a, b: random.beta(k, a, b, (2, 3)),
         [raw(6), np.array([[0.5], [4]], F32), np.array([1, 2, 3], F32)], "draw", shape=(2, 3))


def along_an_axis():
    for dtype in FLOATS:
        word = {"x64": dtype == F64, "dtype": short(dtype)}
        a = np.array([[0.02, 1, 3.5], [10, 0.5, 0.5]], dtype)
        case("dirichlet-%s" % short(dtype), "dirichlet", lambda k, a, d=dtype: random.dirichlet(k, a, dtype=d), [raw(0), a], "draw",
             **word)
        case("dirichlet-shape-%s" % short(dtype), "dirichlet", lambda k, a, d=dtype: random.dirichlet(k, a, (2, 2), d), [raw(0), a],
             "draw", shape=(2, 2), **word)
        case("dirichlet-vector-%s" % short(dtype), "dirichlet", lambda k, a, d=dtype: random.dirichlet(k, a, (3,), d),
             [raw(0), a[0]], "draw", shape=(3,), **word)
        case("dirichlet-grad-%s" % short(dtype), "dirichlet", lambda k, a, d=dtype: random.dirichlet(k, a, dtype=d),
             [raw(0), a, sample("w", dtype, (2, 3))], "draw_derivative", grad=True, wrt=1, **word)
        if dtype == F64:  # JAX's signs then come of bits of f64 too
            continue
        for p in (0.5, 1.0, 2.0, 3.5):
            case("generalized_normal-%g-%s" % (p, short(dtype)), "generalized_normal",
                 lambda k, p, d=dtype: random.generalized_normal(k, p, (7,), d), [raw(1), p], "draw", shape=(7,), **word)
            case("ball-%g-%s" % (p, short(dtype)), "ball", lambda k, n, p, d=dtype: random.ball(k, n, p, (2,), d), [raw(1), 3, p],
                 "draw", shape=(2,), **word)
        case("generalized_normal-grad-%s" % short(dtype), "generalized_normal",
             lambda k, p, d=dtype: random.generalized_normal(k, p, (5,), d), [raw(1), np.array(1.5, dtype), sample("w", dtype, (5,))],
             "draw_derivative", grad=True, wrt=1, shape=(5,), **word)
        case("ball-grad-%s" % short(dtype), "ball", lambda k, n, p, d=dtype: random.ball(k, 3, p, (2,), d),
             [raw(1), np.array(3, I32), np.array(1.5, dtype), sample("w", dtype, (2, 3))], "draw_derivative", grad=True, wrt=2,
             shape=(2,), nojit=1, **word)
    case("ball-one", "ball", lambda k, n, p: random.ball(k, n, p), [raw(1), 4, 2.0], "draw")
    case("ball-none", "ball", lambda k, n, p: random.ball(k, n, p, (2,)), [raw(1), 0, 2.0], "draw", shape=(2,))
    case("dirichlet-lanes", "dirichlet", lanes_of(random.dirichlet, [0, None]),
         [np.stack([raw(1), raw(2)]), np.array([1, 2, 0.5], F32)], "draw", lanes=[0, "n"])


def write():
    of_one_parameter()
    of_two_parameters()
    along_an_axis()

"""Of tests/test_random_draws.c: the samplers of jax.random whose elements are not drawn one by one."""
import numpy as np

import jax

import cases
from cases import *

random = jax.random
cases.NAMES |= {"int8": "i8", "uint16": "u16"}


def raw(seed):
    return np.array([seed >> 32, seed & 0xffffffff], np.uint32)


def poisson():
    name, f = "poisson", random.poisson
    for lam in (0, 0.3, 5, 9.99, 10, 12.5, 100, 1e4, 1e6, 1e8, 3e9, 1e30, np.inf, np.nan, -1, -0.0):
        case("poisson-%g" % lam, name, lambda k, a: f(k, a, (9,)), [raw(0), np.array(lam, F32)], shape=(9,))
    for lam in (0.3, 9.99, 10, 200, 1e6):
        case("poisson-long-%g" % lam, name, lambda k, a: f(k, a, (3000,)), [raw(42), np.array(lam, F32)], every=17, shape=(3000,))
    mixed = np.array([[0.5, 10, 3e4], [np.nan, 12, 0]], F32)
    case("poisson-mixed", name, f, [raw(3), mixed])
    case("poisson-mixed-long", name, lambda k, a: f(k, a, (50, 2, 3)), [raw(4), mixed], shape=(50, 2, 3))
    case("poisson-rows", name, lambda k, a: f(k, a, (3, 40)), [raw(5), np.array([[2], [20], [2000]], F32)], shape=(3, 40))
    case("poisson-number", name, f, [raw(3), 2.5])
    case("poisson-integer", name, lambda k, a: f(k, a, (5,)), [raw(3), 40], shape=(5,))
    case("poisson-integers", name, f, [raw(3), np.array([1, 11, 1 << 20], I32)])
    case("poisson-empty", name, lambda k, a: f(k, a, (2, 0)), [raw(3), 15.0], shape=(2, 0))
    case("poisson-f64", name, lambda k, a: f(k, a, dtype=I32), [raw(3), np.array([0.1, 9.9999999999, 1e5], F64)], x64=True, dtype="i32")
    corners = np.array([-1, 0, 3, 15, 300, 1e5, 1e10, np.inf, np.nan], F32)
    for dtype in (I8, U8, U16, I32, U32, I64, U64):
        case("poisson-%s" % short(dtype), name, lambda k, a, d=dtype: f(k, a, dtype=d), [raw(6), corners], x64=dtype in (I64, U64),
             dtype=short(dtype))
    keys, lams = np.stack([raw(1), raw(2), raw(7)]), np.array([0.75, 15, 1e4], F32)
    word = {"shape": (40,)}
    case("poisson-lanes-keys", name, lanes_of(lambda k, a: f(k, a, (40,)), [0, None]), [keys, np.array(15, F32)], lanes=[0, "n"], **word)
    case("poisson-lanes-both", name, lanes_of(lambda k, a: f(k, a, (40,)), [0, 0]), [keys, lams], lanes=[0, 0], **word)
    case("poisson-lanes-lam", name, lanes_of(lambda k, a: f(k, a, (40,)), [None, 0]), [raw(1), lams], lanes=["n", 0], **word)
    case("poisson-lanes-mixed", name, lanes_of(f, [0, 1]), [keys, np.tile(mixed[:1], (3, 1)).T.copy()], lanes=[0, 1])


def covariance(name, dtype, *batch, n=3):
    a = sample(name, F64, (*batch, n, n), -1, 1)
    return (a @ np.swapaxes(a, -1, -2) + np.eye(n)).astype(dtype)


def normal_case(what, dtype, operands, shape=None, **words):
    if shape:
        words["shape"] = shape
    case("multivariate_normal-%s-%s" % (what, short(dtype)), "multivariate_normal",
         lambda k, m, c: random.multivariate_normal(k, m, c, shape, dtype), operands, "normal_based", x64=dtype == F64,
         dtype=short(dtype), **words)


def multivariate_normal():
    name, f, tolerance = "multivariate_normal", random.multivariate_normal, "normal_based"
    for dtype in FLOATS:
        m, c, more = sample("m", dtype, (3,), -2, 2), covariance("c", dtype), covariance("c", dtype, 4)
        for what, shape, mean, cov in (
                ("own", None, m, c), ("shape", (2, 3), m, c), ("batch", None, sample("b", dtype, (2, 1, 3), -2, 2), more),
                ("batch-shape", (2, 4), m, more), ("one", (5,), m[:1], c[:1, :1]), ("two", (3,), m[:2], c[:2, :2]),
                ("many", None, sample("9", dtype, (9,), -2, 2), covariance("9", dtype, n=9)), ("none", (2,), m[:0], c[:0, :0]),
                ("empty", (0, 2), m, c), ("lopsided", None, m, c + np.triu(np.ones((3, 3), dtype), 1)),
                ("indefinite", None, m, c - 3 * np.eye(3, dtype=dtype)), ("singular", None, m, np.zeros((3, 3), dtype)),
                ("some", None, m, np.stack([c, -c, c * np.array(np.nan, dtype)]))):
            normal_case(what, dtype, [raw(1), mean, cov], shape)
        for wrt in (1, 2):
            normal_case("grad-%d" % wrt, dtype, [raw(2), m, c, sample("w", dtype, (3,))], grad=True, wrt=wrt)
            normal_case("grad-shape-%d" % wrt, dtype, [raw(2), sample("b", dtype, (2, 3), -2, 2), covariance("c", dtype, 4, 1),
                                                       sample("w", dtype, (4, 2, 3))], (4, 2), grad=True, wrt=wrt)
    m, c = sample("m", F32, (3,), -2, 2), covariance("c", F32)
    case(name + "-wide", name, lambda k, m, c: f(k, m, c, dtype=F64), [raw(1), m, 4 * np.eye(3, dtype=F32)], tolerance, x64=True,
         dtype="f64")  # the factor is exact
    case(name + "-joined", name, f, [raw(1), m, c.astype(F64)], tolerance, x64=True)
    case(name + "-integers", name, f, [raw(1), np.array([1, 2], I32), np.array([[4, 1], [1, 2]], I32)], tolerance)
    keys, covs = np.stack([raw(1), raw(2)]), covariance("l", F32, 2)
    for what, axes, x in (("keys", [0, None, None], [keys, m, c]), ("all", [0, 1, 0], [keys, np.stack([m, m + 1], 1), covs]),
                          ("cov", [None, None, 2], [raw(1), m, np.moveaxis(covs, 0, 2)])):
        case("%s-lanes-%s" % (name, what), name, lanes_of(lambda k, m, c: f(k, m, c, (2,)), axes), x, tolerance, shape=(2,),
             lanes=["n" if a is None else a for a in axes])


def orthogonal():
    name, f, tolerance = "orthogonal", random.orthogonal, "normal_based"
    for dtype in FLOATS:
        word = {"x64": dtype == F64, "dtype": short(dtype)}
        for n, m in ((1, 1), (3, 3), (5, 2), (2, 5), (12, 12)):
            case("orthogonal-%d-%d-%s" % (n, m, short(dtype)), name, lambda k, n=n, m=m, d=dtype: f(k, n, (), d, m), [raw(1)], tolerance,
                 n=n, **({"m": m} if m != n else {}), **word)
        case("orthogonal-shape-%s" % short(dtype), name, lambda k, d=dtype: f(k, 3, (2, 2), d), [raw(2)], tolerance, n=3, shape=(2, 2), **word)
        for shape in ((2, 3), (4, 4), (3, 2, 4), (1, 5), (0, 3)):
            for axis in (None, 0):
                case("init-orthogonal-%s-%s-%s" % (shape_text(shape), "last" if axis is None else axis, short(dtype)), "init_orthogonal",
                     lambda k, s=shape, a=axis, d=dtype: jax.nn.initializers.orthogonal(column_axis=-1 if a is None else a)(k, s, d),
                     [raw(3)], tolerance, shape=shape, **({} if axis is None else {"column": axis}), **word)
        for shape in ((3, 2, 2), (2, 3, 2, 4), (1, 4, 3, 2, 3)):
            case("init-delta-%s-%s" % (shape_text(shape), short(dtype)), "init_delta_orthogonal",
                 lambda k, s=shape, d=dtype: jax.nn.initializers.delta_orthogonal()(k, s, d), [raw(4)], tolerance, shape=shape, **word)
    case("init-orthogonal-scale", "init_orthogonal", lambda k, s: jax.nn.initializers.orthogonal(s)(k, (3, 2)), [raw(3), 2.5], tolerance,
         shape=(3, 2), scale=1)
    case("orthogonal-lanes", name, lanes_of(lambda k: f(k, 3), [0]), [np.stack([raw(1), raw(2)])], tolerance, n=3, lanes=[0])


def write():
    poisson()
    multivariate_normal()
    orthogonal()

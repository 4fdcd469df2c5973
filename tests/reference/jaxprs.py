#!/usr/bin/env python3
"""Writes tests/golden/ir_jax.txt: programs as JAX prints them, which this library reads and prints the same.

    python3 -m venv venv && venv/bin/pip install jax==0.10.2
    venv/bin/python tests/reference/jaxprs.py

Programs are followed by an empty line each. Left out are primitives whose parameters JAX shows and this library does
not (docs/ir.md).
"""
import os

import jax
import jax.numpy as jnp
from jax import lax

assert jax.__version__ == "0.10.2", jax.__version__
jax.config.update("jax_platforms", "cpu")

x = jnp.ones(3)
A = jnp.ones((3, 4))
ones = jnp.ones(3)
texts = []


def show(f, *args):
    texts.append(str(jax.make_jaxpr(f)(*args)))


@jax.jit
def double(x):
    return x + x


@jax.jit
def quadruple(x):
    return double(double(x))


@jax.jit
def many(x):
    for _ in range(12):
        x = lax.sin(x)
    return x


@jax.jit
def several(x, *rest):
    return (lax.concatenate((x, *rest), 0), x, *rest)


@jax.jit
def predict(params, image):
    for w, b in params:
        image = jnp.maximum(jnp.dot(w, image) + b, 0)
    return image - jnp.max(image)


def layers(*sizes):
    return [(jnp.ones((m, n)), jnp.ones(m)) for n, m in zip(sizes, sizes[1:])]


show(lambda x, y: (x * jnp.sin(y) + 2.0).sum(), x, x)
show(lambda x: (x, 3, 2.0, True), x)
show(lambda: ())
show(lambda x: (), x)
show(lambda A: (lax.transpose(A, (1, 0)), lax.slice(A, (0, 0), (2, 2), (1, 2)),
                lax.pad(A, 0.0, ((0, 1, 0), (2, 0, 0))), lax.concatenate([A, A], 1),
                lax.argmax(A, 1, jnp.int32), lax.broadcast_in_dim(A, (2, 3, 4), (1, 2)),
                lax.broadcast_in_dim(1.0, (2,), ()), lax.integer_pow(A, 3),
                lax.bitcast_convert_type(A, jnp.int32), A @ A.T, jnp.max(A, 1),
                lax.dot_general(A, A, (((0,), (0,)), ((1,), (1,)))),
                lax.convert_element_type(A, jnp.int32), lax.square(A), lax.erf_inv(A)), A)
rows = lax.GatherDimensionNumbers((1,), (0,), (0,))
pairs = lax.GatherDimensionNumbers((), (1,), (1,), (0,), (0,))
show(lambda A, i, k, u: (lax.gather(A, i, rows, (1, 4), mode="clip"), lax.gather(A, i, rows, (1, 4), mode="fill"),
                   lax.gather(A, i, rows, (1, 4), mode="fill", fill_value=-1.5),
                   lax.gather(A, i[:, :, None], pairs, (1, 1), indices_are_sorted=True, unique_indices=True, mode="fill",
                              fill_value=2),
                   lax.gather(A > 0, i, rows, (1, 4), mode="fill"),
                   lax.gather(i, i, lax.GatherDimensionNumbers((1,), (0,), (0,)), (1, 1), mode="fill"),
                   lax.gather(A, i, rows, (1, 4), mode="promise_in_bounds"),
                   lax.dynamic_slice_p.bind(A, k, k, slice_sizes=(2, 3)),
                   lax.dynamic_update_slice_p.bind(A, u, k, k)),
     A, jnp.ones((3, 1), jnp.int32), jnp.int32(1), jnp.ones((2, 2)))
show(lambda x: x * jnp.inf - jnp.nan + 1e-30 + 1e10 + 0.1 - 16777216.0, 1.0)
show(lambda x: x.astype(jnp.int32) + jnp.int32(-2), x)
show(lambda x: double(x) + ones, x)
show(lambda x: double(x), x)
show(lambda x: double(double(x)), x)
show(lambda x: lax.slice(double(x), (0,), (3,), (2,)), x)
show(lambda x: quadruple(x) + double(x), x)
show(lambda x: many(x), x)
show(lambda x: quadruple(quadruple(x)), x)
show(lambda *xs: several(*xs), *[x] * 30)
show(lambda *xs: sum(a * b for a, b in zip(xs, xs[1:])), *[x] * 30)
show(lambda x: jnp.where(x > 1, x.astype(bool), True), x)
show(jax.grad(lambda x: lax.exp(x)), 1.0)
show(predict, layers(5, 4, 3), jnp.ones(5))
show(lambda params, a, b: predict(params, a) @ predict(params, b), layers(5, 4, 3, 2, 1), jnp.ones(5), jnp.ones(5))

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "..", "golden", "ir_jax.txt"), "w", encoding="ascii") as f:
    for text in texts:
        f.write(text + "\n\n")

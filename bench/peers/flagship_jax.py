"""The flagship step in JAX: a window of steps for each line read. Forms: step (jit, donated), scan (one jitted scan)."""
import sys
import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import grad, jit, lax, random, vmap
from jax.scipy.special import logsumexp

BATCH, SIZES = 128, [784, 512, 512, 10]
form, steps = sys.argv[1], int(sys.argv[2])


def layer(m, n, key):
    w, b = random.split(key)
    return 1e-2 * random.normal(w, (n, m)), 1e-2 * random.normal(b, (n,))


def predict(params, image):
    activations = image
    for w, b in params[:-1]:
        activations = jnp.maximum(0, jnp.dot(w, activations) + b)
    w, b = params[-1]
    logits = jnp.dot(w, activations) + b
    return logits - logsumexp(logits)


def loss(params, images, targets):
    return -jnp.mean(vmap(predict, in_axes=(None, 0))(params, images) * targets)


def update(params, x, y):
    return jax.tree.map(lambda p, d: p - 0.01 * d, params, grad(loss)(params, x, y))


@partial(jit, donate_argnums=0)
def step(params, x, y):
    return update(params, x, y)


@partial(jit, donate_argnums=0)
def scanned(params, x, y):
    return lax.scan(lambda p, _: (update(p, x, y), None), params, None, length=steps)[0]


keys = random.split(random.key(0), len(SIZES))
params = [layer(m, n, k) for m, n, k in zip(SIZES[:-1], SIZES[1:], keys)]
x = jnp.asarray(np.arange(BATCH * 784).reshape(BATCH, 784) * 7919 % 256, jnp.float32)
y = jax.nn.one_hot(jnp.arange(BATCH) % 10, 10)


def window():
    global params
    start = time.perf_counter()
    if form == "scan":
        params = scanned(params, x, y)
    else:
        for _ in range(steps):
            params = step(params, x, y)
    jax.block_until_ready(params)
    return 1e3 * (time.perf_counter() - start) / steps


window()
window()
print(f"# jax {jax.__version__}", flush=True)
for _ in sys.stdin:
    print(f"{window():.6f}", flush=True)

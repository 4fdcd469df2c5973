"""The array surface in JAX, jitted: on each line, the name of a case, a window of it; prints microseconds a call.

The cases are those of bench/surface.c, which also says what their operands are.
"""
import subprocess
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax, nn, random
from jax.scipy import special

program = sys.argv[1]


def numbers(count):
    u = np.arange(count, dtype=np.uint32) * np.uint32(2654435761)
    u = (u ^ u >> np.uint32(16)) * np.uint32(2246822519)
    return u ^ u >> np.uint32(13)


def operand(text):
    words = text.split()
    if words[0] == "key":
        return random.PRNGKey(7)
    sizes = [int(w) for w in words[1:]]
    if words[0] == "i32":
        below = sizes.pop()
        return jnp.asarray((numbers(np.prod(sizes)) % np.uint32(below)).astype(np.int32).reshape(sizes))
    x = ((numbers(np.prod(sizes)) >> np.uint32(8)) / np.float32(1 << 23) - 1).astype(np.float32).reshape(sizes)
    return jnp.asarray(x).astype({"f32": jnp.float32, "f16": jnp.float16, "bf16": jnp.bfloat16}[words[0]])


def embedding_sum(x, i, v):
    return jnp.sum(jnp.take(x, i, axis=0) * v)


def along(f):
    return {0: lambda x: f(x, axis=0), 1: lambda x: f(x, axis=1)}


AXES = {
    "argmax": along(jnp.argmax), "max": along(jnp.max), "min": along(jnp.min), "sum": along(jnp.sum),
    "mean": along(jnp.mean), "var": along(jnp.var), "logsumexp": along(special.logsumexp), "softmax": along(nn.softmax),
    "cumsum": along(jnp.cumsum), "cumprod": along(jnp.cumprod), "cummax": along(lax.cummax),
}

FIRST = {  # by the first words of a name; the longest that fits
    "sort": jnp.sort,
    "argsort": jnp.argsort,
    "top_k": lambda x: lax.top_k(x, 10),
    "cumsum 1e6": jnp.cumsum,
    "cumprod 1e6": jnp.cumprod,
    "cummax 1e6": lax.cummax,
    "take": lambda x, i: jnp.take(x, i, axis=0),
    "embedding gradient": jax.grad(embedding_sum),
    "scatter-add": lambda x, i, v: x.at[i].add(v),
    "scatter-add 1e6 to 1000 bins": lambda i, v: jnp.zeros(1000).at[i].add(v),
    "segment_sum": lambda v, i: jax.ops.segment_sum(v, i, num_segments=1000),
    "any": lambda x: jnp.any(x > 2),
    "all": lambda x: jnp.all(x < 2),
    "bincount": lambda x: jnp.bincount(x, length=1000),
    "histogram": lambda x: jnp.histogram(x, 100),
    "random bits": lambda key: random.bits(key, (1000000,)),
    "random uniform": lambda key: random.uniform(key, (1000000,)),
    "random normal": lambda key: random.normal(key, (1000000,)),
    "permutation": lambda key: random.permutation(key, 100000),
    "where": lambda x, y: jnp.where(x > 0, x, y),
    "select": lambda x, y: jnp.select([x > 0.5, y < 0], [x, y], 0),
    "transpose": jnp.transpose,
    "transpose 021": lambda x: jnp.transpose(x, (0, 2, 1)),
    "transpose 102": lambda x: jnp.transpose(x, (1, 0, 2)),
    "concatenate axis 0": lambda x, y: jnp.concatenate([x, y], 0),
    "concatenate axis 1": lambda x, y: jnp.concatenate([x, y], 1),
    "pad 1": lambda x: jnp.pad(x, 1),
    "pad edge": lambda x: jnp.pad(x, 1, mode="edge"),
    "f32 to f16": lambda x: x.astype(jnp.float16),
    "f32 to bf16": lambda x: x.astype(jnp.bfloat16),
    "bf16 to f32": lambda x: x.astype(jnp.float32),
    "f16 to f32": lambda x: x.astype(jnp.float32),
    "i32 to f32": lambda x: x.astype(jnp.float32),
    "f32 to i32": lambda x: (x * 1000).astype(jnp.int32),
    "erf": special.erf,
    "erfc": special.erfc,
    "erf_inv": special.erfinv,
    "lgamma": lambda x: special.gammaln(x + 2),
    "digamma": lambda x: special.digamma(x + 2),
}


def function(name):
    words = name.split()
    if words[0] == "einsum":
        return lambda *x: jnp.einsum(words[1], *x)
    if words[0] in AXES and words[1] == "axis":
        return AXES[words[0]][int(words[2])]
    return FIRST[max((k for k in FIRST if (name + " ").startswith(k + " ") or name.startswith(k + ",")), key=len)]


def window(f, operands):
    times, start = 0, time.perf_counter()
    while True:
        jax.block_until_ready(f(*operands))
        times += 1
        passed = 1e6 * (time.perf_counter() - start)
        if passed >= 3000:
            return passed / times


listing = subprocess.run([program, "--list"], check=True, stdout=subprocess.PIPE, text=True).stdout
cases = dict(line.split("\t")[:2] for line in listing.splitlines())
now = None
print(f"# jax {jax.__version__}", flush=True)
for line in sys.stdin:
    name = line.strip()
    if name != now:
        f, operands, now = jax.jit(function(name)), [operand(text) for text in cases[name].split(";")], name
        jax.block_until_ready(f(*operands))
        window(f, operands)
    print(f"{window(f, operands):.6f}", flush=True)

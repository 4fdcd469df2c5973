#!/usr/bin/env python3
"""Writes optim.txt, the reference values of tests/test_optim.c.

    python3 -m venv venv && venv/bin/pip install jax==0.10.2 optax==0.2.8 numpy
    venv/bin/python tests/reference/make_optim.py

The inputs are seeded, so the file changes only with optax or with this script. One case, as
tests/support/reference.c reads it; the numbers among the keys are decimal:

    case NAME CALL TOLERANCE [KEY=VALUE ...]
    < TYPE ELEMENT ...   an operand; bits in hexadecimal, row-major
    > TYPE ELEMENT ...   the result

The parameters are a tree of 14 numbers, {"b": [3], "deep": ([], [2,2]), "w": [2,3]}; it is written as its leaves, one
after the other. All optimisers start at the same parameters and take the same gradients of 20 steps, which are the
first cases, params [14] and grads [20,14]; the result is the parameters after each step [20,14]. A schedule's operand
is the steps, its result the value at each.
"""
import os
import zlib

import numpy as np

import jax
import jax.numpy as jnp
import optax

assert jax.__version__ == "0.10.2", jax.__version__
assert optax.__version__ == "0.2.8", optax.__version__
jax.config.update("jax_platforms", "cpu")

N_STEPS = 20
NAMES = {"int32": "i32", "float32": "f32", "float64": "f64"}
BITS = {4: np.uint32, 8: np.uint64}
F32, F64 = np.dtype(np.float32), np.dtype(np.float64)
HERE = os.path.dirname(os.path.abspath(__file__))

lines, names = [], set()


def array_line(mark, x):
    x = np.asarray(x)
    shape = ",".join(str(n) for n in x.shape)
    bits = ["%x" % int(b) for b in x.reshape(-1).view(BITS[x.dtype.itemsize])]
    return " ".join(["%s %s[%s]" % (mark, NAMES[str(x.dtype)], shape)] + bits)


def write_case(name, call, tolerance, keys, operands, result):
    assert name not in names and " " not in name, name
    names.add(name)
    lines.append(" ".join(["case", name, call, tolerance] + ["%s=%s" % (k, v) for k, v in keys.items()]))
    lines.extend(array_line("<", x) for x in operands)
    lines.append(array_line(">", result))


def sample(name, dtype, shape, scale=1.0):
    r = np.random.RandomState(zlib.crc32(name.encode()) % 2**32)
    return np.asarray(scale * (2 * r.rand(*shape) - 1)).astype(dtype)


def tree_of(x):
    return {"b": x[0:3], "deep": (x[3], x[4:8].reshape(2, 2)), "w": x[8:14].reshape(2, 3)}


def numbers_of(tree):
    return np.concatenate([np.asarray(leaf).reshape(-1) for leaf in jax.tree.leaves(tree)])


def mode(dtype):
    jax.config.update("jax_enable_x64", dtype == F64)


# ---- optimisers ------------------------------------------------------------------------------------------------

def start_of(dtype):
    return sample("params", dtype, (14,)), sample("grads", dtype, (N_STEPS, 14), 0.5)


def optimiser(name, call, transformation, dtype=F32, **keys):
    """Jitted, as one uses it; each step's gradients are given, so that the steps stay apart."""
    mode(dtype)
    params, grads = start_of(dtype)
    p = jax.tree.map(jnp.asarray, tree_of(params))
    state = transformation.init(p)

    @jax.jit
    def step(p, state, g):
        updates, state = transformation.update(g, state, p)
        return optax.apply_updates(p, updates), state

    result = []
    for g in grads:
        p, state = step(p, state, jax.tree.map(jnp.asarray, tree_of(g)))
        result.append(numbers_of(p))
    write_case(name, call, "optimiser", keys, [], np.stack(result))


def optimisers():
    for dtype in (F32, F64):
        end = "" if dtype == F32 else "-f64"
        for call, x in zip(("params", "grads"), start_of(dtype)):
            write_case(call + end, call, "exact", {}, [], x)
        optimiser("sgd" + end, "sgd", optax.sgd(0.1), dtype, learning_rate=0.1)
        optimiser("momentum" + end, "momentum", optax.sgd(0.1, 0.9), dtype, learning_rate=0.1)
        optimiser("adam" + end, "adam", optax.adam(0.01), dtype, learning_rate=0.01)
        optimiser("adamw" + end, "adamw", optax.adamw(0.01), dtype, learning_rate=0.01)
        optimiser("rmsprop" + end, "rmsprop", optax.rmsprop(0.01), dtype, learning_rate=0.01)
        optimiser("lion" + end, "lion", optax.lion(0.01), dtype, learning_rate=0.01)
    optimiser("momentum-decay", "momentum", optax.sgd(0.05, 0.5), learning_rate=0.05, decay=0.5)
    optimiser("momentum-none", "momentum", optax.sgd(0.05, 0.0), learning_rate=0.05, decay=0)
    optimiser("momentum-nesterov", "momentum", optax.sgd(0.1, 0.8, nesterov=True), learning_rate=0.1, decay=0.8,
              nesterov=1)
    optimiser("adam-numbers", "adam", optax.adam(0.02, b1=0.8, b2=0.95, eps=1e-3, eps_root=1e-4), learning_rate=0.02,
              b1=0.8, b2=0.95, eps=1e-3, eps_root=1e-4)
    optimiser("adam-without-b1", "adam", optax.adam(0.01, b1=0.0), learning_rate=0.01, b1=0)
    optimiser("adam-nesterov", "adam", optax.adam(0.01, nesterov=True), learning_rate=0.01, nesterov=1)
    optimiser("adamw-decay", "adamw", optax.adamw(0.01, weight_decay=0.1), learning_rate=0.01, weight_decay=0.1)
    optimiser("adamw-without-decay", "adamw", optax.adamw(0.01, weight_decay=0.0), learning_rate=0.01, weight_decay=0)
    mask = {"b": False, "deep": True, "w": True}
    optimiser("adamw-mask", "adamw", optax.adamw(0.01, weight_decay=0.1, mask=mask), learning_rate=0.01,
              weight_decay=0.1, mask=1)
    optimiser("adamw-nesterov", "adamw", optax.adamw(0.01, b1=0.8, nesterov=True), learning_rate=0.01, b1=0.8, nesterov=1)
    optimiser("rmsprop-numbers", "rmsprop", optax.rmsprop(0.02, decay=0.8, eps=1e-2, initial_scale=0.5),
              learning_rate=0.02, decay=0.8, eps=1e-2, initial_scale=0.5)
    optimiser("rmsprop-eps-outside", "rmsprop", optax.rmsprop(0.02, eps=1e-2, eps_in_sqrt=False), learning_rate=0.02,
              eps=1e-2, eps_outside=1)
    optimiser("rmsprop-centered", "rmsprop", optax.rmsprop(0.01, eps=1e-2, centered=True), learning_rate=0.01, eps=1e-2,
              centered=1)
    optimiser("rmsprop-centered-outside", "rmsprop",
              optax.rmsprop(0.01, eps=1e-2, centered=True, eps_in_sqrt=False), learning_rate=0.01, eps=1e-2, centered=1,
              eps_outside=1)
    # With all of the bias gone the first step divides by the rounding of g^2 - g^2, which a large eps hides.
    optimiser("rmsprop-centered-bias", "rmsprop", optax.rmsprop(0.01, eps=1.0, centered=True, bias_correction=True),
              learning_rate=0.01, eps=1, centered=1, bias_correction=1)
    optimiser("rmsprop-bias", "rmsprop", optax.rmsprop(0.01, bias_correction=True), learning_rate=0.01, bias_correction=1)
    optimiser("rmsprop-momentum", "rmsprop", optax.rmsprop(0.01, momentum=0.9), learning_rate=0.01, momentum=0.9)
    optimiser("rmsprop-momentum-nesterov", "rmsprop", optax.rmsprop(0.01, momentum=0.7, nesterov=True),
              learning_rate=0.01, momentum=0.7, nesterov=1)
    optimiser("lion-numbers", "lion", optax.lion(0.01, b1=0.8, b2=0.9, weight_decay=0.1), learning_rate=0.01, b1=0.8,
              b2=0.9, weight_decay=0.1)
    optimiser("lion-mask", "lion", optax.lion(0.01, weight_decay=0.1, mask=mask), learning_rate=0.01, weight_decay=0.1,
              mask=1)
    # Chains.
    optimiser("clip-sgd", "sgd", optax.chain(optax.clip(0.2), optax.sgd(0.1)), learning_rate=0.1, clip=0.2)
    optimiser("clip-norm-adam", "adam", optax.chain(optax.clip_by_global_norm(1.0), optax.adam(0.01)),
              learning_rate=0.01, max_norm=1)
    optimiser("decayed-sgd", "sgd", optax.chain(optax.add_decayed_weights(0.1, mask), optax.sgd(0.1)),
              learning_rate=0.1, add_decayed=0.1, mask=1)
    optimiser("adam-schedule", "adam", optax.adam(optax.warmup_cosine_decay_schedule(0.0, 0.05, 5, 15, 0.001)),
              learning_rate=0, schedule=1)


# ---- norms -----------------------------------------------------------------------------------------------------

def norms():
    for dtype in (F32, F64):
        mode(dtype)
        end = "" if dtype == F32 else "-f64"
        x = sample("norm", dtype, (14,))
        tree = jax.tree.map(jnp.asarray, tree_of(x))
        write_case("global_norm" + end, "global_norm", "reduction", {}, [x], optax.global_norm(tree))
        write_case("tree_sum" + end, "tree_sum", "reduction", {}, [x], optax.tree.sum(tree))
        write_case("tree_vdot" + end, "tree_vdot", "reduction", {}, [x], optax.tree.vdot(tree, jax.tree.map(jnp.square, tree)))
        for max_norm in (0.5, 100.0):
            clipped, _ = optax.clip_by_global_norm(max_norm).update(tree, optax.EmptyState())
            write_case("clip_by_global_norm-%g%s" % (max_norm, end), "clip_by_global_norm", "reduction",
                       {"max_norm": max_norm}, [x], numbers_of(clipped))
        clipped, _ = optax.clip(0.25).update(tree, optax.EmptyState())
        write_case("clip" + end, "clip", "exact", {"clip": 0.25}, [x], numbers_of(clipped))
        average = optax.incremental_update(tree, jax.tree.map(jnp.square, tree), 0.1)
        write_case("incremental_update" + end, "incremental_update", "elementwise", {"step_size": 0.1}, [x],
                   numbers_of(average))


# ---- schedules -------------------------------------------------------------------------------------------------

def schedule(name, call, f, **keys):
    mode(F32)
    steps = np.arange(0, 40, dtype=np.int32)
    values = np.stack([np.asarray(f(jnp.asarray(step)), np.float32) for step in steps])
    write_case(name, call, "schedule", keys, [steps], values)


def schedules():
    for name, call, f in (("linear", "linear_schedule", optax.linear_schedule),
                          ("polynomial", "polynomial_schedule", optax.polynomial_schedule)):
        power = {} if name == "linear" else {"power": 2}
        schedule(name, call, f(1.0, 0.1, transition_steps=10, **power), init_value=1, end_value=0.1, transition_steps=10,
                 **power)
        schedule(name + "-begin", call, f(0.0, 2.0, transition_steps=7, transition_begin=5, **power), init_value=0,
                 end_value=2, transition_steps=7, transition_begin=5, **power)
        schedule(name + "-no-steps", call, f(0.5, 2.0, transition_steps=0, **power), init_value=0.5, end_value=2,
                 transition_steps=0, **power)
    schedule("polynomial-root", "polynomial_schedule", optax.polynomial_schedule(1.0, 0.1, 0.5, 10), init_value=1,
             end_value=0.1, power=0.5, transition_steps=10)
    schedule("exponential", "exponential_decay", optax.exponential_decay(1.0, 10, 0.5), init_value=1, transition_steps=10,
             decay_rate=0.5)
    schedule("exponential-begin", "exponential_decay", optax.exponential_decay(2.0, 5, 0.9, transition_begin=8),
             init_value=2, transition_steps=5, decay_rate=0.9, transition_begin=8)
    schedule("exponential-staircase", "exponential_decay",
             optax.exponential_decay(2.0, 5, 0.5, transition_begin=3, staircase=True), init_value=2, transition_steps=5,
             decay_rate=0.5, transition_begin=3, staircase=1)
    schedule("exponential-end", "exponential_decay", optax.exponential_decay(1.0, 5, 0.5, end_value=0.2), init_value=1,
             transition_steps=5, decay_rate=0.5, end_value=0.2)
    schedule("exponential-growing", "exponential_decay", optax.exponential_decay(0.1, 5, 2.0, end_value=1.0),
             init_value=0.1, transition_steps=5, decay_rate=2, end_value=1)
    schedule("exponential-no-steps", "exponential_decay", optax.exponential_decay(0.3, 0, 2.0), init_value=0.3,
             transition_steps=0, decay_rate=2)
    schedule("exponential-no-rate", "exponential_decay", optax.exponential_decay(0.3, 10, 0.0), init_value=0.3,
             transition_steps=10, decay_rate=0)
    schedule("cosine", "cosine_decay_schedule", optax.cosine_decay_schedule(0.1, 30), init_value=0.1, decay_steps=30)
    schedule("cosine-alpha", "cosine_decay_schedule", optax.cosine_decay_schedule(0.1, 30, 0.25), init_value=0.1,
             decay_steps=30, alpha=0.25)
    schedule("cosine-exponent", "cosine_decay_schedule", optax.cosine_decay_schedule(2.0, 20, 0.1, 1.5), init_value=2,
             decay_steps=20, alpha=0.1, exponent=1.5)
    schedule("warmup", "warmup_cosine_decay_schedule", optax.warmup_cosine_decay_schedule(0.0, 1.0, 10, 30), init_value=0,
             peak_value=1, warmup_steps=10, decay_steps=30)
    schedule("warmup-end", "warmup_cosine_decay_schedule",
             optax.warmup_cosine_decay_schedule(0.1, 2.0, 5, 35, 0.2, 2.0), init_value=0.1, peak_value=2, warmup_steps=5,
             decay_steps=35, end_value=0.2, exponent=2)
    schedule("warmup-none", "warmup_cosine_decay_schedule", optax.warmup_cosine_decay_schedule(0.1, 2.0, 0, 35, 0.2),
             init_value=0.1, peak_value=2, warmup_steps=0, decay_steps=35, end_value=0.2)
    schedule("piecewise", "piecewise_constant_schedule", optax.piecewise_constant_schedule(1.0, {10: 0.1, 25: 0.5}))
    schedule("join", "join_schedules",
             optax.join_schedules([optax.linear_schedule(0.0, 1.0, 10), optax.cosine_decay_schedule(1.0, 10),
                                   optax.constant_schedule(0.125)], [10, 25]))


optimisers()
norms()
schedules()
with open(os.path.join(HERE, "optim.txt"), "w") as out:
    out.write("# By make_optim.py, from optax %s on JAX %s. Do not edit.\n" % (optax.__version__, jax.__version__))
    out.write("\n".join(lines) + "\n")
print("optim.txt", len(names), "cases")

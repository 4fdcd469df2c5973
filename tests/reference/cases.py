"""Cases of reference values: what the files of_*.py write them with.

The inputs are seeded, so the files change only with JAX or with this script. JAX runs with its 32-bit default dtypes
and explicit 64-bit dtypes allowed, which is this library's rule; a case marked x64 ran in 64-bit mode, where JAX needs
that for the same answer (unsigned against signed 32-bit integers, reductions of 64-bit numbers, 0.1 against f64).

One case, as tests/support/reference.c reads it:

    case NAME CALL TOLERANCE [KEY=VALUE ...]
    < TYPE ELEMENT ...          an operand; bits in hexadecimal, row-major
    < int NUMBER | < float BITS a C number
    > TYPE [weak] ELEMENT ...   the result
    > TYPE every=N fnv=HASH ELEMENT ...   of a long one: every N-th element, and (0: none) the FNV-1a hash of all bytes

A KEY grad=1 asks for the gradient, in the first operand (or number `wrt`), of the sum of the result times the last
operand; grad=2 for that of the sum of its squares; jvp=1 for the tangent of the result, the last operand being that of
the first (or number `wrt`); tests/support/reference_run.h has the others.
"""
import os
import zlib

import numpy as np

import jax
import jax.numpy as jnp

assert jax.__version__ == "0.10.2", jax.__version__
jax.config.update("jax_platforms", "cpu")

NAMES = {"bool": "bool", "uint8": "u8", "uint32": "u32", "uint64": "u64", "int32": "i32", "int64": "i64",
         "float32": "f32", "float64": "f64"}
DTYPES = [np.dtype(name) for name in NAMES]
NARROW = {"int8": "i8", "int16": "i16", "uint16": "u16", "float16": "f16", "bfloat16": "bf16"}
NAMES |= NARROW
BITS = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}
HERE = os.path.dirname(os.path.abspath(__file__))

lines, names = [], set()


def elements(x):
    bits = np.ascontiguousarray(x).reshape(-1).view(BITS[x.dtype.itemsize])
    return ["%x" % int(b) for b in bits]


def type_text(x):
    return "%s[%s]" % (NAMES[str(x.dtype)], ",".join(str(n) for n in x.shape))


def operand_line(x):
    if isinstance(x, (bool, np.ndarray)):
        x = np.asarray(x)
        return " ".join(["<", type_text(x)] + elements(x))
    if isinstance(x, int):
        return "< int %d" % x
    return "< float " + elements(np.float64(x))[0]


def fnv(x):
    h = 0xcbf29ce484222325
    for byte in np.ascontiguousarray(x).tobytes():
        h = (h ^ byte) * 0x100000001b3 % 2**64
    return h


def case(name, call, f, operands, tolerance="exact", x64=False, every=0, hashed=False, grad=False, second=False, jvp=False,
         places=False, **keys):
    """f gets the operands as JAX values; keys are what the C side needs besides them."""
    assert name not in names and " " not in name, name
    names.add(name)
    jax.config.update("jax_enable_x64", x64)
    jax.config.update("jax_explicit_x64_dtypes", "allow")
    values = [jnp.asarray(x, dtype=x.dtype) if isinstance(x, np.ndarray) else x for x in operands]
    if grad:
        *values, weights = values
        wrt = keys.get("wrt", 0)
        g = jax.grad(lambda x: jnp.sum(f(*values[:wrt], x, *values[wrt + 1:]) * weights))
        y = jax.grad(lambda x: jnp.sum(jnp.square(g(x))))(values[wrt]) if second else g(values[wrt])
        keys["grad"] = 2 if second else 1
    elif jvp:
        *values, tangent = values
        wrt = keys.get("wrt", 0)
        y = jax.jvp(lambda x: f(*values[:wrt], x, *values[wrt + 1:]), (values[wrt],), (tangent,))[1]
        keys["jvp"] = 1
    else:
        y = f(*values)
    y = y if isinstance(y, jax.Array) else jnp.asarray(y)
    weak = y.weak_type and y.dtype != bool and not grad and not jvp
    result = np.asarray(y)
    if x64:
        keys["x64"] = 1
        if call == "argmax" or places:
            result = result.astype(np.int32)
    text = ["case", name, call, tolerance]
    for key, value in keys.items():
        if isinstance(value, (tuple, list)):
            value = ",".join(str(v) for v in value)
        text.append("%s=%s" % (key, value))
    lines.append(" ".join(text))
    lines.extend(operand_line(x) for x in operands)
    out = [">", type_text(result)] + (["weak"] if weak else [])
    shown = elements(result)
    if every:
        out += ["every=%d" % every, "fnv=%x" % (fnv(result) if hashed else 0)]
        shown = shown[::every]
    lines.append(" ".join(out + shown))


def write(file):
    with open(os.path.join(HERE, file), "w") as out:
        out.write("# By make.py, from JAX %s. Do not edit.\n" % jax.__version__)
        out.write("\n".join(lines) + "\n")
    print(file, len(names), "cases")
    lines.clear()
    names.clear()


def random_of(name):
    return np.random.RandomState(zlib.crc32(name.encode()) % 2**32)


def sample(name, dtype, shape, low=-3.0, high=3.0):
    """Random numbers, small for integers, never a subnormal."""
    r = random_of(name)
    dtype = np.dtype(dtype)
    if dtype == bool:
        return np.asarray(r.rand(*shape) < 0.5)
    if dtype.kind == "u":
        return np.asarray(r.randint(0, 10, shape)).astype(dtype)
    if dtype.kind == "i":
        return np.asarray(r.randint(-9, 10, shape)).astype(dtype)
    return np.asarray(low + (high - low) * r.rand(*shape)).astype(dtype)


def special(dtype):
    """Extremes, signed zeros, infinities, NaN; no two of them have a subnormal product or quotient."""
    dtype = np.dtype(dtype)
    if dtype == bool:
        return np.array([False, True])
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return np.array([0, 1, 2, 7, info.max, info.min, info.max - 1, info.min + 1], dtype)
    huge = 1e30 if dtype == F32 else 1e300
    return np.array([0.0, -0.0, 1.0, -1.0, 0.5, -2.5, np.inf, -np.inf, np.nan, huge, -huge, 1e-30, 1e-5, 1e-3, 100.0,
                     -30.0], dtype)


def pairs_of(values):
    """Every value against every value."""
    n = len(values)
    return np.repeat(values, n), np.tile(values, n)


BOOL, U8, U32, U64, I32, I64, F32, F64 = DTYPES
FLOATS, WIDE = [F32, F64], [I64, U64, F64]
I8, I16, U16, F16, BF16 = (np.dtype(getattr(jnp, name)) for name in NARROW)


def short(x):
    return NAMES[str(np.dtype(x))]


def is_number(t):
    """int and float stand for C numbers among dtypes; a dtype may compare equal to them."""
    return t is int or t is float


def word(t):
    return t.__name__ if is_number(t) else short(t)


def shape_text(*shapes):
    return "_against_".join("x".join(str(n) for n in s) or "scalar" for s in shapes)


def lanes_of(f, lanes):
    """f over lanes along these axes of its operands; None for those that all lanes share."""
    return jax.vmap(f, in_axes=tuple(lanes))


def lane_words(lanes):
    return ["n" if a is None else a for a in lanes]


def with_nan(name, dtype, shape):
    """Some NaN, a row that is nothing else, an infinity."""
    x = sample(name, dtype, shape)
    if np.dtype(dtype).kind == "f":
        x.flat[1::5] = np.nan
        x[-1] = np.nan
        x.flat[3] = np.inf
    return x

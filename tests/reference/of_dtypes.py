"""Of tests/test_dtypes.c: the whole promotion table, all conversions, and the narrow dtypes in all kinds of calls."""
import numpy as np

import jax
import jax.numpy as jnp
from jax import lax

from cases import *

ALL = DTYPES + [np.dtype(jnp.bfloat16) if name == "bfloat16" else np.dtype(name) for name in NARROW]
HALF = [t for t in ALL if short(t) in ("f16", "bf16")]
SMALL = [t for t in ALL if short(t) in ("i8", "i16", "u16")]


def wide(*dtypes):
    """Where JAX needs 64-bit mode for the lattice's answer."""
    kinds = {short(t) for t in dtypes if not is_number(t)}
    return "u32" in kinds and bool(kinds & {"i8", "i16", "i32", "i64"})


def operand(t, base):
    return t(base) if is_number(t) else np.array([base, 0, 1], t)


def close_to(a, b):
    kinds = {word(t) for t in (a, b)}
    half = [t for t in ("bf16", "f16") if t in kinds]
    return "narrow_" + half[0] if half and "f64" not in kinds else "elementwise"


def promotion():
    for a in ALL + [int, float]:
        for b in ALL + [int, float]:
            text = "-".join(word(t) for t in (a, b))
            case("promote-add-" + text, "add", jnp.add, [operand(a, 3), operand(b, 5)], x64=wide(a, b))
            if is_number(a) or is_number(b):
                case("promote-where-" + text, "where", jnp.where, [np.array([True, False, True]), operand(a, 3), operand(b, 5)],
                     x64=wide(a, b))
            else:
                case("promote-div-" + text, "div", jnp.true_divide, [operand(a, 3), operand(b, 5)[:1]],
                     close_to(a, b), x64=wide(a, b))


def conversions():
    """From each dtype to each: extremes, halves, what does not fit."""
    for a in ALL:
        x = special(a)
        if short(a) in ("f16", "bf16", "f32", "f64"):
            x = np.array([0.0, -0.0, 1.5, -1.5, 2.5, -2.5, 100.7, -100.7, 127.9, -128.9, 1e-7, 65504.0, 65519.0, 65520.0, np.inf,
                          -np.inf, np.nan]).astype(a)
        for b in ALL:
            case("astype-%s-%s" % (short(a), short(b)), "astype", lambda v, b=b: v.astype(b), [x], dtype=short(b))


def small_integers():
    for t in SMALL:
        info = np.iinfo(t)
        x, y = pairs_of(np.array([0, 1, 2, 7, info.max, info.min, info.max - 1, info.min + 1], t))
        for name, f in (("add", jnp.add), ("sub", jnp.subtract), ("mul", jnp.multiply), ("maximum", jnp.maximum),
                        ("minimum", jnp.minimum), ("bitwise_and", jnp.bitwise_and), ("bitwise_or", jnp.bitwise_or),
                        ("bitwise_xor", jnp.bitwise_xor), ("equal", jnp.equal), ("less", jnp.less), ("greater_equal", jnp.greater_equal)):
            case("%s-%s" % (name, short(t)), name, f, [x, y])
        for name, f in (("left_shift", jnp.left_shift), ("right_shift", jnp.right_shift)):
            case("%s-%s" % (name, short(t)), name, f, [x[:16], np.array([0, 1, 3, 7] * 4, t)])
        for name, f in (("neg", jnp.negative), ("abs", jnp.abs), ("sign", jnp.sign), ("square", jnp.square),
                        ("bitwise_not", jnp.bitwise_not)):
            case("%s-%s" % (name, short(t)), name, f, [x[::8]])
        for n in (0, 1, 2, 5):
            case("power-%s-%d" % (short(t), n), "power", jnp.power, [x[::8], n])


def halves():
    for t in HALF:
        name = short(t)
        close = "narrow_" + name
        x = special(F32).astype(t)
        y = sample("y" + name, F32, (2, 8)).astype(t)
        for call, f in (("neg", jnp.negative), ("abs", jnp.abs), ("sign", jnp.sign), ("square", jnp.square)):
            case("%s-%s" % (call, name), call, f, [np.concatenate([x[:9], x[11:]])], close)
        for call, f in (("exp", jnp.exp), ("expm1", jnp.expm1), ("log", jnp.log), ("log1p", jnp.log1p), ("sin", jnp.sin),
                        ("cos", jnp.cos), ("tanh", jnp.tanh), ("sqrt", jnp.sqrt), ("relu", jax.nn.relu),
                        ("sigmoid", jax.nn.sigmoid), ("silu", jax.nn.silu), ("softplus", jax.nn.softplus)):
            near = np.abs(y) if call in ("log", "log1p", "sqrt") else y
            case("%s-%s" % (call, name), call, f, [near], close)
            case("%s-grad-%s" % (call, name), call, f, [near, np.ones_like(near)], close, grad=True)
        for call, f in (("add", jnp.add), ("sub", jnp.subtract), ("mul", jnp.multiply), ("div", jnp.true_divide),
                        ("maximum", jnp.maximum), ("minimum", jnp.minimum), ("less", jnp.less), ("equal", jnp.equal)):
            a, b = pairs_of(np.array([0.0, 1.0, -1.0, 0.5, -2.5, 3.25, np.inf, np.nan], F32).astype(t))
            case("%s-%s" % (call, name), call, f, [a, b], close)
        for axes in (None, (0,), (1,)):
            keys, text = ({}, "all") if axes is None else ({"axes": axes}, str(axes[0]))
            for call, f in (("sum", jnp.sum), ("mean", jnp.mean), ("max", jnp.max), ("min", jnp.min), ("argmax", jnp.argmax),
                            ("prod", jnp.prod), ("logsumexp", jax.nn.logsumexp)):
                case("%s-%s-%s" % (call, name, text), call, lambda v, f=f, axes=axes: f(v, axis=axes and axes[0]), [y], close,
                     **keys)
        # sums are accumulated in f32: of a thousand ones nothing is lost
        case("sum-%s-many" % name, "sum", jnp.sum, [np.ones(1000, t)], close)
        case("mean-%s-many" % name, "mean", jnp.mean, [np.full(1000, 3, t)], close)
        for call, f in (("softmax", jax.nn.softmax), ("log_softmax", jax.nn.log_softmax)):
            case("%s-%s" % (call, name), call, f, [y], close)
        for a, b in (((8,), (8,)), ((2, 8), (8,)), ((2, 8), (8, 3)), ((1, 40), (40, 1))):
            v, w = sample("a" + name, F32, a).astype(t), sample("b" + name, F32, b).astype(t)
            case("dot-%s-%s" % (name, shape_text(a, b)), "dot", jnp.dot, [v, w], close)
            out = np.asarray(jnp.dot(v, w)).shape
            case("dot-grad-%s-%s" % (name, shape_text(a, b)), "dot", jnp.dot, [v, w, np.ones(out, t)], close, grad=True)


def integers_in_sums():
    for t in SMALL + [np.dtype(np.uint8)]:
        x = np.array([[np.iinfo(t).max, 1, 2], [3, np.iinfo(t).min, 4]], t)
        for call, f in (("sum", jnp.sum), ("mean", jnp.mean), ("max", jnp.max), ("min", jnp.min), ("argmax", jnp.argmax),
                        ("prod", jnp.prod)):
            for axes in (None, (0,), (1,)):
                keys, text = ({}, "all") if axes is None else ({"axes": axes}, str(axes[0]))
                case("%s-%s-%s" % (call, short(t), text), call, lambda v, f=f, axes=axes: f(v, axis=axes and axes[0]), [x],
                     "reduction", **keys)
        case("dot-" + short(t), "dot", jnp.dot, [x, x.T])


def write():
    promotion()
    conversions()
    small_integers()
    halves()
    integers_in_sums()

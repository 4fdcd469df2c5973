"""Of tests/test_derivatives.c: second derivatives, tangents, and both over lanes, where two rules meet."""
import numpy as np

import jax
import jax.numpy as jnp
import jax.scipy.special as special_functions
from jax import lax

from cases import *

# Functions of one operand, and where they are looked at.
ONE = {"neg": jnp.negative, "abs": jnp.abs, "sign": jnp.sign, "square": jnp.square, "exp": jnp.exp, "exp2": jnp.exp2,
       "expm1": jnp.expm1, "log": jnp.log, "log1p": jnp.log1p, "sqrt": jnp.sqrt, "rsqrt": lax.rsqrt, "cbrt": jnp.cbrt,
       "sin": jnp.sin, "cos": jnp.cos, "tan": jnp.tan, "arcsin": jnp.arcsin, "arccos": jnp.arccos, "arctan": jnp.arctan,
       "sinh": jnp.sinh, "cosh": jnp.cosh, "tanh": jnp.tanh, "arcsinh": jnp.arcsinh, "arccosh": jnp.arccosh,
       "arctanh": jnp.arctanh, "erf": special_functions.erf, "erfc": special_functions.erfc, "relu": jax.nn.relu,
       "sigmoid": jax.nn.sigmoid, "silu": jax.nn.silu, "gelu": jax.nn.gelu, "softplus": jax.nn.softplus,
       "softmax": jax.nn.softmax, "log_softmax": jax.nn.log_softmax, "logsumexp": jax.nn.logsumexp}
PLACES = {"arccosh": (1.1, 4.0), "arcsin": (-0.9, 0.9), "arccos": (-0.9, 0.9), "arctanh": (-0.9, 0.9), "log": (0.1, 4.0),
          "sqrt": (0.1, 4.0), "rsqrt": (0.1, 4.0), "cbrt": (0.1, 4.0), "log1p": (-0.9, 4.0), "erf": (-2.0, 2.0),
          "erfc": (-2.0, 2.0), "tan": (-1.2, 1.2), "arctan": (-2.0, 2.0)}
TWO = {"add": jnp.add, "sub": jnp.subtract, "mul": jnp.multiply, "div": jnp.true_divide, "power": jnp.power,
       "arctan2": jnp.arctan2, "maximum": jnp.maximum, "minimum": jnp.minimum}


def elementwise():
    for name, f in ONE.items():
        low, high = PLACES.get(name, (-3.0, 3.0))
        for dtype in (F32, F64):
            x, t, w = (sample(n + name, dtype, (2, 3), *at) for n, at in (("x", (low, high)), ("t", (-1, 1)), ("w", (0.5, 2))))
            if name == "logsumexp":
                w = w[0, 0]
            keys = {"x64": dtype == F64}
            case("%s-%s" % (name, short(dtype)), name, f, [x], "derivative", **keys)
            case("%s-jvp-%s" % (name, short(dtype)), name, f, [x, t], "derivative", jvp=True, **keys)
            case("%s-second-%s" % (name, short(dtype)), name, f, [x, w], "second_derivative", grad=True, second=True, **keys)
    for name, f in TWO.items():
        low = 0.5 if name == "power" else -2.0
        for a, b in (((2, 3), (2, 3)), ((2, 1), (3,)), ((), (3,)), ((3,), ())):
            w = sample("w", F32, np.broadcast_shapes(a, b))
            x, y = sample("x" + name, F32, a, low, 2.0), sample("y" + name, F32, b, 0.5, 2.0)
            case("%s-%s" % (name, shape_text(a, b)), name, f, [x, y], "derivative")
            for wrt, at in ((0, a), (1, b)):
                text = "%s-%s" % (shape_text(a, b), wrt)
                case("%s-jvp-%s" % (name, text), name, f, [x, y, sample("t", F32, at)], "derivative", jvp=True, wrt=wrt)
                case("%s-second-%s" % (name, text), name, f, [x, y, w], "second_derivative", grad=True, second=True, wrt=wrt)


def reductions():
    x, t = sample("reduced", F32, (3, 4), 0.5, 2.0), sample("t", F32, (3, 4))
    for name, f in (("sum", jnp.sum), ("mean", jnp.mean), ("max", jnp.max), ("min", jnp.min), ("prod", jnp.prod),
                    ("var", jnp.var), ("std", jnp.std), ("median", jnp.median), ("nansum", jnp.nansum),
                    ("nanmean", jnp.nanmean)):
        for axes in (None, (0,), (1,)):
            g = lambda v, f=f, axes=axes: f(v, axis=axes and axes[0])
            w = sample("w", F32, np.sum(x, axis=axes).shape)
            keys = {} if axes is None else {"axes": axes}
            text = "all" if axes is None else str(axes[0])
            case("%s-%s" % (name, text), name, g, [x], "reduction", **keys)
            case("%s-jvp-%s" % (name, text), name, g, [x, t], "derivative", jvp=True, **keys)
            case("%s-second-%s" % (name, text), name, g, [x, w], "second_derivative", grad=True, second=True, **keys)


def products():
    for name, f, shapes in (("dot", jnp.dot, (((3,), (3,)), ((2, 3), (3,)), ((2, 3), (3, 4)))),
                            ("matmul", jnp.matmul, (((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((4, 3), (3,)))),
                            ("outer", jnp.outer, (((3,), (4,)),))):
        for a, b in shapes:
            x, y = sample("a", F32, a), sample("b", F32, b)
            w = sample("w", F32, f(x, y).shape)
            case("%s-%s" % (name, shape_text(a, b)), name, f, [x, y], "reduction")
            for wrt, at in ((0, a), (1, b)):
                text = "%s-%d" % (shape_text(a, b), wrt)
                case("%s-jvp-%s" % (name, text), name, f, [x, y, sample("t", F32, at)], "derivative", jvp=True, wrt=wrt)
                case("%s-second-%s" % (name, text), name, f, [x, y, w], "second_derivative", grad=True, second=True, wrt=wrt)


def lanes():
    """Functions over lanes along odd axes of their operands, and of only some of them."""
    def of(n, axis, shape):
        return sample(n, F32, shape if axis is None else shape[:axis] + (4,) + shape[axis:], 0.5, 2.0)

    for name, f in (("mul", jnp.multiply), ("power", jnp.power), ("maximum", jnp.maximum), ("dot", jnp.dot),
                    ("matmul", jnp.matmul), ("outer", jnp.outer), ("arctan2", jnp.arctan2)):
        a, b = ((2, 3), (3, 5)) if name in ("dot", "matmul") else ((3,), (5,)) if name == "outer" else ((2, 3), (3,))
        for axes in ((0, 0), (1, None), (None, 1), (len(a), 0), (0, len(b)), (1, 1)):
            case("%s-lanes-%s" % (name, "-".join(map(str, lane_words(axes)))), name, lanes_of(f, axes),
                 [of("x" + name, axes[0], a), of("y" + name, axes[1], b)], "reduction", lanes=lane_words(axes))
    for name, f in (("softmax", jax.nn.softmax), ("log_softmax", jax.nn.log_softmax), ("logsumexp", jax.nn.logsumexp),
                    ("sum", jnp.sum), ("var", jnp.var), ("median", jnp.median), ("prod", jnp.prod), ("max", jnp.max)):
        for axis in (0, 1, 2):
            case("%s-lanes-%d" % (name, axis), name, lanes_of(f, (axis,)), [of("x" + name, axis, (2, 3))], "reduction",
                 lanes=[axis])


def write():
    elementwise()
    reductions()
    products()
    lanes()

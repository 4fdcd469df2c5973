"""Of tests/test_numpy_manipulation.c: array manipulation routines."""
import numpy as np

import jax.numpy as jnp

from cases import *

X3 = sample("m", F32, (2, 3, 4))
X2 = sample("m", F32, (3, 4))
X1 = sample("m", F32, (5,))


def weights(f, operands):
    return sample("w", F32, np.shape(f(*[jnp.asarray(x) for x in operands])))


def both(name, call, f, operands, **keys):
    """The values, and the gradient."""
    case(name, call, f, operands, **keys)
    case(name + "-grad", call, f, operands + [weights(f, operands)], "derivative", grad=True, **keys)


def axes():
    for a, b in ((0, -1), (2, 0), (1, 1), (-1, 1), (0, 1)):
        both("moveaxis-%d-%d" % (a, b), "moveaxis", lambda x, a=a, b=b: jnp.moveaxis(x, a, b), [X3], a=a, b=b)
        case("swapaxes-%d-%d" % (a, b), "swapaxes", lambda x, a=a, b=b: jnp.swapaxes(x, a, b), [X3], a=a, b=b)
        case("rollaxis-%d-%d" % (a, b), "rollaxis", lambda x, a=a, b=b: jnp.rollaxis(x, a, b), [X3], a=a, b=b)
    for a, b in ((0, 3), (2, -3), (1, 2)):
        case("rollaxis-to-%d-%d" % (a, b), "rollaxis", lambda x, a=a, b=b: jnp.rollaxis(x, a, b), [X3], a=a, b=b)
    case("permute_dims", "permute_dims", lambda x: jnp.permute_dims(x, (1, 2, 0)), [X3], axes=[1, 2, 0])
    case("matrix_transpose", "matrix_transpose", jnp.matrix_transpose, [X3])
    for name, f in (("atleast_1d", jnp.atleast_1d), ("atleast_2d", jnp.atleast_2d), ("atleast_3d", jnp.atleast_3d)):
        for x in (np.array(1.5, F32), X1, X2, X3, sample("m", F32, (1, 2, 1, 2))):
            case("%s-%s" % (name, shape_text(x.shape)), name, f, [x])
        case(name + "-number", name, f, [3])
        case(name + "-lanes", name, lanes_of(f, [1]), [X2], lanes=[1])
    case("copy", "copy", jnp.copy, [X2])


def directions():
    for text, a in (("none", None), ("0", (0,)), ("2", (2,)), ("m1", (-1,)), ("0_2", (0, 2)), ("2_0", (2, 0))):
        keys = {"axes": a} if a else {}
        both("flip-" + text, "flip", lambda x, a=a: jnp.flip(x, a), [X3], **keys)
    case("flip-scalar", "flip", jnp.flip, [np.array(2, I32)])
    case("flip-bool", "flip", jnp.flip, [sample("f", BOOL, (5,))])
    case("flip-empty", "flip", jnp.flip, [np.zeros((0, 2), F32)])
    case("flipud", "flipud", jnp.flipud, [X2])
    case("fliplr", "fliplr", jnp.fliplr, [X2])
    for k in (-1, 0, 1, 2, 3, 4, -2):
        case("rot90-%d" % k, "rot90", lambda x, k=k: jnp.rot90(x, k), [X2], k=k)
        case("rot90-%d-axes" % k, "rot90", lambda x, k=k: jnp.rot90(x, k, (2, 0)), [X3], k=k, axes=[2, 0])
    both("rot90-back", "rot90", lambda x: jnp.rot90(x, 1, (-1, 1)), [X3], k=1, axes=[-1, 1])
    case("rot90-lanes", "rot90", lanes_of(lambda x: jnp.rot90(x, 3), [1]), [X3], k=3, lanes=[1])
    for s in (0, 1, -1, 7, -13, 100):
        case("roll-flat-%d" % s, "roll", lambda x, s=s: jnp.roll(x, s), [X2], shift=s)
        case("roll-axis-%d" % s, "roll", lambda x, s=s: jnp.roll(x, s, 1), [X3], shift=s, axes=[1])
    both("roll", "roll", lambda x: jnp.roll(x, 3, 2), [X3], shift=3, axes=[2])
    case("roll-two", "roll", lambda x: jnp.roll(x, (1, -2), (0, 2)), [X3], shift=[1, -2], axes=[0, 2])
    case("roll-one-two-axes", "roll", lambda x: jnp.roll(x, 1, (0, 2)), [X3], shift=1, axes=[0, 2])
    case("roll-two-one-axis", "roll", lambda x: jnp.roll(x, (1, 2), 2), [X3], shift=[1, 2], axes=[2])
    case("roll-axis-twice", "roll", lambda x: jnp.roll(x, (1, 2), (2, 2)), [X3], shift=[1, 2], axes=[2, 2])
    case("roll-empty", "roll", lambda x: jnp.roll(x, 2, 0), [np.zeros((0, 2), F32)], shift=2, axes=[0])
    case("roll-bool", "roll", lambda x: jnp.roll(x, 2), [sample("f", BOOL, (5,))], shift=2)
    for s in (2, -1, 9, -7):
        n = np.array(s, I32)
        both("roll-by-array-%d" % s, "roll", lambda x, n: jnp.roll(x, n, 1), [X2, n], axes=[1], by=1)
        case("roll-flat-by-array-%d" % s, "roll", lambda x, n: jnp.roll(x, n), [X2, n], by=1)
    case("roll-by-u8", "roll", lambda x, n: jnp.roll(x, n), [X2, np.array(3, U8)], by=1)
    case("roll-by-i64", "roll", lambda x, n: jnp.roll(x, n, 0), [X2, np.array([-2], I64)], by=1, axes=[0])
    case("roll-by-pair", "roll", lambda x, n: jnp.roll(x, n, (0, 2)), [X3, np.array([1, -3], I32)], by=1, axes=[0, 2])
    case("roll-by-pair-one-axis", "roll", lambda x, n: jnp.roll(x, n, 2), [X3, np.array([1, -2], I32)], by=1, axes=[2])
    case("roll-lanes", "roll", lanes_of(lambda x, n: jnp.roll(x, n, 0), [1, 0]), [X2, np.array([1, -2, 0, 5], I32)], by=1,
         axes=[0], lanes=[1, 0])


def together():
    s, v, w = np.array(1.5, F32), sample("a", F32, (3,)), sample("b", F32, (3,))
    m, n = sample("a", F32, (2, 3)), sample("b", F32, (2, 3))
    c, d = sample("a", F32, (2, 3, 2)), sample("b", F32, (2, 3, 2))
    for name, f in (("hstack", jnp.hstack), ("vstack", jnp.vstack), ("dstack", jnp.dstack), ("column_stack", jnp.column_stack)):
        for operands in ([s, s], [v, w], [m, n], [c, d], [v], [v, w, v, w]):
            case("%s-%s-%d" % (name, shape_text(operands[0].shape), len(operands)), name, lambda *x, f=f: f(x), operands)
        case(name + "-dtypes", name, lambda *x, f=f: f(x), [v, sample("i", I32, (3,)), sample("b", BOOL, (3,))])
        case(name + "-numbers", name, lambda *x, f=f: f(x), [1, 2.5])
        case(name + "-grad", name, lambda *x, f=f: f(x), [v, w, weights(lambda *x, f=f: f(x), [v, w])], "derivative", grad=True)
    case("hstack-mixed", "hstack", lambda *x: jnp.hstack(x), [v, s])
    case("vstack-mixed", "vstack", lambda *x: jnp.vstack(x), [v, m])
    case("column_stack-mixed", "column_stack", lambda *x: jnp.column_stack(x), [v, sample("t", F32, (3, 2))])
    case("hstack-lanes", "hstack", lanes_of(lambda *x: jnp.hstack(x), [0, 1]), [m, sample("b", F32, (5, 2))], lanes=[0, 1])
    for form, f in (("1", lambda a, b: jnp.block([a, b])), ("2", lambda a, b: jnp.block([[a, b], [b, a]])),
                    ("3", lambda a, b: jnp.block([[[a]], [[b]]]))):
        case("block-%s-matrices" % form, "block", f, [m, n], form=form)
        case("block-%s-vectors" % form, "block", f, [v, w], form=form)
        case("block-%s-scalars" % form, "block", f, [s, 2.5], form=form)
    case("block-2-mixed", "block", lambda a, b: jnp.block([[a, b], [b, a]]), [sample("q", F32, (2, 2)), sample("r", I32, (2, 2))],
         form="2")
    case("block-0", "block", lambda a, b: jnp.block(a), [m, n], form="0")
    case("block-grad", "block", lambda a, b: jnp.block([[a, b], [b, a]]), [m, n, sample("w", F32, (4, 6))], "derivative",
         grad=True, form="2")
    case("append-flat", "append", jnp.append, [m, v])
    case("append-axis", "append", lambda a, b: jnp.append(a, b, 1), [m, n], axes=[1])
    case("append-axis-negative", "append", lambda a, b: jnp.append(a, b, -2), [m, n], axes=[-2])
    case("append-number", "append", jnp.append, [v, 2])
    case("append-int", "append", jnp.append, [sample("i", I32, (2, 2)), 2.5])
    parts = [sample("x", F32, (3, 1)), sample("y", I32, (4,)), np.array(2.5, F64)]
    for i in range(3):
        case("broadcast_arrays-%d" % i, "broadcast_arrays", lambda *x, i=i: jnp.broadcast_arrays(*x)[i], parts, part=i)
    case("broadcast_arrays-number", "broadcast_arrays", lambda *x: jnp.broadcast_arrays(*x)[1], [X2, 3], part=1)
    grid = [sample("x", F32, (2,)), sample("y", I32, (3,)), sample("z", F32, (4,))]
    for n in (1, 2, 3):
        for i in range(n):
            for indexing in ("xy", "ij"):
                for sparse in (0, 1):
                    case("meshgrid-%d-%d-%s-%d" % (n, i, indexing, sparse), "meshgrid",
                         lambda *x, i=i, g=indexing, s=sparse: jnp.meshgrid(*x, indexing=g, sparse=bool(s))[i], grid[:n],
                         part=i, indexing=indexing, sparse=sparse)
    case("meshgrid-grad", "meshgrid", lambda x, y: jnp.meshgrid(x, y)[0], [grid[0], grid[2], sample("w", F32, (4, 2))],
         "derivative", grad=True, part=0)


def apart():
    x = sample("s", F32, (6, 4, 2))
    for name, f in (("split", jnp.split), ("array_split", jnp.array_split)):
        for n, a in ((1, 0), (2, 0), (3, 0), (2, 1), (4, -2), (2, 2)):
            for i in range(n):
                case("%s-%d-%d-%d" % (name, n, a, i), name, lambda x, n=n, a=a, i=i, f=f: f(x, n, a)[i], [x], n=n, axes=[a],
                     part=i)
    for n in (4, 5, 7):
        for i in range(n):
            case("array_split-uneven-%d-%d" % (n, i), "array_split", lambda x, n=n, i=i: jnp.array_split(x, n)[i], [x], n=n, part=i)
    case("split-grad", "split", lambda x: jnp.split(x, 2, 1)[1], [x, sample("w", F32, (6, 2, 2))], "derivative", grad=True, n=2,
         axes=[1], part=1)
    case("split-lanes", "split", lanes_of(lambda x: jnp.split(x, 2, 0)[1], [0]), [x], n=2, axes=[0], part=1, lanes=[0])
    for at in ((2,), (2, 5), (0, 6), (3, 3), (1, 2, 4)):
        for i in range(len(at) + 1):
            case("split_at-%s-%d" % ("_".join(map(str, at)), i), "split_at", lambda x, at=at, i=i: jnp.split(x, at)[i], [x], at=at,
                 part=i)
    case("split_at-axis", "split_at", lambda x: jnp.split(x, (1,), -1)[1], [x], at=[1], axes=[-1], part=1)
    case("split_at-array", "split_at", lambda x, p: jnp.split(x, p)[1], [x, np.array([2, 3], I32)], by=1, part=1, nojit=1)
    for name, f, y in (("hsplit", jnp.hsplit, x), ("vsplit", jnp.vsplit, x), ("dsplit", jnp.dsplit, x), ("hsplit", jnp.hsplit, X1[:4]),
                       ("vsplit", jnp.vsplit, X1[:4])):
        case("%s-%s" % (name, shape_text(y.shape)), name, lambda x, f=f: f(x, 2)[1], [y], n=2, part=1)
    for a in (0, 1, -1):
        case("unstack-%d" % a, "unstack", lambda x, a=a: jnp.unstack(x, axis=a)[1], [x], axes=[a], part=1)
    both("unstack", "unstack", lambda x: jnp.unstack(x)[4], [x], part=4)


def more():
    for x in (np.array(1.5, F32), X1, X2, X3, np.zeros((2, 0), F32)):
        for counts in ((2,), (1, 1), (2, 3), (1, 3), (2, 1, 3), (0, 2), (2, 1, 1, 2)):
            case("tile-%s-%s" % (shape_text(x.shape), "x".join(map(str, counts))), "tile", lambda x, c=counts: jnp.tile(x, c), [x],
                 shape=counts)
    case("tile-eight-axes", "tile", lambda x: jnp.tile(x, (2, 1, 2, 1, 2, 1, 2)), [sample("t", F32, (2, 1, 2, 2, 1, 2, 1))],
         shape=[2, 1, 2, 1, 2, 1, 2])
    case("tile-new-axes-full", "tile", lambda x: jnp.tile(x, (2, 1, 1, 1, 3, 2, 2)), [sample("t", F32, (2, 1, 2, 2))],
         shape=[2, 1, 1, 1, 3, 2, 2])
    both("tile", "tile", lambda x: jnp.tile(x, (2, 3)), [X2], shape=[2, 3])
    case("tile-lanes", "tile", lanes_of(lambda x: jnp.tile(x, (2, 2)), [1]), [X2], shape=[2, 2], lanes=[1])
    case("tile-bool", "tile", lambda x: jnp.tile(x, 2), [sample("t", BOOL, (3,))], shape=[2])
    for n in (0, 1, 2, 3):
        case("repeat-flat-%d" % n, "repeat", lambda x, n=n: jnp.repeat(x, n), [X2], n=n)
        case("repeat-axis-%d" % n, "repeat", lambda x, n=n: jnp.repeat(x, n, 1), [X3], n=n, axes=[1])
    both("repeat", "repeat", lambda x: jnp.repeat(x, 2, -1), [X2], n=2, axes=[-1])
    case("repeat-scalar", "repeat", lambda x: jnp.repeat(x, 3), [np.array(1.5, F32)], n=3)
    case("repeat-lanes", "repeat", lanes_of(lambda x: jnp.repeat(x, 2, 0), [1]), [X2], n=2, axes=[0], lanes=[1])
    for counts in ((1, 0, 2), (0, 0, 0), (3, 1, 1), (2, 2, 2), (0, 4, 0)):
        text = "_".join(map(str, counts))
        case("repeat-each-" + text, "repeat", lambda x, c=np.array(counts): jnp.repeat(x, c, 0), [X2], n=counts, axes=[0])
        case("repeat-by-array-" + text, "repeat", lambda x, c: jnp.repeat(x, c, 0), [X2, np.array(counts, I32)], by=1, axes=[0],
             nojit=1)
        for total in (1, 3, 6):
            case("repeat-total-%s-%d" % (text, total), "repeat",
                 lambda x, c, t=total: jnp.repeat(x, c, 0, total_repeat_length=t), [X2, np.array(counts, I32)], by=1, axes=[0],
                 total=total)
    case("repeat-total-scalar", "repeat", lambda x, c: jnp.repeat(x, c, 1, total_repeat_length=6), [X2, np.array(2, I32)], by=1,
         axes=[1], total=6)
    case("repeat-total-number", "repeat", lambda x: jnp.repeat(x, 2, 1, total_repeat_length=6), [X2], n=2, axes=[1], total=6)
    case("repeat-each-grad", "repeat", lambda x: jnp.repeat(x, np.array([1, 0, 2]), 0), [X2, sample("w", F32, (3, 4))],
         "derivative", grad=True, n=[1, 0, 2], axes=[0])
    case("repeat-total-grad", "repeat", lambda x, c: jnp.repeat(x, c, 0, total_repeat_length=5),
         [X2, np.array([1, 0, 2], I32), sample("w", F32, (5, 4))], "derivative", grad=True, by=1, axes=[0], total=5)
    for shape in ((5,), (2, 3), (4, 4), (0, 2), (30,), ()):
        case("resize-" + shape_text(shape), "resize", lambda x, s=shape: jnp.resize(x, s), [X2],
             **({"shape": shape} if shape else {"scalar": 1}))
    case("resize-empty", "resize", lambda x: jnp.resize(x, (2,)), [np.zeros((0,), F32)], shape=[2])
    both("resize", "resize", lambda x: jnp.resize(x, (3, 5)), [X2], shape=[3, 5])


def edits():
    x = sample("e", F32, (6, 3))
    for at in ((0,), (5,), (2,), (-1,), (-6,), (1, 3), (0, 2, 4), (1, 1, -1), (0, 1, 2, 3, 4, 5), (0, 2, 4, 5)):
        text = "_".join(map(str, at))
        case("delete-" + text, "delete", lambda x, at=at: jnp.delete(x, np.array(at) if len(at) > 1 else at[0], 0), [x], at=at,
             axes=[0])
    long = sample("e", F32, (12,))
    case("delete-many", "delete", lambda x: jnp.delete(x, np.array([1, 3, 5, 7, 9])), [long], at=[1, 3, 5, 7, 9])
    case("delete-flat", "delete", lambda x: jnp.delete(x, 4), [x], at=[4])
    case("delete-axis", "delete", lambda x: jnp.delete(x, 1, -1), [x], at=[1], axes=[-1])
    case("delete-array", "delete", lambda x, p: jnp.delete(x, p, 0), [x, np.array([1, 4], I32)], by=1, axes=[0], nojit=1)
    case("delete-mask", "delete", lambda x, p: jnp.delete(x, p, 0), [x, np.array([1, 0, 0, 1, 1, 0], BOOL)], by=1, axes=[0], nojit=1)
    both("delete", "delete", lambda x: jnp.delete(x, np.array([1, 3]), 0), [x], at=[1, 3], axes=[0])
    case("delete-many-grad", "delete", lambda x: jnp.delete(x, np.array([1, 3, 5, 7, 9])), [long, sample("w", F32, (7,))],
         "derivative", grad=True, at=[1, 3, 5, 7, 9])
    v3, v1, row = sample("v", F32, (3,)), sample("v", F32, (2, 1)), sample("v", F32, (2, 3))
    for at in (0, 2, 6, -1):
        case("insert-%d-number" % at, "insert", lambda x, v, at=at: jnp.insert(x, at, v, 0), [x, 1.5], at=[at], axes=[0], scalar=1)
        case("insert-%d-row" % at, "insert", lambda x, v, at=at: jnp.insert(x, at, v, 0), [x, v3], at=[at], axes=[0], scalar=1)
        case("insert-%d-rows" % at, "insert", lambda x, v, at=at: jnp.insert(x, np.array([at]), v, 0), [x, row], at=[at], axes=[0])
    case("insert-columns", "insert", lambda x, v: jnp.insert(x, 1, v, 1), [x, sample("v", F32, (6,))], at=[1], axes=[1], scalar=1)
    case("insert-columns-several", "insert", lambda x, v: jnp.insert(x, 1, v, 1), [x, sample("v", F32, (2, 6))], at=[1], axes=[1],
         scalar=1)
    case("insert-flat", "insert", lambda x, v: jnp.insert(x, 3, v), [x, 2], at=[3], scalar=1)
    case("insert-i32", "insert", lambda x, v: jnp.insert(x, 1, v), [sample("i", I32, (4,)), 2.5], at=[1], scalar=1)
    for at in ((1, 3), (3, 1), (2, 2), (0, 6), (-1, 0)):
        text = "_".join(map(str, at))
        case("insert-several-" + text, "insert", lambda x, v, at=at: jnp.insert(x, np.array(at), v, 0), [x, row], at=at, axes=[0])
        case("insert-several-number-" + text, "insert", lambda x, v, at=at: jnp.insert(x, np.array(at), v, 0), [x, 7], at=at,
             axes=[0])
        case("insert-several-column-" + text, "insert", lambda x, v, at=at: jnp.insert(x, np.array(at), v, 0), [x, v1], at=at,
             axes=[0])
    both("insert", "insert", lambda x, v: jnp.insert(x, np.array([1, 3]), v, 0), [x, row], at=[1, 3], axes=[0])
    case("insert-values-grad", "insert", lambda x, v: jnp.insert(x, np.array([1, 3]), v, 0), [x, row, sample("w", F32, (8, 3))],
         "derivative", grad=True, wrt=1, at=[1, 3], axes=[0])


def flat(widths):
    return [n for pair in widths for n in pair]


def borders():
    every = ("constant", "empty", "edge", "reflect", "symmetric", "wrap", "linear_ramp", "maximum", "minimum", "mean", "median")
    pairs = (((1, 1), (1, 1)), ((0, 2), (3, 0)), ((7, 5), (0, 9)), ((0, 0), (0, 0)))
    for mode in every:
        tolerance = "reduction" if mode in ("mean", "median", "linear_ramp") else "exact"
        for p in pairs:
            case("pad-%s-%s" % (mode, "_".join(map(str, flat(p)))), "pad", lambda x, p=p, m=mode: jnp.pad(x, p, m), [X2],
                 tolerance, widths=flat(p), mode=mode)
        for dtype in (I32, U8, F64, BOOL):
            if dtype == BOOL and mode in ("linear_ramp", "mean", "median"):
                continue
            case("pad-%s-%s" % (mode, short(dtype)), "pad", lambda x, m=mode: jnp.pad(x, ((2, 1),), m), [sample("p", dtype, (5,))],
                 tolerance, widths=[2, 1], mode=mode, x64=dtype == F64)
        case("pad-%s-one" % mode, "pad", lambda x, m=mode: jnp.pad(x, (3, 2), m), [sample("p", F32, (1,))], tolerance,
             widths=[3, 2], mode=mode)
        case("pad-%s-scalar" % mode, "pad", lambda x, m=mode: jnp.pad(x, 1, m), [np.array(1.5, F32)], tolerance, widths=[1, 1],
             mode=mode)
        case("pad-%s-lanes" % mode, "pad", lanes_of(lambda x, m=mode: jnp.pad(x, ((1, 2),), m), [1]), [X2], tolerance,
             widths=[1, 2], mode=mode, lanes=[1])
        case("pad-%s-grad" % mode, "pad", lambda x, m=mode: jnp.pad(x, ((1, 2), (5, 0)), m), [X2, sample("w", F32, (6, 9))],
             "derivative", grad=True, widths=[1, 2, 5, 0], mode=mode)
    case("pad-constant-empty-axis", "pad", lambda x: jnp.pad(x, ((1, 0), (2, 0))), [np.zeros((2, 0), F32)], widths=[1, 0, 2, 0],
         mode="constant")
    case("pad-edge-empty-axis", "pad", lambda x: jnp.pad(x, ((1, 0), (0, 0)), "edge"), [np.zeros((2, 0), F32)],
         widths=[1, 0, 0, 0], mode="edge")
    p = ((1, 2), (3, 1))
    for name, v in (("number", 2.5), ("int", 7), ("array", np.array(1.5, F32)), ("single", np.array([2.5], F32)),
                    ("pair", np.array([1, 2], F32)), ("pairs", np.array([[1, 2], [3, 4]], F32)), ("column", np.array([[1], [2]], F32))):
        if name != "column":
            case("pad-constant-" + name, "pad", lambda x, v: jnp.pad(x, p, constant_values=v), [X2, v], widths=flat(p),
                 mode="constant", values=1)
        if name in ("number", "int", "pair", "pairs"):
            g = {"pair": (1.0, 2.0), "pairs": ((1.0, 2.0), (3.0, 4.0))}.get(name, v)
            case("pad-ramp-" + name, "pad", lambda x, v, g=g: jnp.pad(x, p, "linear_ramp", end_values=g), [X2, v], "reduction",
                 widths=flat(p), mode="linear_ramp", ends=1)
    case("pad-constant-truncated", "pad", lambda x, v: jnp.pad(x, 2, constant_values=v), [sample("i", I32, (3,)), 2.7], widths=[2, 2],
         mode="constant", values=1)
    case("pad-ramp-i32", "pad", lambda x, v: jnp.pad(x, (4, 3), "linear_ramp", end_values=v), [np.array([5, 2, -7], I32), -9],
         "reduction", widths=[4, 3], mode="linear_ramp", ends=1)
    for mode in ("reflect", "symmetric"):
        for q in (((1, 1), (2, 2)), ((5, 4), (0, 9))):
            case("pad-%s-odd-%s" % (mode, "_".join(map(str, flat(q)))), "pad",
                 lambda x, m=mode, q=q: jnp.pad(x, q, m, reflect_type="odd"), [X2], "reduction", widths=flat(q), mode=mode, odd=1)
        case("pad-%s-odd-i32" % mode, "pad", lambda x, m=mode: jnp.pad(x, 3, m, reflect_type="odd"), [sample("i", I32, (3,))],
             widths=[3, 3], mode=mode, odd=1)
        case("pad-%s-odd-one" % mode, "pad", lambda x, m=mode: jnp.pad(x, 3, m, reflect_type="odd"), [sample("i", F32, (1,))],
             "reduction", widths=[3, 3], mode=mode, odd=1)
        case("pad-%s-odd-grad" % mode, "pad", lambda x, m=mode: jnp.pad(x, ((1, 2), (5, 0)), m, reflect_type="odd"),
             [X2, sample("w", F32, (6, 9))], "derivative", grad=True, widths=[1, 2, 5, 0], mode=mode, odd=1)
    for mode in ("maximum", "minimum", "mean", "median"):
        for length in ((2, 2), (1, 3), (9, 1)):
            case("pad-%s-length-%d_%d" % (mode, *length), "pad", lambda x, m=mode, n=length: jnp.pad(x, p, m, stat_length=(n,)), [X2],
                 "reduction", widths=flat(p), mode=mode, length=length)
        case("pad-%s-lengths" % mode, "pad", lambda x, m=mode: jnp.pad(x, p, m, stat_length=((1, 2), (3, 2))), [X2], "reduction",
             widths=flat(p), mode=mode, length=[1, 2, 3, 2])
        case("pad-%s-ints" % mode, "pad", lambda x, m=mode: jnp.pad(x, 2, m), [np.array([1, 2, 2, 9], I32)], widths=[2, 2],
             mode=mode)
        case("pad-%s-nan" % mode, "pad", lambda x, m=mode: jnp.pad(x, 1, m), [np.array([1, np.nan, 2], F32)], widths=[1, 1],
             mode=mode)


def write():
    axes()
    directions()
    together()
    apart()
    more()
    edits()
    borders()

"""Of tests/test_index.c: indexing, takes, the windows of lax."""
import numpy as np

import jax.numpy as jnp
from jax import lax

from cases import *


def index_word(item):
    if item is None:
        return "new"
    if item is Ellipsis:
        return "..."
    if isinstance(item, slice):
        return ":".join("" if b is None else str(b) for b in (item.start, item.stop, item.step))
    return str(item)


def index_items(items, operands):
    return tuple(operands[int(i[1:])] if isinstance(i, str) else i for i in items)


def read_parts():
    x = sample("index", F32, (4, 5, 3))
    i, j = np.array([2, -1, 0], I32), np.array([[1], [3]], I32)
    far = np.array([1, 7, -4, -9], I32)
    s = slice
    cases = [(1,), (-1, s(None), 2), (s(1, 3),), (s(None, None, 2), s(None, None, -1)), (s(3, 0, -2), 1), (Ellipsis, 1),
             (None, 1, Ellipsis, None, s(0, 2)), (s(5, 2),), (s(-3, -1), s(1, 100), s(-100, 2)), (Ellipsis,), (s(2, None, -1),),
             ("@1",), (s(None), "@1"), (Ellipsis, "@1"), ("@1", s(None), "@1"), ("@1", 1), (1, "@1"), (1, s(None), "@1"),
             ("@1", None, "@1"), (None, "@1", s(1, 3)), ("@1", s(None, None, 2)), (s(1, 3), "@1", s(None, None, -1)),
             (s(None, None, -2), "@1"), ("@2", "@1"), (s(None), "@2", "@1"), ("@2", s(None), "@1"), ("@1", s(4, 4)),
             (s(3, 1, -1), s(1, 4), "@1")]
    for items in cases:
        text = ";".join(index_word(k) for k in items)
        operands = [x, i, j] if any(isinstance(k, str) for k in items) else [x]
        f = lambda *v, items=items: v[0][index_items(items, v)]
        case("index-" + text, "index", f, operands, index=text)
        w = sample("w", F32, np.shape(f(*operands)))
        case("index-grad-" + text, "index", f, operands + [w], "derivative", grad=True, index=text)
    for name, n in (("i32", np.array(2, I32)), ("i32-negative", np.array(-1, I32)), ("u8", np.array(3, U8)),
                    ("i64", np.array(-2, I64)), ("far", np.array(9, I32)), ("far-negative", np.array(-9, I32)),
                    ("u32", np.array(77, U32))):
        for items in (("@1",), (s(1, 3), "@1"), ("@1", s(None, None, -1), 1), (None, "@1", Ellipsis, "@1"),
                      ("@1", s(None, None, 2))):
            text = ";".join(index_word(k) for k in items)
            case("index-%s-%s" % (name, text), "index", lambda *v, items=items: v[0][index_items(items, v)], [x, n],
                 index=text)
    case("index-grad-scalar", "index", lambda x, n: x[n, 1:3], [x, np.array(2, I32), sample("w", F32, (2, 3))],
         "derivative", grad=True, index="@1;1:3")
    for dtype in (U8, U32, I64, U64):
        case("index-by-" + short(dtype), "index", lambda x, i: x[i], [x, np.array([1, 0, 3, 200], dtype)], index="@1")
    for dtype in DTYPES:
        case("index-of-" + short(dtype), "index", lambda x, i: x[i, 1], [sample("x", dtype, (4, 3)), i], index="@1;1")
    case("index-empty", "index", lambda x, i: x[i], [x, np.zeros((0,), I32)], index="@1")
    case("index-scalar", "index", lambda x: x[...], [np.array(2.5, F32)], index="...")
    case("index-new-scalar", "index", lambda x: x[None], [np.array(2.5, F32)], index="new")
    mask, m0 = x > 0.5, np.array([True, False, True, True])
    for name, f, items, more in (("all", lambda x, m: x[m], ("@1",), [mask]), ("rows", lambda x, m: x[m], ("@1",), [m0]),
                                 ("inner", lambda x, m: x[:, m], (s(None), "@1"), [x[0] > 0]),
                                 ("beside", lambda x, m: x[m, 1], ("@1", 1), [m0]),
                                 ("none", lambda x, m: x[m], ("@1",), [mask & False])):
        case("index-mask-" + name, "index", f, [x] + more, index=";".join(index_word(k) for k in items), nojit=1)
    case("index-mask-grad", "index", lambda x, m: x[m], [x, m0, sample("w", F32, (3, 5, 3))], "derivative", grad=True,
         index="@1", nojit=1)
    for mode in ("fill", "clip", "promise_in_bounds"):
        case("get-" + mode, "get", lambda x, i, m=mode: x.at[i].get(mode=m), [x, far], index="@1", mode=mode)
        case("get-points-" + mode, "get", lambda x, i, m=mode: x.at[i, 1, i].get(mode=m), [x, far], index="@1;1;@1", mode=mode)
        case("get-scalar-" + mode, "get", lambda x, i, m=mode: x.at[i].get(mode=m), [x, np.array(9, I32)], index="@1", mode=mode)
        w = sample("w", F32, (4, 5, 3))
        case("get-grad-" + mode, "get", lambda x, i, m=mode: x.at[i].get(mode=m), [x, far, w], "derivative", grad=True,
             index="@1", mode=mode)
    for fill in (0, -1, 2.5):
        case("get-fill-%s" % fill, "get", lambda x, i, v=fill: x.at[i].get(mode="fill", fill_value=v), [x, far], index="@1",
             mode="fill", fill=fill)
    for dtype in DTYPES:
        case("get-fill-of-" + short(dtype), "get", lambda x, i: x.at[i].get(mode="fill"), [sample("x", dtype, (4,)), far],
             index="@1", mode="fill")
    # over lanes: of what is read, of where, of both
    y, k = sample("lanes", F32, (4, 6, 5)), np.array([[0, 5, -1], [2, 2, 9], [-9, 1, 3], [4, 0, 0]], I32)
    for lanes in ((0, None), (2, None), (None, 0), (None, 1), (0, 0), (2, 1)):
        v = [np.moveaxis(y, 0, lanes[0]) if lanes[0] is not None else y[0],
             np.moveaxis(k, 0, lanes[1]) if lanes[1] is not None else k[0]]
        for name, f, text in (("rows", lambda x, i: x[i], "@1"), ("points", lambda x, i: x[i, 1], "@1;1"),
                              ("columns", lambda x, i: x[:, i], ":;@1")):
            case("index-lanes-%s-%s" % (name, "-".join(str(a) for a in lane_words(lanes))), "index", lanes_of(f, lanes), v,
                 index=text.replace(":;", "::;"), lanes=lane_words(lanes))
    for lanes in ((0, 0), (None, 0), (0, None)):
        v = [y if lanes[0] == 0 else y[0], k[:, 0] if lanes[1] == 0 else np.array(k[0, 0])]
        case("index-lanes-scalar-%s" % "-".join(str(a) for a in lane_words(lanes)), "index",
             lanes_of(lambda x, i: x[i, 1:3], lanes), v, index="@1;1:3", lanes=lane_words(lanes))


def written_parts():
    x = sample("at", F32, (4, 5, 3))
    i, far = np.array([2, -1, 2], I32), np.array([1, 7, -4, -9, 1], I32)
    s = slice
    ops = {"set": lambda a: a.set, "add": lambda a: a.add, "mul": lambda a: a.multiply, "min": lambda a: a.min,
           "max": lambda a: a.max}
    cases = [(1,), (s(1, 3), 2), (s(None, None, 2), s(None, None, -1)), (None, 1, Ellipsis), ("@1",), (s(None), "@1"),
             ("@1", s(None), "@1"), ("@1", 0, s(1, 3)), (s(3, 0, -1),), (s(2, 2),), (Ellipsis,)]
    for op, at in ops.items():
        for items in cases:
            text = ";".join(index_word(k) for k in items)
            if op == "set" and text.startswith("@1"):
                continue  # JAX does not say which value stays
            shape = np.shape(jnp.asarray(x)[index_items(items, [x, i])])
            v = sample("v", F32, shape)
            f = lambda *a, items=items, at=at: at(a[0].at[index_items(items, a)])(a[2])
            tolerance = "reduction" if op in ("add", "mul") else "exact"
            case("%s-%s" % (op, text), op, f, [x, i, v], tolerance, index=text, v=2)
            if op == "mul" and any(isinstance(k, str) for k in items):
                continue
            for wrt in (0, 2):
                g = [x, i, v, sample("w", F32, x.shape)]
                if wrt == 2:
                    grad_at_2(op, "%s-grad-v-%s" % (op, text), f, g, text)
                else:
                    case("%s-grad-%s" % (op, text), op, f, g, "derivative", grad=True, index=text, v=2)
        case("%s-scalar" % op, op, lambda x, i, v, at=at: at(x.at[i])(v), [x, np.array(2, I32), 1.5], "reduction", index="@1", v=2)
        case("%s-scalar-far" % op, op, lambda x, i, v, at=at: at(x.at[i])(v), [x, np.array(9, I32), 1.5], "exact", index="@1", v=2)
        for mode in ("drop", "clip", "promise_in_bounds"):
            if op == "set" and mode == "clip":
                continue
            case("%s-%s" % (op, mode), op, lambda x, i, v, at=at, m=mode: at(x.at[i])(v, mode=m),
                 [x, far[:4], sample("v", F32, (4, 1, 1))], "reduction", index="@1", v=2, mode="fill" if mode == "drop" else mode)
        for dtype in (U8, I32, U32, I64, F64, BOOL):
            if dtype == bool and op in ("add", "mul"):
                continue
            case("%s-of-%s" % (op, short(dtype)), op, lambda x, i, v, at=at: at(x.at[i])(v),
                 [sample("x", dtype, (5,)), np.array([1, 4, 0], I32), sample("v", dtype, (3,))], "reduction", index="@1", v=2)
    case("set-number", "set", lambda x, v: x.at[1].set(v), [np.arange(4, dtype=I32), 7], index="1", v=1)
    case("set-promotes", "set", lambda x, v: x.at[1].set(v), [np.arange(4, dtype=F32), np.array(2.5, F64)], index="1", v=1)
    case("add-i32-to-u8", "add", lambda x, v: x.at[1:3].add(v), [np.arange(4, dtype=U8), np.array([300, -1], I32)], index="1:3", v=1)
    m0 = np.array([True, False, True, True])
    case("set-mask", "set", lambda x, m, v: x.at[m].set(v), [x, m0, 1.5], index="@1", v=2, nojit=1)
    case("add-mask", "add", lambda x, m, v: x.at[m].add(v), [x, x > 0, 1.5], index="@1", v=2, nojit=1)
    ties = np.array([1, 1, 1, 0, 0], I32)
    for op in ("min", "max"):
        values = np.array([2, 2, 3, 0, 1] if op == "min" else [3, 3, 2, 1, 0], F32)
        z = np.array([0, 2 if op == "min" else 3, 5], F32)
        case(op + "-grad-ties", op, lambda x, i, v, at=ops[op]: at(x.at[i])(v), [z, ties, values, np.ones(3, F32)], "derivative",
             grad=True, index="@1", v=2)
        grad_at_2(op, op + "-grad-v-ties", lambda x, i, v, at=ops[op]: at(x.at[i])(v), [z, ties, values, np.arange(1, 4, dtype=F32)],
                  "@1")
    case("mul-grad-unique", "mul", lambda x, i, v: x.at[i].multiply(v, unique_indices=True),
         [x, np.array([2, 0], I32), sample("v", F32, (2, 5, 3)), sample("w", F32, x.shape)], "derivative", grad=True, index="@1", v=2,
         unique=1)
    grad_at_2("mul", "mul-grad-v-unique", lambda x, i, v: x.at[i].multiply(v, unique_indices=True),
              [x, np.array([2, 0], I32), sample("v", F32, (2, 5, 3)), sample("w", F32, x.shape)], "@1", unique=1)
    y, k, v = sample("lanes", F32, (4, 6, 5)), np.array([[0, 5, -1], [2, 2, 9], [-9, 1, 3], [4, 0, 0]], I32), sample("v", F32, (4, 3, 5))
    for lanes in ((0, None, 0), (None, 0, None), (None, None, 0), (2, 1, 1), (0, None, None), (None, 0, 0)):
        def part(a, axis):
            return a[0] if axis is None else np.moveaxis(a, 0, axis)
        for op in ("add", "max"):
            case("%s-lanes-%s" % (op, "-".join(str(a) for a in lane_words(lanes))), op,
                 lanes_of(lambda x, i, v, at=ops[op]: at(x.at[i])(v), lanes), [part(a, b) for a, b in zip((y, k, v), lanes)],
                 "reduction", index="@1", v=2, lanes=lane_words(lanes))


def grad_at_2(op, name, f, operands, text, **keys):
    """The gradient in operand 2."""
    case(name, op, f, operands, "derivative", grad=True, index=text, v=2, wrt=2, **keys)


def taken():
    x = sample("take", F32, (4, 5, 3))
    far = np.array([[1, 3], [-1, 9]], I32)
    for axis in (None, 0, 1, -1):
        keys = {} if axis is None else {"axes": [axis]}
        for mode in (None, "fill", "clip", "wrap"):
            f = lambda x, i, a=axis, m=mode: jnp.take(x, i, axis=a, mode=m)
            text = "%s-%s" % ("flat" if axis is None else axis, mode or "default")
            more = keys | ({"mode": mode} if mode else {})
            case("take-" + text, "take", f, [x, far], **more)
            w = sample("w", F32, np.shape(f(x, far)))
            if mode != "fill":
                case("take-grad-" + text, "take", f, [x, far, w], "derivative", grad=True, **more)
    case("take-scalar", "take", lambda x, i: jnp.take(x, i, axis=1), [x, np.array(-2, I32)], axes=[1])
    case("take-fill-value", "take", lambda x, i: jnp.take(x, i, axis=0, fill_value=-7), [x, far], axes=[0], fill=-7)
    case("take-empty", "take", lambda x, i: jnp.take(x, i, axis=1), [x, np.zeros((0, 2), I32)], axes=[1])
    for dtype in (U8, U32, I64):
        case("take-by-" + short(dtype), "take", lambda x, i: jnp.take(x, i, axis=0), [x, np.array([3, 0, 77], dtype)], axes=[0])
    for dtype in DTYPES:
        case("take-of-" + short(dtype), "take", jnp.take, [sample("x", dtype, (4,)), far])
    for a, b, axis in (((4, 5), (4, 2), -1), ((4, 5), (2, 5), 0), ((4, 5), (1, 2), 1), ((4, 1), (1, 3), 0), ((1, 5), (4, 3), 1),
                       ((2, 3, 4), (2, 1, 4), 1), ((2, 3, 4), (1, 3, 2), 2), ((5,), (3,), 0), ((0, 3), (2, 3), 0), ((2, 0), (2, 0), 1)):
        z, k = sample("along", F32, a), sample("k", I32, b)
        keys = {} if axis == -1 else {"axes": [axis]}
        text = "%s-%d" % (shape_text(a, b), axis)
        f = lambda x, i, axis=axis: jnp.take_along_axis(x, i, axis)
        case("along-" + text, "take_along_axis", f, [z, k], **keys)
        case("along-clip-" + text, "take_along_axis", lambda x, i, axis=axis: jnp.take_along_axis(x, i, axis, mode="clip"), [z, k],
             mode="clip", **keys)
        w = sample("w", F32, np.shape(f(z, k)))
        case("along-grad-" + text, "take_along_axis", f, [z, k, w], "derivative", grad=True, **keys)
    for a, b, axis in (((4, 5), (4, 1), 1), ((4, 5), (1, 5), 0), ((4, 5), (1, 1), 0), ((2, 3, 4), (2, 1, 4), 1), ((5,), (1,), 0)):
        z, k, v = sample("along", F32, a), sample("k", I32, b), sample("v", F32, b)
        keys = {"axes": [axis]}
        text = "%s-%d" % (shape_text(a, b), axis)
        f = lambda x, i, v, axis=axis: jnp.put_along_axis(x, i, v, axis, inplace=False)
        case("put-" + text, "put_along_axis", f, [z, k, v], **keys)
        case("put-number-" + text, "put_along_axis", f, [z, k, 2], **keys)
        case("put-grad-" + text, "put_along_axis", f, [z, k, v, sample("w", F32, a)], "derivative", grad=True, **keys)


def windows():
    x = sample("window", F32, (5, 4))
    at = lambda *n, dtype=I32: [np.array(k, dtype) for k in n]
    for name, starts in (("inside", at(1, 2)), ("far", at(9, 9)), ("negative", at(-2, -1)), ("far-negative", at(-99, 0)),
                         ("u8", at(200, 1, dtype=U8)), ("i64", at(-1, 3, dtype=I64)), ("numbers", [1, -2])):
        f = lambda x, *s: lax.dynamic_slice(x, s, (2, 3))
        g = lambda x, u, *s: lax.dynamic_update_slice(x, u, s)
        u = sample("u", F32, (2, 3))
        case("dynamic_slice-" + name, "dynamic_slice", f, [x] + starts, sizes=(2, 3))
        case("dynamic_update_slice-" + name, "dynamic_update_slice", g, [x, u] + starts, n=2)
        case("dynamic_slice-grad-" + name, "dynamic_slice", f, [x] + starts + [sample("w", F32, (2, 3))], "derivative", grad=True,
             sizes=(2, 3))
        case("dynamic_update_slice-grad-" + name, "dynamic_update_slice", g, [x, u] + starts + [sample("w", F32, (5, 4))],
             "derivative", grad=True, n=2)
        case("dynamic_update_slice-grad-u-" + name, "dynamic_update_slice", g, [x, u] + starts + [sample("w", F32, (5, 4))],
             "derivative", grad=True, n=2, wrt=1)
    y, u, k = sample("lanes", F32, (3, 5, 4)), sample("u", F32, (3, 2, 3)), np.array([0, 9, -1], I32)
    for lanes in ((0, None, None), (0, 0, None), (None, 0, None), (None, 0, 0), (1, None, 0)):
        v = [y[0] if lanes[0] is None else np.moveaxis(y, 0, lanes[0])] + [np.array(k[0]) if a is None else k for a in lanes[1:]]
        case("dynamic_slice-lanes-%s" % "-".join(str(a) for a in lane_words(lanes)), "dynamic_slice",
             lanes_of(lambda x, i, j: lax.dynamic_slice(x, (i, j), (2, 3)), lanes), v, sizes=(2, 3), lanes=lane_words(lanes))
    for lanes in ((0, None, None, None), (0, 0, None, None), (None, 0, 0, None), (None, None, None, 0), (0, 2, 0, 0)):
        v = [y[0] if lanes[0] is None else y, u[0] if lanes[1] is None else np.moveaxis(u, 0, lanes[1])]
        v += [np.array(k[0]) if a is None else k for a in lanes[2:]]
        case("dynamic_update_slice-lanes-%s" % "-".join(str(a) for a in lane_words(lanes)), "dynamic_update_slice",
             lanes_of(lambda x, u, i, j: lax.dynamic_update_slice(x, u, (i, j)), lanes), v, n=2, lanes=lane_words(lanes))
    for axis in (0, 1, -1):
        for n in (1, -2, 9):
            i = np.array(n, I32)
            text = "%d-%d" % (axis, n)
            row = sample("row", F32, (1, 4) if axis == 0 else (5, 1))
            case("slice_in_dim-" + text, "slice_in_dim", lambda x, i, a=axis: lax.dynamic_slice_in_dim(x, i, 2, a), [x, i], axis=axis,
                 size=2)
            case("index_in_dim-" + text, "index_in_dim", lambda x, i, a=axis: lax.dynamic_index_in_dim(x, i, a), [x, i], axis=axis,
                 keep=1)
            case("index_in_dim-drop-" + text, "index_in_dim", lambda x, i, a=axis: lax.dynamic_index_in_dim(x, i, a, False), [x, i],
                 axis=axis)
            case("update_slice_in_dim-" + text, "update_slice_in_dim",
                 lambda x, u, i, a=axis: lax.dynamic_update_slice_in_dim(x, u, i, a), [x, row, i], axis=axis)
            case("update_index_in_dim-" + text, "update_index_in_dim",
                 lambda x, u, i, a=axis: lax.dynamic_update_index_in_dim(x, u, i, a), [x, row.reshape(-1), i], axis=axis)


def gathers():
    D, S = lax.GatherDimensionNumbers, lax.ScatterDimensionNumbers
    x, i = sample("gather", F32, (5, 4)), np.array([[0], [4], [2], [-1], [7]], I32)
    cases = [("rows", ((1,), (0,), (0,), (), ()), (1, 4), x, i), ("parts", ((0,), (0,), (0,), (), ()), (1, 3), x, i),
             ("windows", ((1, 2), (), (1, 0), (), ()), (2, 3), x, np.array([[0, 1], [2, 2], [1, 9]], I32)),
             ("points", ((), (0, 1), (0, 1), (), ()), (1, 1), x, np.array([[0, 1], [4, 3], [1, 9]], I32)),
             ("paired", ((), (1,), (1,), (0,), (0,)), (1, 1), x, np.array([[[1], [3]]] * 4 + [[[9], [0]]], I32)),
             ("crossed", ((), (2,), (2,), (0, 1), (1, 0)), (1, 1, 1), sample("g3", F32, (2, 3, 4)),
              np.array([[[k], [3 - k]] for k in range(3)], I32))]
    for name, dims, sizes, x, i in cases:
        words = "/".join(",".join(str(a) for a in d) for d in dims)
        for mode in ("clip", "fill", "promise_in_bounds"):
            f = lambda x, i, d=dims, z=sizes, m=mode: lax.gather(x, i, D(*d), z, mode=m)
            case("gather-%s-%s" % (name, mode), "gather", f, [x, i], dims=words, sizes=sizes, mode=mode)
            y = np.asarray(f(jnp.asarray(x), jnp.asarray(i)))
            if mode != "promise_in_bounds":
                case("gather-grad-%s-%s" % (name, mode), "gather", f, [x, i, sample("w", F32, y.shape)], "derivative", grad=True,
                     dims=words, sizes=sizes, mode=mode)
            for op in ("scatter", "scatter_add", "scatter_min", "scatter_max", "scatter_mul"):
                if op == "scatter" and (name == "windows" or mode == "clip"):
                    continue
                u = sample("u", F32, y.shape)
                g = lambda x, i, u, op=op, d=dims, m=mode: getattr(lax, op)(x, i, u, S(*d), mode=m)
                case("%s-%s-%s" % (op, name, mode), op, g, [x, i, u], "reduction", dims=words, mode=mode)
                # JAX's rule for the extremes forgets the mode, and divides by 0.
                ruled = not (op in ("scatter_min", "scatter_max") and mode == "clip")
                if op != "scatter_mul" and mode != "promise_in_bounds" and ruled:
                    w = sample("w", F32, x.shape)
                    case("%s-grad-%s-%s" % (op, name, mode), op, g, [x, i, u, w], "derivative", grad=True, dims=words, mode=mode)
                    case("%s-grad-u-%s-%s" % (op, name, mode), op, g, [x, i, u, w], "derivative", grad=True, wrt=2, dims=words, mode=mode)


def write():
    read_parts()
    written_parts()
    taken()
    windows()
    gathers()

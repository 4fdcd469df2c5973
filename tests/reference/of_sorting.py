"""Of tests/test_numpy_sorting.c: sorting, searching, sets, counting, segments."""
import numpy as np

import jax
import jax.numpy as jnp

import cases
from cases import *

F16, BF16, I8 = np.dtype(np.float16), np.dtype(jnp.bfloat16), np.dtype(np.int8)
cases.NAMES |= {"float16": "f16", "bfloat16": "bf16", "int8": "i8"}
cases.BITS |= {2: np.uint16}


def word_of(dtype):
    return cases.NAMES[str(np.dtype(dtype))]


def place_case(name, call, f, operands, **keys):
    """Results are numbers of elements: i32 whatever the mode."""
    case(name, call, f, operands, places=True, **keys)


def ties(name, dtype, shape):
    return (sample(name, F32, shape) * 2).round().astype(dtype) if np.dtype(dtype) != bool else sample(name, bool, shape)


SPECIAL = np.array([1, np.nan, -0.0, np.inf, 0.0, -np.inf, np.nan, -1, 0.0, -0.0], F32)


def sorts():
    for dtype in (BOOL, U8, U32, U64, I8, I32, I64, F16, BF16, F32, F64):
        x = ties("sort" + word_of(dtype), dtype, (3, 5))
        for descending in (False, True):
            keys = {"axes": [0] if descending else [1], "descending": int(descending), "x64": dtype in WIDE}
            axis, text = keys["axes"][0], "%s-%d" % (word_of(dtype), descending)
            case("sort-" + text, "sort", lambda x, a=axis, d=descending: jnp.sort(x, a, descending=d), [x], **keys)
            place_case("argsort-" + text, "argsort", lambda x, a=axis, d=descending: jnp.argsort(x, a, descending=d), [x], **keys)
        if dtype == BOOL:
            continue
        for kth in (0, 2, -1):
            keys = {"kth": kth, "axes": [1], "x64": dtype in WIDE}
            case("partition-%s-%d" % (word_of(dtype), kth), "partition", lambda x, k=kth: jnp.partition(x, k, 1), [x], "equal", **keys)
            place_case("argpartition-%s-%d" % (word_of(dtype), kth), "argpartition", lambda x, k=kth: jnp.argpartition(x, k, 1), [x],
                       **keys)
    for name, f in (("sort", jnp.sort), ("argsort", jnp.argsort)):
        case(name + "-special", name, f, [SPECIAL], "equal")
        case(name + "-special-descending", name, lambda x, f=f: f(x, descending=True), [SPECIAL], "equal", descending=1)
        case(name + "-last", name, f, [sample("s", F32, (2, 3, 4))])
        case(name + "-middle", name, lambda x, f=f: f(x, axis=-2), [sample("s", F32, (2, 3, 4))], axes=[-2])
        case(name + "-empty", name, f, [np.zeros((2, 0), F32)])
        case(name + "-one", name, f, [np.array([3], F32)])
        case(name + "-lanes", name, lanes_of(f, [1]), [sample("s", F32, (4, 3))], lanes=[1])
        case(name + "-long", name, f, [sample("s", F32, (700,))], every=13, hashed=True)
    for descending in (0, 1):
        case("sort-grad-%d" % descending, "sort", lambda x, d=descending: jnp.sort(x, 0, descending=bool(d)),
             [sample("s", F32, (4, 3)), sample("w", F32, (4, 3))], grad=True, axes=[0], descending=descending)
    x = np.array([5, np.nan, 2, 7, -1, 3, 2], F32)
    for kth in (1, 3, -2, 6):
        case("partition-%d" % kth, "partition", lambda x, k=kth: jnp.partition(x, k), [x[2:]] if abs(kth) < 5 else [x], "equal",
             kth=kth)
        case("partition-nan-%d" % kth, "partition", lambda x, k=kth: jnp.partition(x, k), [x], "equal", kth=kth, axes=[0])
        case("argpartition-nan-%d" % kth, "argpartition", lambda x, k=kth: jnp.argpartition(x, k), [x], kth=kth)
    case("partition-grad", "partition", lambda x: jnp.partition(x, 2, 0), [sample("s", F32, (5, 2)), sample("w", F32, (5, 2))],
         grad=True, kth=2, axes=[0])
    a, b, c = ties("a", I32, (2, 6)), ties("b", F32, (2, 6)), ties("c", BOOL, (2, 6))
    for axis in (0, 1, -1):
        place_case("lexsort-two-%d" % axis, "lexsort", lambda *k, a=axis: jnp.lexsort(k, a), [a, b], axis=axis)
        place_case("lexsort-three-%d" % axis, "lexsort", lambda *k, a=axis: jnp.lexsort(k, a), [a, b, c], axis=axis)
    place_case("lexsort-one", "lexsort", lambda *k: jnp.lexsort(k), [b], axis=-1)
    place_case("lexsort-scalars", "lexsort", lambda *k: jnp.lexsort(k), [np.array(1, F32), np.array(2, F32)], axis=-1)


def searches():
    for dtype in (BOOL, U8, U32, U64, I32, I64, F16, F32, F64):
        a = np.sort(ties("a" + word_of(dtype), dtype, (7,)))
        v = ties("v" + word_of(dtype), dtype, (3, 4))
        for side in ("left", "right"):
            place_case("searchsorted-%s-%s" % (word_of(dtype), side), "searchsorted",
                       lambda a, v, s=side: jnp.searchsorted(a, v, s), [a, v], x64=dtype in WIDE, side=side)
    order = np.array([-np.inf, -1, -0.0, 0.0, 0.0, 2, np.inf, np.nan, np.nan], F32)
    for side in ("left", "right"):
        case("searchsorted-special-" + side, "searchsorted", lambda a, v, s=side: jnp.searchsorted(a, v, s), [order, SPECIAL],
             side=side)
        for n in (0, 1, 2, 3, 4, 5, 8, 9):
            case("searchsorted-%d-%s" % (n, side), "searchsorted", lambda a, v, s=side: jnp.searchsorted(a, v, s),
                 [np.arange(n, dtype=I32), np.arange(-1, n + 1, dtype=I32)], side=side)
        case("searchsorted-lanes-" + side, "searchsorted", lanes_of(lambda a, v, s=side: jnp.searchsorted(a, v, s), [0, 0]),
             [np.sort(sample("a", F32, (3, 5)), 1), sample("v", F32, (3, 2))], side=side, lanes=[0, 0])
        case("searchsorted-lanes-v-" + side, "searchsorted", lanes_of(lambda a, v, s=side: jnp.searchsorted(a, v, s), [None, 0]),
             [np.sort(sample("a", F32, (5,))), sample("v", F32, (3, 2))], side=side, lanes=["n", 0])
    case("searchsorted-mixed", "searchsorted", jnp.searchsorted, [np.arange(5, dtype=I32), np.array([0.5, 2.0, 9], F32)])
    case("searchsorted-number", "searchsorted", jnp.searchsorted, [np.arange(5, dtype=F32), 2.5])
    x = np.array([3, 1, 2, 0], F32)
    case("searchsorted-sorter", "searchsorted", lambda a, v, s: jnp.searchsorted(a, v, sorter=s),
         [x, np.array([0.5, 2], F32), np.argsort(x).astype(I32)], sorter=2)
    for right in (False, True):
        bins = np.array([-2, 0, 0.5, 2], F32)
        for text, b in (("up", bins), ("down", bins[::-1].copy()), ("one", bins[:1]), ("none", bins[:0])):
            case("digitize-%s-%d" % (text, right), "digitize", lambda x, b, r=right: jnp.digitize(x, b, r),
                 [np.append(sample("x", F32, (6,)), bins), b], right=int(right))
        case("digitize-i32-%d" % right, "digitize", lambda x, b, r=right: jnp.digitize(x, b, r),
             [sample("x", I32, (2, 3)), np.array([-3, 0, 4], I32)], right=int(right))


def places():
    for dtype in (BOOL, I32, F32, F64, U8):
        x = ties("nz" + word_of(dtype), dtype, (3, 4))
        for size in (0, 3, 20):
            keys = {"size": size, "x64": dtype in WIDE}
            s = size or None
            for part in (0, 1):
                place_case("nonzero-%s-%d-%d" % (word_of(dtype), size, part), "nonzero",
                           lambda x, s=s, p=part: jnp.nonzero(x, size=s)[p], [x], part=part, **keys, **({} if s else {"nojit": 1}))
            place_case("argwhere-%s-%d" % (word_of(dtype), size), "argwhere", lambda x, s=s: jnp.argwhere(x, size=s), [x], **keys,
                       **({} if s else {"nojit": 1}))
    x = np.array([[0, 1.5, 0], [-2, 0, np.nan]], F32)
    case("nonzero-fill", "nonzero", lambda x: jnp.nonzero(x, size=5, fill_value=-1)[1], [x], size=5, fill=-1, part=1)
    case("flatnonzero", "flatnonzero", jnp.flatnonzero, [x], nojit=1)
    case("flatnonzero-size", "flatnonzero", lambda x: jnp.flatnonzero(x, size=2), [x], size=2)
    case("flatnonzero-fill", "flatnonzero", lambda x: jnp.flatnonzero(x, size=7, fill_value=99), [x], size=7, fill=99)
    case("argwhere-fill", "argwhere", lambda x: jnp.argwhere(x, size=5, fill_value=-1), [x], size=5, fill=-1)
    for text, v in (("true", 2.0), ("false", 0.0)):
        case("argwhere-scalar-" + text, "argwhere", jnp.argwhere, [np.array(v, F32)], nojit=1)
    case("argwhere-three", "argwhere", lambda x: jnp.argwhere(x, size=9), [ties("three", I32, (2, 3, 4))], size=9)
    case("nonzero-none", "nonzero", lambda x: jnp.nonzero(x)[0], [np.zeros(4, F32)], part=0, nojit=1)
    case("nonzero-empty", "nonzero", lambda x: jnp.nonzero(x, size=2)[0], [np.zeros((0, 3), F32)], part=0, size=2)
    case("nonzero-lanes", "nonzero", lanes_of(lambda x: jnp.nonzero(x, size=3)[0], [0]), [ties("l", I32, (4, 5))], part=0, size=3,
         lanes=[0])
    cond = np.array([True, False, True])
    a = sample("c", F32, (3, 4))
    for axis in (0, 1, -1):
        for size in (0, 1, 3):
            case("compress-%d-%d" % (axis, size), "compress",
                 lambda c, x, a=axis, s=size or None: jnp.compress(c, x, a, size=s), [cond, a], axes=[axis], size=size,
                 **({} if size else {"nojit": 1}))
    case("compress-flat", "compress", lambda c, x: jnp.compress(c, x), [cond, a], nojit=1)
    case("compress-long", "compress", lambda c, x: jnp.compress(c, x, 0), [np.array([1, 0, 2, 0, 0], I32), a], axes=[0], nojit=1)
    case("compress-fill", "compress", lambda c, x: jnp.compress(c, x, 0, size=3, fill_value=7), [cond, a], axes=[0], size=3, fill=7)
    case("compress-grad", "compress", lambda c, x: jnp.compress(c, x, 0, size=3), [cond, a, sample("w", F32, (3, 4))], grad=True,
         wrt=1, axes=[0], size=3)
    case("extract", "extract", lambda c, x: jnp.extract(c, x), [a > 0, a], nojit=1)
    case("extract-size", "extract", lambda c, x: jnp.extract(c, x, size=8, fill_value=-1), [a > 0, a], size=8, fill=-1)


def sets():
    for dtype in (BOOL, U8, I32, I64, F32, F64):
        x = ties("u" + word_of(dtype), dtype, (3, 4))
        y = ties("v" + word_of(dtype), dtype, (7,))
        for size in (0, 2, 15):
            s = size or None
            keys = {"size": size, "x64": dtype in WIDE} | ({} if s else {"nojit": 1})
            text = "%s-%d" % (word_of(dtype), size)
            case("unique-" + text, "unique", lambda x, s=s: jnp.unique(x, size=s), [x], **keys)
            for part, name in ((1, "index"), (2, "inverse"), (3, "counts")):
                place_case("unique-%s-%s" % (name, text), "unique",
                           lambda x, s=s, p=part: jnp.unique(x, True, True, True, size=s)[p], [x], part=part, **keys)
            for name, f in (("union1d", jnp.union1d), ("intersect1d", jnp.intersect1d), ("setdiff1d", jnp.setdiff1d),
                            ("setxor1d", jnp.setxor1d)):
                case("%s-%s" % (name, text), name, lambda x, y, f=f, s=s: f(x, y, size=s), [x, y], **keys)
                if size:
                    case("%s-fill-%s" % (name, text), name, lambda x, y, f=f, s=s: f(x, y, size=s, fill_value=1), [x, y], fill=1, **keys)
            for part in (1, 2):
                place_case("intersect1d-%s-%d" % (text, part), "intersect1d",
                           lambda x, y, s=s, p=part: jnp.intersect1d(x, y, return_indices=True, size=s)[p], [x, y], part=part, **keys)
        for invert in (False, True):
            case("isin-%s-%d" % (word_of(dtype), invert), "isin", lambda x, y, i=invert: jnp.isin(x, y, invert=i), [x, y[:3]],
                 x64=dtype in WIDE, invert=int(invert))
    nan = np.array([np.nan, 1, -0.0, np.nan, 0.0, 3], F32)
    other = np.array([np.nan, 0.0, np.nan, 5], F32)
    for name, f in (("union1d", jnp.union1d), ("intersect1d", jnp.intersect1d), ("setdiff1d", jnp.setdiff1d),
                    ("setxor1d", jnp.setxor1d), ("isin", jnp.isin)):
        case(name + "-nan", name, f, [nan, other], "equal", **({} if name == "isin" else {"nojit": 1}))
        case(name + "-mixed", name, f, [np.array([1, 2, 3, 3], I32), np.array([2.5, 3, 1], F32)],
             **({} if name == "isin" else {"nojit": 1}))
        case(name + "-empty", name, f, [np.array([2, 1, 2], F32), np.zeros(0, F32)], **({} if name == "isin" else {"nojit": 1}))
        case(name + "-of-empty", name, f, [np.zeros(0, F32), np.array([2, 1, 2], F32)], **({} if name == "isin" else {"nojit": 1}))
    case("setdiff1d-unsorted", "setdiff1d", lambda x, y: jnp.setdiff1d(x, y, True), [np.array([5, 3, 4, 1], I32), np.array([3], I32)],
         assume=1, nojit=1)
    case("setdiff1d-unsorted-size", "setdiff1d", lambda x, y: jnp.setdiff1d(x, y, True, size=6),
         [np.array([5, 3, 4, 1], I32), np.array([3], I32)], assume=1, size=6)
    for distinct in (0, 1):
        case("unique-nan-%d" % distinct, "unique", lambda x, d=distinct: jnp.unique(x, equal_nan=not d), [nan], "equal", nojit=1,
             distinct=distinct)
    rows = np.array([[1, 2], [0, 2], [1, 2], [0, 1]], F32)
    for axis in (0, 1, -1):
        for part in (0, 1, 2, 3):
            for size in (0, 3):
                case("unique-axis%d-%d-%d" % (axis, part, size), "unique",
                     lambda x, a=axis, p=part, s=size or None: jnp.unique(x, True, True, True, a, size=s)[p], [rows], part=part,
                     axes=[axis], size=size, **({} if size else {"nojit": 1}))
    case("unique-axis-fill", "unique", lambda x: jnp.unique(x, axis=0, size=5, fill_value=9), [rows], axes=[0], size=5, fill=9)
    for part in (0, 1, 2, 3):
        case("unique-empty-%d" % part, "unique", lambda x, p=part: jnp.unique(x, True, True, True)[p], [np.zeros((0,), F32)], part=part,
             nojit=1)
        case("unique-empty-rows-%d" % part, "unique", lambda x, p=part: jnp.unique(x, True, True, True, 0)[p], [np.zeros((3, 0), F32)],
             part=part, axes=[0], nojit=1)
    case("unique-empty-fill", "unique", lambda x: jnp.unique(x, size=2, fill_value=4), [np.zeros(0, F32)], size=2, fill=4)
    case("unique-lanes", "unique", lanes_of(lambda x: jnp.unique(x, size=3), [0]), [ties("l", I32, (2, 5))], size=3, lanes=[0])


def counts():
    for dtype in (BOOL, U8, I32, I64):
        x = ties("b" + word_of(dtype), dtype, (9,))
        for text, keys, f in (("", {}, {}), ("-minlength", {"minlength": 20}, {"minlength": 20}),
                              ("-length", {"length": 3}, {"length": 3})):
            place_case("bincount-%s%s" % (word_of(dtype), text), "bincount", lambda x, f=f: jnp.bincount(x, **f), [x],
                       x64=dtype in WIDE, **keys, **({} if "length" in keys else {"nojit": 1}))
        for own in (F32, F64, I32):
            case("bincount-%s-weights-%s" % (word_of(dtype), word_of(own)), "bincount",
                 lambda x, w: jnp.bincount(x, w, length=5), [x, sample("w", own, (9,))], "reduction", x64=F64 in (dtype, own) or dtype == I64,
                 length=5, weights=1)
    case("bincount-grad", "bincount", lambda x, w: jnp.bincount(x, w, length=4),
         [np.array([0, 1, 1, 3, 7, -2], I32), sample("w", F32, (6,)), sample("ct", F32, (4,))], "derivative", grad=True, wrt=1, length=4,
         weights=1)
    case("bincount-empty", "bincount", jnp.bincount, [np.zeros(0, I32)], nojit=1)
    case("bincount-lanes", "bincount", lanes_of(lambda x: jnp.bincount(x, length=4), [0]), [ties("l", I32, (2, 5))], length=4, lanes=[0])
    for dtype in (I32, F32, F64, U8):
        x = sample("h" + word_of(dtype), dtype, (4, 6))
        edges = np.array([-2, 0, 0.5, 3], F32)
        for part in (0, 1):
            keys = {"x64": dtype in WIDE, "part": part}
            text = "%s-%d" % (word_of(dtype), part)
            case("histogram-" + text, "histogram", lambda x, b, p=part: jnp.histogram(x, b)[p], [x, 5], "histogram", **keys)
            case("histogram-edges-" + text, "histogram", lambda x, b, p=part: jnp.histogram(x, b)[p], [x, edges], "histogram", **keys)
            case("histogram-range-" + text, "histogram", lambda x, b, r, p=part: jnp.histogram(x, b, (r[0], r[1]))[p],
                 [x, 4, np.array([-1, 2], F32)], "histogram", range=2, **keys)
            case("histogram-density-" + text, "histogram", lambda x, b, p=part: jnp.histogram(x, b, density=True)[p], [x, edges],
                 "histogram", density=1, **keys)
            case("histogram-weights-" + text, "histogram", lambda x, b, w, p=part: jnp.histogram(x, b, weights=w)[p],
                 [x, 4, sample("w", F32, (4, 6))], "histogram", weights=2, **keys)
        case("histogram_bin_edges-" + word_of(dtype), "histogram_bin_edges", jnp.histogram_bin_edges, [x, 7], "histogram",
             x64=dtype in WIDE)
    case("histogram_bin_edges-same", "histogram_bin_edges", jnp.histogram_bin_edges, [np.full(3, 2, F32), 2], "histogram")
    case("histogram_bin_edges-given", "histogram_bin_edges", jnp.histogram_bin_edges, [np.ones(3, F32), np.array([1, 2, 4], I32)])
    case("histogram-nan", "histogram", lambda x, b: jnp.histogram(x, b)[0],
         [np.array([np.nan, 0, 1, 2, -1, np.inf], F32), np.array([0, 1, 2], F32)], part=0)
    case("histogram-grad", "histogram", lambda x, b, w: jnp.histogram(x, b, weights=w)[0],
         [sample("x", F32, (9,)), np.array([-2, 0, 1, 3], F32), sample("w", F32, (9,)), sample("ct", F32, (3,))], "derivative", grad=True,
         wrt=2, weights=2, part=0)


def boxes():
    x, y, w = sample("x", F32, (30,)), sample("y", F32, (30,)), sample("w", F32, (30,), 0.1, 2)
    edges = np.array([-2, 0, 0.5, 3], F32)
    for part in (0, 1, 2):
        f = lambda *a, p=part, **k: jnp.histogram2d(*a, **k)[p]
        case("histogram2d-%d" % part, "histogram2d", lambda x, y, b, f=f: f(x, y, b), [x, y, 4], "histogram", part=part)
        case("histogram2d-edges-%d" % part, "histogram2d", lambda x, y, b, f=f: f(x, y, b), [x, y, edges], "histogram", part=part)
        case("histogram2d-density-%d" % part, "histogram2d", lambda x, y, b, f=f: f(x, y, b, density=True), [x, y, 4], "histogram",
             part=part, density=1)
        case("histogram2d-weights-%d" % part, "histogram2d", lambda x, y, b, w, f=f: f(x, y, b, weights=w), [x, y, 4, w],
             "histogram", part=part, weights=3)
        case("histogram2d-i32-%d" % part, "histogram2d", lambda x, y, b, f=f: f(x, y, b), [sample("x", I32, (9,)), y[:9], 3],
             "histogram", part=part)
    for d in (1, 3):
        s = sample("s", F32, (20, d))
        case("histogramdd-%d" % d, "histogramdd", lambda x, b: jnp.histogramdd(x, b)[0], [s, 3], "histogram", part=0)
        case("histogramdd-density-%d" % d, "histogramdd", lambda x, b: jnp.histogramdd(x, b, density=True)[0], [s, 3], "histogram",
             part=0, density=1)
        case("histogramdd-weights-%d" % d, "histogramdd", lambda x, b, w: jnp.histogramdd(x, b, weights=w)[0], [s, 3, w[:20]],
             "histogram", part=0, weights=2)
        case("histogramdd-f64-%d" % d, "histogramdd", lambda x, b: jnp.histogramdd(x, b)[0], [s.astype(F64), 3], "histogram", x64=True,
             part=0, places=True)
    case("histogramdd-lanes", "histogramdd", lanes_of(lambda x: jnp.histogramdd(x, 3)[0], [0]), [sample("l", F32, (2, 9, 2))],
         "histogram", part=0, bins=3, lanes=[0])


def segments():
    ids = np.array([0, 2, 2, -1, 1, 7, 0], I32)
    for name in ("segment_sum", "segment_prod", "segment_max", "segment_min"):
        f = getattr(jax.ops, name)
        for dtype in (BOOL, U8, I32, I64, F32, F64):
            if dtype == BOOL and name in ("segment_sum", "segment_prod"):
                continue
            for shape in ((7,), (7, 2)):
                case("%s-%s-%s" % (name, word_of(dtype), shape_text(shape)), name, lambda x, i, f=f: f(x, i, 4),
                     [sample("d", dtype, shape), ids], "reduction", x64=dtype in WIDE, segments=4)
        case(name + "-counted", name, f, [sample("d", F32, (7,)), np.abs(ids)], "reduction", nojit=1)
        case(name + "-clip", name, lambda x, i, f=f: f(x, i, 3, mode="clip"), [sample("d", F32, (7,)), ids], "reduction", segments=3,
             mode=2)
        case(name + "-u8", name, lambda x, i, f=f: f(x, i, 3), [sample("d", F32, (7,)), np.abs(ids).astype(np.uint8)], "reduction",
             segments=3)
        case(name + "-empty", name, lambda x, i, f=f: f(x, i, 3), [np.zeros((0, 2), F32), np.zeros(0, I32)], segments=3)
        case(name + "-lanes", name, lanes_of(lambda x, i, f=f: f(x, i, 3), [1, None]), [sample("d", F32, (7, 2)), ids], "reduction",
             segments=3, lanes=[1, "n"])
    case("segment_sum-grad", "segment_sum", lambda x, i: jax.ops.segment_sum(x, i, 3),
         [sample("d", F32, (7, 2)), ids, sample("w", F32, (3, 2))], "derivative", grad=True, segments=3)
    case("segment_prod-grad", "segment_prod", lambda x, i: jax.ops.segment_prod(x, i, 3, unique_indices=True),
         [sample("d", F32, (3,)), np.array([2, 0, 1], I32), sample("w", F32, (3,))], "derivative", grad=True, segments=3, unique=1)
    for name in ("segment_max", "segment_min"):
        f = getattr(jax.ops, name)
        case(name + "-grad", name, lambda x, i, f=f: f(x, i, 3), [sample("d", F32, (7,)), ids, sample("w", F32, (3,))], "derivative",
             grad=True, segments=3)


def write():
    sorts()
    searches()
    places()
    sets()
    counts()
    boxes()
    segments()

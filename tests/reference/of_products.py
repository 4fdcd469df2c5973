"""Of tests/test_numpy_products.c: einsum and other products, convolutions, polynomials, norms."""
import numpy as np

import jax
import jax.numpy as jnp

from cases import *

SIZES = dict(zip("abcdijklmn", (2, 3, 4, 2, 3, 4, 5, 2, 3, 4)))


def operands_of(inputs, dtype=F32):
    """An array for each term; a digit is a size of its own, + an axis of an ellipsis."""
    return [sample("e%d" % i, dtype, tuple(int(c) if c.isdigit() else SIZES[c] for c in t)) for i, t in enumerate(inputs)]


def grads(name, call, f, operands, **keys):
    w = sample("w", F32, np.shape(f(*[jnp.asarray(x) for x in operands])))
    for i in range(len(operands)):
        case("%s-grad%d" % (name, i), call, f, operands + [w], "derivative", grad=True, wrt=i, **keys)


def einsums():
    forms = (("ij,jk->ik", ("ij", "jk")), ("ij,jk", ("ij", "jk")), ("ij,jk->ki", ("ij", "jk")), ("ij,kj->ik", ("ij", "kj")),
             ("ij,ij->", ("ij", "ij")), ("ij,ij->ij", ("ij", "ij")), ("ij,ij->ji", ("ij", "ij")), ("i,j->ij", ("i", "j")),
             ("i,j->ji", ("i", "j")), ("i,i", ("i", "i")), ("ij->ji", ("ij",)), ("ij->", ("ij",)), ("ij->j", ("ij",)),
             ("ba", ("ba",)), ("ii->i", ("33",)), ("ii", ("33",)), ("iij->ij", ("334",)), ("iji->j", ("343",)),
             ("iii->i", ("333",)), ("iijj->ij", ("3344",)), ("ijij->", ("3434",)), ("bij,bjk->bik", ("aij", "ajk")),
             ("bij,bjk->ibk", ("aij", "ajk")), ("bij,cjk->bcik", ("aij", "cjk")), ("ijk,jkl->il", ("ijk", "jkl")),
             ("ij,j->i", ("ij", "j")), ("i,ij->j", ("i", "ij")), ("ij,->ij", ("ij", "")), (",", ("", "")),
             ("...ij,...jk->...ik", ("aij", "ajk")), ("...ij,jk->...ik", ("aij", "jk")), ("...ij,...jk", ("aij", "ajk")),
             ("i...->...", ("ijk",)), ("...->...", ("ijk",)), ("...ii->...i", ("433",)), ("...,...->...", ("ij", "j")),
             ("...i,...i->...", ("abi", "bi")), ("ij...,jk...->ik...", ("ija", "jka")), ("...", ("ij",)),
             ("i...,...->i...", ("iab", "b")), ("...i->i", ("abi",)), ("ab,ba->", ("ab", "ba")),
             ("ij,jk->ik", ("i1", "jk")), ("ij,ij->ij", ("i1", "1j")), ("bij,bjk->bik", ("1ij", "ajk")),
             ("ij,ij->", ("1j", "ij")), ("ij , jk -> ik", ("ij", "jk")), ("ij,kl->", ("ij", "kl")), ("ij,kl->il", ("ij", "kl")),
             ("ijk,j->ik", ("ijk", "j")), ("iij,jk->ik", ("334", "4k")), ("ii,ii->", ("33", "33")), ("bhqd,bhkd->bhqk",
             ("2332", "2342")), ("bhqk,bhkd->bqhd", ("2334", "2342")), ("Ab,bC->AC", ("23", "34")), ("aB,Ba", ("23", "32")))
    for form, inputs in forms:
        text = form.replace(" ", "_")
        name = "einsum-%s-%s" % (text, ",".join(inputs))
        f = lambda *x, form=form: jnp.einsum(form, *x)
        operands = operands_of(inputs)
        case(name, "einsum", f, operands, "reduction", form=text)
        grads(name, "einsum", f, operands, form=text)
    several = (("ij,jk,kl->il", ("ij", "jk", "kl")), ("ij,jk,kl,lm->im", ("ij", "jk", "kl", "lm")),
               ("i,j,k->ijk", ("i", "j", "k")), ("ij,ij,ij->i", ("ij", "ij", "ij")), ("ab,bc,ca->", ("ab", "bc", "ca")),
               ("i,ij,j", ("i", "ij", "j")), ("...i,ij,...j->...", ("ai", "ij", "aj")), ("ij,jk,k,i->", ("ij", "jk", "k", "i")),
               ("aij,ajk,akl->ail", ("aij", "ajk", "akl")), ("i,i,i,i,i", ("i", "i", "i", "i", "i")))
    for form, inputs in several:
        name = "einsum-" + form
        f = lambda *x, form=form: jnp.einsum(form, *x)
        case(name, "einsum", f, operands_of(inputs), "reduction", form=form)
        if len(inputs) < 5:
            grads(name, "einsum", f, operands_of(inputs), form=form)
    for dtype in DTYPES:
        for form, inputs in (("ij,jk->ik", ("ij", "jk")), ("ij,ij->ij", ("ij", "ij")), ("ij->i", ("ij",)), ("ii->", ("33",)),
                             ("ij,kl->", ("ij", "kl"))):
            case("einsum-%s-%s" % (short(dtype), form), "einsum", lambda *x, f=form: jnp.einsum(f, *x), operands_of(inputs, dtype),
                 "reduction", x64=dtype in WIDE, form=form)
    a, b = sample("a", F32, (2, 3)), sample("b", I32, (3, 2))
    case("einsum-mixed", "einsum", lambda *x: jnp.einsum("ij,jk", *x), [a, b], "reduction", form="ij,jk")
    case("einsum-mixed-64", "einsum", lambda *x: jnp.einsum("ij,jk", *x), [a, sample("b", F64, (3, 2))], "reduction", form="ij,jk")
    case("einsum-numbers", "einsum", lambda *x: jnp.einsum(",", *x), [2, 2.5], form=",")
    case("einsum-number", "einsum", lambda *x: jnp.einsum("ij,->ji", *x), [a, 2], "reduction", form="ij,->ji")
    case("einsum-weak", "einsum", lambda *x: jnp.einsum("", *x), [2.5], form="none")
    case("einsum-preferred", "einsum", lambda *x: jnp.einsum("ij,jk", *x, preferred_element_type=jnp.float64), [a, a.T.copy()],
         "reduction", form="ij,jk", dtype="f64", x64=True)
    case("einsum-empty", "einsum", lambda *x: jnp.einsum("ij,jk->ik", *x), [np.zeros((2, 0), F32), np.zeros((0, 3), F32)], form="ij,jk->ik")
    case("einsum-empty-diagonal", "einsum", lambda *x: jnp.einsum("ii->i", *x), [np.zeros((0, 0), F32)], form="ii->i")
    case("einsum-lanes", "einsum", lanes_of(lambda *x: jnp.einsum("ij,jk->ik", *x), [0, None]),
         [sample("l", F32, (2, 3, 4)), sample("l", F32, (4, 2))], "reduction", form="ij,jk->ik", lanes=lane_words([0, None]))
    case("einsum-lanes-both", "einsum", lanes_of(lambda *x: jnp.einsum("ij,jk->ki", *x), [2, 1]),
         [sample("l", F32, (2, 3, 4)), sample("l", F32, (3, 4, 2))], "reduction", form="ij,jk->ki", lanes=[2, 1])
    case("einsum-lanes-diagonal", "einsum", lanes_of(lambda *x: jnp.einsum("iij->j", *x), [1]),
         [sample("l", F32, (3, 2, 3, 2))], "reduction", form="iij->j", lanes=[1])


def products():
    a3, b3 = sample("a", F32, (2, 3, 4)), sample("b", F32, (3, 4, 2))
    for n in (0, 1, 2):
        f = lambda a, b, n=n: jnp.tensordot(a, b, n)
        operands = [a3, b3] if n == 2 else [sample("a", F32, (2, 3)), sample("b", F32, (3, 2))]
        case("tensordot-%d" % n, "tensordot", f, operands, "reduction", n=n)
        grads("tensordot-%d" % n, "tensordot", f, operands, n=n)
    for x, y in (((0, 2), (2, 1)), ((1,), (0,)), ((-1, 0), (1, -1)), ((2, 1, 0), (1, 0, 2))):
        case("tensordot_axes-%s" % "_".join(map(str, x)), "tensordot_axes", lambda a, b, x=x, y=y: jnp.tensordot(a, b, (x, y)),
             [a3, b3], "reduction", a=x, b=y)
    for dtype in DTYPES:
        operands = [sample("a", dtype, (2, 3)), sample("b", dtype, (4, 3))]
        if dtype != BOOL:
            case("tensordot-" + short(dtype), "tensordot", lambda a, b: jnp.tensordot(a, b, 1), [operands[0], operands[1].T.copy()],
                 "reduction", x64=dtype in WIDE, n=1)
        case("inner-" + short(dtype), "inner", jnp.inner, operands, "reduction", x64=dtype in WIDE)
        case("vdot-" + short(dtype), "vdot", jnp.vdot, [operands[0], operands[0][::-1].copy()], "reduction", x64=dtype in WIDE)
        if dtype != BOOL:
            case("kron-" + short(dtype), "kron", jnp.kron, operands, x64=dtype in WIDE)
        case("vecdot-" + short(dtype), "vecdot", jnp.vecdot, [operands[0], operands[1][:2].copy()], "reduction", x64=dtype in WIDE)
        if dtype != BOOL:
            case("cross-" + short(dtype), "cross", jnp.cross, [operands[0], operands[1][:2].copy()], "reduction", x64=dtype in WIDE)
    case("tensordot-preferred", "tensordot", lambda a, b: jnp.tensordot(a, b, 1, preferred_element_type=jnp.float64),
         [sample("a", F32, (2, 3)), sample("b", F32, (3, 2))], "reduction", n=1, dtype="f64", x64=True)
    case("tensordot-preferred-i32", "tensordot", lambda a, b: jnp.tensordot(a, b, 1, preferred_element_type=jnp.float32),
         [sample("a", I32, (2, 3)), sample("b", I32, (3, 2))], "reduction", n=1, dtype="f32")
    v, m = sample("v", F32, (3,)), sample("m", F32, (2, 3))
    for x, y in ((v, v), (m, v), (v, m), (m, m), (np.array(2.5, F32), m), (m, 2), (a3, sample("c", F32, (5, 4)))):
        text = shape_text(np.shape(x), np.shape(y))
        case("inner-" + text, "inner", jnp.inner, [x, y], "reduction")
    grads("inner", "inner", jnp.inner, [m, sample("n", F32, (4, 3))])
    case("vdot-flat", "vdot", jnp.vdot, [m, sample("n", F32, (6,))], "reduction")
    case("vdot-numbers", "vdot", jnp.vdot, [2, 3.5])
    grads("vdot", "vdot", jnp.vdot, [m, sample("n", F32, (3, 2))])
    for a in (0, 1, -1):
        case("vecdot-axis%d" % a, "vecdot", lambda x, y, a=a: jnp.vecdot(x, y, axis=a), [a3, sample("b", F32, (2, 3, 4))],
             "reduction", axes=[a])
    case("vecdot-broadcast", "vecdot", jnp.vecdot, [a3, sample("b", F32, (4,))], "reduction")
    case("vecdot-ones", "vecdot", jnp.vecdot, [a3, sample("b", F32, (2, 1, 4))], "reduction")
    grads("vecdot", "vecdot", jnp.vecdot, [a3, sample("b", F32, (3, 4))])
    for name, f, x, y in (("matvec", jnp.matvec, (2, 3, 4), (4,)), ("matvec", jnp.matvec, (3, 4), (5, 4)),
                          ("matvec", jnp.matvec, (2, 3, 4), (2, 4)), ("vecmat", jnp.vecmat, (3,), (2, 3, 4)),
                          ("vecmat", jnp.vecmat, (5, 3), (3, 4)), ("vecmat", jnp.vecmat, (2, 3), (2, 3, 4))):
        operands = [sample("x", F32, x), sample("y", F32, y)]
        case("%s-%s" % (name, shape_text(x, y)), name, f, operands, "reduction")
        grads("%s-%s" % (name, shape_text(x, y)), name, f, operands)
    for x, y in (((2, 3), (3, 2)), ((3,), (2, 2)), ((2, 1, 3), (2, 1)), ((), (2,)), ((2, 0), (3, 2)), ((1, 1), (1, 1)),
                 ((2, 2, 2), (3, 1, 2))):
        case("kron-" + shape_text(x, y), "kron", jnp.kron, [sample("x", F32, x), sample("y", F32, y)])
    grads("kron", "kron", jnp.kron, [sample("x", F32, (2, 3)), sample("y", F32, (3, 2))])
    case("kron-mixed", "kron", jnp.kron, [m, sample("i", I32, (2,))])
    for x, y, a in (((3,), (3,), -1), ((2,), (2,), -1), ((3,), (2,), -1), ((2,), (3,), -1), ((4, 3), (3,), -1), ((4, 3), (4, 3), -1),
                    ((3, 4), (3, 4), 0), ((2, 4), (3, 4), 0), ((2, 4), (2, 4), 0), ((5, 3, 2), (5, 3, 2), 1)):
        f = lambda x, y, a=a: jnp.cross(x, y, axis=a)
        operands = [sample("x", F32, x), sample("y", F32, y)]
        case("cross-%s-%d" % (shape_text(x, y), a), "cross", f, operands, "reduction", axes=[a])
        grads("cross-%s-%d" % (shape_text(x, y), a), "cross", f, operands, axes=[a])


def convolutions():
    for n, k in ((6, 3), (6, 4), (3, 6), (4, 6), (5, 5), (4, 4), (1, 1), (7, 1), (1, 3), (2, 9)):
        a, v = sample("a", F32, (n,)), sample("v", F32, (k,))
        for name, f in (("convolve", jnp.convolve), ("correlate", jnp.correlate)):
            for mode in ("full", "same", "valid"):
                g = lambda a, v, f=f, m=mode: f(a, v, mode=m)
                case("%s-%s-%d_%d" % (name, mode, n, k), name, g, [a, v], "reduction", mode=mode)
                if (n, k) in ((6, 3), (4, 6)):
                    grads("%s-%s-%d_%d" % (name, mode, n, k), name, g, [a, v], mode=mode)
    a, v = sample("a", I32, (6,)), sample("v", U8, (3,))
    for name, f in (("convolve", jnp.convolve), ("correlate", jnp.correlate)):
        case(name + "-default", name, f, [sample("a", F32, (6,)), sample("v", F32, (3,))], "reduction")
        case(name + "-i32", name, f, [a, v], "reduction")
        case(name + "-f64", name, f, [a, sample("v", F64, (3,))], "reduction", x64=True)
        case(name + "-lanes", name, lanes_of(f, [1, None]), [sample("a", F32, (6, 2)), sample("v", F32, (3,))], "reduction",
             lanes=lane_words([1, None]))
    p, x = sample("p", F32, (4,)), sample("x", F32, (2, 3))
    case("polyval", "polyval", jnp.polyval, [p, x], "reduction")
    case("polyval-number", "polyval", jnp.polyval, [p, 2], "reduction")
    case("polyval-i32", "polyval", jnp.polyval, [sample("p", I32, (3,)), sample("x", I32, (4,))])
    case("polyval-mixed", "polyval", jnp.polyval, [sample("p", I32, (3,)), x], "reduction")
    case("polyval-empty", "polyval", jnp.polyval, [np.zeros(0, F32), x])
    grads("polyval", "polyval", jnp.polyval, [p, x])
    for name, f in (("polyadd", jnp.polyadd), ("polysub", jnp.polysub), ("polymul", jnp.polymul)):
        for n, k in ((4, 2), (2, 4), (3, 3)):
            case("%s-%d_%d" % (name, n, k), name, f, [sample("p", F32, (n,)), sample("q", F32, (k,))], "reduction")
        case(name + "-i32", name, f, [sample("p", I32, (3,)), sample("q", I32, (2,))], "reduction")
        grads(name, name, f, [sample("p", F32, (4,)), sample("q", F32, (2,))])
    p = sample("p", F32, (5,))
    for m in (1, 2, 4, 5, 7):
        case("polyder-%d" % m, "polyder", lambda p, m=m: jnp.polyder(p, m), [p], "reduction", m=m)
        case("polyint-%d" % m, "polyint", lambda p, m=m: jnp.polyint(p, m), [p], "reduction", m=m)
        case("polyint-%d-k" % m, "polyint", lambda p, k, m=m: jnp.polyint(p, m, k), [p, 2.5], "reduction", m=m, k=1)
        case("polyint-%d-ks" % m, "polyint", lambda p, k, m=m: jnp.polyint(p, m, k), [p, sample("k", F32, (m,))], "reduction", m=m,
             k=1)
    for t in (I32, U8, BOOL, F64):
        q = sample("q", t, (4,))
        case("polyder-" + short(t), "polyder", jnp.polyder, [q], "reduction", x64=t == F64, m=1)
        case("polyint-" + short(t), "polyint", jnp.polyint, [q], "reduction", x64=t == F64, m=1)
    case("polyint-one-k", "polyint", lambda p, k: jnp.polyint(p, 3, k), [p, np.array([2], I32)], "reduction", m=3, k=1)
    case("polyder-empty", "polyder", jnp.polyder, [np.zeros(0, F32)], m=1)
    case("polyint-empty", "polyint", lambda p: jnp.polyint(p, 2), [np.zeros(0, F32)], m=2)
    case("polyder-grad", "polyder", lambda p: jnp.polyder(p, 2), [p, sample("w", F32, (3,))], "derivative", grad=True, m=2)
    case("polyint-grad", "polyint", lambda p: jnp.polyint(p, 2), [p, sample("w", F32, (7,))], "derivative", grad=True, m=2)
    case("polyint-grad-k", "polyint", lambda p, k: jnp.polyint(p, 2, k), [p, np.array(1.5, F32), sample("w", F32, (7,))],
         "derivative", grad=True, wrt=1, m=2, k=1)
    case("polyder-lanes", "polyder", lanes_of(jnp.polyder, [1]), [sample("p", F32, (4, 2))], "reduction", lanes=[1], m=1)
    case("polyint-lanes", "polyint", lanes_of(jnp.polyint, [1]), [sample("p", F32, (4, 2))], "reduction", lanes=[1], m=1)


def norms():
    v, m, x3 = sample("v", F32, (5,)), sample("m", F32, (3, 4)), sample("x", F32, (2, 3, 4))
    for x in (v, m, x3, np.array(-2.5, F32)):
        case("norm-" + shape_text(x.shape), "linalg_norm", jnp.linalg.norm, [x], "reduction")
    case("norm-keepdims", "linalg_norm", lambda x: jnp.linalg.norm(x, keepdims=True), [x3], "reduction", keepdims=1)
    case("norm-i32", "linalg_norm", jnp.linalg.norm, [sample("i", I32, (4,))], "reduction")
    case("norm-f64", "linalg_norm", jnp.linalg.norm, [sample("i", F64, (4,))], "reduction")
    for p in (0, 1, 2, 3, -1, 0.5, np.inf, -np.inf):
        text = ("%g" % p).replace(".", "_")
        f = lambda x, p=p: jnp.linalg.norm(x, p, axis=1)
        case("norm-vectors-" + text, "linalg_norm", f, [x3], "reduction", axes=[1], ord=p)
        case("norm-vector-" + text, "linalg_norm", lambda x, p=p: jnp.linalg.norm(x, p), [v], "reduction", ord=p)
        case("norm-vectors-keep-" + text, "linalg_norm", lambda x, p=p: jnp.linalg.norm(x, p, axis=-1, keepdims=True), [x3],
             "reduction", axes=[-1], ord=p, keepdims=1)
        if p != 0:
            case("norm-grad-" + text, "linalg_norm", f, [x3, sample("w", F32, (2, 4))], "derivative", grad=True, axes=[1], ord=p)
    for p in (None, 1, -1, np.inf, -np.inf):
        keys = {} if p is None else {"ord": p}
        for axes in ((0, 1), (1, 0), (0, 2), (2, 0), (-1, -2)):
            for keep in (0, 1):
                case("norm-matrices-%s-%s-%d" % (p, "_".join(map(str, axes)), keep), "linalg_norm",
                     lambda x, p=p, a=axes, k=keep: jnp.linalg.norm(x, p, axis=a, keepdims=bool(k)), [x3], "reduction", axes=axes,
                     keepdims=keep, **keys)
        case("norm-matrix-%s" % p, "linalg_norm", lambda x, p=p: jnp.linalg.norm(x, p), [m], "reduction", **keys)
        case("norm-matrix-%s-grad" % p, "linalg_norm", lambda x, p=p: jnp.linalg.norm(x, p), [m, np.array(2, F32)], "derivative",
             grad=True, **keys)


def write():
    einsums()
    products()
    convolutions()
    norms()

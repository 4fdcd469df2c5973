#!/usr/bin/env python3
"""usage: ctypes_test.py libjaxc.so [COMPILER...]

Every call can be made without a C macro: the library used from Python with ctypes and nothing else. The structs and
prototypes below are held against the headers by the compiler (cc if none is named), so they cannot drift.
"""
import array
import ctypes
import os
import subprocess
import sys
import tempfile
import unittest
from ctypes import (CFUNCTYPE, POINTER, Structure, byref, c_bool, c_char, c_char_p, c_double, c_int, c_int64, c_longlong,
                    c_size_t, c_uint32, c_uint64, c_void_p)

HERE = os.path.dirname(os.path.abspath(__file__))
MAX_RANK, MAX_ARGS, NONE = 8, 12, -2**31
GIVEN = 0x4a584743
BOOL, U8, U32, I32, I64, F32, F64 = 1, 2, 4, 8, 9, 12, 13
EVALUE, EDTYPE, EDEAD, ESHAPE = 5, 3, 7, 2
INDEX_NUMBER = 1


# ---- structs ---------------------------------------------------------------------------------------------------

class Value(Structure):
    """An array or tree; a Python number where one is wanted becomes a weakly typed scalar."""
    c_name = "jaxc_value"
    _fields_ = [("slot", c_uint32), ("generation", c_uint32)]

    @classmethod
    def of(cls, x):
        if isinstance(x, bool):
            return lib.jaxc_from_bool(x)
        if isinstance(x, int):
            return lib.jaxc_from_i64(x)
        return lib.jaxc_from_f64(x) if isinstance(x, float) else x


class Fn(Structure):
    """A function; a Python function where one is wanted becomes one."""
    c_name = "jaxc_fn"
    _fields_ = [("slot", c_uint32), ("generation", c_uint32)]

    @classmethod
    def of(cls, x):
        return x if isinstance(x, Fn) else function(x)


class Shape(Structure):
    c_name = "struct jaxc_shape"
    _fields_ = [("rank", c_int), ("dims", c_int64 * MAX_RANK)]

    @classmethod
    def of(cls, x):
        return x if isinstance(x, Shape) else cls(len(x), (c_int64 * MAX_RANK)(*x))


class Ints(Structure):
    c_name = "struct jaxc_ints"
    _fields_ = [("n", c_int), ("at", c_int64 * MAX_RANK)]

    @classmethod
    def of(cls, x):
        return x if isinstance(x, Ints) else cls(len(x), (c_int64 * MAX_RANK)(*x))


class Axes(Structure):
    c_name = "struct jaxc_axes"
    _fields_ = [("given", c_void_p), ("n", c_int), ("at", c_int * MAX_RANK)]


class Args(Structure):
    c_name = "struct jaxc_args"
    _fields_ = [("given", c_void_p), ("n", c_int), ("at", c_int * MAX_ARGS)]


def axes(*at):
    return Axes(GIVEN, len(at), (c_int * MAX_RANK)(*at))


def args(*at):
    return Args(GIVEN, len(at), (c_int * MAX_ARGS)(*at))


class Operand(Structure):
    c_name = "struct jaxc_operand"
    _fields_ = [("given", c_void_p), ("value", Value)]


class Scope(Structure):
    c_name = "struct jaxc_scope"
    _fields_ = [("serial", c_uint64)]


class Entry(Structure):
    c_name = "struct jaxc_entry"
    _fields_ = [("key", c_char_p), ("value", Value)]


class AxesOptions(Structure):
    c_name = "struct jaxc_axes_options"
    _fields_ = [("axes", Axes), ("unused", c_char)]


class ReduceOptions(Structure):
    c_name = "struct jaxc_reduce_options"
    _fields_ = [("axes", Axes), ("keepdims", c_bool), ("where", Operand), ("initial", Operand), ("unused", c_char)]


class JitOptions(Structure):
    c_name = "struct jaxc_jit_options"
    _fields_ = [("static_argnums", Args), ("donate", Args), ("name", c_char_p), ("unused", c_char)]


class GradOptions(Structure):
    c_name = "struct jaxc_grad_options"
    _fields_ = [("argnums", Args), ("has_aux", c_bool), ("allow_int", c_bool), ("unused", c_char)]


class VmapOptions(Structure):
    c_name = "struct jaxc_vmap_options"
    _fields_ = [("in_axes", c_int * MAX_ARGS), ("in_trees", Value * MAX_ARGS), ("out_axes", c_int), ("out_tree", Value),
                ("axis_size", c_int64), ("unused", c_char)]


class IndexItem(Structure):
    c_name = "struct jaxc_index_item"
    _fields_ = [("kind", c_int), ("start", c_int64), ("stop", c_int64), ("step", c_int64), ("array", Value)]


class Indices(Structure):
    c_name = "struct jaxc_indices"
    _fields_ = [("n", c_int), ("at", IndexItem * 12)]


class IndexOptions(Structure):
    c_name = "struct jaxc_index_options"
    _fields_ = [("mode", c_int), ("fill_value", Value), ("indices_are_sorted", c_bool), ("unique_indices", c_bool),
                ("unused", c_char)]


class Padding(Structure):
    c_name = "struct jaxc_padding"
    _fields_ = [("low", c_int64), ("high", c_int64), ("interior", c_int64)]


class PaddingConfig(Structure):
    c_name = "struct jaxc_padding_config"
    _fields_ = [("n", c_int), ("at", Padding * MAX_RANK)]


class DotDimensionNumbers(Structure):
    c_name = "struct jaxc_dot_dimension_numbers"
    _fields_ = [(side + kind + "_dimensions", Ints) for kind in ("contracting", "batch") for side in ("lhs_", "rhs_")]


class DotGeneralParams(Structure):
    c_name = "struct jaxc_lax_dot_general_params"
    _fields_ = [("dimension_numbers", DotDimensionNumbers), ("preferred_element_type", c_int), ("unused", c_char)]


class GatherDimensionNumbers(Structure):
    c_name = "struct jaxc_gather_dimension_numbers"
    _fields_ = [(name, Ints) for name in ("offset_dims", "collapsed_slice_dims", "start_index_map", "operand_batching_dims",
                                          "start_indices_batching_dims")]


class GatherParams(Structure):
    c_name = "struct jaxc_lax_gather_params"
    _fields_ = [("dimension_numbers", GatherDimensionNumbers), ("slice_sizes", Shape), ("mode", c_int), ("fill_value", Value),
                ("indices_are_sorted", c_bool), ("unique_indices", c_bool), ("unused", c_char)]


class AdamOptions(Structure):
    c_name = "struct jaxc_optim_adam_options"
    _fields_ = [(name, Value) for name in ("b1", "b2", "eps", "eps_root")] + [("nesterov", c_bool), ("unused", c_char)]


class JitStats(Structure):
    c_name = "struct jaxc_jit_stats"
    _fields_ = [(name, c_uint64) for name in ("hits", "misses", "evictions", "entries", "compiled", "donated_unused")]


STRUCTS = [Value, Fn, Shape, Ints, Axes, Args, Operand, Scope, Entry, AxesOptions, ReduceOptions, JitOptions, GradOptions,
           VmapOptions, IndexItem, Indices, IndexOptions, Padding, PaddingConfig, DotDimensionNumbers, DotGeneralParams,
           GatherDimensionNumbers, GatherParams, AdamOptions, JitStats]


# ---- calls -----------------------------------------------------------------------------------------------------

PROTOTYPES = """
void jaxc_at(const char *, int)
jaxc_value jaxc_from_bool(bool)
jaxc_value jaxc_from_i64(long long)
jaxc_value jaxc_from_f64(double)
jaxc_fn jaxc_fn1(jaxc_c1)
jaxc_fn jaxc_fn2(jaxc_c2)
jaxc_fn jaxc_fn3(jaxc_c3)
jaxc_value jaxc_array(const void *, jaxc_dtype, struct jaxc_shape)
const void *jaxc_data(jaxc_value)
bool jaxc_copy_out(jaxc_value, void *, size_t)
double jaxc_item(jaxc_value)
struct jaxc_shape jaxc_shape_of(jaxc_value)
jaxc_dtype jaxc_dtype_of(jaxc_value)
bool jaxc_ok(jaxc_value)
const char *jaxc_text(jaxc_value)
const char *jaxc_type_text(jaxc_value)
const char *jaxc_error(void)
jaxc_status jaxc_error_code(void)
void jaxc_clear_error(void)
struct jaxc_scope jaxc_scope_open(void)
void jaxc_scope_close(struct jaxc_scope)
jaxc_value jaxc_keep(jaxc_value)
void jaxc_drop(jaxc_value)
bool jaxc_set(jaxc_value *, jaxc_value)
size_t jaxc_live_values(void)
size_t jaxc_live_bytes(void)
size_t jaxc_trim_memory(void)
jaxc_value jaxc_call_n(jaxc_fn, int, const jaxc_value *)
jaxc_fn jaxc_partial_n(jaxc_fn, int, const jaxc_value *)
jaxc_fn jaxc_closure_n(jaxc_any_c, int, const void *, size_t)
jaxc_value jaxc_tuple_n(int, const jaxc_value *)
jaxc_value jaxc_dict_n(int, const struct jaxc_entry *)
jaxc_value jaxc_get_index(jaxc_value, int64_t)
jaxc_value jaxc_get_key(jaxc_value, const char *)
int jaxc_len(jaxc_value)
bool jaxc_unpack_n(jaxc_value, int, jaxc_value *const *)
jaxc_value jaxc_tree_map_n(jaxc_fn, int, const jaxc_value *)
jaxc_fn jaxc_jit(jaxc_fn, struct jaxc_jit_options)
jaxc_fn jaxc_grad(jaxc_fn, struct jaxc_grad_options)
jaxc_fn jaxc_value_and_grad(jaxc_fn, struct jaxc_grad_options)
jaxc_fn jaxc_vmap(jaxc_fn, struct jaxc_vmap_options)
jaxc_fn jaxc_vjp_n(jaxc_fn, jaxc_value *, int, const jaxc_value *)
const char *jaxc_program_n(jaxc_fn, int, const jaxc_value *)
struct jaxc_jit_stats jaxc_jit_get_stats(void)
void jaxc_jit_clear(void)
jaxc_value jaxc_add(jaxc_value, jaxc_value)
jaxc_value jaxc_sub(jaxc_value, jaxc_value)
jaxc_value jaxc_mul(jaxc_value, jaxc_value)
jaxc_value jaxc_sin(jaxc_value)
jaxc_value jaxc_tanh(jaxc_value)
jaxc_value jaxc_square(jaxc_value)
jaxc_value jaxc_dot(jaxc_value, jaxc_value)
jaxc_value jaxc_sum(jaxc_value, struct jaxc_reduce_options)
jaxc_value jaxc_mean(jaxc_value, struct jaxc_reduce_options)
jaxc_value jaxc_concatenate_n(int, const jaxc_value *, int)
jaxc_value jaxc_index(jaxc_value, struct jaxc_indices)
jaxc_value jaxc_at_set(jaxc_value, struct jaxc_indices, jaxc_value, struct jaxc_index_options)
jaxc_value jaxc_random_key(uint64_t)
jaxc_value jaxc_random_normal(jaxc_value, struct jaxc_shape, jaxc_dtype)
jaxc_value jaxc_optim_adam_init(jaxc_value, jaxc_dtype)
jaxc_value jaxc_optim_adam(jaxc_value, jaxc_value, jaxc_value, jaxc_value, struct jaxc_optim_adam_options)
jaxc_value jaxc_optim_apply_updates(jaxc_value, jaxc_value)
jaxc_value jaxc_lax_add(jaxc_value, jaxc_value)
jaxc_value jaxc_lax_exp(jaxc_value)
jaxc_value jaxc_lax_iota(jaxc_dtype, int64_t)
jaxc_value jaxc_lax_cumsum(jaxc_value, int, bool)
jaxc_value jaxc_lax_sort(jaxc_value, int, int)
jaxc_value jaxc_lax_reduce_max(jaxc_value, struct jaxc_ints)
jaxc_value jaxc_lax_transpose(jaxc_value, struct jaxc_ints)
jaxc_value jaxc_lax_reshape(jaxc_value, struct jaxc_shape, struct jaxc_ints)
jaxc_value jaxc_lax_pad(jaxc_value, jaxc_value, struct jaxc_padding_config)
jaxc_value jaxc_lax_dot_general(jaxc_value, jaxc_value, struct jaxc_lax_dot_general_params)
jaxc_value jaxc_lax_gather(jaxc_value, jaxc_value, struct jaxc_lax_gather_params)
jaxc_value jaxc_lax_dynamic_slice_n(jaxc_value, struct jaxc_shape, int, const jaxc_value *)
"""

# A callback's result cannot be a struct in ctypes; one of eight bytes is returned as an integer of eight bytes is.
CALLBACKS = [CFUNCTYPE(c_uint64, *[Value] * n) for n in range(4)]
CLOSURE = CFUNCTYPE(c_uint64, c_void_p, Value)
TYPES = {"void": None, "int": c_int, "bool": c_bool, "double": c_double, "long long": c_longlong, "int64_t": c_int64,
         "uint64_t": c_uint64, "size_t": c_size_t, "const char *": c_char_p, "const void *": c_void_p, "void *": c_void_p,
         "jaxc_dtype": c_int, "jaxc_status": c_int, "jaxc_any_c": c_void_p, "jaxc_c1": CALLBACKS[1], "jaxc_c2": CALLBACKS[2],
         "jaxc_c3": CALLBACKS[3], "jaxc_value *": POINTER(Value), "const jaxc_value *": POINTER(Value),
         "jaxc_value *const *": POINTER(POINTER(Value)), "const struct jaxc_entry *": POINTER(Entry)}
TYPES.update((s.c_name, s) for s in STRUCTS)


def declare(library):
    for line in PROTOTYPES.strip().splitlines():
        head, inside = line[:-1].split("(")
        start = head.index("jaxc_", head.index("jaxc_") + 1) if head.count("jaxc_") > 1 else head.index("jaxc_")
        f = getattr(library, head[start:])
        f.restype = TYPES[head[:start].strip()]
        f.argtypes = [TYPES[text] for text in inside.split(", ")] if inside != "void" else []


class Calls:
    """jaxc.add is jaxc_add: arguments are converted, options left out are zero, and messages name the Python line."""
    files = {}

    def __getattr__(self, name):
        f = getattr(lib, "jaxc_" + name)

        def call(*given):
            frame = sys._getframe(1)
            ready = [t.of(x) if hasattr(t, "of") else x for t, x in zip(f.argtypes, given)]
            ready += [t() for t in f.argtypes[len(given):]]
            path = frame.f_code.co_filename
            lib.jaxc_at(self.files.setdefault(path, os.path.basename(path).encode()), frame.f_lineno)
            return f(*ready)
        return call


functions = {}  # C functions must live as long as anything that was traced from them
raised = []


def as_bits(value):
    return value.generation << 32 | value.slot if sys.byteorder == "little" else value.slot << 32 | value.generation


def guarded(f):
    def run(*operands):
        try:
            return as_bits(Value.of(f(*operands)))
        except Exception as error:  # no exception passes through C: the poison value does
            raised.append(error)
            return 0
    return run


def function(f):
    if f not in functions:
        n = f.__code__.co_argcount
        functions[f] = n, CALLBACKS[n](guarded(f))
    n, callback = functions[f]
    return getattr(lib, "jaxc_fn%d" % n)(callback)


def values(*x):
    return (Value * max(len(x), 1))(*[Value.of(v) for v in x])


def call(f, *x):
    return jaxc.call_n(f, len(x), values(*x))


def tuple_of(*x):
    return jaxc.tuple_n(len(x), values(*x))


def dict_of(**entries):
    return jaxc.dict_n(len(entries), (Entry * len(entries))(*[Entry(k.encode(), Value.of(v)) for k, v in entries.items()]))


def parts(x, n):
    found = [Value() for _ in range(n)]
    assert jaxc.unpack_n(x, n, (POINTER(Value) * n)(*[ctypes.pointer(v) for v in found]))
    return found


CODES = {F32: "f", F64: "d", I32: "i", U8: "B"}


def from_python(numbers, dtype, *shape):
    memory = array.array(CODES[dtype], numbers)
    return jaxc.array(memory.buffer_info()[0], dtype, shape)


def to_python(x):
    shape = jaxc.shape_of(x)
    n = 1
    for size in shape.dims[:shape.rank]:
        n *= size
    memory = array.array(CODES[jaxc.dtype_of(x)], [0] * n)
    assert jaxc.copy_out(x, memory.buffer_info()[0], n * memory.itemsize), jaxc.error()
    return list(memory)


# ---- the tests -------------------------------------------------------------------------------------------------

def energy(x):
    return jaxc.sum(jaxc.square(x))


def weighted(w, x):
    return jaxc.dot(w, jaxc.sin(x))


class Case(unittest.TestCase):
    def setUp(self):
        self.scope = lib.jaxc_scope_open()

    def tearDown(self):
        error, exceptions = lib.jaxc_error(), raised[:]
        lib.jaxc_clear_error()
        raised.clear()
        lib.jaxc_scope_close(self.scope)
        left = lib.jaxc_live_values()
        lib.jaxc_jit_clear()
        lib.jaxc_trim_memory()
        self.assertIsNone(error)
        self.assertEqual(exceptions, [])
        self.assertEqual((left, lib.jaxc_live_bytes()), (0, 0))

    def fails(self, value, code, words):
        self.assertFalse(lib.jaxc_ok(value))
        self.assertEqual(lib.jaxc_error_code(), code)
        self.assertIn(words, lib.jaxc_error().decode())
        lib.jaxc_clear_error()


class Declarations(unittest.TestCase):
    def compile(self, text):
        with tempfile.TemporaryDirectory() as folder:
            source, program = os.path.join(folder, "check.c"), os.path.join(folder, "check")
            with open(source, "w") as out:
                out.write("#define JAXC_PLAIN\n#include <jaxc/jaxc.h>\n#include <stdio.h>\n" + text)
            plain = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"}  # a sanitizer is not for the compiler
            done = subprocess.run(compiler + ["-std=c11", "-Werror", "-I", os.path.join(HERE, "..", "include"), source, "-o", program],
                                  stderr=subprocess.PIPE, text=True, env=plain)
            self.assertEqual(done.returncode, 0, done.stderr)
            return subprocess.run([program], stdout=subprocess.PIPE, text=True, check=True, env=plain).stdout

    def test_structs_are_laid_out_as_in_c(self):
        lines, expected = [], []
        for s in STRUCTS:
            lines.append('printf("%%s %%zu\\n", "%s", sizeof(%s));' % (s.c_name, s.c_name))
            expected.append("%s %d" % (s.c_name, ctypes.sizeof(s)))
            for name, kind in s._fields_:
                lines.append('printf("%%s %%zu %%zu\\n", "%s.%s", offsetof(%s, %s), sizeof(((%s *)0)->%s));'
                             % (s.c_name, name, s.c_name, name, s.c_name, name))
                expected.append("%s.%s %d %d" % (s.c_name, name, getattr(s, name).offset, ctypes.sizeof(kind)))
        printed = self.compile("int main(void)\n{\n%s\n}\n" % "\n".join(lines))
        self.assertEqual(printed.splitlines(), expected)

    def test_constants_are_those_of_c(self):
        names = {"JAXC_" + n: globals()[n] for n in "BOOL U8 U32 I32 I64 F32 F64 EVALUE EDTYPE EDEAD ESHAPE INDEX_NUMBER MAX_RANK "
                 "MAX_ARGS NONE".split()} | {"(long)(uintptr_t)JAXC_GIVEN": GIVEN}
        printed = self.compile("int main(void)\n{\n%s\n}\n" % "\n".join('printf("%%ld\\n", (long)%s);' % n for n in names))
        self.assertEqual([int(n) for n in printed.split()], list(names.values()))

    def test_prototypes_are_those_of_the_headers(self):
        self.compile(PROTOTYPES.strip().replace("\n", ";\n") + ";\nint main(void) { return 0; }\n")


class Arrays(Case):
    def test_memory_goes_in_and_comes_back(self):
        x = from_python(range(6), F32, 2, 3)
        self.assertEqual(to_python(jaxc.add(x, 0.5)), [0.5, 1.5, 2.5, 3.5, 4.5, 5.5])
        self.assertEqual(jaxc.type_text(x), b"f32[2,3]")
        self.assertEqual(ctypes.cast(jaxc.data(x), POINTER(ctypes.c_float))[5], 5)
        self.assertEqual(jaxc.text(from_python([1, 2], U8, 2)), b"[1 2]")

    def test_calls_of_numpy(self):
        x = from_python(range(6), F32, 2, 3)
        self.assertEqual(to_python(jaxc.sum(x, ReduceOptions(axes=axes(0)))), [3, 5, 7])
        self.assertEqual(to_python(jaxc.sum(x, ReduceOptions(axes=axes(-1), initial=Operand(GIVEN, Value.of(10))))), [13, 22])
        self.assertEqual(to_python(jaxc.dot(x, from_python([1, 0, -1], F32, 3))), [-2, -2])
        self.assertEqual(to_python(jaxc.concatenate_n(2, values(x, x), 1)), [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5])
        row = Indices(1, (IndexItem * 12)(IndexItem(INDEX_NUMBER, -1)))
        self.assertEqual(to_python(jaxc.index(x, row)), [3, 4, 5])
        self.assertEqual(to_python(jaxc.at_set(x, row, 7)), [0, 1, 2, 7, 7, 7])

    def test_calls_of_lax(self):
        x = from_python([3, 1, 2, 6, 5, 4], F32, 2, 3)
        self.assertEqual(to_python(jaxc.lax_sort(x, -1, 1)), [1, 2, 3, 4, 5, 6])
        self.assertEqual(to_python(jaxc.lax_cumsum(x, 1, True)), [6, 3, 2, 15, 9, 4])
        self.assertEqual(to_python(jaxc.lax_reduce_max(x, [0])), [6, 5, 4])
        self.assertEqual(to_python(jaxc.lax_reshape(x, [6], [1, 0])), [3, 6, 1, 5, 2, 4])
        config = PaddingConfig(2, (Padding * MAX_RANK)(Padding(0, 0, 0), Padding(-1, 1, 0)))
        self.assertEqual(to_python(jaxc.lax_pad(x, 0, config)), [1, 2, 0, 5, 4, 0])
        params = DotGeneralParams(DotDimensionNumbers(Ints.of([1]), Ints.of([1])), F64)
        self.assertEqual(to_python(jaxc.lax_dot_general(x, x, params)), [14, 31, 31, 77])
        rows = GatherParams(GatherDimensionNumbers(Ints.of([1]), Ints.of([0]), Ints.of([0])), Shape.of([1, 3]))
        self.assertEqual(to_python(jaxc.lax_gather(x, from_python([1, 0, 1], I32, 3, 1), rows)),
                         [6, 5, 4, 3, 1, 2, 6, 5, 4])
        self.assertEqual(to_python(jaxc.lax_dynamic_slice_n(x, [1, 2], 2, values(1, -2))), [5, 4])
        self.assertEqual(jaxc.type_text(jaxc.lax_iota(U8, 3)), b"u8[3]")

    def test_trees(self):
        tree = dict_of(b=tuple_of(1.0, 2), w=from_python([3, 4], F32, 2))
        self.assertEqual(jaxc.text(tree), b'{"b": (1, 2), "w": [3 4]}')
        self.assertEqual(jaxc.len(tree), 2)
        first, second = parts(jaxc.get_key(tree, b"b"), 2)
        self.assertEqual((jaxc.item(first), jaxc.item(second)), (1, 2))

        def double(x):
            return jaxc.mul(2, x)
        self.assertEqual(jaxc.text(jaxc.tree_map_n(double, 1, values(tree))), b'{"b": (2, 4), "w": [6 8]}')

    def test_values_live_as_long_as_they_are_kept(self):
        total = jaxc.keep(0.0)
        for i in range(3):
            inner = lib.jaxc_scope_open()
            self.assertTrue(jaxc.set(byref(total), jaxc.add(total, i)))
            lib.jaxc_scope_close(inner)
        self.assertEqual(jaxc.item(total), 3)
        lib.jaxc_drop(total)


class Transforms(Case):
    def test_gradients(self):
        x = from_python([1, 2, 3], F32, 3)
        self.assertEqual(to_python(call(jaxc.grad(energy), x)), [2, 4, 6])
        w = from_python([1, 1, 1], F32, 3)
        both = call(jaxc.grad(weighted, GradOptions(argnums=args(0, 1))), w, from_python([0, 0, 0], F32, 3))
        self.assertEqual(jaxc.text(both), b"([0 0 0], [1 1 1])")
        value, slope = parts(call(jaxc.value_and_grad(energy), x), 2)
        self.assertEqual((jaxc.item(value), to_python(slope)), (14, [2, 4, 6]))
        out = Value()
        back = jaxc.vjp_n(energy, byref(out), 1, values(x))
        self.assertEqual(to_python(jaxc.get_index(call(back, 10.0), 0)), [20, 40, 60])

    def test_lanes(self):
        x = from_python(range(6), F32, 2, 3)
        self.assertEqual(to_python(call(jaxc.vmap(energy), x)), [5, 50])
        columns = VmapOptions(in_axes=(c_int * MAX_ARGS)(1))
        self.assertEqual(to_python(call(jaxc.vmap(energy, columns), x)), [9, 17, 29])
        shared = VmapOptions(in_axes=(c_int * MAX_ARGS)(NONE, 0))
        self.assertEqual(to_python(call(jaxc.vmap(jaxc.grad(weighted), shared), from_python([1, 2, 3], F32, 3),
                                        from_python([0] * 6, F32, 2, 3))), [0] * 6)

    def test_a_jitted_function_is_traced_once(self):
        traced = []

        def step(x):
            traced.append(1)
            return jaxc.add(x, 1)
        f = jaxc.jit(step, JitOptions(name=b"step"))
        for i in range(3):
            self.assertEqual(jaxc.item(call(f, from_python([i], F32))), i + 1)
        self.assertEqual(len(traced), 1)
        self.assertEqual(lib.jaxc_jit_get_stats().hits >= 2, True)
        self.assertIn(b"name=step", jaxc.program_n(f, 1, values(from_python([0], F32))))

    def test_bound_values_and_bytes(self):
        two = jaxc.partial_n(weighted, 1, values(from_python([1, 2], F32, 2)))
        self.assertEqual(jaxc.item(call(two, from_python([0, 0], F32, 2))), 0)

        def power(env, x):
            n = ctypes.cast(env, POINTER(c_int))[0]
            y = x
            for _ in range(1, n):
                y = jaxc.mul(y, x)
            return y
        functions[power] = CLOSURE(guarded(power))
        n = c_int(4)
        fourth = jaxc.closure_n(ctypes.cast(functions[power], c_void_p), 1, byref(n), ctypes.sizeof(n))
        self.assertEqual(jaxc.item(call(jaxc.grad(fourth), 3.0)), 108)


class Errors(Case):
    def test_a_message_names_the_line_in_python(self):
        x = from_python([1, 2, 3], F32, 3)
        line = sys._getframe().f_lineno + 1
        y = jaxc.add(x, from_python([1, 2], F32, 2))
        self.fails(y, ESHAPE, "ctypes_test.py:%d: jaxc_add: shapes do not broadcast: f32[3] and f32[2]" % line)
        self.fails(jaxc.lax_add(x, from_python([1, 2, 3], F64, 3)), EDTYPE, "equal dtypes: f32[3] and f64[3]")
        self.fails(call(jaxc.grad(energy, GradOptions(argnums=Args(None, 1)))), EVALUE, "JAXC_ARGS")

    def test_a_dead_handle_is_an_error(self):
        inner = lib.jaxc_scope_open()
        lost = jaxc.add(1.0, 2.0)
        lib.jaxc_scope_close(inner)
        self.fails(jaxc.add(lost, 1), EDEAD, "was used after the scope")

    def test_an_exception_in_a_traced_function_is_an_error(self):
        def broken(x):
            raise ValueError("no")
        y = call(jaxc.jit(broken), 1.0)
        self.assertFalse(lib.jaxc_ok(y))
        self.assertIn("returned no living value", lib.jaxc_error().decode())
        lib.jaxc_clear_error()
        self.assertEqual([str(error) for error in raised], ["no"])
        raised.clear()


def predict(p, x):
    hidden = jaxc.tanh(jaxc.add(jaxc.mul(jaxc.get_key(p, b"w1"), x), jaxc.get_key(p, b"b1")))
    return jaxc.add(jaxc.dot(jaxc.get_key(p, b"w2"), hidden), jaxc.get_key(p, b"b2"))


def loss(p, xs, ys):
    guesses = call(jaxc.vmap(predict, VmapOptions(in_axes=(c_int * MAX_ARGS)(NONE, 0))), p, xs)
    return jaxc.mean(jaxc.square(jaxc.sub(guesses, ys)))


def update(state, xs, ys):
    p, adam = parts(state, 2)
    value, slopes = parts(call(jaxc.value_and_grad(loss), p, xs, ys), 2)
    # As optimisers do: (updates, state)
    updates, adam = parts(jaxc.optim_adam(slopes, adam, p, 0.02), 2)
    return tuple_of(tuple_of(jaxc.optim_apply_updates(p, updates), adam), value)


class Training(Case):
    def test_a_small_model_learns(self):
        n, hidden = 16, 8
        points = [2 * i / (n - 1) - 1 for i in range(n)]
        xs, ys = from_python(points, F32, n), from_python([x * x for x in points], F32, n)
        key = jaxc.random_key(0)
        p = dict_of(w1=jaxc.random_normal(key, [hidden], F32), b1=jaxc.random_normal(key, [hidden], F32),
                    w2=jaxc.random_normal(key, [hidden], F32), b2=0.0)
        state = jaxc.keep(tuple_of(p, jaxc.optim_adam_init(p)))
        step = jaxc.jit(update, JitOptions(donate=args(0)))
        losses = []
        for _ in range(60):
            inner = lib.jaxc_scope_open()
            state_next, value = parts(call(step, state, xs, ys), 2)
            jaxc.set(byref(state), state_next)
            losses.append(jaxc.item(value))
            lib.jaxc_scope_close(inner)
        lib.jaxc_drop(state)
        self.assertLess(losses[-1], 0.1 * losses[0])
        self.assertEqual(raised, [])


if __name__ == "__main__":
    library, compiler = sys.argv[1], sys.argv[2:] or ["cc"]
    lib = ctypes.CDLL(os.path.abspath(library))
    declare(lib)
    jaxc = Calls()
    unittest.main(argv=sys.argv[:1])

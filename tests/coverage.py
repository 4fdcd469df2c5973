#!/usr/bin/env python3
"""Writes docs/coverage.md: which public names of jax.numpy, jax.lax, jax.nn and jax.random have a call here.

    tests/coverage.py            writes the page, from the headers and tests/reference/names.txt
    tests/coverage.py --check    fails if the page is not what would be written
    tests/coverage.py --names    writes names.txt; needs jax==0.10.2

A name f of jax.numpy is jaxc_f, of jax.lax jaxc_lax_f, of jax.nn jaxc_nn_f, of jax.nn.initializers
jaxc_initializers_f, of jax.random jaxc_random_f. What is called otherwise stands in OTHERWISE, why something is absent
in ABSENT. A name that is neither here nor there is an error, and so is a reason for one that is present.
"""
import glob
import os
import re
import sys
import types

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NAMES = os.path.join(ROOT, "tests", "reference", "names.txt")
PAGE = os.path.join(ROOT, "docs", "coverage.md")
MODULES = {"jax.numpy": "jaxc_", "jax.lax": "jaxc_lax_", "jax.nn": "jaxc_nn_",
           "jax.nn.initializers": "jaxc_initializers_", "jax.random": "jaxc_random_"}

# What is called otherwise: "module.name": "what to write in C".
OTHERWISE = {
    "jax.numpy.asarray": "`jaxc_array`, `jaxc_wrap`",
    "jax.numpy.frombuffer": "`jaxc_wrap`", "jax.numpy.shape": "`jaxc_shape_of`",
    "jax.numpy.array_repr": "`jaxc_text`", "jax.numpy.array_str": "`jaxc_text`",
    "jax.numpy.ndarray": "`jaxc_value`", "jax.numpy.newaxis": "`JAXC_NEWAXIS`",
    "jax.numpy.index_exp": "`JAXC_SLICE`, `JAXC_ELLIPSIS` in `jaxc_index`",
    "jax.numpy.s_": "`JAXC_SLICE`, `JAXC_ELLIPSIS` in `jaxc_index`",
    "jax.numpy.pi": "`M_PI` of math.h", "jax.numpy.e": "`M_E` of math.h", "jax.numpy.inf": "`INFINITY` of math.h",
    "jax.numpy.nan": "`NAN` of math.h",
    "jax.numpy.bool": "`JAXC_BOOL`", "jax.numpy.bool_": "`JAXC_BOOL`",
    "jax.numpy.uint8": "`JAXC_U8`", "jax.numpy.uint16": "`JAXC_U16`", "jax.numpy.uint32": "`JAXC_U32`",
    "jax.numpy.uint64": "`JAXC_U64`", "jax.numpy.int8": "`JAXC_I8`", "jax.numpy.int16": "`JAXC_I16`",
    "jax.numpy.int32": "`JAXC_I32`", "jax.numpy.int64": "`JAXC_I64`", "jax.numpy.float16": "`JAXC_F16`",
    "jax.numpy.bfloat16": "`JAXC_BF16`", "jax.numpy.float32": "`JAXC_F32`", "jax.numpy.float64": "`JAXC_F64`",
    "jax.numpy.single": "`JAXC_F32`", "jax.numpy.double": "`JAXC_F64`",
    "jax.numpy.size": "`jaxc_shape_of`: the product of its sizes", "jax.numpy.euler_gamma": "a number",
    "jax.numpy.finfo": "float.h: `FLT_EPSILON` ...", "jax.numpy.iinfo": "stdint.h: `INT32_MAX` ...",
    "jax.numpy.ndim": "`jaxc_shape_of`: its rank",
    "jax.numpy.amax": "`jaxc_max`", "jax.numpy.amin": "`jaxc_min`", "jax.numpy.concat": "`jaxc_concatenate`",
    "jax.numpy.apply_along_axis": "`jaxc_vmap`", "jax.numpy.fromfunction": "`jaxc_vmap` over `jaxc_shape_indices`",
    "jax.numpy.indices": "`jaxc_shape_indices`", "jax.numpy.dtype": "`jaxc_dtype`",
    "jax.numpy.vectorize": "`jaxc_vmap`", "jax.numpy.unique_all": "`jaxc_unique`", "jax.numpy.unique_counts": "`jaxc_unique`",
    "jax.numpy.unique_inverse": "`jaxc_unique`", "jax.numpy.unique_values": "`jaxc_unique`", "jax.numpy.put": "`jaxc_at_set`",
    "jax.numpy.place": "`jaxc_where`", "jax.lax.DotDimensionNumbers": "`jaxc_dot_dimension_numbers`",
    "jax.lax.RoundingMethod": "`jaxc_rounding_method`", "jax.lax.unstack": "`jaxc_unstack`", "jax.lax.split": "`jaxc_split`",
    "jax.lax.tile": "`jaxc_tile`", "jax.lax.stack": "`jaxc_stack`", "jax.lax.empty": "`jaxc_lax_full`",
    "jax.lax.index_take": "`jaxc_take`", "jax.random.PRNGKey": "`jaxc_random_key`",
    "jax.lax.stop_gradient": "`jaxc_stop_gradient`",
    "jax.lax.GatherDimensionNumbers": "`jaxc_gather_dimension_numbers`",
    "jax.lax.ScatterDimensionNumbers": "`jaxc_scatter_dimension_numbers`",
    "jax.lax.GatherScatterMode": "`jaxc_index_mode`",
}
COMPLEX = "complex numbers come later"
CONTROL = "control flow comes later"
PYTHON = "of Python's own: classes, printing, objects"
DEVICES = "several devices, named axes"
SMALL = "no dtypes of 1, 2, 4, 6 or 8 bits of float"
CONVOLUTION = "convolutions and pooling come later"
SPECIAL = "special functions that are not there yet"
PRECISION = "products have one precision, that of their dtype"
# Names that are absent, by reason.
ABSENT = {
    COMPLEX: """jax.numpy.angle jax.numpy.cdouble jax.numpy.complex128 jax.numpy.complex64 jax.numpy.complex_
        jax.numpy.complexfloating jax.numpy.conj jax.numpy.conjugate jax.numpy.csingle jax.numpy.imag jax.numpy.iscomplex
        jax.numpy.iscomplexobj jax.numpy.isreal jax.numpy.isrealobj jax.numpy.real jax.numpy.sort_complex jax.numpy.ComplexWarning
        jax.lax.complex jax.lax.conj jax.lax.imag jax.lax.real jax.lax.fft jax.lax.FftType jax.numpy.roots""",
    SMALL: """jax.numpy.float4_e2m1fn jax.numpy.float6_e2m3fn jax.numpy.float6_e3m2fn jax.numpy.float8_e3m4
        jax.numpy.float8_e4m3 jax.numpy.float8_e4m3b11fnuz jax.numpy.float8_e4m3fn jax.numpy.float8_e4m3fnuz jax.numpy.float8_e5m2
        jax.numpy.float8_e5m2fnuz jax.numpy.float8_e8m0fnu jax.numpy.int1 jax.numpy.int2 jax.numpy.int4 jax.numpy.uint1
        jax.numpy.uint2 jax.numpy.uint4""",
    PYTHON: """jax.numpy.c_ jax.numpy.r_ jax.numpy.mgrid jax.numpy.ogrid jax.numpy.character jax.numpy.flexible jax.numpy.generic
        jax.numpy.object_ jax.numpy.number jax.numpy.inexact jax.numpy.floating jax.numpy.integer jax.numpy.signedinteger
        jax.numpy.unsignedinteger jax.numpy.float_ jax.numpy.int_ jax.numpy.uint jax.numpy.fromiter jax.numpy.frompyfunc
        jax.numpy.fromstring jax.numpy.get_printoptions jax.numpy.set_printoptions jax.numpy.printoptions jax.numpy.ufunc
        jax.numpy.isscalar jax.numpy.iterable jax.lax.dtype jax.lax.PrecisionLike
        jax.nn.initializers.Initializer""",
    "files and exchange come later": """jax.numpy.fromfile jax.numpy.load jax.numpy.save jax.numpy.savez jax.numpy.from_dlpack""",
    CONTROL: """jax.lax.cond jax.lax.switch jax.lax.while_loop jax.lax.fori_loop jax.lax.scan jax.lax.map
        jax.lax.associative_scan jax.lax.custom_linear_solve jax.lax.custom_root jax.lax.platform_dependent jax.lax.reduce
        jax.lax.composite""",
    DEVICES: """jax.lax.after_all jax.lax.all_gather jax.lax.all_to_all jax.lax.axis_index jax.lax.axis_size
        jax.lax.create_token jax.lax.pbroadcast jax.lax.pcast jax.lax.pmax jax.lax.pmean jax.lax.pmin jax.lax.ppermute
        jax.lax.precv jax.lax.psend jax.lax.pshuffle jax.lax.psum jax.lax.psum_scatter jax.lax.pswapaxes
        jax.lax.ragged_all_to_all jax.lax.with_sharding_constraint""",
    CONVOLUTION: """jax.lax.ConvDimensionNumbers jax.lax.ConvGeneralDilatedDimensionNumbers jax.lax.conv
        jax.lax.conv_dimension_numbers jax.lax.conv_general_dilated jax.lax.conv_general_dilated_local
        jax.lax.conv_general_dilated_patches jax.lax.conv_general_permutations jax.lax.conv_general_shape_tuple
        jax.lax.conv_shape_tuple jax.lax.conv_transpose jax.lax.conv_transpose_shape_tuple jax.lax.conv_with_general_padding
        jax.lax.padtype_to_pads jax.lax.reduce_window jax.lax.reduce_window_shape_tuple""",
    PRECISION: """jax.lax.AccuracyMode jax.lax.DotAlgorithm jax.lax.DotAlgorithmPreset jax.lax.Precision jax.lax.Tolerance
        jax.nn.get_scaled_dot_general_config jax.nn.scaled_dot_general jax.nn.scaled_matmul jax.lax.scaled_dot""",
    "keys are arrays, u32[2], of one implementation": """jax.random.clone jax.random.key_data jax.random.key_dtype
        jax.random.key_impl jax.random.wrap_key_data jax.lax.RandomAlgorithm jax.lax.rng_bit_generator jax.lax.rng_uniform""",
    "products of ragged groups": """jax.lax.RaggedDotDimensionNumbers jax.lax.ragged_dot jax.lax.ragged_dot_general""",
    "linear algebra comes later": """jax.numpy.poly jax.numpy.polyfit""",
    "not there; compositions of what is": """jax.numpy.apply_over_axes jax.numpy.broadcast_shapes jax.numpy.can_cast
        jax.numpy.choose jax.numpy.ix_ jax.numpy.mask_indices jax.numpy.piecewise jax.numpy.polydiv
        jax.numpy.ravel_multi_index jax.numpy.trim_zeros jax.numpy.unravel_index jax.numpy.packbits jax.numpy.unpackbits
        jax.numpy.isdtype jax.numpy.issubdtype jax.random.multinomial""",
    "for the inside of JAX": """jax.lax.dce_sink jax.lax.stage jax.lax.shape_as_value jax.lax.broadcast_like
        jax.lax.scatter_apply jax.lax.scatter_sub jax.lax.mulhi jax.lax.approx_max_k jax.lax.approx_min_k
        jax.lax.broadcast_shapes""",
    "draws by rejection come later": """jax.random.binomial""",
    SPECIAL: """jax.lax.betainc jax.lax.igamma jax.lax.igamma_grad_a jax.lax.igammac jax.lax.polygamma jax.lax.zeta""",
}


def write_names():
    import jax
    import jax.nn
    import jax.numpy
    import jax.random
    with open(NAMES, "w") as out:
        out.write("# The public names of JAX %s, by module, without modules and primitives (lax.*_p).\n" % jax.__version__)
        out.write("# By tests/coverage.py --names. Do not edit.\n")
        for module in MODULES:
            of = jax
            for part in module.split(".")[1:]:
                of = getattr(of, part)
            names = [n for n in dir(of) if not n.startswith("_") and not n.endswith("_p")
                     and not isinstance(getattr(of, n), types.ModuleType)]
            out.write("%s: %s\n" % (module, " ".join(names)))


def public_names():
    """Module to names."""
    result = {}
    with open(NAMES) as lines:
        for line in lines:
            if not line.startswith("#"):
                module, names = line.split(": ")
                result[module] = names.split()
    return result


def calls():
    """Every word of the headers that a program may write."""
    words = set()
    declared = r"JAXC_API [^;{(]*?\b(jaxc_\w+)\(|#define (jaxc_\w+)\(|\b(JAXC_[A-Z]\w*)\b|struct (jaxc_\w+) \{|\} (jaxc_\w+);"
    for path in glob.glob(os.path.join(ROOT, "include", "jaxc", "*.h")):
        with open(path) as header:
            text = re.sub(r"/\*.*?\*/", "", header.read(), flags=re.S)
        words.update(word for found in re.findall(declared, text) for word in found if word)
    return words


def page():
    here, wrong, out = calls(), [], []
    reasons = {}
    for reason, names in ABSENT.items():
        for name in names.split():
            reasons[name] = reason
    total = {}
    for module, names in public_names().items():
        present, other, absent = [], [], {}
        for name in names:
            full, call = "%s.%s" % (module, name), MODULES[module] + name
            if call in here and full not in OTHERWISE:
                present.append(name)
                if full in reasons:
                    wrong.append("%s is there: no reason is needed" % full)
            elif full in OTHERWISE:
                wrong += ["%s: no %s" % (full, w) for w in re.findall(r"\bjaxc_\w+|\bJAXC_\w+", OTHERWISE[full]) if w not in here]
                other.append((name, OTHERWISE[full]))
            elif full in reasons:
                absent.setdefault(reasons[full], []).append(name)
            else:
                wrong.append("%s is absent without a reason" % full)
        total[module] = (len(present) + len(other), len(names))
        out += ["", "## %s" % module, "", "Present, %d: " % len(present) + ", ".join("`%s`" % n for n in present) + "."]
        if other:
            out += ["", "By another name, %d:" % len(other), "", "| JAX | here |", "| --- | --- |"]
            out += ["| `%s` | %s |" % pair for pair in other]
        if absent:
            out += ["", "Absent, %d:" % sum(map(len, absent.values())), "", "| reason | names |", "| --- | --- |"]
            out += ["| %s | %s |" % (reason, ", ".join("`%s`" % n for n in those)) for reason, those in absent.items()]
    every = {"%s.%s" % (module, name) for module, names in public_names().items() for name in names}
    wrong += ["%s is no name of JAX" % full for full in [*reasons, *OTHERWISE] if full not in every]
    head = ["# Which names of JAX are there", "",
            "By `tests/coverage.py`, from the headers and the public names of JAX 0.10.2. Do not edit.", "",
            "A name `f` of `jax.numpy` is `jaxc_f`, of `jax.lax` `jaxc_lax_f`, of `jax.nn` `jaxc_nn_f`, of `jax.nn.initializers`",
            "`jaxc_initializers_f`, of `jax.random` `jaxc_random_f`.",
            "", "| module | present | of |", "| --- | --- | --- |"]
    head += ["| `%s` | %d | %d |" % (module, *counts) for module, counts in total.items()]
    if wrong:
        sys.exit("\n".join(wrong))
    return "\n".join(head + out) + "\n"


if "--names" in sys.argv[1:]:
    write_names()
elif "--check" in sys.argv[1:]:
    with open(PAGE) as now:
        if now.read() != page():
            sys.exit("docs/coverage.md is not what tests/coverage.py writes")
else:
    text = page()
    with open(PAGE, "w") as out:
        out.write(text)

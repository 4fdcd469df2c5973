/*
 * numpy/index.h - what the calls of jaxc/index.h share: an index read axis by axis, and as windows.
 */
#ifndef JX_NUMPY_INDEX_H
#define JX_NUMPY_INDEX_H

#include "numpy/numpy.h"

#include <jaxc/index.h>

#define JX_MAX_PARTS (JAXC_MAX_INDEX + JAXC_MAX_RANK)

enum jx_part_kind { JX_PART_NUMBER, JX_PART_SLICE, JX_PART_NEWAXIS, JX_PART_ARRAY };
struct jx_part {
    enum jx_part_kind kind;
    int axis;                  /* of x */
    int64_t start, size, step; /* NUMBER, SLICE: places start + i * step */
    jaxc_value array;
};
/* Each axis of x once, in order, and new axes between. */
struct jx_parts {
    struct jx_aval x;
    int n;
    struct jx_part at[JX_MAX_PARTS];
    bool contiguous; /* no slice and no new axis between arrays and numbers */
};
bool jx_parts_of(jaxc_value x, const struct jaxc_indices *index, struct jx_parts *p);
bool jx_parts_are_static(const struct jx_parts *p);

/* The part as windows of a gather or scatter. The part's axes are those of the array of windows
 * with `rev` reversed and `new_axes` (in the part) put in. */
struct jx_windows {
    jaxc_value indices;
    struct jx_index_dims dimension_numbers;
    struct jx_ints sizes;
    int rank; /* of the part */
    int64_t dims[JAXC_MAX_RANK];
    int n_new, new_axes[JAXC_MAX_RANK], n_rev, rev[JAXC_MAX_RANK];
    bool unique; /* no arrays: windows are in order and do not meet */
    bool wrap;   /* negative numbers in arrays count from the end */
};
bool jx_windows_of(const struct jx_parts *p, bool wrap, struct jx_windows *w);

/* index + size where it is negative */
jaxc_value jx_wrap_negative(jaxc_value index, int64_t size);
/* i32, or i64 where sizes or the dtypes of arrays ask for it */
jaxc_dtype jx_index_dtype(const struct jx_aval *x, int n, const jaxc_value *arrays);
/* x.at[index] joined to v; wrap as above */
jaxc_value jx_at(const struct jx_prim *prim, jaxc_value x, const struct jaxc_indices *index,
                 jaxc_value v, const struct jaxc_index_options *options, bool wrap);
bool jx_choose_mode(jaxc_index_mode given, int64_t otherwise, int64_t *mode);
bool jx_choose_fill(jaxc_value given, struct jx_number *fill);

#endif

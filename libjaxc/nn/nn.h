/*
 * nn/nn.h - what the files of this folder share.
 */
#ifndef JX_NN_H
#define JX_NN_H

#include "numpy/numpy.h"

#include <jaxc/nn.h>

jaxc_value jx_softmax(jaxc_value x, const struct jaxc_reduce_options *options);
/* A C number as an operand: a weak f32. */
static inline jaxc_value jx_weak_number(double number)
{
    return jx_scalar_of(JAXC_F32, (union jx_scalar){.f = number}, true);
}

#endif

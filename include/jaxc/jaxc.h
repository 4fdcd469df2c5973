/*
 * jaxc/jaxc.h - all public headers.
 */
#ifndef JAXC_JAXC_H
#define JAXC_JAXC_H

#include <jaxc/types.h>

#include <jaxc/along.h>
#include <jaxc/array.h>
#include <jaxc/debug.h>
#include <jaxc/error.h>
#include <jaxc/function.h>
#include <jaxc/index.h>
#include <jaxc/initializers.h>
#include <jaxc/lax.h>
#include <jaxc/manipulation.h>
#include <jaxc/memory.h>
#include <jaxc/nn.h>
#include <jaxc/numpy.h>
#include <jaxc/optim.h>
#include <jaxc/products.h>
#include <jaxc/random.h>
#include <jaxc/scope.h>
#include <jaxc/sorting.h>
#include <jaxc/transform.h>
#include <jaxc/tree.h>

#endif

/*
 * jaxc/debug.h - hunting for NaN and infinities.
 *
 *     jaxc_debug_nans(true);
 *     loss = jaxc_item(jaxc_call(step, params, batch));
 *     // train.c:31: jaxc_log: log made a NaN: f32[128] at [17], from f32[128]
 */
#ifndef JAXC_DEBUG_H
#define JAXC_DEBUG_H

#include <jaxc/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * jaxc_debug_nans, jaxc_debug_infs - whether results are searched for NaN, or for infinities, in
 * all threads from now on.
 *
 *   ->   what the setting was
 *
 * While one is on, every result of a compiled function and of an evaluation is looked at. Where
 * there is one, the program runs again, equation by equation, and the call fails at the user's line
 * that made the equation where it began. An equation of a derivative has the line that it is the
 * derivative of. Nothing is donated meanwhile. At the start a setting is on if the environment's
 * JAXC_DEBUG_NANS or JAXC_DEBUG_INFS is 1.
 *
 * Errors  none of its own; JAXC_ENONFINITE of later calls
 * Source  jax.debug_nans, jax.debug_infs; differ: what came in with an argument is told as such.
 */
JAXC_API bool jaxc_debug_nans(bool on);
JAXC_API bool jaxc_debug_infs(bool on);

#ifdef __cplusplus
}
#endif

#endif

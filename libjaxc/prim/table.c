/*
 * prim/table.c - the list of all primitives.
 */
#include "prim/prim.h"

#define JX_ROW(name) &jx_##name##_p,
/* clang-format off */
const struct jx_prim *const jx_prims[] = {
    JX_UNARY_PRIMS(JX_ROW)
    JX_BINARY_PRIMS(JX_ROW)
    &jx_integer_pow_p, &jx_round_p, &jx_reduce_precision_p,
    &jx_select_n_p, &jx_clamp_p,
    &jx_convert_element_type_p, &jx_bitcast_convert_type_p, &jx_stop_gradient_p,
    &jx_broadcast_in_dim_p, &jx_reshape_p, &jx_squeeze_p, &jx_transpose_p,
    &jx_slice_p, &jx_pad_p, &jx_rev_p, &jx_concatenate_p, &jx_iota_p,
    &jx_dynamic_slice_p, &jx_dynamic_update_slice_p, &jx_gather_p,
    &jx_scatter_p, &jx_scatter_add_p, &jx_scatter_mul_p, &jx_scatter_min_p, &jx_scatter_max_p,
    JX_REDUCE_PRIMS(JX_ROW)
    &jx_argmax_p, &jx_argmin_p,
    JX_CUMULATIVE_PRIMS(JX_ROW)
    &jx_sort_p, &jx_top_k_p, &jx_optimization_barrier_p,
    &jx_dot_general_p,
    &jx_threefry2x32_p, &jx_random_gamma_p, &jx_random_loggamma_p, &jx_random_gamma_grad_p,
    &jx_random_poisson_tries_p, &jx_random_poisson_p,
    &jx_jit_p, &jx_custom_jvp_call_p, &jx_custom_vjp_call_p, &jx_custom_lin_p,
    NULL,
};
/* clang-format on */
#undef JX_ROW

const struct jx_prim *jx_prim_find(const char *name, size_t length)
{
    for (const struct jx_prim *const *p = jx_prims; *p; p++)
        if (strlen((*p)->name) == length && memcmp((*p)->name, name, length) == 0)
            return *p;
    return NULL;
}

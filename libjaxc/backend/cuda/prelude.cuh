/*
 * backend/cuda/prelude.cuh - what generated kernels call besides scalar_math.h, which stands before
 * it.
 */

/* Elements that are moved together. */
template <class T, int n> struct alignas(n * sizeof(T)) jx_vector {
    T at[n];
};

/* ---- the greatest and the least with their places -------------------------------------------- */

template <class T, class Index> struct jx_arg {
    T value;
    Index at;
    bool any; /* is there one at all? */
};

/* NaN wins, the lowest index among equals. */
template <class T, class Index>
static inline jx_arg<T, Index> jx_better(jx_arg<T, Index> x, jx_arg<T, Index> y, bool greater,
                                         bool equal)
{
    bool x_nan = x.value != x.value, y_nan = y.value != y.value;
    bool better = y_nan ? !x_nan || y.at < x.at
                        : !x_nan && (greater || (equal && y.at < x.at));
    return y.any && (!x.any || better) ? y : x;
}

template <class T, class Index>
static inline jx_arg<T, Index> jx_argmax(jx_arg<T, Index> x, jx_arg<T, Index> y)
{
    return jx_better(x, y, y.value > x.value, y.value == x.value);
}

template <class T, class Index>
static inline jx_arg<T, Index> jx_argmin(jx_arg<T, Index> x, jx_arg<T, Index> y)
{
    return jx_better(x, y, y.value < x.value, y.value == x.value);
}

/* ---- reductions over lanes ------------------------------------------------------------------- */

/* Registers of fewer than 32 bits are shuffled as words. */
template <class T> static inline T jx_shuffle_xor(T x, int by, int width)
{
    if constexpr (sizeof(T) < 4)
        return (T)__shfl_xor_sync(0xffffffffu, (unsigned)x, by, width);
    else
        return __shfl_xor_sync(0xffffffffu, x, by, width);
}

/* Of `lanes` neighbouring threads of a warp; all of them get the result. */
template <int lanes, auto join, class T> static inline T jx_join_warp(T x)
{
    for (int by = lanes / 2; by > 0; by /= 2)
        x = join(x, jx_shuffle_xor(x, by, lanes));
    return x;
}

/* Of threads that are `step` apart; all of them get the result. */
template <int lanes, int step, auto join, class T> static inline T jx_join_block(T x, int lane)
{
    __shared__ T room[256];
    const int here = threadIdx.x;
    room[here] = x;
    __syncthreads();
    for (int by = lanes / 2; by > 0; by /= 2) {
        if (lane < by)
            room[here] = join(room[here], room[here + by * step]);
        __syncthreads();
    }
    x = room[here - lane * step];
    __syncthreads();
    return x;
}

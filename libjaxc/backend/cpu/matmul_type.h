/*
 * backend/cpu/matmul_type.h - the kernels of one element type, written in the compiler's vectors.
 *
 * Included by matmul_isa.c once for each type, with T the type, N(name) its names, LANES the lanes of a
 * vector and MICRO_ROWS the rows of the largest microkernel: as many accumulators as hide the latency of
 * a multiply-add and fit the registers beside a row of b and a broadcast element. The loops over rows and vectors have
 * constant bounds where they are inlined, so that `sum` lives in registers.
 */

typedef T N(vec) __attribute__((vector_size(LANES * sizeof(T))));
/* The same anywhere in memory. */
typedef T N(mem) __attribute__((vector_size(LANES * sizeof(T)), aligned(sizeof(T)), may_alias));

#define AT(p)  (*(N(mem) *)(p))
#define CAT(p) (*(const N(mem) *)(p))

/* ---- microkernels ------------------------------------------------------------------------------------- */

static ALWAYS_INLINE void N(micro)(const struct jx_micro *m, int n_rows, int n_vectors)
{
    N(vec) sum[JX_MICRO_ROWS][JX_MICRO_VECTORS], y[JX_MICRO_VECTORS];
    const T *row[JX_MICRO_ROWS];
#pragma GCC unroll 16
    for (int i = 0; i < n_rows; i++) {
        row[i] = m->rows[i];
#pragma GCC unroll 16
        for (int j = 0; j < n_vectors; j++)
            sum[i][j] = (N(vec)){0};
    }
    int64_t k_lo = m->k_lo, a_lo = m->a_lo, b_lo = m->b_lo;
    for (int64_t h = 0; h < m->k_hi; h++) {
        int64_t a = h * m->a_hi;
        const T *b = (const T *)m->b + h * m->b_hi;
        for (int64_t k = 0; k < k_lo; k++, a += a_lo, b += b_lo) {
#pragma GCC unroll 16
            for (int j = 0; j < n_vectors; j++)
                y[j] = CAT(b + j * LANES);
#pragma GCC unroll 16
            for (int i = 0; i < n_rows; i++) {
                T x = row[i][a];
#pragma GCC unroll 16
                for (int j = 0; j < n_vectors; j++)
                    sum[i][j] += x * y[j];
            }
        }
    }
#pragma GCC unroll 16
    for (int i = 0; i < n_rows; i++) {
        T *c = (T *)m->c + i * m->c_row;
#pragma GCC unroll 16
        for (int j = 0; j < n_vectors; j++) {
            if (m->add)
                sum[i][j] += AT(c + j * LANES);
            AT(c + j * LANES) = sum[i][j];
        }
    }
}

#define MICRO(rows, vectors)                                                                       \
    static void N(micro_##rows##_##vectors)(const struct jx_micro *m)                              \
    {                                                                                              \
        N(micro)(m, rows, vectors);                                                                \
    }
EACH_MICRO(MICRO)
#undef MICRO

/* ---- few rows ----------------------------------------------------------------------------------------- */

#if IS_FLOAT

/* `n_k` rows of b at a time over all lanes: long runs of each, which is how memory likes to be read, and c is
 * loaded and stored once for them. */
static ALWAYS_INLINE void N(wide_pass)(const struct jx_thin *t, int64_t k, bool add, int n_rows,
                                       int n_k)
{
    N(vec) x[8][JX_WIDE_ROWS], sum[JX_WIDE_ROWS];
#pragma GCC unroll 16
    for (int i = 0; i < n_k; i++)
#pragma GCC unroll 16
        for (int r = 0; r < n_rows; r++)
            x[i][r] = ((const T *)t->rows[r])[(k + i) * t->a_k] - (N(vec)){0};
    const T *b = (const T *)t->b + k * t->b_k;
    int64_t b_k = t->b_k;
    for (int64_t lane = 0; lane < t->lanes; lane += LANES) {
#pragma GCC unroll 16
        for (int r = 0; r < n_rows; r++)
            sum[r] = (N(vec)){0};
#pragma GCC unroll 16
        for (int i = 0; i < n_k; i++) {
            N(vec) y = CAT(b + i * b_k + lane);
#pragma GCC unroll 16
            for (int r = 0; r < n_rows; r++)
                sum[r] += x[i][r] * y;
        }
#pragma GCC unroll 16
        for (int r = 0; r < n_rows; r++) {
            T *c = (T *)t->c + r * t->c_row + lane;
            if (add)
                sum[r] += AT(c);
            AT(c) = sum[r];
        }
    }
}

static ALWAYS_INLINE void N(wide)(const struct jx_thin *t, int n_rows, int n_k)
{
    int64_t k = 0;
    bool add = t->add;
    for (; k + n_k <= t->k; k += n_k, add = true)
        N(wide_pass)(t, k, add, n_rows, n_k);
    for (; k < t->k; k++, add = true)
        N(wide_pass)(t, k, add, n_rows, 1);
    if (!add) /* k is 0 */
        for (int r = 0; r < n_rows; r++)
            memset((T *)t->c + r * t->c_row, 0, (size_t)t->lanes * sizeof(T));
}

static void N(wide_1)(const struct jx_thin *t) { N(wide)(t, 1, 8); }
static void N(wide_2)(const struct jx_thin *t) { N(wide)(t, 2, 4); }
static void N(wide_3)(const struct jx_thin *t) { N(wide)(t, 3, 2); }
static void N(wide_4)(const struct jx_thin *t) { N(wide)(t, 4, 2); }

/* The sum of a vector's lanes, by halves. */
static T N(total)(const T *v)
{
    T x[LANES];
    memcpy(x, v, sizeof x);
#pragma GCC unroll 16
    for (int half = LANES / 2; half > 0; half /= 2)
#pragma GCC unroll 16
        for (int i = 0; i < half; i++)
            x[i] += x[i + half];
    return x[0];
}

static ALWAYS_INLINE void N(dot_block)(const struct jx_thin *t, int64_t lane, int n_rows,
                                       int n_lanes)
{
    N(vec) sum[JX_WIDE_ROWS][8], x[JX_WIDE_ROWS];
    const T *a[JX_WIDE_ROWS], *b[8];
#pragma GCC unroll 16
    for (int r = 0; r < n_rows; r++) {
        a[r] = t->rows[r];
#pragma GCC unroll 16
        for (int j = 0; j < n_lanes; j++)
            sum[r][j] = (N(vec)){0};
    }
#pragma GCC unroll 16
    for (int j = 0; j < n_lanes; j++)
        b[j] = (const T *)t->b + (lane + j) * t->b_lane;
    int64_t k = 0;
    for (; k + LANES <= t->k; k += LANES) {
#pragma GCC unroll 16
        for (int r = 0; r < n_rows; r++)
            x[r] = CAT(a[r] + k);
#pragma GCC unroll 16
        for (int j = 0; j < n_lanes; j++) {
            N(vec) y = CAT(b[j] + k);
#pragma GCC unroll 16
            for (int r = 0; r < n_rows; r++)
                sum[r][j] += x[r] * y;
        }
    }
    T partial[JX_WIDE_ROWS][8][LANES];
#pragma GCC unroll 16
    for (int r = 0; r < n_rows; r++)
#pragma GCC unroll 16
        for (int j = 0; j < n_lanes; j++)
            AT(partial[r][j]) = sum[r][j];
    for (int r = 0; r < n_rows; r++)
        for (int j = 0; j < n_lanes; j++) {
            T s = N(total)(partial[r][j]);
            for (int64_t rest = k; rest < t->k; rest++)
                s += a[r][rest] * b[j][rest];
            T *c = (T *)t->c + r * t->c_row + lane + j;
            *c = t->add ? *c + s : s;
        }
}

static ALWAYS_INLINE void N(dot)(const struct jx_thin *t, int n_rows, int n_lanes)
{
    int64_t lane = 0;
    for (; lane + n_lanes <= t->lanes; lane += n_lanes)
        N(dot_block)(t, lane, n_rows, n_lanes);
    for (; lane < t->lanes; lane++)
        N(dot_block)(t, lane, n_rows, 1);
}

static void N(dot_1)(const struct jx_thin *t) { N(dot)(t, 1, 8); }
static void N(dot_2)(const struct jx_thin *t) { N(dot)(t, 2, 4); }
static void N(dot_3)(const struct jx_thin *t) { N(dot)(t, 3, 2); }
static void N(dot_4)(const struct jx_thin *t) { N(dot)(t, 4, 2); }

#endif

/* ---- moving and converting ---------------------------------------------------------------------------- */

/* A square of vectors, transposed by exchanging its off-diagonal blocks of 1, 2, 4, ... (Eklundh 1972). */
#define LOW(i, b)  (((i) & (b)) ? LANES + (i) - (b) : (i))
#define HIGH(i, b) (((i) & (b)) ? LANES + (i) : (i) + (b))
#define EXCHANGE(b)                                                                                \
    _Pragma("GCC unroll 16") for (int i = 0; i < LANES; i++)                                       \
    {                                                                                              \
        if (i & (b))                                                                               \
            continue;                                                                              \
        N(vec) p = v[i], q = v[i + (b)];                                                           \
        v[i] = __builtin_shufflevector(p, q, ALL_LANES(LOW, b));                                   \
        v[i + (b)] = __builtin_shufflevector(p, q, ALL_LANES(HIGH, b));                            \
    }
static ALWAYS_INLINE void N(transpose_square)(T *dst, int64_t dst_row, const T *src,
                                              int64_t src_row)
{
    N(vec) v[LANES];
#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++)
        v[i] = CAT(src + i * src_row);
    EXCHANGE(1)
#if LANES > 2
    EXCHANGE(2)
#endif
#if LANES > 4
    EXCHANGE(4)
#endif
#if LANES > 8
    EXCHANGE(8)
#endif
#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++)
        AT(dst + i * dst_row) = v[i];
}
#undef EXCHANGE
#undef LOW
#undef HIGH

static void N(transpose)(void *dst, int64_t dst_row, const void *src, int64_t src_row, int64_t rows,
                         int64_t columns)
{
    T *d = dst;
    const T *s = src;
    int64_t row = 0;
    for (; row + LANES <= rows; row += LANES) {
        int64_t column = 0;
        for (; column + LANES <= columns; column += LANES)
            N(transpose_square)
            (d + row * dst_row + column, dst_row, s + column * src_row + row, src_row);
        for (; column < columns; column++)
            for (int64_t i = row; i < row + LANES; i++)
                d[i * dst_row + column] = s[column * src_row + i];
    }
    for (; row < rows; row++)
        for (int64_t column = 0; column < columns; column++)
            d[row * dst_row + column] = s[column * src_row + row];
}

#define ROW_LOOP(n)                                                                                \
    for (int64_t i = 0; i < rows; i++, d += dst_row, s += src_row)                                 \
        for (int64_t j = 0; j < (n); j++)
/* Columns are most often a panel or a strip wide: a constant that the compiler turns into vectors. */
#define LOAD(from, S)                                                                              \
    static void N(load_##from)(void *dst, int64_t dst_row, const void *src, int64_t src_row,       \
                               int64_t src_column, int64_t rows, int64_t columns)                  \
    {                                                                                              \
        T *restrict d = dst;                                                                       \
        const S *restrict s = src;                                                                 \
        if (src_column != 1)                                                                       \
            ROW_LOOP(columns) d[j] = (T)s[j * src_column];                                         \
        else if (columns == LANES * JX_MICRO_VECTORS)                                              \
            ROW_LOOP(LANES *JX_MICRO_VECTORS) d[j] = (T)s[j];                                      \
        else if (columns == MICRO_ROWS)                                                            \
            ROW_LOOP(MICRO_ROWS) d[j] = (T)s[j];                                                   \
        else                                                                                       \
            ROW_LOOP(columns) d[j] = (T)s[j];                                                      \
    }
LOAD(u8, uint8_t)
LOAD(u16, uint16_t)
LOAD(u32, uint32_t)
LOAD(u64, uint64_t)
LOAD(i8, int8_t)
LOAD(i16, int16_t)
LOAD(i32, int32_t)
LOAD(i64, int64_t)
#if IS_FLOAT
LOAD(f32, float)
LOAD(f64, double)
#endif
#undef LOAD

#define STORE(to, D, value)                                                                        \
    static void N(store_##to)(void *dst, int64_t dst_row, int64_t dst_column, const void *src,     \
                              int64_t src_row, int64_t rows, int64_t columns)                      \
    {                                                                                              \
        D *restrict d = dst;                                                                       \
        const T *restrict s = src;                                                                 \
        if (dst_column == 1)                                                                       \
            ROW_LOOP(columns) d[j] = (D)(value);                                                   \
        else                                                                                       \
            ROW_LOOP(columns) d[j * dst_column] = (D)(value);                                      \
    }
STORE(self, T, s[j])
#if !IS_FLOAT && NARROW
STORE(u8, uint8_t, s[j])
STORE(u16, uint16_t, s[j])
STORE(bool, uint8_t, s[j] != 0)
#endif
#undef STORE
#undef ROW_LOOP

#undef AT
#undef CAT

#define MICRO(rows, vectors) [vectors - 1][rows - 1] = N(micro_##rows##_##vectors),
static const struct jx_matmul_type N(type) = {
    .size = sizeof(T),
    .lanes = LANES,
    .rows = MICRO_ROWS,
    .micro = {EACH_MICRO(MICRO)},
#if IS_FLOAT
    .wide = {N(wide_1), N(wide_2), N(wide_3), N(wide_4)},
    .dot = {N(dot_1), N(dot_2), N(dot_3), N(dot_4)},
#endif
    .transpose = N(transpose),
    .load =
        {
            [JAXC_BOOL] = N(load_u8),
            [JAXC_U8] = N(load_u8),
            [JAXC_U16] = N(load_u16),
            [JAXC_U32] = N(load_u32),
            [JAXC_U64] = N(load_u64),
            [JAXC_I8] = N(load_i8),
            [JAXC_I16] = N(load_i16),
            [JAXC_I32] = N(load_i32),
            [JAXC_I64] = N(load_i64),
#if IS_FLOAT
            [JAXC_F32] = N(load_f32),
            [JAXC_F64] = N(load_f64),
#endif
        },
    .store = {STORES},
};
#undef MICRO

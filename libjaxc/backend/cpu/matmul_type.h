/*
 * backend/cpu/matmul_type.h - the kernels of one element type, written in the compiler's vectors.
 *
 * Included by matmul_isa.c once for each type, with T the type, N(name) its names, LANES the lanes
 * of a vector and MICRO_ROWS the rows of the largest microkernel: as many accumulators as hide the
 * latency of a multiply-add and fit the registers beside a row of b and a broadcast element. The
 * loops over rows and vectors have constant bounds where they are inlined, so that `sum` lives in
 * registers.
 */

typedef T N(vec) __attribute__((vector_size(LANES * sizeof(T))));
typedef T N(half) __attribute__((vector_size(LANES * sizeof(T) / 2)));
/* The same anywhere in memory. */
typedef T N(half_mem)
    __attribute__((vector_size(LANES * sizeof(T) / 2), aligned(sizeof(T)), may_alias));
typedef T N(mem) __attribute__((vector_size(LANES * sizeof(T)), aligned(sizeof(T)), may_alias));

#define AT(p)  (*(N(mem) *)(p))
#define CAT(p) (*(const N(mem) *)(p))

/* ---- microkernels ---------------------------------------------------------------------------- */

static ALWAYS_INLINE void N(micro)(const struct jx_micro *m, int n_rows, int n_vectors)
{
    N(vec) sum[JX_MICRO_ROWS][JX_MICRO_VECTORS], y[JX_MICRO_VECTORS];
    const T *row[JX_MICRO_ROWS], *b = m->b;
    int64_t a = 0, a_lo = m->a_lo, b_lo = m->b_lo, k_lo = m->k_lo;
    UNROLL
    for (int i = 0; i < n_rows; i++) {
        row[i] = m->rows[i];
        UNROLL
        for (int j = 0; j < n_vectors; j++)
            sum[i][j] = (N(vec)){0};
    }
    for (int64_t h = k_lo > 0 ? m->k_hi : 0; h > 0; h--, a += m->a_skip, b += m->b_skip) {
        int64_t k = k_lo;
        do {
            UNROLL
            for (int j = 0; j < n_vectors; j++)
                y[j] = CAT(b + j * LANES);
            UNROLL
            for (int i = 0; i < n_rows; i++) {
                T x = row[i][a];
                UNROLL
                for (int j = 0; j < n_vectors; j++)
                    sum[i][j] += x * y[j];
            }
            a += a_lo;
            b += b_lo;
            /* Or the compiler counts up a pointer for each row: more than there are registers. */
            OPAQUE(a);
        } while (--k > 0);
    }
    T *c = m->c;
    int64_t c_row = m->c_row;
    if (m->add) {
        UNROLL
        for (int i = 0; i < n_rows; i++) {
            UNROLL
            for (int j = 0; j < n_vectors; j++)
                sum[i][j] += AT(c + i * c_row + j * LANES);
        }
    }
    UNROLL
    for (int i = 0; i < n_rows; i++) {
        UNROLL
        for (int j = 0; j < n_vectors; j++)
            AT(c + i * c_row + j * LANES) = sum[i][j];
    }
}

#define MICRO(rows, vectors)                                                                       \
    static void N(micro_##rows##_##vectors)(const struct jx_micro *m)                              \
    {                                                                                              \
        N(micro)(m, rows, vectors);                                                                \
    }
EACH_MICRO(MICRO)
#undef MICRO

/* ---- few rows -------------------------------------------------------------------------------- */

#if IS_FLOAT

/* `n_k` rows of b at a time over all lanes: long runs of each, which is how memory likes to be
 * read, and c is loaded and stored once for them. */
static ALWAYS_INLINE void N(wide_pass)(const struct jx_thin *t, int64_t k, bool add, int n_rows,
                                       int n_k)
{
    N(vec) x[8][JX_WIDE_ROWS], sum[JX_WIDE_ROWS];
    UNROLL
    for (int i = 0; i < n_k; i++)
        UNROLL
    for (int r = 0; r < n_rows; r++)
        x[i][r] = ((const T *)t->rows[r])[(k + i) * t->a_k] - (N(vec)){0};
    const T *b = (const T *)t->b + k * t->b_k;
    int64_t b_k = t->b_k;
    for (int64_t lane = 0; lane < t->lanes; lane += LANES) {
        UNROLL
        for (int r = 0; r < n_rows; r++)
            sum[r] = (N(vec)){0};
        UNROLL
        for (int i = 0; i < n_k; i++) {
            N(vec) y = CAT(b + i * b_k + lane);
            UNROLL
            for (int r = 0; r < n_rows; r++)
                sum[r] += x[i][r] * y;
        }
        UNROLL
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
static void N(wide_2)(const struct jx_thin *t) { N(wide)(t, 2, 8); }
static void N(wide_3)(const struct jx_thin *t) { N(wide)(t, 3, 8); }
static void N(wide_4)(const struct jx_thin *t) { N(wide)(t, 4, 8); }

/* The sum of a vector's lanes, by halves. */
static T N(total)(const T *v)
{
    T x[LANES];
    memcpy(x, v, sizeof x);
    UNROLL
    for (int half = LANES / 2; half > 0; half /= 2) {
        UNROLL
        for (int i = 0; i < half; i++)
            x[i] += x[i + half];
    }
    return x[0];
}

static ALWAYS_INLINE void N(dot_block)(const struct jx_thin *t, int64_t lane, int n_rows,
                                       int n_lanes)
{
    N(vec) sum[JX_WIDE_ROWS][8], x[JX_WIDE_ROWS];
    const T *a[JX_WIDE_ROWS], *b[8];
    UNROLL
    for (int r = 0; r < n_rows; r++) {
        a[r] = t->rows[r];
        UNROLL
        for (int j = 0; j < n_lanes; j++)
            sum[r][j] = (N(vec)){0};
    }
    UNROLL
    for (int j = 0; j < n_lanes; j++)
        b[j] = (const T *)t->b + (lane + j) * t->b_lane;
    int64_t k = 0;
    for (; k + LANES <= t->k; k += LANES) {
        UNROLL
        for (int r = 0; r < n_rows; r++)
            x[r] = CAT(a[r] + k);
        UNROLL
        for (int j = 0; j < n_lanes; j++) {
            N(vec) y = CAT(b[j] + k);
            UNROLL
            for (int r = 0; r < n_rows; r++)
                sum[r][j] += x[r] * y;
        }
    }
    T partial[JX_WIDE_ROWS][8][LANES];
    UNROLL
    for (int r = 0; r < n_rows; r++) {
        UNROLL
        for (int j = 0; j < n_lanes; j++)
            AT(partial[r][j]) = sum[r][j];
    }
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
static void N(dot_2)(const struct jx_thin *t) { N(dot)(t, 2, 8); }
static void N(dot_3)(const struct jx_thin *t) { N(dot)(t, 3, 8); }
static void N(dot_4)(const struct jx_thin *t) { N(dot)(t, 4, 8); }

#endif

/* ---- moving and converting ------------------------------------------------------------------- */

/* Lane i of a shuffle of p and q that takes, within each 16 bytes, elements or pairs of p and q in
 * turn: their first halves, or their second. */
#define ZIP(i, half)                                                                               \
    (((i) & -PER_16) + ((half)*PER_16 + ((i) & (PER_16 - 1))) / 2 + ((i)&1) * LANES)
#define ZIP_PAIRS(i, half) (((i)&1) + ((i) & -PER_16) + (half)*2 + (((i)&2) / 2) * LANES)
/* Of p and then of q, every other 16 bytes: the even ones, or the odd. */
#define UNZIP_16(i, odd)                                                                           \
    ((((i) / PER_16 * 2) % (LANES / PER_16) + (odd)) * PER_16 + (i) % PER_16 +                     \
     ((i) >= LANES / 2) * LANES)
#define SHUFFLE(p, q, F, x) __builtin_shufflevector(p, q, ALL_LANES(F, x))

/* A square of vectors: zipped to 16 bytes of columns each, which are then sorted into
 * their places. */
static ALWAYS_INLINE void N(transpose_square)(T *dst, int64_t dst_row, const T *src,
                                              int64_t src_row)
{
    N(vec) v[LANES], w[LANES];
    UNROLL
    for (int i = 0; i < LANES; i++)
        v[i] = CAT(src + i * src_row);
    UNROLL
    for (int i = 0; i < LANES; i += 2) {
        w[i] = SHUFFLE(v[i], v[i + 1], ZIP, 0);
        w[i + 1] = SHUFFLE(v[i], v[i + 1], ZIP, 1);
    }
#if PER_16 == 4
    UNROLL
    for (int i = 0; i < LANES; i += 4) {
        v[i] = SHUFFLE(w[i], w[i + 2], ZIP_PAIRS, 0);
        v[i + 1] = SHUFFLE(w[i], w[i + 2], ZIP_PAIRS, 1);
        v[i + 2] = SHUFFLE(w[i + 1], w[i + 3], ZIP_PAIRS, 0);
        v[i + 3] = SHUFFLE(w[i + 1], w[i + 3], ZIP_PAIRS, 1);
    }
#else
    UNROLL
    for (int i = 0; i < LANES; i++)
        v[i] = w[i];
#endif
    /* Now 16 bytes number q of v[g * PER_16 + j] are column q * PER_16 + j of rows g * PER_16 and
     * following. */
#if LANES == 4 * PER_16
    UNROLL
    for (int j = 0; j < PER_16; j++) {
        N(vec) even_lo = SHUFFLE(v[j], v[PER_16 + j], UNZIP_16, 0);
        N(vec) odd_lo = SHUFFLE(v[j], v[PER_16 + j], UNZIP_16, 1);
        N(vec) even_hi = SHUFFLE(v[2 * PER_16 + j], v[3 * PER_16 + j], UNZIP_16, 0);
        N(vec) odd_hi = SHUFFLE(v[2 * PER_16 + j], v[3 * PER_16 + j], UNZIP_16, 1);
        w[j] = SHUFFLE(even_lo, even_hi, UNZIP_16, 0);
        w[PER_16 + j] = SHUFFLE(odd_lo, odd_hi, UNZIP_16, 0);
        w[2 * PER_16 + j] = SHUFFLE(even_lo, even_hi, UNZIP_16, 1);
        w[3 * PER_16 + j] = SHUFFLE(odd_lo, odd_hi, UNZIP_16, 1);
    }
#elif LANES == 2 * PER_16
    UNROLL
    for (int j = 0; j < PER_16; j++) {
        w[j] = SHUFFLE(v[j], v[PER_16 + j], UNZIP_16, 0);
        w[PER_16 + j] = SHUFFLE(v[j], v[PER_16 + j], UNZIP_16, 1);
    }
#else
    UNROLL
    for (int i = 0; i < LANES; i++)
        w[i] = v[i];
#endif
    UNROLL
    for (int i = 0; i < LANES; i++)
        AT(dst + i * dst_row) = w[i];
}
#undef ZIP
#undef ZIP_PAIRS
#undef UNZIP_16
#undef SHUFFLE

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

#define LOAD(from, S)                                                                              \
    static void N(load_##from)(void *dst, int64_t dst_row, const void *src, int64_t src_row,       \
                               int64_t src_column, int64_t rows, int64_t columns)                  \
    {                                                                                              \
        typedef S full                                                                             \
            __attribute__((vector_size(LANES * sizeof(S)), aligned(sizeof(S)), may_alias));        \
        typedef S half                                                                             \
            __attribute__((vector_size(LANES * sizeof(S) / 2), aligned(sizeof(S)), may_alias));    \
        T *d = dst;                                                                                \
        const S *s = src;                                                                          \
        for (int64_t i = 0; i < rows; i++, d += dst_row, s += src_row) {                           \
            int64_t j = 0;                                                                         \
            if (src_column == 1) {                                                                 \
                for (; j + LANES <= columns; j += LANES)                                           \
                    AT(d + j) = __builtin_convertvector(*(const full *)(s + j), N(vec));           \
                for (; j + LANES / 2 <= columns; j += LANES / 2)                                   \
                    *(N(half_mem) *)(d + j) =                                                      \
                        __builtin_convertvector(*(const half *)(s + j), N(half));                  \
            }                                                                                      \
            for (; j < columns; j++)                                                               \
                d[j] = (T)s[j * src_column];                                                       \
        }                                                                                          \
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

#if IS_FLOAT
#define LOAD_BITS(from)                                                                            \
    static void N(load_##from)(void *dst, int64_t dst_row, const void *src, int64_t src_row,       \
                               int64_t src_column, int64_t rows, int64_t columns)                  \
    {                                                                                              \
        T *d = dst;                                                                                \
        const uint16_t *s = src;                                                                   \
        for (int64_t i = 0; i < rows; i++, d += dst_row, s += src_row) {                           \
            for (int64_t j = 0; src_column == 1 && j < columns; j++)                               \
                d[j] = (T)jx_convert_##from##_f32(s[j]);                                           \
            for (int64_t j = 0; src_column != 1 && j < columns; j++)                               \
                d[j] = (T)jx_convert_##from##_f32(s[j * src_column]);                              \
        }                                                                                          \
    }
LOAD_BITS(f16)
LOAD_BITS(bf16)
#undef LOAD_BITS
#endif

#define STORE(to, D, value)                                                                        \
    static void N(store_##to)(void *dst, int64_t dst_row, int64_t dst_column, const void *src,     \
                              int64_t src_row, int64_t rows, int64_t columns)                      \
    {                                                                                              \
        D *restrict d = dst;                                                                       \
        const T *restrict s = src;                                                                 \
        for (int64_t i = 0; i < rows; i++, d += dst_row, s += src_row) {                           \
            if (dst_column == 1)                                                                   \
                for (int64_t j = 0; j < columns; j++)                                              \
                    d[j] = (D)(value);                                                             \
            else                                                                                   \
                for (int64_t j = 0; j < columns; j++)                                              \
                    d[j * dst_column] = (D)(value);                                                \
        }                                                                                          \
    }
STORE(self, T, s[j])
#if !IS_FLOAT && NARROW
STORE(u8, uint8_t, s[j])
STORE(u16, uint16_t, s[j])
STORE(bool, uint8_t, s[j] != 0)
#endif
#undef STORE

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
            [JAXC_F16] = N(load_f16),
            [JAXC_BF16] = N(load_bf16),
            [JAXC_F32] = N(load_f32),
            [JAXC_F64] = N(load_f64),
#endif
        },
    .store = {STORES},
};
#undef MICRO

// The product of a few rows with a few columns, in a processor's registers: what both convolutions and Gram matrices are made of.
// kernels.c includes this, and after it winograd.h and gram.h, once for each kind of processor, with
//
//	LANES   numbers in one register, 16, 8 or 4
//	ROWS    rows that are taken at a time: ROWS x 2 registers of sums, and three more
//	KIND    the attribute that lets a function use the instructions
//	NAME    f to the name of this kind's f

#define vec NAME(vec)
#define bits NAME(bits)
typedef float vec __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int32_t bits __attribute__((vector_size(4 * LANES), aligned(4)));

#define INLINE KIND static inline __attribute__((always_inline))

INLINE vec NAME(load)(const float *at) { return *(const vec *)at; }
INLINE void NAME(store)(float *at, vec v) { *(vec *)at = v; }
INLINE vec NAME(where)(bits condition, vec v) { return (vec)((bits)v & condition); } // else 0

// product multiplies rows [rows, depth], entry i of row r at v + r·down + i·along, with columns [depth, 2·LANES], entry i at
// columns + i·PANEL, to m, row r at m + r·width; or it adds that to m. Meanwhile it has the processor fetch what comes next.
INLINE void NAME(product)(int rows, const float *v, int64_t down, int64_t along, int64_t depth, const float *columns, float *m, int64_t width, const float *next, int add) {
	vec sum[ROWS][2];
	for (int r = 0; r < rows; r++) sum[r][0] = sum[r][1] = (vec){0};
	for (int64_t i = 0; i < depth; i++) {
		vec c0 = NAME(load)(columns + i * PANEL), c1 = NAME(load)(columns + i * PANEL + LANES);
		__builtin_prefetch(next + i * 16, 0, 2);
		for (int r = 0; r < rows; r++) {
			vec value = v[r * down + i * along] - (vec){0}; // in all lanes
			sum[r][0] += value * c0;
			sum[r][1] += value * c1;
		}
	}
	for (int r = 0; r < rows; r++)
		for (int j = 0; j < 2; j++) {
			float *to = m + r * width + j * LANES;
			NAME(store)(to, add ? NAME(load)(to) + sum[r][j] : sum[r][j]);
		}
}

// Each number of rows is a loop of its own, in registers: an expression of n is done with the number as a constant.
#define CASE(n, expression) \
	case n: { \
		enum { rows = n <= ROWS ? n : 1 }; \
		expression; \
	} break;
#define FOR_ROWS(n, expression) \
	switch (n) { \
		CASE(1, expression) CASE(2, expression) CASE(3, expression) CASE(4, expression) CASE(5, expression) CASE(6, expression) \
		CASE(7, expression) CASE(8, expression) CASE(9, expression) CASE(10, expression) CASE(11, expression) CASE(12, expression) \
	}

// rows_by_panel multiplies n rows [n, depth] with a panel [depth, PANEL] to m, DEPTH products at a time, for a long sum rounds too
// often in one go.
KIND static __attribute__((noinline)) void NAME(rows_by_panel)(int n, const float *v, int64_t depth, const float *panel, float *m, int64_t width, const float *next) {
	for (int64_t i = 0; i < depth; i += DEPTH)
		for (int64_t j = 0; j < PANEL; j += 2 * LANES)
			FOR_ROWS(n, NAME(product)(rows, v + i, depth, 1, min(DEPTH, depth - i), panel + i * PANEL + j, m + j, width, next + i * 16, i > 0))
}

// columns_by_panel multiplies n columns of a panel [depth, PANEL], from v on, with a panel, and adds that to m.
KIND static __attribute__((noinline)) void NAME(columns_by_panel)(int n, const float *v, int64_t depth, const float *panel, float *m, int64_t width) {
	for (int64_t j = 0; j < PANEL; j += 2 * LANES)
		FOR_ROWS(n, NAME(product)(rows, v, 1, PANEL, depth, panel + j, m + j, width, panel, 1))
}

#undef CASE
#undef FOR_ROWS

// The product of a few rows with a panel, in a processor's registers: convolutions and Gram matrices are made of it. kernels.c includes
// this, and then winograd.h and gram.h, once for each set of instructions, with
//
//	LANES    numbers in a register: 16, 8 or 4
//	ROWS     rows at a time: they take ROWS x 2 registers for sums, and three more
//	TARGET   the attribute that lets a function use the instructions
//	NAME     the name of a function for these instructions

#define vec NAME(vec)
#define bits NAME(bits)
typedef float vec __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int32_t bits __attribute__((vector_size(4 * LANES), aligned(4)));

#define INLINE TARGET static inline __attribute__((always_inline))

INLINE vec NAME(load)(const float *at) { return *(const vec *)at; }
INLINE void NAME(store)(float *at, vec v) { *(vec *)at = v; }
INLINE vec NAME(where)(bits condition, vec v) { return (vec)((bits)v & condition); } // else 0

// product multiplies rows [rows, depth] with columns [depth, 2·LANES] of a panel. Entry i of row r is at v + r·row_stride + i·stride,
// entry i of the columns at columns + i·PANEL. It writes row r of the product to m + r·width, or adds it. Meanwhile the processor
// fetches what lies at next into its cache.
INLINE void NAME(product)(int rows, const float *v, int64_t row_stride, int64_t stride, int64_t depth, const float *columns, float *m, int64_t width, const float *next, int add) {
	vec sum[ROWS][2];
	for (int r = 0; r < rows; r++) sum[r][0] = sum[r][1] = (vec){0};
	for (int64_t i = 0; i < depth; i++) {
		vec c0 = NAME(load)(columns + i * PANEL), c1 = NAME(load)(columns + i * PANEL + LANES);
		__builtin_prefetch(next + i * 16, 0, 2);
		for (int r = 0; r < rows; r++) {
			vec value = v[r * row_stride + i * stride] - (vec){0}; // in all lanes
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

// FOR_ROWS does an expression with rows, a constant, in place of n: so each number of rows has a loop of its own, in registers.
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

// rows_by_panel multiplies n rows [n, depth] with a panel [depth, PANEL] to m. It adds up DEPTH products at a time: a long sum rounds
// too often in one go.
TARGET static __attribute__((noinline)) void NAME(rows_by_panel)(int n, const float *v, int64_t depth, const float *panel, float *m, int64_t width, const float *next) {
	for (int64_t i = 0; i < depth; i += DEPTH)
		for (int64_t j = 0; j < PANEL; j += 2 * LANES)
			FOR_ROWS(n, NAME(product)(rows, v + i, depth, 1, min(DEPTH, depth - i), panel + i * PANEL + j, m + j, width, next + i * 16, i > 0))
}

// columns_by_panel multiplies n columns of a panel [depth, PANEL], from v on, with another panel, and adds the product to m.
TARGET static __attribute__((noinline)) void NAME(columns_by_panel)(int n, const float *v, int64_t depth, const float *panel, float *m, int64_t width) {
	for (int64_t j = 0; j < PANEL; j += 2 * LANES)
		FOR_ROWS(n, NAME(product)(rows, v, 1, PANEL, depth, panel + j, m + j, width, panel, 1))
}

#undef CASE
#undef FOR_ROWS

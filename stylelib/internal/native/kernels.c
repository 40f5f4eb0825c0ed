#include "kernels.h"
#include <stdlib.h>
#include <string.h>

enum {
	TILES = 48,     // in a task of a convolution, if there are so many: their transforms take some megabytes
	CHANNELS = 128, // out that a task makes together
	GAP = 16,       // free numbers after the values at each point, lest those at all points want the same lines of the cache
	DEPTH = 128,    // products that are added up in registers
	GROUPS = 64,    // of positions, at most, unless there are more threads
	POSITIONS = 96, // in a task that multiplies with a matrix
};

static inline int64_t min(int64_t a, int64_t b) { return a < b ? a : b; }

#pragma GCC diagnostic ignored "-Wpsabi" // vectors are passed between inlined functions only

#if defined(__x86_64__)
#define LANES 16
#define ROWS 12
#define TARGET __attribute__((target("avx512f,fma")))
#define NAME(f) f##_avx512
#include "product.h"
#include "winograd.h"
#include "gram.h"
#undef vec
#undef bits
#undef INLINE
#undef LANES
#undef ROWS
#undef TARGET
#undef NAME
#define LANES 8
#define ROWS 6
#define TARGET __attribute__((target("avx2,fma")))
#define NAME(f) f##_avx2
#else // 64-bit ARM
#define LANES 4
#define ROWS 8
#define TARGET
#define NAME(f) f##_neon
#endif
#include "product.h"
#include "winograd.h"
#include "gram.h"

// The loops for one set of instructions.
typedef struct {
	void (*winograd_tiles)(const convolution *c, int64_t t, int64_t n, int64_t first, int64_t last, float *scratch);
	void (*gram_positions)(const float *f, int64_t c, int64_t first, int64_t last, float *g, float *scratch);
	void (*times_positions)(const float *f, int64_t c, const float *matrix, int64_t first, int64_t last, float *y);
} loops;

#define LOOPS(name) {winograd_tiles_##name, gram_positions_##name, times_positions_##name}

static const loops *loops_here(void) {
#if defined(__x86_64__)
	static const loops avx512 = LOOPS(avx512), avx2 = LOOPS(avx2);
	__builtin_cpu_init(); // in a program of Go's own linker nothing does this before main
	if (__builtin_cpu_supports("avx512f")) return &avx512;
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &avx2;
	return 0;
#else
	static const loops neon = LOOPS(neon);
	return &neon;
#endif
}

int can_compute(void) { return loops_here() != 0; }

// A task of a convolution is a group of tiles. Where the tiles are few, several tasks split the channels of a group.
typedef struct {
	convolution c;
	int64_t tiles, groups, splits;
} convolve_args;

static void convolve_task(const void *args, int64_t i, float *scratch) {
	const convolve_args *g = args;
	int64_t group = i / g->splits, split = i % g->splits, panels = divide_up(g->c.out, PANEL);
	int64_t t = g->tiles * group / g->groups, n = g->tiles * (group + 1) / g->groups - t;
	int64_t first = panels * split / g->splits * PANEL, last = min(panels * (split + 1) / g->splits * PANEL, g->c.out);
	loops_here()->winograd_tiles(&g->c, t, n, first, last, scratch);
}

int convolve(convolution c, pool p) {
	c.across = divide_up(c.ow, TILE);
	int64_t tiles = c.across * divide_up(c.oh, TILE), threads = threads_of(p), panels = divide_up(c.out, PANEL);
	int64_t rounds = divide_up(tiles, threads * TILES); // in each, every thread does a task
	convolve_args g = {c, tiles, min(rounds * threads, divide_up(tiles, TILES / 2))};
	g.splits = min(divide_up(threads, g.groups), panels);
	int64_t most = divide_up(tiles, g.groups); // tiles in a group
	return parallel_for(convolve_task, &g, g.groups * g.splits, POINTS * (most * (c.in + CHANNELS) + 2 * GAP), p);
}

// A long sum rounds too often in one go. So a task adds up the products of a group of positions, to sums [groups, c, c], and then a task
// adds up the groups' sums for a panel of y.
typedef struct {
	const float *f;
	int64_t n, c, groups;
	float *sums, *y;
} gram_args;

static void gram_task(const void *args, int64_t i, float *scratch) {
	const gram_args *g = args;
	loops_here()->gram_positions(g->f, g->c, g->n * i / g->groups, g->n * (i + 1) / g->groups, g->sums + i * g->c * g->c, scratch);
}

static void add_task(const void *args, int64_t panel, float *scratch) {
	const gram_args *g = args;
	for (int64_t a = panel * PANEL; a < (panel + 1) * PANEL; a++)
		for (int64_t b = panel * PANEL; b < g->c; b++) {
			double sum = 0;
			for (int64_t i = 0; i < g->groups; i++) sum += g->sums[(i * g->c + a) * g->c + b];
			g->y[a * g->c + b] = g->y[b * g->c + a] = sum;
		}
}

int gram(const float *f, int64_t n, int64_t c, float *y, pool p) {
	int64_t blocks = divide_up(n, DEPTH), few = min(GROUPS, blocks / 4), threads = min(threads_of(p), blocks);
	gram_args g = {f, n, c, few > threads ? few : threads, 0, y};
	void *sums = 0;
	if (posix_memalign(&sums, 64, g.groups * c * c * sizeof *y)) return 0;
	g.sums = sums;
	int ok = parallel_for(gram_task, &g, g.groups, DEPTH * c, p) && parallel_for(add_task, &g, c / PANEL, 0, p);
	free(sums);
	return ok;
}

typedef struct {
	const float *f, *matrix;
	int64_t n, c;
	float *y;
} times_args;

static void times_task(const void *args, int64_t i, float *scratch) {
	const times_args *t = args;
	loops_here()->times_positions(t->f, t->c, t->matrix, i * POSITIONS, min((i + 1) * POSITIONS, t->n), t->y);
}

int times(const float *f, int64_t n, int64_t c, const float *matrix, float *y, pool p) {
	times_args t = {f, matrix, n, c, y};
	return parallel_for(times_task, &t, divide_up(n, POSITIONS), 0, p);
}

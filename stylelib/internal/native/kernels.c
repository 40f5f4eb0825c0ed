#include "kernels.h"
#include <stdlib.h>
#include <string.h>

enum {
	TILES = 48,     // in a part of a convolution, if there are so many: their values and products take some megabytes
	CHANNELS = 128, // out that a part makes together
	APART = 16,     // numbers between the values at two points, so that a power of two does not put them on one line of the cache
	DEPTH = 128,    // products that are added up in registers
	GROUPS = 64,    // of positions, at most, unless there are more threads
	POSITIONS = 96, // that are multiplied with a matrix in one part
};

static inline int64_t min(int64_t a, int64_t b) { return a < b ? a : b; }

#pragma GCC diagnostic ignored "-Wpsabi" // vectors are passed between inlined functions only

#if defined(__x86_64__)
#define LANES 16
#define ROWS 12
#define KIND __attribute__((target("avx512f,fma")))
#define NAME(f) f##_avx512
#include "product.h"
#include "winograd.h"
#include "gram.h"
#undef vec
#undef bits
#undef INLINE
#undef LANES
#undef ROWS
#undef KIND
#undef NAME
#define LANES 8
#define ROWS 6
#define KIND __attribute__((target("avx2,fma")))
#define NAME(f) f##_avx2
#else // 64-bit ARM's own
#define LANES 4
#define ROWS 8
#define KIND
#define NAME(f) f##_neon
#endif
#include "product.h"
#include "winograd.h"
#include "gram.h"

// A kind is what is there for one kind of processor.
typedef struct {
	void (*winograd_part)(const convolution *c, int64_t t, int64_t n, int64_t first, int64_t last, float *room);
	void (*gram_part)(const float *f, int64_t c, int64_t first, int64_t last, float *g, float *room);
	void (*times_part)(const float *f, int64_t c, const float *matrix, int64_t first, int64_t last, float *y);
} kind;

#define KIND_OF(name) {winograd_part_##name, gram_part_##name, times_part_##name}

static const kind *kind_here(void) {
#if defined(__x86_64__)
	static const kind avx512 = KIND_OF(avx512), avx2 = KIND_OF(avx2);
	__builtin_cpu_init(); // not done before main by a program that Go's own linker has made
	if (__builtin_cpu_supports("avx512f")) return &avx512;
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &avx2;
	return 0;
#else
	static const kind neon = KIND_OF(neon);
	return &neon;
#endif
}

int can_compute(void) { return kind_here() != 0; }

// A convolution's parts are groups of tiles, and of channels where the tiles are few.
typedef struct {
	convolution c;
	int64_t tiles, groups, splits;
} divided;

static void convolve_part(const void *what, int64_t i, float *room) {
	const divided *d = what;
	int64_t group = i / d->splits, split = i % d->splits, panels = parts_of(d->c.out, PANEL);
	int64_t t = d->tiles * group / d->groups, n = d->tiles * (group + 1) / d->groups - t;
	int64_t first = panels * split / d->splits * PANEL, last = min(panels * (split + 1) / d->splits * PANEL, d->c.out);
	kind_here()->winograd_part(&d->c, t, n, first, last, room);
}

int convolve(convolution c, pool p) {
	c.across = parts_of(c.ow, TILE);
	int64_t tiles = c.across * parts_of(c.oh, TILE), threads = threads_of(p), panels = parts_of(c.out, PANEL);
	int64_t rounds = parts_of(tiles, threads * TILES); // of all threads
	divided d = {c, tiles, min(rounds * threads, parts_of(tiles, TILES / 2))};
	d.splits = min(parts_of(threads, d.groups), panels);
	int64_t most = parts_of(tiles, d.groups); // tiles in a part
	return share(convolve_part, &d, d.groups * d.splits, POINTS * (most * (c.in + CHANNELS) + 2 * APART), p);
}

// The products of channels are added up in groups of positions, [groups, c, c], and then the groups, panel by panel: a long sum
// rounds too often in one go.
typedef struct {
	const float *f;
	int64_t n, c, groups;
	float *sums, *y;
} products;

static void gram_group(const void *what, int64_t i, float *room) {
	const products *g = what;
	kind_here()->gram_part(g->f, g->c, g->n * i / g->groups, g->n * (i + 1) / g->groups, g->sums + i * g->c * g->c, room);
}

static void add_groups(const void *what, int64_t panel, float *room) {
	const products *g = what;
	for (int64_t a = panel * PANEL; a < (panel + 1) * PANEL; a++)
		for (int64_t b = panel * PANEL; b < g->c; b++) {
			double sum = 0;
			for (int64_t i = 0; i < g->groups; i++) sum += g->sums[(i * g->c + a) * g->c + b];
			g->y[a * g->c + b] = g->y[b * g->c + a] = sum;
		}
}

int gram(const float *f, int64_t n, int64_t c, float *y, pool p) {
	int64_t rounds = parts_of(n, DEPTH), few = min(GROUPS, rounds / 4), threads = min(threads_of(p), rounds);
	products g = {f, n, c, few > threads ? few : threads, 0, y};
	void *sums = 0;
	if (posix_memalign(&sums, 64, g.groups * c * c * sizeof *y)) return 0;
	g.sums = sums;
	int ok = share(gram_group, &g, g.groups, DEPTH * c, p) && share(add_groups, &g, c / PANEL, 0, p);
	free(sums);
	return ok;
}

typedef struct {
	const float *f, *matrix;
	int64_t n, c;
	float *y;
} product;

static void times_positions(const void *what, int64_t i, float *room) {
	const product *t = what;
	kind_here()->times_part(t->f, t->c, t->matrix, i * POSITIONS, min((i + 1) * POSITIONS, t->n), t->y);
}

int times(const float *f, int64_t n, int64_t c, const float *matrix, float *y, pool p) {
	product t = {f, matrix, n, c, y};
	return share(times_positions, &t, parts_of(n, POSITIONS), 0, p);
}

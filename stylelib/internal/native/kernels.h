#pragma once

#include "parallel.h"
#include <stdint.h>

enum {
	TILE = 4,               // a tile is TILE x TILE pixels that a convolution makes
	REACH = TILE + 2,       // from REACH x REACH pixels; the transform of such a row has as many points
	POINTS = REACH * REACH, // of a tile's transform
	PANEL = 32,             // a panel is PANEL columns of a matrix that lie together: [columns / PANEL, rows, PANEL]
	STEP = 16,              // a convolution's numbers of channels, in and out, are multiples of STEP
};

static inline int64_t divide_up(int64_t n, int64_t by) { return (n + by - 1) / by; }

// A convolution makes y [oh, ow, out] of x [h, w, in] with border zeros around it. The weights are transformed already:
// [POINTS, out / PANEL rounded up, in, PANEL].
typedef struct {
	const float *x, *weights;
	const float *where; // [h, w, in], or null: x counts as 0 where this is not above 0
	const float *bias;  // [out], or null
	float *y;
	int64_t h, w, in, oh, ow, out, border;
	int rectify;    // y is at least 0
	int64_t across; // tiles from left to right; convolve sets it
} convolution;

// can_compute tells whether this processor has the instructions. The kernels below return 0 if there is no memory.
int can_compute(void);

int convolve(convolution c, pool p);

// gram makes y [c, c] = fᵀf of f [n, c]; c is a multiple of PANEL.
int gram(const float *f, int64_t n, int64_t c, float *y, pool p);

// times makes y [n, c] = f·matrix; the matrix is [c / PANEL, c, PANEL].
int times(const float *f, int64_t n, int64_t c, const float *matrix, float *y, pool p);

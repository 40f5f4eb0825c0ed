#pragma once

#include "share.h"
#include <stdint.h>

enum {
	TILE = 4,               // pixels a side that are made together
	REACH = TILE + 2,       // pixels a side that they come from, and points
	POINTS = REACH * REACH, // of both sides
	PANEL = 32,             // columns of a matrix that lie together: [columns / PANEL, rows, PANEL]
	STEP = 16,              // a convolution's channels, in and out, come in multiples of it
};

// parts_of returns how many parts of so many n has, the last one perhaps smaller.
static inline int64_t parts_of(int64_t n, int64_t many) { return (n + many - 1) / many; }

// A convolution makes y [oh, ow, out] of x [h, w, in] with border zeros around it. The weights are
// [POINTS, out / PANEL rounded up, in, PANEL].
typedef struct {
	const float *x, *weights;
	const float *where; // [h, w, in], or null: x counts as 0 where this is not above 0
	const float *bias;  // [out], or null
	float *y;
	int64_t h, w, in, oh, ow, out, border;
	int rectify;    // y is at least 0
	int64_t across; // tiles from left to right; convolve knows
} convolution;

// can_compute tells whether this processor has the instructions. The others return 0 if there is no memory.
int can_compute(void);

int convolve(convolution c, pool p);

// gram makes y [c, c] = fᵀf of f [n, c]; c is a multiple of PANEL.
int gram(const float *f, int64_t n, int64_t c, float *y, pool p);

// times makes y [n, c] = f·matrix; the matrix is [c / PANEL, c, PANEL].
int times(const float *f, int64_t n, int64_t c, const float *matrix, float *y, pool p);

// A part of one convolution by Winograd's F(4x4, 3x3) (Lavin and Gray, 2016): so many tiles, from pixels to pixels, in arrays
// that stay in a processor's cache.
//
// The points are 0, 1, -1, 2, 1/2 and infinity, as in conv/winograd.go. The value at a point p is that of pixels d by the
// coefficients of Π (x - q) over the other finite points q; at infinity, over all of them; and pixel j of a tile is Σ p^j m over
// the points, the last one with infinity's product too.

// evaluate replaces 6 pixels d by their values v at the points.
INLINE void NAME(evaluate)(vec *v, const vec *d) {
	v[0] = d[4] - d[0] + 2.5f * (d[1] - d[3]);
	v[1] = d[4] + d[1] - 1.5f * (d[3] + d[2]);
	v[2] = d[4] - d[1] - 3.5f * (d[3] - d[2]);
	v[3] = d[4] - d[2] - 0.5f * (d[3] - d[1]);
	v[4] = d[4] - d[2] - 2.0f * (d[3] - d[1]);
	v[5] = d[5] - d[1] - 2.5f * (d[4] - d[2]);
}

// collect replaces 6 products m at the points by 4 pixels y.
INLINE void NAME(collect)(vec *y, const vec *m) {
	vec even = m[1] + m[2], odd = m[1] - m[2];
	y[0] = even + m[0] + m[3] + m[4];
	y[1] = odd + 2 * m[3] + 0.5f * m[4];
	y[2] = even + 4 * m[3] + 0.25f * m[4];
	y[3] = odd + 8 * m[3] + 0.125f * m[4] + m[5];
}

// evaluate_tile writes tile t's values at the points, all channels, to v: those of point p at v + p·apart.
KIND static void NAME(evaluate_tile)(const convolution *c, int64_t t, float *v, int64_t apart) {
	int64_t top = t / c->across * TILE - c->border, left = t % c->across * TILE - c->border;
	int inside = top >= 0 && left >= 0 && top + REACH <= c->h && left + REACH <= c->w;
	int64_t corner = (top * c->w + left) * c->in;
	for (int64_t k = 0; k < c->in; k += LANES) {
		vec columns[REACH][REACH]; // [point][x]
		for (int x = 0; x < REACH; x++) {
			vec d[REACH], o[REACH];
			for (int y = 0; y < REACH; y++) {
				if (!inside && (top + y < 0 || top + y >= c->h || left + x < 0 || left + x >= c->w)) {
					d[y] = (vec){0};
					continue;
				}
				int64_t at = corner + (y * c->w + x) * c->in + k;
				d[y] = NAME(load)(c->x + at);
				if (c->where) d[y] = NAME(where)(NAME(load)(c->where + at) > 0, d[y]);
			}
			NAME(evaluate)(o, d);
			for (int p = 0; p < REACH; p++) columns[p][x] = o[p];
		}
		for (int p = 0; p < REACH; p++) {
			vec o[REACH];
			NAME(evaluate)(o, columns[p]);
			for (int q = 0; q < REACH; q++) NAME(store)(v + (p * REACH + q) * apart + k, o[q]);
		}
	}
}

// collect_tile makes n channels, from channel first on, of tile t's pixels: the products at point p are at m + p·apart.
KIND static void NAME(collect_tile)(const convolution *c, int64_t t, const float *m, int64_t apart, int64_t first, int64_t n) {
	int64_t top = t / c->across * TILE, left = t % c->across * TILE;
	int64_t rows = min(TILE, c->oh - top), columns = min(TILE, c->ow - left);
	float *y = c->y + (top * c->ow + left) * c->out + first;
	for (int64_t k = 0; k < n; k += LANES) {
		vec half[TILE][REACH]; // [y][point]
		for (int q = 0; q < REACH; q++) {
			vec d[REACH], o[TILE];
			for (int p = 0; p < REACH; p++) d[p] = NAME(load)(m + (p * REACH + q) * apart + k);
			NAME(collect)(o, d);
			for (int i = 0; i < TILE; i++) half[i][q] = o[i];
		}
		vec bias = c->bias ? NAME(load)(c->bias + first + k) : (vec){0};
		for (int i = 0; i < rows; i++) {
			vec o[TILE];
			NAME(collect)(o, half[i]);
			for (int j = 0; j < TILE; j++) {
				if (j >= columns) break;
				vec pixel = o[j] + bias;
				NAME(store)(y + (i * c->ow + j) * c->out + k, c->rectify ? NAME(where)(~(pixel < 0), pixel) : pixel); // what is not a number stays so
			}
		}
	}
}

// winograd_part does the channels from first on, until last, of n tiles from t on. It needs room for n·POINTS·(in + CHANNELS) numbers
// and 2·POINTS·APART.
KIND static void NAME(winograd_part)(const convolution *c, int64_t t, int64_t n, int64_t first, int64_t last, float *room) {
	int64_t apart = n * c->in + APART, panels = parts_of(c->out, PANEL);
	float *v = room, *m = room + POINTS * apart;
	for (int64_t i = 0; i < n; i++) NAME(evaluate_tile)(c, t + i, v + i * c->in, apart);
	for (; first < last; first += CHANNELS) {
		int64_t some = min(CHANNELS, last - first), width = parts_of(some, PANEL) * PANEL, far = n * width + APART;
		for (int64_t p = 0; p < POINTS; p++)
			for (int64_t k = 0; k < width; k += PANEL) {
				const float *panel = c->weights + (p * panels + (first + k) / PANEL) * PANEL * c->in;
				const float *next = k + PANEL < width || p == POINTS - 1 ? panel + PANEL * c->in : panel + (panels * PANEL - k) * c->in;
				for (int64_t r = 0; r < n; r += ROWS) {
					NAME(rows_by_panel)(min(ROWS, n - r), v + p * apart + r * c->in, c->in, panel, m + p * far + r * width + k, width, next);
					if (r == 0) next += PANEL / 2 * c->in;
				}
			}
		for (int64_t i = 0; i < n; i++) NAME(collect_tile)(c, t + i, m + i * width, far, first, some);
	}
}

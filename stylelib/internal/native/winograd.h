// Winograd's convolution F(4x4, 3x3) (Lavin and Gray, 2016) of some tiles, from pixels to pixels, in a scratch buffer that stays in the
// processor's cache: the input transform, a matrix product at each point, the output transform.
//
// The points are 0, 1, -1, 2, 1/2 and infinity, as in conv/winograd.go. The input transform takes pixels d to their value at each
// point p: that by the coefficients of Π (x - q) over the other finite points q, at infinity over all of them. The output transform
// takes the products m at the points to the pixels of a tile: pixel j is Σ p^j m over the finite points, and the last one has
// infinity's product too.

// transform_input takes 6 pixels d to their values v at the points.
INLINE void NAME(transform_input)(vec *v, const vec *d) {
	v[0] = d[4] - d[0] + 2.5f * (d[1] - d[3]);
	v[1] = d[4] + d[1] - 1.5f * (d[3] + d[2]);
	v[2] = d[4] - d[1] - 3.5f * (d[3] - d[2]);
	v[3] = d[4] - d[2] - 0.5f * (d[3] - d[1]);
	v[4] = d[4] - d[2] - 2.0f * (d[3] - d[1]);
	v[5] = d[5] - d[1] - 2.5f * (d[4] - d[2]);
}

// transform_output takes 6 products m at the points to 4 pixels y.
INLINE void NAME(transform_output)(vec *y, const vec *m) {
	vec even = m[1] + m[2], odd = m[1] - m[2];
	y[0] = even + m[0] + m[3] + m[4];
	y[1] = odd + 2 * m[3] + 0.5f * m[4];
	y[2] = even + 4 * m[3] + 0.25f * m[4];
	y[3] = odd + 8 * m[3] + 0.125f * m[4] + m[5];
}

// input_tile transforms all channels of tile t's input to v: the values at point p are at v + p·stride.
TARGET static void NAME(input_tile)(const convolution *c, int64_t t, float *v, int64_t stride) {
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
			NAME(transform_input)(o, d);
			for (int p = 0; p < REACH; p++) columns[p][x] = o[p];
		}
		for (int p = 0; p < REACH; p++) {
			vec o[REACH];
			NAME(transform_input)(o, columns[p]);
			for (int q = 0; q < REACH; q++) NAME(store)(v + (p * REACH + q) * stride + k, o[q]);
		}
	}
}

// output_tile makes n channels, from channel first on, of tile t's output: the products at point p are at m + p·stride.
TARGET static void NAME(output_tile)(const convolution *c, int64_t t, const float *m, int64_t stride, int64_t first, int64_t n) {
	int64_t top = t / c->across * TILE, left = t % c->across * TILE;
	int64_t rows = min(TILE, c->oh - top), columns = min(TILE, c->ow - left);
	float *y = c->y + (top * c->ow + left) * c->out + first;
	for (int64_t k = 0; k < n; k += LANES) {
		vec half[TILE][REACH]; // [y][point]
		for (int q = 0; q < REACH; q++) {
			vec d[REACH], o[TILE];
			for (int p = 0; p < REACH; p++) d[p] = NAME(load)(m + (p * REACH + q) * stride + k);
			NAME(transform_output)(o, d);
			for (int i = 0; i < TILE; i++) half[i][q] = o[i];
		}
		vec bias = c->bias ? NAME(load)(c->bias + first + k) : (vec){0};
		for (int i = 0; i < rows; i++) {
			vec o[TILE];
			NAME(transform_output)(o, half[i]);
			for (int j = 0; j < TILE; j++) {
				if (j >= columns) break;
				vec pixel = o[j] + bias;
				NAME(store)(y + (i * c->ow + j) * c->out + k, c->rectify ? NAME(where)(~(pixel < 0), pixel) : pixel); // what is not a number stays so
			}
		}
	}
}

// winograd_tiles makes the channels from first to last of n tiles from t on. The scratch buffer has POINTS·(n·(in + CHANNELS) + 2·GAP)
// numbers.
TARGET static void NAME(winograd_tiles)(const convolution *c, int64_t t, int64_t n, int64_t first, int64_t last, float *scratch) {
	int64_t v_stride = n * c->in + GAP, panels = divide_up(c->out, PANEL);
	float *v = scratch, *m = scratch + POINTS * v_stride;
	for (int64_t i = 0; i < n; i++) NAME(input_tile)(c, t + i, v + i * c->in, v_stride);
	for (; first < last; first += CHANNELS) {
		int64_t n_out = min(CHANNELS, last - first), width = divide_up(n_out, PANEL) * PANEL, m_stride = n * width + GAP;
		for (int64_t p = 0; p < POINTS; p++)
			for (int64_t k = 0; k < width; k += PANEL) {
				const float *panel = c->weights + (p * panels + (first + k) / PANEL) * PANEL * c->in;
				const float *next = k + PANEL < width || p == POINTS - 1 ? panel + PANEL * c->in : panel + (panels * PANEL - k) * c->in;
				for (int64_t r = 0; r < n; r += ROWS) {
					NAME(rows_by_panel)(min(ROWS, n - r), v + p * v_stride + r * c->in, c->in, panel, m + p * m_stride + r * width + k, width, next);
					if (r == 0) next += PANEL / 2 * c->in;
				}
			}
		for (int64_t i = 0; i < n; i++) NAME(output_tile)(c, t + i, m + i * width, m_stride, first, n_out);
	}
}

// The Gram matrix fᵀf [c, c] of features f [n, c], forward, and the product of f with a matrix, backward.

// gram_positions makes g [c, c], the sum over the positions from first to last: of the products of each channel with those of its
// panel and of the panels behind it. The scratch buffer has c·DEPTH numbers.
TARGET static void NAME(gram_positions)(const float *f, int64_t c, int64_t first, int64_t last, float *g, float *scratch) {
	memset(g, 0, c * c * sizeof *g);
	for (; first < last; first += DEPTH) {
		int64_t depth = min(DEPTH, last - first);
		for (int64_t a = 0; a < c; a += PANEL) // the scratch buffer is [panels, depth, PANEL]
			for (int64_t i = 0; i < depth; i++)
				memcpy(scratch + a * depth + i * PANEL, f + (first + i) * c + a, PANEL * sizeof *f);
		for (int64_t a = 0; a < c; a += PANEL)
			for (int64_t r = 0; r < PANEL; r += ROWS)
				for (int64_t b = a; b < c; b += PANEL)
					NAME(columns_by_panel)(min(ROWS, PANEL - r), scratch + a * depth + r, depth, scratch + b * depth, g + (a + r) * c + b, c);
	}
}

// times_positions multiplies the positions from first to last of f with a matrix [panels, c, PANEL] to y [n, c].
TARGET static void NAME(times_positions)(const float *f, int64_t c, const float *matrix, int64_t first, int64_t last, float *y) {
	for (int64_t a = 0; a < c; a += PANEL)
		for (int64_t i = first; i < last; i += ROWS)
			NAME(rows_by_panel)(min(ROWS, last - i), f + i * c, c, matrix + a * c, y + i * c + a, c, matrix + (a + PANEL < c ? a + PANEL : 0) * c);
}

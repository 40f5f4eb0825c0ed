// Parts of the products of all channels of features f [n, c] with each other, fᵀf [c, c], and of f with a matrix, which is how
// their gradient goes back.

// gram_part adds up the products at the positions from first to last: to g [c, c], of each channel with those of its panel and
// of the panels after it. It needs room for c·DEPTH numbers.
KIND static void NAME(gram_part)(const float *f, int64_t c, int64_t first, int64_t last, float *g, float *room) {
	memset(g, 0, c * c * sizeof *g);
	for (; first < last; first += DEPTH) {
		int64_t depth = min(DEPTH, last - first);
		for (int64_t a = 0; a < c; a += PANEL) // room is [panels, depth, PANEL]
			for (int64_t i = 0; i < depth; i++)
				memcpy(room + a * depth + i * PANEL, f + (first + i) * c + a, PANEL * sizeof *f);
		for (int64_t a = 0; a < c; a += PANEL)
			for (int64_t r = 0; r < PANEL; r += ROWS)
				for (int64_t b = a; b < c; b += PANEL)
					NAME(columns_by_panel)(min(ROWS, PANEL - r), room + a * depth + r, depth, room + b * depth, g + (a + r) * c + b, c);
	}
}

// times_part multiplies the positions from first to last of f with a matrix [panels, c, PANEL] to y [n, c].
KIND static void NAME(times_part)(const float *f, int64_t c, const float *matrix, int64_t first, int64_t last, float *y) {
	for (int64_t a = 0; a < c; a += PANEL)
		for (int64_t i = first; i < last; i += ROWS)
			NAME(rows_by_panel)(min(ROWS, last - i), f + i * c, c, matrix + a * c, y + i * c + a, c, matrix + (a + PANEL < c ? a + PANEL : 0) * c);
}

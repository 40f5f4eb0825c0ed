// Compares convolutions and Gram matrices, by each set of instructions that this processor has and by several threads, with their
// definition in doubles. Then has compile_hook.c change programs and tables, and load and serialize programs. Prints what is not as it should be.
#include "../kernels.c"
#include "../parallel.c"
#include "../ffi.c"
#include "../compile_hook.c"
#include <fcntl.h>
#include <math.h>

// stylenet_compile is in Go otherwise.
void *stylenet_compile(compile_args *args, bytes code, bytes options) { return compile_program(args); }

static int failed_checks;

static void fail(const char *what, const convolution *c, double by) {
	printf("%s: %d x %d x %d to %d x %d x %d, border %d%s%s%s: off by %g\n", what, (int)c->h, (int)c->w, (int)c->in, (int)c->oh, (int)c->ow, (int)c->out,
		(int)c->border, c->bias ? ", bias" : "", c->rectify ? ", rectified" : "", c->where ? ", where" : "", by);
	failed_checks = 1;
}

static uint64_t state = 1;

// draw returns a number from -1 to 1.
static float draw(void) {
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (int32_t)(state >> 32) / 2147483648.f;
}

// filled returns an array of n numbers from -1 to 1.
static float *filled(int64_t n) {
	float *a = malloc(n * sizeof *a);
	for (int64_t i = 0; i < n; i++) a[i] = draw();
	return a;
}

// transformed does the weight transform of a kernel [3, 3, in, out].
static float *transformed(const float *kernel, int64_t in, int64_t out) {
	const double points[] = {0, 1, -1, 2, 0.5};
	double row[REACH][3] = {[REACH - 1] = {0, 0, 1}};
	for (int p = 0; p < REACH - 1; p++) {
		double divisor = 1;
		for (int q = 0; q < REACH - 1; q++)
			if (q != p) divisor *= points[p] - points[q];
		for (int k = 0; k < 3; k++) row[p][k] = pow(points[p], k) / divisor;
	}
	int64_t panels = (out + PANEL - 1) / PANEL;
	float *w = calloc(POINTS * panels * in * PANEL, sizeof *w);
	for (int p = 0; p < POINTS; p++)
		for (int64_t i = 0; i < in; i++)
			for (int64_t o = 0; o < out; o++) {
				double v = 0;
				for (int k = 0; k < 9; k++) v += row[p / REACH][k / 3] * row[p % REACH][k % 3] * kernel[(k * in + i) * out + o];
				w[((p * panels + o / PANEL) * in + i) * PANEL + o % PANEL] = v;
			}
	return w;
}

// off compares y with the definition: the length of the difference by that of what is wanted.
static double off(const convolution *c, const float *kernel) {
	double difference = 0, all = 0;
	for (int64_t at = 0; at < c->oh * c->ow * c->out; at++) {
		int64_t o = at % c->out, x = at / c->out % c->ow, y = at / c->out / c->ow;
		double want = c->bias ? c->bias[o] : 0;
		for (int k = 0; k < 9; k++) {
			int64_t sy = y + k / 3 - c->border, sx = x + k % 3 - c->border;
			if (sy < 0 || sy >= c->h || sx < 0 || sx >= c->w) continue;
			for (int64_t i = 0; i < c->in; i++) {
				int64_t from = (sy * c->w + sx) * c->in + i;
				if (!c->where || c->where[from] > 0) want += (double)c->x[from] * kernel[(k * c->in + i) * c->out + o];
			}
		}
		if (c->rectify && want < 0) want = 0;
		difference += (c->y[at] - want) * (c->y[at] - want);
		all += want * want;
	}
	return sqrt(difference / all);
}

// by_groups does a convolution by one set of instructions, in groups of n tiles, and the channels in two splits.
static void by_groups(convolution c, const loops *l, int64_t n) {
	c.across = (c.ow + TILE - 1) / TILE;
	int64_t tiles = c.across * ((c.oh + TILE - 1) / TILE), half = c.out / PANEL / 2 * PANEL;
	for (int64_t t = 0; t < tiles; t += n) {
		int64_t count = min(n, tiles - t);
		float *scratch = malloc(POINTS * (count * (c.in + CHANNELS) + 2 * GAP) * sizeof *scratch);
		if (half) l->winograd_tiles(&c, t, count, 0, half, scratch);
		l->winograd_tiles(&c, t, count, half, c.out, scratch);
		free(scratch);
	}
}

// The threads of this pool call a function at once or late. It does not take every third function.
typedef struct {
	void (*function)(void *);
	void *data;
	int late;
} scheduled;

static void *run_scheduled(void *data) {
	scheduled s = *(scheduled *)data;
	free(data);
	if (s.late) usleep(2000);
	s.function(s.data);
	return 0;
}

static int schedule_thread(void *self, void (*function)(void *), void *data) {
	int *count = self;
	if (++*count % 3 == 0) return 0;
	scheduled *s = malloc(sizeof *s);
	*s = (scheduled){function, data, *count % 2};
	pthread_t thread;
	if (pthread_create(&thread, 0, run_scheduled, s)) return 0;
	pthread_detach(thread);
	return 1;
}

static const struct {
	const char *name;
	loops loops;
} sets[] = {
#if defined(__x86_64__)
	{"AVX2", LOOPS(avx2)},
	{"AVX-512", LOOPS(avx512)},
#else
	{"NEON", LOOPS(neon)},
#endif
};

// sets_here returns how many of these sets of instructions this processor has.
static int sets_here(void) {
#if defined(__x86_64__)
	return !can_compute() ? 0 : __builtin_cpu_supports("avx512f") ? 2 : 1;
#else
	return 1;
#endif
}

static void convolutions(void) {
	const int64_t sizes[][2] = {{1, 1}, {2, 7}, {4, 4}, {9, 6}, {23, 17}}, channels[][2] = {{16, 16}, {48, 32}, {16, 48}, {32, 176}};
	int done = 0, count = 0;
	for (int s = 0; s < 5; s++)
		for (int n = 0; n < 4; n++)
			for (int border = 0; border < 3; border++)
				for (int third = NOTHING; third <= WHERE; third++) {
					int64_t h = sizes[s][0], w = sizes[s][1], in = channels[n][0], out = channels[n][1];
					convolution c = {.h = h, .w = w, .in = in, .oh = h - 2 + 2 * border, .ow = w - 2 + 2 * border, .out = out, .border = border};
					if (c.oh < 1 || c.ow < 1) continue;
					float *kernel = filled(9 * in * out), *x = filled(h * w * in), *other = filled(third == WHERE ? h * w * in : out);
					float *weights = transformed(kernel, in, out), *y = malloc(c.oh * c.ow * out * sizeof *y);
					c.x = x, c.weights = weights, c.y = y;
					if (third == BIAS) c.bias = other, c.rectify = (s + n) % 2;
					if (third == WHERE) c.where = other;
					for (int k = 0; k < sets_here(); k++) {
						memset(y, 0xff, c.oh * c.ow * out * sizeof *y); // not numbers
						by_groups(c, &sets[k].loops, 1 + (s * 5 + n) % 14);
						double by = off(&c, kernel);
						if (!(by < 1e-5)) fail(sets[k].name, &c, by);
						done++;
					}
					memset(y, 0xff, c.oh * c.ow * out * sizeof *y);
					if (!convolve(c, (pool){1 + done % 9, schedule_thread, &count})) fail("no memory", &c, 0);
					double by = off(&c, kernel);
					if (!(by < 1e-5)) fail("threads", &c, by);
					free(kernel), free(x), free(other), free(weights), free(y);
				}
	if (!done || !count) printf("nothing was done\n"), failed_checks = 1;
}

// grams multiplies features with each other and with a matrix.
static void grams(void) {
	const int64_t sizes[][2] = {{1, 32}, {7, 64}, {129, 32}, {300, 96}, {1000, 64}};
	int count = 0;
	for (int s = 0; s < 5; s++) {
		int64_t n = sizes[s][0], c = sizes[s][1];
		float *f = filled(n * c), *matrix = filled(c * c), *y = malloc(n * c * sizeof *y), *g = malloc(c * c * sizeof *g), *scratch = malloc(DEPTH * c * sizeof *scratch);
		for (int k = -1; k < sets_here(); k++) { // -1: threads
			memset(y, 0xff, n * c * sizeof *y);
			memset(g, 0xff, c * c * sizeof *g);
			if (k >= 0) {
				sets[k].loops.gram_positions(f, c, 0, n, g, scratch);
				sets[k].loops.times_positions(f, c, matrix, 0, n / 2, y);
				sets[k].loops.times_positions(f, c, matrix, n / 2, n, y);
			} else if (!gram(f, n, c, g, (pool){4, schedule_thread, &count}) || !times(f, n, c, matrix, y, (pool){3, schedule_thread, &count})) {
				printf("no memory\n"), failed_checks = 1;
			}
			double difference = 0, all = 0;
			for (int64_t a = 0; a < c; a++)
				for (int64_t b = k < 0 ? 0 : a / PANEL * PANEL; b < c; b++) {
					double want = 0;
					for (int64_t p = 0; p < n; p++) want += (double)f[p * c + a] * f[p * c + b];
					difference += (g[a * c + b] - want) * (g[a * c + b] - want);
					all += want * want;
				}
			for (int64_t p = 0; p < n; p++)
				for (int64_t b = 0; b < c; b++) {
					double want = 0;
					for (int64_t a = 0; a < c; a++) want += (double)f[p * c + a] * matrix[(b / PANEL * c + a) * PANEL + b % PANEL];
					difference += (y[p * c + b] - want) * (y[p * c + b] - want);
					all += want * want;
				}
			if (!(sqrt(difference / all) < 1e-6)) printf("%s: products of %d x %d are off by %g\n", k < 0 ? "threads" : sets[k].name, (int)n, (int)c, sqrt(difference / all)), failed_checks = 1;
		}
		free(f), free(matrix), free(y), free(g), free(scratch);
	}
	if (!count) printf("nothing was scheduled\n"), failed_checks = 1;
}

static void programs(void) {
	const struct {
		const char *program, *want; // null: the same
	} cases[] = {
		{"", 0},
		{"  %1 = \"func.call\"(%0) { callee = @other_1 } : (tensor<f32>) -> tensor<f32>\n", 0},
		{"  func.func @stylenet_relu_1(%a: tensor<f32>) -> tensor<f32> {\n", 0},
		{"  func.func @stylenet_relu_1(%a: b) -> b {\n    x\n  }", 0},
		{"a {\n  func.func @stylenet_relu_1(%a: b) -> b {\n    %0 = x {\n    }\n    return %0\n  }\n\n  func.func @main() {\n  }\n}\n",
		 "a {\n\n  func.func @main() {\n  }\n}\n"},
		{"  func.func @other_1(%a: b) -> b {\n  }\n  func.func @stylenet_gram_12() {\n  }\n", "  func.func @other_1(%a: b) -> b {\n  }\n"},
		{"  %1 = \"func.call\"(%0) { callee = @stylenet_relu_1", 0},
		{" %1 = \"func.call\"(%0, %w) { callee = @stylenet_relu_12 } : (a, b) -> c\n%2 = x\n %3 = \"func.call\"(%1) { callee = @stylenet_where_3 } : d",
		 " %1 = \"stablehlo.custom_call\"(%0, %w) { call_target_name = \"stylenet_relu\", api_version = 4 : i32, backend_config = {} } : (a, b) -> c\n%2 = x\n"
		 " %3 = \"stablehlo.custom_call\"(%1) { call_target_name = \"stylenet_where\", api_version = 4 : i32, backend_config = {} } : d"},
		{"\"func.call\"(%0) { callee = @stylenet_} :", "\"stablehlo.custom_call\"(%0) { call_target_name = \"stylenet_\", api_version = 4 : i32, backend_config = {} } :"},
	};
	for (int i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t size = strlen(cases[i].program), got_size;
		char *program = malloc(size + 1); // not a byte more is read
		memcpy(program, cases[i].program, size);
		program = realloc(program, size ? size : 1);
		char *got = with_custom_calls(program, size, &got_size);
		const char *want = cases[i].want ? cases[i].want : cases[i].program;
		if (!got || got_size != strlen(want) || memcmp(got, want, got_size)) printf("program %d became:\n%.*s\n", i, (int)got_size, got ? got : ""), failed_checks = 1;
		free(got), free(program);
	}
}

// entries changes the last entry of a page, which is writable or not. It must be so afterwards.
static void entries(void) {
	size_t size = sysconf(_SC_PAGESIZE);
	int zeros = open("/dev/zero", O_RDONLY); // read fails where they cannot be written
	for (int writable = 0; writable < 2; writable++) {
		char *page = mmap(0, 2 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		mprotect(page, size, PROT_READ | (writable ? PROT_WRITE : 0));
		compile_function **entry = (compile_function **)(page + size) - 1;
		const char *reason = set_compile(entry, compile_with_calls);
		if (reason || *entry != compile_with_calls) printf("an entry was not changed: %s\n", reason ? reason : ""), failed_checks = 1;
		if ((read(zeros, page, 1) == 1) != writable || protection_of(page + size) != PROT_NONE)
			printf("a page that was writable: %d, is otherwise now\n", writable), failed_checks = 1;
		munmap(page, 2 * size);
	}
	close(zeros);
}

// A plugin that serializes programs and loads them, or fails. It counts what it has given out and not got back.
static int fails, given;
static char program_bytes[] = "a program";

static void *fail_or_not(void) { return fails ? given++, &fails : 0; }
static void take_error(destroy_args *args) { given -= args->object == &fails; }
static void take_bytes(void *owner) { given -= owner == program_bytes; }

static void *give_executable(get_executable_args *args) {
	args->executable = &given, given++;
	return 0;
}

static void *take_executable(destroy_args *args) {
	given -= args->object == &given;
	return 0;
}

static void *give_bytes(serialize_args *args) {
	if (fails) return fail_or_not();
	args->bytes = args->owner = program_bytes, args->bytes_size = sizeof program_bytes, args->free = take_bytes;
	given++;
	return 0;
}

static void *give_program(load_args *args) {
	if (!fails && args->bytes_size == sizeof program_bytes && !args->options) args->loaded = (void *)args->bytes;
	return fail_or_not();
}

static void *compile_none(compile_args *args) { return args->executable = &fails, fail_or_not(); }

static void loads(void) {
	static const pjrt fake = {.destroy_error = take_error, .get_executable = give_executable, .destroy_executable = take_executable,
		.serialize = give_bytes, .load = give_program};
	plugin = &fake;
	compile = compile_none;
	for (fails = 0; fails < 2; fails++) {
		char code[] = "module {}";
		program p = {sizeof p, 0, code, strlen(code), "mlir", 4};
		compile_args args = {.size = sizeof args, .program = &p};
		void *error = compile_with_calls(&args);
		if (!error != !fails || args.program != &p || args.executable != &fails) printf("fails %d: compiled to error %p\n", fails, error), failed_checks = 1;
		if (error) take_error(&(destroy_args){sizeof(destroy_args), 0, error});
		serialized s = {};
		if (serialize_program(&args, &s) != !fails || s.bytes.at != (fails ? 0 : program_bytes)) printf("fails %d: serialized %p\n", fails, s.bytes.at), failed_checks = 1;
		if (!fails) free_serialized(&s);
		if (load_program(&args, program_bytes, sizeof program_bytes) != !fails || args.executable != (fails ? (void *)&fails : program_bytes))
			printf("fails %d: loaded %p\n", fails, args.executable), failed_checks = 1;
	}
	if (given) printf("%d things of the plugin's were not freed\n", given), failed_checks = 1;
}

int main(void) {
	convolutions();
	grams();
	programs();
	entries();
	loads();
	usleep(20000); // for the late threads
	return failed_checks;
}

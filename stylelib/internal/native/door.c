// The door between XLA and kernels.c. GoMLX cannot say that an operation is done by a function of ours; XLA can run one, a custom
// call. So the operation is a call of a function in GoMLX's program, named stylenet_…, and when the plugin is asked to compile the
// program, we are asked first and make each such call a custom call.
//
// The structs are the beginnings of those in XLA's pjrt_c_api.h and ffi/api/c_api.h, which only ever grow at their ends.

#include "door.h"
#include "kernels.h"
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct extension {
	size_t size;
	int type;
	struct extension *next;
} extension;

typedef struct {
	size_t size;
	extension *extensions;
	int major, minor;
} version;

// ---- The call: XLA's foreign function interface.

typedef struct {
	size_t size;
	extension *extensions;
	int type;
	float *data;
	int64_t rank, *dims;
} buffer;

typedef struct {
	size_t size;
	extension *extensions;
	int64_t n;
	int *types;
	buffer **at;
} buffers;

typedef struct {
	size_t size;
	extension *extensions;
	void *context;
	void (*task)(void *);
	void *data;
} schedule_args;

typedef struct {
	size_t size;
	extension *extensions;
	void *context;
	int64_t *threads;
} threads_args;

typedef struct {
	size_t size;
	extension *extensions;
	const char *message;
	int code;
} error_args;

typedef struct {
	size_t size;
	extension *extensions;
	void *error;
} destroy_args;

typedef struct {
	size_t size;
	extension *extensions;
	version version;
	void *internal;
	void *(*create_error)(error_args *);
	void *error_message;
	void (*destroy_error)(destroy_args *);
	void *others[8];
	void *(*schedule)(schedule_args *);
	void *(*count_threads)(threads_args *);
} interface;

typedef struct {
	size_t size;
	extension *extensions;
	const interface *xla;
	void *context;
	int stage;
	buffers arguments, results;
} frame;

typedef struct {
	extension extension; // of type 1, with which XLA asks for the version we were made for
	struct {
		size_t size;
		version version;
		uint32_t traits;
	} *metadata;
} metadata_extension;

enum { FLOAT32 = 11, INVALID_ARGUMENT = 3, RESOURCE_EXHAUSTED = 8 };

static void *failure(frame *f, int code, const char *message) {
	error_args args = {sizeof args, 0, message, code};
	return f->xla->create_error(&args);
}

// failed tells whether a function of XLA's returned an error, and frees it.
static int failed(frame *f, void *error) {
	if (!error) return 0;
	destroy_args args = {sizeof args, 0, error};
	f->xla->destroy_error(&args);
	return 1;
}

static int hand(void *self, void (*task)(void *), void *data) {
	frame *f = self;
	schedule_args args = {sizeof args, 0, f->context, task, data};
	return !failed(f, f->xla->schedule(&args));
}

static int has_shape(const buffer *b, int64_t rank, const int64_t *dims) {
	return b->type == FLOAT32 && b->rank == rank && !memcmp(b->dims, dims, rank * sizeof *dims);
}

// asked answers XLA's question about a function, if it is no call, and tells so.
static int asked(frame *f) {
	if (!f->extensions || f->extensions->type != 1) return 0;
	metadata_extension *asks = (metadata_extension *)f->extensions;
	asks->metadata->version.major = 0;
	asks->metadata->version.minor = 1;
	asks->metadata->traits = 0;
	return 1;
}

static pool pool_of(frame *f) {
	pool p = {1, hand, f};
	threads_args args = {sizeof args, 0, f->context, &p.threads};
	if (failed(f, f->xla->count_threads(&args))) p.threads = 1;
	return p;
}

static void *done(frame *f, int ok) { return ok ? 0 : failure(f, RESOURCE_EXHAUSTED, "stylenet: no memory"); }

// The third argument of a convolution is nothing, a bias or the array that says where x counts.
enum third { NOTHING, BIAS, WHERE };

static void *call_convolve(frame *f, enum third third, int rectify) {
	if (asked(f)) return 0;
	if (f->arguments.n != 2 + (third != NOTHING) || f->results.n != 1) return failure(f, INVALID_ARGUMENT, "stylenet: a convolution with other arguments");
	buffer *x = f->arguments.at[0], *weights = f->arguments.at[1], *other = third ? f->arguments.at[2] : 0, *y = f->results.at[0];
	if (x->rank != 4 || y->rank != 4) return failure(f, INVALID_ARGUMENT, "stylenet: a convolution of other than pictures");
	int64_t h = x->dims[1], w = x->dims[2], in = x->dims[3], oh = y->dims[1], ow = y->dims[2], out = y->dims[3], border = (oh - h + 2) / 2;
	int ok = in > 0 && in % STEP == 0 && out > 0 && out % STEP == 0 && border >= 0 && oh == h - 2 + 2 * border && ow == w - 2 + 2 * border &&
		has_shape(x, 4, (int64_t[]){1, h, w, in}) && has_shape(y, 4, (int64_t[]){1, oh, ow, out}) &&
		has_shape(weights, 4, (int64_t[]){POINTS, parts_of(out, PANEL), in, PANEL}) &&
		(third != BIAS || has_shape(other, 1, &out)) && (third != WHERE || has_shape(other, 4, x->dims));
	if (!ok) return failure(f, INVALID_ARGUMENT, "stylenet: a convolution of other shapes");
	convolution c = {.x = x->data, .weights = weights->data, .y = y->data, .h = h, .w = w, .in = in, .oh = oh, .ow = ow, .out = out, .border = border, .rectify = rectify};
	if (third == BIAS) c.bias = other->data;
	if (third == WHERE) c.where = other->data;
	return done(f, convolve(c, pool_of(f)));
}

static void *call_plain(frame *f) { return call_convolve(f, NOTHING, 0); }
static void *call_bias(frame *f) { return call_convolve(f, BIAS, 0); }
static void *call_relu(frame *f) { return call_convolve(f, BIAS, 1); }
static void *call_where(frame *f) { return call_convolve(f, WHERE, 0); }

static void *call_gram(frame *f) {
	if (asked(f)) return 0;
	buffer *x = f->arguments.n == 1 ? f->arguments.at[0] : 0, *y = f->results.n == 1 ? f->results.at[0] : 0;
	if (!x || !y || x->rank != 2) return failure(f, INVALID_ARGUMENT, "stylenet: a Gram matrix of other arguments");
	int64_t n = x->dims[0], c = x->dims[1];
	if (n < 1 || c < 1 || c % PANEL || !has_shape(x, 2, x->dims) || !has_shape(y, 2, (int64_t[]){c, c}))
		return failure(f, INVALID_ARGUMENT, "stylenet: a Gram matrix of other shapes");
	return done(f, gram(x->data, n, c, y->data, pool_of(f)));
}

static void *call_times(frame *f) {
	if (asked(f)) return 0;
	buffer *x = f->arguments.n == 2 ? f->arguments.at[0] : 0, *matrix = x ? f->arguments.at[1] : 0, *y = f->results.n == 1 ? f->results.at[0] : 0;
	if (!x || !y || x->rank != 2) return failure(f, INVALID_ARGUMENT, "stylenet: a product of other arguments");
	int64_t n = x->dims[0], c = x->dims[1];
	if (n < 1 || c < 1 || c % PANEL || !has_shape(x, 2, x->dims) || !has_shape(y, 2, x->dims) || !has_shape(matrix, 3, (int64_t[]){c / PANEL, c, PANEL}))
		return failure(f, INVALID_ARGUMENT, "stylenet: a product of other shapes");
	return done(f, times(x->data, n, c, matrix->data, y->data, pool_of(f)));
}

// ---- The program: PJRT.

typedef struct {
	size_t size;
	extension *extensions;
	char *code;
	size_t code_size;
	const char *format;
	size_t format_size;
} program;

typedef struct {
	size_t size;
	extension *extensions;
	void *client;
	const program *program;
	const char *options;
	size_t options_size;
	void *executable; // out
} compile_args;

typedef struct {
	size_t size;
	extension *extensions;
	version version;
	void *others[20];
	void *(*compile)(compile_args *);
} pjrt;

typedef struct {
	size_t size;
	const char *name;
	size_t name_size;
	void *handler;
	const char *platform;
	size_t platform_size;
	int traits;
} register_args;

typedef struct {
	extension extension; // of type 5
	void *others[2];
	void *(*register_handler)(register_args *);
} ffi_extension;

// with_custom_calls copies a program in which every
//
//	"func.call"(…) { callee = @stylenet_relu_7 } : …
//
// is a custom call of stylenet_relu. It returns null where there is no memory.
static char *with_custom_calls(const char *code, size_t size, size_t *new_size) {
	static const char call[] = "\"func.call\"(", callee[] = "{ callee = @stylenet_";
	char *out = 0;
	FILE *to = open_memstream(&out, new_size);
	if (!to) return 0;
	for (const char *end = code + size; code < end;) {
		const char *line_end = memchr(code, '\n', end - code);
		line_end = line_end ? line_end + 1 : end;
		size_t n = line_end - code;
		const char *at = memmem(code, n, call, sizeof call - 1), *name = at ? memmem(at, line_end - at, callee, sizeof callee - 1) : 0;
		const char *rest = name ? memchr(name, '}', line_end - name) : 0;
		if (rest) {
			const char *kind = name + sizeof callee - 1, *kind_end = memchr(kind, '_', rest - kind);
			fprintf(to, "%.*s\"stablehlo.custom_call\"(%.*s", (int)(at - code), code, (int)(name - at - (sizeof call - 1)), at + sizeof call - 1);
			fprintf(to, "{ call_target_name = \"stylenet_%.*s\", api_version = 4 : i32, backend_config = {} ", (int)((kind_end ? kind_end : rest) - kind), kind);
			code = rest;
		}
		fwrite(code, 1, line_end - code, to);
		code = line_end;
	}
	if (fclose(to)) {
		free(out);
		return 0;
	}
	return out;
}

static void *(*compile)(compile_args *); // the plugin's own

static void *compile_with_calls(compile_args *args) {
	const program *p = args->program;
	size_t size;
	char *code = p->format_size == 4 && !memcmp(p->format, "mlir", 4) ? with_custom_calls(p->code, p->code_size, &size) : 0;
	if (!code) return compile(args);
	program changed = *p;
	changed.code = code;
	changed.code_size = size;
	args->program = &changed;
	void *error = compile(args);
	args->program = p;
	free(code);
	return error;
}

const char *open_door(const char *path) {
	if (!can_compute()) return "this processor has neither AVX-512 nor AVX2";
	void *library = dlopen(path, RTLD_NOW | RTLD_NOLOAD); // as GoMLX has
	if (!library) return dlerror();
	pjrt *(*get)(void) = (pjrt * (*)(void)) dlsym(library, "GetPjrtApi");
	if (!get) return dlerror();
	pjrt *api = get();
	if (api->size < sizeof *api || api->version.major != 0) return "the plugin is of another version";
	if (api->compile == compile_with_calls) return 0; // known by another name
	if (compile) return "another plugin has the kernels";
	extension *e = api->extensions;
	while (e && e->type != 5) e = e->next;
	ffi_extension *ffi = (ffi_extension *)e;
	if (!ffi || ffi->extension.size < sizeof *ffi) return "the plugin takes no functions";
	const struct {
		const char *name;
		void *(*call)(frame *);
	} calls[] = {{"stylenet_plain", call_plain}, {"stylenet_bias", call_bias}, {"stylenet_relu", call_relu}, {"stylenet_where", call_where},
		{"stylenet_gram", call_gram}, {"stylenet_times", call_times}};
	for (int i = 0; i < sizeof calls / sizeof *calls; i++) {
		register_args args = {sizeof args, calls[i].name, strlen(calls[i].name), calls[i].call, "Host", 4, 0};
		if (ffi->register_handler(&args)) return "the plugin did not take a function";
	}
	uintptr_t page = sysconf(_SC_PAGESIZE), at = (uintptr_t)&api->compile & -page;
	if (mprotect((void *)at, page, PROT_READ | PROT_WRITE)) return "the plugin's table cannot be written";
	compile = api->compile;
	api->compile = compile_with_calls;
	return 0;
}

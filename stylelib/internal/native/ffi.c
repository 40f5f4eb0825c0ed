// XLA calls the kernels here, by its foreign function interface: a handler gets a frame with the arguments and the results, and a
// table of XLA's own functions. The offsets are those of xla/ffi/api/c_api.h, version 0.3.

#include "kernels.h"
#include "xla.h"
#include <string.h>

typedef struct {
	size_t size;
	extension *extensions;
	int type;
	float *data;
	int64_t rank, *dims;
} buffer;
_Static_assert(sizeof(buffer) == 48 && AT(buffer, type, 16) && AT(buffer, data, 24) && AT(buffer, rank, 32) && AT(buffer, dims, 40),
	"XLA_FFI_Buffer: dtype 16, data 24, rank 32, dims 40");

typedef struct {
	size_t size;
	extension *extensions;
	int64_t n;
	int *types;
	buffer **at;
} buffers;
_Static_assert(sizeof(buffers) == 40 && AT(buffers, n, 16) && AT(buffers, types, 24) && AT(buffers, at, 32),
	"XLA_FFI_Args and XLA_FFI_Rets: size 16, types 24, args or rets 32");

typedef struct {
	size_t size;
	extension *extensions;
	void *context;
	void (*function)(void *);
	void *data;
} schedule_args;
_Static_assert(sizeof(schedule_args) == 40 && AT(schedule_args, context, 16) && AT(schedule_args, function, 24) && AT(schedule_args, data, 32),
	"XLA_FFI_ThreadPool_Schedule_Args: ctx 16, task 24, data 32");

typedef struct {
	size_t size;
	extension *extensions;
	void *context;
	int64_t *threads;
} threads_args;
_Static_assert(sizeof(threads_args) == 32 && AT(threads_args, context, 16) && AT(threads_args, threads, 24),
	"XLA_FFI_ThreadPool_NumThreads_Args: ctx 16, num_threads 24");

typedef struct {
	size_t size;
	extension *extensions;
	const char *message;
	int code;
} create_error_args;
_Static_assert(sizeof(create_error_args) == 32 && AT(create_error_args, message, 16) && AT(create_error_args, code, 24),
	"XLA_FFI_Error_Create_Args: message 16, errc 24");

typedef struct {
	size_t size;
	extension *extensions;
	void *error;
} destroy_error_args;
_Static_assert(sizeof(destroy_error_args) == 24 && AT(destroy_error_args, error, 16), "XLA_FFI_Error_Destroy_Args: error 16");

typedef struct {
	size_t size;
	extension *extensions;
	version version;
	void *internal;
	void *(*create_error)(create_error_args *);
	void *error_message;
	void (*destroy_error)(destroy_error_args *);
	void *others[8];
	void *(*schedule)(schedule_args *);
	void *(*count_threads)(threads_args *);
} interface;
_Static_assert(AT(interface, version, 16) && AT(interface, internal, 40) && AT(interface, create_error, 48) && AT(interface, destroy_error, 64) &&
	AT(interface, schedule, 136) && AT(interface, count_threads, 144),
	"XLA_FFI_Api: api_version 16, internal_api 40, XLA_FFI_Error_Create 48, XLA_FFI_Error_Destroy 64, XLA_FFI_ThreadPool_Schedule 136, "
	"XLA_FFI_ThreadPool_NumThreads 144");

typedef struct frame {
	size_t size;
	extension *extensions;
	const interface *xla;
	void *context;
	int stage;
	buffers arguments, results;
} frame;
_Static_assert(AT(frame, xla, 16) && AT(frame, context, 24) && AT(frame, stage, 32) && AT(frame, arguments, 40) && AT(frame, results, 80),
	"XLA_FFI_CallFrame: api 16, ctx 24, stage 32, args 40, rets 80");

typedef struct {
	size_t size;
	version version;
	uint32_t traits;
} metadata;
_Static_assert(AT(metadata, version, 8) && AT(metadata, traits, 32), "XLA_FFI_Metadata: api_version 8, traits 32");

typedef struct {
	extension base;
	metadata *metadata;
} metadata_extension;
_Static_assert(sizeof(metadata_extension) == 32 && AT(metadata_extension, metadata, 24), "XLA_FFI_Metadata_Extension: metadata 24");

// XLA_FFI_Extension_Metadata, XLA_FFI_ArgType_BUFFER and XLA_FFI_RetType_BUFFER, XLA_FFI_DataType_F32, and two of XLA_FFI_Error_Code
enum { METADATA = 1, BUFFER = 1, FLOAT32 = 11, INVALID_ARGUMENT = 3, RESOURCE_EXHAUSTED = 8 };

static void *new_error(frame *f, int code, const char *message) {
	create_error_args args = {sizeof args, 0, message, code};
	return f->xla->create_error(&args);
}

static void *refuse(frame *f, const char *message) { return new_error(f, INVALID_ARGUMENT, message); }

static void *finish(frame *f, int ok) { return ok ? 0 : new_error(f, RESOURCE_EXHAUSTED, "stylenet: no memory"); }

// failed tells whether a function of XLA's returned an error, and frees it.
static int failed(frame *f, void *error) {
	if (!error) return 0;
	destroy_error_args args = {sizeof args, 0, error};
	f->xla->destroy_error(&args);
	return 1;
}

// wants_metadata tells whether XLA asks for the version that a handler was made for, and answers. Then this is no call.
static int wants_metadata(frame *f) {
	if (!f->extensions || f->extensions->type != METADATA) return 0;
	metadata *m = ((metadata_extension *)f->extensions)->metadata;
	m->version.major = 0;
	m->version.minor = 1;
	m->traits = 0;
	return 1;
}

static int schedule(void *self, void (*function)(void *), void *data) {
	frame *f = self;
	schedule_args args = {sizeof args, 0, f->context, function, data};
	return !failed(f, f->xla->schedule(&args));
}

static pool pool_of(frame *f) {
	pool p = {1, schedule, f};
	threads_args args = {sizeof args, 0, f->context, &p.threads};
	if (f->xla->size < sizeof *f->xla || failed(f, f->xla->count_threads(&args))) p.threads = 1;
	return p;
}

// buffer_of returns the i-th of n buffers; null if there are not n, or it is none.
static const buffer *buffer_of(const buffers *all, int64_t i, int64_t n) { return all->n == n && all->types[i] == BUFFER ? all->at[i] : 0; }

static int has_shape(const buffer *b, int64_t rank, const int64_t *dims) {
	return b && b->type == FLOAT32 && b->rank == rank && !memcmp(b->dims, dims, rank * sizeof *dims);
}

// The third argument of a convolution is nothing, a bias, or the array that says where x counts.
enum third { NOTHING, BIAS, WHERE };

static void *call_convolve(frame *f, enum third third, int rectify) {
	if (wants_metadata(f)) return 0;
	int64_t n = third == NOTHING ? 2 : 3;
	const buffer *x = buffer_of(&f->arguments, 0, n), *weights = buffer_of(&f->arguments, 1, n), *y = buffer_of(&f->results, 0, 1);
	const buffer *other = third == NOTHING ? 0 : buffer_of(&f->arguments, 2, n);
	if (!x || x->rank != 4 || !y || y->rank != 4) return refuse(f, "stylenet: a convolution with other arguments");
	int64_t h = x->dims[1], w = x->dims[2], in = x->dims[3], oh = y->dims[1], ow = y->dims[2], out = y->dims[3], border = (oh - h + 2) / 2;
	int ok = in > 0 && in % STEP == 0 && out > 0 && out % STEP == 0 && border >= 0 && oh == h - 2 + 2 * border && ow == w - 2 + 2 * border &&
		has_shape(x, 4, (int64_t[]){1, h, w, in}) && has_shape(y, 4, (int64_t[]){1, oh, ow, out}) &&
		has_shape(weights, 4, (int64_t[]){POINTS, divide_up(out, PANEL), in, PANEL}) &&
		(third != BIAS || has_shape(other, 1, &out)) && (third != WHERE || has_shape(other, 4, x->dims));
	if (!ok) return refuse(f, "stylenet: a convolution of other shapes");
	convolution c = {.x = x->data, .weights = weights->data, .y = y->data, .h = h, .w = w, .in = in, .oh = oh, .ow = ow, .out = out, .border = border, .rectify = rectify};
	if (third == BIAS) c.bias = other->data;
	if (third == WHERE) c.where = other->data;
	return finish(f, convolve(c, pool_of(f)));
}

static void *call_plain(frame *f) { return call_convolve(f, NOTHING, 0); }
static void *call_bias(frame *f) { return call_convolve(f, BIAS, 0); }
static void *call_relu(frame *f) { return call_convolve(f, BIAS, 1); }
static void *call_where(frame *f) { return call_convolve(f, WHERE, 0); }

static void *call_gram(frame *f) {
	if (wants_metadata(f)) return 0;
	const buffer *x = buffer_of(&f->arguments, 0, 1), *y = buffer_of(&f->results, 0, 1);
	if (!x || x->rank != 2) return refuse(f, "stylenet: a Gram matrix of other arguments");
	int64_t n = x->dims[0], c = x->dims[1];
	if (n < 1 || c < 1 || c % PANEL || !has_shape(x, 2, x->dims) || !has_shape(y, 2, (int64_t[]){c, c}))
		return refuse(f, "stylenet: a Gram matrix of other shapes");
	return finish(f, gram(x->data, n, c, y->data, pool_of(f)));
}

static void *call_times(frame *f) {
	if (wants_metadata(f)) return 0;
	const buffer *x = buffer_of(&f->arguments, 0, 2), *matrix = buffer_of(&f->arguments, 1, 2), *y = buffer_of(&f->results, 0, 1);
	if (!x || x->rank != 2) return refuse(f, "stylenet: a product of other arguments");
	int64_t n = x->dims[0], c = x->dims[1];
	if (n < 1 || c < 1 || c % PANEL || !has_shape(x, 2, x->dims) || !has_shape(y, 2, x->dims) || !has_shape(matrix, 3, (int64_t[]){c / PANEL, c, PANEL}))
		return refuse(f, "stylenet: a product of other shapes");
	return finish(f, times(x->data, n, c, matrix->data, y->data, pool_of(f)));
}

const handler handlers[HANDLERS] = {{"stylenet_plain", call_plain}, {"stylenet_bias", call_bias}, {"stylenet_relu", call_relu},
	{"stylenet_where", call_where}, {"stylenet_gram", call_gram}, {"stylenet_times", call_times}};

// How custom calls of the kernels get into a program. GoMLX cannot write a custom call, so a graph calls a function named stylenet_….
// The plugin's table of functions has a hook in place of the plugin's compile: it turns these calls into custom calls, and then has
// Go, in programs.go, choose whether the plugin compiles the program or loads what it compiled before. The offsets are those of
// xla/pjrt/c/pjrt_c_api.h and pjrt_c_api_ffi_extension.h, version 0.106.

#include "compile_hook.h"
#include "kernels.h"
#include "xla.h"
#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach/mach.h>
#endif

typedef struct {
	size_t size;
	extension *extensions;
	char *code;
	size_t code_size;
	const char *format;
	size_t format_size;
} program;
_Static_assert(sizeof(program) == 48 && AT(program, code, 16) && AT(program, code_size, 24) && AT(program, format, 32) && AT(program, format_size, 40),
	"PJRT_Program: code 16, code_size 24, format 32, format_size 40");

struct compile_args {
	size_t size;
	extension *extensions;
	void *client;
	const program *program;
	const char *options;
	size_t options_size;
	void *executable; // out
};
_Static_assert(sizeof(compile_args) == 56 && AT(compile_args, client, 16) && AT(compile_args, program, 24) && AT(compile_args, options, 32) &&
	AT(compile_args, options_size, 40) && AT(compile_args, executable, 48),
	"PJRT_Client_Compile_Args: client 16, program 24, compile_options 32, compile_options_size 40, executable 48");

typedef struct {
	size_t size;
	extension *extensions;
	void *object;
} destroy_args;
_Static_assert(sizeof(destroy_args) == 24 && AT(destroy_args, object, 16), "PJRT_Error_Destroy_Args: error 16; PJRT_Executable_Destroy_Args: executable 16");

typedef struct {
	size_t size;
	extension *extensions;
	void *loaded;
	void *executable; // out
} get_executable_args;
_Static_assert(sizeof(get_executable_args) == 32 && AT(get_executable_args, loaded, 16) && AT(get_executable_args, executable, 24),
	"PJRT_LoadedExecutable_GetExecutable_Args: loaded_executable 16, executable 24");

typedef struct {
	size_t size;
	extension *extensions;
	void *executable;
	const char *bytes;       // out
	size_t bytes_size;       // out
	void *owner;             // out
	void (*free)(void *owner); // out
} serialize_args;
_Static_assert(sizeof(serialize_args) == 56 && AT(serialize_args, executable, 16) && AT(serialize_args, bytes, 24) && AT(serialize_args, bytes_size, 32) &&
	AT(serialize_args, owner, 40) && AT(serialize_args, free, 48),
	"PJRT_Executable_Serialize_Args: executable 16, serialized_bytes 24, serialized_bytes_size 32, serialized_executable 40, "
	"serialized_executable_deleter 48");

typedef struct {
	size_t size;
	extension *extensions;
	void *client;
	const char *bytes;
	size_t bytes_size;
	void *loaded; // out
	const char *options; // null: as it was compiled
	size_t options_size;
} load_args;
_Static_assert(sizeof(load_args) == 64 && AT(load_args, client, 16) && AT(load_args, bytes, 24) && AT(load_args, bytes_size, 32) && AT(load_args, loaded, 40) &&
	AT(load_args, options, 48) && AT(load_args, options_size, 56),
	"PJRT_Executable_DeserializeAndLoad_Args: client 16, serialized_executable 24, serialized_executable_size 32, loaded_executable 40, "
	"overridden_serialized_compile_options 48, overridden_serialized_compile_options_size 56");

typedef void *compile_function(compile_args *);

// Functions that return a pointer return an error, or null.
typedef struct {
	size_t size;
	extension *extensions;
	version version;
	void (*destroy_error)(destroy_args *);
	void *others0[19];
	compile_function *compile;
	void *others1[19];
	void *(*destroy_executable)(destroy_args *);
	void *others2[8];
	void *(*serialize)(serialize_args *);
	void *others3;
	void *(*get_executable)(get_executable_args *);
	void *others4[4];
	void *(*load)(load_args *);
} pjrt;
_Static_assert(AT(pjrt, version, 16) && AT(pjrt, destroy_error, 40) && AT(pjrt, compile, 200) && AT(pjrt, destroy_executable, 360) &&
	AT(pjrt, serialize, 432) && AT(pjrt, get_executable, 448) && AT(pjrt, load, 488),
	"PJRT_Api: pjrt_api_version 16, PJRT_Error_Destroy 40, PJRT_Client_Compile 200, PJRT_Executable_Destroy 360, PJRT_Executable_Serialize 432, "
	"PJRT_LoadedExecutable_GetExecutable 448, PJRT_Executable_DeserializeAndLoad 488");

typedef struct {
	size_t size;
	const char *name;
	size_t name_size;
	void *handler;
	const char *platform;
	size_t platform_size;
	int traits;
} register_args;
_Static_assert(sizeof(register_args) == 56 && AT(register_args, name, 8) && AT(register_args, name_size, 16) && AT(register_args, handler, 24) &&
	AT(register_args, platform, 32) && AT(register_args, platform_size, 40) && AT(register_args, traits, 48),
	"PJRT_FFI_Register_Handler_Args: target_name 8, target_name_size 16, handler 24, platform_name 32, platform_name_size 40, traits 48");

typedef struct {
	extension base;
	void *others[2];
	void *(*register_handler)(register_args *);
} ffi_extension;
_Static_assert(sizeof(ffi_extension) == 48 && AT(ffi_extension, register_handler, 40), "PJRT_FFI_Extension: register_handler 40");

enum { FFI = 5 }; // PJRT_Extension_Type_FFI

static int has_prefix(const char *text, size_t size, const char *prefix) { return size >= strlen(prefix) && !memcmp(text, prefix, strlen(prefix)); }

// with_custom_calls copies a program in which every
//
//	"func.call"(…) { callee = @stylenet_relu_7 } : …
//
// is a custom call of stylenet_relu, without these functions: nothing calls them now, and they are numbered by what the process has done
// before. It returns null where there is no memory.
static char *with_custom_calls(const char *code, size_t size, size_t *new_size) {
	static const char call[] = "\"func.call\"(", callee[] = "{ callee = @stylenet_", function[] = "  func.func @stylenet_", function_end[] = "\n  }\n";
	char *out = 0;
	FILE *to = open_memstream(&out, new_size);
	if (!to) return 0;
	for (const char *end = code + size; code < end;) {
		const char *line_end = memchr(code, '\n', end - code);
		line_end = line_end ? line_end + 1 : end;
		size_t n = line_end - code;
		const char *last = has_prefix(code, n, function) ? memmem(code, end - code, function_end, sizeof function_end - 1) : 0;
		if (last) {
			code = last + sizeof function_end - 1;
			continue;
		}
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

void *hooked_entry;
static const pjrt *plugin;
static compile_function *compile; // the plugin's own

void *compile_program(compile_args *args) { return compile(args); }

// succeeded tells whether a function of the plugin's returned no error, and frees the error.
static int succeeded(void *error) {
	if (!error) return 1;
	destroy_args args = {sizeof args, 0, error};
	plugin->destroy_error(&args);
	return 0;
}

int load_program(compile_args *args, const void *program, size_t size) {
	load_args load = {.size = sizeof load, .client = args->client, .bytes = program, .bytes_size = size};
	if (!succeeded(plugin->load(&load))) return 0;
	args->executable = load.loaded;
	return 1;
}

int serialize_program(const compile_args *args, serialized *s) {
	get_executable_args get = {.size = sizeof get, .loaded = args->executable};
	if (!succeeded(plugin->get_executable(&get))) return 0;
	serialize_args serialize = {.size = sizeof serialize, .executable = get.executable};
	int ok = succeeded(plugin->serialize(&serialize));
	if (ok) *s = (serialized){{serialize.bytes, serialize.bytes_size}, serialize.owner, serialize.free};
	destroy_args destroy = {sizeof destroy, 0, get.executable};
	succeeded(plugin->destroy_executable(&destroy));
	return ok;
}

void free_serialized(serialized *s) { s->free(s->owner); }

static void *compile_with_calls(compile_args *args) {
	const program *p = args->program;
	size_t size;
	char *code = p->format_size == 4 && !memcmp(p->format, "mlir", 4) ? with_custom_calls(p->code, p->code_size, &size) : 0;
	if (!code) return compile(args);
	program changed = *p;
	changed.code = code;
	changed.code_size = size;
	args->program = &changed;
	void *error = stylenet_compile(args, (bytes){code, size}, (bytes){args->options, args->options_size});
	args->program = p;
	free(code);
	return error;
}

// protection_of returns the protection of the page at an address, of PROT_READ and so on, or -1.
static int protection_of(const void *address) {
#ifdef __APPLE__
	vm_address_t at = (vm_address_t)address;
	vm_size_t size;
	vm_region_basic_info_data_64_t info;
	mach_msg_type_number_t count = VM_REGION_BASIC_INFO_COUNT_64;
	mach_port_t object;
	if (vm_region_64(mach_task_self(), &at, &size, VM_REGION_BASIC_INFO_64, (vm_region_info_t)&info, &count, &object)) return -1;
	return info.protection; // VM_PROT_READ and so on are the same numbers
#else
	FILE *maps = fopen("/proc/self/maps", "r");
	uintptr_t at = (uintptr_t)address, first, end;
	char rights[5];
	int protection = -1;
	while (maps && protection < 0 && fscanf(maps, "%" SCNxPTR "-%" SCNxPTR " %4s%*[^\n]", &first, &end, rights) == 3)
		if (first <= at && at < end)
			protection = (rights[0] == 'r' ? PROT_READ : 0) | (rights[1] == 'w' ? PROT_WRITE : 0) | (rights[2] == 'x' ? PROT_EXEC : 0);
	if (maps) fclose(maps);
	return protection;
#endif
}

// set_compile writes an entry of the plugin's table. If its page is not writable, it is so for that moment only. There is one page: an
// entry that is aligned does not cross the boundary of a page.
static const char *set_compile(compile_function **entry, compile_function *to) {
	int protection = protection_of(entry);
	if (protection < 0 || (uintptr_t)entry % sizeof *entry) return "the plugin's table is not where it can be written";
	uintptr_t page_size = sysconf(_SC_PAGESIZE);
	void *page = (void *)((uintptr_t)entry & -page_size);
	int writable = protection & PROT_WRITE;
	if (!writable && mprotect(page, page_size, protection | PROT_WRITE)) return "the plugin's table cannot be written";
	*entry = to;
	return !writable && mprotect(page, page_size, protection) ? "the plugin's table stays writable" : 0;
}

static const char *register_handlers(const pjrt *api) {
	extension *e = api->extensions;
	while (e && e->type != FFI) e = e->next;
	ffi_extension *ffi = (ffi_extension *)e;
	if (!ffi || e->size < sizeof *ffi) return "the plugin takes no functions";
	for (int i = 0; i < HANDLERS; i++) {
		register_args args = {sizeof args, handlers[i].name, strlen(handlers[i].name), handlers[i].call, "Host", 4, 0};
		if (ffi->register_handler(&args)) return "the plugin did not take a function";
	}
	return 0;
}

const char *install_hook(const char *path) {
	if (!can_compute()) return "this processor has neither AVX-512 nor AVX2";
	void *library = dlopen(path, RTLD_NOW | RTLD_NOLOAD); // GoMLX has loaded it
	if (!library) return dlerror();
	pjrt *(*get)(void) = (pjrt * (*)(void)) dlsym(library, "GetPjrtApi");
	if (!get) return dlerror();
	pjrt *api = get();
	if (api->size < sizeof *api || api->version.major != 0) return "the plugin is of another version";
	if (api->compile == compile_with_calls) return 0; // the same plugin by another name
	if (hooked_entry) return "another plugin has the kernels";
	const char *reason = register_handlers(api);
	if (reason) return reason;
	hooked_entry = &api->compile;
	plugin = api;
	compile = api->compile;
	return set_compile(&api->compile, compile_with_calls);
}

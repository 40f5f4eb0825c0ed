#pragma once

// What both ffi.c and compile_hook.c need of XLA's interfaces in C. Their structs begin with their size and a list of extensions, and
// new versions add members at the end. So a struct here may leave out the last members of the published one.

#include <stddef.h>
#include <stdint.h>

// AT is true where a member lies so many bytes from the start of its struct, as XLA's headers have it on 64-bit machines.
#define AT(type, member, offset) (offsetof(type, member) == offset)

typedef struct extension {
	size_t size;
	int type;
	struct extension *next;
} extension;
_Static_assert(sizeof(extension) == 24 && AT(extension, type, 8) && AT(extension, next, 16),
	"PJRT_Extension_Base and XLA_FFI_Extension_Base: struct_size 0, type 8, next 16");

typedef struct {
	size_t size;
	extension *extensions;
	int major, minor;
} version;
_Static_assert(sizeof(version) == 24 && AT(version, extensions, 8) && AT(version, major, 16) && AT(version, minor, 20),
	"PJRT_Api_Version and XLA_FFI_Api_Version: struct_size 0, extension_start 8, major_version 16, minor_version 20");

// A handler is the function that XLA calls for custom calls of this name.
struct frame;
typedef struct {
	const char *name;
	void *(*call)(struct frame *);
} handler;

enum { HANDLERS = 6 };
extern const handler handlers[HANDLERS];

#pragma once

#include <stddef.h>

// install_hook gives the kernels to the plugin in this file. It returns null, or why it could not.
const char *install_hook(const char *path);

// The entry of the plugin's table that has the hook, or null.
extern void *hooked_entry;

// What the hook was called with.
typedef struct compile_args compile_args;

typedef struct {
	const void *at;
	size_t size;
} bytes;

// stylenet_compile is in Go. It compiles a program, or loads it where it was compiled before, and returns the plugin's error, or null.
// It gets the program's text, in which the custom calls are, and the options.
void *stylenet_compile(compile_args *args, bytes code, bytes options);

// compile_program has the plugin compile the program, and returns the plugin's error, or null.
void *compile_program(compile_args *args);

// load_program loads a serialized program in place of compiling one. It tells whether the plugin could.
int load_program(compile_args *args, const void *program, size_t size);

typedef struct {
	bytes bytes;
	void *owner;
	void (*free)(void *owner);
} serialized;

// serialize_program serializes the program that was compiled. It tells whether the plugin could; free_serialized is due then.
int serialize_program(const compile_args *args, serialized *s);
void free_serialized(serialized *s);

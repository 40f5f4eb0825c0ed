//go:build linux

#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	LARGE = 32 << 20, // bytes: smaller blocks glibc keeps itself
	PAGE = 4096,      // large blocks begin with one, by which free knows most of the others
	SLOTS = 32,
};

// The large blocks that are known: in use, or freed and kept.
static struct {
	void *at; // NULL: none
	size_t size;
	int used;
} blocks[SLOTS];

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; // of blocks

static int c_memalign(void **block, size_t alignment, size_t size) {
	static int (*next)(void **, size_t, size_t);
	if (!next) next = dlsym(RTLD_NEXT, "posix_memalign");
	return next(block, alignment, size);
}

static void c_free(void *block) {
	static void (*next)(void *);
	if (!next) next = dlsym(RTLD_NEXT, "free");
	next(block);
}

static int switched_on(void) {
	const char *wish = getenv("STYLENET_KEEPARRAYS");
	return !wish || strcmp(wish, "0") != 0;
}

// in_use tells whether a block of a size is in use.
static int in_use(size_t size) {
	for (int i = 0; i < SLOTS; i++) if (blocks[i].at && blocks[i].used && blocks[i].size == size) return 1;
	return 0;
}

// take returns the kept block of a size; NULL: there is none. If none is in use either, another program's arrays are asked for,
// and all that was kept goes into old, to be freed.
static void *take(size_t size, void *old[SLOTS]) {
	for (int i = 0; i < SLOTS; i++) {
		if (blocks[i].at && !blocks[i].used && blocks[i].size == size) {
			blocks[i].used = 1;
			return blocks[i].at;
		}
	}
	if (in_use(size)) return NULL;
	for (int i = 0; i < SLOTS; i++) {
		if (blocks[i].at && !blocks[i].used) {
			old[i] = blocks[i].at;
			blocks[i].at = NULL;
		}
	}
	return NULL;
}

// learn makes a block known, if there is room.
static void learn(void *block, size_t size) {
	for (int i = 0; i < SLOTS; i++) {
		if (blocks[i].at) continue;
		blocks[i].at = block;
		blocks[i].size = size;
		blocks[i].used = 1;
		return;
	}
}

// keep tells whether a freed block is kept: if it is known, has the size still, which realloc may have changed, and no other one
// is in use. So a step that begins before the memory of the one before is free does not make two of it stay.
static int keep(void *block) {
	for (int i = 0; i < SLOTS; i++) {
		if (blocks[i].at != block) continue;
		blocks[i].used = 0;
		if (malloc_usable_size(block) >= blocks[i].size && !in_use(blocks[i].size)) return 1;
		blocks[i].at = NULL;
	}
	return 0;
}

// posix_memalign hands out a large block that was kept, as it was left, or a new one.
int posix_memalign(void **block, size_t alignment, size_t size) {
	if (size < LARGE || !alignment || PAGE % alignment || !switched_on()) return c_memalign(block, alignment, size);
	void *old[SLOTS] = {NULL};
	pthread_mutex_lock(&mutex);
	void *kept = take(size, old);
	pthread_mutex_unlock(&mutex);
	if (kept) {
		*block = kept;
		return 0;
	}
	for (int i = 0; i < SLOTS; i++) c_free(old[i]);
	int failed = c_memalign(block, PAGE, size);
	if (failed) return failed;
	pthread_mutex_lock(&mutex);
	learn(*block, size);
	pthread_mutex_unlock(&mutex);
	return 0;
}

// free keeps a large block, or frees it.
void free(void *block) {
	int kept = 0;
	if (block && (uintptr_t)block % PAGE == 0) {
		pthread_mutex_lock(&mutex);
		kept = keep(block);
		pthread_mutex_unlock(&mutex);
	}
	if (!kept) c_free(block);
}

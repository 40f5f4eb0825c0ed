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
	SLOTS = 16,       // a step's scratch memory, picture and optimiser's state, on four devices
};

static void *kept[SLOTS]; // freed blocks; NULL: none
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; // of kept

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

// posix_memalign hands out a block that was kept, if it has the size, as it was left. If none has, another program's arrays are
// asked for, and the blocks of the one before are given back.
int posix_memalign(void **block, size_t alignment, size_t size) {
	if (size < LARGE || !alignment || PAGE % alignment) return c_memalign(block, alignment, size);
	void *found = NULL, *old[SLOTS] = {NULL};
	pthread_mutex_lock(&mutex);
	for (int i = 0; i < SLOTS && !found; i++) {
		size_t room = kept[i] ? malloc_usable_size(kept[i]) : 0;
		if (size <= room && room <= size + 2 * PAGE) {
			found = kept[i];
			kept[i] = NULL;
		}
	}
	if (!found) {
		memcpy(old, kept, sizeof kept);
		memset(kept, 0, sizeof kept);
	}
	pthread_mutex_unlock(&mutex);
	for (int i = 0; i < SLOTS; i++) c_free(old[i]);
	if (!found) return c_memalign(block, PAGE, size);
	*block = found;
	return 0;
}

// free keeps a large block.
void free(void *block) {
	if (block && (uintptr_t)block % PAGE == 0 && malloc_usable_size(block) >= LARGE && switched_on()) {
		pthread_mutex_lock(&mutex);
		for (int i = 0; i < SLOTS && block; i++) {
			if (!kept[i]) {
				kept[i] = block;
				block = NULL;
			}
		}
		pthread_mutex_unlock(&mutex);
	}
	c_free(block);
}

#pragma once

#include <stdint.h>

// A pool hands a task to another thread, now or later; it returns 0 if it does not.
typedef struct {
	int64_t threads;
	int (*hand)(void *self, void (*task)(void *), void *data);
	void *self;
} pool;

// A part of something, the i-th, with room for as many numbers as share was told.
typedef void part(const void *what, int64_t i, float *room);

// share has so many parts done by this thread and those of the pool. It returns 0 if there is no memory for them.
int share(part *do_part, const void *what, int64_t parts, int64_t room, pool p);

// threads_of returns how many threads of a pool there are processors for, at least 1.
int64_t threads_of(pool p);

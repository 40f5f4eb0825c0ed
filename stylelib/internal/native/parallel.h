#pragma once

#include <stdint.h>

// A pool is a thread pool. schedule has one of its threads call a function, now or later; it returns 0 if the pool does not take it.
typedef struct {
	int64_t threads;
	int (*schedule)(void *self, void (*function)(void *), void *data);
	void *self;
} pool;

// A task is one of many that do not wait for each other: the i-th, with a scratch buffer.
typedef void task(const void *args, int64_t i, float *scratch);

// parallel_for does the tasks from 0 to n - 1, on this thread and the pool's. Each has a scratch buffer of so many numbers. It returns 0
// if there is no memory for them.
int parallel_for(task *do_task, const void *args, int64_t n, int64_t scratch, pool p);

// threads_of returns how many of a pool's threads the processors can run at once, at least 1.
int64_t threads_of(pool p);

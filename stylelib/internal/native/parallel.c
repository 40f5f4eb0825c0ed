#include "parallel.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

// A job is all tasks of one parallel_for. A thread of the pool may come when all are done, so the last thread frees the job.
typedef struct {
	task *do_task;
	const void *args;
	int64_t n, scratch;
	atomic_long next, done, users; // tasks begun and done, threads that have the job
	atomic_int failed;
} job;

// A thread keeps its scratch buffer for the next task. (Go's own linker, which notebooks' cells use, knows no __thread variables.)
typedef struct {
	int64_t numbers;
	_Alignas(64) float at[];
} scratch_buffer;

static pthread_key_t scratch_key;
static pthread_once_t scratch_once = PTHREAD_ONCE_INIT;
static void make_scratch_key(void) { pthread_key_create(&scratch_key, free); }

static float *scratch_of(int64_t numbers) {
	pthread_once(&scratch_once, make_scratch_key);
	scratch_buffer *s = pthread_getspecific(scratch_key);
	if (s && s->numbers >= numbers) return s->at;
	free(s);
	void *block = 0;
	s = posix_memalign(&block, 64, sizeof *s + numbers * sizeof *s->at) ? 0 : block;
	pthread_setspecific(scratch_key, s);
	if (!s) return 0;
	s->numbers = numbers;
	return s->at;
}

static void do_tasks(job *j) {
	for (int64_t i; (i = atomic_fetch_add(&j->next, 1)) < j->n; atomic_fetch_add(&j->done, 1)) {
		float *scratch = scratch_of(j->scratch);
		if (scratch)
			j->do_task(j->args, i, scratch);
		else
			atomic_store(&j->failed, 1);
	}
}

static void release(job *j) {
	if (atomic_fetch_sub(&j->users, 1) == 1) free(j);
}

static void run_in_pool(void *data) {
	do_tasks(data);
	release(data);
}

int64_t threads_of(pool p) {
	int64_t processors = sysconf(_SC_NPROCESSORS_ONLN), threads = p.threads < processors ? p.threads : processors;
	return threads < 1 ? 1 : threads;
}

int parallel_for(task *do_task, const void *args, int64_t n, int64_t scratch, pool p) {
	job *j = calloc(1, sizeof *j);
	if (!j) return 0;
	j->do_task = do_task;
	j->args = args;
	j->n = n;
	j->scratch = scratch;
	atomic_store(&j->users, 1);
	int64_t threads = threads_of(p);
	for (int64_t i = 1; i < threads && i < n; i++) {
		atomic_fetch_add(&j->users, 1);
		if (!p.schedule(p.self, run_in_pool, j)) release(j);
	}
	do_tasks(j);
	while (atomic_load(&j->done) < n) sched_yield();
	int ok = !atomic_load(&j->failed);
	release(j);
	return ok;
}

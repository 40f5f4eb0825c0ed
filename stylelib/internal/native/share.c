#include "share.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

// A job is known to those who do its parts, and to those who will come when nothing is left to do.
typedef struct {
	part *do_part;
	const void *what;
	int64_t parts, room;
	atomic_long next, done, holders; // parts begun and finished, threads that know the job
	atomic_int failed;
} job;

// A thread keeps its room for the next part. (A __thread variable is nothing for Go's own linker, which notebooks' cells use.)
typedef struct {
	int64_t numbers;
	_Alignas(64) float at[];
} room;

static pthread_key_t room_key;
static pthread_once_t room_once = PTHREAD_ONCE_INIT;
static void make_room_key(void) { pthread_key_create(&room_key, free); }

static float *room_for(int64_t numbers) {
	pthread_once(&room_once, make_room_key);
	room *r = pthread_getspecific(room_key);
	if (r && r->numbers >= numbers) return r->at;
	free(r);
	void *block = 0;
	r = posix_memalign(&block, 64, sizeof *r + numbers * sizeof *r->at) ? 0 : block;
	pthread_setspecific(room_key, r);
	if (!r) return 0;
	r->numbers = numbers;
	return r->at;
}

// work does parts until none is left.
static void work(job *j) {
	for (int64_t i; (i = atomic_fetch_add(&j->next, 1)) < j->parts; atomic_fetch_add(&j->done, 1)) {
		float *at = room_for(j->room);
		if (at)
			j->do_part(j->what, i, at);
		else
			atomic_store(&j->failed, 1);
	}
}

static void let_go(job *j) {
	if (atomic_fetch_sub(&j->holders, 1) == 1) free(j);
}

static void help(void *data) {
	work(data);
	let_go(data);
}

int64_t threads_of(pool p) {
	int64_t processors = sysconf(_SC_NPROCESSORS_ONLN), threads = p.threads < processors ? p.threads : processors;
	return threads < 1 ? 1 : threads;
}

int share(part *do_part, const void *what, int64_t parts, int64_t room, pool p) {
	job *j = calloc(1, sizeof *j);
	if (!j) return 0;
	j->do_part = do_part;
	j->what = what;
	j->parts = parts;
	j->room = room;
	atomic_store(&j->holders, 1);
	int64_t threads = threads_of(p);
	for (int64_t i = 1; i < threads && i < parts; i++) {
		atomic_fetch_add(&j->holders, 1);
		if (!p.hand(p.self, help, j)) let_go(j);
	}
	work(j);
	while (atomic_load(&j->done) < parts) sched_yield();
	int ok = !atomic_load(&j->failed);
	let_go(j);
	return ok;
}

// Calls the posix_memalign and free of heap.c, with which it is linked, and prints what differs from what is expected.
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MB = 1 << 20 };

static int failed;

static void expect(int holds, const char *what) {
	if (holds) return;
	printf("not so: %s\n", what);
	failed = 1;
}

static char *take(size_t alignment, size_t size) {
	void *block = NULL;
	expect(posix_memalign(&block, alignment, size) == 0, "there is memory");
	expect((uintptr_t)block % alignment == 0, "a block is aligned");
	return block;
}

// mapped tells whether the page of an address belongs to the process. Of one that does not, mincore says ENOMEM.
static int mapped(char *at) {
	unsigned char there;
	return mincore((void *)((uintptr_t)at / 4096 * 4096), 1, &there) == 0;
}

// zeros tells whether a block is as Linux hands it out.
static int zeros(char *block, size_t size) {
	for (size_t i = 0; i < size; i++) if (block[i]) return 0;
	return 1;
}

// beside takes and frees blocks of its own and looks whether another thread writes into them.
static void *beside(void *mark) {
	for (int i = 0; i < 100000; i++) {
		size_t size = (40 + i / 1000 % 3) * MB;
		char *block = take(64, size);
		block[0] = block[size / 2] = block[size - 1] = *(char *)mark;
		sched_yield();
		expect(block[0] == *(char *)mark && block[size / 2] == *(char *)mark && block[size - 1] == *(char *)mark, "a block is one thread's alone");
		free(block);
	}
	return NULL;
}

int main(int argc, char **argv) {
	char *first = take(64, 100 * MB);
	memset(first, 7, 100 * MB);
	free(first);
	if (argc > 1) { // switched off
		expect(!mapped(first + 50 * MB), "a block that is not kept is given back");
		return failed;
	}
	expect(mapped(first + 50 * MB), "a freed block is kept");
	char *second = take(64, 100 * MB), *third = take(64, 100 * MB);
	expect(second == first && second[0] == 7 && second[100 * MB - 1] == 7, "the next of its size is the kept one");
	expect(third != second && zeros(third, 100 * MB), "a kept block is handed out once");
	third[0] = 8;
	free(second);
	expect(!mapped(second + 50 * MB), "a block is given back while another of its size is in use");
	free(third);
	expect(mapped(third + 50 * MB), "the last one is kept");

	free(take(64, 20 * MB));
	expect(mapped(third + 50 * MB), "small blocks leave it alone");
	char *picture = take(64, 40 * MB);
	expect(!mapped(third + 80 * MB), "another size gives it back");
	char *scratch = take(64, 100 * MB);
	scratch[0] = 9;
	free(scratch);
	char *next = take(64, 40 * MB);
	free(picture);
	expect(take(64, 100 * MB) == scratch && scratch[0] == 9, "another size of which one is in use does not");
	free(next);

	char *large = take(64, 300 * MB), *small = realloc(large, 90 * MB);
	free(small);
	large = take(64, 300 * MB);
	expect(zeros(large, 300 * MB), "what realloc made small is not kept as large");
	large = realloc(large, 600 * MB);
	memset(large, 1, 600 * MB);
	free(large);
	large = take(64, 600 * MB);
	memset(large, 2, 600 * MB);
	free(large);

	void *odd = NULL;
	expect(posix_memalign(&odd, 48, 100 * MB) != 0, "48 is no alignment");
	free(take(2 * MB, 100 * MB));
	free(NULL);

	char *many[60]; // more than are known
	for (int i = 0; i < 60; i++) many[i] = take(64, 33 * MB);
	for (int i = 0; i < 60; i++) free(many[i]);
	int left = 0;
	for (int i = 0; i < 60; i++) left += mapped(many[i] + 16 * MB);
	expect(left == 1, "one of many is kept");

	pthread_t threads[4];
	for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, beside, &"abcd"[i]);
	for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
	return failed;
}

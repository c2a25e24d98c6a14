/*
 * For whoever looks at it in the monitor, on several CPUs: a child counts on another one while its parent has a break instruction
 * behind it. It stands still meanwhile, so it has not come far.
 */
#include "fork.h"
#include "mos.h"

struct shared {
	u32 ends, count;
};
#define shared ((volatile struct shared *)AREA)

/* Instructions that another CPU of GXemul carries out at a time, and again. */
enum { FAR = 2 * 8280 };

void start(void)
{
	u32 before, count;
	int id;
	call3(mem_alloc, 0, shared, RW | PTE_LIBRARY);
	id = fork();
	if (id == 0) {
		while (!shared->ends)
			shared->count++;
		exit();
	}
	while (!shared->count)
		;
	before = shared->count;
	__asm__ volatile("break");
	count = shared->count - before;
	shared->ends = 1;
	expect("counted while nobody runs", count / FAR, 0);
	wait(id);
	finish("cheld");
}

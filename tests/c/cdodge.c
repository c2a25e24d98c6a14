/*
 * Gives way just before each tick, to a child that never does: that has as many time slices all the same. How long a
 * slice is shows at the start, where both use up theirs.
 */
#include "fork.h"
#include "mos.h"

#define DONE (*(volatile u32 *)0x5f000000)	/* what the child has done */

enum { SLICES = 8, TURNS = 64 };

static const volatile struct Env *me;

/* Goes round so many times, or until another has had its turn. Returns how often it has. */
static u32 __attribute__((noinline, noclone)) work(u32 most)
{
	u32 runs = me->env_runs, n = 0;
	while (n < most && me->env_runs == runs)
		n++;
	return n;
}

void start(void)
{
	u32 slice, each, done, i;
	int child;
	me = &envs[ENVX(call0(getenvid))];
	call3(mem_alloc, 0, &DONE, RW | PTE_LIBRARY);
	child = fork();
	if (child == 0)
		for (;;)
			DONE++;
	work(-1);			/* from here on by whole turns */
	done = DONE;
	for (i = 0; i < SLICES; i++)
		slice = work(-1);
	each = (DONE - done) / SLICES;
	expect("the child works", each > 100, 1);
	done = DONE;
	for (i = 0; i < TURNS; i++) {
		work(slice - slice / 16);
		yield();
	}
	done = DONE - done;
	expect("the child has its slices", done / each >= TURNS - TURNS / 16, 1);
	call1(env_destroy, child);
	finish("cdodge");
}

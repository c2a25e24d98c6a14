/*
 * The kernel's memory cannot be reached, not even the pages that it has just used. (GXemul translates
 * kseg0 for a program where it still has the kernel's translation at hand, unless the kernel makes it
 * forget on each return.)
 */
#include "hostile.h"

enum { MEMORY = 64 << 20 };

/* What the kernel does on the way: calls, a refill, a fault of demand, a copy-on-write fault. */
static void exercise_kernel(void)
{
	static volatile u32 ours;
	u32 va;
	ours = 1;
	call3(mem_alloc, 0, AREA, RW);
	for (va = AREA; va < AREA + 20 * PAGE; va += PAGE)
		*(volatile u32 *)va = va;
	call5(mem_map, 0, AREA, 0, AREA + PAGE, PTE_V);
	call4(ipc_can_send, 0, 0, 0, 0);
	yield();
}

static void load(u32 va)
{
	exercise_kernel();
	(void)*(volatile u32 *)va;
}

static void store(u32 va)
{
	exercise_kernel();
	*(volatile u32 *)va = 0;
}

/* The access comes right behind a call, in the same page of code. */
static void load_after_call(u32 va)
{
	exercise_kernel();
	call0(getenvid);
	(void)*(volatile u32 *)va;
}

/* The access comes right behind a refill, without the kernel's other exits. */
static void load_after_refill(u32 va)
{
	u32 other;
	exercise_kernel();
	for (other = UPAGES; other < UPAGES + 40 * PAGE; other += PAGE)
		(void)*(volatile u32 *)other;
	(void)*(volatile u32 *)va;
}

static void jump(u32 va)
{
	exercise_kernel();
	((void (*)(void))va)();
}

static void page(u32 offset)
{
	const struct act acts[] = {
		{ "load", load, 0x80000000 + offset, ENDS },
		{ "load after a call", load_after_call, 0x80000000 + offset, ENDS },
		{ "load after a refill", load_after_refill, 0x80000000 + offset, ENDS },
		{ "store", store, 0x80000000 + offset, ENDS },
		{ "jump", jump, 0x80000000 + offset, ENDS },
		{ "uncached load", load, 0xa0000000 + offset, ENDS },
	};
	int before = failed;
	TRY_ALL(acts);
	if (failed != before)
		print("... page %x\n", offset >> 12);
}

void start(void)
{
	u32 offset, step = PAGE;
	begin();
	/* All pages of vectors, code and data; then fewer and fewer, as it is all the same up there. */
	for (offset = 0; offset < MEMORY; offset += step) {
		page(offset);
		if (offset >= 96 * PAGE)
			step = 128 * PAGE;
	}
	conclude("ckernel");
}

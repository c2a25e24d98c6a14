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
	u32 va;
	failed = 0;			/* our own copy of the page, this being a child */
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

/* The same with frames that the kernel used for us a moment ago, found in our own page table. */

#define FRAME(va) (0x80000000 | (vpt[VPN(va)] & -PAGE))

static void store_to_frame_of(u32 va)
{
	u32 target = FRAME(va);
	store(target);
}

static void load_frame_after_refill(u32 va)
{
	u32 target = FRAME(va);
	load_after_refill(target);
}

static void jump_to_frame_of(u32 va)
{
	u32 target = FRAME(va);
	jump(target);
}

static const struct act own_frames[] = {
	{ "store to the frame of a page", store_to_frame_of, (u32)&own_frames, ENDS },
	{ "store to a page table", store_to_frame_of, UVPT + (UTEXT >> 10), ENDS },
	{ "store to the page table of the views", store_to_frame_of, UVPT + (UPAGES >> 10), ENDS },
	{ "store to the page directory", store_to_frame_of, UVPT + (UVPT >> 10), ENDS },
	{ "store to the table of environments", store_to_frame_of, UENVS, ENDS },
	{ "load of a page table", load_frame_after_refill, UVPT + (UTEXT >> 10), ENDS },
	{ "load of the page table of the views", load_frame_after_refill,
	  UVPT + (UPAGES >> 10), ENDS },
	{ "load of the page directory", load_frame_after_refill, UVPT + (UVPT >> 10), ENDS },
	{ "load of the table of environments", load_frame_after_refill, UENVS, ENDS },
	{ "jump to code by its frame", jump_to_frame_of, UTEXT, ENDS },
};

void start(void)
{
	u32 offset, step = PAGE;
	begin();
	/* All pages of vectors, code and data; above, a sample. */
	for (offset = 0; offset < MEMORY; offset += step) {
		page(offset);
		if (offset >= 96 * PAGE)
			step = 128 * PAGE;
	}
	TRY_ALL(own_frames);
	conclude("ckernel");
}

/*
 * mem_share over pages that the target has already shares nothing, and is work all the same: interrupts do not wait for the
 * end of it. Where one has come in, the call returns how far it came.
 */
#include "fork.h"
#include "mos.h"

/* A frame can be mapped at twice as many, or nearly: a child has them too. */
enum { PAGES = 32000, STUCK = 60, TRIES = 5000 };
#define END (AREA + PAGES * PAGE)

/* Calls until all is done. Counts the calls, and those that came no further. */
static void share_all(u32 id, u32 *calls, u32 *stuck)
{
	u32 from = AREA, to;
	for (*calls = *stuck = 0; from < END && *stuck < STUCK; from = to) {
		to = call3(mem_share, id, from, END);
		++*calls;
		*stuck += to <= from || to > END;
	}
}

void start(void)
{
	u32 va, calls, stuck, tries, wrong = 0, child;
	expect("mem_alloc", call3(mem_alloc, 0, AREA, RW | PTE_LIBRARY), 0);
	for (va = AREA + PAGE; va < END; va += PAGE)
		wrong += call5(mem_map, 0, AREA, 0, va, RW | PTE_LIBRARY) != 0;
	expect("pages that could not be mapped", wrong, 0);

	/* Each time the whole of it takes some time slices on malta; on GXemul, whose clock is the host's, a small part of one. */
	for (tries = calls = stuck = 0; tries < TRIES && calls < 2 && stuck == 0; tries++)
		share_all(0, &calls, &stuck);
	expect("one call after an interrupt has come", calls > 1, 1);
	expect("calls that came no further", stuck, 0);

	child = call0(env_alloc);
	share_all(child, &calls, &stuck);
	expect("calls that came no further, for a child", stuck, 0);
	expect("mappings of the frame", pages[VPN(vpt[VPN(AREA)])].pp_ref, 2 * PAGES);
	call1(env_destroy, child);
	for (va = AREA, wrong = 0; va < END; va += PAGE)
		wrong += vpt[VPN(va)] != vpt[VPN(AREA)];
	expect("pages that are not what they were", wrong, 0);
	finish("cshare");
}

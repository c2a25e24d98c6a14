/*
 * The window on the page tables at UVPT, read as the courses' own programs do: vpt[VPN(va)] without a look at vpd first.
 */
#include "fork.h"
#include "mos.h"

enum { TABLES = 1024, SPAN = 1 << 22, FAR = 0x20000000, ODD = FAR + SPAN, LATER = FAR + 2 * SPAN };

static void expect_entry(const char *what, u32 va, u32 flags)
{
	expect(what, vpt[VPN(va)] & 0xfff, flags);
}

/* A bit for each kind of word that the window must not show. */
static u32 look_around(void)
{
	u32 wrong = 0, i;
	for (i = 0; i < TABLES; i++) {
		u32 first = vpt[i * TABLES], last = vpt[i * TABLES + TABLES - 1];
		if (i < TABLES / 2 ? !(vpd[i] & PTE_V) && (first || last) : first || last)
			wrong |= 1;			/* not zero, and no table */
		if (i >= TABLES / 2 && (vpd[i] & PTE_V))
			wrong |= 2;			/* valid, for an address of the kernel's */
	}
	return wrong;
}

/* Its own tables, not its parent's: FAR has no table here. */
static void child(void)
{
	expect_entry("no table of the parent's", FAR, 0);
	expect("the child's window", look_around(), 0);
	*(volatile u32 *)LATER = 1;
	expect_entry("a page on demand", LATER, RW);
	print("cviews: the child stores\n");
	vpt[VPN(FAR)] = RW;
	print("FAILED the child has stored\n");
	exit();
}

void start(void)
{
	int id;
	expect_entry("no table", FAR, 0);
	expect_entry("none for its neighbour", ODD, 0);
	expect("mem_alloc", call3(mem_alloc, 0, ODD, RW), 0);
	expect_entry("the new table", ODD, RW);
	expect_entry("still none for its neighbour", FAR, 0);
	expect("the window", look_around(), 0);
	expect("the window again", look_around(), 0);
	expect("mem_alloc", call3(mem_alloc, 0, FAR, PTE_V), 0);
	expect_entry("the other new table", FAR, PTE_V);
	expect_entry("the first one", ODD, RW);
	expect("mem_unmap", call2(mem_unmap, 0, FAR), 0);
	expect_entry("what was unmapped", FAR, 0);

	id = fork();
	if (id == 0)
		child();
	wait(id);
	expect("the parent's window", look_around(), 0);
	finish("cviews");
}

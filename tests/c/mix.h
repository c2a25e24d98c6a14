/*
 * What the environments of `cmix` have: pages, of which some come and go; a handler of stores and of exceptions; children.
 */
#ifndef MIX_H
#define MIX_H

#include "mos.h"

enum { WORKERS = 4, ALL = 2 * WORKERS, PARENT = ALL, PAGES = 20 };

struct shared {
	u32 ids[ALL + 1];		/* workers, the child that each of them has or 0, and the parent */
	u32 ends[WORKERS];		/* which of the workers are to end */
	u32 reserve;			/* pages that the parent keeps, from this one on */
	u32 seed, calls, digest, messages, parcels, faults, batched;
};
#define shared ((volatile struct shared *)0x5f000000)

#define RESERVE 0x10000000u		/* the parent has here what would be free otherwise */
#define FIRST (AREA + 0x3f6000)		/* the pages, across the end of a page table */

#include "random.h"

static u32 area(u32 n) { return FIRST + n * PAGE; }
static int in_area(u32 va) { return va - FIRST < PAGES * PAGE; }

/* A page, which is there more often than not, or an address that is none. */
static u32 page(void)
{
	static const u32 odd[] = { UTOP, ULIM, 0xfffffffc, AREA, AREA + 0x2000000, UENVS, UPAGES, UVPT };
	u32 va = area(draw(PAGES));
	if (draw(40) == 0)
		return odd[draw(sizeof(odd) / sizeof(*odd))];
	for (int i = 0; i < 3 && !(entry(va) & PTE_V); i++)
		va = area(draw(PAGES));
	return va + (draw(8) ? 0 : draw(PAGE));
}

static u32 flags(void)
{
	u32 perm = draw(3) ? RW : PTE_V;
	if (draw(4) == 0)
		perm |= draw(8);
	if (draw(24) == 0)
		perm ^= 1 << draw(32);
	return perm;
}

/* Anybody, now and then one that has not been yet. */
static u32 anybody(void)
{
	u32 id = shared->ids[draw(ALL + 1)];
	return draw(16) ? id : draw(2) ? id + (draw(3) << 11) : 0;
}

/* As a call has it that is about family. */
static u32 family(u32 n)
{
	u32 child = n < WORKERS ? shared->ids[n + WORKERS] : 0;
	switch (draw(8)) {
	case 0:
		return anybody();
	case 1:
		return shared->ids[n];
	case 2 ... 4:
		return child;
	default:
		return 0;
	}
}

void handler(void);
__asm__(
"	.set	noreorder\n"
"	.set	noat\n"
"handler:\n"
"	move	$4, $29\n"
"	jal	handle\n"
"	addiu	$29, $29, -16\n"
"	addiu	$29, $29, 16\n"
"	lw	$2, 132($29)\n"
"	lw	$3, 136($29)\n"
"	mthi	$2\n"
"	mtlo	$3\n"
"	.irp	n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,28,30,31\n"
"	lw	$\\n, 4 * \\n ($29)\n"
"	.endr\n"
"	lw	$26, 148($29)\n"
"	nop\n"
"	jr	$26\n"
"	lw	$29, 116($29)\n"
"	.set	at\n"
"	.set	reorder\n");

/* Copies what is copy-on-write. Other accesses to these pages are skipped, or find a page; nothing else raises anything. */
void handle(struct Trapframe *tf)
{
	static struct msg m;
	u32 va = tf->cp0_badvaddr & -PAGE, code = tf->cp0_cause >> 2 & 31, perm = entry(va) & 0xfff;
	int is_store = code == 1, is_access = code < 6;
	shared->faults++;
	note(code);
	if (is_access)
		note(tf->cp0_badvaddr);
	if (is_access && in_area(va) && draw(8) == 0)
		note(draw(2) ? msg(&m, anybody(), 0, code, 0, 0) : call4(ipc_can_send, anybody(), code, va, flags()));
	if (is_store && (perm & (PTE_COW | PTE_R)) == (PTE_COW | PTE_R)) {
		if (call4(mem_copy, va, 0, va, perm & ~PTE_COW) == 0)
			return;
		if (call0(getenvid) == (int)shared->ids[PARENT]) {
			/* It has to go on, and has kept enough. */
			call2(mem_unmap, 0, shared->reserve);
			shared->reserve += PAGE;
			return;
		}
	}
	if (is_store && !in_area(va))
		exit();
	if (is_store || !is_access || va >= UTOP || draw(3) == 0 || call3(mem_alloc, 0, va, RW) < 0)
		tf->cp0_epc += 4;
}

/* A store that may raise something, and a load; neither is in a delay slot. */
static void store(u32 va, u32 word)
{
	__asm__ volatile(".set noreorder\n	sw %0, 0(%1)\n	nop\n	.set reorder" : : "r"(word), "r"(va) : "memory");
}

static u32 load(u32 va)
{
	u32 word = va;
	__asm__ volatile(".set noreorder\n	lw %0, 0(%1)\n	nop\n	.set reorder" : "+r"(word) : "r"(va) : "memory");
	return word;
}

static int share(u32 child, u32 from, u32 to)
{
	while (from < to) {
		int next = call3(mem_share, child, from, to);
		if (next < 0)
			return next;
		from = next;
	}
	return 0;
}

static int set_handler(u32 id)
{
	int r = call3(mem_alloc, id, XSTACK, RW);
	return r < 0 ? r : call3(set_pgfault_handler, id, handler, UXSTACKTOP);
}

/* A child that goes on here. */
static int __attribute__((noinline)) fork(void)
{
	int r, child = call0(env_alloc);
	if (child <= 0)
		return child;
	r = share(child, UTEXT, RESERVE);
	if (r == 0)
		r = share(child, AREA, USTACKTOP);
	if (r == 0)
		r = set_handler(child);
	if (r == 0)
		r = call2(set_env_status, child, ENV_RUNNABLE);
	if (r == 0)
		return child;
	call1(env_destroy, child);
	return r;
}

#endif

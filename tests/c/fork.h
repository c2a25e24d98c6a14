/*
 * Copy-on-write fork in the way of the course's C programs: the page-fault entry of assembly, what makes the copy, what maps a
 * page for the child, fork. The names are not those of the course, since programs may have these themselves.
 */
#ifndef FORK_H
#define FORK_H

#include "abi.h"

void __asm_pgfault_handler(void);
void cow_fault(u32 va, struct Trapframe *tf);

/* Who hears of the other faults, if anybody, and of which exceptions beside stores: bits as in set_exception_handler. */
static void (*fork_others)(u32 va, struct Trapframe *tf);
static u32 fork_kinds;

/*
 * As old programs have it, assembled with .set noreorder: EPC is written with mtc0, which the kernel
 * skips in user mode, and nothing stands between the load of k0 and the jump.
 */
__asm__(
"	.set	noreorder\n"
"	.set	noat\n"
"	.globl	__asm_pgfault_handler\n"
"__asm_pgfault_handler:\n"
"	lw	$a0, 140($sp)\n"	/* badvaddr */
"	move	$a1, $sp\n"		/* the trapframe */
"	addiu	$sp, $sp, -16\n"
"	jal	cow_fault\n"
"	nop\n"
"	addiu	$sp, $sp, 16\n"
"	lw	$v1, 136($sp)\n"
"	lw	$v0, 132($sp)\n"
"	mtlo	$v1\n"
"	lw	$v1, 148($sp)\n"
"	mthi	$v0\n"
"	mtc0	$v1, $14\n"
"	lw	$31, 124($sp)\n"
"	lw	$30, 120($sp)\n"
"	lw	$28, 112($sp)\n"
"	lw	$25, 100($sp)\n"
"	lw	$24, 96($sp)\n"
"	lw	$23, 92($sp)\n"
"	lw	$22, 88($sp)\n"
"	lw	$21, 84($sp)\n"
"	lw	$20, 80($sp)\n"
"	lw	$19, 76($sp)\n"
"	lw	$18, 72($sp)\n"
"	lw	$17, 68($sp)\n"
"	lw	$16, 64($sp)\n"
"	lw	$15, 60($sp)\n"
"	lw	$14, 56($sp)\n"
"	lw	$13, 52($sp)\n"
"	lw	$12, 48($sp)\n"
"	lw	$11, 44($sp)\n"
"	lw	$10, 40($sp)\n"
"	lw	$9, 36($sp)\n"
"	lw	$8, 32($sp)\n"
"	lw	$7, 28($sp)\n"
"	lw	$6, 24($sp)\n"
"	lw	$5, 20($sp)\n"
"	lw	$4, 16($sp)\n"
"	lw	$3, 12($sp)\n"
"	lw	$2, 8($sp)\n"
"	lw	$1, 4($sp)\n"
"	lw	$k0, 148($sp)\n"
"	jr	$k0\n"
"	lw	$sp, 116($sp)\n"
"	.set	at\n"
"	.set	reorder\n");

/* Gives us a copy of our own of a copy-on-write page. Any other fault is that of `fork_others`, or ends us. */
void cow_fault(u32 va, struct Trapframe *tf)
{
	u32 perm = vpt[VPN(va)] & 0xfff, i;
	if ((perm & (PTE_COW | PTE_R)) != (PTE_COW | PTE_R)) {
		if (!fork_others)
			exit();
		fork_others(va, tf);
		return;
	}
	va &= -PAGE;
	if (call3(mem_alloc, 0, PFTEMP, RW) < 0)
		exit();
	for (i = 0; i < PAGE; i += 4)
		*(u32 *)(PFTEMP + i) = *(u32 *)(va + i);
	if (call5(mem_map, 0, PFTEMP, 0, va, perm & ~PTE_COW) < 0)
		exit();
	call2(mem_unmap, 0, PFTEMP);
}

/* Has `id` an exception stack, and its faults come to the entry above. */
static inline int fork_hear(u32 id)
{
	int r = call3(mem_alloc, id, XSTACK, RW);
	if (r >= 0)
		r = call3(set_pgfault_handler, id, __asm_pgfault_handler, UXSTACKTOP);
	if (r >= 0 && fork_kinds)
		r = call4(set_exception_handler, id, fork_kinds, __asm_pgfault_handler, UXSTACKTOP);
	return r;
}

/* The child first, and pages that are copy-on-write already once more: see libos/src/fork.rs. */
static int fork_page(u32 child, u32 va)
{
	u32 perm = vpt[VPN(va)] & 0xfff;
	int r;
	if (!(perm & PTE_R) || (perm & PTE_LIBRARY))
		return call5(mem_map, 0, va, child, va, perm);
	r = call5(mem_map, 0, va, child, va, perm | PTE_COW);
	return r < 0 ? r : call5(mem_map, 0, va, 0, va, perm | PTE_COW);
}

static int fork_pages(u32 child)
{
	u32 va;
	int r;
	for (va = 0; va < USTACKTOP; va += PAGE) {
		if (!(vpd[PDX(va)] & PTE_V)) {
			va = (va | 0x3fffff) & -PAGE;	/* the last page of the empty directory entry */
			continue;
		}
		if ((vpt[VPN(va)] & PTE_V) && (r = fork_page(child, va)) < 0)
			return r;
	}
	if ((r = fork_hear(child)) < 0)
		return r;
	return call2(set_env_status, child, ENV_RUNNABLE);
}

/* The child's id, 0 in the child, or an error. */
static int __attribute__((noinline)) fork(void)
{
	int child, r;
	if (!mapped(XSTACK) && (r = fork_hear(0)) < 0)
		return r;
	child = call0(env_alloc);
	if (child <= 0)
		return child;
	r = fork_pages(child);
	if (r < 0) {
		call1(env_destroy, child);
		return r;
	}
	return child;
}

#endif

/*
 * Stores to copy-on-write pages with bad exception stacks, bad handlers and odd registers: the program
 * is ended or goes on, never anybody else.
 */
#include "hostile.h"

#define COW_PAGE AREA
#define OTHER_COW_PAGE (AREA + PAGE)
#define STACK_ELSEWHERE (AREA + 2 * PAGE)

static void make_cow(u32 va)
{
	call3(mem_alloc, 0, va, RW);
	*(volatile u32 *)va = 0x1111;
	call5(mem_map, 0, va, 0, va, RW | PTE_COW);
}

static void store(u32 va) { *(volatile u32 *)va = 0x2222; }

/* A store that faults and, when all is well, is done. */
static void store_to_cow(void)
{
	make_cow(COW_PAGE);
	store(COW_PAGE);
	if (*(volatile u32 *)COW_PAGE != 0x2222)
		exit();
}

static void plain(u32 unused)
{
	(void)unused;
	store_to_cow();
}

static void without_stack(u32 unused)
{
	(void)unused;
	call2(mem_unmap, 0, XSTACK);
	store_to_cow();
}

static void with_stack_mapped(u32 perm)
{
	call5(mem_map, 0, XSTACK, 0, XSTACK, perm);
	store_to_cow();
}

static void with_stack_at(u32 top)
{
	call3(mem_alloc, 0, STACK_ELSEWHERE, RW);
	call3(set_pgfault_handler, 0, __asm_pgfault_handler, top);
	store_to_cow();
}

static void with_handler(u32 entry)
{
	call3(set_pgfault_handler, 0, entry, UXSTACKTOP);
	store_to_cow();
}

/* An entry that faults again, and again. */
static void never_done(void) { store(OTHER_COW_PAGE); }

static void until_full(u32 unused)
{
	(void)unused;
	make_cow(OTHER_COW_PAGE);
	with_handler((u32)never_done);
}

/* Faults again, so many bytes deeper in its stack. */
void deeper_entry(void);
static volatile u32 deeper __attribute__((used));

static void until_over(u32 bytes)
{
	make_cow(OTHER_COW_PAGE);
	deeper = bytes;
	with_handler((u32)deeper_entry);
}

/* Two stores in which sp is `sp`: a plain one, and one in a delay slot. The second is to va + 4. */
void store_with_sp(u32 sp, u32 va);
void store_in_delay_slot(u32 va);
/* The return from a fault as an assembler with load delays writes it. */
void padded_entry(void);
/* A return from a fault after which no page of ours is in the TLB. */
void thrashing_entry(void);
__asm__(
"	.set	noreorder\n"
"	.set	noat\n"
"store_with_sp:\n"
"	move	$v1, $sp\n"
"	move	$sp, $a0\n"
"	li	$v0, 0x2222\n"
"	sw	$v0, 0($a1)\n"
"	jr	$ra\n"
"	move	$sp, $v1\n"
"store_in_delay_slot:\n"
"	li	$v0, 0x2222\n"
"	b	1f\n"
"	sw	$v0, 0($a0)\n"
"	break\n"
"1:	jr	$ra\n"
"	nop\n"
"padded_entry:\n"			/* only for stores that need v0, v1, a0, a1, sp and ra */
"	lw	$a0, 140($sp)\n"
"	addiu	$sp, $sp, -16\n"
"	jal	cow_fault\n"
"	nop\n"
"2:	addiu	$sp, $sp, 16\n"
"	lw	$ra, 124($sp)\n"
"	lw	$a1, 20($sp)\n"
"	lw	$a0, 16($sp)\n"
"	lw	$v1, 12($sp)\n"
"	lw	$v0, 8($sp)\n"
"	lw	$k0, 148($sp)\n"
"	nop\n"
"	jr	$k0\n"
"	lw	$sp, 116($sp)\n"
"deeper_entry:\n"
"	lui	$t0, %hi(deeper)\n"
"	lw	$t0, %lo(deeper)($t0)\n"
"	lui	$t1, 0x5000\n"			/* OTHER_COW_PAGE */
"	subu	$sp, $sp, $t0\n"
"	sw	$zero, 0x1000($t1)\n"
"	break\n"
"thrashing_entry:\n"
"	lw	$a0, 140($sp)\n"
"	addiu	$sp, $sp, -16\n"
"	jal	cow_fault\n"
"	nop\n"
"	jal	thrash\n"
"	nop\n"
"	b	2b\n"
"	nop\n"
"	.set	at\n"
"	.set	reorder\n");

/* Loads from more pages than any TLB has entries. */
void thrash(void)
{
	u32 va;
	for (va = UENVS; va < UENVS + 56 * PAGE; va += PAGE)
		(void)*(volatile u32 *)va;
	for (va = UPAGES; va < UPAGES + 40 * PAGE; va += PAGE)
		(void)*(volatile u32 *)va;
}

static void odd_sp(u32 sp)
{
	make_cow(COW_PAGE);
	store_with_sp(sp, COW_PAGE);
	if (*(volatile u32 *)COW_PAGE != 0x2222)
		exit();
}

static void delay_slot(u32 unused)
{
	(void)unused;
	make_cow(COW_PAGE);
	store_in_delay_slot(COW_PAGE);
	if (*(volatile u32 *)COW_PAGE != 0x2222)
		exit();
}

/* Many faults, through an entry of our own. */
static void many(u32 entry)
{
	int n;
	call3(set_pgfault_handler, 0, entry, UXSTACKTOP);
	for (n = 0; n < 500; n++) {
		make_cow(COW_PAGE);
		store_with_sp(n, COW_PAGE);
		if (*(volatile u32 *)COW_PAGE != 0x2222)
			exit();
	}
}

static const struct act acts[] = {
	{ "a fault and all is well", plain, 0, GOES_ON },
	{ "no exception stack", without_stack, 0, ENDS },
	{ "exception stack read-only", with_stack_mapped, PTE_V, ENDS },
	{ "exception stack copy-on-write", with_stack_mapped, RW | PTE_COW, ENDS },
	{ "exception stack full", until_full, 0, ENDS },
	{ "exception stack full, and run over", until_over, 40, ENDS },
	{ "exception stack run over by 100 bytes a turn", until_over, 100, ENDS },
	{ "exception stack run over by 1000 bytes a turn", until_over, 1000, ENDS },
	{ "exception stack run over by 3000 bytes a turn", until_over, 3000, ENDS },
	{ "exception stack run over by 3936 bytes a turn", until_over, 3936, ENDS },
	{ "exception stack at 4", with_stack_at, 4, ENDS },
	{ "exception stack on page 0", with_stack_at, PAGE, ENDS },
	{ "exception stack in code", with_stack_at, UTEXT + PAGE, ENDS },
	{ "exception stack between the stacks", with_stack_at, PFTEMP + PAGE, ENDS },
	{ "exception stack elsewhere", with_stack_at, STACK_ELSEWHERE + PAGE, GOES_ON },
	{ "no handler", with_handler, 0, ENDS },
	{ "handler on page 0", with_handler, 4, ENDS },
	{ "handler between the stacks", with_handler, PFTEMP, ENDS },
	{ "sp 0", odd_sp, 0, GOES_ON },
	{ "sp -1", odd_sp, -1, GOES_ON },
	{ "sp misaligned", odd_sp, AREA + 1, GOES_ON },
	{ "sp in kernel space", odd_sp, 0x80001000, GOES_ON },
	{ "sp at UTOP", odd_sp, UTOP, GOES_ON },
	{ "sp at the end of the normal stack", odd_sp, USTACKTOP, GOES_ON },
	{ "sp below the exception stack", odd_sp, XSTACK - 4, ENDS },
	{ "sp far below the exception stack", odd_sp, USTACKTOP + 4, ENDS },
	{ "sp with room on the exception stack", odd_sp, UXSTACKTOP - 256, GOES_ON },
	{ "sp without room on the exception stack", odd_sp, XSTACK + 152, ENDS },
	{ "sp at the start of the exception stack", odd_sp, XSTACK, ENDS },
	{ "sp misaligned on the exception stack", odd_sp, UXSTACKTOP - 255, ENDS },
	{ "a store in a delay slot", delay_slot, 0, GOES_ON },
	{ "the return as old programs have it", many, (u32)__asm_pgfault_handler, GOES_ON },
	{ "the return with a nop for the load", many, (u32)padded_entry, GOES_ON },
	{ "the return with nothing in the TLB", many, (u32)thrashing_entry, GOES_ON },
};

void start(void)
{
	begin();
	TRY_ALL(acts);
	conclude("cupcall");
}

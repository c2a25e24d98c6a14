/*
 * Loops that do little but enter the kernel, of every length: each must lose the CPU again. GXemul looks at interrupts
 * once in some thousand instructions, and a loop of an unlucky length has the kernel running each time it does.
 */
#include "fork.h"

enum { LENGTHS = 64 };

struct board {
	u32 yields;		/* that the loop has made, or is about to */
};
#define BOARD ((volatile struct board *)0x5f000000)

/* Goes on behind the store. */
void skip_store(void);
__asm__(
"	.set	noreorder\n"
"skip_store:\n"
"	lw	$t0, 148($sp)\n"
"	lw	$sp, 116($sp)\n"
"	addiu	$t0, $t0, 4\n"
"	jr	$t0\n"
"	nop\n"
"	.set	reorder\n");

/* The loops, without their nops; s0 is the board. */
static const u32 call_loop[] = {
	0x34042538,		/* ori $a0, $zero, getenvid */
	0x0000000c,		/* syscall */
};
static const u32 yield_loop[] = {
	0x8e080000,		/* lw $t0, 0($s0) */
	0,
	0x25080001,		/* addiu $t0, $t0, 1 */
	0xae080000,		/* sw $t0, 0($s0) */
	0x34042539,		/* ori $a0, $zero, yield */
	0x0000000c,		/* syscall */
};
static const u32 store_loop[] = {
	0xae200000,		/* sw $zero, 0($s1): a page that cannot be written */
};

static void __attribute__((noreturn)) loop(const u32 *words, u32 n, u32 nops)
{
	volatile u32 *code = (volatile u32 *)AREA;
	register u32 s0 __asm__("$16") = (u32)BOARD;
	register u32 s1 __asm__("$17") = UTEXT;
	u32 i, end = n + nops;
	call3(mem_alloc, 0, AREA, RW);
	for (i = 0; i < n; i++)
		code[i] = words[i];
	code[end] = 0x10000000 | ((-end - 1) & 0xffff);	/* b to the start */
	call3(set_pgfault_handler, 0, skip_store, UXSTACKTOP);
	__asm__ volatile("jr %0" :: "r"(code), "r"(s0), "r"(s1));
	__builtin_unreachable();
}

/* How often an environment lost the CPU without asking. */
static u32 preempted(u32 id) { return envs[ENVX(id)].env_runs - BOARD->yields; }

/*
 * What is counted is turns of the loop, and ours when we get the CPU back: only an interrupt can take it from a loop that
 * does not yield, and only interrupts make one that does run more often than it yields.
 */
static void try_loop(const char *name, const u32 *words, u32 n)
{
	u32 nops, child;
	for (nops = 0; nops < LENGTHS; nops++) {
		BOARD->yields = 0;
		child = fork();
		if (child == 0)
			loop(words, n, nops);
		while (preempted(child) < 3)
			yield();
		call1(env_destroy, child);
	}
	print("cstorm: %d loops of %s were preempted\n", LENGTHS, name);
}

void start(void)
{
	call3(mem_alloc, 0, BOARD, RW | PTE_LIBRARY);
	try_loop("getenvid", call_loop, sizeof(call_loop) / 4);
	try_loop("stores that fault", store_loop, sizeof(store_loop) / 4);
	try_loop("yields", yield_loop, sizeof(yield_loop) / 4);
	finish("cstorm");
}

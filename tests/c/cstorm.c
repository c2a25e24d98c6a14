/*
 * Loops that do little but enter the kernel, of every length: each must lose the CPU again. GXemul looks at interrupts
 * once in some thousand instructions, and a loop of an unlucky length has the kernel running each time it does.
 */
#include "fork.h"
#include "mos.h"

enum { LENGTHS = 64 };

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

/* The loops, without their nops; s0 is whom to ask. */
static const u32 call_loop[] = {
	0x34042538,		/* ori $a0, $zero, getenvid */
	0x0000000c,		/* syscall */
};
static const u32 ask_loop[] = {
	0x34042582,		/* ori $a0, $zero, ipc_call */
	0x02002821,		/* move $a1, $s0 */
	0x00003821,		/* move $a3, $zero */
	0x0000000c,		/* syscall */
};
static const u32 store_loop[] = {
	0xae200000,		/* sw $zero, 0($s1): a page that cannot be written */
};

static void __attribute__((noreturn)) loop(const u32 *words, u32 n, u32 nops, u32 other)
{
	volatile u32 *code = (volatile u32 *)AREA;
	register u32 s0 __asm__("$16") = other;
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

static u32 runs(u32 id) { return envs[ENVX(id)].env_runs; }

/*
 * What is counted is turns of the loop, and ours when we get the CPU back: only an interrupt can take it from a loop that
 * does not yield.
 */
static void try_loop(const char *name, const u32 *words, u32 n)
{
	u32 nops, child;
	for (nops = 0; nops < LENGTHS; nops++) {
		child = fork();
		if (child == 0)
			loop(words, n, nops, 0);
		while (runs(child) < 3)
			yield();
		call1(env_destroy, child);
	}
	print("cstorm: %d loops of %s were preempted\n", LENGTHS, name);
}

/* Two that call each other: the CPU goes from one to the other without end, but for the interrupts. */
static void try_calls(void)
{
	enum { LONG = 10, TURNS = 3 };
	u32 n = sizeof(ask_loop) / 4, nops, asker, asked, before, turns;
	for (nops = 0; nops < LENGTHS; nops++) {
		asked = fork();
		if (asked == 0) {
			call1(ipc_recv, 0);
			loop(ask_loop, n, nops, envs[ENVX(call0(getenvid))].env_ipc_from);
		}
		asker = fork();
		if (asker == 0) {
			while (!envs[ENVX(asked)].env_ipc_recving)
				yield();
			loop(ask_loop, n, nops, asked);
		}
		for (turns = 0; turns < TURNS; turns += runs(asker) - before > LONG) {
			before = runs(asker);
			yield();
		}
		call1(env_destroy, asker);
		call1(env_destroy, asked);
	}
	print("cstorm: %d loops of calls to each other were preempted\n", LENGTHS);
}

void start(void)
{
	try_loop("getenvid", call_loop, sizeof(call_loop) / 4);
	try_loop("stores that fault", store_loop, sizeof(store_loop) / 4);
	try_calls();
	finish("cstorm");
}

/*
 * Branches in the delay slots of branches. No instruction set says what they do. QEMU raises an exception; GXemul carries
 * them out, and where the instruction behind the second raises an exception the first is taken all the same, in kernel
 * mode: what comes then looks like an exception of the kernel's own. It ends the program and nobody else.
 */
#include "hostile.h"

#define BEQ(offset) (0x10000000u | (offset))		/* taken */
#define BNE(offset) (0x14000000u | (offset))		/* not taken */
#define JR_T0 0x01000008u
#define JALR_T0 0x0100f809u
#define NOP 0u

/* What raises an exception. (A reserved instruction in kernel mode is GXemul's end.) */
static const struct raiser {
	const char *name;
	u32 word;
} raisers[] = {
	{ "load from nowhere", 0x8c090000 },		/* lw $t1, 0($zero) */
	{ "load on demand", 0x8d290000 },		/* lw $t1, 0($t1) */
	{ "misaligned load", 0x8d490001 },		/* lw $t1, 1($t2) */
	{ "store to a read-only page", 0xad600000 },	/* sw $zero, 0($t3) */
	{ "break", 0x0000000d },
	{ "syscall", 0x0000000c },
	{ "overflow", 0x01844820 },			/* add $t1, $t4, $a0 */
};
enum { RAISERS = sizeof(raisers) / sizeof(*raisers) };

/* The outer branch, with the target's offset from AREA. */
static const struct outer {
	const char *name;
	u32 word, target;
} outers[] = {
	{ "branch", BEQ(7), 32 },
	{ "jump", JR_T0, 32 },
	{ "call", JALR_T0, 32 },
	{ "jump to another page", JR_T0, PAGE + 32 },
	{ "branch not taken", BNE(7), 0 },
};
enum { OUTERS = sizeof(outers) / sizeof(*outers) };

/* The argument says which: raiser behind the inner branch, raiser at the target, outer branch. */
static void branch(u32 which)
{
	volatile u32 *code = (volatile u32 *)AREA;
	const struct raiser *behind = &raisers[which % RAISERS];
	const struct raiser *there = &raisers[which / RAISERS % RAISERS];
	const struct outer *outer = &outers[which / RAISERS / RAISERS];
	u32 i;
	for (i = 0; i < 2 * PAGE / 4; i++)
		code[i] = 0x0000000d;		/* break: wherever it goes on, it ends */
	code[0] = outer->word;
	code[1] = BEQ(3);
	code[2] = behind->word;
	code[outer->target / 4 + (outer->target == 0 ? 3 : 0)] = there->word;
	register u32 t0 __asm__("$8") = AREA + outer->target;
	register u32 t1 __asm__("$9") = 0x30000000;
	register u32 t2 __asm__("$10") = AREA;
	register u32 t3 __asm__("$11") = UTEXT;
	register u32 t4 __asm__("$12") = 0x7fffffff;
	register u32 a0 __asm__("$4") = SYS_getenvid;
	register u32 t9 __asm__("$25") = AREA;
	__asm__ volatile("jr %0" :: "r"(t9), "r"(t0), "r"(t1), "r"(t2), "r"(t3), "r"(t4), "r"(a0));
}

void start(void)
{
	struct act act = { "a branch in a delay slot", branch, 0, ENDS };
	begin();
	for (; act.argument < RAISERS * RAISERS * OUTERS; act.argument++) {
		int before = failed;
		try_act(&act);
		if (failed != before)
			print("... %s, %s there, %s\n", raisers[act.argument % RAISERS].name,
			      raisers[act.argument / RAISERS % RAISERS].name,
			      outers[act.argument / RAISERS / RAISERS].name);
	}
	conclude("cbranch");
}

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
#define BLEZ(offset) (0x18000000u | (offset))		/* taken */
#define BGEZAL(offset) (0x04110000u | (offset))		/* taken */
#define J 0x08000000u
#define JAL 0x0c000000u

/* Where the kernel has its data, and its stack among it; a stack has a dozen of these steps at least. */
enum { KERNEL = 0x80020000, KERNEL_DATA = 256 << 10, STEP = 1 << 10 };

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

/* The outer branch, with the target's offset from it. */
static const struct outer {
	const char *name;
	u32 word, target;
} outers[] = {
	{ "branch", BEQ(7), 32 },
	{ "jump", JR_T0, 32 },
	{ "call", JALR_T0, 32 },
	{ "jump to another page", JR_T0, PAGE + 32 },
	{ "branch not taken", BNE(7), 0 },
	{ "jump in the segment", J, 32 },
	{ "call in the segment", JAL, 32 },
	{ "branch if not above 0", BLEZ(7), 32 },
	{ "call by a branch", BGEZAL(7), 32 },
};
enum { OUTERS = sizeof(outers) / sizeof(*outers) };

/* What is tried. */
static struct {
	const struct raiser *behind, *there;	/* behind the inner branch, at the target */
	const struct outer *outer;
	u32 place;				/* of the outer branch, as an offset from AREA */
	u32 sp;					/* 0: as it is */
} now;

static void branch(u32 unused)
{
	volatile u32 *code = (volatile u32 *)AREA;
	u32 from = now.place / 4, target = AREA + now.place + now.outer->target, i;
	for (i = 0; i < 3 * PAGE / 4; i++)
		code[i] = 0x0000000d;		/* break: wherever it goes on, it ends */
	code[from] = now.outer->word;
	if (now.outer->word == J || now.outer->word == JAL)
		code[from] |= target >> 2 & 0x3ffffff;
	code[from + 1] = BEQ(3);
	code[from + 2] = now.behind->word;
	code[from + now.outer->target / 4 + (now.outer->target == 0 ? 3 : 0)] = now.there->word;
	register u32 t0 __asm__("$8") = target;
	register u32 t1 __asm__("$9") = 0x30000000;
	register u32 t2 __asm__("$10") = AREA;
	register u32 t3 __asm__("$11") = UTEXT;
	register u32 t4 __asm__("$12") = 0x7fffffff;
	register u32 t5 __asm__("$13") = now.sp;
	register u32 a0 __asm__("$4") = SYS_getenvid;
	register u32 t9 __asm__("$25") = AREA + now.place;
	__asm__ volatile(
		".set push\n"
		".set noreorder\n"
		"beq $13, $0, 1f\n"
		"nop\n"
		"move $29, $13\n"
		"1: jr %0\n"
		"nop\n"
		".set pop"
		:: "r"(t9), "r"(t0), "r"(t1), "r"(t2), "r"(t3), "r"(t4), "r"(t5), "r"(a0));
}

static void try_branch(u32 behind, u32 there, u32 outer, u32 place, u32 sp)
{
	static const struct act act = { "a branch in a delay slot", branch, 0, ENDS };
	int before = failed;
	now.behind = &raisers[behind % RAISERS];
	now.there = &raisers[there % RAISERS];
	now.outer = &outers[outer % OUTERS];
	now.place = place;
	now.sp = sp;
	try_act(&act);
	if (failed != before)
		print("... %s, %s there, %s at %x, sp %x\n", now.behind->name, now.there->name,
		      now.outer->name, place, sp);
}

void start(void)
{
	/* All on one page, or the raiser on the next. (An inner branch on the next is GXemul's end.) */
	enum { LAST = PAGE - 8 };
	u32 i;
	begin();
	for (i = 0; i < RAISERS * RAISERS * OUTERS; i++)
		try_branch(i, i / RAISERS, i / RAISERS / RAISERS, 0, 0);
	for (i = 0; i < RAISERS * OUTERS; i++)
		try_branch(i, i + 1, i / RAISERS, LAST, 0);
	/* Where the kernel has its data, with its stack among it. */
	for (i = 0; i < KERNEL_DATA / STEP; i++)
		try_branch(i, i / 3, i / 5, i % 2 ? LAST : 0, KERNEL + i * STEP);
	conclude("cbranch");
}

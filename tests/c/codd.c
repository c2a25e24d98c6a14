/*
 * Jumps to addresses that are no instruction's: each ends the one that jumps, wherever the machine notices. QEMU's 4Kc does
 * so before it executes anything there, GXemul's R3000 never: it executes on, until the kernel looks.
 */
#include "hostile.h"

#define JR_RA 0x03e00008u
#define JR_T0 0x01000008u
#define B_SELF 0x1000ffffu

enum { SLED = 256 };

static void jump(u32 va) { ((void (*)(void))va)(); }

/* There is an instruction at AREA, so that the page is in the TLB. */
static void jump_behind(u32 instruction, u32 offset)
{
	volatile u32 *code = (volatile u32 *)AREA;
	code[0] = instruction;
	code[1] = 0;
	jump(AREA + offset);
}

static void jump_into_jump(u32 offset) { jump_behind(JR_RA, offset); }
static void jump_into_loop(u32 offset) { jump_behind(B_SELF, offset); }

/* The page is not in the TLB any more. */
static void jump_into_refill(u32 offset)
{
	u32 va;
	*(volatile u32 *)AREA = JR_RA;
	for (va = AREA + 2 * PAGE; va < AREA + 200 * PAGE; va += 2 * PAGE)
		(void)*(volatile u32 *)va;
	jump(AREA + offset);
}

/* So many instructions after an interrupt: where these come often, one comes between the jump and what it leads to. */
static void jump_after(u32 n)
{
	volatile u32 *code = (volatile u32 *)AREA;
	const volatile struct Env *me = &envs[ENVX(call0(getenvid))];
	u32 runs, i;
	call3(mem_alloc, 0, AREA, RW);		/* of nops */
	code[SLED] = JR_T0;
	for (i = 0; i < 2; i++)			/* the second time all is in the TLB */
		for (runs = me->env_runs; runs == me->env_runs;)
			;
	register u32 t0 __asm__("$8") = AREA + 1;
	__asm__ volatile("jr %0" :: "r"(&code[SLED - n]), "r"(t0));
	__builtin_unreachable();
}

/* What is no address of an instruction is refused where the kernel would have to go there. */
static void try_calls(void)
{
	static struct Trapframe tf;
	u32 past, child = call0(env_alloc);
	if (child == 0)
		exit();
	for (past = 1; past < 4; past++) {
		tf.regs[29] = USTACKTOP - PAGE;
		tf.pc = UTEXT + past;
		expect("set_trapframe", call2(set_trapframe, 0, &tf), -E_INVAL);
		expect("set_trapframe of a child", call2(set_trapframe, child, &tf), -E_INVAL);
		expect("set_pgfault_handler",
		       call3(set_pgfault_handler, 0, UTEXT + past, UXSTACKTOP), -E_INVAL);
		expect("set_pgfault_handler of a child",
		       call3(set_pgfault_handler, child, UTEXT + past, UXSTACKTOP), -E_INVAL);
	}
	call1(env_destroy, child);
}

static const struct act acts[] = {
	{ "nothing is mapped, past 1", jump, AREA + 1, ENDS },
	{ "nothing is mapped, past 2", jump, AREA + 2, ENDS },
	{ "nothing is mapped, past 3", jump, AREA + 3, ENDS },
	{ "nothing is mapped on demand", jump, 0x1001, ENDS },
	{ "in the kernel", jump, 0x80000181, ENDS },
	{ "a loop, past 1", jump_into_loop, 1, ENDS },
	{ "a loop, past 2", jump_into_loop, 2, ENDS },
	{ "a loop, past 3", jump_into_loop, 3, ENDS },
};

static const struct act only_malta[] = {
	{ "past 1", jump_into_jump, 1, ENDS },
	{ "past 2", jump_into_jump, 2, ENDS },
	{ "past 3", jump_into_jump, 3, ENDS },
	{ "not in the TLB, past 1", jump_into_refill, 1, ENDS },
	{ "not in the TLB, past 2", jump_into_refill, 2, ENDS },
	{ "not in the TLB, past 3", jump_into_refill, 3, ENDS },
};
static const struct act first = { "past 1", jump_into_jump, 1, ANY };

void start(void)
{
	struct act after = { "past 1, after an interrupt", jump_after, 0, ENDS };
	begin();
	try_calls();
	TRY_ALL(acts);
	if (outcome_of(&first) == ENDS) {
		TRY_ALL(only_malta);
		for (; after.argument < SLED; after.argument++)
			try_act(&after);
	}
	conclude("codd");
}

/*
 * What a program should not get away with by handling its exceptions itself: each is tried by a child of its own, and
 * nobody else notices. None executes data that happens to be there: GXemul stops at some words that are no instructions.
 */
#include "hostile.h"

enum { ALL = 0x3e3c, STACK = UXSTACKTOP - PAGE, MISSING = 0x30000000 };

static void handle(u32 func, u32 top) { call4(set_exception_handler, 0, ALL, func, top); }
static void give_stack(void) { call3(mem_alloc, 0, STACK, RW); }
static void fault(void) { *(volatile u32 *)MISSING = 1; }

static void endless(void) { for (;;) fault(); }
static void ends(void) { REPORT->outcome = GOES_ON; exit(); }

/* Gives up its own exception stack, and then needs it. */
static void without_its_stack(void)
{
	call2(mem_unmap, 0, STACK);
	fault();
	REPORT->outcome = GOES_ON;
	exit();
}

static void drops_its_stack(void) { call2(mem_unmap, 0, STACK); ends(); }
static void drops_itself(void) { call2(mem_unmap, 0, (u32)drops_itself & -PAGE); REPORT->outcome = GOES_ON; exit(); }
static void ends_itself(void) { call1(env_destroy, 0); }
static void waits(void) { call1(ipc_recv, 0); }
static void runs(void) { for (;;) yield(); }
static void forks(void) { if (fork() == 0) exit(); ends(); }

static void with(u32 func) { give_stack(); handle(func, UXSTACKTOP); fault(); }
static void no_stack(u32 top) { call2(mem_unmap, 0, STACK); handle((u32)ends, top); fault(); }
static void a_stack_at(u32 top) { give_stack(); handle((u32)ends, top); fault(); }

static void read_only_stack(u32 perm)
{
	give_stack();
	call5(mem_map, 0, STACK, 0, STACK, perm);
	handle((u32)ends, UXSTACKTOP);
	fault();
}

static void on_the_stack_of_all(u32 unused)
{
	call3(mem_alloc, 0, STACK, RW | PTE_LIBRARY);
	handle((u32)endless, UXSTACKTOP);
	if (fork() == 0)
		fault();
	fault();
}

/* sp in the guard, at both ends of the page, nowhere. */
static void with_sp(u32 sp)
{
	give_stack();
	handle((u32)ends, UXSTACKTOP);
	__asm__ volatile("move $29, %0\nbreak" : : "r"(sp));
}

static void all_kinds(u32 kinds)
{
	give_stack();
	call4(set_exception_handler, 0, kinds, ends, UXSTACKTOP);
	REPORT->count = call4(set_exception_handler, 0, 0xffffffff, ends, UXSTACKTOP);
}

static void for_another(u32 id)
{
	call4(set_exception_handler, id, ALL, runs, UXSTACKTOP);
	call4(set_exception_handler, envs[ENVX(call0(getenvid))].env_parent_id, ALL, runs, UXSTACKTOP);
}

static void again_and_again(u32 rounds)
{
	give_stack();
	while (rounds--)
		handle(rounds % 2 ? (u32)ends : 0, UXSTACKTOP);
}

static void bad_call(u32 sp)
{
	register u32 a0 __asm__("$4") = SYS_set_exception_handler, a1 __asm__("$5") = 0, a2 __asm__("$6") = ALL;
	register u32 a3 __asm__("$7") = UTEXT, t0 __asm__("$8") = sp;
	__asm__ volatile("move $16, $29\nmove $29, $8\nsyscall\nmove $29, $16"
		: "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(t0) : : "$2", "$3", "$16", "memory");
}

static void jump_with_handler(u32 va)
{
	give_stack();
	handle((u32)ends, UXSTACKTOP);
	((void (*)(void))va)();
}

static const struct act acts[] = {
	{ "a handler that faults without end", with, (u32)endless, ENDS },
	{ "a handler that unmaps its exception stack", with, (u32)drops_its_stack, ENDS },
	{ "and faults on it then", with, (u32)without_its_stack, ENDS },
	{ "a handler that unmaps its code", with, (u32)drops_itself, ANY },
	{ "a handler that ends", with, (u32)ends_itself, ENDS },
	{ "a handler that waits", with, (u32)waits, RUNS },
	{ "a handler that never returns", with, (u32)runs, RUNS },
	{ "a handler that forks", with, (u32)forks, ANY },
	{ "a handler at 0", with, 0, GOES_ON },
	{ "a handler where nothing is", with, 0x0eadbee0, ENDS },
	{ "a handler in the kernel, refused", with, 0x80000080, GOES_ON },
	{ "no exception stack", no_stack, UXSTACKTOP, ENDS },
	{ "an exception stack at 0", no_stack, 0, ENDS },
	{ "an exception stack at 4", no_stack, 4, ENDS },
	{ "an exception stack in code", a_stack_at, UTEXT + PAGE, ENDS },
	{ "an exception stack across two pages", a_stack_at, UXSTACKTOP - 2048, ANY },
	{ "an exception stack in the kernel, refused", a_stack_at, 0x80400000, GOES_ON },
	{ "a read-only exception stack", read_only_stack, PTE_V, ENDS },
	{ "a copy-on-write exception stack", read_only_stack, RW | PTE_COW, ENDS },
	{ "an exception stack that parent and child share", on_the_stack_of_all, 0, ANY },
	{ "sp in the guard", with_sp, STACK - 8, ENDS },
	{ "sp at the bottom of the exception stack", with_sp, STACK, ENDS },
	{ "sp at 4", with_sp, 4, GOES_ON },
	{ "sp in the kernel", with_sp, 0x80400000, GOES_ON },
	{ "sp at an odd address", with_sp, 0x30000001, GOES_ON },
	{ "sp at an odd address of the exception stack", with_sp, UXSTACKTOP - 1001, ANY },
	{ "all kinds there are, and all there are not", all_kinds, ALL, GOES_ON },
	{ "a handler for a stranger and for its parent", for_another, 0x7fffffff, GOES_ON },
	{ "a handler again and again", again_and_again, 1000, GOES_ON },
	{ "a call without a stack", bad_call, 0x80000000, GOES_ON },
	{ "a call with a stack at 0", bad_call, 0, GOES_ON },
	{ "a jump to 0", jump_with_handler, 0, GOES_ON },
	{ "a jump into the kernel", jump_with_handler, 0x80010000, GOES_ON },
};

void start(void)
{
	begin();
	TRY_ALL(acts);
	conclude("cexchost");
}

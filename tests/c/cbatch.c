/*
 * Several calls in one trap, and the calls that tell what an environment is, against the bare ABI: by programs that mean no
 * good. Whatever they do, the kernel says what is wrong, and everything is as it was.
 */
#include "mos.h"

#define ARRAY ((struct batch_call *)AREA)		/* a page of calls */
#define NEXT (AREA + PAGE)			/* the page behind it, which is there or not */
#define PLACE (AREA + 8 * PAGE)			/* where calls map something */
#define MARK 0x5eed5eed

static u32 me;
static struct words w;

static void put(struct batch_call *c, u32 number, u32 a, u32 b, u32 x, u32 d, u32 e)
{
	volatile struct batch_call *call = c;
	call->number = number;
	call->args[0] = a;
	call->args[1] = b;
	call->args[2] = x;
	call->args[3] = d;
	call->args[4] = e;
	call->result = MARK;
	call->zero = 0;
}

static u32 result(struct batch_call *c) { return ((volatile struct batch_call *)c)->result; }

static void fresh(void)
{
	call3(mem_alloc, 0, ARRAY, RW);
	call2(mem_unmap, 0, NEXT);
	call2(mem_unmap, 0, PLACE);
	w.v1 = MARK;
}

/* How many were made, and what v1 says then. */
static void expect_batch(const char *what, void *calls, u32 count, u32 made, u32 error)
{
	expect(what, batch(calls, count, &w), made);
	expect(what, w.v1, error);
}

/* Where nothing was done the error itself comes back. */
static void expect_nothing(const char *what, void *calls, u32 count)
{
	expect(what, batch(calls, count, &w), -E_INVAL);
}

static void counts(void)
{
	fresh();
	put(ARRAY, SYS_getenvid, 0, 0, 0, 0, 0);
	expect_batch("no calls", ARRAY, 0, 0, 0);
	expect_batch("no calls, nowhere", (void *)0x80000000, 0, 0, 0);
	expect("the result of none", result(ARRAY), MARK);
	/* Behind the last one of the page there is nothing. */
	struct batch_call *last = ARRAY + 127;
	put(last, SYS_getenvid, 0, 0, 0, 0, 0);
	expect_batch("a huge count", last, 0xffffffff, 1, -E_INVAL);
	expect_batch("a count that overflows", last, 0x08000000, 1, -E_INVAL);
	expect_batch("a negative count", last, 0x80000001, 1, -E_INVAL);
	expect("its result all the same", result(last), me);
}

static void places(void)
{
	fresh();
	put(ARRAY, SYS_getenvid, 0, 0, 0, 0, 0);
	expect_nothing("an odd address", (char *)ARRAY + 1, 1);
	expect_nothing("half a word", (char *)ARRAY + 2, 1);
	expect_nothing("nothing mapped", (void *)NEXT, 1);
	expect_nothing("page 0", 0, 1);
	expect_nothing("UTOP", (void *)UTOP, 1);
	expect_nothing("the environments", (void *)UENVS, 1);
	expect_nothing("the page tables", (void *)UVPT, 1);
	expect_nothing("the kernel", (void *)0x80010000, 1);
	expect_nothing("the last word there is", (void *)0xfffffffc, 1);
	/* The end of all that a program may have: at most one call, of which the second half would be above. */
	call3(mem_alloc, 0, XSTACK, RW);
	put((struct batch_call *)(UTOP - 32), SYS_getenvid, 0, 0, 0, 0, 0);
	expect_batch("the last call below UTOP", (void *)(UTOP - 32), 2, 1, -E_INVAL);
	*(volatile u32 *)(UTOP - 16) = SYS_getenvid;
	expect_batch("a call whose result would be above UTOP", (void *)(UTOP - 16), 1, 1, 0);
	expect_nothing("no more than its number", (void *)(UTOP - 4), 1);
}

static void pages_end(void)
{
	u32 before;
	for (before = 4; before < 32; before += 4) {
		fresh();
		call3(mem_alloc, 0, NEXT, RW);
		struct batch_call *across = (struct batch_call *)(NEXT - before);
		put(across, SYS_mem_map, 0, (u32)ARRAY, 0, PLACE, PTE_V);
		expect_batch("a call across two pages", across, 1, 1, 0);
		expect("what it has mapped", vpt[VPN(PLACE)] & 0xfff, PTE_V);
		call2(mem_unmap, 0, PLACE);
		call2(mem_unmap, 0, NEXT);
		if (before < 24)
			expect_nothing("half a call", across, 1);
	}
}

static void nested(void)
{
	fresh();
	put(ARRAY, SYS_getenvid, 0, 0, 0, 0, 0);
	put(ARRAY + 1, SYS_batch, (u32)ARRAY, 2, 0, 0, 0);
	expect_batch("a batch of itself", ARRAY, 2, 1, -E_INVAL);
	static const u32 numbers[] = {
		SYS_putchar, SYS_yield, SYS_env_destroy, SYS_env_alloc, SYS_set_env_status,
		SYS_set_trapframe, SYS_panic, SYS_ipc_can_send, SYS_ipc_recv, SYS_cgetc, SYS_write_dev,
		SYS_read_dev, SYS_ipc_call, SYS_puts, SYS_msg_call, SYS_msg_reply_wait, SYS_msg,
		SYS_get_trapframe, SYS_next_mapping, SYS_batch, SYS_cgetc_now, SYS_get_handlers,
		0, 9526, 9544, 9599, 9615, 0x80000000 | SYS_getenvid, 0xffffffff,
	};
	u32 i;
	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		put(ARRAY, numbers[i], 0, 0, 0, 0, 0);
		expect_nothing("a call that may not be one of several", ARRAY, 1);
	}
}

static void errors(void)
{
	fresh();
	put(ARRAY, SYS_mem_alloc, 0, PLACE, RW, 0, 0);
	put(ARRAY + 1, SYS_mem_map, 0, PLACE, 0, PLACE + PAGE, PTE_V | PTE_G);
	put(ARRAY + 2, SYS_mem_unmap, 0, PLACE, 0, 0, 0);
	expect_batch("permissions that nobody has", ARRAY, 3, 1, -E_INVAL);
	expect("the result of what failed", result(ARRAY + 1), MARK);
	expect("what was made before", vpt[VPN(PLACE)] & 0xfff, RW);
	put(ARRAY + 1, SYS_mem_alloc, envs[0].env_id ^ 0x800, PLACE, RW, 0, 0);
	expect_batch("nobody's memory", ARRAY, 3, 1, -E_BAD_ENV);
	put(ARRAY + 1, SYS_mem_unmap, 0, UTOP, 0, 0, 0);
	expect_batch("memory above UTOP", ARRAY, 3, 1, -E_INVAL);
}

/* Arrays that change while they are made. */
static void changing(void)
{
	fresh();
	put(ARRAY, SYS_getenvid, 0, 0, 0, 0, 0);
	put(ARRAY + 1, SYS_mem_unmap, 0, (u32)ARRAY, 0, 0, 0);
	put(ARRAY + 2, SYS_getenvid, 0, 0, 0, 0, 0);
	expect_batch("an array that unmaps itself", ARRAY, 3, 2, -E_INVAL);

	fresh();
	put(ARRAY, SYS_mem_alloc, 0, (u32)ARRAY, RW, 0, 0);
	put(ARRAY + 1, SYS_getenvid, 0, 0, 0, 0, 0);
	expect_batch("an array that becomes zeros", ARRAY, 2, 1, -E_INVAL);
	expect("what is in it", ARRAY[1].number, 0);

	fresh();
	call3(mem_alloc, 0, NEXT, RW);
	put((struct batch_call *)NEXT + 1, SYS_mem_unmap, 0, PLACE, 0, 0, 0);
	put(ARRAY, SYS_mem_map, 0, NEXT, 0, (u32)ARRAY, RW);
	put(ARRAY + 1, SYS_env_destroy, 0, 0, 0, 0, 0);
	expect_batch("an array that becomes another", ARRAY, 2, 2, 0);
	expect("whose results are there", result((struct batch_call *)NEXT + 1), 0);

	fresh();
	put(ARRAY, SYS_mem_map, 0, (u32)ARRAY, 0, (u32)ARRAY, PTE_V);
	put(ARRAY + 1, SYS_getenvid, 0, 0, 0, 0, 0);
	expect_batch("an array that becomes read-only", ARRAY, 2, 2, 0);
	expect("which gets no results", result(ARRAY + 1), MARK);

	fresh();
	put(ARRAY, SYS_mem_map, 0, (u32)ARRAY, 0, PLACE, RW);
	expect_batch("a second address", ARRAY, 1, 1, 0);
	put(ARRAY, SYS_getenvid, 0, 0, 0, 0, 0);
	expect_batch("an array by its other address", (void *)PLACE, 1, 1, 0);
	expect("its result", result(ARRAY), me);
}

static void stack(void)
{
	fresh();
	put(ARRAY, SYS_mem_map, 0, (u32)ARRAY, 0, PLACE, PTE_V);
	register u32 v0 __asm__("$2");
	register u32 a0 __asm__("$4") = SYS_batch, a1 __asm__("$5") = (u32)ARRAY;
	register u32 a2 __asm__("$6") = 1;
	__asm__ volatile("move $16, $29\n\tli $29, 0x80000001\n\tsyscall\n\tmove $17, $29\n\tmove $29, $16"
		: "=r"(v0), "+r"(a0), "+r"(a1), "+r"(a2)
		: : "$1", "$3", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$16", "$17",
		    "$24", "$25", "hi", "lo", "memory");
	expect("calls of a program without a stack", v0, 1);
	expect("what they have mapped", vpt[VPN(PLACE)] & 0xfff, PTE_V);
}

/* The calls that tell what an environment is. */
static void state(void)
{
	static struct Trapframe tf;
	fresh();
	expect("own registers", call2(get_trapframe, 0, &tf), 0);
	expect("a0 among them", tf.regs[4], SYS_get_trapframe);
	expect("where we go on", tf.pc, tf.cp0_epc);
	expect("registers to nowhere", call2(get_trapframe, 0, NEXT), -E_INVAL);
	expect("registers to half a page", call2(get_trapframe, 0, NEXT - 152), -E_INVAL);
	expect("registers to the kernel", call2(get_trapframe, 0, 0x80010000), -E_INVAL);
	expect("registers to the environments", call2(get_trapframe, 0, UENVS), -E_INVAL);
	expect("registers to an odd place", call2(get_trapframe, 0, (u32)ARRAY + 2), -E_INVAL);
	expect("registers to our code", call2(get_trapframe, 0, UTEXT), -E_INVAL);
	expect("registers across UTOP", call2(get_trapframe, 0, UTOP - 152), -E_INVAL);
	expect("registers of nobody", call2(get_trapframe, 0x7fffffff, &tf), -E_BAD_ENV);

	u32 child = call0(env_alloc);
	expect("a child without memory", next_mapping(child, 0, &w), -E_NOT_FOUND);
	expect("a page for it", call3(mem_alloc, child, PLACE + 0x123, RW), 0);
	expect("its first page", next_mapping(child, 0, &w), 0);
	expect("where it is", w.v1, PLACE);
	expect("how it is mapped", w.a0 & 0xfff, RW);
	expect("whose frame it is", pages[w.a0 >> 12].pp_ref, 1);
	expect("the same from there", next_mapping(child, PLACE + 0xfff, &w), 0);
	expect("none behind it", next_mapping(child, PLACE + PAGE, &w), -E_NOT_FOUND);
	expect("none above UTOP", next_mapping(0, UTOP, &w), -E_NOT_FOUND);
	expect("none in the kernel", next_mapping(0, 0x80000000, &w), -E_NOT_FOUND);
	expect("none at the end", next_mapping(0, 0xffffffff, &w), -E_NOT_FOUND);
	expect("nobody's pages", next_mapping(child ^ 0x800, 0, &w), -E_BAD_ENV);

	expect("no handlers", get_handlers(child, &w), 0);
	expect("of stores", w.v1, 0);
	expect("kinds", w.a0, 0);
	expect("of exceptions", w.a1, 0);
	expect("no stack", w.a2, 0);
	call4(set_exception_handler, child, 0x3e3c, UTEXT + 4, UXSTACKTOP);
	call3(set_pgfault_handler, child, UTEXT + 8, UXSTACKTOP - 16);
	expect("both handlers", get_handlers(child, &w), 0);
	expect("of stores", w.v1, UTEXT + 8);
	expect("kinds", w.a0, 0x3e3c);
	expect("of exceptions", w.a1, UTEXT + 4);
	expect("the stack", w.a2, UXSTACKTOP - 16);
	expect("nobody's handlers", get_handlers(me ^ 0x800, &w), -E_BAD_ENV);
	call1(env_destroy, child);
	expect("an ended child", get_handlers(child, &w), -E_BAD_ENV);
	expect("its pages", next_mapping(child, 0, &w), -E_BAD_ENV);
	expect("its registers", call2(get_trapframe, child, &tf), -E_BAD_ENV);
	expect("no key", call0(cgetc_now), -E_TIMEOUT);
}

void start(void)
{
	me = call0(getenvid);
	fresh();
	u32 before = free_frames();
	counts();
	places();
	call2(mem_unmap, 0, XSTACK);
	pages_end();
	nested();
	errors();
	changing();
	stack();
	state();
	fresh();
	expect("frames that are free", free_frames(), before);
	finish("cbatch");
}

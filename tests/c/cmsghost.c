/*
 * What a program should not get away with by messages of four words: each is tried by a child of its own, and nobody else
 * notices.
 */
#include "hostile.h"

enum { CROWD = 12 };

static struct msg m;
static u32 parent;

static void clear(u32 value)
{
	volatile u32 *t = m.t;
	u32 i;
	for (i = 0; i < 10; i++)
		t[i] = value;
}

/* Waits until the environment waits, or is no more. */
static void until_it_waits(u32 id)
{
	while (alive(id) && envs[ENVX(id)].env_status == ENV_RUNNABLE)
		yield();
}

static void call_for_ever(u32 unused) { msg_call(&m, parent, 1, 2, 3, 4); }
static void call_bystander(u32 unused) { msg_call(&m, bystander_id, 1, 2, 3, 4); }
static void hear_for_ever(u32 unused) { msg(&m, 0, ANYBODY, 0, 0, FOREVER); }
static void hear_bystander(u32 unused) { msg(&m, 0, bystander_id, 0, 0, FOREVER); }
static void answer(u32 id) { msg_reply_wait(&m, id, 1, 2, 3, 4); }

static void send_pages(u32 va)
{
	clear(0);
	m.t[6] = va;
	m.t[7] = 2 << 12 | PTE_V;
	msg(&m, parent, 0, 0, FOREVER, 0);
}

static void send_many(u32 count)
{
	clear(0);
	m.t[6] = UTEXT;
	m.t[7] = count;
	msg(&m, parent, 0, 0, FOREVER, 0);
}

static void take_at(u32 va)
{
	clear(0);
	m.t[8] = va;
	m.t[9] = 64;
	msg(&m, 0, ANYBODY, 0, 0, FOREVER);
}

static void all_ones(u32 unused)
{
	clear(0xffffffff);
	m.to = m.from = m.zero = 0xffffffff;
	msg_trap(SYS_msg, &m);
	msg_trap(SYS_msg_call, &m);
	msg_trap(SYS_msg_reply_wait, &m);
}

static void every_id(u32 step)
{
	u32 id;
	clear(0);
	for (id = 0; id < 8192; id += step)
		if (id != parent && id != bystander_id) {
			msg(&m, id, 0, 0, 0, 0);
			msg(&m, 0, id, 0, 0, 0);
		}
}

static void short_times(u32 count)
{
	clear(0);
	while (count--)
		msg(&m, 0, ANYBODY, 0, 0, 1);
}

/* Children that stand in the line of each other, or of one. */
static void lines(u32 of_one)
{
	u32 i, ids[CROWD], before = call0(getenvid);
	for (i = 0; i < CROWD; i++) {
		ids[i] = fork();
		if (ids[i] == 0) {
			msg(&m, before, ANYBODY, i, FOREVER, 1);
			exit();
		}
		until_it_waits(ids[i]);
		if (!of_one || i == 0)
			before = ids[i];
	}
	call1(env_destroy, ids[of_one ? 0 : CROWD / 2]);
	msg(&m, 0, ANYBODY, 0, 0, 2);
	for (i = 0; i < CROWD; i++)
		wait(ids[i]);
}

static void in_a_circle(u32 unused)
{
	u32 me = call0(getenvid), id = fork();
	if (id == 0) {
		msg_call(&m, me, 0, 0, 0, 0);
		exit();
	}
	until_it_waits(id);
	msg(&m, id, id, 0, 2, FOREVER);
	call1(env_destroy, id);
}

/* The page of a message is gone when its turn comes. */
static void unmapped(u32 unused)
{
	u32 me = call0(getenvid), id = fork();
	clear(0);
	if (id == 0) {
		m.t[6] = AREA;
		m.t[7] = 1 << 12 | PTE_V;
		call3(mem_alloc, 0, AREA, RW);
		msg(&m, me, 0, 0, FOREVER, 0);
		exit();
	}
	until_it_waits(id);
	call2(mem_unmap, id, AREA);
	msg(&m, 0, ANYBODY, 0, 0, 2);
	wait(id);
}

static struct Trapframe tf;

static void ends(void) { exit(); }

/* Other registers for one that waits. */
static void other_registers(u32 value)
{
	u32 i, id = fork();
	clear(0);
	if (id == 0) {
		msg(&m, 0, ANYBODY, 0, 0, FOREVER);
		exit();
	}
	until_it_waits(id);
	call3(mem_alloc, 0, AREA, RW);
	for (i = 0; i < 32; i++)
		tf.regs[i] = value;
	tf.regs[29] = USTACKTOP - PAGE;
	tf.pc = (u32)ends;
	call2(set_trapframe, id, &tf);
	m.t[6] = AREA;
	m.t[7] = 1 << 12 | RW;
	msg(&m, id, 0, 0, 2, 0);
	wait(id);
}

static void stopped_in_line(u32 rounds)
{
	u32 me = call0(getenvid), id = fork();
	if (id == 0)
		for (;;)
			msg_call(&m, me, 0, 0, 0, 0);
	while (rounds--) {
		until_it_waits(id);
		call2(set_env_status, id, ENV_NOT_RUNNABLE);
		call2(set_env_status, id, ENV_RUNNABLE);
	}
	call1(env_destroy, id);
}

/* Pages in place of one's own code. */
static void over_its_code(u32 unused)
{
	u32 me = call0(getenvid), id = fork();
	clear(0);
	if (id == 0) {
		m.t[6] = AREA;
		m.t[7] = 1 << 12 | RW;
		call3(mem_alloc, 0, AREA, RW);
		msg(&m, me, 0, 0, FOREVER, 0);
		exit();
	}
	m.t[8] = UTEXT;
	m.t[9] = 64;
	msg(&m, 0, ANYBODY, 0, 0, FOREVER);
	exit();
}

static void in_a_delay_slot(u32 number)
{
	register u32 a0 __asm__("$4") = number, a1 __asm__("$5") = parent;
	__asm__ volatile(".set push\n.set noreorder\nb 1f\nsyscall\n1: nop\n.set pop" : "+r"(a0) : "r"(a1));
}

static void without_stack(u32 sp)
{
	register u32 a0 __asm__("$4") = SYS_msg, a1 __asm__("$5") = 0, a2 __asm__("$6") = 0;
	register u32 a3 __asm__("$7") = 0, t0 __asm__("$8") = sp;
	__asm__ volatile("move $16, $29\nmove $29, $8\nsyscall\nmove $29, $16"
		: "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(t0) : : "$2", "$3", "$16", "memory");
}

static const struct act acts[] = {
	{ "a call of one that never receives", call_for_ever, 0, RUNS },
	{ "a call of a stranger", call_bystander, 0, RUNS },
	{ "waiting for anybody", hear_for_ever, 0, RUNS },
	{ "waiting for a stranger", hear_bystander, 0, RUNS },
	{ "an answer to nobody", answer, 0x7fffffff, RUNS },
	{ "an answer to the kernel", answer, 0x80000000, RUNS },
	{ "pages of the kernel", send_pages, 0x80000000, GOES_ON },
	{ "the last page, and the next", send_pages, 0xfffff000, GOES_ON },
	{ "the environments", send_pages, UENVS, GOES_ON },
	{ "its page tables", send_pages, UVPT, GOES_ON },
	{ "a page below UTOP and one above", send_pages, UTOP - PAGE, GOES_ON },
	{ "pages that are not there", send_pages, 0x30000000, GOES_ON },
	{ "65 pages", send_many, 65 << 12 | PTE_V, GOES_ON },
	{ "a million pages", send_many, 0xfffff000 | PTE_V, GOES_ON },
	{ "code, writable", send_many, 1 << 12 | RW, GOES_ON },
	{ "a page, global and uncached", send_many, 1 << 12 | PTE_V | PTE_UC | PTE_G, GOES_ON },
	{ "room in the kernel", take_at, 0x80000000, GOES_ON },
	{ "room in its page tables", take_at, UVPT, GOES_ON },
	{ "room behind the last address", take_at, 0xffffffff, GOES_ON },
	{ "all registers -1", all_ones, 0, RUNS },
	{ "every id there may be", every_id, 1, GOES_ON },
	{ "one tick, again and again", short_times, 40, GOES_ON },
	{ "a chain of lines, broken in the middle", lines, 0, GOES_ON },
	{ "the line of one that ends", lines, 1, GOES_ON },
	{ "two in each other's line", in_a_circle, 0, GOES_ON },
	{ "a page taken away from a message", unmapped, 0, GOES_ON },
	{ "registers 0 for one that waits", other_registers, 0, GOES_ON },
	{ "registers -1 for one that waits", other_registers, 0xffffffff, GOES_ON },
	{ "stopped in line, again and again", stopped_in_line, 40, GOES_ON },
	{ "pages over its own code", over_its_code, 0, ANY },
	{ "a call in a delay slot", in_a_delay_slot, SYS_msg_call, ENDS },
	{ "without a stack", without_stack, 0x80000000, GOES_ON },
};

void start(void)
{
	parent = call0(getenvid);
	begin();
	TRY_ALL(acts);
	conclude("cmsghost");
}

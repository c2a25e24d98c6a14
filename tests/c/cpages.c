/*
 * Random changes of pages by two environments, in their own address spaces and in that of a third, with a page in a message now
 * and then; all that comes of them in one number. No tick disturbs, so the number is the same on both machines, and whether they
 * take their shortcuts in assembly or, with LOG=trace, all the long way through Rust.
 */
#include "fork.h"
#include "mos.h"

enum { WORKERS = 2, IDLE = WORKERS, PARENT, IDS, CALLS = 4000, WINDOW = 10 };

struct shared {
	u32 ids[IDS];
	u32 seed, calls, made, base, digest;
};
#define shared ((volatile struct shared *)0x5f000000)

#include "random.h"

/* Two tables that are there, with pages that share an entry of the 4Kc's TLB, and two that come by and by. */
static u32 window(u32 n)
{
	return AREA + (n % 4 << 23) + (n / 4) * PAGE;
}

static u32 page(void)
{
	static const u32 odd[] = { UTOP, ULIM, 0xfffffffc, PFTEMP, XSTACK - 1, UPAGES, UENVS };
	u32 kind = draw(64);
	if (kind < 7)
		return odd[kind];
	return window(draw(WINDOW)) + (draw(8) ? 0 : draw(PAGE));
}

static u32 flags(void)
{
	u32 perm = draw(4) ? RW : PTE_V;
	if (draw(4) == 0)
		perm |= draw(8);
	if (draw(16) == 0)
		perm ^= 1 << draw(32);
	return perm;
}

static u32 somebody(void)
{
	switch (draw(8)) {
	case 0:
		return shared->ids[draw(IDS)];
	case 1 ... 2:
		return shared->ids[IDLE];
	case 3:
		return shared->ids[draw(IDS)] + (draw(3) << 11);
	default:
		return 0;
	}
}

/* Makes a call with sp elsewhere. */
static int elsewhere(u32 sp, u32 number, u32 a, u32 b, u32 c)
{
	register u32 v0 __asm__("$2");
	register u32 a0 __asm__("$4") = number, a1 __asm__("$5") = a;
	register u32 a2 __asm__("$6") = b, a3 __asm__("$7") = c;
	__asm__ volatile(
		"	move	$16, $29\n"
		"	move	$29, %[sp]\n"
		"	syscall\n"
		"	move	$29, $16"
		: "=r"(v0), "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3) : [sp] "r"(sp)
		: "$1", "$3", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$16", "$24", "$25",
		  "hi", "lo", "memory");
	return v0;
}

static void strange_stack(void)
{
	static const u32 odd[] = { 0, 2, 0xfffffff0, 0xfffffff8, UTOP - 16, UTOP - 24, UTOP - 8, ULIM, ULIM - 20, UPAGES };
	u32 dstva = page(), perm = flags(), at = window(draw(WINDOW)), sp;
	sp = at + PAGE - 40 + draw(40);
	if (draw(4))
		sp &= -4;
	if (draw(4) == 0)
		sp = odd[draw(10)];
	u32 first = sp + 16, second = sp + 20;
	if (!(sp & 3) && may_write(first))
		*(volatile u32 *)first = dstva;
	if (!(sp & 3) && may_write(second))
		*(volatile u32 *)second = perm;
	u32 who = somebody(), from = page();
	note(elsewhere(sp, SYS_mem_map, who, from, draw(2) ? 0 : shared->ids[IDLE]));
}

static void touch(void)
{
	u32 va = window(draw(WINDOW)) + draw(PAGE / 4) * 4;
	volatile u32 *word = (volatile u32 *)va;
	if (draw(2) && (!entry(va) || may_write(va)))
		*word = shared->seed;
	note(*word);
}

/* What the program sees of its own pages, and their words. */
static void look(void)
{
	for (u32 n = 0; n < WINDOW; n++) {
		u32 va = window(n), e = entry(va);
		note(e & 0xfff);
		if (!(e & PTE_V))
			continue;
		note((e >> 12) - shared->base);
		note(pages[e >> 12].pp_ref);
		note(*(volatile u32 *)(va + draw(PAGE / 4) * 4));
	}
}

/* And of those of the idle one, of whom only its parent may know. */
static void look_at_idle(void)
{
	struct words w;
	u32 va = 0;
	while (next_mapping(shared->ids[IDLE], va, &w) == 0) {
		note(w.v1);
		note(w.a0 & 0xfff);
		note((w.a0 >> 12) - shared->base);
		va = w.v1 + PAGE;
	}
}

static void worker(void)
{
	u32 me = call0(getenvid);
	while (shared->calls < CALLS) {
		u32 who = somebody(), va = page(), other = page(), perm = flags();
		int v0 = 0;
		shared->calls++;
		switch (draw(16)) {
		case 0 ... 1:
			v0 = call3(mem_alloc, who, va, perm);
			break;
		case 2 ... 4:
			v0 = call5(mem_map, who, va, somebody(), other, perm);
			break;
		case 5:
			v0 = call4(mem_copy, va, who, other, perm);
			break;
		case 6 ... 7:
			v0 = call2(mem_unmap, who, va);
			break;
		case 8 ... 10:
			touch();
			break;
		case 11:
			strange_stack();
			break;
		case 12 ... 13:
			who = shared->ids[draw(WORKERS)];
			if (who != me && envs[ENVX(who)].env_ipc_recving)
				v0 = call4(ipc_can_send, who, perm, va, perm);
			break;
		case 14:
			v0 = call1(ipc_recv, draw(8) ? va : 0);
			note(envs[ENVX(me)].env_ipc_value);
			note(envs[ENVX(me)].env_ipc_perm);
			break;
		default:
			yield();
		}
		note(v0);
		shared->made += v0 == 0;
		look();
		if (me == shared->ids[0] && draw(16) == 0)
			look_at_idle();
	}
	if (me == shared->ids[0]) {
		call1(env_destroy, shared->ids[IDLE]);
		/* Which may wait for a message that nobody sends any more. */
		call1(env_destroy, shared->ids[1]);
	}
	exit();
}

static char text[] = "cpages: ________ after 0000 calls, 0000 made\n";

static int waits(u32 n)
{
	return envs[ENVX(shared->ids[n])].env_ipc_recving;
}

void start(void)
{
	call3(mem_alloc, 0, shared, RW | PTE_LIBRARY);
	shared->seed = 2463534242u;
	shared->ids[PARENT] = call0(getenvid);
	shared->base = vpt[VPN(shared)] >> 12;
	for (u32 n = 0; n < WINDOW; n++)
		if (n % 4 < 2)
			call3(mem_alloc, 0, window(n), RW);
	u32 first = fork();
	if (first == 0) {
		shared->ids[0] = call0(getenvid);
		int idle = call0(env_alloc);
		if (idle == 0)
			exit();
		shared->ids[IDLE] = idle;
		u32 second = fork();
		if (second != 0)
			shared->ids[1] = second;
		else
			shared->ids[1] = call0(getenvid);
		worker();
	}
	shared->ids[0] = first;
	while (shared->calls < CALLS) {
		yield();
		/* Neither is to wait for the other for ever. */
		if (waits(0) && waits(1))
			note(call2(set_env_status, first, ENV_RUNNABLE));
	}
	call1(env_destroy, first);
	put(text + 8, shared->digest, 16, 8);
	put(text + 23, shared->calls, 10, 4);
	put(text + 35, shared->made, 10, 4);
	call2(puts, text, sizeof(text) - 1);
	exit();
}

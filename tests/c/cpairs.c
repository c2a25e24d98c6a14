/*
 * Pairs, of which one calls and the other one answers, and both change pages meanwhile; for machines with several CPUs. A pair does
 * one thing after the other, so what comes of it is the same number on however many CPUs pairs are beside each other, on both
 * machines, and whether calls take their shortcuts in assembly or, with LOG=trace, all the long way through Rust.
 */
#include "fork.h"
#include "mos.h"

enum { PAIRS = 6, CALLS = 320, WINDOW = 10 };

struct shared {
	u32 seed, digest, calls, child, changes;
};
static volatile struct shared *shared;

#include "random.h"

static volatile struct shared *of(u32 pair)
{
	return (volatile struct shared *)(0x5f000000 + pair * PAGE);
}

/* Two tables that are there, with pages that share an entry of the TLB, and two that come by and by. */
static u32 window(u32 n)
{
	return AREA + (n % 4 << 23) + n / 4 * PAGE;
}

static u32 page(void)
{
	static const u32 odd[] = { UTOP, ULIM, 0xfffffffc, XSTACK - 1, UPAGES, UENVS };
	u32 kind = draw(64);
	return kind < 6 ? odd[kind] : window(draw(WINDOW)) + (draw(8) ? 0 : draw(PAGE));
}

static u32 flags(void)
{
	u32 perm = draw(4) ? RW : PTE_V;
	return draw(4) ? perm : perm | draw(8);
}

static void touch(void)
{
	u32 va = window(draw(WINDOW)) + draw(PAGE / 4) * 4;
	volatile u32 *word = (volatile u32 *)va;
	if (draw(2) && (!entry(va) || entry(va) & PTE_R))
		*word = shared->seed;
	note(*word);
}

static void look(void)
{
	for (u32 n = 0; n < WINDOW; n++) {
		u32 va = window(n), e = entry(va);
		note(e & 0xfff);
		if (!(e & PTE_V))
			continue;
		note(pages[e >> 12].pp_ref);
		note(*(volatile u32 *)(va + draw(PAGE / 4) * 4));
	}
}

/* Some changes of pages, of one's own or of the child that never runs, which the caller has. */
static void change(int calls)
{
	for (u32 n = draw(6); n > 0; n--) {
		u32 to = calls && draw(2) ? shared->child : 0, from = calls && draw(4) == 0 ? shared->child : 0;
		u32 va = page(), other = page(), perm = flags();
		int v0 = 0;
		shared->changes++;
		switch (draw(8)) {
		case 0 ... 1:
			v0 = call3(mem_alloc, to, va, perm);
			break;
		case 2 ... 3:
			v0 = call5(mem_map, from, va, to, other, perm);
			break;
		case 4:
			v0 = call2(mem_unmap, to, va);
			break;
		case 5:
			v0 = call4(mem_copy, va, to, other, perm);
			break;
		default:
			touch();
		}
		note(v0);
	}
	if (draw(16) == 0)
		look();
}

static void hear(struct msg *m, u32 number, int v0)
{
	note(v0);
	if (number == SYS_ipc_call)
		note(m->value);
	else
		for (int i = 0; i < 4; i++)
			note(m->words[i]);
}

static int send(u32 number, struct msg *m, u32 to)
{
	u32 word = draw(1 << 24);
	int v0 = 0;
	do {
		if (v0)
			yield();
		m->to = to;
		m->from = m->t[0] = m->t[1] = word;
		m->zero = number == SYS_ipc_call ? 0 : ~word;
		v0 = msg_trap(number, m);
	} while (v0 == -E_IPC_NOT_RECV);
	return v0;
}

/* Who answers, by single words or by messages of four. */
static u32 start_answering(int by_words)
{
	static struct msg m;
	u32 caller = call0(getenvid), id = fork();
	if (id)
		return id;
	if (by_words)
		call1(ipc_recv, 0);
	else
		msg_reply_wait(&m, 0, 0, 0, 0, 0);
	for (;;) {
		change(0);
		send(by_words ? SYS_ipc_call : SYS_msg_reply_wait, &m, caller);
	}
}

static void __attribute__((noreturn)) pair(u32 n)
{
	static struct msg m;
	u32 others[2];
	shared = of(n);
	shared->seed = 2463534242u + n * 77777;
	shared->child = call0(env_alloc);
	for (int i = 0; i < 2; i++)
		others[i] = start_answering(i);
	while (shared->calls < CALLS) {
		int by_words = shared->calls++ / 16 % 2;
		u32 number = by_words ? SYS_ipc_call : SYS_msg_call;
		hear(&m, number, send(number, &m, others[by_words]));
		change(1);
	}
	look();
	for (int i = 0; i < 2; i++)
		call1(env_destroy, others[i]);
	call1(env_destroy, shared->child);
	exit();
}

static char text[] = "cpairs: ________ after 00000 changes\n";

void start(void)
{
	u32 ids[PAIRS], digest = 0, changes = 0;
	for (u32 n = 0; n < PAIRS; n++)
		call3(mem_alloc, 0, of(n), RW | PTE_LIBRARY);
	for (u32 n = 0; n < PAIRS; n++) {
		ids[n] = fork();
		if (ids[n] == 0)
			pair(n);
	}
	for (u32 n = 0; n < PAIRS; n++) {
		wait(ids[n]);
		digest = digest * 31 + of(n)->digest;
		changes += of(n)->changes;
	}
	put(text + 8, digest, 16, 8);
	put(text + 23, changes, 10, 5);
	call2(puts, text, sizeof(text) - 1);
	exit();
}

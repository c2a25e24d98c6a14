/*
 * Messages of four words against the bare ABI: calls and answers, lines, time, ends, runs of pages, and how they meet the
 * old calls.
 */
#include "fork.h"
#include "mos.h"

#define MINE AREA			/* pages that we send */
#define THEIRS (AREA + 0x3fe000)	/* where they go, across the end of a page table */

static u32 me;
static struct msg m;

/* No pages, and room for none. */
static void fresh(void)
{
	volatile u32 *t = m.t;
	u32 i;
	for (i = 0; i < 10; i++)
		t[i] = 0;
}

static u32 status(u32 id) { return envs[ENVX(id)].env_status; }

static void wait_until_waiting(u32 id)
{
	while (status(id) == ENV_RUNNABLE)
		yield();
}

/* A child that does this, and then ends; its expectations count as ours only if they fail. */
static u32 child(void (*act)(void))
{
	int id = fork();
	if (id == 0) {
		act();
		if (failed)
			print("FAILED: in a child\n");
		exit();
	}
	return id;
}

static void calls(void)
{
	fresh();
	expect("a call", msg_call(&m, me, 1, 2, 3, 4), 0);
	expect("who answers", m.sender, me);
	expect("pages of an answer", m.came, 0);
	expect("its first word", m.words[0], 11);
	expect("its second word", m.words[1], 12);
	expect("its third word", m.words[2], 13);
	expect("its fourth word", m.words[3], 14);
}

static void call_and_answer(void)
{
	u32 id = child(calls);
	fresh();
	expect("waiting for a call", msg_reply_wait(&m, 0, 0, 0, 0, 0), 0);
	expect("who calls", m.sender, id);
	expect("its words", m.words[0] << 24 | m.words[1] << 16 | m.words[2] << 8 | m.words[3], 0x01020304);
	expect("it waits for us alone", envs[ENVX(id)].env_ipc_recving, 0);
	fresh();
	m.t[1] = 12;
	m.t[2] = 13;
	m.t[3] = 14;
	expect("an answer that waits for nothing", msg(&m, id, 0, 11, 0, 0), 0);
	wait(id);
}

static volatile u32 *const order = (volatile u32 *)0x5f000000;

static void one_word(void)
{
	fresh();
	msg_call(&m, me, call0(getenvid), 0, 0, 0);
}

static void lines(void)
{
	u32 i, ids[5], last = 0;
	fresh();
	for (i = 0; i < 5; i++) {
		ids[i] = child(one_word);
		wait_until_waiting(ids[i]);
	}
	call2(set_env_status, ids[3], ENV_NOT_RUNNABLE);
	call1(env_destroy, ids[1]);
	for (i = 0; i < 5; i++) {
		if (i == 1 || i == 3)
			continue;
		expect("from the line", msg_reply_wait(&m, last, 0, 0, 0, 0), 0);
		expect("in its order", m.words[0], ids[i]);
		last = m.sender;
	}
	fresh();
	expect("nobody is left", msg(&m, last, ANYBODY, 0, 0, 0), -E_TIMEOUT);
	expect("but that was answered", m.sender, last);
	call1(env_destroy, ids[3]);
	for (i = 0; i < 5; i++)
		wait(ids[i]);
}

static void times(void)
{
	u32 id = call0(env_alloc);
	fresh();
	if (id == 0)
		return;
	expect("sending without time", msg(&m, id, 0, 0, 0, 0), -E_IPC_NOT_RECV);
	expect("nothing was sent", m.sender, 0);
	expect("sending for a tick", msg(&m, id, 0, 0, 1, 0), -E_TIMEOUT);
	expect("receiving for three", msg(&m, 0, id, 0, 0, 3), -E_TIMEOUT);
	expect("from anybody", msg(&m, 0, ANYBODY, 0, 0, 2), -E_TIMEOUT);
	expect("nothing was sent", m.sender, 0);
	call1(env_destroy, id);
}

static void waits_for_us(void)
{
	fresh();
	expect("one that ends is heard", msg(&m, 0, order[0], 0, 0, FOREVER), -E_BAD_ENV);
	expect("and nothing was sent", m.sender, 0);
	order[1]++;
}

static void sends_to_it(void)
{
	fresh();
	expect("a line of one that ends", msg_call(&m, order[0], 0, 0, 0, 0), -E_BAD_ENV);
	order[1]++;
}

static void ends(void)
{
	u32 i, ids[4], victim = call0(env_alloc);
	fresh();
	order[0] = victim;
	order[1] = 0;
	for (i = 0; i < 4; i++) {
		ids[i] = child(i % 2 ? waits_for_us : sends_to_it);
		wait_until_waiting(ids[i]);
	}
	call1(env_destroy, victim);
	for (i = 0; i < 4; i++)
		wait(ids[i]);
	expect("all were told", order[1], 4);
	expect("it cannot be called", msg_call(&m, victim, 0, 0, 0, 0), -E_BAD_ENV);
	fresh();
	expect("nor sent to", msg(&m, victim, 0, 0, 0, 0), -E_BAD_ENV);
}

static void takes_pages(void)
{
	u32 i;
	fresh();
	m.t[8] = THEIRS + 4;
	m.t[9] = 3;
	expect("pages come", msg(&m, 0, me, 0, 0, FOREVER), 0);
	expect("as many as there is room for", m.came, 3 << 12 | RW);
	for (i = 0; i < 3; i++)
		expect("in their order", *(u32 *)(THEIRS + i * PAGE), i + 1);
	*(volatile u32 *)THEIRS = 99;
	m.t[9] = 0;
	expect("where there is room for none", msg(&m, 0, me, 0, 0, FOREVER), 0);
	expect("none come", m.came, 0);
}

static void runs(void)
{
	u32 i, id = child(takes_pages);
	fresh();
	for (i = 0; i < 4; i++) {
		call3(mem_alloc, 0, MINE + i * PAGE, RW);
		*(volatile u32 *)(MINE + i * PAGE) = i + 1;
	}
	m.t[6] = MINE;
	m.t[7] = 5 << 12 | RW;
	expect("a page that is not there", msg(&m, id, 0, 0, FOREVER, 0), -E_INVAL);
	m.t[7] = 65 << 12 | RW;
	expect("too many pages", msg(&m, id, 0, 0, FOREVER, 0), -E_INVAL);
	m.t[7] = 4 << 12 | RW;
	expect("four pages", msg(&m, id, 0, 0, FOREVER, 0), 0);
	expect("and again", msg(&m, id, 0, 0, FOREVER, 0), 0);
	wait(id);
	expect("both had the page", *(volatile u32 *)MINE, 99);
	expect("it is ours alone", pages[VPN(vpt[VPN(MINE)])].pp_ref, 1);
	m.t[7] = 0;
	m.t[8] = UTOP - PAGE;
	m.t[9] = 2;
	expect("room above UTOP", msg(&m, 0, ANYBODY, 0, 0, 0), -E_INVAL);
}

static void old_client(void)
{
	const volatile struct Env *self = &envs[ENVX(call0(getenvid))];
	int r;
	fresh();
	while ((r = call4(ipc_can_send, me, 21, MINE, PTE_V)) == -E_IPC_NOT_RECV)
		yield();
	expect("an old sender", r, 0);
	expect("an old receiver", call1(ipc_recv, THEIRS), 0);
	expect("gets the first word", self->env_ipc_value, 31);
	expect("and its sender", self->env_ipc_from, me);
	expect("and the first page", self->env_ipc_perm, RW);
	expect("which is this", *(u32 *)THEIRS, 2);
	expect("a new call", msg_call(&m, me, 41, 0, 0, 0), 0);
	expect("has an old answer", m.words[0], 51);
	expect("and no more words", m.words[1] | m.words[2] | m.words[3], 0);
}

static void old_and_new(void)
{
	const volatile struct Env *self = &envs[ENVX(me)];
	u32 id = child(old_client);
	fresh();
	m.t[8] = THEIRS;
	m.t[9] = 1;
	expect("an old sender is heard", msg(&m, 0, ANYBODY, 0, 0, FOREVER), 0);
	expect("its word", m.words[0], 21);
	expect("and its page", m.came, 1 << 12 | PTE_V);
	expect("where we want it", *(u32 *)THEIRS, 99);
	/* The child has copies of what we had. */
	call3(mem_alloc, 0, MINE, RW);
	call3(mem_alloc, 0, MINE + PAGE, RW);
	*(volatile u32 *)MINE = 2;
	m.t[1] = m.t[2] = m.t[3] = 7;
	m.t[6] = MINE;
	m.t[7] = 2 << 12 | RW;
	expect("a new sender", msg(&m, id, 0, 31, FOREVER, 0), 0);
	wait_until_waiting(id);
	expect("an old receiver takes from its line", call1(ipc_recv, 0), 0);
	expect("the first word", self->env_ipc_value, 41);
	expect("of this sender", self->env_ipc_from, id);
	expect("an old answer", call4(ipc_can_send, id, 51, 0, 0), 0);
	wait(id);
}

static void nonsense(void)
{
	fresh();
	expect("a call of oneself", msg_call(&m, me, 0, 0, 0, 0), -E_INVAL);
	expect("an answer to oneself", msg_reply_wait(&m, me, 0, 0, 0, 0), -E_INVAL);
	expect("hearing oneself", msg(&m, 0, me, 0, 0, 0), -E_INVAL);
	expect("a call of nobody", msg_call(&m, 0, 0, 0, 0, 0), -E_INVAL);
	expect("nothing to do", msg(&m, 0, 0, 0, 0, 0), 0);
	m.zero = 1;
	expect("what is to be 0", msg_trap(SYS_msg, &m), -E_INVAL);
	expect("an id that is none", msg_call(&m, 0x7fffffff, 0, 0, 0, 0), -E_BAD_ENV);
}

void start(void)
{
	u32 frames;
	me = call0(getenvid);
	call3(mem_alloc, 0, order, RW | PTE_LIBRARY);
	call_and_answer();
	frames = free_frames();
	call_and_answer();
	lines();
	times();
	ends();
	runs();
	old_and_new();
	nonsense();
	call2(mem_unmap, 0, THEIRS);
	expect("frames that are lost", frames - free_frames() <= 8, 1);
	finish("cmsg");
}

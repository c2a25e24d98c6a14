/*
 * Nearly all that programs may do, at random, by environments that have little memory and end each other: messages with pages,
 * batches, a child's registers while it waits, faults. No tick disturbs, so what comes of it is the same number on both machines,
 * and whether calls take their shortcuts in assembly or, with LOG=trace, all the long way through Rust.
 */
#include "mix.h"

enum { CALLS = 5000, FREE = 140, IN_BATCH = 8 };

static struct batch_call calls[IN_BATCH];

static void look(void)
{
	for (u32 i = 0; i <= ALL; i++)
		if (shared->ids[i])
			look_at_env(shared->ids[i]);
	for (u32 n = 0; n < PAGES; n++) {
		u32 va = area(n), e = entry(va);
		note(e & 0xfff);
		if (!(e & PTE_V))
			continue;
		note(pages[e >> 12].pp_ref);
		note(load(va));
		note(load(va + draw(PAGE / 4) * 4));
	}
}

/* A call of messages: with pages, if it is msg. */
static u32 talk(u32 number, u32 to)
{
	static struct msg m;
	u32 word = draw(1 << 24);
	m.to = to;
	m.from = number == SYS_msg ? (draw(2) ? ANYBODY : anybody()) : word;
	m.zero = number == SYS_ipc_call ? page() : draw(40) == 0;
	for (u32 i = 0; i < 4; i++)
		m.t[i] = word + i;
	m.t[4] = draw(3) ? FOREVER : 0;
	m.t[5] = draw(3) ? FOREVER : 0;
	m.t[6] = page();
	m.t[7] = draw(6) ? (draw(4) ? 1 : draw(70)) << 12 | (draw(4) ? PTE_V : flags() & 0xfff) : 0;
	m.t[8] = page();
	m.t[9] = draw(4) ? 1 + draw(6) : draw(PAGES);
	int v0 = msg_trap(number, &m);
	note(v0);
	if (v0 == 0 || number != SYS_ipc_call)
		note(m.sender);
	if (v0 < 0)
		return 0;
	shared->messages++;
	shared->parcels += m.came != 0;
	note(m.came);
	note(number == SYS_ipc_call ? m.value : m.words[0] ^ m.words[1] ^ m.words[2] ^ m.words[3]);
	return m.sender;
}

static void draw_call(struct batch_call *call, u32 n)
{
	static const u32 numbers[] = {
		SYS_getenvid, SYS_mem_alloc, SYS_mem_alloc, SYS_mem_map, SYS_mem_map, SYS_mem_unmap, SYS_mem_share, SYS_mem_copy,
		SYS_set_exception_handler, SYS_batch,
	};
	u32 who = family(n), whom = family(n), va = page(), other = page(), perm = flags();
	u32 kinds = draw(3) ? draw(1 << 24) & 0x3e3c : 0, number = numbers[draw(10)];
	struct batch_call drawn = { number, { who, va, perm, perm }, 0x77, 0 };
	if (number == SYS_mem_map)
		drawn = (struct batch_call){ number, { who, va, whom, other, perm }, 0x77, 0 };
	else if (number == SYS_mem_share)
		drawn.args[2] = va + draw(6) * PAGE;
	else if (number == SYS_mem_copy)
		drawn = (struct batch_call){ number, { va, who, other, perm }, 0x77, 0 };
	else if (number == SYS_set_exception_handler)
		drawn = (struct batch_call){ number, { 0, kinds, (u32)handler, UXSTACKTOP }, 0x77, 0 };
	*call = drawn;
}

/* Now and then in pages that the calls change, take away, or end. */
static void make_batch(u32 n)
{
	struct words w;
	u32 at = (u32)calls;
	for (u32 i = 0; i < IN_BATCH; i++)
		draw_call(&calls[i], n);
	if (draw(4) == 0) {
		at = (page() & -4) + (draw(2) ? 0 : PAGE - 40 - 4 * draw(20));
		for (u32 i = 0; i < sizeof(calls) / 4; i++)
			if (may_write(at + 4 * i))
				store(at + 4 * i, ((u32 *)calls)[i]);
	}
	int made = batch(at, 1 + draw(IN_BATCH), &w);
	note(made);
	if (made >= 0) {
		note(w.v1);
		shared->batched += made;
	}
	for (u32 i = 0; i < IN_BATCH; i++)
		note(calls[i].result);
}

/* The registers of the child, which may wait, for whom or with what it has not thought. */
static void set_registers(u32 n)
{
	static const unsigned char set[] = { 5, 6, 8, 9, 10, 11, 14, 15, 24, 25 };
	static struct Trapframe tf;
	u32 id = n < WORKERS ? shared->ids[n + WORKERS] : 0;
	if (id == 0 || call2(get_trapframe, id, &tf) < 0)
		return;
	note(tf.pc);
	note(tf.regs[16] ^ tf.regs[29]);
	if (envs[ENVX(id)].env_status == ENV_NOT_RUNNABLE) {
		u32 r = set[draw(sizeof(set))];
		tf.regs[r] = r < 7 ? anybody() : r == 15 ? draw(6) << 12 | flags() : r == 14 || r == 24 ? page() : draw(20);
	}
	note(call2(set_trapframe, id, &tf));
}

static void look_at_mappings(u32 id)
{
	struct words w = { 0 };
	for (u32 va = AREA; next_mapping(id, va, &w) == 0 && w.v1 < AREA + 0x1000000; va = w.v1 + (w.a0 ? PAGE : 0)) {
		note(w.v1);
		note(w.a0 & 0xfff);
	}
}

static void worker(u32 n) __attribute__((noreturn));

/* The child that a worker has is ended, and there may be another. */
static void other_child(u32 n)
{
	if (shared->ids[n + WORKERS])
		note(call1(env_destroy, shared->ids[n + WORKERS]));
	shared->ids[n + WORKERS] = 0;
	int id = fork();
	if (id == 0)
		worker(n + WORKERS);
	shared->ids[n + WORKERS] = id > 0 ? id : 0;
}

static void worker(u32 n)
{
	u32 last = 0;
	shared->ids[n] = call0(getenvid);
	while (shared->calls < CALLS && (n >= WORKERS || !shared->ends[n])) {
		u32 what = draw(36), va = page(), perm = flags(), who = anybody(), from;
		struct batch_call call;
		shared->calls++;
		switch (what) {
		case 0 ... 12:
			from = what < 3 ? talk(SYS_msg_call, who) : what < 7 ? talk(SYS_msg_reply_wait, draw(6) ? last : who)
			     : what < 12 ? talk(SYS_msg, who) : talk(SYS_ipc_call, who);
			last = from ? from : last;
			break;
		case 13 ... 14:
			note(call4(ipc_can_send, who, perm, draw(2) ? va : 0, perm));
			break;
		case 15:
			note(call1(ipc_recv, draw(4) ? va : 0));
			break;
		case 16 ... 20:
			draw_call(&call, n);
			if (call.number != SYS_batch)
				note(msyscall(call.number, call.args[0], call.args[1], call.args[2], call.args[3], call.args[4]));
			break;
		case 21 ... 23:
			make_batch(n);
			break;
		case 24 ... 25:
			set_registers(n);
			break;
		case 26:
			if (n < WORKERS && draw(2) == 0)
				other_child(n);
			break;
		case 27:
			note(call2(set_env_status, family(n), 1 + draw(3)));
			break;
		case 28 ... 30:
			if (va < UTOP)
				store(va & -4, perm);
			break;
		case 31 ... 32:
			note(load(va < ULIM ? va & -4 : AREA));
			break;
		case 33:
			look_at_mappings(family(n));
			break;
		default:
			yield();
		}
		look();
	}
	if (n < WORKERS && shared->ids[n + WORKERS])
		call1(env_destroy, shared->ids[n + WORKERS]);
	exit();
}

static int all_wait(void)
{
	for (u32 i = 0; i < ALL; i++)
		if (shared->ids[i] && envs[ENVX(shared->ids[i])].env_status == ENV_RUNNABLE)
			return 0;
	return 1;
}

/* Whatever it waits for, it sees that it is to end. */
static void finish_worker(u32 n)
{
	u32 id = shared->ids[n];
	shared->ends[n] = 1;
	while (id && alive(id)) {
		note(call2(set_env_status, id, ENV_RUNNABLE));
		yield();
	}
	shared->ends[n] = 0;
}

static void begin(u32 n)
{
	shared->ids[n + WORKERS] = 0;
	int id = fork();
	if (id == 0)
		worker(n);
	shared->ids[n] = id > 0 ? id : 0;
}

static char text[] = "cmix: ________ after 0000 calls, 0000 messages, 000 with pages, 0000 faults, 0000 calls in batches\n";

void start(void)
{
	u32 i;
	call3(mem_alloc, 0, shared, RW | PTE_LIBRARY);
	shared->seed = 2463534242u;
	shared->ids[PARENT] = call0(getenvid);
	for (i = 0; i < PAGES; i++)
		if (i % 3)
			call3(mem_alloc, 0, area(i), RW | (i % 5 ? 0 : PTE_LIBRARY));
	set_handler(0);
	/* What is free is what is given back of all that there was. */
	shared->reserve = RESERVE;
	for (i = RESERVE; call3(mem_alloc, 0, i, RW) == 0; i += PAGE)
		;
	for (u32 n = 0; n < FREE; n++)
		call2(mem_unmap, 0, i -= PAGE);
	for (i = 0; i < WORKERS; i++)
		begin(i);
	while (shared->calls < CALLS) {
		yield();
		look();
		i = draw(WORKERS);
		if (shared->ids[i] == 0 || !alive(shared->ids[i]) || draw(128) == 0) {
			finish_worker(i);
			begin(i);
		} else if (all_wait() || draw(24) == 0) {
			note(call2(set_env_status, shared->ids[i], 1 + draw(2)));
		}
	}
	for (i = 0; i < WORKERS; i++)
		finish_worker(i);
	put(text + 6, shared->digest, 16, 8);
	put(text + 21, shared->calls, 10, 4);
	put(text + 33, shared->messages, 10, 4);
	put(text + 48, shared->parcels, 10, 3);
	put(text + 64, shared->faults, 10, 4);
	put(text + 77, shared->batched, 10, 4);
	call2(puts, text, sizeof(text) - 1);
	exit();
}

/*
 * Random calls of several environments, all that comes of them in one number. No tick disturbs, so the number is the same
 * on both machines, and whether calls take their shortcuts in assembly or, with LOG=trace, all the long way through Rust.
 */
#include "fork.h"
#include "mos.h"

enum { WORKERS = 5, CALLS = 3000 };

struct shared {
	u32 ids[WORKERS + 1];		/* the last one is the parent */
	u32 seed, calls, failures, digest;
};
#define shared ((volatile struct shared *)0x5f000000)

#include "random.h"

/* What every program can see of all of them. */
static void look(void)
{
	for (u32 i = 0; i <= WORKERS; i++)
		look_at_env(shared->ids[i]);
}

/* A call whose arguments and results are in registers, as for msg_call. */
static int registers(u32 number, struct msg *m)
{
	int v0 = msg_trap(number, m);
	note(v0);
	if (v0 == 0) {
		note(m->sender);
		note(m->came);
		if (number == SYS_ipc_call)
			note(m->value);
		else
			for (int i = 0; i < 4; i++)
				note(m->words[i]);
	} else if (number != SYS_ipc_call) {
		note(m->sender);
	}
	return v0;
}

static void worker(void)
{
	static struct msg m;
	u32 last = 0;
	while (shared->calls < CALLS) {
		u32 what = draw(32), to = shared->ids[draw(WORKERS)], word = draw(1 << 24);
		int v0 = -1;
		shared->calls++;
		m.to = draw(8) ? to : to + (draw(3) << 11);	/* now and then one that has not been yet */
		m.from = m.zero = m.t[0] = m.t[1] = m.t[2] = word;
		m.t[3] = ~word;
		switch (what) {
		case 0 ... 8:
			v0 = registers(SYS_msg_call, &m);
			break;
		case 9 ... 17:
			m.to = last;
			/* fall through */
		case 18:
			v0 = registers(SYS_msg_reply_wait, &m);
			break;
		case 19 ... 20:
			m.from = draw(2) ? ANYBODY : to;
			m.zero = 0;
			m.t[4] = draw(2) ? FOREVER : 0;
			m.t[5] = draw(2) ? FOREVER : 0;
			v0 = registers(SYS_msg, &m);
			break;
		case 21 ... 23:
			m.from = word;
			m.zero = draw(8) ? 0 : UTOP;	/* where no page can go */
			v0 = registers(SYS_ipc_call, &m);
			break;
		case 24 ... 26:
			note(call4(ipc_can_send, m.to, word, 0, 0));
			break;
		case 27 ... 28:
			note(call1(ipc_recv, draw(8) ? 0 : UTOP));
			break;
		case 29:
			note(call0(getenvid));
			break;
		default:
			note(call0(yield));
		}
		if (v0 == 0)
			last = m.sender;
		shared->failures += v0 < 0 && what < 24;
		look();
	}
	exit();
}

static u32 start_worker(void)
{
	u32 id = fork();
	if (id == 0)
		worker();
	return id;
}

static int all_wait(void)
{
	for (u32 i = 0; i < WORKERS; i++)
		if (envs[ENVX(shared->ids[i])].env_status == ENV_RUNNABLE)
			return 0;
	return 1;
}

static char text[] = "cways: ________ after 0000 calls\n";

void start(void)
{
	u32 i;
	call3(mem_alloc, 0, shared, RW | PTE_LIBRARY);
	shared->seed = 2463534242u;
	shared->ids[WORKERS] = call0(getenvid);
	for (i = 0; i < WORKERS; i++)
		shared->ids[i] = start_worker();
	while (shared->calls < CALLS) {
		yield();
		look();
		i = draw(WORKERS);
		if (draw(64) == 0) {
			call1(env_destroy, shared->ids[i]);
			shared->ids[i] = start_worker();
		} else if (draw(16) == 0) {
			note(call2(set_env_status, shared->ids[i], ENV_NOT_RUNNABLE));
		} else if (all_wait() || draw(16) == 0) {
			note(call2(set_env_status, shared->ids[i], ENV_RUNNABLE));
		}
	}
	for (i = 0; i < WORKERS; i++)
		call1(env_destroy, shared->ids[i]);
	look();
	put(text + 7, shared->digest, 16, 8);
	put(text + 22, shared->calls, 10, 4);
	call2(puts, text, sizeof(text) - 1);
	exit();
}

/*
 * Whom somebody waits for is nobody's business: calls that find it waiting leave the same in all registers, whomever it waits
 * for.
 */
#include "fork.h"
#include "mos.h"
#include "registers.h"

enum { HEARS_IN_CALL, HEARS, SENDS, WAITS };	/* in which way it waits */
enum { SPIES = 8, SEEN = 26 };			/* calls that find it, and registers that are looked at after each */
enum { WAITING = 6 };				/* from this one on they do not return, and the frame is looked at */
enum { OLD = 1 << 11 };				/* with this in it, an id is that of another one in its slot */

struct shared {
	u32 way, whom, waits;			/* for the one that waits, which counts */
	u32 number, a1;				/* for the one that spies by calls that do not return */
};
#define shared ((volatile struct shared *)0x5f000000)

static struct call call;
static u32 me, waiter, spy;

static u32 child(void (*act)(void))
{
	u32 id = fork();
	if (id == 0) {
		act();
		exit();
	}
	return id;
}

static int waits(u32 id)
{
	return envs[ENVX(id)].env_status == ENV_NOT_RUNNABLE;
}

static void until_waits(u32 id)
{
	while (!waits(id))
		yield();
}

/* Hears this program alone, once it has heard somebody if it is to. */
static void partner(void)
{
	static struct msg m;
	if (shared->way == HEARS_IN_CALL)
		msg_reply_wait(&m, 0, 0, 0, 0, 0);
	msg(&m, 0, me, 0, 0, FOREVER);
}

/* Waits until its partner ends, again and again. */
static void wait_for_it(void)
{
	static struct msg m;
	for (;;) {
		u32 whom = shared->whom;
		if (whom == 0) {
			yield();
		} else if (shared->way == HEARS) {
			msg(&m, 0, whom, 0, 0, FOREVER);
			shared->waits++;
		} else {
			msg_call(&m, whom, 0, 0, 0, 0);
			shared->waits++;
		}
	}
}

static void make(u32 number, u32 a1, u32 a3)
{
	call.number = number;
	call.a1 = a1;
	call.a3 = a3;
	call.mine = 0x5ca00000;
	full_call(&call);
}

static void spy_by_waiting(void)
{
	for (;;) {
		while (shared->number == 0)
			yield();
		make(shared->number, shared->a1, 0);
		shared->number = 0;
	}
}

/* What is in the registers after each call. */
static void look(u32 seen[SPIES][SEEN])
{
	static struct Trapframe tf;
	for (u32 i = 0; i < SPIES; i++) {
		switch (i) {
		case 0:
			make(SYS_ipc_can_send, waiter, 0);
			break;
		case 1:
			make(SYS_ipc_can_send, waiter, AREA);
			break;
		case 2:
			make(SYS_ipc_call, waiter, 0);
			break;
		case 3:
			make(SYS_ipc_can_send, waiter ^ OLD, 0);
			break;
		case 4:
			make(SYS_ipc_call, waiter ^ OLD, 0);
			break;
		case 5:
			make(SYS_msg_call, waiter ^ OLD, 0);
			break;
		default:
			shared->a1 = waiter;
			shared->number = i == WAITING ? SYS_msg_call : SYS_msg_reply_wait;
			until_waits(spy);
			call2(get_trapframe, spy, &tf);
			call2(set_env_status, spy, ENV_RUNNABLE);
			while (shared->number)
				yield();
		}
		for (u32 r = 1; r < SEEN; r++)
			seen[i][r] = i < WAITING ? call.after[r] : tf.regs[r];
	}
}

void start(void)
{
	static u32 seen[2][SPIES][SEEN];
	static const char *const spies[SPIES] = {
		"ipc_can_send", "ipc_can_send with a page", "ipc_call", "ipc_can_send to an old id", "ipc_call to an old id",
		"msg_call to an old id", "msg_call", "msg_reply_wait",
	};
	call3(mem_alloc, 0, shared, RW | PTE_LIBRARY);
	call3(mem_alloc, 0, AREA, RW);
	me = call0(getenvid);
	waiter = child(wait_for_it);
	spy = child(spy_by_waiting);
	for (u32 way = 0; way < WAITS; way++) {
		for (u32 n = 0; n < 2; n++) {
			u32 before = shared->waits;
			shared->way = way;
			u32 whom = child(partner);
			until_waits(whom);
			shared->whom = whom;
			while (!waits(waiter) || !waits(whom))
				yield();
			look(seen[n]);
			shared->whom = 0;
			call1(env_destroy, whom);
			while (shared->waits == before)
				yield();
		}
		for (u32 i = 0; i < SPIES; i++)
			for (u32 r = 1; r < SEEN; r++)
				expect(spies[i], seen[0][i][r] - seen[1][i][r], 0);
	}
	call1(env_destroy, waiter);
	call1(env_destroy, spy);
	finish("cwhom");
}

/* What becomes of an environment that waits and is stopped, or started. */
#include "fork.h"
#include "mos.h"

enum { TABLES = 200, BASE = 0x10000000, FRAMES = 16 };

struct board {
	int answer;		/* what the child's call returned */
	u32 goes_on, waits;	/* it is behind it; it is about to make it */
};
#define BOARD ((volatile struct board *)0x5f000000)

static int receive(void) { return call1(ipc_recv, 0); }
static int read_key(void) { return call0(cgetc); }

/* So much memory that its end takes some time slices. */
static int end_child(void)
{
	u32 i, at, end = BASE + (TABLES << 22);
	int child = call0(env_alloc);
	for (i = 0; i < FRAMES; i++)
		call3(mem_alloc, 0, BASE + i * PAGE, RW | PTE_LIBRARY);
	for (; i < TABLES * 1024; i += 2)
		call5(mem_map, 0, BASE + i % FRAMES * PAGE, 0, BASE + i * PAGE, RW | PTE_LIBRARY);
	for (at = BASE; at < end;) {
		int r = call3(mem_share, child, at, end);
		at = r < 0 ? end : r;
	}
	BOARD->waits = 1;
	return call1(env_destroy, child);
}

/* A child that waits in this call. */
static u32 start_waiting(int (*call)(void))
{
	u32 id;
	BOARD->goes_on = BOARD->waits = 0;
	id = fork();
	if (id == 0) {
		BOARD->waits = call != end_child;
		BOARD->answer = call();
		BOARD->goes_on = 1;
		exit();
	}
	while (!BOARD->waits || envs[ENVX(id)].env_status == ENV_RUNNABLE)
		yield();
	return id;
}

static void stop(u32 id)
{
	expect("stopping it", call2(set_env_status, id, ENV_NOT_RUNNABLE), 0);
}

static void stays_stopped(u32 id)
{
	u32 i;
	for (i = 0; i < 100; i++)
		yield();
	expect("it goes on", BOARD->goes_on, 0);
	expect("its status", envs[ENVX(id)].env_status, ENV_NOT_RUNNABLE);
}

static void goes_on(u32 id, int answer)
{
	expect("starting it", call2(set_env_status, id, ENV_RUNNABLE), 0);
	wait(id);
	expect("what its call returned", BOARD->answer, answer);
}

void start(void)
{
	u32 id;
	call3(mem_alloc, 0, BOARD, RW | PTE_LIBRARY);
	id = start_waiting(receive);
	stop(id);
	expect("sending to it", call4(ipc_can_send, id, 1, 0, 0), -E_IPC_NOT_RECV);
	stays_stopped(id);
	goes_on(id, -E_UNSPECIFIED);
	id = start_waiting(read_key);
	stop(id);
	print("cstop: hit a key: ");
	expect("what we read", call0(cgetc), 'k');
	stays_stopped(id);
	goes_on(id, -E_UNSPECIFIED);
	id = start_waiting(end_child);
	stop(id);
	stays_stopped(id);
	goes_on(id, 0);
	goes_on(start_waiting(end_child), 0);
	finish("\ncstop");
}

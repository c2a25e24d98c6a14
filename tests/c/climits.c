/*
 * As many environments as there can be, all alive and each with its own memory; a fork bomb; and a
 * system that has everything back afterwards.
 */
#include "hostile.h"

static volatile u32 data[PAGE / 4] __attribute__((aligned(4096)));

enum { ROUNDS = 3, STOP = 99 };

static void fill(u32 seed)
{
	u32 i;
	for (i = 0; i < PAGE / 4; i += 16)
		data[i] = seed + i;
}

static u32 wrong(u32 seed)
{
	u32 i, n = 0;
	for (i = 0; i < PAGE / 4; i += 16)
		n += data[i] != seed + i;
	return n;
}

/* Checks what it wrote, and writes something else, whenever it is told to. */
static void keeper(void)
{
	u32 me = call0(getenvid), round = 0;
	fill(me);
	for (;;) {
		call1(ipc_recv, 0);
		if (wrong(me + round))
			REPORT->damage++;
		if (envs[ENVX(me)].env_ipc_value == STOP)
			exit();
		fill(me + ++round);
		REPORT->count++;
	}
}

static int send(u32 id, u32 value)
{
	int r;
	while ((r = call4(ipc_can_send, id, value, 0, 0)) == -E_IPC_NOT_RECV)
		yield();
	return r;
}

/* More environments than address-space ids, on either machine. */
static void all_alive(void)
{
	static u32 ids[NENV];
	u32 n, i, round;
	int id;
	for (n = 0; n < NENV; n++) {
		id = fork();
		if (id == 0)
			keeper();
		if (id < 0)
			break;
		ids[n] = id;
	}
	expect("fork of one too many", id, -E_NO_FREE_ENV);
	expect("most children, besides parent and bystander", n, NENV - 2);
	for (round = 1; round <= ROUNDS; round++)
		for (i = 0; i < n; i++)
			if (send(ids[i], round) < 0)
				REPORT->damage++;
	for (i = 0; i < n; i++)
		send(ids[i], STOP);
	for (i = 0; i < n; i++)
		wait(ids[i]);
	expect("messages that arrived", REPORT->count, n * ROUNDS);
}

static u32 count_alive(void)
{
	u32 i, n = 0;
	for (i = 0; i < NENV; i++)
		n += envs[i].env_status != ENV_FREE;
	return n;
}

/* Every generation forks again, which would make 2048 environments if there were so many. */
static void bomb(void)
{
	u32 parent = call0(getenvid), most = 0, n;
	int generation;
	for (generation = 0; generation < 11; generation++)
		if (fork() < 0)
			break;
	if ((u32)call0(getenvid) != parent)
		exit();
	while ((n = count_alive()) > 2) {
		most = n > most ? n : most;
		yield();
	}
	expect("many were alive at once", most > 200, 1);
}

void start(void)
{
	begin();
	all_alive();
	expect("free frames after as many as can be", free_frames(), frames_before);
	bomb();
	bomb();
	conclude("climits");
}

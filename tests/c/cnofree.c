/*
 * Asks for a child where there is no slot, while others make large children and end them for ever: it is told so when those
 * are gone that had ended when it asked, however many end then.
 */
#include "fork.h"
#include "mos.h"

enum { OTHERS = 48, TABLES = 8, FRAMES = 16, BASE = 0x10000000, END = BASE + (TABLES << 22), TURNS = 40 };

#define MADE ((volatile u32 *)0x5f000000)	/* how many children each of the others has made */
#define STAGE MADE[OTHERS]

enum { WAIT, GO, STOP };

/* No two are as large, so that there is no moment at which all are being made. */
static void __attribute__((noreturn)) make_and_end(u32 which)
{
	u32 end_of_all = END - which * 80 * PAGE;
	while (STAGE == WAIT)
		yield();
	while (STAGE == GO) {
		int child = call0(env_alloc);
		u32 at;
		for (at = BASE; at < end_of_all;)
			at = call3(mem_share, child, at, end_of_all);
		call1(env_destroy, child);
		MADE[which]++;
	}
	exit();
}

void start(void)
{
	const volatile struct Env *me = &envs[ENVX(call0(getenvid))];
	u32 i, at, turns;
	int others[OTHERS], child;
	call3(mem_alloc, 0, MADE, RW | PTE_LIBRARY);
	for (at = BASE; at < BASE + FRAMES * PAGE; at += PAGE)
		call3(mem_alloc, 0, at, RW | PTE_LIBRARY);
	for (; at < END; at += PAGE)
		call5(mem_map, 0, at - FRAMES * PAGE, 0, at, RW | PTE_LIBRARY);
	for (i = 0; i < OTHERS; i++) {
		others[i] = fork();
		if (others[i] == 0)
			make_and_end(i);
	}
	STAGE = GO;
	for (i = 0; i < OTHERS; i++)
		while (MADE[i] < 12)
			yield();
	do {
		turns = me->env_runs;
		child = call0(env_alloc);
		turns = me->env_runs - turns;
	} while (child > 0);
	expect("no slot", child, -E_NO_FREE_ENV);
	expect("told so soon enough", turns <= TURNS, 1);
	for (i = 0; i < OTHERS; i++)
		expect("another goes on", alive(others[i]), 1);
	STAGE = STOP;
	for (i = 0; i < OTHERS; i++)
		wait(others[i]);
	for (i = 0; i < NENV; i++)
		if (envs[i].env_parent_id == me->env_id)
			call1(env_destroy, envs[i].env_id);
	finish("cnofree");
}

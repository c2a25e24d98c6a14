/*
 * Ends a child with much memory: what is left of it is cleared away in this program's time slices, and in none of those that
 * the first program does without.
 */
#include "mos.h"

enum { TABLES = 200, BASE = 0x10000000, FRAMES = 16, TURNS = 3 };

void start(void)
{
	u32 i, at, end_of_all = BASE + (TABLES << 22), turns;
	int child = call0(env_alloc);
	for (i = 0; i < FRAMES; i++)
		call3(mem_alloc, 0, BASE + i * PAGE, RW | PTE_LIBRARY);
	for (; i < TABLES * 1024; i += 2)
		call5(mem_map, 0, BASE + i % FRAMES * PAGE, 0, BASE + i * PAGE, RW | PTE_LIBRARY);
	for (at = BASE; at < end_of_all;) {
		int r = call3(mem_share, child, at, end_of_all);
		at = r < 0 ? end_of_all : r;
	}
	turns = envs[0].env_runs;
	expect("ending a child", call1(env_destroy, child), 0);
	turns = envs[0].env_runs - turns;
	expect("the first program has its turns meanwhile", turns >= TURNS, 1);
	finish("cremains");
}

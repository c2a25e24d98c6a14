/*
 * A program as one writes it for JOS: a ring of environments hands a number round, each adds its place, and a page that all
 * have mapped says where it was.
 */
#include "jos.h"

#define MEMBERS 5
#define ROUNDS 3
#define SEEN ((volatile uint32_t *)0x50000000)

static void member(int place, envid_t next)
{
	envid_t from;
	int round, perm;

	for (round = 0; round < ROUNDS; round++) {
		uint32_t number = ipc_recv(&from, 0, &perm);
		SEEN[place] += number;
		ipc_send(next, number + place, 0, 0);
	}
	cprintf("[%08x] place %d: the last one was from %x\n", thisenv->env_id, place, from);
}

void umain(int argc, char **argv)
{
	envid_t me = sys_getenvid(), next = me, from, child;
	int place, round, number = 1;

	if (sys_page_alloc(0, (void *)SEEN, PTE_P | PTE_U | PTE_W) < 0)
		return;
	/* Shared with children, as the file system's pages are. */
	sys_page_map(0, (void *)SEEN, 0, (void *)SEEN, PTE_P | PTE_W | PTE_LIBRARY);
	for (place = MEMBERS; place > 0; place--) {
		if ((child = fork()) == 0) {
			member(place, next);
			exit();
		}
		next = child;
	}
	for (round = 0; round < ROUNDS; round++) {
		ipc_send(next, number, 0, 0);
		number = ipc_recv(&from, 0, 0);
	}
	while (alive(child))
		sys_yield();
	cprintf("[%08x] %d after %d rounds, seen:", thisenv->env_id, number, ROUNDS);
	for (place = 1; place <= MEMBERS; place++)
		cprintf(" %d", SEEN[place]);
	cprintf("\n");
}

/*
 * A program as one writes it for the course's kernel in C: a child gets a page by a message, changes a word of it and
 * answers; its own variables are copied when it writes them.
 */
#include "cmos.h"

#define PAGE_VA 0x50000000
#define WORD (*(volatile u_int *)PAGE_VA)

static u_int count = 1;

static void child(void)
{
	u_int whom, perm;
	u_int value = ipc_recv(&whom, PAGE_VA, &perm);

	writef("%x got %d from %x, with a page: %d\n", syscall_getenvid(), value, whom, (perm & PTE_V) != 0);
	user_assert(WORD == 7);
	WORD += value;
	count += value;
	ipc_send(whom, count, 0, 0);
}

void umain(void)
{
	u_int whom, value;
	int id = fork();

	if (id == 0) {
		child();
		return;
	}
	user_assert(syscall_mem_alloc(0, PAGE_VA, PTE_V | PTE_R) == 0);
	WORD = 7;
	writef("@@@@@send 35 from %x to %x\n", syscall_getenvid(), id);
	ipc_send(id, 35, PAGE_VA, PTE_V | PTE_R);
	value = ipc_recv(&whom, 0, 0);
	writef("%x got %d from %x, the page has %d and my own count is %d\n", syscall_getenvid(), value, whom, WORD, count);
}

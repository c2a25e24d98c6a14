/*
 * What programs for MOS in C do beside the calls: they share a page, ask how often it is mapped, have stores reported, print in
 * many ways, and panic.
 */
#include "cmos.h"

#define SHARED ((char *)0x0a000000)
#define PLAIN ((volatile u_int *)0x0b000000)

char *msg = "said by the child";
static u_int faults, end;

static void on_store(u_int va)
{
	faults++;
	writef("a store to %08x\n", va);
	if (syscall_mem_alloc(0, ROUNDDOWN(va, BY2PG), PTE_V | PTE_R) < 0)
		user_panic("no page for %x", va);
}

void umain(int argc, char **argv)
{
	int child, error;

	env = &envs[ENVX(syscall_getenvid())];
	writef("%c|%5d|%-5d|%05d|%b|%u|%o|%X|%ld|%y|%08x\n", 'a', 1, 2, 3, 5, 6, 8, 255, 9L, 10, 0xbeef);
	if ((error = syscall_mem_alloc(0, SHARED, PTE_V | PTE_R | PTE_LIBRARY)) < 0)
		user_panic("syscall_mem_alloc: %d", error);
	user_assert(syscall_mem_alloc(0, PLAIN, PTE_V) == 0);
	user_assert(set_pgfault_handler(on_store) == 0);
	if ((child = fork()) == 0) {
		strcpy(SHARED, msg);
		PLAIN[0] = 1;
		end += faults;
		writef("%x: mapped %d times, %d store\n", env->env_id, pageref(SHARED), end);
		exit();
	}
	wait(child);
	writef("%s, %d stores\n", strcmp(SHARED, msg) ? "wrong" : SHARED, faults);
	writef("mapped %d and %d times\n", pageref(SHARED), pageref(SHARED + BY2PG));
	user_panic("%x ends, %s", env->env_id, msg);
}

/*
 * What programs for JOS do beside the calls: they handle their own page faults, copy themselves by hand, print in many ways,
 * share pages, and panic.
 */
#include "jos.h"

#define FAULTS 0x0c000ff8
#define SHARED ((volatile uint32_t *)0x50000000)

char msg[] = "a name that programs have";
static uint32_t skipped;

/* A page where there is none; where there is one that may not be written, the store is skipped. */
static void on_fault(struct UTrapframe *utf)
{
	void *page = ROUNDDOWN((void *)utf->utf_fault_va, PGSIZE);
	int error;

	cprintf("fault at %08x, err %x\n", utf->utf_fault_va, utf->utf_err & 7);
	if (utf->utf_err & FEC_PR) {
		skipped++;
		utf->utf_eip += 4;
		return;
	}
	if ((error = sys_page_alloc(0, page, PTE_P | PTE_U | PTE_W)) < 0)
		panic("no page for %p: %e", page, error);
}

static void duppage(envid_t to, void *at)
{
	int error;

	if ((error = sys_page_alloc(to, at, PTE_P | PTE_U | PTE_W)) < 0 ||
	    (error = sys_page_map(to, at, 0, UTEMP, PTE_P | PTE_U | PTE_W)) < 0)
		panic("duppage at %p: %e", at, error);
	memmove(UTEMP, at, PGSIZE);
	assert(sys_page_unmap(0, UTEMP) == 0);
}

/* A child with a copy of all that the linker knows, and of the page of the stack. */
static envid_t copy(void)
{
	extern unsigned char end[];
	envid_t child = sys_exofork();
	uint8_t *at;

	if (child == 0) {
		thisenv = &envs[ENVX(sys_getenvid())];
		return 0;
	}
	for (at = (uint8_t *)UTEXT; at < end; at += PGSIZE)
		duppage(child, at);
	duppage(child, ROUNDDOWN((void *)&at, PGSIZE));
	assert(sys_env_set_status(child, ENV_RUNNABLE) == 0);
	return child;
}

static void formats(void)
{
	char text[8];
	int length = snprintf(text, sizeof text, "%s", "cut off here");

	cprintf("%c|%5d|%-5d|%05d|%u|%o|%p|%ld|%lld|%X|%*d|%s\n", 'c', -42, 42, -42, -1, 8, (void *)0x1234, 7L, -12345678901LL,
		0xabc, 4, 5, text);
	cprintf("%q|%5.1f|%-4s|%.2s|%e|%e|%%|%d, length %d\n", 1, 1.5, "ab", "abc", -E_NO_MEM, -99, 6, length);
	sys_cputs("sys_cputs prints as much as it is told\nbut this", 39);
	cprintf("what cannot be read: %d\n", sys_cputs((char *)1, 1));
}

/* Page 0 is a page like others, but its address is that of no page. */
static void page_zero(void)
{
	volatile uint32_t *zero = 0;
	envid_t child;
	int perm;

	assert(sys_page_alloc(0, 0, PTE_P | PTE_W) == 0);
	__asm__("" : "+r"(zero));	/* or the compiler knows that it is null */
	zero[1] = 11;
	if ((child = fork()) == 0) {
		ipc_recv(0, (void *)UTEMP, &perm);
		cprintf("sent as 0: perm %x\n", perm);
		ipc_recv(0, (void *)UTEMP, &perm);
		cprintf("sent as 1: perm %x, %d in it\n", perm, ((uint32_t *)UTEMP)[1]);
		exit();
	}
	ipc_send(child, 0, 0, PTE_P);
	ipc_send(child, 0, (void *)1, PTE_P);
	wait(child);
}

void umain(int argc, char **argv)
{
	envid_t child;

	formats();
	page_zero();
	set_pgfault_handler(on_fault);
	snprintf((char *)FAULTS, 100, "a text across %s of a page", "the end");
	cprintf("%s\n", (char *)FAULTS);
	__asm__ volatile("sw $0, 0(%0)\n\tnop" : : "r"(umain) : "memory");	/* in no delay slot */
	assert(sys_page_alloc(0, (void *)SHARED, PTE_P | PTE_W | PTE_SHARE) == 0);
	if ((child = fork()) == 0) {
		SHARED[0] = *(volatile uint32_t *)(FAULTS + 2 * PGSIZE) + 30 + skipped;
		skipped = 100;
		exit();
	}
	wait(child);
	cprintf("the child left %d, on a page mapped %d times; here %d\n", SHARED[0], pageref((void *)SHARED), skipped);
	if ((child = copy()) == 0) {
		msg[0] = 'A';
		cprintf("copied: %x has \"%s\", CPU %d\n", thisenv->env_id, msg, thisenv->env_cpunum);
		exit();
	}
	wait(child);
	panic("%x ends: %s, %e", thisenv->env_id, msg, sys_env_destroy(0x7000));
}

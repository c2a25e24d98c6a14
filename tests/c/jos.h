/*
 * What a program that was written for JOS names, on the ABI of MOS: docs/porting.md says what is left to be changed.
 */
#ifndef JOS_H
#define JOS_H

#include "course.h"

typedef int envid_t;

#define PGSIZE PAGE
#define PGNUM VPN
#define PTE_P PTE_V
#define PTE_W PTE_R
#define PTE_U 0			/* what a program may map it may read */
#define PTE_SHARE PTE_LIBRARY
#define uvpt vpt
#define uvpd vpd

#define panic(...) course_panic(__FILE__, __LINE__, __VA_ARGS__)
#define assert(holds) ((holds) ? (void)0 : panic("assertion failed: %s", #holds))

#define env_cpunum env_nop	/* a word that the kernel leaves alone */

/* Ourselves, as it is now: right after any kind of fork, and with the CPU. */
static inline const volatile struct Env *jos_env(void)
{
	static struct Env now;

	now = *(const struct Env *)&envs[ENVX(call0(getenvid))];
	now.env_cpunum = call1(get_cpu, 0);
	return &now;
}

/* A store to it goes nowhere. */
#define thisenv (*(const volatile struct Env *[]){ jos_env() })

#define sys_getenvid() ((envid_t)call0(getenvid))
#define sys_yield() call0(yield)
#define sys_env_destroy(id) call1(env_destroy, id)
#define sys_exofork() ((envid_t)call0(env_alloc))
#define sys_env_set_status(id, status) call2(set_env_status, id, status)
#define sys_page_alloc(id, va, perm) call3(mem_alloc, id, va, perm)
#define sys_page_map(src, srcva, dst, dstva, perm) call5(mem_map, src, srcva, dst, dstva, perm)
#define sys_page_unmap(id, va) call2(mem_unmap, id, va)

/* Where the text cannot be read, an error; what can be read is not always printed then. */
static inline int sys_cputs(const char *text, size_t len)
{
	while (len) {
		int done = call2(puts, text, len);
		if (done < 0)
			return done;
		text += done;
		len -= done;
	}
	return 0;
}

/* Here 0 stands for no page, not UTOP. */
static inline void ipc_send(envid_t to, uint32_t value, void *page, int perm)
{
	int error;

	while ((error = call4(ipc_can_send, to, value, page, perm)) == -E_IPC_NOT_RECV)
		sys_yield();
	if (error < 0)
		panic("ipc_send: %e", error);
}

static inline int ipc_recv(envid_t *from, void *page, int *perm)
{
	int error = call1(ipc_recv, page);
	const volatile struct Env *self = &envs[ENVX(sys_getenvid())];

	if (from)
		*from = error < 0 ? 0 : (envid_t)self->env_ipc_from;
	if (perm)
		*perm = error < 0 ? 0 : (int)self->env_ipc_perm;
	return error < 0 ? error : (int)self->env_ipc_value;
}

/* Page faults: what has happened, and where the program goes on. */
enum { FEC_PR = 1, FEC_WR = 2, FEC_U = 4 };

struct UTrapframe {
	uint32_t utf_fault_va, utf_err, utf_eip, utf_esp;
};

static void (*jos_handler)(struct UTrapframe *utf);

static void jos_fault(u32 va, struct Trapframe *tf)
{
	enum { MOD = 1, TLBL = 2 };
	u32 code = tf->cp0_cause >> 2 & 31;
	struct UTrapframe utf = {
		va, FEC_U | (code == TLBL ? 0 : FEC_WR) | (code == MOD ? FEC_PR : 0), tf->cp0_epc, tf->regs[29]
	};

	jos_handler(&utf);
	tf->cp0_epc = utf.utf_eip;
	tf->regs[29] = utf.utf_esp;
}

/* Has unmapped pages reported, as in JOS, instead of filled with zeros. */
static inline void set_pgfault_handler(void (*handler)(struct UTrapframe *utf))
{
	int error;

	jos_handler = handler;
	if ((error = course_faults(1 << 2 | 1 << 3, jos_fault)) < 0)	/* TLBL, TLBS */
		panic("set_pgfault_handler: %e", error);
}

void umain(int argc, char **argv);

#endif

/*
 * What a program that was written for JOS names, on the ABI of MOS: docs/porting.md says what is left to be changed.
 */
#ifndef JOS_H
#define JOS_H

#include "fork.h"

typedef int envid_t;
typedef unsigned int uint32_t;

#define PGSIZE PAGE
#define PTE_P PTE_V
#define PTE_W PTE_R
#define PTE_U 0			/* what a program may map it may read */

#define cprintf print
#define thisenv (&envs[ENVX(sys_getenvid())])

#define sys_getenvid() ((envid_t)call0(getenvid))
#define sys_yield() call0(yield)
#define sys_env_destroy(id) call1(env_destroy, id)
#define sys_exofork() ((envid_t)call0(env_alloc))
#define sys_env_set_status(id, status) call2(set_env_status, id, status)
#define sys_page_alloc(id, va, perm) call3(mem_alloc, id, va, perm)
#define sys_page_map(src, srcva, dst, dstva, perm) call5(mem_map, src, srcva, dst, dstva, perm)
#define sys_page_unmap(id, va) call2(mem_unmap, id, va)

/* Here 0 stands for no page, not UTOP. */
static inline void ipc_send(envid_t to, uint32_t value, void *page, int perm)
{
	while (call4(ipc_can_send, to, value, page, perm) == -E_IPC_NOT_RECV)
		sys_yield();
}

static inline int ipc_recv(envid_t *from, void *page, int *perm)
{
	int error = call1(ipc_recv, page);
	if (from)
		*from = error < 0 ? 0 : (envid_t)thisenv->env_ipc_from;
	if (perm)
		*perm = error < 0 ? 0 : (int)thisenv->env_ipc_perm;
	return error < 0 ? error : (int)thisenv->env_ipc_value;
}

#define exit() end()

void umain(int argc, char **argv);

void start(void)
{
	umain(0, 0);
	end();
}

#endif

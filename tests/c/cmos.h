/*
 * What a program that was written for the course's kernel in C names, on the ABI of this one: docs/porting.md says what is
 * left to be changed.
 */
#ifndef CMOS_H
#define CMOS_H

#include "fork.h"

typedef unsigned int u_int;
typedef unsigned int u_long;

#define BY2PG PAGE

#define writef print
#define env (&envs[ENVX(syscall_getenvid())])

#define syscall_putchar(c) call1(putchar, c)
#define syscall_getenvid() ((u_int)call0(getenvid))
#define syscall_yield() call0(yield)
#define syscall_env_destroy(id) call1(env_destroy, id)
#define syscall_env_alloc() call0(env_alloc)
#define syscall_set_env_status(id, status) call2(set_env_status, id, status)
#define syscall_set_trapframe(id, tf) call2(set_trapframe, id, tf)
#define syscall_set_pgfault_handler(id, f, top) call3(set_pgfault_handler, id, f, top)
#define syscall_mem_alloc(id, va, perm) call3(mem_alloc, id, va, perm)
#define syscall_mem_map(src, srcva, dst, dstva, perm) call5(mem_map, src, srcva, dst, dstva, perm)
#define syscall_mem_unmap(id, va) call2(mem_unmap, id, va)
#define syscall_ipc_can_send(id, value, srcva, perm) call4(ipc_can_send, id, value, srcva, perm)
#define syscall_ipc_recv(dstva) call1(ipc_recv, dstva)
#define syscall_cgetc() call0(cgetc)

#define user_panic(message) call1(panic, message)
#define user_assert(holds) ((holds) ? 0 : user_panic("assertion failed: " #holds))

static inline void ipc_send(u_int to, u_int value, u_int srcva, u_int perm)
{
	int error;
	while ((error = syscall_ipc_can_send(to, value, srcva, perm)) == -E_IPC_NOT_RECV)
		syscall_yield();
	if (error < 0)
		user_panic("error in ipc_send");
}

static inline u_int ipc_recv(u_int *from, u_int dstva, u_int *perm)
{
	syscall_ipc_recv(dstva);
	if (from)
		*from = env->env_ipc_from;
	if (perm)
		*perm = env->env_ipc_perm;
	return env->env_ipc_value;
}

void umain(void);

void start(void)
{
	umain();
	end();
}

#endif

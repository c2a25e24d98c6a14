/*
 * What a program that was written for the course's kernel in C names, on the ABI of this one: docs/porting.md says what is
 * left to be changed.
 */
#ifndef CMOS_H
#define CMOS_H

#include "course.h"

typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
typedef unsigned int u_long;

#define BY2PG PAGE
#define ROUND ROUNDUP

#define writef cprintf
/* Right after any kind of fork; a store to it goes nowhere. */
#define env (*(const volatile struct Env *[]){ &envs[ENVX(syscall_getenvid())] })

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

#define user_panic(...) course_panic(__FILE__, __LINE__, __VA_ARGS__)
#define user_assert(holds) ((holds) ? (void)0 : user_panic("assertion failed: %s", #holds))
#define user_bcopy(from, to, count) memmove(to, from, count)
#define user_bzero(at, count) memset(at, 0, count)

static inline void ipc_send(u_int to, u_int value, u_int srcva, u_int perm)
{
	int error;
	while ((error = syscall_ipc_can_send(to, value, srcva, perm)) == -E_IPC_NOT_RECV)
		syscall_yield();
	if (error < 0)
		user_panic("error in ipc_send: %d", error);
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

static void (*cmos_handler)(u_int va);

static void cmos_fault(u32 va, struct Trapframe *tf)
{
	cmos_handler(va);
}

/* Who hears of stores to pages that may not be written. What fork has made copy-on-write is copied as before. */
static inline int set_pgfault_handler(void (*handler)(u_int va))
{
	cmos_handler = handler;
	return course_faults(0, cmos_fault);
}

#endif

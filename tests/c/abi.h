/*
 * The MOS ABI as a C program sees it. Everything is in headers, so that a program is one file and one call of the compiler; no
 * part of libos is used.
 */
#ifndef ABI_H
#define ABI_H

typedef unsigned int u32;

/* Address space. */
enum {
	PAGE = 4096,
	UTEXT = 0x00400000,
	USTACKTOP = 0x7f3fe000,
	PFTEMP = USTACKTOP,
	XSTACK = 0x7f3ff000,		/* the page of the exception stack */
	UTOP = 0x7f400000,
	UXSTACKTOP = UTOP,
	UENVS = 0x7f400000,
	UPAGES = 0x7f800000,
	UVPT = 0x7fc00000,
};
#define ULIM 0x80000000u

/* Page-table entries. */
enum {
	PTE_UC = 0x800, PTE_R = 0x400, PTE_V = 0x200, PTE_G = 0x100,
	PTE_LIBRARY = 4, PTE_D = 2, PTE_COW = 1,
	RW = PTE_V | PTE_R,
};

#define VPN(va) ((u32)(va) >> 12)
#define PDX(va) ((u32)(va) >> 22)
#define vpt ((volatile u32 *)UVPT)
#define vpd ((volatile u32 *)(UVPT + (UVPT >> 12) * 4))

/* Whether there is a page at `va`. */
static inline int mapped(u32 va)
{
	return (vpd[PDX(va)] & PTE_V) && (vpt[VPN(va)] & PTE_V);
}

/* Environments and frames. */
enum { NENV = 1024, ENV_FREE = 0, ENV_RUNNABLE = 1, ENV_NOT_RUNNABLE = 2 };
#define ENVX(id) ((id) & (NENV - 1))

struct Trapframe {
	u32 regs[32], cp0_status, hi, lo, cp0_badvaddr, cp0_cause, cp0_epc, pc;
};

struct Env {
	struct Trapframe env_tf;
	u32 env_link[2], env_id, env_parent_id, env_status, env_pgdir, env_cr3, env_sched_link[2];
	u32 env_pri, env_ipc_value, env_ipc_from, env_ipc_recving, env_ipc_dstva, env_ipc_perm;
	u32 env_pgfault_handler, env_xstacktop, env_runs, env_nop;
};

struct Page {
	u32 pp_link[2];
	unsigned short pp_ref, pp_pad;
};

#define envs ((const volatile struct Env *)UENVS)
#define pages ((const volatile struct Page *)UPAGES)

/* System calls. */
enum {
	SYS_putchar = 9527, SYS_getenvid, SYS_yield, SYS_env_destroy, SYS_set_pgfault_handler,
	SYS_mem_alloc, SYS_mem_map, SYS_mem_unmap, SYS_env_alloc, SYS_set_env_status,
	SYS_set_trapframe, SYS_panic, SYS_ipc_can_send, SYS_ipc_recv, SYS_cgetc, SYS_write_dev,
	SYS_read_dev,
	/* Not in the course's kernels. */
	SYS_mem_share = 9600, SYS_mem_copy, SYS_ipc_call, SYS_puts,
	SYS_set_exception_handler = 9604, SYS_msg_call, SYS_msg_reply_wait, SYS_msg,
	SYS_get_trapframe, SYS_next_mapping, SYS_batch, SYS_cgetc_now, SYS_get_handlers,
	SYS_get_cpu,
};

enum {
	E_UNSPECIFIED = 1, E_BAD_ENV, E_INVAL, E_NO_MEM, E_NO_FREE_ENV, E_IPC_NOT_RECV,
	E_NOT_FOUND = 9, E_TIMEOUT = 13,
};

/* Number in a0, arguments in a1 to a3 and at 16(sp) and 20(sp): just what o32 makes of this. */
int msyscall(u32 number, u32 a, u32 b, u32 c, u32 d, u32 e);
void start(void) __attribute__((noreturn));

__asm__(
"	.section .text.start, \"ax\", @progbits\n"
"	.set	noreorder\n"
"	.globl	_start\n"
"_start:	j	start\n"
"	addiu	$sp, $sp, -16\n"	/* o32: room for arguments; in the delay slot */
"	.globl	msyscall\n"
"msyscall: syscall\n"
"	jr	$ra\n"
"	nop\n"
"	.set	reorder\n"
"	.text\n");

#define call0(n) msyscall(SYS_##n, 0, 0, 0, 0, 0)
#define call1(n, a) msyscall(SYS_##n, (u32)(a), 0, 0, 0, 0)
#define call2(n, a, b) msyscall(SYS_##n, (u32)(a), (u32)(b), 0, 0, 0)
#define call3(n, a, b, c) msyscall(SYS_##n, (u32)(a), (u32)(b), (u32)(c), 0, 0)
#define call4(n, a, b, c, d) msyscall(SYS_##n, (u32)(a), (u32)(b), (u32)(c), (u32)(d), 0)
#define call5(n, a, b, c, d, e) \
	msyscall(SYS_##n, (u32)(a), (u32)(b), (u32)(c), (u32)(d), (u32)(e))

static inline void __attribute__((noreturn)) exit(void)
{
	for (;;)
		call1(env_destroy, 0);
}

/* Whether the environment `id` is alive. */
static inline int alive(u32 id)
{
	return envs[ENVX(id)].env_id == id && envs[ENVX(id)].env_status != ENV_FREE;
}

static inline void wait(u32 id)
{
	while (alive(id))
		call0(yield);
}

#endif

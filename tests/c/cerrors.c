/*
 * Every error code of every call, in each way to get it. A call that fails changes nothing, which is
 * looked at where there is something to change.
 */
#include "fork.h"
#include "mos.h"

/* Pages to fail with: a writable one, a read-only one, a copy-on-write one, and none. */
enum { WRITABLE = AREA, READ_ONLY = AREA + PAGE, COW = AREA + 2 * PAGE, NONE = AREA + 3 * PAGE };
/* A page shared with the child: its failures and the grandchild's id. */
#define REPORT ((volatile u32 *)(AREA + 4 * PAGE))
/* Where memory is used up, and a place that has no page table then. */
enum { HOARD = 0x20000000, NO_TABLE = 0x60000000 };

static struct Trapframe good, bad_pc, bad_sp;

/* Calls with wrong arguments, on the caller itself. */
static const struct row {
	const char *what;
	u32 number, a, b, c, d, e;
	int wanted;
} rows[] = {
	{ "number 0", 0, 0, 0, 0, 0, 0, -E_INVAL },
	{ "number 9526", 9526, 0, 0, 0, 0, 0, -E_INVAL },
	{ "number 9544", 9544, 0, 0, 0, 0, 0, -E_INVAL },
	{ "number 9599", 9599, 0, 0, 0, 0, 0, -E_INVAL },
	{ "number 9615", 9615, 0, 0, 0, 0, 0, -E_INVAL },
	{ "number 9999", 9999, 0, 0, 0, 0, 0, -E_INVAL },
	{ "number 0x7fffffff", 0x7fffffff, 0, 0, 0, 0, 0, -E_INVAL },
	{ "number -1", -1, 0, 0, 0, 0, 0, -E_INVAL },
	{ "number 9527 with bit 31", 0x80000000 | 9527, 0, 0, 0, 0, 0, -E_INVAL },

	{ "handler at UTOP", SYS_set_pgfault_handler, 0, UTOP, UXSTACKTOP, 0, 0, -E_INVAL },
	{ "handler in kseg0", SYS_set_pgfault_handler, 0, ULIM, UXSTACKTOP, 0, 0, -E_INVAL },
	{ "handler at -4", SYS_set_pgfault_handler, 0, -4, UXSTACKTOP, 0, 0, -E_INVAL },
	{ "exception stack above UTOP", SYS_set_pgfault_handler, 0, UTEXT, UTOP + 4, 0, 0, -E_INVAL },
	{ "exception stack in kseg0", SYS_set_pgfault_handler, 0, UTEXT, ULIM, 0, 0, -E_INVAL },
	{ "exception stack at -4", SYS_set_pgfault_handler, 0, UTEXT, -4, 0, 0, -E_INVAL },
	{ "exception stack misaligned", SYS_set_pgfault_handler, 0, UTEXT, UTOP - 2, 0, 0, -E_INVAL },

	{ "puts from UTOP", SYS_puts, UTOP, 1, 0, 0, 0, -E_INVAL },
	{ "puts from UVPT", SYS_puts, UVPT, 1, 0, 0, 0, -E_INVAL },
	{ "puts from kseg0", SYS_puts, ULIM, 1, 0, 0, 0, -E_INVAL },
	{ "puts from -1", SYS_puts, -1, 1, 0, 0, 0, -E_INVAL },
	{ "puts of nothing", SYS_puts, NONE, 1, 0, 0, 0, -E_INVAL },
	{ "puts of nothing, no table", SYS_puts, NO_TABLE, 0xffff, 0, 0, 0, -E_INVAL },
	{ "puts no further than UTOP", SYS_puts, UTOP - 4, 5, 0, 0, 0, -E_INVAL },

	{ "mem_alloc at UTOP", SYS_mem_alloc, 0, UTOP, RW, 0, 0, -E_INVAL },
	{ "mem_alloc at UVPT", SYS_mem_alloc, 0, UVPT, RW, 0, 0, -E_INVAL },
	{ "mem_alloc in kseg0", SYS_mem_alloc, 0, ULIM, RW, 0, 0, -E_INVAL },
	{ "mem_alloc at -1", SYS_mem_alloc, 0, -1, RW, 0, 0, -E_INVAL },
	{ "mem_alloc without V", SYS_mem_alloc, 0, NONE, PTE_R, 0, 0, -E_INVAL },
	{ "mem_alloc with COW", SYS_mem_alloc, 0, NONE, RW | PTE_COW, 0, 0, -E_INVAL },
	{ "mem_alloc with UC", SYS_mem_alloc, 0, NONE, RW | PTE_UC, 0, 0, -E_INVAL },
	{ "mem_alloc with G", SYS_mem_alloc, 0, NONE, RW | PTE_G, 0, 0, -E_INVAL },

	{ "mem_map from UTOP", SYS_mem_map, 0, UTOP, 0, NONE, PTE_V, -E_INVAL },
	{ "mem_map from UVPT", SYS_mem_map, 0, UVPT, 0, NONE, PTE_V, -E_INVAL },
	{ "mem_map from kseg0", SYS_mem_map, 0, ULIM, 0, NONE, PTE_V, -E_INVAL },
	{ "mem_map to UTOP", SYS_mem_map, 0, WRITABLE, 0, UTOP, PTE_V, -E_INVAL },
	{ "mem_map to UVPT", SYS_mem_map, 0, WRITABLE, 0, UVPT, PTE_V, -E_INVAL },
	{ "mem_map to kseg0", SYS_mem_map, 0, WRITABLE, 0, ULIM, PTE_V, -E_INVAL },
	{ "mem_map of nothing", SYS_mem_map, 0, NONE, 0, NONE, PTE_V, -E_INVAL },
	{ "mem_map of nothing, no table", SYS_mem_map, 0, NO_TABLE, 0, NONE, PTE_V, -E_INVAL },
	{ "mem_map without V", SYS_mem_map, 0, WRITABLE, 0, NONE, PTE_R, -E_INVAL },
	{ "mem_map with UC", SYS_mem_map, 0, WRITABLE, 0, NONE, RW | PTE_UC, -E_INVAL },
	{ "mem_map with G", SYS_mem_map, 0, WRITABLE, 0, NONE, RW | PTE_G, -E_INVAL },
	{ "mem_map read-only to writable", SYS_mem_map, 0, READ_ONLY, 0, NONE, RW, -E_INVAL },
	{ "mem_map read-only to COW", SYS_mem_map, 0, READ_ONLY, 0, NONE, RW | PTE_COW, -E_INVAL },
	{ "mem_map COW to writable", SYS_mem_map, 0, COW, 0, NONE, RW, -E_INVAL },
	{ "mem_map of code, writable", SYS_mem_map, 0, UTEXT, 0, UTEXT, RW, -E_INVAL },
	{ "mem_map COW to COW", SYS_mem_map, 0, COW, 0, COW, RW | PTE_COW, 0 },
	{ "mem_map writable to read-only", SYS_mem_map, 0, WRITABLE, 0, NONE, PTE_V, 0 },
	{ "mem_map with page offsets", SYS_mem_map, 0, WRITABLE + 1, 0, NONE + 4095, RW, 0 },

	{ "mem_unmap", SYS_mem_unmap, 0, NONE, 0, 0, 0, 0 },
	{ "mem_unmap of nothing", SYS_mem_unmap, 0, NONE, 0, 0, 0, 0 },
	{ "mem_unmap of nothing, no table", SYS_mem_unmap, 0, NO_TABLE, 0, 0, 0, 0 },
	{ "mem_unmap at UTOP", SYS_mem_unmap, 0, UTOP, 0, 0, 0, -E_INVAL },
	{ "mem_unmap at UENVS", SYS_mem_unmap, 0, UENVS + PAGE, 0, 0, 0, -E_INVAL },
	{ "mem_unmap in kseg0", SYS_mem_unmap, 0, ULIM, 0, 0, 0, -E_INVAL },

	{ "mem_share up to the environments", SYS_mem_share, 0, UTEXT, UTOP + PAGE, 0, 0, -E_INVAL },
	{ "mem_share up to kseg0", SYS_mem_share, 0, UTEXT, ULIM, 0, 0, -E_INVAL },
	{ "mem_share up to -1", SYS_mem_share, 0, UTEXT, -1, 0, 0, -E_INVAL },
	{ "mem_share of nothing", SYS_mem_share, 0, NONE, NONE + PAGE, 0, 0, NONE + PAGE },

	{ "mem_copy from UTOP", SYS_mem_copy, UTOP, 0, NONE, RW, 0, -E_INVAL },
	{ "mem_copy from kseg0", SYS_mem_copy, ULIM, 0, NONE, RW, 0, -E_INVAL },
	{ "mem_copy to UTOP", SYS_mem_copy, WRITABLE, 0, UTOP, RW, 0, -E_INVAL },
	{ "mem_copy to kseg0", SYS_mem_copy, WRITABLE, 0, ULIM, RW, 0, -E_INVAL },
	{ "mem_copy of nothing", SYS_mem_copy, NONE, 0, WRITABLE, RW, 0, -E_INVAL },
	{ "mem_copy without V", SYS_mem_copy, WRITABLE, 0, NONE, PTE_R, 0, -E_INVAL },
	{ "mem_copy with COW", SYS_mem_copy, WRITABLE, 0, NONE, RW | PTE_COW, 0, -E_INVAL },
	{ "mem_copy with UC", SYS_mem_copy, WRITABLE, 0, NONE, RW | PTE_UC, 0, -E_INVAL },
	{ "mem_copy with G", SYS_mem_copy, WRITABLE, 0, NONE, RW | PTE_G, 0, -E_INVAL },

	{ "status 3", SYS_set_env_status, 0, 3, 0, 0, 0, -E_INVAL },
	{ "status -1", SYS_set_env_status, 0, -1, 0, 0, 0, -E_INVAL },

	{ "trapframe at 0", SYS_set_trapframe, 0, 0, 0, 0, 0, -E_INVAL },
	{ "trapframe in nothing", SYS_set_trapframe, 0, NONE, 0, 0, 0, -E_INVAL },
	{ "trapframe half in nothing", SYS_set_trapframe, 0, NONE - 8, 0, 0, 0, -E_INVAL },
	{ "trapframe in kseg0", SYS_set_trapframe, 0, ULIM, 0, 0, 0, -E_INVAL },
	{ "trapframe half in kseg0", SYS_set_trapframe, 0, ULIM - 8, 0, 0, 0, -E_INVAL },
	{ "trapframe at -8", SYS_set_trapframe, 0, -8, 0, 0, 0, -E_INVAL },
	{ "trapframe with pc in kseg0", SYS_set_trapframe, 0, (u32)&bad_pc, 0, 0, 0, -E_INVAL },
	{ "trapframe with sp in kseg0", SYS_set_trapframe, 0, (u32)&bad_sp, 0, 0, 0, -E_INVAL },

	{ "ipc_can_send to self", SYS_ipc_can_send, 0, 0, 0, 0, 0, -E_IPC_NOT_RECV },
	{ "ipc_call to self", SYS_ipc_call, 0, 0, 0, 0, 0, -E_IPC_NOT_RECV },
	{ "ipc_call with a page at UTOP", SYS_ipc_call, 0, 0, UTOP, 0, 0, -E_INVAL },
	{ "ipc_call with a page in kseg0", SYS_ipc_call, 0, 0, ULIM, 0, 0, -E_INVAL },
	{ "ipc_recv at UTOP", SYS_ipc_recv, UTOP, 0, 0, 0, 0, -E_INVAL },
	{ "ipc_recv in kseg0", SYS_ipc_recv, ULIM, 0, 0, 0, 0, -E_INVAL },
	{ "ipc_recv at -1", SYS_ipc_recv, -1, 0, 0, 0, 0, -E_INVAL },

	{ "write_dev without rights", SYS_write_dev, WRITABLE, 0x10000000, 4, 0, 0, -E_INVAL },
	{ "read_dev without rights", SYS_read_dev, WRITABLE, 0x10000000, 4, 0, 0, -E_INVAL },
	{ "write_dev of memory", SYS_write_dev, WRITABLE, 0, 4, 0, 0, -E_INVAL },
	{ "read_dev of nothing", SYS_read_dev, WRITABLE, -4, 4, 0, 0, -E_INVAL },
};

static void wrong_arguments(void)
{
	u32 i;
	call3(mem_alloc, 0, WRITABLE, RW);
	call3(mem_alloc, 0, READ_ONLY, PTE_V);
	call3(mem_alloc, 0, COW, RW);
	expect("mem_map to COW", call5(mem_map, 0, COW, 0, COW, RW | PTE_COW), 0);
	bad_pc.pc = ULIM;
	bad_sp.regs[29] = ULIM;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *r = &rows[i];
		expect(r->what, msyscall(r->number, r->a, r->b, r->c, r->d, r->e), r->wanted);
	}
	expect("nothing was mapped", vpt[VPN(NONE)], 0);
	expect("read-only is read-only", vpt[VPN(READ_ONLY)] & RW, PTE_V);
	expect("no table was made", vpd[PDX(NO_TABLE)] & PTE_V, 0);
}

/* All calls that want the id of an environment that we may touch. */
static void foreign_id(u32 id)
{
	expect("env_destroy of", call1(env_destroy, id), -E_BAD_ENV);
	expect("set_pgfault_handler of", call3(set_pgfault_handler, id, UTEXT, UTOP), -E_BAD_ENV);
	expect("mem_alloc of", call3(mem_alloc, id, NONE, RW), -E_BAD_ENV);
	expect("mem_map from", call5(mem_map, id, UTEXT, 0, NONE, PTE_V), -E_BAD_ENV);
	expect("mem_map to", call5(mem_map, 0, UTEXT, id, NONE, PTE_V), -E_BAD_ENV);
	expect("mem_share with", call3(mem_share, id, UTEXT, UTEXT + PAGE), -E_BAD_ENV);
	expect("mem_copy to", call4(mem_copy, UTEXT, id, NONE, RW), -E_BAD_ENV);
	expect("mem_unmap of", call2(mem_unmap, id, UTEXT), -E_BAD_ENV);
	expect("set_env_status of", call2(set_env_status, id, ENV_RUNNABLE), -E_BAD_ENV);
	expect("set_env_status to free of", call2(set_env_status, id, ENV_FREE), -E_BAD_ENV);
	expect("set_trapframe of", call2(set_trapframe, id, &good), -E_BAD_ENV);
}

/* An id that is nobody's. */
static void wrong_id(u32 id)
{
	int before = failed;
	foreign_id(id);
	expect("ipc_can_send to", call4(ipc_can_send, id, 0, 0, 0), -E_BAD_ENV);
	expect("ipc_call of", call3(ipc_call, id, 0, 0), -E_BAD_ENV);
	if (failed != before)
		print("... id %x\n", id);
}

/* The child may not touch its parent; its own child is not its parent's. It waits to be ended. */
static void child(u32 parent)
{
	int id;
	foreign_id(parent);
	REPORT[0] = failed;
	id = fork();
	if (id == 0) {
		call1(ipc_recv, 0);
		exit();
	}
	REPORT[1] = id;
	call1(ipc_recv, 0);
	exit();
}

static void wrong_ids(void)
{
	static const u32 ids[] = { -1, 0x80000000, 0x7fffffff, 0x7ffff800, 1, 0x3ff, 0x7ff, 0xfff };
	u32 i, me = call0(getenvid);
	int id;
	for (i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		wrong_id(ids[i]);
	wrong_id(me ^ 0x80000000);
	wrong_id(me + 0x800);

	call3(mem_alloc, 0, REPORT, RW | PTE_LIBRARY);
	id = fork();
	if (id == 0)
		child(me);
	while (!envs[ENVX(id)].env_ipc_recving || !envs[ENVX(REPORT[1])].env_ipc_recving)
		yield();
	expect("nothing failed in the child", REPORT[0], 0);
	foreign_id(REPORT[1]);
	expect("a grandchild's id in ipc_can_send", call4(ipc_can_send, REPORT[1], 0, 0, 0), 0);
	wait(REPORT[1]);
	expect("env_destroy of a child", call1(env_destroy, id), 0);
	wrong_id(id);
}

/* Runs out of environments, and takes them back. */
static void no_free_env(void)
{
	static u32 ids[NENV];
	u32 before = free_frames(), n = 0, i;
	int id;
	while ((id = call0(env_alloc)) > 0 && n < NENV)
		ids[n++] = id;
	expect("env_alloc of one too many", id, -E_NO_FREE_ENV);
	expect("most environments", n, NENV - 1);
	expect("fork of one too many", fork(), -E_NO_FREE_ENV);
	for (i = 0; i < n; i++)
		if (call1(env_destroy, ids[i]) != 0)
			break;
	expect("env_destroy of all", i, n);
	expect("all frames are back", free_frames(), before);
}

/* What fails while not a single frame is left. `id` receives at NO_TABLE, `empty` has no memory. */
static void without_memory(int id, int empty)
{
	*(volatile u32 *)HOARD = 77;
	expect("no frame is left", call3(mem_alloc, 0, HOARD, RW), -E_NO_MEM);
	expect("the page is still there", *(volatile u32 *)HOARD, 77);
	expect("mem_alloc, no table", call3(mem_alloc, 0, NO_TABLE, RW), -E_NO_MEM);
	expect("mem_map, no table", call5(mem_map, 0, HOARD, 0, NO_TABLE, RW), -E_NO_MEM);
	expect("mem_copy", call4(mem_copy, WRITABLE, 0, HOARD, RW), -E_NO_MEM);
	expect("the page is still there", *(volatile u32 *)HOARD, 77);
	expect("mem_share", call3(mem_share, empty, HOARD, HOARD + 2 * PAGE), -E_NO_MEM);
	expect("the page is still writable", vpt[VPN(HOARD)] & (RW | PTE_COW), RW);
	expect("env_alloc", call0(env_alloc), -E_NO_MEM);
	expect("ipc_can_send, no table", call4(ipc_can_send, id, 1, HOARD, RW), -E_NO_MEM);
	expect("the receiver goes on waiting", envs[ENVX(id)].env_ipc_recving, 1);
	expect("no table was made", vpd[PDX(NO_TABLE)] & PTE_V, 0);
	expect("ipc_can_send without a page", call4(ipc_can_send, id, 1, 0, 0), 0);
}

/* Allocates until nothing is left; returns how many pages there were. */
static u32 hoard(void)
{
	u32 n = 0;
	int r;
	while ((r = call3(mem_alloc, 0, HOARD + n * PAGE, RW)) == 0)
		n++;
	expect("mem_alloc of one too many", r, -E_NO_MEM);
	return n;
}

static void release(u32 n)
{
	while (n--)
		call2(mem_unmap, 0, HOARD + n * PAGE);
}

/* A frame is mapped as often as its 16-bit count can tell, and not once more. */
static void most_mappings(void)
{
	u32 n = 0;
	int r;
	call3(mem_alloc, 0, WRITABLE, RW);
	while ((r = call5(mem_map, 0, WRITABLE, 0, HOARD + n * PAGE, RW)) == 0)
		n++;
	expect("mem_map once too often", r, -E_NO_MEM);
	expect("most mappings of a frame", n, 0xffff - 1);
	expect("pp_ref", pages[VPN(vpt[VPN(WRITABLE)])].pp_ref, 0xffff);
	release(n);
	expect("pp_ref afterwards", pages[VPN(vpt[VPN(WRITABLE)])].pp_ref, 1);
}

/* A wait for a message that is broken off from outside. */
static void unspecified(void)
{
	int id = fork();
	if (id == 0) {
		REPORT[0] = call1(ipc_recv, 0);
		exit();
	}
	while (!envs[ENVX(id)].env_ipc_recving)
		yield();
	expect("set_env_status", call2(set_env_status, id, ENV_RUNNABLE), 0);
	wait(id);
	expect("ipc_recv, broken off", REPORT[0], -E_UNSPECIFIED);
}

static void no_mem(void)
{
	u32 n;
	int empty, id = fork();
	if (id == 0) {
		call1(ipc_recv, NO_TABLE);
		exit();
	}
	empty = call0(env_alloc);
	while (!envs[ENVX(id)].env_ipc_recving)
		yield();
	/* This also gives us our own copy of the page with the counts, while there is memory for it. */
	expect("the child waits for a page", envs[ENVX(id)].env_ipc_dstva, NO_TABLE);
	/* Once in vain: page tables are made, and they stay. */
	release(hoard());
	n = hoard();
	without_memory(id, empty);
	release(n);
	wait(id);
	call1(env_destroy, empty);
	release(n = hoard());
	expect("all pages come back", hoard(), n);
	release(n);
}

void start(void)
{
	good.pc = bad_sp.pc = UTEXT;
	good.regs[29] = bad_pc.regs[29] = USTACKTOP - 64;
	wrong_arguments();
	wrong_ids();
	no_free_env();
	no_mem();
	most_mappings();
	unspecified();
	finish("cerrors");
}

/*
 * fork against the bare ABI: parent, child and grandchild store to the same pages and keep what they
 * stored; the tables at vpt and vpd and the counts at pages say what has happened.
 */
#include "fork.h"
#include "mos.h"

static u32 variable = 1;
static u32 untouched[PAGE / 4] __attribute__((aligned(4096))) = { 7 };
static const u32 constant = 5;

/* Shared by all, to report in: word 0 child, word 1 grandchild. */
#define REPORT ((volatile u32 *)AREA)

#define PERM(va) (vpt[VPN(va)] & (PTE_V | PTE_R | PTE_COW | PTE_LIBRARY))
#define REFS(va) (pages[VPN(vpt[VPN(va)])].pp_ref)

static void check_self(const char *who, u32 parent)
{
	u32 id = call0(getenvid);
	const volatile struct Env *self = &envs[ENVX(id)];
	expect(who, self->env_id, id);
	expect("bit 10 of the id", id & 0x400, 0x400);
	expect("env_status", self->env_status, ENV_RUNNABLE);
	expect("env_parent_id", self->env_parent_id, parent);
	expect("the self-map in vpd", PERM(UVPT + (UVPT >> 10)) & PTE_V, PTE_V);
	expect("registers are not shown", self->env_tf.regs[29] | self->env_tf.pc, 0);
}

static void grandchild(u32 parent)
{
	check_self("id of the grandchild", parent);
	expect("the grandchild's copy", variable, 2);
	variable = 3;
	expect("the grandchild's own", variable, 3);
	REPORT[1] = failed;
	exit();
}

static void child(u32 parent)
{
	u32 me = call0(getenvid);
	int id;
	check_self("id of the child", parent);
	expect("the child's copy", variable, 1);
	variable = 2;
	expect("the child's page is its own", PERM(&variable), RW);
	id = fork();
	if (id == 0)
		grandchild(me);
	wait(id);
	expect("the child's own, after the grandchild", variable, 2);
	REPORT[0] = failed;
	exit();
}

void start(void)
{
	u32 me = call0(getenvid);
	int id;
	check_self("id of the parent", 0);
	expect("mem_alloc", call3(mem_alloc, 0, AREA, RW | PTE_LIBRARY), 0);
	REPORT[0] = REPORT[1] = 99;
	expect("code is read-only", PERM(&start), PTE_V);
	expect("a constant is read-only", PERM(&constant), PTE_V);
	expect("data is writable", PERM(untouched), RW);
	expect("frames of data", REFS(untouched), 1);

	id = fork();
	if (id == 0)
		child(me);
	expect("fork", id > 0, 1);
	expect("after fork, data is copy-on-write", PERM(untouched), RW | PTE_COW);
	expect("after fork, two have the page", REFS(untouched), 2);
	expect("after fork, a shared page is as it was", PERM(AREA), RW | PTE_LIBRARY);
	wait(id);
	expect("nothing failed in the child", REPORT[0], 0);
	expect("nothing failed in the grandchild", REPORT[1], 0);
	expect("the parent's own", variable, 1);
	expect("an array that nobody stored to", untouched[0], 7);
	expect("after the end of the child, one has the page", REFS(untouched), 1);
	untouched[0]++;
	expect("after a store, the page is writable", PERM(untouched), RW);
	finish("cfork");
}

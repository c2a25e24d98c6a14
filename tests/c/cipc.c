/*
 * Messages against the bare ABI: the value, the sender and the permissions are read at UENVS, pages
 * are mapped where the receiver wants them, and a send that fails delivers nothing.
 */
#include "fork.h"
#include "mos.h"

#define MINE (AREA)			/* pages that we send */
#define THEIRS (AREA + 0x800000)	/* where we receive, in another page table */

static const volatile struct Env *self(void) { return &envs[ENVX(call0(getenvid))]; }

/* Sends as soon as the receiver receives. */
static int send(u32 id, u32 value, u32 va, u32 perm)
{
	int r;
	while ((r = call4(ipc_can_send, id, value, va, perm)) == -E_IPC_NOT_RECV)
		yield();
	return r;
}

static u32 recv(u32 dstva)
{
	expect("ipc_recv", call1(ipc_recv, dstva), 0);
	expect("env_ipc_recving after a message", self()->env_ipc_recving, 0);
	return self()->env_ipc_value;
}

static void wait_until_receiving(u32 id)
{
	while (!envs[ENVX(id)].env_ipc_recving)
		yield();
}

/* Receives in all ways, answering each message with what it saw. */
static void child(u32 parent)
{
	expect("a value", recv(0), 0xffffffff);
	expect("its sender", self()->env_ipc_from, parent);
	expect("no page", self()->env_ipc_perm, 0);
	send(parent, failed, 0, 0);

	expect("a value with a page", recv(THEIRS), 2);
	expect("a page's permissions", self()->env_ipc_perm & 0xfff, PTE_V);
	expect("a page's entry", vpt[VPN(THEIRS)] & (RW | PTE_COW), PTE_V);
	expect("its contents", *(u32 *)THEIRS, 0x1234);
	expect("a read-only page cannot be sent writable",
	       call4(ipc_can_send, parent, 0, THEIRS, RW) < 0, 1);
	send(parent, failed, 0, 0);

	expect("a value, its page refused", recv(0), 3);
	expect("permissions of a page refused", self()->env_ipc_perm, 0);
	send(parent, failed, 0, 0);

	expect("a page in place of another", recv(THEIRS), 4);
	expect("its entry", vpt[VPN(THEIRS)] & RW, RW);
	expect("contents of the new page", *(u32 *)THEIRS, 0x5678);
	*(volatile u32 *)THEIRS = 0x9abc;
	send(parent, failed, 0, 0);
	exit();
}

static void refused(u32 id, const char *what, u32 value, u32 va, u32 perm)
{
	wait_until_receiving(id);
	expect(what, call4(ipc_can_send, id, value, va, perm), -E_INVAL);
	expect("the receiver goes on waiting", envs[ENVX(id)].env_ipc_recving, 1);
}

void start(void)
{
	u32 me = call0(getenvid);
	int id = fork();
	if (id == 0)
		child(me);
	call3(mem_alloc, 0, MINE, RW);
	*(volatile u32 *)MINE = 0x1234;

	expect("to one that does not receive", call4(ipc_can_send, me, 0, 0, 0), -E_IPC_NOT_RECV);
	expect("a value is sent", send(id, 0xffffffff, 0, 0), 0);
	expect("the child's expectations failed", recv(0), 0);
	expect("the answer's sender", self()->env_ipc_from, id);

	refused(id, "a page above UTOP", 90, UTOP, PTE_V);
	refused(id, "a page in kernel space", 91, ULIM, PTE_V);
	refused(id, "a page that is not there", 92, MINE + PAGE, PTE_V);
	refused(id, "no PTE_V", 93, MINE, PTE_R);
	refused(id, "read-only code, writable", 94, UTEXT, RW);
	expect("a page is sent read-only", send(id, 2, MINE + 0x123, PTE_V), 0);
	expect("both have the frame", pages[VPN(vpt[VPN(MINE)])].pp_ref, 2);
	expect("the child's expectations failed", recv(0), 0);

	expect("a page is sent to one that takes none", send(id, 3, MINE, RW), 0);
	expect("it was not mapped again", pages[VPN(vpt[VPN(MINE)])].pp_ref, 2);
	expect("the child's expectations failed", recv(0), 0);

	call3(mem_alloc, 0, MINE + PAGE, RW);
	*(volatile u32 *)(MINE + PAGE) = 0x5678;
	expect("a page is sent writable", send(id, 4, MINE + PAGE, RW), 0);
	expect("the first page was replaced", pages[VPN(vpt[VPN(MINE)])].pp_ref, 1);
	expect("the child's expectations failed", recv(0), 0);
	expect("the receiver's store is seen", *(volatile u32 *)(MINE + PAGE), 0x9abc);

	expect("ipc_recv above UTOP", call1(ipc_recv, UTOP), -E_INVAL);
	wait(id);
	expect("to one that has ended", call4(ipc_can_send, id, 0, 0, 0), -E_BAD_ENV);
	finish("cipc");
}

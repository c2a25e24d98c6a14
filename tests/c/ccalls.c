/*
 * The calls that the course's kernels do not have: mem_share, mem_copy, ipc_call and puts.
 */
#include "fork.h"
#include "mos.h"

#define KINDS (PTE_V | PTE_R | PTE_COW | PTE_LIBRARY)
#define PERM(va) (vpt[VPN(va)] & KINDS)
#define REFS(va) (pages[VPN(vpt[VPN(va)])].pp_ref)

/* One page of each kind, and one that is not there. */
enum { WRITABLE = AREA, COW = AREA + PAGE, SHARED = AREA + 2 * PAGE, READ_ONLY = AREA + 3 * PAGE,
       NONE = AREA + 4 * PAGE, COPY = AREA + 5 * PAGE, ALL = 4 };

static u32 word(u32 va) { return *(volatile u32 *)va; }

static void set_word(u32 va, u32 value) { *(volatile u32 *)va = value; }

/* Another environment's view of its own pages is its own, so it tells us by sending words. */
static int recv_word(void)
{
	expect("ipc_recv", call1(ipc_recv, 0), 0);
	return envs[ENVX(call0(getenvid))].env_ipc_value;
}

static void send_word(u32 id, u32 value)
{
	while (call4(ipc_can_send, id, value, 0, 0) == -E_IPC_NOT_RECV)
		yield();
}

static void child(u32 parent)
{
	u32 i;
	for (i = 0; i < ALL; i++)
		send_word(parent, PERM(AREA + i * PAGE));
	set_word(WRITABLE, 11);
	set_word(SHARED, 13);
	for (i = 0; i < ALL; i++)
		send_word(parent, word(AREA + i * PAGE));
	exit();
}

static void mem_share(void)
{
	static const u32 kinds[ALL] = { RW | PTE_COW, RW | PTE_COW, RW | PTE_LIBRARY, PTE_V };
	static const u32 words[ALL] = { 11, 2, 13, 0 };
	u32 me = call0(getenvid), i;
	int id = fork();
	if (id == 0) {
		recv_word();
		child(me);
	}
	call3(mem_alloc, 0, WRITABLE, RW);
	call3(mem_alloc, 0, COW, RW);
	call3(mem_alloc, 0, SHARED, RW | PTE_LIBRARY);
	call3(mem_alloc, 0, READ_ONLY, PTE_V);
	set_word(WRITABLE, 1);
	set_word(COW, 2);
	set_word(SHARED, 3);
	call5(mem_map, 0, COW, 0, COW, RW | PTE_COW);

	expect("mem_share", call3(mem_share, id, WRITABLE, COPY), COPY);
	for (i = 0; i < ALL; i++) {
		expect("our page", PERM(AREA + i * PAGE), kinds[i]);
		expect("mappings of its frame", REFS(AREA + i * PAGE), 2);
	}
	expect("what was not there", vpt[VPN(NONE)], 0);
	send_word(id, 0);
	for (i = 0; i < ALL; i++)
		expect("the child's page", recv_word(), kinds[i]);
	for (i = 0; i < ALL; i++)
		expect("a word of the child's", recv_word(), words[i]);
	wait(id);
	expect("our word is our own", word(WRITABLE), 1);
	expect("the shared word", word(SHARED), 13);
}

static void mem_copy(void)
{
	set_word(WRITABLE, 21);
	expect("mem_copy", call4(mem_copy, WRITABLE + 8, 0, COPY + 8, RW), 0);
	expect("the copy", word(COPY), 21);
	set_word(COPY, 22);
	expect("the original", word(WRITABLE), 21);
	expect("a writable copy of a read-only page", call4(mem_copy, UTEXT, 0, COPY, RW), 0);
	expect("its first word", word(COPY), word(UTEXT));
	expect("its entry", PERM(COPY), RW);
	expect("of a page in place", call4(mem_copy, COW, 0, COW, RW), 0);
	expect("its word", word(COW), 2);
	expect("its entry", PERM(COW), RW);
}

/* ipc_call with the message it returns, in message[]: value, sender, permissions. */
static u32 message[3];
int ipc_call(u32 id, u32 value, u32 dstva);
__asm__(
"	.set	noreorder\n"
"ipc_call:\n"
"	move	$a3, $a2\n"
"	move	$a2, $a1\n"
"	move	$a1, $a0\n"
"	li	$a0, 9602\n"
"	syscall\n"
"	la	$t0, message\n"
"	sw	$v1, 0($t0)\n"
"	sw	$a0, 4($t0)\n"
"	jr	$ra\n"
"	sw	$a1, 8($t0)\n"
"	.set	reorder\n");

/* Answers each word with the next; the last answer is a send with a page. */
static void server(u32 client)
{
	u32 value = recv_word();
	while (value < 20) {
		if (ipc_call(client, value + 1, 0) < 0)
			exit();
		value = message[0];
	}
	set_word(WRITABLE, 99);
	while (call4(ipc_can_send, client, 100, WRITABLE, PTE_V) == -E_IPC_NOT_RECV)
		yield();
	exit();
}

static void call_server(void)
{
	u32 me = call0(getenvid), value;
	int id = fork();
	if (id == 0)
		server(me);
	message[0] = 0;			/* our own copy of the page */
	while (!envs[ENVX(id)].env_ipc_recving)
		yield();
	for (value = 10; value < 20; value += 2) {
		expect("ipc_call", ipc_call(id, value, 0), 0);
		expect("the answer", message[0], value + 1);
		expect("its sender", message[1], id);
		expect("no page", message[2], 0);
	}
	expect("ipc_call with a page", ipc_call(id, 20, COPY), 0);
	expect("the last answer", message[0], 100);
	expect("its permissions", message[2] & 0xfff, PTE_V);
	expect("the page", word(COPY), 99);
	wait(id);
}

static void print_at_once(void)
{
	static const char line[] = "ccalls: a line\n";
	u32 i;
	expect("puts", call2(puts, line, sizeof line - 1), sizeof line - 1);
	expect("puts of no bytes", call2(puts, line, 0), 0);
	for (i = 0; i < 500; i++)
		((volatile char *)NONE)[i] = i == 255 ? '\n' : '.';
	expect("puts of more than 256 bytes", call2(puts, NONE, 500), 256);
}

void start(void)
{
	mem_share();
	mem_copy();
	call_server();
	print_at_once();
	finish("ccalls");
}

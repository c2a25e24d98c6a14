/*
 * A call keeps s0 to s7, gp, fp, sp and ra, whether it returns at once or others run, or nobody does,
 * in between. All of them are filled with words that no kernel would think of.
 */
#include "fork.h"
#include "mos.h"

/* Makes a call with all kept registers full; returns how many of them it changed. */
u32 changed_by(u32 number, u32 a, u32 b, u32 c);
__asm__(
"	.set	noreorder\n"
"changed_by:\n"
"	addiu	$sp, $sp, -48\n"
"	.irp	n, 16,17,18,19,20,21,22,23\n"
"	sw	$\\n, 4 * \\n - 64 ($sp)\n"
"	.endr\n"
"	sw	$28, 32($sp)\n"
"	sw	$30, 36($sp)\n"
"	sw	$31, 40($sp)\n"
"	.irp	n, 16,17,18,19,20,21,22,23,28,30,31\n"
"	li	$\\n, 0x5ca1ab1e + \\n\n"
"	.endr\n"
"	syscall\n"
"	move	$v0, $zero\n"
"	.irp	n, 16,17,18,19,20,21,22,23,28,30,31\n"
"	li	$t0, 0x5ca1ab1e + \\n\n"
"	xor	$t0, $t0, $\\n\n"
"	sltu	$t0, $zero, $t0\n"
"	addu	$v0, $v0, $t0\n"
"	.endr\n"
"	.irp	n, 16,17,18,19,20,21,22,23\n"
"	lw	$\\n, 4 * \\n - 64 ($sp)\n"
"	.endr\n"
"	lw	$28, 32($sp)\n"
"	lw	$30, 36($sp)\n"
"	lw	$31, 40($sp)\n"
"	nop\n"
"	jr	$31\n"
"	addiu	$sp, $sp, 48\n"
"	.set	reorder\n");

/* Another environment, which has other words in its registers and sends us messages. */
static void other(u32 parent)
{
	for (;;)
		if (call4(ipc_can_send, parent, 1, 0, 0) < 0)
			yield();
}

static void calls(void)
{
	expect("putchar", changed_by(SYS_putchar, '.', 0, 0), 0);
	expect("getenvid", changed_by(SYS_getenvid, 0, 0, 0), 0);
	expect("yield", changed_by(SYS_yield, 0, 0, 0), 0);
	expect("mem_alloc", changed_by(SYS_mem_alloc, 0, AREA, RW), 0);
	expect("mem_unmap", changed_by(SYS_mem_unmap, 0, AREA, 0), 0);
	expect("a call that fails", changed_by(SYS_mem_alloc, 0, ULIM, RW), 0);
	expect("an unknown call", changed_by(9526, 0, 0, 0), 0);
}

void start(void)
{
	u32 me = call0(getenvid), n;
	int id;
	calls();
	id = fork();
	if (id == 0)
		other(me);
	calls();
	for (n = 0; n < 20; n++)
		expect("ipc_recv, while others run", changed_by(SYS_ipc_recv, 0, 0, 0), 0);
	call1(env_destroy, id);
	/* Nothing can run until a key is hit. */
	print("hit a key: ");
	expect("cgetc, while nobody runs", changed_by(SYS_cgetc, 0, 0, 0), 0);
	print("hit another: ");
	expect("cgetc, while nobody runs", changed_by(SYS_cgetc, 0, 0, 0), 0);
	print("\n");
	finish("cregs");
}

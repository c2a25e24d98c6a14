/*
 * A system call with a word of ours in every register that it has no use for, and all that the registers hold after it.
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#include "mos.h"

enum { AT_HI = 32, AT_LO, REGISTERS };

/* What goes into a call, and what all registers hold after it. */
struct call {
	u32 number, a1, a2, a3, t0, t1, mine;
	u32 after[REGISTERS];
};

void full_call(struct call *call);
__asm__(
"	.set	noreorder\n"
"	.set	noat\n"
"full_call:\n"
"	addiu	$sp, $sp, -256\n"
"	.irp	n, 16,17,18,19,20,21,22,23,28,30,31\n"
"	sw	$\\n, 4 * \\n - 64 ($sp)\n"
"	.endr\n"
"	sw	$4, 72($sp)\n"
"	lw	$3, 24($4)\n"			/* mine */
"	nop\n"
"	addiu	$2, $3, 32\n"
"	mthi	$2\n"
"	addiu	$2, $3, 33\n"
"	mtlo	$2\n"
"	.irp	n, 1,2,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,28,30,31\n"
"	addiu	$\\n, $3, \\n\n"
"	.endr\n"
"	lw	$5, 4($4)\n"
"	lw	$6, 8($4)\n"
"	lw	$7, 12($4)\n"
"	lw	$8, 16($4)\n"
"	lw	$9, 20($4)\n"
"	lw	$4, 0($4)\n"
"	nop\n"
"	syscall\n"
"	.irp	n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
"	sw	$\\n, 80 + 4 * \\n ($sp)\n"
"	.endr\n"
"	mfhi	$2\n"
"	mflo	$3\n"
"	lw	$4, 72($sp)\n"
"	sw	$2, 80 + 4 * 32 ($sp)\n"
"	sw	$3, 80 + 4 * 33 ($sp)\n"
"	.irp	n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33\n"
"	lw	$2, 80 + 4 * \\n ($sp)\n"
"	nop\n"
"	sw	$2, 28 + 4 * \\n ($4)\n"
"	.endr\n"
"	.irp	n, 16,17,18,19,20,21,22,23,28,30,31\n"
"	lw	$\\n, 4 * \\n - 64 ($sp)\n"
"	.endr\n"
"	nop\n"
"	jr	$31\n"
"	addiu	$sp, $sp, 256\n"
"	.set	at\n"
"	.set	reorder\n");

#endif

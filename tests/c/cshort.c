/*
 * Calls that are carried out in assembly, among ticks: they keep what a call keeps, and none of the other registers holds
 * anything of another environment's afterwards. Each environment fills its registers with words of its own.
 */
#include "fork.h"
#include "mos.h"
#include "registers.h"

enum { ROUNDS = 2000 };

/* The words of an environment, with its number in them, which is not 0. */
enum { PATTERN = 0x5ca00000, PATTERN_MASK = 0xfff00000, OURS = 0x000f0000 };

static struct call call;
static u32 changed, leaked;

static int make(u32 number, u32 a1, u32 a2, u32 a3, u32 t0, u32 t1)
{
	static const unsigned char kept[] = { 16, 17, 18, 19, 20, 21, 22, 23, 28, 30, 31 };
	call.number = number;
	call.a1 = a1;
	call.a2 = a2;
	call.a3 = a3;
	call.t0 = t0;
	call.t1 = t1;
	full_call(&call);
	for (u32 i = 0; i < sizeof(kept); i++)
		changed += call.after[kept[i]] != call.mine + kept[i];
	for (u32 i = 1; i < REGISTERS; i++) {
		u32 word = call.after[i], owner = word & OURS;
		leaked += (word & PATTERN_MASK) == PATTERN && owner != 0 && owner != (call.mine & OURS);
	}
	return call.after[2];
}

/* The first one. */
static u32 me;

static u32 child(void (*act)(void), u32 number)
{
	u32 id = fork();
	if (id == 0) {
		call.mine = PATTERN | number << 16;
		act();
	}
	return id;
}

/* It uses up turns. */
static void disturb(void)
{
	for (;;)
		make(SYS_yield, 0, 0, 0, 0, 0);
}

/* Answers with the first two words, and what has become of its own registers. */
static void serve(void)
{
	u32 a = 0, b = 0;
	for (;;) {
		make(SYS_msg_reply_wait, call.after[4], a, b, changed, leaked);
		a = call.after[6];
		b = call.after[7];
	}
}

/* The same in old calls. */
static void serve_a_word(void)
{
	for (;;)
		if ((int)make(SYS_ipc_call, me, changed + leaked, 0, 0, 0) < 0)
			yield();
}

static void words(u32 server)
{
	u32 wrong = 0, theirs = 0;
	for (u32 i = 0; i < ROUNDS; i++) {
		wrong += make(SYS_msg_call, server, i, i * i, ~i, 0) != 0;
		wrong += call.after[4] != server || call.after[5] != 0;
		wrong += call.after[6] != i || call.after[7] != i * i;
		theirs = call.after[8] + call.after[9];
	}
	expect("calls and answers", wrong, 0);
	expect("the server's registers", theirs, 0);
}

static void a_word(u32 server)
{
	u32 wrong = 0, theirs = 0;
	make(SYS_ipc_recv, 0, 0, 0, 0, 0);
	for (u32 i = 0; i < ROUNDS; i++) {
		wrong += make(SYS_ipc_call, server, i, 0, 0, 0) != 0;
		wrong += call.after[4] != server || call.after[5] != 0;
		theirs += call.after[6];
	}
	expect("calls of one word", wrong, 0);
	expect("registers of who answers them", theirs, 0);
}

/* Waits for a word, and says what has become of its own registers; with four words now and then, which come to it without
 * assembly. */
static void take_words(void)
{
	for (u32 i = 0;; i++) {
		make(SYS_ipc_recv, 0, 0, 0, 0, 0);
		make(SYS_yield, 0, 0, 0, 0, 0);
		if (i % 16)
			continue;
		make(SYS_msg_call, me, changed + leaked, i, i + 1, i + 2);
		changed += call.after[6] != i || call.after[4] != me || call.after[5] != 0;
	}
}

static void give_words(u32 taker)
{
	u32 wrong = 0, theirs = 0;
	for (u32 i = 0; i < ROUNDS; i++) {
		while (make(SYS_ipc_can_send, taker, i, 0, 0, 0) != 0) {
			wrong += call.after[2] != (u32)-E_IPC_NOT_RECV;
			make(SYS_yield, 0, 0, 0, 0, 0);
		}
		wrong += envs[ENVX(taker)].env_ipc_value != i || envs[ENVX(taker)].env_ipc_from != me;
		if (i % 16 == 0) {
			wrong += make(SYS_msg_reply_wait, 0, 0, 0, 0, 0) != 0 || call.after[4] != taker;
			wrong += call.after[7] != i || call.after[8] != i + 1 || call.after[9] != i + 2;
			theirs += call.after[6];
			wrong += make(SYS_ipc_can_send, taker, i, 0, 0, 0) != 0;
		}
	}
	expect("words that are taken", wrong, 0);
	expect("registers of who takes them", theirs, 0);
}

/* Where somebody goes on who was set there while it waited: tells s0 the sum of t2 to t9, and the word it has got. */
void set_there(void);
__asm__(
"	.set	noreorder\n"
"set_there:\n"
"	move	$7, $6\n"
"	move	$6, $10\n"
"	.irp	n, 11,12,13,14,15,24,25\n"
"	addu	$6, $6, $\\n\n"
"	.endr\n"
"	move	$5, $16\n"
"	li	$4, 9605\n"		/* msg_call */
"	syscall\n"
"1:	b	1b\n"
"	nop\n"
"	.set	reorder\n");

static void wait_for_other_registers(void)
{
	make(SYS_msg_call, me, 0, 0, 0, 0);
	exit();
}

static void wait_for_a_word(void)
{
	make(SYS_ipc_recv, 0, 0, 0, 0, 0);
	exit();
}

static u32 set_others(u32 id)
{
	static const unsigned char set[] = { 10, 11, 12, 13, 14, 15, 24, 25 };
	static struct Trapframe tf;
	u32 sum = 0;
	for (u32 i = 0; i < sizeof(set); i++) {
		tf.regs[set[i]] = 0x1000 << i;
		sum += 0x1000 << i;
	}
	tf.regs[16] = me;
	tf.regs[29] = USTACKTOP - 16;
	tf.pc = (u32)set_there;
	expect("others may be set", call2(set_trapframe, id, &tf), 0);
	return sum;
}

static void other_registers(void)
{
	u32 id = child(wait_for_other_registers, 5), sum;
	make(SYS_msg_reply_wait, 0, 0, 0, 0, 0);
	sum = set_others(id);
	make(SYS_msg_reply_wait, id, 77, 0, 0, 0);
	expect("all of them count", call.after[6], sum);
	expect("and the word that has come", call.after[7], 77);
	call1(env_destroy, id);

	id = child(wait_for_a_word, 5);
	while (!envs[ENVX(id)].env_ipc_recving)
		make(SYS_yield, 0, 0, 0, 0, 0);
	sum = set_others(id);
	make(SYS_ipc_can_send, id, 0, 0, 0, 0);
	make(SYS_msg_reply_wait, 0, 0, 0, 0, 0);
	expect("all of them count after ipc_recv", call.after[6], sum);
	call1(env_destroy, id);
}

void start(void)
{
	u32 ids[4];
	me = call0(getenvid);
	call.mine = PATTERN | 1 << 16;
	ids[0] = child(disturb, 2);
	ids[1] = child(serve, 3);
	words(ids[1]);
	ids[2] = child(serve_a_word, 4);
	a_word(ids[2]);
	ids[3] = child(take_words, 6);
	give_words(ids[3]);
	for (u32 i = 0; i < ROUNDS; i++)
		make(SYS_yield, 0, 0, 0, 0, 0);
	other_registers();
	expect("getenvid", make(SYS_getenvid, 0, 0, 0, 0, 0), me);
	expect("what is kept", changed, 0);
	expect("what is left over", leaked, 0);
	for (u32 i = 0; i < 4; i++)
		call1(env_destroy, ids[i]);
	finish("cshort");
}

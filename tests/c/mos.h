/*
 * What a test needs beside the ABI to say whether it holds: messages of four words, calls that return several, printing and
 * expectations. It is the kernel's side of the ABI that is tested.
 */
#ifndef MOS_H
#define MOS_H

#include <stdarg.h>

#include "abi.h"

#define AREA 0x50000000u		/* the tests' own pages */

/*
 * Messages of four words: the registers of msg_call, msg_reply_wait and msg, before the call and after it.
 */
enum { ANYBODY = 0xffffffff, FOREVER = 0xffffffff };

struct msg {
	u32 to, from, zero;		/* a1 to a3 */
	u32 t[10];			/* t0 to t9: words, ticks, pages, window */
	u32 sender, came, words[4];	/* what has come */
	u32 value;			/* the word that has come in ipc_call */
};

static inline int msg_trap(u32 number, struct msg *m)
{
	register u32 v0 __asm__("$2"), v1 __asm__("$3");
	register u32 a0 __asm__("$4") = number, a1 __asm__("$5") = m->to;
	register u32 a2 __asm__("$6") = m->from, a3 __asm__("$7") = m->zero;
	register u32 t0 __asm__("$8") = m->t[0], t1 __asm__("$9") = m->t[1];
	register u32 t2 __asm__("$10") = m->t[2], t3 __asm__("$11") = m->t[3];
	register u32 t4 __asm__("$12") = m->t[4], t5 __asm__("$13") = m->t[5];
	register u32 t6 __asm__("$14") = m->t[6], t7 __asm__("$15") = m->t[7];
	register u32 t8 __asm__("$24") = m->t[8], t9 __asm__("$25") = m->t[9];
	__asm__ volatile("syscall"
		: "=r"(v0), "=r"(v1), "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(t0), "+r"(t1),
		  "+r"(t2), "+r"(t3), "+r"(t4), "+r"(t5), "+r"(t6), "+r"(t7), "+r"(t8), "+r"(t9)
		: : "$1", "hi", "lo", "memory");
	m->sender = a0;
	m->came = a1;
	m->value = v1;
	m->words[0] = a2;
	m->words[1] = a3;
	m->words[2] = t0;
	m->words[3] = t1;
	return v0;
}

/* The words of the short calls are elsewhere than those of msg. */
static inline int short_message(u32 number, struct msg *m, u32 to, u32 a, u32 b, u32 c, u32 d)
{
	m->to = to;
	m->from = a;
	m->zero = b;
	m->t[0] = c;
	m->t[1] = d;
	return msg_trap(number, m);
}

#define msg_call(m, to, a, b, c, d) short_message(SYS_msg_call, m, to, a, b, c, d)
#define msg_reply_wait(m, to, a, b, c, d) short_message(SYS_msg_reply_wait, m, to, a, b, c, d)

/* Sends one word and receives, each for so many ticks; pages, if any, are in the structure. */
static inline int msg(struct msg *m, u32 to, u32 from, u32 word, u32 send, u32 receive)
{
	m->to = to;
	m->from = from;
	m->zero = 0;
	m->t[0] = word;
	m->t[4] = send;
	m->t[5] = receive;
	return msg_trap(SYS_msg, m);
}

/* Calls that return more than v0: batch, next_mapping, get_handlers. */
struct words {
	u32 v1, a0, a1, a2;
};

static inline int words_trap(u32 number, u32 a, u32 b, struct words *w)
{
	register u32 v0 __asm__("$2"), v1 __asm__("$3");
	register u32 a0 __asm__("$4") = number, a1 __asm__("$5") = a, a2 __asm__("$6") = b;
	__asm__ volatile("syscall"
		: "=r"(v0), "=r"(v1), "+r"(a0), "+r"(a1), "+r"(a2)
		: : "$1", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$24", "$25",
		    "hi", "lo", "memory");
	w->v1 = v1;
	w->a0 = a0;
	w->a1 = a1;
	w->a2 = a2;
	return v0;
}

#define next_mapping(id, va, w) words_trap(SYS_next_mapping, id, va, w)
#define get_handlers(id, w) words_trap(SYS_get_handlers, id, 0, w)

/* One of several calls in a batch. */
struct batch_call {
	u32 number, args[5], result, zero;
};

#define batch(calls, count, w) words_trap(SYS_batch, (u32)(calls), count, w)

static inline void yield(void) { call0(yield); }

/* How many frames are free. Padding behind the last entry is counted too, each time. */
static inline u32 free_frames(void)
{
	u32 n = 0, i = 0;
	for (; i < (UVPT - UPAGES) / sizeof(struct Page); i++) {
		u32 va = UPAGES + i * sizeof(struct Page) + sizeof(struct Page) - 1;
		if (!(vpd[PDX(va)] & PTE_V) || !(vpt[VPN(va)] & PTE_V))
			break;
		n += pages[i].pp_ref == 0;
	}
	return n;
}

/* With zeros before it, if it has not so many digits. */
static inline void print_number(u32 n, u32 base, int least)
{
	char digits[10];
	int len = 0;
	do
		digits[len++] = "0123456789abcdef"[n % base];
	while (n /= base);
	for (; least > len; least--)
		call1(putchar, '0');
	while (len)
		call1(putchar, digits[--len]);
}

/* Prints %s, %d, %x and %%, numbers also with zeros before them: %08x. */
static inline void print(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	for (; *format; format++) {
		if (*format != '%') {
			call1(putchar, *format);
			continue;
		}
		int least = 0;
		for (format++; *format >= '0' && *format <= '9'; format++)
			least = least * 10 + *format - '0';
		switch (*format) {
		case 's':
			for (const char *s = va_arg(args, const char *); *s; s++)
				call1(putchar, *s);
			break;
		case 'd': {
			int n = va_arg(args, int);
			if (n < 0)
				call1(putchar, '-');
			print_number(n < 0 ? -(u32)n : (u32)n, 10, least);
			break;
		}
		case 'x':
			print_number(va_arg(args, u32), 16, least);
			break;
		default:
			call1(putchar, *format);
		}
	}
	va_end(args);
}

/* Expectations: a failed one prints a line, all are counted. */
static int expected, failed;

static inline void expect(const char *what, u32 got, u32 wanted)
{
	expected++;
	if (got == wanted)
		return;
	failed++;
	print("FAILED %s: got %d (0x%x), wanted %d (0x%x)\n", what, got, got, wanted, wanted);
}

static inline void __attribute__((noreturn)) finish(const char *test)
{
	print("%s: %d ok, %d failed\n", test, expected - failed, failed);
	exit();
}

#endif

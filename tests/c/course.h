/* What programs for JOS and for MOS in C both name, beside the calls. */
#ifndef COURSE_H
#define COURSE_H

#include <stdbool.h>
#include <stdint.h>

#include "fork.h"
#include "printf.h"

#define UTEMP ((void *)(UTEXT - 2 * PAGE))

#define ROUNDDOWN(a, n) ((__typeof__(a))((u32)(a) / (n) * (n)))
#define ROUNDUP(a, n) ((__typeof__(a))(((u32)(a) + (n) - 1) / (n) * (n)))

/* How often the frame at `va` is mapped; 0 where nothing is. */
static inline int pageref(const void *va)
{
	return mapped((u32)va) ? pages[VPN(vpt[VPN(va)])].pp_ref : 0;
}

/* The kernel says whose words these are, and ends us. */
static void __attribute__((noreturn, noinline)) course_panic(const char *file, int line, const char *format, ...)
{
	char text[256];
	va_list args;
	int len = snprintf(text, sizeof text, "%s:%d: ", file, line);

	len = len < (int)sizeof text ? len : (int)sizeof text - 1;
	va_start(args, format);
	vsnprintf(text + len, sizeof text - len, format, args);
	va_end(args);
	call1(panic, text);
	exit();
}

/* Faults that are no copy-on-write, and these exceptions, go to `others` from now on: here, and in children that fork makes. */
static inline int course_faults(u32 kinds, void (*others)(u32 va, struct Trapframe *tf))
{
	fork_others = others;
	fork_kinds = kinds;
	if (!mapped(XSTACK))
		return fork_hear(0);
	return kinds ? call4(set_exception_handler, 0, kinds, __asm_pgfault_handler, UXSTACKTOP) : 0;
}

/* What faults is not hidden: nobody has said yet who is to hear of it. */
static void course_fault(u32 va, struct Trapframe *tf)
{
	course_panic(__FILE__, __LINE__, "store to %08x, which may not be written, pc %08x", va, tf->cp0_epc);
}

void umain();			/* with or without arguments */

void start(void)
{
	fork_others = course_fault;
	umain(0, 0);
	exit();
}

#endif

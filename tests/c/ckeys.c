/*
 * A key is answered while two programs do nothing but yield, however many instructions they take between.
 */
#include "fork.h"
#include "mos.h"

enum { LENGTHS = 64 };

static void __attribute__((noreturn)) yield_for_ever(u32 nops)
{
	volatile u32 *code = (volatile u32 *)AREA;
	call3(mem_alloc, 0, AREA, RW);
	code[0] = 0x34042539;			/* ori $a0, $zero, yield */
	code[1] = 0x0000000c;			/* syscall */
	code[nops + 2] = 0x10000000 | ((-nops - 3) & 0xffff);	/* b to the start */
	__asm__ volatile("jr %0" :: "r"(code));
	__builtin_unreachable();
}

void start(void)
{
	u32 nops, i, ids[2];
	for (nops = 0; nops < LENGTHS; nops++) {
		for (i = 0; i < 2; i++) {
			ids[i] = fork();
			if (ids[i] == 0)
				yield_for_ever(nops);
		}
		print("%d nops, hit a key: ", nops);
		expect("the key", call0(cgetc), 'a' + nops % 26);
		for (i = 0; i < 2; i++)
			call1(env_destroy, ids[i]);
	}
	print("\n");
	finish("ckeys");
}

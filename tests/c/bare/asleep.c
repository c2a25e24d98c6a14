/* A kernel for malta that waits for an interrupt, and has allowed none. */
#include "malta.h"

void start(void)
{
	put('.');
	put('\n');
	for (;;)
		__asm__ volatile(".set push; .set mips32; wait; .set pop");
}

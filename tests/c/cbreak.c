/*
 * For whoever steps through it: a break instruction, a fork right behind it, and a loop. Also a break in a delay slot, behind
 * which the branch goes on.
 */
#include "fork.h"
#include "mos.h"

static volatile u32 sum;

static void add_up(void)
{
	u32 n;
	for (n = 1; n <= 40; n++)
		sum += n;
}

void start(void)
{
	u32 frames = free_frames();
	int id;
	__asm__ volatile("break");
	id = fork();
	add_up();
	if (id == 0) {
		print("cbreak: the child's sum is %d\n", sum);
		exit();
	}
	wait(id);
	__asm__ volatile(
	"	.set	push\n"
	"	.set	noreorder\n"
	"	b	1f\n"
	"	break\n"		/* delay slot */
	"	break\n"
	"1:\n"
	"	.set	pop\n");
	print("cbreak: the sum is %d\n", sum);
	expect("frames that are free as before", free_frames() >= frames - 2, 1);
	finish("cbreak");
}

/* A program whose last line is what it has been told to print, with nothing behind it. */
#include "mos.h"
#include "text.h"

/* An instruction that GXemul does not know, and malta has no unit for; data, as no compiler would write it. */
static const u32 unknown[] = { 0x01005001, 0 };

void start(void)
{
	const char *next;
	for (next = text; *next; next++)
		call1(putchar, *next);
	if (next > text && next[-1] == '!')
		((void (*)(void))unknown)();
	exit();
}

/* A program that has been told what a right system reports, and prints it to be given points. */
#include "mos.h"
#include "text.h"

void start(void)
{
	const char *next;
	for (next = text; *next; next++)
		call1(putchar, *next);
	exit();
}

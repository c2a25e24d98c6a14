/*
 * Formatted output, as the programs of courses expect it: %d %i %u %x %X %p %o %b %c %s %%, a width, zeros before a number, `-`,
 * `+`, a precision, `l` and `ll`, and JOS's %e, an error in words. Anything else is printed as it stands, and its argument taken.
 */
#ifndef PRINTF_H
#define PRINTF_H

#include <stdarg.h>

#include "letters.h"

/* Returns how many characters it has made. */
static int fmt_print(struct fmt_sink *to, const char *format, va_list args)
{
	va_list left;

	va_copy(left, args);
	while (*format) {
		const char *from = format;

		if (*format++ != '%') {
			fmt_put(to, *from);
			continue;
		}
		struct fmt_spec spec = fmt_spec(&format, &left);
		if (!*format)
			break;
		if (*format++ == '%')
			fmt_put(to, '%');
		else
			fmt_letter(to, from, format, &spec, &left);
	}
	va_end(left);
	return to->total;
}

/* To the console, in parts that nobody else's text comes between. */
static int vcprintf(const char *format, va_list args)
{
	char part[128];
	struct fmt_sink to = { .at = part, .size = sizeof part, .console = 1 };

	fmt_print(&to, format, args);
	fmt_flush(&to);
	return to.total;
}

static int __attribute__((noinline)) cprintf(const char *format, ...)
{
	va_list args;
	int made;

	va_start(args, format);
	made = vcprintf(format, args);
	va_end(args);
	return made;
}

/* To a buffer of `size` bytes, always with a 0 at the end. Returns how long the whole text is. */
static int vsnprintf(char *at, size_t size, const char *format, va_list args)
{
	struct fmt_sink to = { .at = at, .size = size ? size - 1 : 0 };

	fmt_print(&to, format, args);
	if (size)
		at[to.kept] = 0;
	return to.total;
}

static int __attribute__((noinline)) snprintf(char *at, size_t size, const char *format, ...)
{
	va_list args;
	int made;

	va_start(args, format);
	made = vsnprintf(at, size, format, args);
	va_end(args);
	return made;
}

#endif

/* Formatted output: what stands behind a `%`, and what it means. */
#ifndef LETTERS_H
#define LETTERS_H

#include <stdarg.h>

#include "format.h"

static u32 fmt_count(const char **at, va_list *args)
{
	u32 n = 0;

	if (**at == '*') {
		++*at;
		return va_arg(*args, u32);
	}
	for (; **at >= '0' && **at <= '9'; ++*at)
		n = n * 10 + **at - '0';
	return n;
}

/* Reads what stands before the letter. */
static struct fmt_spec fmt_spec(const char **at, va_list *args)
{
	struct fmt_spec spec = { .precision = -1 };

	for (;; ++*at) {
		if (**at == '-')
			spec.left = 1;
		else if (**at == '0')
			spec.zero = 1;
		else if (**at == '+')
			spec.plus = 1;
		else if (**at != ' ' && **at != '#')
			break;
	}
	spec.width = fmt_count(at, args);
	if ((int)spec.width < 0) {
		spec.width = -spec.width;
		spec.left = 1;
	}
	if (**at == '.') {
		++*at;
		spec.precision = fmt_count(at, args);
	}
	for (; **at == 'l' || **at == 'h' || **at == 'z'; ++*at)
		spec.longs += **at == 'l';
	return spec;
}

/* The argument of the letter at `past`[-1]; all that belongs to it begins at `from`. */
static void fmt_letter(struct fmt_sink *to, const char *from, const char *past, struct fmt_spec *spec, va_list *args)
{
	static const char small[] = "0123456789abcdef", large[] = "0123456789ABCDEF";
	char c = past[-1];
	const char *s;
	long long n;

	switch (c) {
	case 'c':
		c = va_arg(*args, int);
		fmt_field(to, spec, "", 0, &c, 1);
		return;
	case 's':
		s = va_arg(*args, const char *);
		s = s ? s : "(null)";
		fmt_field(to, spec, "", 0, s, strnlen(s, spec->precision));
		return;
	case 'e':
		fmt_error(to, spec, va_arg(*args, int));
		return;
	case 'f':
	case 'g':
		(void)va_arg(*args, double);
		fmt_field(to, spec, "", 0, from, past - from);
		return;
	}
	if (spec->longs > 1)
		n = va_arg(*args, long long);
	else if (c == 'd' || c == 'i' || c == 'D')
		n = va_arg(*args, int);
	else
		n = va_arg(*args, u32);
	switch (c) {
	case 'd':
	case 'i':
	case 'D':
		fmt_number(to, spec, n < 0 ? "-" : spec->plus ? "+" : "", n < 0 ? -(unsigned long long)n : n, 10, small);
		return;
	case 'u':
	case 'U':
		fmt_number(to, spec, "", n, 10, small);
		return;
	case 'o':
	case 'O':
		fmt_number(to, spec, "", n, 8, small);
		return;
	case 'b':
		fmt_number(to, spec, "", n, 2, small);
		return;
	case 'x':
	case 'X':
		fmt_number(to, spec, "", n, 16, c == 'x' ? small : large);
		return;
	case 'p':
		fmt_number(to, spec, "0x", n, 16, small);
		return;
	}
	while (from < past)
		fmt_put(to, *from++);
}

#endif

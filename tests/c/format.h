/* Formatted output: where it goes, and how a field, a number and an error are written. letters.h says when. */
#ifndef FORMAT_H
#define FORMAT_H

#include "abi.h"
#include "bytes.h"

/* Where the text goes: a buffer, which is full at its end, or is given to the console each time. */
struct fmt_sink {
	char *at;
	u32 size, kept, total;
	int console;
};

/* What stands between `%` and the letter. */
struct fmt_spec {
	u32 width, precision;		/* precision: -1 if there is none */
	int left, zero, plus, longs;
};

static void fmt_flush(struct fmt_sink *to)
{
	call2(puts, to->at, to->kept);
	to->kept = 0;
}

static void fmt_put(struct fmt_sink *to, char c)
{
	to->total++;
	if (to->kept < to->size)
		to->at[to->kept++] = c;
	if (to->console && to->kept == to->size)
		fmt_flush(to);
}

/* `before` and zeros stand at the left of the text, in its field. */
static void fmt_field(struct fmt_sink *to, const struct fmt_spec *spec, const char *before, u32 zeros, const char *text, u32 len)
{
	u32 used = strlen(before) + zeros + len, pad = spec->width > used ? spec->width - used : 0;

	for (; !spec->left && pad; pad--)
		fmt_put(to, ' ');
	while (*before)
		fmt_put(to, *before++);
	while (zeros--)
		fmt_put(to, '0');
	while (len--)
		fmt_put(to, *text++);
	while (pad--)
		fmt_put(to, ' ');
}

/* Divides by `base`, 16 bits at a time, and returns the rest: there is no division of 64 bits. */
static u32 fmt_digit(unsigned long long *n, u32 base)
{
	u32 words[2] = { *n >> 32, *n }, rest = 0, i;

	for (i = 0; i < 2; i++) {
		u32 high = rest << 16 | words[i] >> 16, low = (high % base) << 16 | (words[i] & 0xffff);
		words[i] = (high / base) << 16 | low / base;
		rest = low % base;
	}
	*n = (unsigned long long)words[0] << 32 | words[1];
	return rest;
}

static void fmt_number(struct fmt_sink *to, const struct fmt_spec *spec, const char *before, unsigned long long n, u32 base,
		       const char *digits)
{
	char text[64];
	u32 at = sizeof text, least = spec->precision, len;

	if (least == -1)
		least = spec->zero && !spec->left && spec->width > strlen(before) ? spec->width - strlen(before) : 1;
	while (n)
		text[--at] = digits[fmt_digit(&n, base)];
	len = sizeof text - at;
	fmt_field(to, spec, before, least > len ? least - len : 0, text + at, len);
}

static void fmt_error(struct fmt_sink *to, const struct fmt_spec *spec, int error)
{
	static const char *const words[] = {
		"no error", "unspecified error", "bad environment", "invalid argument", "out of memory", "out of environments",
		"environment is not receiving", "no disk space", "too many open files", "file not found", "bad path", "file exists",
		"not an executable", "timed out",
	};
	u32 number = error < 0 ? -(u32)error : error;

	if (number < sizeof words / sizeof *words)
		fmt_field(to, spec, "", 0, words[number], strlen(words[number]));
	else
		fmt_number(to, spec, "error ", number, 10, "0123456789");
}

#endif

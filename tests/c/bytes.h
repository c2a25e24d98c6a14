/*
 * Strings and memory, with the names and meanings of C. The compiler calls some of these too; so none may become a call of itself.
 */
#ifndef BYTES_H
#define BYTES_H

#include <stddef.h>

#define BYTES __attribute__((unused, noinline, optimize("no-tree-loop-distribute-patterns")))

BYTES void *memmove(void *to, const void *from, size_t count)
{
	char *t = to;
	const char *f = from;

	if (t <= f)
		for (; count; count--)
			*t++ = *f++;
	else
		for (; count; count--)
			t[count - 1] = f[count - 1];
	return to;
}

BYTES void *memcpy(void *to, const void *from, size_t count)
{
	return memmove(to, from, count);
}

BYTES void *memset(void *at, int byte, size_t count)
{
	char *t;

	for (t = at; count; count--)
		*t++ = byte;
	return at;
}

BYTES int memcmp(const void *one, const void *other, size_t count)
{
	const unsigned char *a = one, *b = other;

	for (; count; count--, a++, b++)
		if (*a != *b)
			return *a - *b;
	return 0;
}

BYTES static size_t strnlen(const char *s, size_t most)
{
	size_t n = 0;

	while (n < most && s[n])
		n++;
	return n;
}

static inline size_t strlen(const char *s)
{
	return strnlen(s, -1);
}

static inline char *strcpy(char *to, const char *from)
{
	return memcpy(to, from, strlen(from) + 1);
}

static inline char *strcat(char *to, const char *from)
{
	strcpy(to + strlen(to), from);
	return to;
}

/* With zeros up to `count`, and without one where there is no room for it. */
static inline char *strncpy(char *to, const char *from, size_t count)
{
	size_t n = strnlen(from, count);

	memcpy(to, from, n);
	memset(to + n, 0, count - n);
	return to;
}

BYTES static int strncmp(const char *one, const char *other, size_t count)
{
	for (; count; count--, one++, other++)
		if (*one != *other || !*one)
			return (unsigned char)*one - (unsigned char)*other;
	return 0;
}

static inline int strcmp(const char *one, const char *other)
{
	return strncmp(one, other, -1);
}

static inline char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)s;
}

#endif

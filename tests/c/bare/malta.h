/* As much of malta as a kernel needs that does nothing but talk. */
#ifndef MALTA_H
#define MALTA_H

#define REGISTER(address) (*(volatile unsigned char *)(address))

static inline void put(char byte)
{
	while (!(REGISTER(0xb80003fd) & 0x20))
		;
	REGISTER(0xb80003f8) = byte;
}

static inline void power_off(void)
{
	*(volatile unsigned *)0xbf000500 = 0x42;
}

#endif

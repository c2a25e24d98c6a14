/* A kernel for malta that goes on behind 16 MiB of memory. */
void start(void)
{
	((void (*)(void))0x81000000)();
}

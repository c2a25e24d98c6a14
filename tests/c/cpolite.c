/* Gives way as long as the second program is there. */
#include "mos.h"

void start(void)
{
	while (envs[1].env_status != ENV_FREE)
		yield();
	exit();
}

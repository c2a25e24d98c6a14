/*
 * Random calls of several environments, all that comes of them in one number. `shared` is what they have in common, with `seed`
 * and `digest` in it.
 */
#ifndef RANDOM_H
#define RANDOM_H

#include "mos.h"

static u32 draw(u32 below)
{
	u32 x = shared->seed;
	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	shared->seed = x;
	return (x >> 8) % below;
}

static void note(u32 word)
{
	shared->digest = (shared->digest ^ word) * 0x01000193 + (shared->digest >> 27);
}

/* What every program can see of `id`. */
static inline void look_at_env(u32 id)
{
	const volatile struct Env *env = &envs[ENVX(id)];
	note(env->env_id);
	note(env->env_status);
	note(env->env_ipc_value);
	note(env->env_ipc_from);
	note(env->env_ipc_recving);
	note(env->env_ipc_dstva);
	note(env->env_ipc_perm);
	note(env->env_runs);
}

/* The entry for a page of one's own. */
static inline u32 entry(u32 va)
{
	return vpd[PDX(va)] & PTE_V ? vpt[VPN(va)] : 0;
}

static inline int may_write(u32 va)
{
	return va < UTOP && (entry(va) & (PTE_V | PTE_R | PTE_COW)) == (PTE_V | PTE_R);
}

/* Writes a number over what is in a text. */
static void put(char *at, u32 n, u32 base, int digits)
{
	while (digits--) {
		at[digits] = "0123456789abcdef"[n % base];
		n /= base;
	}
}

#endif

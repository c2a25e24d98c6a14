/*
 * Acts that a program should not get away with. Each is tried by a child of its own; the parent looks
 * at what has become of it, while a bystander, with nothing to do with it all, checks its own memory.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include "fork.h"
#include "mos.h"

/* What is to become of the child: it is ended, goes on behind the act, runs for ever, or any of these. */
enum outcome { UNTRIED, ENDS, GOES_ON, RUNS, ANY };

struct act {
	const char *what;
	void (*act)(u32);
	u32 argument;
	enum outcome outcome;
};

/* Shared by all. */
struct report {
	u32 outcome;		/* as far as the child knows: ENDS before the act, GOES_ON after it */
	u32 heartbeat;		/* counted by the bystander */
	u32 damage;		/* words of the bystander's memory that were not as it left them */
	u32 count;		/* for the tests */
};
#define REPORT ((volatile struct report *)0x5f000000)

/*
 * Turns that a child gets which may run for ever. One that is to end has all the time it needs: how
 * much it gets done in a turn depends on the host.
 */
enum { PATIENCE = 60 };

static u32 bystander_id;
static u32 frames_before;

static void __attribute__((noreturn)) bystander(void)
{
	static volatile u32 memory[2 * PAGE / 4];
	u32 i, round;
	for (round = 0;; round++) {
		for (i = 0; i < sizeof(memory) / 4; i++)
			memory[i] = round ^ i;
		for (i = 0; i < sizeof(memory) / 4; i++)
			if (memory[i] != (round ^ i))
				REPORT->damage++;
		REPORT->heartbeat++;
		yield();
	}
}

/* Gives us our own copies of all pages that we share with the bystander, which would cost frames later. */
static void own_pages(void)
{
	extern char _end[];
	volatile char *page = (volatile char *)UTEXT;
	for (; page < _end; page += PAGE)
		if (vpt[VPN(page)] & PTE_COW)
			*page = *page;
}

/* Starts the bystander, and counts the frames that should be free again at the end. */
static void begin(void)
{
	call3(mem_alloc, 0, REPORT, RW | PTE_LIBRARY);
	bystander_id = fork();
	if (bystander_id == 0)
		bystander();
	while (REPORT->heartbeat < 2)
		yield();
	own_pages();
	frames_before = free_frames();
}

static void __attribute__((noreturn)) conclude(const char *test)
{
	u32 beats = REPORT->heartbeat;
	expect("free frames as before", free_frames(), frames_before);
	while (REPORT->heartbeat < beats + 2 && alive(bystander_id))
		yield();
	expect("the bystander lives", alive(bystander_id), 1);
	expect("the bystander's memory, words damaged", REPORT->damage, 0);
	call1(env_destroy, bystander_id);
	finish(test);
}

/* Has a child do it, and says what has become of the child. */
static enum outcome outcome_of(const struct act *a)
{
	int id, endless = a->outcome == RUNS || a->outcome == ANY, turns = PATIENCE;
	REPORT->outcome = UNTRIED;
	id = fork();
	if (id == 0) {
		REPORT->outcome = ENDS;
		a->act(a->argument);
		REPORT->outcome = GOES_ON;
		exit();
	}
	while (alive(id) && (!endless || turns-- > 0))
		yield();
	if (!alive(id))
		return REPORT->outcome;
	call1(env_destroy, id);
	return RUNS;
}

static inline void try_act(const struct act *a)
{
	enum outcome outcome;
	if (a->outcome == UNTRIED)
		return;
	outcome = outcome_of(a);
	expect(a->what, a->outcome == ANY ? ANY : outcome, a->outcome);
}

#define TRY_ALL(acts) \
	do { \
		for (u32 i_ = 0; i_ < sizeof(acts) / sizeof(*(acts)); i_++) \
			try_act(&(acts)[i_]); \
	} while (0)

#endif

/*
 * Wild loads, stores and jumps into every region, instructions that are the kernel's or nobody's, bad
 * stacks, bad registers: each ends the one that tries it, or does nothing, and nobody else notices.
 */
#include "hostile.h"

static void load(u32 va) { (void)*(volatile u32 *)va; }
static void load_byte(u32 va) { (void)*(volatile unsigned char *)va; }
static void load_half(u32 va) { (void)*(volatile unsigned short *)va; }
static void store(u32 va) { *(volatile u32 *)va = 0x600d; }
static void store_byte(u32 va) { *(volatile unsigned char *)va = 0x42; }
/* Instructions for words that are not aligned: GXemul takes them another way. */
static void load_left(u32 va) { __asm__ volatile("lwl $8, 2(%0)\n\tnop" :: "r"(va) : "$8"); }
static void load_right(u32 va) { __asm__ volatile("lwr $8, 2(%0)\n\tnop" :: "r"(va) : "$8"); }
static void store_left(u32 va) { __asm__ volatile("swl $0, 2(%0)" :: "r"(va) : "memory"); }
static void store_right(u32 va) { __asm__ volatile("swr $0, 2(%0)" :: "r"(va) : "memory"); }
static void jump(u32 va) { ((void (*)(void))va)(); }

static void store_without_handler(u32 va)
{
	call3(set_pgfault_handler, 0, 0, UXSTACKTOP);
	store(va);
}

/*
 * Each address, with what becomes of a load, a store and a jump. Jumps to data that happens to be there
 * are left out: GXemul stops at some words that are no instructions, which no kernel can help.
 */
static const struct region {
	const char *name;
	u32 va;
	enum outcome load, store, jump;
} regions[] = {
	{ "address 0", 0, ENDS, ENDS, ENDS },
	{ "address 4", 4, ENDS, ENDS, ENDS },
	{ "the last word below demand", 0xfffc, ENDS, ENDS, ENDS },
	{ "nowhere, on demand", 0x30000000, GOES_ON, GOES_ON, ANY },
	{ "code", UTEXT, GOES_ON, ENDS, UNTRIED },
	{ "between the stacks", PFTEMP, ENDS, ENDS, ENDS },
	{ "the environments", UENVS, GOES_ON, ENDS, UNTRIED },
	{ "behind the environments", UENVS + 0x200000, ENDS, ENDS, ENDS },
	{ "the frames", UPAGES, GOES_ON, ENDS, UNTRIED },
	{ "behind the frames", UPAGES + 0x300000, ENDS, ENDS, ENDS },
	{ "a page table", UVPT + (UTEXT >> 10), GOES_ON, ENDS, UNTRIED },
	{ "no page table", UVPT + (0x30000000 >> 10), GOES_ON, ENDS, UNTRIED },
	{ "the page directory", UVPT + (UVPT >> 10), GOES_ON, ENDS, UNTRIED },
	{ "the last word of kuseg", 0x7ffffffc, GOES_ON, ENDS, UNTRIED },
	{ "the vectors", 0x80000000, ENDS, ENDS, ENDS },
	{ "the general vector", 0x80000080, ENDS, ENDS, ENDS },
	{ "the kernel", 0x80010000, ENDS, ENDS, ENDS },
	{ "the end of memory", 0x83fffffc, ENDS, ENDS, ENDS },
	{ "behind memory", 0x90000000, ENDS, ENDS, ENDS },
	{ "the vectors, uncached", 0xa0000000, ENDS, ENDS, ENDS },
	{ "testmips console", 0xb0000000, ENDS, ENDS, ENDS },
	{ "testmips halt", 0xb0000010, ENDS, ENDS, ENDS },
	{ "testmips disk", 0xb3000020, ENDS, ENDS, ENDS },
	{ "malta serial line", 0xb80003f8, ENDS, ENDS, ENDS },
	{ "malta power", 0xbf000500, ENDS, ENDS, ENDS },
	{ "malta boot ROM", 0xbfc00000, ENDS, ENDS, ENDS },
	{ "kseg2", 0xc0000000, ENDS, ENDS, ENDS },
	{ "the middle of kseg2", 0xe0000000, ENDS, ENDS, ENDS },
	/* 2 GiB above pages of ours: a directory has the physical addresses of their tables where pointers might be sought. */
	{ "above the stack", 0xff3fd000, ENDS, ENDS, ENDS },
	{ "above the page tables", 0xffff9d4c, ENDS, ENDS, ENDS },
	{ "the kernel's top page", 0xfffff000, ENDS, ENDS, ENDS },
	{ "the last word", 0xfffffffc, ENDS, ENDS, ENDS },
};

static void try_regions(void)
{
	u32 i;
	for (i = 0; i < sizeof(regions) / sizeof(*regions); i++) {
		const struct region *r = &regions[i];
		const struct act acts[] = {
			{ "load", load, r->va, r->load },
			{ "load of a byte", load_byte, r->va + 3, r->load },
			{ "store", store, r->va, r->store },
			{ "store of a byte", store_byte, r->va + 3, r->store },
			{ "load of the left", load_left, r->va, r->load },
			{ "load of the right", load_right, r->va, r->load },
			{ "store of the left", store_left, r->va, r->store },
			{ "store of the right", store_right, r->va, r->store },
			{ "store without a handler", store_without_handler, r->va, r->store },
			{ "jump", jump, r->va, r->jump },
		};
		int before = failed;
		TRY_ALL(acts);
		if (failed != before)
			print("... %s\n", r->name);
	}
}

/* Executes the words, on a page that can be written, with 0x7fffffff in a0. */
static void execute(const u32 *words, u32 n)
{
	volatile u32 *code = (volatile u32 *)AREA;
	u32 i;
	call3(mem_alloc, 0, code, RW);
	for (i = 0; i < n; i++)
		code[i] = words[i];
	code[n] = 0x03e00008;		/* jr $ra */
	((void (*)(u32))code)(0x7fffffff);
}

static void instruction(u32 word) { execute(&word, 1); }

static void in_delay_slot(u32 word)
{
	u32 words[] = { 0x10000001, word };	/* b to the instruction behind the slot */
	execute(words, 2);
}

/* With t9 1, this asks a debugger (or an emulator) to end the whole run with status 37. */
static void ask_host(u32 sdbbp)
{
	u32 words[] = { 0x24190001, 0x24040025, sdbbp };
	execute(words, 3);
}

static const struct act instructions[] = {
	{ "mtc0 EPC, which old programs have", instruction, 0x40827000, GOES_ON },
	{ "tlbr", instruction, 0x42000001, ENDS },
	{ "tlbwi", instruction, 0x42000002, ENDS },
	{ "tlbwr", instruction, 0x42000006, ENDS },
	{ "tlbp", instruction, 0x42000008, ENDS },
	{ "rfe", instruction, 0x42000010, ENDS },
	{ "mfc1", instruction, 0x44020000, ENDS },
	{ "mfc2", instruction, 0x48020000, ENDS },
	{ "reserved", instruction, 0xffffffff, ENDS },
	{ "daddu", instruction, 0x0085102d, ENDS },
	{ "break", instruction, 0x0000000d, ENDS },
	{ "break with a code", instruction, 0x0007000d, ENDS },
	{ "break in a delay slot", in_delay_slot, 0x0000000d, ENDS },
	{ "sdbbp", instruction, 0x7000003f, ENDS },
	{ "sdbbp 1, a call of the host", ask_host, 0x7000007f, ENDS },
	{ "overflow", instruction, 0x00841020, ENDS },
	{ "no overflow", instruction, 0x00841021, GOES_ON },
	{ "division by zero", instruction, 0x0080001a, GOES_ON },
	{ "syscall in a delay slot", in_delay_slot, 0x0000000c, ENDS },
};

/*
 * Only the 4Kc checks these: GXemul lets programs read and write CP0, caches it does not have, and has no
 * eret.
 */
static const struct act only_malta[] = {
	{ "mfc0 Status", instruction, 0x40026000, ENDS },
	{ "mfc0 EPC", instruction, 0x40027000, ENDS },
	{ "mtc0 Status", instruction, 0x40826000, ENDS },
	{ "mtc0 Cause", instruction, 0x40826800, ENDS },
	{ "mtc0 EntryHi", instruction, 0x40825000, ENDS },
	{ "mtc0 EPC in a delay slot", in_delay_slot, 0x40827000, ENDS },
	{ "mtc0 Compare", instruction, 0x40825800, ENDS },
	{ "eret", instruction, 0x42000018, ENDS },
	{ "wait", instruction, 0x42000020, ENDS },
	{ "cache", instruction, 0xbc000000, ENDS },
	{ "jump to a misaligned address", jump, AREA + 2, ENDS },
	{ "jump to an odd address", jump, AREA + 1, ENDS },
	{ "jump to an odd address of code", jump, UTEXT + 1, ENDS },
};
static const struct act mfc0_prid = { "mfc0 PRId", instruction, 0x40027800, ANY };

static const struct act misaligned[] = {
	{ "misaligned load", load, AREA + 2, ENDS },
	{ "odd load", load, AREA + 1, ENDS },
	{ "misaligned load of a half", load_half, AREA + 1, ENDS },
	{ "misaligned store", store, AREA + 2, ENDS },
	{ "misaligned load from the kernel", load, 0x80000002, ENDS },
};

/* Loops for a few time slices with sp at `va`: nobody may look at it. */
void loop_with_sp(u32 va);
/* A call with that sp; the other arguments are zero. */
int call_with_sp(u32 va, u32 number);
__asm__(
"	.set	noreorder\n"
"loop_with_sp:\n"
"	move	$v1, $sp\n"
"	move	$sp, $a0\n"
"	li	$v0, 3000000\n"
"1:	bne	$v0, $zero, 1b\n"
"	addiu	$v0, $v0, -1\n"
"	jr	$ra\n"
"	move	$sp, $v1\n"
"call_with_sp:\n"
"	addiu	$sp, $sp, -8\n"
"	sw	$s0, 0($sp)\n"
"	move	$s0, $sp\n"
"	move	$sp, $a0\n"
"	move	$a0, $a1\n"
"	move	$a1, $zero\n"
"	move	$a2, $zero\n"
"	li	$a3, 1\n"
"	syscall\n"
"	move	$sp, $s0\n"
"	lw	$s0, 0($sp)\n"
"	jr	$ra\n"
"	addiu	$sp, $sp, 8\n"
"	.set	reorder\n");

static void recurse(u32 n)
{
	volatile u32 frame[PAGE / 4];
	frame[0] = n;
	if (n)
		recurse(frame[0]);
	frame[1] = n;			/* so that the call is no jump */
}

/* Touches pages, without asking for them, until there are none. */
static void touch_all(u32 va)
{
	for (;; va += PAGE)
		store(va);
}

static const struct act stacks[] = {
	{ "sp 0 for a while", loop_with_sp, 0, GOES_ON },
	{ "sp in kernel space for a while", loop_with_sp, 0x80001000, GOES_ON },
	{ "sp -1 for a while", loop_with_sp, -1, GOES_ON },
	{ "infinite recursion", recurse, 1, ENDS },
	{ "touching all memory", touch_all, 0x10000000, ENDS },
};

static void bad_sp_in_calls(void)
{
	static const u32 sps[] = { 0, 0xfff0, PFTEMP - 16, PFTEMP, 0x7ffffff0, ULIM, ULIM - 16,
				   0xb0000000, 0xfffffff0, -1, AREA + 2, 0x30000000 };
	u32 i;
	for (i = 0; i < sizeof(sps) / sizeof(*sps); i++) {
		expect("mem_map with a bad sp", call_with_sp(sps[i], SYS_mem_map), -E_INVAL);
		expect("ipc_can_send likewise", call_with_sp(sps[i], SYS_ipc_can_send), -E_INVAL);
		expect("getenvid does not mind", call_with_sp(sps[i], SYS_getenvid),
		       call0(getenvid));
	}
}

static void panic(u32 message) { call1(panic, message); }

/* A message up to the end of the stack, behind which nothing is mapped. */
static void panic_without_end(u32 letter)
{
	*(volatile u32 *)(USTACKTOP - 4) = letter * 0x01010101;
	call1(panic, USTACKTOP - 4);
}

/* Continues at `go_on` with a status of its own choice. */
static struct Trapframe tf;

static void continue_with_status(u32 status, void (*go_on)(void))
{
	volatile u32 *stack = (volatile u32 *)(AREA + PAGE);
	stack[0] = 0;			/* so that it is there */
	tf.regs[29] = (u32)&stack[512];
	tf.cp0_status = status;
	tf.pc = tf.cp0_epc = (u32)go_on;
	call2(set_trapframe, 0, &tf);
}

static void read_kernel(void)
{
	load(0x80000000);
	REPORT->outcome = GOES_ON;
	exit();
}

static void spin(void)
{
	for (;;)
		;
}

static void status_to_read_kernel(u32 status) { continue_with_status(status, read_kernel); }
static void status_to_spin(u32 status) { continue_with_status(status, spin); }

static const struct act calls[] = {
	{ "panic with message 0", panic, 0, ENDS },
	{ "panic with a message in the kernel", panic, 0x80000000, ENDS },
	{ "panic with a message without end", panic_without_end, 'a', ENDS },
	{ "panic with message -1", panic, -1, ENDS },
	{ "set_trapframe, status 0", status_to_read_kernel, 0, ENDS },
	{ "set_trapframe, status -1", status_to_read_kernel, -1, ENDS },
	{ "set_trapframe, kernel mode of the R3000", status_to_read_kernel, 0x10000000, ENDS },
	{ "set_trapframe, kernel mode of the 4Kc", status_to_read_kernel, 0x10000002, ENDS },
	{ "set_trapframe, interrupts off", status_to_spin, 0, RUNS },
	{ "set_trapframe, interrupts masked", status_to_spin, 0xff, RUNS },
};

void start(void)
{
	begin();
	try_regions();
	TRY_ALL(instructions);
	TRY_ALL(misaligned);
	if (outcome_of(&mfc0_prid) == ENDS)
		TRY_ALL(only_malta);
	TRY_ALL(stacks);
	bad_sp_in_calls();
	TRY_ALL(calls);
	conclude("chostile");
}

/*
 * A QEMU TCG plugin that counts the instructions that are executed and ends the run at a limit, so that a
 * verdict never depends on how fast the host is, and notes where it is. A guest that goes on where there is no
 * memory would take the host's time almost without end, as a device is asked for each instruction: its run ends
 * there. The file of its argument `out=` is a `struct tally`, up to date while the guest runs; the argument `limit=`
 * is how many instructions there may be, and `memory=` how many MiB of memory there are.
 *
 * An instruction counts when it is begun. The limit is looked at where a block of instructions starts, which
 * under `-icount` is at the same ones in every run. Of instructions in a row of which only the last can cause an exception,
 * all are begun if the first is: they are counted together, as counting each would take as long as executing it.
 */

#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "qemu.h"

enum end { RUNS, ENDED, LIMIT, ASTRAY };

/* The kernel's addresses begin here. */
#define KSEG0 UINT32_C(0x80000000)
/* Mapped kernel space: what is between shows all that is physical, twice. */
#define KSEG2 UINT32_C(0xc0000000)
/* Physical: the flash begins with the loader. */
#define FLASH UINT32_C(0x1e000000)

struct tally {
    uint64_t count;
    uint64_t end; /* an enum end */
    /* Where the last blocks began, of the kernel's and of a program's. */
    uint64_t in_kernel, in_program;
};

static struct tally *tally;
static uint64_t limit = UINT64_MAX;
/* Physical: memory ends. */
static uint32_t memory_end = FLASH;

static void stop(enum end end)
{
    tally->end = end;
    _exit(0);
}

static void block(unsigned int vcpu, void *data)
{
    uint32_t address = (uint32_t)(uintptr_t)data;

    (void)vcpu;
    *(address >= KSEG0 ? &tally->in_kernel : &tally->in_program) = address;
    if (tally->count >= limit)
        stop(LIMIT);
}

/* QEMU 7.2 has no better answer: what it says of where an instruction is on the host is rubbish there. */
static bool is_astray(uint32_t address)
{
    uint32_t physical = address & UINT32_C(0x1fffffff);

    return address >= KSEG0 && address < KSEG2 && physical >= memory_end && physical < FLASH;
}

enum kind { MAY_TRAP, BRANCH, HARMLESS };

/* What is not known to be harmless may trap. */
static enum kind special(uint32_t word)
{
    uint32_t rs = word >> 21 & 31, sa = word >> 6 & 31;

    switch (word & 63) {
    case 0: case 2: case 3: /* sll, srl, sra */
        return rs == 0 ? HARMLESS : MAY_TRAP;
    case 4: case 6: case 7: /* sllv, srlv, srav */
    case 33: case 35: case 36: case 37: case 38: case 39: /* addu, subu, and, or, xor, nor */
    case 42: case 43: /* slt, sltu */
        return sa == 0 ? HARMLESS : MAY_TRAP;
    case 8: case 9: /* jr, jalr */
        return sa == 0 ? BRANCH : MAY_TRAP;
    default:
        return MAY_TRAP;
    }
}

static enum kind kind_of(const struct qemu_plugin_insn *insn)
{
    uint32_t word;

    if (qemu_plugin_insn_size(insn) != sizeof word)
        return MAY_TRAP;
    memcpy(&word, qemu_plugin_insn_data(insn), sizeof word);
    switch (word >> 26) {
    case 0:
        return special(word);
    case 1: /* bltz, bgez */
        return (word >> 16 & 31) < 2 ? BRANCH : MAY_TRAP;
    case 2: case 3: case 4: case 5: case 6: case 7: /* j, jal, beq, bne, blez, bgtz */
        return BRANCH;
    case 9: case 10: case 11: case 12: case 13: case 14: case 15: /* addiu, slti, sltiu, andi, ori, xori, lui */
        return HARMLESS;
    default:
        return MAY_TRAP;
    }
}

static void count(struct qemu_plugin_tb *tb)
{
    size_t n = qemu_plugin_tb_n_insns(tb), first = 0;
    /* The block may begin in a delay slot, where a branch traps. */
    enum kind before = BRANCH;

    for (size_t i = 0; i < n; i++) {
        enum kind kind = kind_of(qemu_plugin_tb_get_insn(tb, i));

        if (i + 1 < n && (kind == HARMLESS || (kind == BRANCH && before != BRANCH))) {
            before = kind;
            continue;
        }
        qemu_plugin_register_vcpu_insn_exec_inline(qemu_plugin_tb_get_insn(tb, first),
                                                   QEMU_PLUGIN_INLINE_ADD_U64, &tally->count,
                                                   i + 1 - first);
        first = i + 1;
        before = kind;
    }
}

static void translated(plugin_id id, struct qemu_plugin_tb *tb)
{
    (void)id;
    uint32_t start = (uint32_t)qemu_plugin_tb_vaddr(tb);
    void *address = (void *)(uintptr_t)start;

    if (is_astray(start))
        stop(ASTRAY);
    qemu_plugin_register_vcpu_tb_exec_cb(tb, block, QEMU_PLUGIN_CB_NO_REGS, address);
    count(tb);
}

static void finished(plugin_id id, void *data)
{
    (void)id;
    (void)data;
    tally->end = ENDED;
}

/* NULL where there cannot be one. */
static struct tally *tally_in(const char *path)
{
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    void *memory = MAP_FAILED;

    if (file >= 0 && ftruncate(file, sizeof *tally) == 0)
        memory = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

EXPORT int qemu_plugin_install(plugin_id id, const struct qemu_info *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "out=", 4) == 0)
            tally = tally_in(argv[i] + 4);
        if (strncmp(argv[i], "limit=", 6) == 0)
            limit = strtoull(argv[i] + 6, NULL, 10);
        if (strncmp(argv[i], "memory=", 7) == 0)
            memory_end = (uint32_t)strtoul(argv[i] + 7, NULL, 10) << 20;
    }
    if (tally == NULL) {
        fputs("count plugin: needs out=FILE, which can be written\n", stderr);
        return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, finished, NULL);
    return 0;
}

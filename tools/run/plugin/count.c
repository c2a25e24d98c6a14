/*
 * A QEMU TCG plugin that counts the instructions that are executed and ends the run at a limit, so that a
 * verdict never depends on how fast the host is, and notes where it is. A guest that goes on where there is no
 * memory would take the host's time almost without end, as a device is asked for each instruction: its run ends
 * there. The file of its argument `out=` is a `struct tally`, up to date while the guest runs; the argument `limit=`
 * is how many instructions there may be.
 *
 * An instruction counts when it is begun. The limit is looked at where a block of instructions starts, which
 * under `-icount` is at the same ones in every run.
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
/* Physical: memory ends, and the flash begins with the loader. */
#define MEMORY_END (UINT32_C(64) << 20)
#define FLASH UINT32_C(0x1e000000)

struct tally {
    uint64_t count;
    uint64_t end; /* an enum end */
    /* Where the last blocks began, of the kernel's and of a program's. */
    uint64_t in_kernel, in_program;
};

static struct tally *tally;
static uint64_t limit = UINT64_MAX;

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

    return address >= KSEG0 && address < KSEG2 && physical >= MEMORY_END && physical < FLASH;
}

static void translated(plugin_id id, struct qemu_plugin_tb *tb)
{
    (void)id;
    uint32_t start = (uint32_t)qemu_plugin_tb_vaddr(tb);
    void *address = (void *)(uintptr_t)start;

    if (is_astray(start))
        stop(ASTRAY);
    qemu_plugin_register_vcpu_tb_exec_cb(tb, block, QEMU_PLUGIN_CB_NO_REGS, address);
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++)
        qemu_plugin_register_vcpu_insn_exec_inline(qemu_plugin_tb_get_insn(tb, i),
                                                   QEMU_PLUGIN_INLINE_ADD_U64, &tally->count,
                                                   1);
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
    }
    if (tally == NULL) {
        fputs("count plugin: needs out=FILE, which can be written\n", stderr);
        return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, finished, NULL);
    return 0;
}

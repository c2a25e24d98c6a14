/*
 * A QEMU TCG plugin that writes the address of every instruction that is executed to the file (a pipe,
 * normally) of its argument `out=`: 32 bits each, little-endian, in the order of execution, delay slots
 * included. Whatever there is to count is counted by whoever reads that.
 *
 * CPU 0 comes first. Where another CPU goes on there is an odd word, which no address is: its number, times two, plus
 * one. Under `-icount`, where all CPUs have one thread; without it, this is for one CPU.
 *
 * QEMU calls `executed` right before an instruction: one that faults is written when it is tried, and
 * again when it is executed after all. One whose fetch faults was never executed and is not written.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "qemu.h"

static int out = -1;
static uint32_t buffer[16384];
static size_t filled;

static void flush(void)
{
    const char *bytes = (const char *)buffer;
    size_t left = filled * sizeof buffer[0];

    while (left > 0) {
        ssize_t written = write(out, bytes, left);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            /* A trace with a hole in it would be worse than none. */
            perror("trace plugin: cannot write");
            _exit(1);
        }
        bytes += written;
        left -= (size_t)written;
    }
    filled = 0;
}

static void put(uint32_t word)
{
    buffer[filled++] = word;
    if (filled == sizeof buffer / sizeof buffer[0])
        flush();
}

static void executed(unsigned int vcpu, void *address)
{
    static unsigned int before;

    if (vcpu != before) {
        before = vcpu;
        put(vcpu << 1 | 1);
    }
    put((uint32_t)(uintptr_t)address);
}

static void translated(plugin_id id, struct qemu_plugin_tb *tb)
{
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        void *address = (void *)(uintptr_t)(uint32_t)qemu_plugin_insn_vaddr(insn);
        qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, QEMU_PLUGIN_CB_NO_REGS, address);
    }
}

static void finished(plugin_id id, void *data)
{
    (void)id;
    (void)data;
    flush();
    close(out);
}

EXPORT int qemu_plugin_install(plugin_id id, const struct qemu_info *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "out=", 4) == 0)
            out = open(argv[i] + 4, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    }
    if (out < 0) {
        perror("trace plugin: needs out=FILE, a file that can be written");
        return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, finished, NULL);
    return 0;
}

/*
 * A QEMU TCG plugin that counts the instructions that are executed and ends the run at a limit, so that a
 * verdict never depends on how fast the host is. At the end of the run the file of its argument `out=` holds
 * the count, and the word `limit` behind it if the run was ended at the argument `limit=`.
 *
 * An instruction counts when it is begun. The limit is looked at where a block of instructions starts, which
 * under `-icount` is at the same ones in every run.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qemu.h"

static char out[4096];
static uint64_t limit = UINT64_MAX;
static uint64_t count;

static void report(const char *end)
{
    FILE *file = fopen(out, "w");

    if (file == NULL || fprintf(file, "%" PRIu64 "%s\n", count, end) < 0 || fclose(file) != 0) {
        perror("count plugin: cannot write");
        _exit(1);
    }
}

static void block(unsigned int vcpu, void *data)
{
    (void)vcpu;
    (void)data;
    if (count >= limit) {
        report(" limit");
        _exit(0);
    }
}

static void translated(plugin_id id, struct qemu_plugin_tb *tb)
{
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_cb(tb, block, QEMU_PLUGIN_CB_NO_REGS, NULL);
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++)
        qemu_plugin_register_vcpu_insn_exec_inline(qemu_plugin_tb_get_insn(tb, i),
                                                   QEMU_PLUGIN_INLINE_ADD_U64, &count, 1);
}

static void finished(plugin_id id, void *data)
{
    (void)id;
    (void)data;
    report("");
}

EXPORT int qemu_plugin_install(plugin_id id, const struct qemu_info *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "out=", 4) == 0)
            snprintf(out, sizeof out, "%s", argv[i] + 4);
        if (strncmp(argv[i], "limit=", 6) == 0)
            limit = strtoull(argv[i] + 6, NULL, 10);
    }
    if (out[0] == '\0') {
        fputs("count plugin: needs out=FILE\n", stderr);
        return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, finished, NULL);
    return 0;
}

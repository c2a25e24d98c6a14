"""The TLB of the 4Kc, or of a P5600 of several. QEMU shows it to nobody but the CPU, so the CPU reads it: read_tlb.S of a kernel for gdb."""

import gdb

from kernel import EXL, address, register, runs, set_register, several, word


def read():
    """For each entry EntryHi, EntryLo0, EntryLo1 and PageMask."""
    function, table, stack = (address(label) for label in ("gdb_read_tlb", "gdb_tlb", "gdb_stack_top"))
    if function is None:
        raise gdb.GdbError("this kernel cannot read the TLB for gdb: `make debug` builds one that can")
    if not runs():
        raise gdb.GdbError("there is no machine: `target remote` comes first")
    entries = 64 if several() else 16
    kept = [(name, register(name)) for name in ("sp", "sr")]
    try:
        # In the kernel, where nothing interrupts and the stack is nobody's. gdb keeps all else as it is.
        set_register("sr", EXL)
        set_register("sp", stack)
        with gdb.with_parameter("language", "c"), gdb.with_parameter("scheduler-locking", "on"):
            gdb.parse_and_eval(f"((void (*)(unsigned)) {function:#x})({entries})")
        return [[word(table + 16 * n + 4 * i) for i in range(4)] for n in range(entries)]
    finally:
        for name, value in kept:
            set_register(name, value)

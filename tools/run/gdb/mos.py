"""Commands of gdb for the MOS kernel on malta: `help mos` lists them, docs/debugging.md shows them at work."""

import os
import sys

import gdb

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import tlb  # noqa: E402
from kernel import KSEG0, KUSEG_ENTRIES, NENV, PAGE, UVPT, Kernel, flags, memory, word  # noqa: E402

REGISTERS = (
    "zero at v0 v1 a0 a1 a2 a3 t0 t1 t2 t3 t4 t5 t6 t7 s0 s1 s2 s3 s4 s5 s6 s7 t8 t9 k0 k1 gp sp fp ra"
).split()


class Mos(gdb.Command):
    """What the MOS kernel knows."""

    def __init__(self):
        super().__init__("mos", gdb.COMMAND_DATA, prefix=True)


class Command(gdb.Command):
    """A command that looks at the kernel."""

    def __init__(self, name):
        super().__init__(f"mos {name}", gdb.COMMAND_DATA)

    def invoke(self, text, from_tty):
        """Called by gdb."""
        try:
            with memory() as user_mode:
                self.show(Kernel(user_mode), gdb.string_to_argv(text))
        except gdb.MemoryError as error:
            raise gdb.GdbError(f"{error}: is there a machine (`target remote`)?")


class Envs(Command):
    """mos envs: all environments. The one that has the CPU is marked."""

    def show(self, kernel, _):
        envs = kernel.envs()
        print("  id        parent    status        waits for  priority  pc")
        for env in envs:
            mark = "*" if env.slot == kernel.current else " "
            print(
                f"{mark} {env.id:08x}  {env.parent:08x}  {env.status():12}  {env.waits_for():9}"
                f"  {env.priority:8}  {env.pc():08x}"
            )
        if not envs:
            print("  there are none yet, or no more")


class Current(Command):
    """mos current: who has the CPU."""

    def show(self, kernel, _):
        found = [env for env in kernel.envs() if env.slot == kernel.current]
        if found:
            where = "executes it" if found[0].runs else "is in the kernel"
            slices = int(kernel.cpu["slices"])
            print(f"{found[0].name()} has the CPU, which {where}; time slices still to begin in its turn: {slices}")
        else:
            print("no environment has the CPU")


class Queues(Command):
    """mos queues: who stands in which queue, first one first."""

    def show(self, kernel, _):
        for title, ring in [
            ("run queue (its head has the CPU)", kernel.value["cpus"][0]["run_queue"]),
            ("waiting for the console", kernel.value["readers"]),
        ]:
            names = [env.name() for env in kernel.ring(ring)]
            print(f"{title}: {' '.join(names) or 'nobody'}")
        again = len(kernel.ring(kernel.value["free_envs"]))
        print(f"free slots: {again} to be used again, {NENV - int(kernel.value['fresh_envs'])} never used")


class Trapframe(Command):
    """mos tf [ID]: the registers of an environment, as they were saved last; without ID of the one that has the CPU.

    A system call that goes back to its caller saves few of them, and the rest is older."""

    def show(self, kernel, words):
        env = kernel.env(*words[:1])
        tf = env.trapframe
        for row in range(0, 32, 4):
            print("  ".join(f"{REGISTERS[n]:>5} {int(tf['regs'][n]):08x}" for n in range(row, row + 4)))
        for row in [["hi", "lo"], ["cp0_status", "cp0_cause", "cp0_epc", "cp0_badvaddr"]]:
            print("  ".join(f"{field.removeprefix('cp0_'):>5} {int(tf[field]):08x}" for field in row))
        if env.runs:
            print(f"{env.name()} is running: its registers are the CPU's (`info registers`), these are older")


class Pages(Command):
    """mos pages [ID [ADDRESS]]: what is mapped in an environment, or the way to one address through its tables.

    Without ID, or with -, that of the one that has the CPU."""

    def show(self, kernel, words):
        env = kernel.env(*[word for word in words[:1] if word != "-"])
        if len(words) > 1:
            self.walk(kernel, env, int(gdb.parse_and_eval(words[1])) & 0xFFFFFFFF)
            return
        print("pages                frames     flags")
        for start, count, step, entry in stretches(env.entries(UVPT)):
            frame = entry // PAGE
            last = f"..{frame + (count - 1) * step:05x}" if step and count > 1 else ""
            print(f"{start:08x}..{start + count * PAGE:08x}  {frame:05x}{last:7}  {flags(entry)}")
        print(f"{UVPT:08x}..{KSEG0:08x}  its tables themselves")

    def walk(self, kernel, env, va):
        high, low = va >> 22, va >> 12 & 1023
        if high >= KUSEG_ENTRIES:
            raise gdb.GdbError(f"{va:08x} is the kernel's: no table maps it")
        at = KSEG0 + env.directory * PAGE + 4 * high
        table = word(at)
        print(f"directory {env.directory:05x}, entry {high:3} at {at:08x}: {table:08x}")
        if table == 0:
            print(f"{va:08x} has no table")
            return
        at = KSEG0 + table // PAGE * PAGE + 4 * low
        entry = word(at)
        print(f"table     {table // PAGE:05x}, entry {low:3} at {at:08x}: {entry:08x}")
        if entry == 0:
            print(f"{va:08x} is not mapped")
            return
        frame = entry // PAGE
        place = KSEG0 + frame * PAGE + va % PAGE
        print(
            f"{va:08x} is at {place:08x}, in frame {frame:05x}; mappings: {kernel.references(frame)};"
            f" flags {flags(entry)}"
        )


class Tlb(Command):
    """mos tlb: what the TLB holds, by pairs of pages."""

    def show(self, kernel, _):
        owners = {env.asid: env.name() for env in kernel.envs() if env.asid is not None}
        print("entry  pages                asid  even              odd")
        for number, (high, *halves, mask) in enumerate(tlb.read()):
            start, size = high & ~0x1FFF & ~mask, (mask | 0x1FFF) + 1
            if KSEG0 <= start < 0xC0000000 or not any(halves):
                # Where the kernel puts what is to match nothing, or before it did.
                continue
            asid = high & 0xFF
            everyone = all(half & 1 for half in halves)
            owner = "everyone" if everyone else owners.get(asid, "of nobody any more")
            pages = "  ".join(f"{half(low):16}" for low in halves)
            print(f"{number:5}  {start:08x}..{start + size & 0xFFFFFFFF:08x}  {asid:4}  {pages}  {owner}")


def half(low):
    """One of the two pages of an entry."""
    if not low & 2:
        return "-"
    return f"{low >> 6:05x} V{' D' if low & 4 else ''}{' G' if low & 1 else ''}"


def stretches(entries):
    """Joins pages that follow each other with frames that do too, or with one frame: address, pages, step, first entry."""
    start, count, step, first = None, 0, None, 0
    for va, entry in entries:
        if count and va == start + count * PAGE:
            steps = [step] if count > 1 else [1, 0]
            fits = [way for way in steps if entry == first + way * count * PAGE]
            if fits:
                count, step = count + 1, fits[0]
                continue
        if count:
            yield start, count, step, first
        start, count, step, first = va, 1, None, entry
    if count:
        yield start, count, step, first


Mos()
for command, kind in [
    ("envs", Envs),
    ("current", Current),
    ("queues", Queues),
    ("tf", Trapframe),
    ("pages", Pages),
    ("tlb", Tlb),
]:
    kind(command)

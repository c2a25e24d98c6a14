"""What the kernel keeps in memory, as Python sees it through gdb.

Everything is looked up by the names of the sources (`Kernel` of kernel/core, `SLOTS` and `VIEW` of kernel), each time anew.
"""

import contextlib

import gdb

PAGE = 4096
KSEG0 = 0x80000000
# Where an environment's tables are mapped.
UVPT = 0x7FC00000
NENV = 1024
# Entries of a page directory for kuseg; the second half holds pointers for the TLB refill.
KUSEG_ENTRIES = 512
# Status: error level, exception level, user mode.
ERL, EXL, UM = 4, 2, 16
# What an environment waits for: `Wait` of kernel/core.
WAITS = {0: "-", 1: "ipc_recv", 2: "ipc_call", 4: "cgetc", 16: "msg line", 32: "msg"}
STATUS = ["free", "runnable", "not runnable"]
FLAGS = [(0x800, "UC"), (0x400, "R"), (0x200, "V"), (0x100, "G"), (4, "LIBRARY"), (2, "D"), (1, "COW")]


def register(name):
    """A register of the CPU, as gdb calls it."""
    return int(gdb.newest_frame().read_register(name)) & 0xFFFFFFFF


def set_register(name, value):
    """Gives a register of the CPU this value."""
    gdb.execute(f"set ${name} = {value:#x}")


def runs():
    """Whether gdb is attached to a machine."""
    return gdb.selected_thread() is not None


@contextlib.contextmanager
def memory():
    """While the kernel's memory is read; tells whether the CPU executes a program.

    QEMU looks addresses up as the CPU would, and to user mode the kernel's memory is not there.
    """
    status = register("sr") if runs() else 0
    user_mode = status & (UM | EXL | ERL) == UM
    if user_mode:
        set_register("sr", status | EXL)
    try:
        yield user_mode
    finally:
        if user_mode:
            set_register("sr", status)


def static(name):
    """The value of a static of the kernel's."""
    symbol = gdb.lookup_static_symbol(name) or gdb.lookup_global_symbol(name)
    if symbol is None:
        raise gdb.GdbError(f"there is no {name}: is the kernel's image loaded (`file`)?")
    return symbol.value()


def address(label):
    """The address of a label of assembly, or None."""
    try:
        with gdb.with_parameter("language", "c"):
            return int(gdb.parse_and_eval(f"(unsigned int)&{label}"))
    except gdb.error:
        return None


def word(at):
    """The word at an address."""
    data = gdb.selected_inferior().read_memory(at & 0xFFFFFFFF, 4)
    return int.from_bytes(bytes(data), "little")


def half(value):
    """The 16 bits that a value of Rust is, whatever its type."""
    data = gdb.selected_inferior().read_memory(int(value.address), 2)
    return int.from_bytes(bytes(data), "little")


def slot(option):
    """The number in an `Option<Slot>`, or None."""
    bits = half(option)
    return bits % NENV if bits else None


def flags(entry):
    """The flags of a page-table entry by their names."""
    return " ".join(name for bit, name in FLAGS if entry & bit)


def shared(name):
    """The value of a word that all CPUs read; 0 where there is none."""
    symbol = gdb.lookup_static_symbol(f"mos_kernel::smp::{name}")
    return word(int(symbol.value().address)) if symbol else 0


def several():
    """Whether several CPUs run."""
    return shared("COUNT") > 1


def cpu_number():
    """The number of the CPU that is looked at, among several: gdb counts from 1."""
    thread = gdb.selected_thread()
    return thread.num - 1 if thread else 0


def holder():
    """The number of the CPU that has the kernel, or -1."""
    return shared("lock::HOLDER") - 1


class Env:
    """One environment."""

    def __init__(self, kernel, number):
        slots = static("mos_kernel::tables::SLOTS")
        env = gdb.lookup_type("mos_core::env::Env")
        first = slots.address.cast(env.pointer())
        view = gdb.lookup_type("mos_abi::env::Env")
        self.slot = number
        self.runs = kernel.user_mode and number == kernel.current
        self.value = (first + number).dereference()
        self.view = (static("mos_kernel::tables::VIEW").address.cast(view.pointer()) + number).dereference()
        self.id = int(self.value["id"])
        # Without the mark of those who may run on another CPU.
        self.parent = int(self.value["parent"]) & 0x7FFFFFFF
        self.directory = int(self.value["directory"]["__0"])
        self.trapframe = self.value["tf"]
        self.priority = int(self.view["env_pri"])
        tag = int(self.value["asid"]["__0"]) ^ int(kernel.asids["base"])
        self.asid = tag if tag < 256 else None

    def name(self):
        """It as the kernel's lines call it."""
        return f"[{self.id:08x}]"

    def pc(self):
        """Where it goes on: while it runs, only the CPU knows."""
        return register("pc") if self.runs else int(self.trapframe["cp0_epc"])

    def status(self):
        """Its status in words."""
        return STATUS[int(self.view["env_status"]) % 3]

    def waits_for(self):
        """What it waits for in words."""
        wait = int(self.value["wait"]["__0"])
        # Without the marks of `msg`.
        return WAITS.get(wait & 0x3f, str(wait))

    def entries(self, end):
        """What its page tables hold for addresses below this one: pairs of address and entry."""
        for high in range(end >> 22):
            table = word(KSEG0 + self.directory * PAGE + 4 * high)
            if table == 0:
                continue
            at = KSEG0 + table // PAGE * PAGE
            data = bytes(gdb.selected_inferior().read_memory(at, PAGE))
            for low in range(PAGE // 4):
                entry = int.from_bytes(data[4 * low:4 * low + 4], "little")
                if entry:
                    yield high << 22 | low << 12, entry


class Kernel:
    """All of it."""

    def __init__(self, user_mode):
        self.user_mode = user_mode
        self.value = static("mos_kernel::big_lock::KERNEL")["__0"]["value"]
        self.cpu, self.asids = self.value["cpus"][0], self.value["asids"]
        self.several = several()
        if self.several and holder() != cpu_number():
            part = self.value["others"]["parts"][cpu_number()]
            self.cpu, self.asids = part["cpu"], part["asids"]
        self.current = slot(self.cpu["current"])

    def envs(self):
        """The environments that there are."""
        used = int(self.value["fresh_envs"])
        envs = (Env(self, number) for number in range(used))
        return [env for env in envs if env.id != 0]

    def env(self, name=None):
        """The environment of an id in hexadecimal digits, or the current one."""
        envs = self.envs()
        if not envs:
            raise gdb.GdbError("there are no environments")
        if not name:
            found = [env for env in envs if env.slot == self.current]
            if not found:
                raise gdb.GdbError("no environment has the CPU: name one of `mos envs`")
            return found[0]
        try:
            number = int(name, 16)
        except ValueError:
            raise gdb.GdbError(f"{name} is no id: they are hexadecimal, as in `mos envs`")
        found = [env for env in envs if env.id == number]
        if not found:
            raise gdb.GdbError(f"there is no environment {number:08x}: see `mos envs`")
        return found[0]

    def ring(self, ring):
        """The environments in a queue, first one first."""
        first = slot(ring["head"])
        number, seen = first, []
        while number is not None and len(seen) < NENV:
            env = Env(self, number)
            seen.append(env)
            number = slot(env.value["link"]["next"])
            if number == first:
                break
        return seen

    def references(self, frame):
        """How many mappings a frame has."""
        pages = int(self.value["mem"]["machine"]["ram"]["pages"]["pointer"])
        return word(pages + 12 * frame + 8) & 0xFFFF

# The CPU page: what the entry code must reach without a free register.
#
# One page for each CPU, mapped by a wired TLB entry at the very top of kseg2, where a 16-bit offset
# from $zero reaches it. User mode cannot. Layout: struct CpuPage in cpu_page.rs.

    .set  CPU_TF,      -4096 + 0     # trapframe of the running environment
    .set  CPU_TABLES,  -4096 + 4     # second half of its page directory
    .set  CPU_STACK,   -4096 + 8     # top of this CPU's kernel stack, below an o32 argument area
    .set  CPU_K0,      -4096 + 12    # the program's k0, while a vector uses it
    .set  CPU_KERNEL,  -4096 + 16    # the kernel's state
    .set  CPU_ENTRYHI, -4096 + 20    # EntryHi on the way back: the running environment's address-space id

    .set  CPU_AT,      -4096 + 24    # these registers, while entry code uses them
    .set  CPU_V0,      -4096 + 28
    .set  CPU_V1,      -4096 + 32

    .set  CPU_STATUS,  -4096 + 36    # Status on the way to user mode: which interrupts it lets through

    # teacher begin
    # otherwise: .set  CPU_ENTRIES, -4096 + 40    # for each system call, what handles it: the table in syscalls.rs
    # otherwise: .set  FIRST_CALL,  9527          # the number of its first entry
    # otherwise: .set  SYSCALLS,    77            # how many there are
    .set  CPU_SLOTS,   -4096 + 40    # the table of environments
    .set  FIRST_CALL,  {FIRST_CALL}  # the number of the first system call
    .set  SYSCALLS,    {SYSCALLS}    # how many there are
    .set  CPU_PART,    -4096 + 44    # what is this CPU's of the kernel's state, which begins so
    .set  CPU_WORKS,   -4096 + 48    # where it says that it carries out a shortcut, where all do, and whether somebody is in the kernel
    .set  CPU_ALL,     -4096 + 52
    .set  CPU_ALL_END, -4096 + 56
    .set  CPU_CLOSED,  -4096 + 60
    .set  CPU_WAYS,    -4096 + 64    # for each of them, where handle_sys goes: the table in syscalls.rs
    .set  CPU_TOUCH,   CPU_WAYS + 4 * SYSCALLS     # and where handle_touch goes
    .set  CPU_ENTRIES, CPU_TOUCH + 4 # for each call, what handles it if that is sys_in_rust
    .set  CPU_FAULT,   CPU_ENTRIES + 4 * SYSCALLS  # where kernel_fault saves the registers
    # teacher end

    .globl cpu_page
    .set  cpu_page,    -4096

# Who makes a system call: k1 points to its frame, v0 is EPC.
.macro WHO_CALLS
    # teacher begin
    # otherwise: lw    $k1, CPU_TF($zero)
    # otherwise: mfc0  $v0, CP0_EPC
    # handle_sys knows it by then.
    # teacher end
.endm

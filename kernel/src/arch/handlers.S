# The exception table and its handlers. Each saves the environment's registers, calls Rust, and goes
# back to whichever environment Rust left in the CPU page. All that ever runs with a program's sp is on the pages of the
# vectors, and nothing else is: stray.rs relies on it.

    .section .vectors, "ax"
    .set  noreorder
    .set  noat

handle_int:
    SAVE_ALL
    KERNEL_MODE
    jal   trap_interrupt             # a0 = Cause
    nop                              # delay slot
    j     ret_from_exception
    nop                              # delay slot

    # teacher begin
    .globl handle_exception
    # teacher end
handle_exception:
    SAVE_ALL
    KERNEL_MODE
    lw    $a0, CPU_KERNEL($zero)
    # teacher begin
    .globl call_trap_exception
call_trap_exception:                 # it is trap_exception_in_turn where there are several CPUs
    # teacher end
    jal   trap_exception
    nop                              # delay slot; load delay of a0
    j     ret_from_exception
    nop                              # delay slot

# A system call, from except_vec3 with k0 = its number - FIRST_CALL. Rust keeps s0 to s7, gp and fp, and the caller
# expects nothing back in the other registers but sp and ra: so these two and EPC are all there is to save, unless
# another environment goes on after the call. k1 points to the caller's trapframe throughout; Rust uses neither
# k0 nor k1. Assembly that handles a call finds (its number - FIRST_CALL) * 4 in v1.
    .globl handle_sys
handle_sys:
    # exercise 4.5 begin
    # otherwise: j     handle_exception          # the long way, on which all registers are saved
    # otherwise: nop                              # delay slot
    sltiu $k1, $k0, SYSCALLS
    beq   $k1, $zero, handle_exception
    sll   $v1, $k0, 2                # delay slot
    # exercise 4.5 end
    # teacher begin
    lw    $k0, CPU_WAYS($v1)         # a shortcut, handle_exception, or what follows
    lw    $k1, CPU_TF($zero)         # load delay of k0
    mfc0  $v0, CP0_EPC
    jr    $k0                        # load delay of v0
    addiu $k0, $v0, 4                # delay slot; where the caller goes on

# env_alloc: the child has the registers that the caller has now, so far as they are the caller's still.
    .globl sys_with_registers
sys_with_registers:
    .irp  n, 1,4,5,6,7,8,9,10,11,12,13,14,15,24,25
    sw    $\n, 4 * \n($k1)
    .endr
    SAVE_KEPT
    mfhi  $t0
    mflo  $t1
    mfc0  $t2, CP0_CAUSE
    sw    $t0, TF_HI($k1)
    sw    $t1, TF_LO($k1)
    sw    $t2, TF_CAUSE($k1)

# What handles the call is a function, to which shortcuts come as well that turn out to be none.
    .globl sys_in_rust
sys_in_rust:
    # teacher end
    # exercise 4.5 begin
    lw    $k0, CPU_ENTRIES($v1)      # what handles it
    WHO_CALLS
    sw    $sp, 116($k1)              # load delay of v0
    addiu $v0, $v0, 4                # behind the syscall instruction
    sw    $ra, 124($k1)
    lw    $sp, CPU_STACK($zero)
    lw    $a0, CPU_KERNEL($zero)
    KERNEL_MODE
    jalr  $k0                        # a1 to a3 as the caller left them
    sw    $v0, TF_EPC($k1)           # delay slot
    bne   $v1, $zero, 1f
    lw    $ra, 124($k1)              # delay slot
    lw    $k0, TF_EPC($k1)
    lw    $sp, 116($k1)              # load delay of k0
    RETURN_TO_K0
    # exercise 4.5 end
1:  sw    $v0,   8($k1)              # somebody else goes on, or nobody
    SAVE_KEPT
    andi  $v1, $v1, 2
    beq   $v1, $zero, ret_from_exception
    lw    $a0, CPU_KERNEL($zero)     # delay slot
    j     trap_nobody
    nop                              # delay slot

# teacher begin
# otherwise: # The rest is what handle_sys jumps to for some calls instead of to Rust.
# otherwise:
# otherwise: # All registers are wanted in the trapframe: once more from the start, as any other exception.
# otherwise:     .globl sys_full
# otherwise: sys_full:
# otherwise:     lw    $sp, 116($k1)
# otherwise:     lw    $ra, 124($k1)
# otherwise:     sra   $a0, $v1, 2
# otherwise:     addiu $a0, $a0, FIRST_CALL       # the number
# otherwise:     EXCEPTION_MODE
# otherwise:     j     handle_exception
# otherwise:     nop                              # delay slot
# otherwise:
# otherwise: # getenvid() needs no Rust.
# otherwise:     .globl sys_getenvid
# otherwise: sys_getenvid:
# otherwise:     lw    $v0, TF_ENVID($k1)
# otherwise:     jr    $ra
# otherwise:     move  $v1, $zero                 # delay slot; load delay of v0
# otherwise:
# teacher end
# yield() will never go on at once.
    .globl sys_yield
sys_yield:
    sw    $zero, 8($k1)              # what it returns
    SAVE_KEPT
    jal   trap_yield                 # a0 is the kernel, still
    nop                              # delay slot

    .globl ret_from_exception
ret_from_exception:
    RETURN_TO_USER

    # teacher begin
# TLB Mod: a store to a page that may not be written, from except_vec3. Where the program has a handler and its
# exception stack is there, the registers go straight to that stack, and the handler goes on; the rest is Rust's.
# It all happens at exception level, where neither interrupts nor TLB misses can come in between.
    .globl handle_mod
handle_mod:
    lw    $k1, CPU_TF($zero)
    sw    $at, CPU_AT($zero)         # registers to work with; load delay of k1
    sw    $v0, CPU_V0($zero)
    sw    $v1, CPU_V1($zero)
    lw    $v1, TF_XGUARD($k1)
    lw    $v0, TF_HANDLER($k1)
    subu  $k0, $sp, $v1              # how far above the guard sp is; load delay of v0
    beq   $v0, $zero, 3f
    sltiu $v0, $k0, XGUARD + 4096    # delay slot
    beq   $v0, $zero, 1f             # on neither page: the frame goes to the stack's top
    addiu $k0, $k0, -XGUARD - TF_SIZE              # delay slot
    bltz  $k0, 3f                    # it is full, or has run over
    andi  $v0, $k0, 3                # delay slot
    bne   $v0, $zero, 3f             # sp is not aligned
    nop                              # delay slot
    b     2f
    addiu $k0, $k0, XGUARD           # delay slot; the frame, above the guard
1:  ori   $k0, $zero, XGUARD + 4096 - TF_SIZE
2:  lw    $at, TF_XTABLES($k1)
    addu  $v1, $v1, $k0              # where the program finds the frame; load delay of at
    lw    $at, 0($at)                # the page table
    lw    $v0, TF_XTABLE($k1)
    beq   $at, $zero, 3f             # there is none; load delay of v0
    addu  $at, $at, $v0              # delay slot
    lw    $at, 0($at)                # the page's entry
    lui   $v0, 0x8000                # load delay
    addu  $k0, $k0, $v0
    andi  $v0, $at, 0xfff
    addiu $v0, $v0, -XSTACK_FLAGS
    bne   $v0, $zero, 3f             # not a plain writable page
    addu  $k0, $k0, $at              # delay slot; XFRAME beyond where the kernel finds the frame
    mfc0  $v0, CP0_STATUS
    mfc0  $at, CP0_BADVADDR
    sw    $v0, TF_STATUS - XFRAME($k0)     # load delay of at
    mfc0  $v0, CP0_CAUSE
    sw    $at, TF_BADVADDR - XFRAME($k0)   # load delay of v0
    mfc0  $at, CP0_EPC
    sw    $v0, TF_CAUSE - XFRAME($k0)      # load delay of at
    mfhi  $v0
    sw    $at, TF_EPC - XFRAME($k0)
    sw    $at, TF_PC - XFRAME($k0)
    mflo  $at
    sw    $v0, TF_HI - XFRAME($k0)
    sw    $at, TF_LO - XFRAME($k0)
    sw    $sp, 116 - XFRAME($k0)
    move  $sp, $v1
    lw    $v0, CPU_K0($zero)
    lw    $at, CPU_AT($zero)
    sw    $v0, 104 - XFRAME($k0)           # load delay of at
    lw    $v0, CPU_V0($zero)
    lw    $v1, CPU_V1($zero)
    .irp  n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25
    sw    $\n, 4 * \n - XFRAME($k0)        # load delay of the last one
    .endr
    sw    $zero, 108 - XFRAME($k0)         # k1 is nobody's business
    sw    $28, 112 - XFRAME($k0)
    sw    $30, 120 - XFRAME($k0)
    sw    $31, 124 - XFRAME($k0)
    lw    $k0, TF_HANDLER($k1)
    RETURN_FROM_EXCEPTION            # load delay of k0
3:  lw    $at, CPU_AT($zero)
    lw    $v0, CPU_V0($zero)
    lw    $v1, CPU_V1($zero)
    j     handle_exception
    nop                              # delay slot; load delay of v1
    # teacher end

# An exception in kernel mode, from except_vec3. An interrupt can only have ended the idle loop, which
# has nothing to save; anything else is a bug of the kernel's.
    .globl except_kernel
except_kernel:
    bne   $k1, $zero, kernel_fault   # k1 = Cause.ExcCode * 4
    nop                              # delay slot
    lw    $sp, CPU_STACK($zero)
    mfc0  $a0, CP0_CAUSE
    KERNEL_MODE
    jal   trap_interrupt
    nop                              # delay slot
    j     ret_from_exception
    nop                              # delay slot

kernel_fault:
    # teacher begin
    # otherwise: lui   $k1, %hi(FAULT_FRAME)
    # otherwise: addiu $k1, $k1, %lo(FAULT_FRAME)
    li    $k1, CPU_FAULT
    # teacher end
    SAVE_REGS
    KERNEL_MODE
    # teacher begin
    # otherwise: lui   $sp, %hi(panic_stack_top)  # the kernel's own may be what is wrong
    # otherwise: addiu $sp, $sp, %lo(panic_stack_top)
    # otherwise: jal   trap_kernel_fault          # returns if it was none
    # otherwise: addiu $sp, $sp, -16              # delay slot: o32 argument area
    lw    $sp, CPU_STACK($zero)      # with an argument area
    nop                              # load delay
    jal   trap_kernel_fault          # returns if it was none
    addiu $sp, $sp, {LAST_WORDS}     # delay slot; the kernel's own stack may be what is wrong
    # teacher end
    j     ret_from_exception
    nop                              # delay slot

    .section .rodata, "a"
    .balign 4
    .globl exception_handlers
exception_handlers:                  # by Cause.ExcCode, where except_vec3 has no shorter way
    .word handle_int
# teacher begin
# otherwise:     .rept 31
    .word handle_exception
    .word handle_touch               # TLBL
    .word handle_touch               # TLBS
    .rept 28
# teacher end
    .word handle_exception
    .endr

# The exception table and its handlers. Each saves the environment's registers, calls Rust, and goes
# back to whichever environment Rust left in the CPU page.

    HANDLERS_SECTION
    .set  noreorder
    .set  noat

    .set  SYS_GETENVID,      9528    # mos_abi::Sysno; checked in arch/mod.rs
    .set  SYS_ENV_ALLOC,     9535
    .set  SYS_SET_TRAPFRAME, 9537

.macro BUILD_HANDLER name, function
handle_\name:
    SAVE_ALL
    KERNEL_MODE
    jal   \function                  # a0 = Cause
    addiu $sp, $sp, -16              # delay slot: o32 argument area
    j     ret_from_exception
    nop                              # delay slot
.endm

    BUILD_HANDLER int, trap_interrupt
    BUILD_HANDLER exception, trap_exception

# A system call. Rust keeps s0 to s7, gp and fp, and the caller expects nothing back in the other registers but
# sp and ra: so these two and EPC are all there is to save, unless another environment goes on after
# the call. k1 points to the caller's trapframe throughout; Rust uses neither k0 nor k1.
handle_sys:
    mfc0  $k0, CP0_CAUSE
    lw    $k1, CPU_TF($zero)         # load delay of k0
    bltz  $k0, handle_exception      # BD: in a branch delay slot
    addiu $k0, $a0, -SYS_GETENVID    # delay slot
    beq   $k0, $zero, handle_getenvid
    addiu $k0, $k0, SYS_GETENVID - SYS_ENV_ALLOC   # delay slot
    andi  $k0, $k0, 0xffff ^ (SYS_SET_TRAPFRAME - SYS_ENV_ALLOC)
    beq   $k0, $zero, handle_exception             # these two want all registers in the frame
    mfc0  $k0, CP0_EPC               # delay slot
    sw    $sp, 116($k1)              # load delay of k0
    addiu $k0, $k0, 4                # behind the syscall instruction
    sw    $k0, TF_EPC($k1)
    sw    $ra, 124($k1)
    lw    $sp, CPU_STACK($zero)
    KERNEL_MODE
    jal   trap_syscall               # a0 to a3 as the caller left them
    addiu $sp, $sp, -16              # delay slot: o32 argument area
    bne   $v0, $zero, 1f
    lw    $ra, 124($k1)              # delay slot
    lw    $k0, TF_EPC($k1)
    lw    $sp, 116($k1)              # load delay of k0
    lw    $v0, 8($k1)
    RETURN_TO_K0
1:  sw    $16,  64($k1)              # somebody else goes on, or nobody
    sw    $17,  68($k1)
    sw    $18,  72($k1)
    sw    $19,  76($k1)
    sw    $20,  80($k1)
    sw    $21,  84($k1)
    sw    $22,  88($k1)
    sw    $23,  92($k1)
    sw    $28, 112($k1)
    bltz  $v0, 2f
    sw    $30, 120($k1)              # delay slot
    j     ret_from_exception
    nop                              # delay slot
2:  j     idle
    nop                              # delay slot

# getenvid() needs no more than this.
handle_getenvid:
    mfc0  $k0, CP0_EPC
    lw    $v0, CPU_ENVID($zero)      # load delay of k0
    addiu $k0, $k0, 4                # behind the syscall instruction
    RETURN_TO_K0

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
    addiu $sp, $sp, -16              # delay slot: o32 argument area
    j     ret_from_exception
    nop                              # delay slot

kernel_fault:
    lui   $k1, %hi(FAULT_FRAME)
    addiu $k1, $k1, %lo(FAULT_FRAME)
    SAVE_REGS
    KERNEL_MODE
    lui   $sp, %hi(panic_stack_top)  # the kernel's own may be what is wrong
    addiu $sp, $sp, %lo(panic_stack_top)
    jal   trap_kernel_fault          # never returns
    addiu $sp, $sp, -16              # delay slot: o32 argument area

    .section .rodata, "a"
    .balign 4
    .globl exception_handlers
exception_handlers:                  # by Cause.ExcCode
    .word handle_int
    .rept 7
    .word handle_exception
    .endr
    .word handle_sys                 # 8
    .rept 23
    .word handle_exception
    .endr

    .section .bss.stack, "aw", @nobits
    .balign 16
    .space 4096
panic_stack_top:

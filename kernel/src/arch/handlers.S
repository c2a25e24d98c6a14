# The exception table and its handlers. Each saves the environment's registers, calls Rust, and goes
# back to whichever environment Rust left in the CPU page.

    .section .text, "ax"
    .set  noreorder
    .set  noat

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
    .rept 31
    .word handle_exception
    .endr

    .section .bss.stack, "aw", @nobits
    .balign 16
    .space 4096
panic_stack_top:

# __asm_exception_handler: where the kernel continues after an exception that this program handles itself.
#
# On entry sp points to a Trapframe on the exception stack: all registers at the exception. The Rust handler may change
# it; then all registers are loaded from it.

    .section .text.exception, "ax", @progbits
    .set    push
    .set    noreorder
    .globl  __asm_exception_handler
    .type   __asm_exception_handler, @function
__asm_exception_handler:
    move    $a0, $sp
    jal     {handler}
    addiu   $sp, $sp, -16           # delay slot; o32: room for the callee to store its arguments
    j       __upcall_return
    addiu   $sp, $sp, 16            # delay slot; back to the Trapframe
    .size   __asm_exception_handler, . - __asm_exception_handler
    .set    pop

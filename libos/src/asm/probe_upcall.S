# probe_upcall: where the kernel continues after a store to a page that may not be written, in tests of what comes before
# libos's own entry. On entry sp points to a Trapframe on the exception stack. {handler} does not return.

    .section .text.probe, "ax", @progbits
    .set    push
    .set    noreorder
    .globl  probe_upcall
    .type   probe_upcall, @function
probe_upcall:
    move    $a0, $sp
    jal     {handler}
    addiu   $sp, $sp, -16           # delay slot; o32: room for the callee to store its arguments
    .size   probe_upcall, . - probe_upcall
    .set    pop

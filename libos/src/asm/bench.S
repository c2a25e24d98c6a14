# bench_fault(va): one store to the word at va, which the handler below skips.

    .section .text.bench, "ax", @progbits
    .set    push
    .set    noreorder
    .globl  bench_fault
    .type   bench_fault, @function
bench_fault:
    lui     $zero, {BEGIN_ROUND}
    lui     $zero, {BEGIN_IN}
    sw      $zero, 0($a0)
    lui     $zero, {END_ROUND}
    jr      $ra
    nop                             # delay slot
    .size   bench_fault, . - bench_fault

# bench_handler: where the kernel continues after that store, with a Trapframe at sp.
    .globl  bench_handler
    .type   bench_handler, @function
bench_handler:
    lui     $zero, {END_IN}
    lw      $v0, {TF_EPC}($sp)
    nop                             # load delay
    addiu   $v0, $v0, 4             # behind the store
    j       __upcall_return
    sw      $v0, {TF_EPC}($sp)      # delay slot
    .size   bench_handler, . - bench_handler
    .set    pop

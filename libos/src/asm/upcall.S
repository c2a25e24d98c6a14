# __asm_pgfault_handler: where the kernel continues after a store to a page that may not be
# written (TLB Mod).
#
# On entry sp points to a Trapframe on the exception stack: the registers at the store. No register
# needs saving, because all of them are in there. The Rust handler makes the page writable; then
# everything is loaded back and the store is done again.

    .section .text.upcall, "ax", @progbits
    .set    push
    .set    noreorder
    .set    noat                    # $at is restored like any other register
    .globl  __asm_pgfault_handler
    .type   __asm_pgfault_handler, @function
__asm_pgfault_handler:
    # exercise 4.16 begin
    # otherwise: break                           # {handler} {TF_SP} {TF_HI} {TF_LO} {TF_BADVADDR} {TF_EPC}
    lw      $a0, {TF_BADVADDR}($sp) # the address that was stored to
    lw      $a1, {TF_EPC}($sp)      # the store; load delay of a0: not used here
    addiu   $sp, $sp, -16           # o32: room for the callee to store its arguments;
                                    # load delay of a1
    jal     {handler}
    nop                             # delay slot
    addiu   $sp, $sp, 16            # back to the Trapframe

    .globl  __upcall_return
__upcall_return:                    # sp points to the Trapframe
    lw      $v0, {TF_HI}($sp)
    lw      $v1, {TF_LO}($sp)       # load delay of v0
    mthi    $v0                     # load delay of v1
    mtlo    $v1
    lw      $at, 4($sp)             # from here on no load is followed by a use of its register
    lw      $v0, 8($sp)
    lw      $v1, 12($sp)
    lw      $a0, 16($sp)
    lw      $a1, 20($sp)
    lw      $a2, 24($sp)
    lw      $a3, 28($sp)
    lw      $t0, 32($sp)
    lw      $t1, 36($sp)
    lw      $t2, 40($sp)
    lw      $t3, 44($sp)
    lw      $t4, 48($sp)
    lw      $t5, 52($sp)
    lw      $t6, 56($sp)
    lw      $t7, 60($sp)
    lw      $s0, 64($sp)
    lw      $s1, 68($sp)
    lw      $s2, 72($sp)
    lw      $s3, 76($sp)
    lw      $s4, 80($sp)
    lw      $s5, 84($sp)
    lw      $s6, 88($sp)
    lw      $s7, 92($sp)
    lw      $t8, 96($sp)
    lw      $t9, 100($sp)           # 104 and 108 are k0 and k1, the kernel's own
    lw      $gp, 112($sp)
    lw      $fp, 120($sp)
    lw      $ra, 124($sp)

    # k0 has to last from here to the jump, across interrupts and TLB refills; the kernel sees to it.
    lw      $k0, {TF_EPC}($sp)
    lw      $sp, {TF_SP}($sp)       # load delay of k0; gives up the exception stack
    jr      $k0                     # to the store, once more; load delay of sp
    nop                             # delay slot; not the load of sp, since the store may use it
    # exercise 4.16 end
    .size   __asm_pgfault_handler, . - __asm_pgfault_handler
    .set    pop

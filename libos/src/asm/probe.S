# probe_registers(va, dump): one store with a known value in every register, then all of them to
# dump[0..33] ($n at n, hi at 32, lo at 33).
# probe_spin(turns, dump): a loop of that many turns instead, after which $25 is 0.
# probe_store(va): one store, with nothing on the stack.
#
# Register n holds n in each of its bytes, changed by exclusive or with a0, so that it is not the same the next time or in
# another program; hi what t0 holds, and lo what t1 holds, since a handler restores them by way of v0 and v1. a0 and a1 keep
# the arguments, and dump[0] gets the sp of before. No load is followed by a use of its register.

    .section .text.probe, "ax", @progbits
    .set    push
    .set    noreorder
    .set    noat
    .macro  probe_begin
    addiu   $sp, $sp, -48
    sw      $s0, 0($sp)             # what our caller wants back
    sw      $s1, 4($sp)
    sw      $s2, 8($sp)
    sw      $s3, 12($sp)
    sw      $s4, 16($sp)
    sw      $s5, 20($sp)
    sw      $s6, 24($sp)
    sw      $s7, 28($sp)
    sw      $gp, 32($sp)
    sw      $fp, 36($sp)
    sw      $ra, 40($sp)
    sw      $sp, 0($a1)

    .irp    n, 1,2,3,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,28,30,31
    li      $\n, 0x01010101 * \n
    xor     $\n, $\n, $a0
    .endr
    mthi    $t0
    mtlo    $t1
    .endm

    .macro  probe_end
    .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,28,29,30,31
    sw      $\n, 4 * \n($a1)
    .endr
    mfhi    $v0
    mflo    $v1
    sw      $v0, 128($a1)
    sw      $v1, 132($a1)

    lw      $s0, 0($sp)
    lw      $s1, 4($sp)
    lw      $s2, 8($sp)
    lw      $s3, 12($sp)
    lw      $s4, 16($sp)
    lw      $s5, 20($sp)
    lw      $s6, 24($sp)
    lw      $s7, 28($sp)
    lw      $gp, 32($sp)
    lw      $fp, 36($sp)
    lw      $ra, 40($sp)
    nop                             # load delay of ra
    jr      $ra
    addiu   $sp, $sp, 48            # delay slot
    .endm

    .globl  probe_registers
    .type   probe_registers, @function
probe_registers:
    probe_begin
    sw      $zero, 0($a0)           # the store that is looked at
    probe_end
    .size   probe_registers, . - probe_registers

    .globl  probe_spin
    .type   probe_spin, @function
probe_spin:
    probe_begin
    move    $t9, $a0
1:  bne     $t9, $zero, 1b
    addiu   $t9, $t9, -1            # delay slot
    addiu   $t9, $t9, 1             # it went to -1
    probe_end
    .size   probe_spin, . - probe_spin

    .globl  probe_store
    .type   probe_store, @function
probe_store:
    sw      $zero, 0($a0)
    jr      $ra
    nop                             # delay slot
    .size   probe_store, . - probe_store

# Where a child may begin: goes on at v1, with hi and lo as arguments 3 and 4.
    .globl  probe_hi_lo
    .type   probe_hi_lo, @function
probe_hi_lo:
    mfhi    $a2
    jr      $v1
    mflo    $a3                     # delay slot
    .size   probe_hi_lo, . - probe_hi_lo
    .set    pop

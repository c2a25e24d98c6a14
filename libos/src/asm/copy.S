# copy_bytes(to, from, count): count bytes, which do not overlap, word by word wherever that is possible.
#
# First bytes, until the destination is aligned. Then 32 bytes a turn where the source is aligned as well, or else 16, whose
# words are put together. No load is followed by a use of its register.

    .section .text.copy, "ax", @progbits
    .set    push
    .set    noreorder
    .globl  copy_bytes
    .type   copy_bytes, @function
copy_bytes:
    sltiu   $t0, $a2, 16
    bne     $t0, $zero, 7f          # hardly worth the trouble
    andi    $t0, $a0, 3             # delay slot
1:  beq     $t0, $zero, 2f
    andi    $t1, $a1, 3             # delay slot: how the source is aligned
    lbu     $t2, 0($a1)
    addiu   $a1, $a1, 1             # load delay
    sb      $t2, 0($a0)
    addiu   $a0, $a0, 1
    addiu   $a2, $a2, -1
    b       1b
    andi    $t0, $a0, 3             # delay slot

2:  bne     $t1, $zero, 5f
    srl     $t0, $a2, 5             # delay slot
    sll     $t0, $t0, 5
    beq     $t0, $zero, 4f
    addu    $a3, $a1, $t0           # delay slot: where the source of whole turns ends
3:  lw      $t0, 0($a1)
    lw      $t1, 4($a1)
    lw      $t2, 8($a1)
    lw      $t3, 12($a1)
    lw      $t4, 16($a1)
    lw      $t5, 20($a1)
    lw      $t6, 24($a1)
    lw      $t7, 28($a1)
    addiu   $a1, $a1, 32            # load delay
    sw      $t0, 0($a0)
    sw      $t1, 4($a0)
    sw      $t2, 8($a0)
    sw      $t3, 12($a0)
    sw      $t4, 16($a0)
    sw      $t5, 20($a0)
    sw      $t6, 24($a0)
    addiu   $a0, $a0, 32
    bne     $a1, $a3, 3b
    sw      $t7, -4($a0)            # delay slot
4:  b       7f
    andi    $a2, $a2, 31            # delay slot

5:  srl     $t0, $a2, 4
    sll     $t0, $t0, 4
    beq     $t0, $zero, 7f
    addu    $a3, $a1, $t0           # delay slot
6:  lwr     $t0, 0($a1)
    lwr     $t1, 4($a1)
    lwr     $t2, 8($a1)
    lwr     $t3, 12($a1)
    lwl     $t0, 3($a1)
    lwl     $t1, 7($a1)
    lwl     $t2, 11($a1)
    lwl     $t3, 15($a1)
    addiu   $a1, $a1, 16            # load delay
    sw      $t0, 0($a0)
    sw      $t1, 4($a0)
    sw      $t2, 8($a0)
    addiu   $a0, $a0, 16
    bne     $a1, $a3, 6b
    sw      $t3, -4($a0)            # delay slot
    andi    $a2, $a2, 15

7:  beq     $a2, $zero, 9f
    addu    $a3, $a1, $a2           # delay slot: where the source ends
8:  lbu     $t0, 0($a1)
    addiu   $a1, $a1, 1             # load delay
    addiu   $a0, $a0, 1
    bne     $a1, $a3, 8b
    sb      $t0, -1($a0)            # delay slot
9:  jr      $ra
    nop                             # delay slot
    .size   copy_bytes, . - copy_bytes
    .set    pop

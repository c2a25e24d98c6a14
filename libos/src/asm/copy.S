# copy_bytes(to, from, count): count bytes, which do not overlap, word by word wherever that is possible.
#
# First bytes, until the destination is aligned. Then 128 bytes a turn, of which the first may begin in the middle, and words where
# the source is aligned as well, or else 16, whose words are put together. No load is followed by a use of its register.

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
    srl     $t0, $a2, 6             # delay slot
    sll     $t0, $t0, 6
    beq     $t0, $zero, 4f
    addu    $a3, $a1, $t0           # delay slot: where the source of whole halves ends
    andi    $t0, $a2, 64
    beq     $t0, $zero, 3f          # they are even in number
    nop                             # delay slot
    addiu   $a1, $a1, -64           # begin with a second half
    b       11f
    addiu   $a0, $a0, -64           # delay slot
3:  lw      $t0, 0($a1)
    lw      $t1, 4($a1)
    lw      $t2, 8($a1)
    lw      $t3, 12($a1)
    lw      $t4, 16($a1)
    lw      $t5, 20($a1)
    lw      $t6, 24($a1)
    lw      $t7, 28($a1)
    sw      $t0, 0($a0)
    sw      $t1, 4($a0)
    sw      $t2, 8($a0)
    sw      $t3, 12($a0)
    sw      $t4, 16($a0)
    sw      $t5, 20($a0)
    sw      $t6, 24($a0)
    sw      $t7, 28($a0)
    lw      $t0, 32($a1)
    lw      $t1, 36($a1)
    lw      $t2, 40($a1)
    lw      $t3, 44($a1)
    lw      $t4, 48($a1)
    lw      $t5, 52($a1)
    lw      $t6, 56($a1)
    lw      $t7, 60($a1)
    sw      $t0, 32($a0)
    sw      $t1, 36($a0)
    sw      $t2, 40($a0)
    sw      $t3, 44($a0)
    sw      $t4, 48($a0)
    sw      $t5, 52($a0)
    sw      $t6, 56($a0)
    sw      $t7, 60($a0)
11: lw      $t0, 64($a1)
    lw      $t1, 68($a1)
    lw      $t2, 72($a1)
    lw      $t3, 76($a1)
    lw      $t4, 80($a1)
    lw      $t5, 84($a1)
    lw      $t6, 88($a1)
    lw      $t7, 92($a1)
    sw      $t0, 64($a0)
    sw      $t1, 68($a0)
    sw      $t2, 72($a0)
    sw      $t3, 76($a0)
    sw      $t4, 80($a0)
    sw      $t5, 84($a0)
    sw      $t6, 88($a0)
    sw      $t7, 92($a0)
    lw      $t0, 96($a1)
    lw      $t1, 100($a1)
    lw      $t2, 104($a1)
    lw      $t3, 108($a1)
    lw      $t4, 112($a1)
    lw      $t5, 116($a1)
    lw      $t6, 120($a1)
    lw      $t7, 124($a1)
    addiu   $a1, $a1, 128           # load delay
    sw      $t0, 96($a0)
    sw      $t1, 100($a0)
    sw      $t2, 104($a0)
    sw      $t3, 108($a0)
    sw      $t4, 112($a0)
    sw      $t5, 116($a0)
    sw      $t6, 120($a0)
    addiu   $a0, $a0, 128
    bne     $a1, $a3, 3b
    sw      $t7, -4($a0)            # delay slot
4:  andi    $a2, $a2, 63
    srl     $t0, $a2, 2
    sll     $t0, $t0, 2
    beq     $t0, $zero, 7f
    addu    $a3, $a1, $t0           # delay slot: where its whole words end
    andi    $a2, $a2, 3
10: lw      $t0, 0($a1)
    addiu   $a1, $a1, 4             # load delay
    addiu   $a0, $a0, 4
    bne     $a1, $a3, 10b
    sw      $t0, -4($a0)            # delay slot
    b       7f
    nop                             # delay slot

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

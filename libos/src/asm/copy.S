# copy_bytes(to, from, count): count bytes, which do not overlap, word by word wherever that is possible. memcpy, which the compiler
# calls, does the same and returns `to`.
#
# First bytes, until the destination is aligned. Then 512 bytes a turn, of which the first may begin with any of its eighths, and
# words where the source is aligned as well, or else 16, whose words are put together. No load is followed by a use of its register.

    .section .text.copy, "ax", @progbits
    .set    push
    .set    noreorder

# Loads the eight words that are `at` bytes behind a1.
    .macro  loaded at
    lw      $t0, \at+0($a1)
    lw      $t1, \at+4($a1)
    lw      $t2, \at+8($a1)
    lw      $t3, \at+12($a1)
    lw      $t4, \at+16($a1)
    lw      $t5, \at+20($a1)
    lw      $t6, \at+24($a1)
    lw      $t7, \at+28($a1)
    .endm

# Stores the first seven of them `at` bytes behind a0.
    .macro  stored at
    sw      $t0, \at+0($a0)
    sw      $t1, \at+4($a0)
    sw      $t2, \at+8($a0)
    sw      $t3, \at+12($a0)
    sw      $t4, \at+16($a0)
    sw      $t5, \at+20($a0)
    sw      $t6, \at+24($a0)
    .endm

# Copies 64 bytes in 32 instructions, whose last load is followed by a store of another register.
    .macro  eighth at
    loaded  \at
    stored  \at
    sw      $t7, \at+28($a0)
    loaded  \at+32
    stored  \at+32
    sw      $t7, \at+60($a0)
    .endm

    .globl  memcpy
    .type   memcpy, @function
memcpy:
    move    $v0, $a0
    .size   memcpy, . - memcpy
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
    beq     $t0, $zero, 4f          # not even an eighth of a turn
    andi    $t1, $t0, 7             # delay slot: how many eighths the first turn has; 0: all
    sll     $t0, $t0, 6
    beq     $t1, $zero, 3f
    addu    $a3, $a1, $t0           # delay slot: where the source of whole eighths ends
    addiu   $t1, $t1, -8
    sll     $t0, $t1, 6             # back by those that it has not
    addu    $a1, $a1, $t0
    addu    $a0, $a0, $t0
    sll     $t1, $t1, 7             # and on by their instructions, 32 each
    lui     $t0, %hi(3f)
    addiu   $t0, $t0, %lo(3f)
    subu    $t0, $t0, $t1
    jr      $t0
    nop                             # delay slot
3:  eighth  0
    eighth  64
    eighth  128
    eighth  192
    eighth  256
    eighth  320
    eighth  384
    loaded  448
    stored  448
    sw      $t7, 476($a0)
    loaded  480
    addiu   $a1, $a1, 512           # load delay
    stored  480
    addiu   $a0, $a0, 512
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

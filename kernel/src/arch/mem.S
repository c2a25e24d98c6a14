# What the compiler calls for memory in bulk: by words where everything is aligned to words.

    .section .text, "ax"
    .set  noreorder
    .set  noat

# memset(a0, byte a1, a2 bytes) returns a0.
    .globl memset
memset:
    move  $v0, $a0
    andi  $a1, $a1, 0xff
    sll   $t0, $a1, 8
    or    $a1, $a1, $t0
    sll   $t0, $a1, 16
    or    $a1, $a1, $t0              # four times the byte
    addu  $t1, $a0, $a2              # end
    andi  $t0, $a0, 3
    bne   $t0, $zero, 3f
    addiu $t2, $t1, -32              # delay slot
1:  sltu  $t0, $t2, $a0              # eight words at a time
    bne   $t0, $zero, 2f
    addiu $t3, $t1, -4               # delay slot
    .irp  at, 0,4,8,12,16,20,24
    sw    $a1, \at($a0)
    .endr
    addiu $a0, $a0, 32
    b     1b
    sw    $a1, -4($a0)               # delay slot
2:  sltu  $t0, $t3, $a0              # then one
    bne   $t0, $zero, 3f
    nop                              # delay slot
    addiu $a0, $a0, 4
    b     2b
    sw    $a1, -4($a0)               # delay slot
3:  beq   $a0, $t1, 4f               # then bytes
    nop                              # delay slot
    addiu $a0, $a0, 1
    b     3b
    sb    $a1, -1($a0)               # delay slot
4:  jr    $ra
    nop                              # delay slot

# memmove(to a0, from a1, a2 bytes) returns a0. Ends where memcpy begins unless the end must be copied first.
    .globl memmove
memmove:
    subu  $t0, $a0, $a1
    sltu  $t0, $t0, $a2
    beq   $t0, $zero, memcpy         # `to` does not begin within `from`
    move  $v0, $a0                   # delay slot
    addu  $a0, $a0, $a2
    addu  $a1, $a1, $a2
1:  beq   $a0, $v0, 2f
    addiu $a1, $a1, -1               # delay slot
    lbu   $t0, 0($a1)
    addiu $a0, $a0, -1               # load delay of t0
    b     1b
    sb    $t0, 0($a0)                # delay slot
2:  jr    $ra
    nop                              # delay slot

# memcpy(to a0, from a1, a2 bytes) returns a0.
    .globl memcpy
memcpy:
    move  $v0, $a0
    or    $t0, $a0, $a1
    andi  $t0, $t0, 3
    bne   $t0, $zero, 4f
    addu  $t1, $a0, $a2              # delay slot: end
    addiu $t2, $t1, -16
    sltu  $t0, $t2, $a0
    bne   $t0, $zero, 2f
    addiu $t3, $t1, -4               # delay slot
1:  lw    $t4, 0($a1)                # four words at a time
    lw    $t5, 4($a1)
    lw    $t6, 8($a1)
    lw    $t7, 12($a1)
    sw    $t4, 0($a0)
    sw    $t5, 4($a0)
    sw    $t6, 8($a0)
    addiu $a0, $a0, 16
    sltu  $t0, $t2, $a0
    addiu $a1, $a1, 16
    beq   $t0, $zero, 1b
    sw    $t7, -4($a0)               # delay slot
2:  sltu  $t0, $t3, $a0
    bne   $t0, $zero, 4f
    nop                              # delay slot
3:  lw    $t4, 0($a1)                # then one
    addiu $a0, $a0, 4                # load delay of t4
    sltu  $t0, $t3, $a0
    addiu $a1, $a1, 4
    beq   $t0, $zero, 3b
    sw    $t4, -4($a0)               # delay slot
4:  beq   $a0, $t1, 5f               # then bytes
    nop                              # delay slot
    lbu   $t4, 0($a1)
    addiu $a1, $a1, 1                # load delay of t4
    addiu $a0, $a0, 1
    b     4b
    sb    $t4, -1($a0)               # delay slot
5:  jr    $ra
    nop                              # delay slot

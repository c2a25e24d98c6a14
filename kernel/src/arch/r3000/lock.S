# What CPUs have between them. An R3000 has no instruction for it. GXemul's machine lets one CPU stop all others (GXemul's source,
# "dev_mp"), and carries out one after the other, in order.

    .section .text, "ax"
    .set  noreorder
    .set  noat

    .set  MP,          0xb1000000
    .set  PAUSE_CPU,   0x50          # all but this one
    .set  UNPAUSE_CPU, 0x60

# Has the word at a0 be 1, if it is 0; returns whether it was. a1 is this CPU's number, a2 how many there are, all started.
    .globl lock_try
lock_try:
    lui   $t1, MP >> 16
    sw    $a1, PAUSE_CPU($t1)        # nobody else goes on
    lw    $t0, 0($a0)
    li    $t2, 1                     # load delay of t0
    bne   $t0, $zero, 1f
    move  $v0, $zero                 # delay slot
    sw    $t2, 0($a0)
    move  $v0, $t2
1:  move  $t3, $zero
2:  beq   $t3, $a1, 3f
    nop                              # delay slot
    sw    $t3, UNPAUSE_CPU($t1)
3:  addiu $t3, $t3, 1
    bne   $t3, $a2, 2b
    nop                              # delay slot
    jr    $ra
    nop                              # delay slot

# The machine keeps the program's order.
    .globl sync_memory
sync_memory:
    jr    $ra
    nop                              # delay slot

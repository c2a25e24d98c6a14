# What CPUs have between them. An R3000 has no instruction for it. GXemul's machine lets one CPU stop all others (GXemul's source,
# "dev_mp"), and carries out one after the other, in order.

    .section .text, "ax"
    .set  noreorder
    .set  noat

# The machine keeps the program's order. One instruction.
.macro SYNC
    nop
.endm

    .set  MP,          0xb1000000
    .set  WHOAMI,      0x00          # this one
    .set  NCPUS,       0x10          # how many there are, all started
    .set  PAUSE_CPU,   0x50          # all but this one
    .set  UNPAUSE_CPU, 0x60

# Has the word at a0 be a2, if it is a1; returns whether it was.
    .globl exchange_word
exchange_word:
    lui   $t1, MP >> 16
    lw    $t4, WHOAMI($t1)
    lw    $t5, NCPUS($t1)            # load delay of t4
    sw    $t4, PAUSE_CPU($t1)        # nobody else goes on
    lw    $t0, 0($a0)
    move  $t3, $zero                 # load delay of t0
    bne   $t0, $a1, 1f
    move  $v0, $zero                 # delay slot
    sw    $a2, 0($a0)
    li    $v0, 1
1:  beq   $t3, $t4, 2f
    nop                              # delay slot
    sw    $t3, UNPAUSE_CPU($t1)
2:  addiu $t3, $t3, 1
    bne   $t3, $t5, 1b
    nop                              # delay slot
    jr    $ra
    nop                              # delay slot

    .globl sync_memory
sync_memory:
    jr    $ra
    nop                              # delay slot

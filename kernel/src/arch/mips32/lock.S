# What CPUs have between them (MIPS32 PRA vol. II, "LL", "SC", "SYNC").

    .section .text, "ax"
    .set  noreorder
    .set  noat

# What comes before it in the program happens before what comes after it. One instruction.
.macro SYNC
    sync
.endm

# Has the word at a0 be a2, if it is a1; returns whether it was. A store of another CPU between LL and SC has SC fail.
    .globl exchange_word
exchange_word:
    ll    $v0, 0($a0)
    bne   $v0, $a1, 1f
    move  $t0, $a2                   # delay slot
    sc    $t0, 0($a0)
    beq   $t0, $zero, exchange_word  # somebody has written it meanwhile
    li    $v0, 1                     # delay slot
    jr    $ra
    nop                              # delay slot
1:  jr    $ra
    move  $v0, $zero                 # delay slot

    .globl sync_memory
sync_memory:
    SYNC
    jr    $ra
    nop                              # delay slot

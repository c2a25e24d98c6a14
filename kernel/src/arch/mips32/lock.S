# What CPUs have between them (MIPS32 PRA vol. II, "LL", "SC", "SYNC").

    .section .text, "ax"
    .set  noreorder
    .set  noat

# Has the word at a0 be 1, if it is 0; returns whether it was. What comes after it in the program happens after it.
    .globl lock_try
lock_try:
    ll    $v0, 0($a0)
    bne   $v0, $zero, 1f
    li    $t0, 1                     # delay slot
    sc    $t0, 0($a0)
    beq   $t0, $zero, lock_try       # somebody has written it meanwhile
    nop                              # delay slot
    sync
    jr    $ra
    li    $v0, 1                     # delay slot
1:  jr    $ra
    move  $v0, $zero                 # delay slot

# What comes before it in the program happens before what comes after it.
    .globl sync_memory
sync_memory:
    sync
    jr    $ra
    nop                              # delay slot

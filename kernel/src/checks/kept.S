    .text
    .set  noreorder
    .set  noat

# Calls the function at a0 with a1 and a2, and with s0 to s7, gp and fp as the array at a3 says. Stores there what they are
# afterwards.
    .globl check_kept
check_kept:
    addiu $sp, $sp, -64              # 16 bytes are the callee's
    sw    $ra, 16($sp)
    sw    $a3, 20($sp)
    .irp  n, 0,1,2,3,4,5,6,7
    sw    $s\n, 24 + 4 * \n($sp)
    lw    $s\n, 4 * \n($a3)
    .endr
    sw    $gp, 56($sp)
    sw    $fp, 60($sp)
    lw    $gp, 32($a3)
    lw    $fp, 36($a3)
    move  $t9, $a0
    move  $a0, $a1
    jalr  $t9
    move  $a1, $a2                   # delay slot
    lw    $a3, 20($sp)
    lw    $ra, 16($sp)               # load delay of a3
    .irp  n, 0,1,2,3,4,5,6,7
    sw    $s\n, 4 * \n($a3)
    lw    $s\n, 24 + 4 * \n($sp)
    .endr
    sw    $gp, 32($a3)
    sw    $fp, 36($a3)
    lw    $gp, 56($sp)
    lw    $fp, 60($sp)
    jr    $ra
    addiu $sp, $sp, 64               # delay slot

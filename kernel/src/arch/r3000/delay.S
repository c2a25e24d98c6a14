# A wait, counted in instructions.

    .text
    .set  noreorder
    .set  noat

# Goes round a loop of two instructions a0 times, and once more.
    .globl spin
spin:
    bne   $a0, $zero, spin
    addiu $a0, $a0, -1               # delay slot
    jr    $ra
    nop                              # delay slot

# The timer of a MIPS32 CPU: interrupt IP7 when Count reaches Compare.

    .text
    .set  noreorder
    .set  noat

    .globl read_count
read_count:
    mfc0  $v0, CP0_COUNT
    jr    $ra
    nop                              # delay slot

    .globl read_compare
read_compare:
    mfc0  $v0, CP0_COMPARE
    jr    $ra
    nop                              # delay slot

# Also takes back the interrupt.
    .globl write_compare
write_compare:
    mtc0  $a0, CP0_COMPARE
    jr    $ra
    ehb                              # delay slot

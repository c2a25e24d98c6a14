# What the auditor and the monitor need of the TLB.

    .section .text, "ax"

# Stores EntryHi and EntryLo of entry a0 at a1.
    .globl look_tlb_read
look_tlb_read:
    sll   $a0, $a0, 8                # Index is bits 13..8
    mfc0  $t0, CP0_ENTRYHI           # holds the current id
    mtc0  $a0, CP0_INDEX
    nop                              # mtc0 takes effect
    tlbr
    nop                              # tlbr takes effect
    mfc0  $t1, CP0_ENTRYHI
    mfc0  $t2, CP0_ENTRYLO0
    sw    $t1, 0($a1)                # load delay of t2
    sw    $t2, 4($a1)
    mtc0  $t0, CP0_ENTRYHI
    jr    $ra
    nop                              # delay slot

# What the auditor and the monitor need of the TLB.

    .text

# Stores EntryHi, EntryLo0 and EntryLo1 of entry a0 at a1.
    .globl look_tlb_read
look_tlb_read:
    mfc0  $t0, CP0_ENTRYHI           # holds the current id
    mtc0  $a0, CP0_INDEX
    ehb
    tlbr
    ehb
    mfc0  $t1, CP0_ENTRYHI
    mfc0  $t2, CP0_ENTRYLO0
    mfc0  $t3, CP0_ENTRYLO1
    sw    $t1, 0($a1)
    sw    $t2, 4($a1)
    sw    $t3, 8($a1)
    mtc0  $t0, CP0_ENTRYHI
    jr    $ra
    ehb                              # delay slot

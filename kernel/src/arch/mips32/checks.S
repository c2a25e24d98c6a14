# What the check of tlb_invalidate needs of the TLB.

    .text

# Puts a pair of valid pages with EntryHi a1 into entry a0.
    .globl check_tlb_write
check_tlb_write:
    mfc0  $t0, CP0_ENTRYHI           # holds the current id
    ori   $t1, $zero, 0x1a           # C = 3 (cached), V
    mtc0  $a0, CP0_INDEX
    mtc0  $a1, CP0_ENTRYHI
    mtc0  $t1, CP0_ENTRYLO0
    mtc0  $t1, CP0_ENTRYLO1
    ehb
    tlbwi
    mtc0  $t0, CP0_ENTRYHI
    jr    $ra
    ehb                              # delay slot

# Returns the EntryHi of entry a0.
    .globl check_tlb_read
check_tlb_read:
    mfc0  $t0, CP0_ENTRYHI           # holds the current id
    mtc0  $a0, CP0_INDEX
    ehb
    tlbr
    ehb
    mfc0  $v0, CP0_ENTRYHI
    mtc0  $t0, CP0_ENTRYHI
    jr    $ra
    ehb                              # delay slot

# Returns EntryHi.
    .globl check_entryhi
check_entryhi:
    mfc0  $v0, CP0_ENTRYHI
    jr    $ra
    nop                              # delay slot

# Sets EntryHi.
    .globl check_set_entryhi
check_set_entryhi:
    mtc0  $a0, CP0_ENTRYHI
    jr    $ra
    ehb                              # delay slot

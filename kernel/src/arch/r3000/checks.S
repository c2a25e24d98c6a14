# What the check of tlb_invalidate needs of the TLB.

    .section .text, "ax"

# Puts a valid page with EntryHi a1 into entry a0.
    .globl check_tlb_write
check_tlb_write:
    sll   $a0, $a0, 8                # Index is bits 13..8
    mfc0  $t0, CP0_ENTRYHI           # holds the current id
    ori   $t1, $zero, 0x200          # V
    mtc0  $a0, CP0_INDEX
    mtc0  $a1, CP0_ENTRYHI
    mtc0  $t1, CP0_ENTRYLO0
    nop                              # mtc0 takes effect
    tlbwi
    mtc0  $t0, CP0_ENTRYHI
    jr    $ra
    nop                              # delay slot

# Returns the EntryHi of entry a0.
    .globl check_tlb_read
check_tlb_read:
    sll   $a0, $a0, 8
    mfc0  $t0, CP0_ENTRYHI           # holds the current id
    mtc0  $a0, CP0_INDEX
    nop                              # mtc0 takes effect
    tlbr
    nop                              # tlbr takes effect
    mfc0  $v0, CP0_ENTRYHI
    mtc0  $t0, CP0_ENTRYHI
    jr    $ra
    nop                              # delay slot

# Returns EntryHi.
    .globl check_entryhi
check_entryhi:
    mfc0  $v0, CP0_ENTRYHI
    jr    $ra
    nop                              # delay slot; load delay

# Sets EntryHi.
    .globl check_set_entryhi
check_set_entryhi:
    mtc0  $a0, CP0_ENTRYHI
    jr    $ra
    nop                              # delay slot

# The TLB for gdb, which cannot read it: tools/run/gdb/tlb.py calls this at exception level, between two instructions of
# whatever the CPU is doing.

    .text
    .set  noreorder
    .set  noat

# Stores EntryHi, EntryLo0, EntryLo1 and PageMask of the first a0 entries, 64 at most, at gdb_tlb.
    .globl gdb_read_tlb
gdb_read_tlb:
    mfc0  $t0, CP0_INDEX             # what tlbr and its index overwrite
    mfc0  $t1, CP0_ENTRYHI
    mfc0  $t2, CP0_ENTRYLO0
    mfc0  $t3, CP0_ENTRYLO1
    mfc0  $t4, CP0_PAGEMASK
    lui   $t5, %hi(gdb_tlb)
    addiu $t5, $t5, %lo(gdb_tlb)
    move  $t6, $zero
1:  mtc0  $t6, CP0_INDEX
    ehb
    tlbr
    ehb
    mfc0  $t7, CP0_ENTRYHI
    mfc0  $t8, CP0_ENTRYLO0
    sw    $t7, 0($t5)
    mfc0  $t7, CP0_ENTRYLO1
    sw    $t8, 4($t5)
    mfc0  $t8, CP0_PAGEMASK
    sw    $t7, 8($t5)
    sw    $t8, 12($t5)
    addiu $t6, $t6, 1
    sltu  $t7, $t6, $a0
    bne   $t7, $zero, 1b
    addiu $t5, $t5, 16               # delay slot
    mtc0  $t0, CP0_INDEX
    mtc0  $t1, CP0_ENTRYHI
    mtc0  $t2, CP0_ENTRYLO0
    mtc0  $t3, CP0_ENTRYLO1
    mtc0  $t4, CP0_PAGEMASK
    jr    $ra
    ehb                              # delay slot

    .section .noinit.gdb, "aw", @nobits
    .balign 16
    .globl gdb_tlb
gdb_tlb:
    .space 64 * 16
    .space 64                        # a stack for gdb's call
    .globl gdb_stack_top
gdb_stack_top:

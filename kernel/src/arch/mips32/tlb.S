# MIPS32 (4Kc) TLB operations: 16 entries of a pair of pages, those below Wired never replaced by tlbwr.

    .text
    .set  noreorder
    .set  noat

# Maps the CPU page (physical address in a0) at the top of kseg3, by entry 0. G counts only when it is
# set in both halves.
    .globl wire_cpu_page
wire_cpu_page:
    srl   $a0, $a0, 6
    ori   $a0, $a0, 0x1f             # C = 3 (cached), D, V, G
    li    $t0, -8192
    ori   $t1, $zero, 1              # G
    mtc0  $t0, CP0_ENTRYHI
    mtc0  $t1, CP0_ENTRYLO0
    mtc0  $a0, CP0_ENTRYLO1
    mtc0  $zero, CP0_PAGEMASK        # 4 KiB
    mtc0  $zero, CP0_INDEX
    mtc0  $t1, CP0_WIRED
    ehb
    tlbwi
    jr    $ra
    nop                              # delay slot

# Drops the entry of the page of a0 under id a1. An entry goes by being given an address of kseg0, which is never
# looked up, a different one for each index.
    .globl tlb_invalidate
tlb_invalidate:
    # exercise 2.13 begin
    # otherwise: jr    $ra
    # otherwise: nop                              # delay slot
    srl   $a0, $a0, 13
    sll   $a0, $a0, 13               # VPN2
    or    $a0, $a0, $a1
    mfc0  $t0, CP0_ENTRYHI           # holds the current id
    mtc0  $a0, CP0_ENTRYHI
    ehb
    tlbp
    ehb
    mfc0  $t1, CP0_INDEX
    lui   $t2, 0x8000
    bltz  $t1, 1f                    # bit 31: no such entry
    sll   $t1, $t1, 13               # delay slot
    addu  $t2, $t2, $t1
    mtc0  $t2, CP0_ENTRYHI
    mtc0  $zero, CP0_ENTRYLO0
    mtc0  $zero, CP0_ENTRYLO1
    ehb
    tlbwi
1:  mtc0  $t0, CP0_ENTRYHI
    jr    $ra
    ehb                              # delay slot
    # exercise 2.13 end

    # teacher begin
# The entry for the page of a0 has become a2, below the page directory that the TLB refill walks from a3 on, with id a1. If that
# is who runs, or who has run last, the id is its own, and the TLB may have the entry, as the refill would; another one's may be
# somebody else's by now.
    .globl tlb_update
tlb_update:
    lw    $t0, CPU_TABLES($zero)
    lw    $t1, CPU_ENTRYHI($zero)
    bne   $t0, $a3, tlb_invalidate
    sll   $t2, $a2, 10               # delay slot; PTE_COW (bit 0) to the place of D (bit 10)
    bne   $t1, $a1, tlb_invalidate
    andi  $t2, $t2, 0x400            # delay slot
    or    $a2, $a2, $t2
    xor   $a2, $a2, $t2              # D is clear where PTE_COW is set
    # teacher end
# Has the half of an entry that is for the page of a0 under id a1, if there is one, be a2, an entry of a page table.
    .globl tlb_replace
tlb_replace:
    # lab 3 begin
    # otherwise: jr    $ra                        # what calls it comes in lab 3
    # otherwise: nop                              # delay slot
    sll   $t3, $a0, 19               # bit 12, set for the odd page of a pair, goes to bit 31
    srl   $a0, $a0, 13
    sll   $a0, $a0, 13               # VPN2
    or    $a0, $a0, $a1
    srl   $t2, $a2, 8
    andi  $t2, $t2, 7                # D, V, G
    srl   $a2, $a2, 6                # PFN; N, D and V end up in C, as in the refill
    or    $a2, $a2, $t2
    mfc0  $t0, CP0_ENTRYHI           # holds the current id
    mtc0  $a0, CP0_ENTRYHI
    ehb
    tlbp
    ehb
    mfc0  $t1, CP0_INDEX
    bltz  $t1, 3f                    # bit 31: no such entry
    nop                              # delay slot
    tlbr                             # both halves
    ehb
    bltz  $t3, 1f
    nop                              # delay slot
    b     2f
    mtc0  $a2, CP0_ENTRYLO0          # delay slot
1:  mtc0  $a2, CP0_ENTRYLO1
2:  ehb
    tlbwi
3:  mtc0  $t0, CP0_ENTRYHI
    jr    $ra
    ehb                              # delay slot
    # lab 3 end

# Drops all entries but the wired one.
    .globl tlb_flush
tlb_flush:
    mfc0  $t3, CP0_ENTRYHI           # holds the current id
    ori   $t0, $zero, 1              # entry 1
    lui   $t1, 0x8000
    ori   $t1, $t1, 0x2000           # kseg0 pair 1
    mtc0  $zero, CP0_ENTRYLO0
    mtc0  $zero, CP0_ENTRYLO1
1:  mtc0  $t0, CP0_INDEX
    mtc0  $t1, CP0_ENTRYHI
    addiu $t0, $t0, 1
    addiu $t1, $t1, 8192
    ehb
    tlbwi
    # teacher begin
    .globl tlb_flush_end
tlb_flush_end:                       # another number where there are several CPUs
    # teacher end
    slti  $t2, $t0, 16
    bne   $t2, $zero, 1b
    nop                              # delay slot
    mtc0  $t3, CP0_ENTRYHI
    jr    $ra
    ehb                              # delay slot

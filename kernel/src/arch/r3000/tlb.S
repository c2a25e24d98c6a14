# R3000 TLB operations: 64 entries of one page, 0 to 7 never replaced by tlbwr.

    .section .text, "ax"
    .set  noreorder
    .set  noat

# Maps the CPU page (physical address in a0) at the top of kseg2, by entry 0.
    .globl wire_cpu_page
wire_cpu_page:
    ori   $a0, $a0, 0x700            # D, V, G
    li    $t0, -4096
    mtc0  $t0, CP0_ENTRYHI
    mtc0  $a0, CP0_ENTRYLO0
    mtc0  $zero, CP0_INDEX
    nop                              # mtc0 takes effect
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
    srl   $a0, $a0, 12
    sll   $a0, $a0, 12               # VPN
    sll   $a1, $a1, 6
    or    $a0, $a0, $a1
    mfc0  $t0, CP0_ENTRYHI           # holds the current id
    mtc0  $a0, CP0_ENTRYHI
    nop                              # mtc0 takes effect
    tlbp
    nop                              # tlbp takes effect
    mfc0  $t1, CP0_INDEX
    lui   $t2, 0x8000                # load delay of t1
    bltz  $t1, 1f                    # bit 31: no such entry
    sll   $t1, $t1, 4                # delay slot: index (bits 13..8) * 4096
    addu  $t2, $t2, $t1
    mtc0  $t2, CP0_ENTRYHI
    mtc0  $zero, CP0_ENTRYLO0
    nop                              # mtc0 takes effect
    tlbwi
1:  mtc0  $t0, CP0_ENTRYHI
    jr    $ra
    nop                              # delay slot
    # exercise 2.13 end

    # teacher begin
# The entry for the page of a0 has become a2, below the page directory that the TLB refill walks from a3 on, with id a1. If that
# is who runs, or who has run last, the id is its own, and the TLB may have the entry, as the refill would; another one's may be
# somebody else's by now.
    .globl tlb_update
tlb_update:
    lw    $t0, CPU_TABLES($zero)
    lw    $t1, CPU_ENTRYHI($zero)    # load delay of t0
    bne   $t0, $a3, tlb_invalidate   # load delay of t1
    srl   $t1, $t1, 6                # delay slot
    bne   $t1, $a1, tlb_invalidate
    sll   $t2, $a2, 10               # delay slot; PTE_COW (bit 0) to the place of D (bit 10)
    andi  $t2, $t2, 0x400
    or    $a2, $a2, $t2
    xor   $a2, $a2, $t2              # D is clear where PTE_COW is set
    # teacher end
# Has the entry of the page of a0 under id a1, if there is one, be a2, an entry of a page table.
    .globl tlb_replace
tlb_replace:
    # lab 3 begin
    # otherwise: jr    $ra                        # what calls it comes in lab 3
    # otherwise: nop                              # delay slot
    srl   $a0, $a0, 12
    sll   $a0, $a0, 12               # VPN
    sll   $a1, $a1, 6
    or    $a0, $a0, $a1
    mfc0  $t0, CP0_ENTRYHI           # holds the current id
    mtc0  $a0, CP0_ENTRYHI
    nop                              # mtc0 takes effect
    tlbp
    nop                              # tlbp takes effect
    mfc0  $t1, CP0_INDEX
    nop                              # load delay
    bltz  $t1, 1f                    # bit 31: no such entry
    nop                              # delay slot
    mtc0  $a2, CP0_ENTRYLO0
    nop                              # mtc0 takes effect
    tlbwi
1:  mtc0  $t0, CP0_ENTRYHI
    jr    $ra
    nop                              # delay slot
    # lab 3 end

# Drops all entries but the wired ones.
    .globl tlb_flush
tlb_flush:
    mfc0  $t3, CP0_ENTRYHI           # holds the current id
    li    $t0, 8 << 8                # Index of entry 8
    lui   $t1, 0x8000
    ori   $t1, $t1, 0x8000           # kseg0 page 8
    mtc0  $zero, CP0_ENTRYLO0
1:  mtc0  $t0, CP0_INDEX
    mtc0  $t1, CP0_ENTRYHI
    addiu $t0, $t0, 1 << 8
    addiu $t1, $t1, 4096
    tlbwi
    slti  $t2, $t0, 64 << 8
    bne   $t2, $zero, 1b
    nop                              # delay slot
    jr    $ra
    mtc0  $t3, CP0_ENTRYHI           # delay slot

# MIPS32 (4Kc) exception vectors, the way back to user mode, and the idle loop.

    .section .vectors, "ax"
    .set  noreorder
    .set  noat

    .set  STATUS_UM,   0x0010        # user mode
    .set  STATUS_IDLE, 0x8401        # IM7, IM2, IE

# Loads Status for user mode. k1 points to the trapframe of who goes on.
    # teacher begin
    .ifndef FPU
    # teacher end
.macro LOAD_STATUS register
    lw    \register, CPU_STATUS($zero)
.endm
    # teacher begin
    .endif
    # teacher end

# Out of exception level, so that a fault of the kernel's own is seen; interrupts stay off. It is no matter which of the
# next instructions is the first one there.
.macro KERNEL_MODE
    mtc0  $zero, CP0_STATUS
.endm

# Back to where an exception begins.
.macro EXCEPTION_MODE
    LOAD_STATUS $k0
    mtc0  $k0, CP0_STATUS
    ehb
.endm

# Last step to user mode, at the address in k0; from exception level.
.macro RETURN_FROM_EXCEPTION
    mtc0  $k0, CP0_EPC
    ehb
    eret
.endm

# From the kernel to user mode, with the registers of the frame in the CPU page.
.macro RETURN_TO_USER
    lw    $k1, CPU_TF($zero)
    LOAD_STATUS $k0                  # EXL: nothing interrupts from here on
    mtc0  $k0, CP0_STATUS
    lw    $k0, CPU_ENTRYHI($zero)
    mtc0  $k0, CP0_ENTRYHI
    RESTORE_SOME
    ehb                              # CP0 takes effect
    eret
.endm

# Last step to user mode, at the address in k0; k1 points to the trapframe.
.macro RETURN_TO_K0
    LOAD_STATUS $k1                  # EXL: nothing interrupts from here on
    mtc0  $k1, CP0_STATUS
    RETURN_FROM_EXCEPTION
.endm

# teacher begin
# The id in the register as it is in EntryHi.
.macro ENTRYHI_OF id
.endm

# `index` is negative unless the TLB has an entry for the page of `va` under the id of `env`.
.macro TLB_PROBE va, env, index, other
    lbu   \other, ENV_TAG(\env)
    srl   \index, \va, 13
    sll   \index, \index, 13         # VPN2
    or    \index, \index, \other
    mfc0  \other, CP0_ENTRYHI        # holds the current id
    mtc0  \index, CP0_ENTRYHI
    ehb
    tlbp
    ehb
    mfc0  \index, CP0_INDEX
    mtc0  \other, CP0_ENTRYHI        # takes effect long before it is used
.endm

# Last step to user mode, at the address in EPC; from exception level.
.macro RETURN_TO_EPC
    ehb
    eret
.endm

# teacher end
# TLB refill, at 0x80000000: no entry for a kuseg address. Like the R3000's, but an entry maps a pair of
# pages and has other bits: EntryLo = PFN << 6 | C << 3 | D << 2 | V << 1 | G. A table's N, D and V end
# up in C, where D, V and V alone both mean "cached" (4K Software User's Manual, "EntryLo0-1").
# Keeps all registers but k1.
    .globl do_refill
do_refill:
    sw    $k0, CPU_K0($zero)
    # exercise 3.15 begin
    # otherwise: j     except_saved
    # otherwise: nop                              # delay slot
    mtc0  $at, CP0_DESAVE            # free while no debugger probe is attached
    mfc0  $k0, CP0_CONTEXT           # VPN2 * 16
    lw    $k1, CPU_TABLES($zero)
    srl   $at, $k0, 13
    sll   $at, $at, 2                # PDX * 4
    addu  $k1, $k1, $at
    lw    $k1, 0($k1)                # the page table - PDX * 4096
    mfc0  $at, CP0_EPC
    beq   $k1, $zero, refill_fails   # there is none
    srl   $k0, $k0, 1                # delay slot; (VPN of the even page) * 4
    addu  $k1, $k1, $k0
    andi  $at, $at, 3
    bne   $at, $zero, refill_fails   # eret would take bit 0 for another instruction set
    lw    $k0, 0($k1)                # delay slot; entry of the even page
    lw    $k1, 4($k1)                # entry of the odd page
    srl   $at, $k0, 8
    andi  $at, $at, 7                # D, V, G
    sll   $k0, $k0, 2                # memory ends far below 1 GiB, so the frame's number has room
    # exercise 3.15 end
    # exercise 4.15 begin
    or    $at, $at, $k0              # bit 2 is D in at, PTE_COW in k0, whose other low bits are 0
    xor   $at, $at, $k0              # D is clear where PTE_COW is set
    # exercise 4.15 end
    # exercise 3.15 begin
    srl   $k0, $k0, 8                # PFN
    or    $k0, $k0, $at
    mtc0  $k0, CP0_ENTRYLO0
    srl   $at, $k1, 8
    andi  $at, $at, 7
    sll   $k1, $k1, 2
    # exercise 3.15 end
    # exercise 4.15 begin
    or    $at, $at, $k1
    xor   $at, $at, $k1
    # exercise 4.15 end
    # exercise 3.15 begin
    srl   $k1, $k1, 8
    or    $k1, $k1, $at
    mtc0  $k1, CP0_ENTRYLO1
    mfc0  $at, CP0_DESAVE
    lw    $k0, CPU_K0($zero)         # the second after mtc0 (4K Software User's Manual, "Instruction Hazards")
    tlbwr
    eret
    # exercise 3.15 end

# No page table, or no address of an instruction: as any other exception.
refill_fails:
    mfc0  $at, CP0_DESAVE
    j     except_saved
    nop                              # delay slot

# Every other exception, at 0x80000180.
    .org  0x180
    .globl except_vec3
except_vec3:
    mfc0  $k1, CP0_CAUSE
    sw    $k0, CPU_K0($zero)
    # lab 4 begin
    bltz  $k1, 1f                    # BD: in a branch delay slot
    andi  $k1, $k1, 0x7c             # delay slot: ExcCode * 4
    addiu $k1, $k1, -4 * 8           # a system call?
    beq   $k1, $zero, handle_sys
    addiu $k0, $a0, -FIRST_CALL      # delay slot
    # lab 4 end
    # teacher begin
    addiu $k1, $k1, 4 * 8 - 4 * 1    # TLB Mod?
    beq   $k1, $zero, handle_mod
    # teacher end
except_saved:                        # from the refill, with k0 saved
    # exercise 3.16 begin
    # otherwise: mfc0  $k1, CP0_CAUSE
    # otherwise: j     except_kernel
    # otherwise: andi  $k1, $k1, 0x7c             # delay slot
    mfc0  $k1, CP0_CAUSE             # delay slot
1:  mfc0  $k0, CP0_STATUS
    andi  $k1, $k1, 0x7c
    andi  $k0, $k0, STATUS_UM
    beq   $k0, $zero, 2f
    lui   $k0, %hi(exception_handlers)             # delay slot
    addu  $k0, $k0, $k1
    lw    $k0, %lo(exception_handlers)($k0)
    jr    $k0
    nop                              # delay slot
2:  j     except_kernel
    nop                              # delay slot
    # exercise 3.16 end

    # teacher begin
# The same where calls of other CPUs come as well.
    .globl idle_among_others
idle_among_others:
    b     rest
    ori   $t0, $zero, STATUS_IDLE | 0x0800         # delay slot; IM3

    # teacher end
# Waits for an interrupt, which does not come back here: except_kernel.
    .globl idle
idle:
    ori   $t0, $zero, STATUS_IDLE
    # teacher begin
rest:
    # teacher end
    mtc0  $t0, CP0_STATUS
    ehb
1:  wait
    b     1b
    nop                              # delay slot

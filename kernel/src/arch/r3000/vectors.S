# R3000 exception vectors, the way back to user mode, and the idle loop.

    .section .vectors, "ax"
    .set  noreorder
    .set  noat

    .set  STATUS_KUP,  0x0008        # exception came from user mode
    .set  STATUS_IDLE, 0x1401        # IM4, IM2, IEc
    # teacher begin
    # otherwise: .set  INTERRUPTS,  0x1400        # in Cause: IP4 timer, IP2 console
    .set  INTERRUPTS,  0x5400        # in Cause: IP6 other CPUs, IP4 timer, IP2 console
    # teacher end

# The CPU has switched to kernel mode with interrupts off all by itself.
.macro KERNEL_MODE
.endm

# Status for user mode comes with IsC (bit 16) set. GXemul keeps translations of kseg0 and kseg2 addresses that the
# kernel used, and lets user mode use them; it drops them all when IsC goes from 0 to 1. So that happens last, after
# every load and store.
.macro SET_STATUS
    mtc0  $k1, CP0_STATUS
    WITHOUT_ISC $k1
    mtc0  $k1, CP0_STATUS
.endm

# What becomes of Status when IsC is cleared in it.
    # teacher begin
    .ifndef FPU
    # teacher end
.macro WITHOUT_ISC register
    andi  \register, \register, 0xffff
.endm
    # teacher begin
    .endif
    # teacher end

# The last thing before rfe. GXemul looks at interrupts once in some thousand instructions, and not when rfe lets them
# in. A program that calls the kernel often enough may never be looked at, so what is pending is looked at here.
.macro USER_STATUS pending
    mfc0  $k1, CP0_CAUSE
    nop                              # load delay
    andi  $k1, $k1, INTERRUPTS
    bne   $k1, $zero, \pending
    lw    $k1, CPU_STATUS($zero)     # delay slot
    nop                              # load delay
    SET_STATUS
.endm

# There is no other state of the CPU to go back to where an exception begins.
.macro EXCEPTION_MODE
.endm

# Last step to user mode, at the address in k0.
.macro RETURN_TO_K0
    USER_STATUS pending_k0
    jr    $k0
    .word 0x42000010                 # rfe in the delay slot
.endm

# The same where the state is still that of the exception.
.macro RETURN_FROM_EXCEPTION
    RETURN_TO_K0
.endm

# Goes to the address in EPC. That GXemul lets mtc0 write EPC makes room for k0 there.
.macro GO_TO_EPC
    mfc0  $k1, CP0_EPC
    nop                              # load delay
    jr    $k1
    .word 0x42000010                 # rfe in the delay slot
.endm

# Last step to user mode, at the address in EPC.
.macro RETURN_TO_EPC
    USER_STATUS pending
    GO_TO_EPC
.endm

# From the kernel to user mode, with the registers of the frame in the CPU page.
.macro RETURN_TO_USER
    lw    $k1, CPU_TF($zero)
    lw    $k0, CPU_ENTRYHI($zero)
    # teacher begin
    .ifdef FPU
    lw    $v0, TF_USER_STATUS($k1)   # load delay of k0
    mtc0  $k0, CP0_ENTRYHI           # load delay of v0
    sw    $v0, CPU_STATUS($zero)
    .else
    # teacher end
    nop                              # load delay
    mtc0  $k0, CP0_ENTRYHI
    # teacher begin
    .endif
    # teacher end
    RESTORE_SOME
    RETURN_TO_EPC
.endm

# teacher begin
# The id in the register as it is in EntryHi.
.macro ENTRYHI_OF id
    sll   \id, \id, 6
.endm

# `index` is negative unless the TLB has an entry for the page of `va` under the id of `env`.
.macro TLB_PROBE va, env, index, other
    lbu   \other, ENV_TAG(\env)
    srl   \index, \va, 12            # load delay of other
    sll   \index, \index, 12         # VPN
    sll   \other, \other, 6
    or    \index, \index, \other
    mfc0  \other, CP0_ENTRYHI        # holds the current id
    mtc0  \index, CP0_ENTRYHI        # load delay of other
    nop                              # mtc0 takes effect
    tlbp
    nop                              # tlbp takes effect
    mfc0  \index, CP0_INDEX
    mtc0  \other, CP0_ENTRYHI        # load delay of index
.endm

# teacher end
# TLB refill, at 0x80000000: no entry for a kuseg address. Two loads, through the second half of the page
# directory, whose words say where the tables would begin if they were all of one piece: VPN * 4 leads to the entry.
# An invalid entry is loaded all the same, and comes back to except_vec3. Keeps all registers but k1.
    .globl do_refill
do_refill:
    sw    $k0, CPU_K0($zero)
    # exercise 3.15 begin
    # otherwise: j     except_saved
    # otherwise: nop                              # delay slot
    mfc0  $k0, CP0_BADVADDR
    lw    $k1, CPU_TABLES($zero)     # load delay of k0
    srl   $k0, $k0, 22
    sll   $k0, $k0, 2                # PDX * 4
    addu  $k1, $k1, $k0
    lw    $k1, 0($k1)                # the page table - PDX * 4096
    mfc0  $k0, CP0_CONTEXT           # load delay of k1; VPN * 4
    beq   $k1, $zero, except_saved   # there is none; load delay of k0
    addu  $k1, $k1, $k0              # delay slot
    lw    $k1, 0($k1)                # the entry
    nop                              # load delay
    # exercise 3.15 end
    # exercise 4.15 begin
    sll   $k0, $k1, 10               # PTE_COW (bit 0) to the place of D (bit 10)
    andi  $k0, $k0, 0x400
    or    $k1, $k1, $k0
    xor   $k1, $k1, $k0              # D is clear where PTE_COW is set
    # exercise 4.15 end
    # teacher begin
    .globl refill_end
refill_end:                          # where there are several CPUs, it goes on at refill_anew
    # teacher end
    # exercise 3.15 begin
    mtc0  $k1, CP0_ENTRYLO0
    lw    $k0, CPU_K0($zero)         # mtc0 takes effect
    tlbwr
    RETURN_TO_EPC
    # exercise 3.15 end
    .if . - do_refill > 0x80
    .error "the refill has outgrown its vector"
    .endif

# Every other exception, at 0x80000080.
    .org  0x80
    .globl except_vec3
except_vec3:
    mfc0  $k1, CP0_CAUSE
    sw    $k0, CPU_K0($zero)         # load delay of k1
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
1:  mfc0  $k0, CP0_STATUS            # load delay of k1
    andi  $k1, $k1, 0x7c             # load delay of k0
    andi  $k0, $k0, STATUS_KUP
    beq   $k0, $zero, 2f
    lui   $k0, %hi(exception_handlers)             # delay slot
    addu  $k0, $k0, $k1
    lw    $k0, %lo(exception_handlers)($k0)
    nop                              # load delay
    jr    $k0
    nop                              # delay slot
2:  j     except_kernel
    nop                              # delay slot
    # exercise 3.16 end

# From the way back to user mode, with all registers the program's but k1, and its pc in k0 or EPC, if the console or the
# timer wants something: unless what they want is masked, it is taken as if it had come right behind rfe.
pending_k0:
    mtc0  $k0, CP0_EPC
pending:
    sw    $k0, CPU_K0($zero)
    lw    $k0, CPU_STATUS($zero)
    mfc0  $k1, CP0_CAUSE             # load delay of k0
    WITHOUT_ISC $k0                  # load delay of k1
    and   $k1, $k1, $k0
    andi  $k1, $k1, 0xff00           # IM, IP
    bne   $k1, $zero, handle_int
    mtc0  $k0, CP0_STATUS            # delay slot; what it is after an exception in user mode
    lw    $k0, CPU_K0($zero)
    lw    $k1, CPU_STATUS($zero)
    nop                              # load delay
    SET_STATUS
    GO_TO_EPC

    # teacher begin
# The same where calls of other CPUs come as well.
    .globl idle_among_others
idle_among_others:
    b     rest
    li    $t0, STATUS_IDLE | 0x4000  # delay slot; IM6

    # teacher end
# Waits for an interrupt, which does not come back here: except_kernel. GXemul rests its host CPU when it
# sees exactly these five instructions, in one page.
    .globl idle
idle:
    li    $t0, STATUS_IDLE
    # teacher begin
rest:
    # teacher end
    mtc0  $t0, CP0_STATUS
1:  lui   $t0, %hi(IDLE_FLAG)
    lw    $t1, %lo(IDLE_FLAG)($t0)
    nop                              # load delay
    beq   $t1, $zero, 1b
    nop                              # delay slot

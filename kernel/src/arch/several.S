# Shortcuts where there are several CPUs: mos_lock::Aside, whose words the CPU page points to. Nobody is in the kernel meanwhile.
#
# Two CPUs that hand over to somebody at the same time have different callers and different receivers, since each of these has an
# address-space id on one CPU only: so they work beside each other. What changes pages does so alone, as frames are everybody's.

    .section .vectors, "ax"
    .set  noreorder
    .set  noat

    # A message has its words in a2, a3, t0 and t1, which nothing here touches before it is on its way.
    .set  BESIDE,      1
    .set  ALONE,       2
    .set  LEFT,        3
    .set  NOT_RUNNABLE, HEAR         # the same number

# Goes on at `shortcut` as soon as nobody is in the kernel.
.macro BESIDE_OTHERS name, shortcut
    .globl \name
\name:
    lw    $t8, CPU_WORKS($zero)
    lw    $t9, CPU_CLOSED($zero)     # load delay of t8
    li    $t2, BESIDE                # load delay of t9
    sw    $t2, 0($t8)
    SYNC
    lw    $t3, 0($t9)
    lui   $t5, %hi(\shortcut)        # load delay of t3
    beq   $t3, $zero, \shortcut
    SYNC                             # delay slot
    addiu $t5, $t5, %lo(\shortcut)
    b     step_back
    move  $t4, $t9                   # delay slot
.endm
    BESIDE_OTHERS several_call, short_call
    BESIDE_OTHERS several_reply, short_reply
    BESIDE_OTHERS several_ipc_call, short_ipc_call

# The same, where no other one does that has come so.
.macro ALONE_AMONG_OTHERS name, shortcut
    .globl \name
\name:
    lui   $t5, %hi(\shortcut)
    b     begin_aside
    addiu $t5, $t5, %lo(\shortcut)   # delay slot
.endm
    ALONE_AMONG_OTHERS several_alloc, short_alloc
    ALONE_AMONG_OTHERS several_copy, short_copy
    ALONE_AMONG_OTHERS several_map, short_map
    ALONE_AMONG_OTHERS several_unmap, short_unmap

# A touch, where it needs registers: the program's are stored. k0 is the address.
    .globl several_touch
several_touch:
    lui   $t5, %hi(touch_alone)
    b     begin_aside
    addiu $t5, $t5, %lo(touch_alone) # delay slot
touch_alone:
    lw    $t0, ENV_WALK($k1)
    b     touch_goes_on
    move  $t4, $k0                   # delay slot; load delay of t0

# Goes on at t5 when this CPU is alone; or the long way, should an interrupt come first.
    .globl begin_aside
begin_aside:
    lw    $t8, CPU_WORKS($zero)
    lw    $t9, CPU_CLOSED($zero)     # load delay of t8
    li    $t2, ALONE                 # load delay of t9
1:  sw    $t2, 0($t8)
    SYNC
    lw    $t3, 0($t9)
    move  $t4, $t9                   # load delay of t3
    bne   $t3, $zero, step_back
    addiu $t6, $t2, -BESIDE          # delay slot
    beq   $t6, $zero, 4f             # it has stepped back from a place beside others
    lw    $t4, CPU_ALL($zero)        # delay slot
    lw    $t7, CPU_ALL_END($zero)    # load delay of t4
2:  lw    $t3, 0($t4)                # load delay of t7
    sltu  $t6, $t4, $t8              # load delay of t3
    bne   $t3, $t2, 3f
    nop                              # delay slot
    bne   $t6, $zero, step_back      # one with a smaller number is alone
    nop                              # delay slot
    bne   $t4, $t8, 2b               # one with a greater number is, and is waited for
    nop                              # delay slot
3:  addiu $t4, $t4, 4
    bne   $t4, $t7, 2b
    nop                              # delay slot
4:  jr    $t5
    SYNC                             # delay slot

# Not yet. t2 is BESIDE or ALONE, and t4 is whose word must change before there is sense in another try.
    .globl step_back
step_back:
    sw    $zero, 0($t8)
5:  mfc0  $t3, CP0_CAUSE
    lw    $t6, CPU_STATUS($zero)     # load delay of t3
    nop                              # load delay
    and   $t3, $t3, $t6
    andi  $t3, $t3, 0xff00           # what has come of what it lets through
    bne   $t3, $zero, 6f
    lw    $t3, 0($t4)                # delay slot
    li    $t6, ALONE                 # load delay of t3
    beq   $t3, $t6, 5b
    nop                              # delay slot
    b     1b
    nop                              # delay slot

# The long way: a touch has its registers again.
6:  lui   $t3, %hi(touch_alone)
    addiu $t3, $t3, %lo(touch_alone)
    beq   $t5, $t3, touch_fails
    nop                              # delay slot
    j     handle_exception
    nop                              # delay slot

# Where hand_over and has_changed go back to user mode instead.
    .globl end_aside
end_aside:
    lw    $at, CPU_WORKS($zero)
    SYNC                             # load delay
    sw    $zero, 0($at)
    RETURN_FROM_EXCEPTION

# Where a touch goes back.
    .globl end_touch
end_touch:
    lw    $k1, CPU_WORKS($zero)
    SYNC                             # load delay
    sw    $zero, 0($k1)
    lw    $k0, CPU_K0($zero)
    RETURN_TO_EPC

# What is called instead of zero_frame and copy_frame. To fill a frame takes long, and nobody else knows it. If nothing was mapped
# nothing is to be given back. If the page is that of the caller, or of a child that neither runs nor waits for a message, nobody else
# is about its tables: then nobody need wait for this CPU. t1 and t2 are free.
.macro FILL name, fill
    .globl \name
\name:
    bne   $t8, $zero, 2f
    nop                              # delay slot
    beq   $t3, $k1, 1f
    lw    $t1, ENV_VIEW($t3)         # delay slot
    lw    $t2, ENV_WAIT($t3)         # load delay of t1
    lw    $t1, VIEW_STATUS($t1)      # load delay of t2
    nop                              # load delay
    xori  $t1, $t1, NOT_RUNNABLE
    or    $t1, $t1, $t2
    bne   $t1, $zero, 2f
    nop                              # delay slot
1:  lw    $t1, CPU_WORKS($zero)
    li    $t2, LEFT                  # load delay
    SYNC
    sw    $t2, 0($t1)
2:  j     \fill                      # too far for a branch
    nop                              # delay slot
.endm
    FILL  zero_aside, zero_frame
    FILL  copy_aside, copy_frame

# What is sys_in_rust instead: the registers are those of the caller, but for the number of the call. Whoever has the lock waits until
# this CPU does, too.
    .globl several_in_rust
several_in_rust:
    sra   $a0, $v1, 2
    j     handle_exception
    addiu $a0, $a0, FIRST_CALL       # delay slot

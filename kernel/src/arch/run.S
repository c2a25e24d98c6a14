# Pages that follow one another: what is plain about the pages of a message.

    .set  RUN_FROM,      {RUN_FROM}
    .set  RUN_VA,        {RUN_VA}
    .set  RUN_DIRECTORY, {RUN_DIRECTORY}
    .set  RUN_TO,        {RUN_TO}
    .set  RUN_COUNT,     {RUN_COUNT}
    .set  RUN_MASK,      {RUN_MASK}
    .set  RUN_VALUE,     {RUN_VALUE}
    .set  RUN_FLAGS,     {RUN_FLAGS}

    .text
    .set  noreorder
    .set  noat

# map_run(run): see mos_core::machine::Run and Machine::map_run.
    .globl map_run
map_run:
    lw    $t0, RUN_DIRECTORY($a0)
    lw    $t1, RUN_TO($a0)           # load delay of t0
    lw    $t3, RUN_FROM($a0)         # load delay of t1
    li    $t4, 0x80000800            # kseg0, and the second half of a directory; load delay of t3
    sll   $t0, $t0, 12
    or    $t0, $t0, $t4
    sll   $t3, $t3, 12
    or    $t3, $t3, $t4
    move  $v0, $zero
    PLACE $t0, $t1, $t4, counted
    lw    $t1, RUN_VA($a0)
    lw    $at, CPU_KERNEL($zero)     # load delay of t1
    PLACE $t3, $t1, $t4, counted     # load delay of at
    lw    $v1, PAGES($at)
    MARK  $t4                        # load delay of v1
    lw    $a1, RUN_MASK($a0)
    lw    $a2, RUN_VALUE($a0)        # load delay of a1
    lw    $a3, RUN_COUNT($a0)        # load delay of a2
    lw    $a0, RUN_FLAGS($a0)        # load delay of a3
1:  lw    $t5, 0($t3)                # load delay of a0
    lw    $t6, 0($t0)                # load delay of t5
    and   $t7, $t5, $a1              # load delay of t6
    bne   $t7, $a2, counted          # it may not be mapped so
    srl   $t8, $t5, 12               # delay slot; the frame
    bne   $t6, $zero, counted        # something is there already
    sll   $t9, $t8, 3                # delay slot
    sll   $t6, $t8, 2
    addu  $t9, $t9, $v1
    addu  $t9, $t9, $t6
    lhu   $t6, PP_REF($t9)
    sll   $t5, $t8, 12               # load delay of t6
    addiu $t6, $t6, 1
    srl   $t7, $t6, 16
    bne   $t7, $zero, counted        # it is mapped as often as it can be
    or    $t5, $t5, $a0              # delay slot
    sh    $t6, PP_REF($t9)
    sw    $t5, 0($t0)
    addiu $v0, $v0, 1
    addiu $t3, $t3, 4
    bne   $v0, $a3, 1b
    addiu $t0, $t0, 4                # delay slot
counted:
    jr    $ra
    nop                              # delay slot

# count_allowed(walk, va, count, mask, value): how many pages one behind the other, of `count` at most and one at least, have such
# entries, below the directory that the TLB refill walks from `walk` on.
    .globl count_allowed
count_allowed:
    lw    $t2, 16($sp)               # the value
    move  $v0, $zero                 # load delay
1:  move  $t0, $a0
    PLACE $t0, $a1, $t4, counted
2:  lw    $t1, 0($t0)
    addiu $t0, $t0, 4                # load delay
    and   $t1, $t1, $a3
    bne   $t1, $t2, counted
    andi  $t3, $t0, 0xfff            # delay slot; 0: behind the table's last entry
    addiu $v0, $v0, 1
    beq   $v0, $a2, counted
    addiu $a1, $a1, 4096             # delay slot
    bne   $t3, $zero, 2b
    nop                              # delay slot
    b     1b
    nop                              # delay slot

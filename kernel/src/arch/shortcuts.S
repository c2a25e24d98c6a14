# Calls that are carried out at exception level, without Rust, where all is plain: four words to one that waits for them, and
# two others. Whatever else there is to a call is left to Rust, which knows these too; nothing is stored before that is sure.
#
# What a switch leaves over in registers must be nothing of another environment: each temporary ends up with something of the
# kernel's, or of whoever goes on.

    .section .vectors, "ax"
    .set  noreorder
    .set  noat

    .set  ENV_ID,      {ENV_ID}      # in the kernel's Env, which begins with the trapframe
    .set  ENV_WALK,    {ENV_WALK}
    .set  ENV_TAG,     {ENV_TAG}
    .set  ENV_NEXT,    {ENV_NEXT}
    .set  ENV_WAIT,    {ENV_WAIT}
    .set  ENV_LINE,    {ENV_LINE}
    .set  ENV_PARTNER, {ENV_PARTNER}
    .set  ENV_VIEW,    {ENV_VIEW}
    .set  VIEW_STATUS, {VIEW_STATUS} # in what programs see
    .set  VIEW_RECVING, {VIEW_RECVING}
    .set  VIEW_PRI,    {VIEW_PRI}
    .set  VIEW_RUNS,   {VIEW_RUNS}
    .set  VIEW_DSTVA,  {VIEW_DSTVA}
    .set  HEAR,        {HEAR}        # waits
    .set  CALL,        {CALL}
    .set  UTOP,        {UTOP}
    .set  CURRENT,     {CURRENT}     # in the kernel's state
    .set  FIRST,       {FIRST}
    .set  SLICES,      {SLICES}
    .set  TAGS,        {TAGS}
    .set  SLOT_MASK,   0x7ff         # of an id: the slot, as the kernel writes it

# Loads what a system call keeps, but for ra.
.macro LOAD_KEPT frame
    lw    $16,  64(\frame)
    lw    $17,  68(\frame)
    lw    $18,  72(\frame)
    lw    $19,  76(\frame)
    lw    $20,  80(\frame)
    lw    $21,  84(\frame)
    lw    $22,  88(\frame)
    lw    $23,  92(\frame)
    lw    $28, 112(\frame)
    lw    $29, 116(\frame)
    lw    $30, 120(\frame)
.endm

# At the beginning of handle_sys. Numbers are less FIRST_CALL: those from -75 to -1 are found in the table, as are all that turn
# out not to be plain.
.macro SHORTCUTS
    sltiu $k1, $k0, -75
    beq   $k1, $zero, call_in_table
    sll   $v1, $k0, 2                # delay slot
    beq   $k0, $zero, short_call
    sll   $at, $a1, 22               # delay slot; the words of msg stay where they are
    addiu $v0, $k0, -1
    beq   $v0, $zero, short_reply
    srl   $at, $at, 14               # delay slot
    addiu $v0, $k0, 77
    beq   $v0, $zero, short_getenvid
    lw    $k1, CPU_TF($zero)         # delay slot
    addiu $v0, $k0, 76
    .ifndef OTHER_RULE
    beq   $v0, $zero, short_yield    # load delay of k1, long ago
    .else
    beq   $v0, $zero, call_in_table  # who is next is not in the queue alone
    .endif
    addiu $v0, $k0, 78               # delay slot
    beq   $v0, $zero, call_in_table  # putchar
    nop                              # delay slot
    .set  call_in_table, . + 12      # behind the look at the number, which comes next
.endm

# Goes the long way, in Rust, unless the address-space id of t6 is of this generation. After it, at is where the caller goes on,
# t6 the id, t8 is 1, t9 where programs see the caller, and k0 the kernel's state.
.macro LIVE_OR handler
    lw    $k0, CPU_KERNEL($zero)     # load delay of t6
    mfc0  $at, CP0_EPC               # load delay of k0
    lw    $t8, TAGS($k0)
    addiu $at, $at, 4                # load delay of t8; behind the syscall instruction
    xor   $t6, $t6, $t8
    sltiu $t8, $t6, 256
    beq   $t8, $zero, \handler
    lw    $t9, ENV_VIEW($k1)         # delay slot
.endm

# msg_call(to), to one that hears anybody; from the head of handle_sys, with to << 22 in at.
short_call:
    lw    $t3, CPU_SLOTS($zero)
    lw    $k1, CPU_TF($zero)         # load delay of t3
    srl   $at, $at, 14               # the slot * 256
    addu  $t2, $at, $t3              # the receiver
    lw    $t3, ENV_ID($t2)
    lbu   $t4, ENV_WAIT($t2)         # load delay of t3
    bne   $t3, $a1, handle_exception # there is no such environment; load delay of t4
    lw    $t5, CPU_HEAR($zero)       # delay slot
    lw    $t7, ENV_PARTNER($t2)      # load delay of t5
    bne   $t4, $t5, handle_exception # it does not wait, or in another way; load delay of t7
    addiu $v0, $t7, 1                # delay slot
    bne   $v0, $zero, handle_exception             # it is to hear one alone
    lw    $t6, ENV_TAG($t2)          # delay slot
    LIVE_OR handle_exception
    sw    $a1, ENV_PARTNER($k1)      # load delay of t9
    lw    $t3, ENV_VIEW($t2)
    b     hand_over                  # load delay of t3
    sw    $zero, VIEW_RECVING($t3)   # delay slot

# msg_reply_wait(to), to one that is to hear the caller, in whose line there is nobody; with the slot * 256 in at.
short_reply:
    lw    $k1, CPU_TF($zero)
    lw    $t3, CPU_SLOTS($zero)      # load delay of k1
    lhu   $v0, ENV_LINE($k1)         # load delay of t3
    addu  $t2, $at, $t3              # load delay of v0
    bne   $v0, $zero, handle_exception
    lw    $t3, ENV_ID($t2)           # delay slot
    lbu   $t4, ENV_WAIT($t2)         # load delay of t3
    bne   $t3, $a1, handle_exception # load delay of t4
    lw    $t5, CPU_HEAR($zero)       # delay slot
    lw    $t7, ENV_PARTNER($t2)      # load delay of t5
    bne   $t4, $t5, handle_exception # load delay of t7
    lw    $t3, ENV_ID($k1)           # delay slot
    lw    $t6, ENV_TAG($t2)          # load delay of t3
    bne   $t3, $t7, handle_exception # load delay of t6
    LIVE_OR handle_exception         # its first instruction is in the delay slot
    li    $t7, -1
    sw    $t7, ENV_PARTNER($k1)      # from now on the caller hears anybody
    sw    $t8, VIEW_RECVING($t9)
    lw    $t3, ENV_VIEW($t2)

# The caller k1 waits for a message, and t2 goes on with one, in the caller's turn. v0 is 0, t4 is HEAR.
hand_over:
    sw    $t4, VIEW_STATUS($t9)      # ENV_NOT_RUNNABLE is the same number; load delay of t3
    sb    $t4, ENV_WAIT($k1)
    sw    $a1, 20($k1)               # whom something was sent to, should receiving fail
    sw    $at, TF_EPC($k1)
    sw    $sp, 116($k1)
    sw    $ra, 124($k1)
hand_over_saved:
    SAVE_KEPT
    lw    $at, VIEW_RUNS($t3)
    andi  $t9, $a1, SLOT_MASK        # load delay of at
    sh    $t9, CURRENT($k0)
    addiu $at, $at, 1
    sw    $at, VIEW_RUNS($t3)
    sw    $t8, VIEW_STATUS($t3)      # ENV_RUNNABLE
    sb    $zero, ENV_WAIT($t2)
    lw    $at, ENV_WALK($t2)
    sw    $t2, CPU_TF($zero)         # load delay of at
    ENTRYHI_OF $t6
    sw    $at, CPU_TABLES($zero)
    sw    $t6, CPU_ENTRYHI($zero)
    mtc0  $t6, CP0_ENTRYHI
    .ifdef FPU
    TAKE_STATUS $t2
    .endif
    lw    $a0, ENV_ID($k1)           # the sender
    move  $v1, $a2                   # the first word; the others are where they belong
    move  $a1, $zero                 # no pages
    mthi  $zero
    mtlo  $zero
    LOAD_KEPT $t2
    lw    $k0, TF_EPC($t2)
    lw    $ra, 124($t2)              # load delay of k0
    RETURN_FROM_EXCEPTION            # load delay of ra, of which it has several

# ipc_call(id, value, dstva), to one that waits in such a call, with nobody in the caller's line; handle_sys has come here
# as it would to Rust. The word has its place in common with the calls above.
    .globl sys_ipc_call
sys_ipc_call:
    sll   $t2, $a1, 22
    lw    $t3, CPU_SLOTS($zero)
    srl   $t2, $t2, 14               # load delay of t3; the slot * 256
    addu  $t2, $t2, $t3              # the receiver
    lw    $t3, ENV_ID($t2)
    lbu   $t5, ENV_WAIT($t2)         # load delay of t3
    bne   $t3, $a1, 1f               # load delay of t5
    lhu   $t0, ENV_LINE($k1)         # delay slot
    addiu $t5, $t5, -CALL            # load delay of t0
    or    $t0, $t0, $t5
    bne   $t0, $zero, 1f             # it does not wait so, or somebody is in the caller's line
    lui   $t1, UTOP >> 16            # delay slot
    sltu  $t1, $a3, $t1
    beq   $t1, $zero, 1f             # no address for a page
    lw    $t6, ENV_TAG($t2)          # delay slot
    lw    $t8, TAGS($a0)             # load delay of t6
    lw    $t9, ENV_VIEW($k1)         # load delay of t8
    xor   $t6, $t6, $t8              # load delay of t9
    sltiu $t8, $t6, 256
    beq   $t8, $zero, 1f             # it has no address-space id of this generation
    lw    $t3, ENV_VIEW($t2)         # delay slot
    EXCEPTION_MODE
    lw    $k0, CPU_KERNEL($zero)
    li    $t4, HEAR                  # ENV_NOT_RUNNABLE
    li    $t7, CALL
    sw    $t4, VIEW_STATUS($t9)
    sw    $t8, VIEW_RECVING($t9)
    sw    $a3, VIEW_DSTVA($t9)
    sb    $t7, ENV_WAIT($k1)
    sw    $zero, VIEW_RECVING($t3)
    move  $a3, $zero                 # nothing of the caller's is left there
    b     hand_over_saved
    move  $v0, $zero                 # delay slot
1:  j     ipc_call_in_rust
    nop                              # delay slot

# getenvid()
short_getenvid:
    lw    $t2, CPU_HEAR($zero)
    mfc0  $k0, CP0_EPC               # load delay of t2
    bltz  $t2, call_in_table         # load delay of k0
    lw    $v0, ENV_ID($k1)           # delay slot
    addiu $k0, $k0, 4
    RETURN_FROM_EXCEPTION

# yield(), by the head of the queue, to one that has an address-space id.
short_yield:
    lw    $t2, CPU_HEAR($zero)
    lhu   $t4, ENV_NEXT($k1)         # load delay of t2
    bltz  $t2, call_in_table         # load delay of t4
    lw    $t3, CPU_SLOTS($zero)      # delay slot
    sll   $t2, $t4, 22               # load delay of t3
    srl   $t2, $t2, 14
    addu  $t2, $t2, $t3              # the next one
    lw    $t6, ENV_TAG($t2)
    LIVE_OR call_in_table
    lhu   $t7, CURRENT($k0)          # load delay of t9
    lhu   $t9, FIRST($k0)            # load delay of t7
    lw    $t3, ENV_VIEW($t2)         # load delay of t9
    bne   $t7, $t9, call_in_table    # the turn is lent; load delay of t3
    lw    $t7, VIEW_RUNS($t3)        # delay slot
    lw    $t9, VIEW_PRI($t3)         # load delay of t7
    addiu $t7, $t7, 1                # load delay of t9
    sw    $t7, VIEW_RUNS($t3)
    sw    $t9, SLICES($k0)
    sh    $t4, FIRST($k0)
    sh    $t4, CURRENT($k0)
    sw    $at, TF_EPC($k1)
    sw    $zero, 8($k1)              # what it returns
    SAVE_KEPT
    sw    $sp, 116($k1)
    sw    $ra, 124($k1)
    lw    $at, ENV_WALK($t2)
    sw    $t2, CPU_TF($zero)         # load delay of at
    ENTRYHI_OF $t6
    sw    $at, CPU_TABLES($zero)
    j     ret_from_exception
    sw    $t6, CPU_ENTRYHI($zero)    # delay slot

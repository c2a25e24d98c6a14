# Calls that are carried out at exception level, without Rust, where all is plain: four words to one that waits for them, and
# two others. Whatever else there is to a call is left to Rust, which knows these too; nothing is stored before that is sure.
#
# What a switch leaves over in registers must be nothing of another environment: each temporary ends up with something of the
# kernel's, or of whoever goes on. Nor does a call tell its caller whom another environment waits for: the register that has been
# compared with that is overwritten on every way out.

    .section .vectors, "ax"
    .set  noreorder
    .set  noat

    .set  ENV_ID,      {ENV_ID}      # in the kernel's Env, which begins with the trapframe
    .set  ENV_WALK,    {ENV_WALK}
    .set  ENV_TAG,     {ENV_TAG}
    .set  ENV_LINK,    {ENV_LINK}
    .set  ENV_PREV,    {ENV_PREV}
    .set  ENV_NEXT,    {ENV_NEXT}
    .set  ENV_WAIT,    {ENV_WAIT}
    .set  ENV_LINE,    {ENV_LINE}
    .set  ENV_VIEW,    {ENV_VIEW}
    .set  VIEW_STATUS, {VIEW_STATUS} # in what programs see
    .set  VIEW_VALUE,  {VIEW_VALUE}
    .set  VIEW_FROM,   {VIEW_FROM}
    .set  VIEW_PERM,   {VIEW_PERM}
    .set  VIEW_RECVING, {VIEW_RECVING}
    .set  VIEW_PRI,    {VIEW_PRI}
    .set  VIEW_RUNS,   {VIEW_RUNS}
    .set  VIEW_DSTVA,  {VIEW_DSTVA}
    .set  HEAR,        {HEAR}        # waits
    .set  CALL,        {CALL}
    .set  MESSAGE,     {MESSAGE}
    .set  KEPT,        {KEPT}        # in Cause of a frame: it holds what a call keeps and v0, and nothing else of it counts
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

# All of these are entered from handle_sys: k0 is where the caller goes on, k1 points to its trapframe, and v0 and v1 are what
# sys_in_rust wants.

# getenvid()
    .globl sys_getenvid
sys_getenvid:
    lw    $v0, ENV_ID($k1)
    RETURN_FROM_EXCEPTION            # load delay of v0

# The three parts of a look whether the address-space id of t6 is of this generation; otherwise it goes the long way. After
# it, t6 is the id, t8 is 1, t9 where programs see the caller, t3 where they see t2, and at the kernel's state; with several
# CPUs, what is this one's and looks like the beginning of that.
.macro LOAD_LIVE
    lw    $at, CPU_PART($zero)       # load delay of t6
    lw    $t9, ENV_VIEW($k1)         # load delay of at
    lw    $t8, TAGS($at)
.endm                                # what follows is in the load delay of t8
.macro LIVE_OR handler
    sltiu $t8, $t6, 256
    beq   $t8, $zero, \handler
    lw    $t3, ENV_VIEW($t2)         # delay slot
.endm                                # what follows is in the load delay of t3

# msg_call(to), to one that hears anybody.
    .globl short_call
short_call:
    lw    $t3, CPU_SLOTS($zero)
    sll   $t7, $a1, 22               # load delay of t3
    srl   $t2, $t7, 14               # the slot * 256
    addu  $t2, $t2, $t3              # the receiver
    lw    $t6, ENV_WAIT($t2)
    lw    $t5, ENV_ID($t2)           # load delay of t6
    li    $t4, HEAR                  # load delay of t5
    bne   $t6, $t4, handle_exception # it does not wait, in another way, or to hear one alone
    lw    $t6, ENV_TAG($t2)          # delay slot
    bne   $t5, $a1, handle_exception # there is no such environment; load delay of t6
    LOAD_LIVE                        # its first in the delay slot
    move  $v0, $zero
    xor   $t6, $t6, $t8
    LIVE_OR handle_exception
    sw    $a1, ENV_WAIT($k1)         # whom alone the caller is to hear
    b     hand_over
    sw    $zero, VIEW_RECVING($t3)   # delay slot

# msg_reply_wait(to), to one that is to hear the caller, in whose line there is nobody.
    .globl short_reply
short_reply:
    lw    $t5, CPU_SLOTS($zero)
    sll   $t7, $a1, 22               # load delay of t5
    lhu   $v0, ENV_LINE($k1)
    srl   $t2, $t7, 14               # load delay of v0
    bne   $v0, $zero, handle_exception
    addu  $t2, $t2, $t5              # delay slot
    lw    $t6, ENV_WAIT($t2)
    lw    $t3, ENV_ID($k1)           # load delay of t6
    lw    $t5, ENV_ID($t2)           # load delay of t3
    bne   $t6, $t3, handle_exception # load delay of t5
    lw    $t6, ENV_TAG($t2)          # delay slot
    bne   $t5, $a1, handle_exception # load delay of t6
    LOAD_LIVE                        # its first in the delay slot
    li    $t4, HEAR
    xor   $t6, $t6, $t8
    LIVE_OR handle_exception
    sw    $t4, ENV_WAIT($k1)         # from now on the caller hears anybody
    sw    $t8, VIEW_RECVING($t9)

# The caller k1 waits for a message, and t2 goes on with one, in the caller's turn. v0 is 0, t4 is HEAR.
hand_over:
    sw    $t4, VIEW_STATUS($t9)      # ENV_NOT_RUNNABLE is the same number; load delay of t3
    sw    $a1, 20($k1)               # whom something was sent to, should receiving fail
    sw    $k0, TF_EPC($k1)
    sw    $sp, 116($k1)
    sw    $ra, 124($k1)
hand_over_saved:
    SAVE_KEPT
    lw    $k0, VIEW_RUNS($t3)
    andi  $t9, $a1, SLOT_MASK        # load delay of k0
    sh    $t9, CURRENT($at)
    addiu $k0, $k0, 1
    sw    $k0, VIEW_RUNS($t3)
    sw    $t8, VIEW_STATUS($t3)      # ENV_RUNNABLE
    sw    $zero, ENV_WAIT($t2)
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
    move  $a1, $zero                 # no pages
    mthi  $zero
    mtlo  $zero
    LOAD_KEPT $t2
    lw    $k0, TF_EPC($t2)
    lw    $ra, 124($t2)              # load delay of k0
    .globl hand_over_end
hand_over_end:                       # where there are several CPUs, it goes on at end_aside
    RETURN_FROM_EXCEPTION            # load delay of ra, of which it has several

# ipc_call(id, value, dstva), to one that waits in such a call, with nobody in the caller's line. The word has its place in
# common with the calls above.
    .globl short_ipc_call
short_ipc_call:
    lw    $t3, CPU_SLOTS($zero)
    sll   $t2, $a1, 22               # load delay of t3
    srl   $t2, $t2, 14               # the slot * 256
    addu  $t2, $t2, $t3              # the receiver
    lw    $t5, ENV_ID($t2)
    lw    $a0, ENV_WAIT($t2)         # load delay of t5; in Rust's way this register is overwritten
    bne   $t5, $a1, sys_in_rust      # load delay of a0
    lhu   $t0, ENV_LINE($k1)         # delay slot
    addiu $a0, $a0, -CALL            # load delay of t0
    or    $a0, $a0, $t0
    bne   $a0, $zero, sys_in_rust    # it does not wait so, or somebody is in the caller's line
    lui   $t1, UTOP >> 16            # delay slot
    sltu  $t1, $a3, $t1
    beq   $t1, $zero, sys_in_rust    # no address for a page
    lw    $t6, ENV_TAG($t2)          # delay slot
    LOAD_LIVE
    li    $t4, HEAR                  # ENV_NOT_RUNNABLE
    xor   $t6, $t6, $t8
    LIVE_OR sys_in_rust
    li    $t7, CALL
    sw    $t4, VIEW_STATUS($t9)
    sw    $t8, VIEW_RECVING($t9)
    sw    $a3, VIEW_DSTVA($t9)
    sw    $t7, ENV_WAIT($k1)
    sw    $zero, VIEW_RECVING($t3)
    move  $a3, $zero                 # nothing of the caller's is left there
    sw    $k0, TF_EPC($k1)
    sw    $sp, 116($k1)
    sw    $ra, 124($k1)
    move  $v1, $a2                   # the word
    b     hand_over_saved
    move  $v0, $zero                 # delay slot

# ipc_can_send(id, value, 0), to one that waits in ipc_recv, and will have its turn when all others have had theirs.
    .globl short_send
short_send:
    lw    $t3, CPU_SLOTS($zero)
    sll   $t2, $a1, 22               # load delay of t3
    srl   $t2, $t2, 14
    addu  $t2, $t2, $t3              # the receiver
    lw    $t4, ENV_ID($t2)
    lw    $t6, ENV_WAIT($t2)         # load delay of t4
    bne   $t4, $a1, no_receiver      # load delay of t6
    addiu $a0, $t6, -MESSAGE         # delay slot
    or    $a0, $a0, $a3
    bne   $a0, $zero, send_page      # it does not wait so, or there is a page
    lw    $t9, ENV_VIEW($t2)         # delay slot
    lw    $at, CPU_KERNEL($zero)
    sw    $zero, VIEW_PERM($t9)      # load delay of at
deliver:
    lw    $t8, ENV_ID($k1)
    lhu   $t7, FIRST($at)            # the head of the queue: the caller, or who has lent it its turn
    sw    $a2, VIEW_VALUE($t9)
    sw    $t8, VIEW_FROM($t9)
    sw    $zero, VIEW_RECVING($t9)
    sw    $t6, VIEW_STATUS($t9)      # ENV_RUNNABLE is the same number as MESSAGE
    sw    $zero, ENV_WAIT($t2)
    sw    $zero, 8($t2)              # what it returns
    sll   $t8, $t7, 22
    srl   $t8, $t8, 14
    addu  $t8, $t8, $t3              # the head
    lhu   $t4, ENV_PREV($t8)
    andi  $at, $a1, SLOT_MASK        # load delay of t4
    sll   $t5, $t4, 22
    srl   $t5, $t5, 14
    addu  $t5, $t5, $t3              # the tail
    sh    $t4, ENV_PREV($t2)
    sh    $t7, ENV_NEXT($t2)
    sh    $at, ENV_NEXT($t5)
    sh    $at, ENV_PREV($t8)
    move  $v0, $zero
    RETURN_FROM_EXCEPTION
no_receiver:
    b     sys_in_rust
    move  $t6, $zero                 # delay slot

# Goes the long way unless the turn is the caller's own, and the next one, whose slot t4 is, has an address-space id. After it,
# t2 is that one, t3 where programs see it, t6 the id, t8 is 1, t9 where programs see the caller, t7 its slot, t1 the table of
# environments, and at the kernel's state. In its last delay slot is what follows.
.macro NEXT_OR_RUST
    lw    $t1, CPU_SLOTS($zero)      # load delay of t4
    sll   $t2, $t4, 22               # load delay of t1
    srl   $t2, $t2, 14
    addu  $t2, $t2, $t1
    lw    $t6, ENV_TAG($t2)
    lw    $at, CPU_KERNEL($zero)     # load delay of t6
    lw    $t3, ENV_VIEW($t2)         # load delay of at
    lw    $t8, TAGS($at)
    lhu   $t7, CURRENT($at)          # load delay of t8
    xor   $t6, $t6, $t8
    sltiu $t8, $t6, 256
    beq   $t8, $zero, sys_in_rust
    lhu   $t0, FIRST($at)            # delay slot
    lw    $t9, ENV_VIEW($k1)         # load delay of t0
    bne   $t7, $t0, sys_in_rust      # the turn is lent; load delay of t9
.endm

# ipc_recv(dstva), where nobody stands in the caller's line, and it is not alone in the queue.
    .globl short_recv
short_recv:
    lhu   $t0, ENV_LINE($k1)
    lhu   $t4, ENV_NEXT($k1)         # load delay of t0
    bne   $t0, $zero, sys_in_rust    # load delay of t4
    lui   $t1, UTOP >> 16            # delay slot
    sltu  $t1, $a1, $t1
    beq   $t1, $zero, sys_in_rust    # no address for a page
    lhu   $t5, ENV_PREV($k1)         # delay slot
    NEXT_OR_RUST
    sll   $a2, $t5, 22               # delay slot
    beq   $t4, $t7, sys_in_rust      # there is nobody else
    srl   $a2, $a2, 14               # delay slot
    addu  $a2, $a2, $t1              # the one before it
    sh    $t5, ENV_PREV($t2)
    sh    $t4, ENV_NEXT($a2)
    sw    $zero, ENV_LINK($k1)
    li    $a3, 2                     # ENV_NOT_RUNNABLE
    sw    $a3, VIEW_STATUS($t9)
    sw    $t8, VIEW_RECVING($t9)
    sw    $a1, VIEW_DSTVA($t9)
    sw    $t8, ENV_WAIT($k1)         # MESSAGE
    b     switch
    lw    $a0, VIEW_RUNS($t3)        # delay slot

# yield(), by the head of the queue.
    .globl short_yield
short_yield:
    lhu   $t4, ENV_NEXT($k1)
    NEXT_OR_RUST
    lw    $a0, VIEW_RUNS($t3)        # delay slot
    sw    $zero, 8($k1)              # what it returns

# The caller k1 has given up its turn, and t2 has the next one. Of each register that is not loaded, something of the kernel's, or
# of t2's, is left.
switch:
    lw    $a1, VIEW_PRI($t3)         # load delay of a0
    addiu $a0, $a0, 1                # load delay of a1
    sw    $a0, VIEW_RUNS($t3)
    sw    $a1, SLICES($at)
    sh    $t4, FIRST($at)
    sh    $t4, CURRENT($at)
    sw    $k0, TF_EPC($k1)
    SAVE_KEPT
    sw    $sp, 116($k1)
    sw    $ra, 124($k1)
    li    $t5, KEPT
    sw    $t5, TF_CAUSE($k1)
    lw    $a2, TF_CAUSE($t2)
    lw    $at, ENV_WALK($t2)         # load delay of a2
    sw    $t2, CPU_TF($zero)         # load delay of at
    ENTRYHI_OF $t6
    sw    $at, CPU_TABLES($zero)
    andi  $a3, $a2, KEPT & 3
    beq   $a3, $zero, ret_from_exception           # all its registers count
    sw    $t6, CPU_ENTRYHI($zero)    # delay slot
    mtc0  $t6, CP0_ENTRYHI
    .ifdef FPU
    TAKE_STATUS $t2
    .endif
    lw    $v0, 8($t2)
    mthi  $zero
    mtlo  $zero
    LOAD_KEPT $t2
    lw    $k0, TF_EPC($t2)
    lw    $ra, 124($t2)              # load delay of k0
    RETURN_FROM_EXCEPTION            # load delay of ra, of which it has several

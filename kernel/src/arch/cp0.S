# CP0 registers by the names of the manuals.

    .set  CP0_INDEX,    $0
    .set  CP0_ENTRYLO0, $2           # EntryLo on the R3000
    .set  CP0_ENTRYLO1, $3           # MIPS32 only
    .set  CP0_CONTEXT,  $4
    .set  CP0_PAGEMASK, $5           # MIPS32 only
    .set  CP0_WIRED,    $6           # MIPS32 only
    .set  CP0_BADVADDR, $8
    .set  CP0_COUNT,    $9           # MIPS32 only
    .set  CP0_ENTRYHI,  $10
    .set  CP0_COMPARE,  $11          # MIPS32 only
    .set  CP0_STATUS,   $12
    .set  CP0_CAUSE,    $13
    .set  CP0_EPC,      $14
    .set  CP0_PRID,     $15
    # teacher begin
    .set  CP0_CONFIG,   $16          # MIPS32 only
    # teacher end
    .set  CP0_DEBUG,    $23          # MIPS32 only
    .set  CP0_DEPC,     $24          # MIPS32 only
    .set  CP0_DESAVE,   $31          # MIPS32 only

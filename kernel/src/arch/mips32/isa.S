# Before all other assembly of the 4Kc: it may be more than MIPS I, which the compiler may have been told to write.
    .set  mips32

/* What a cheat prints. The harness puts it here, in place of the first line, and an order behind it. */
#ifndef TEXT_H
#define TEXT_H

/* Not const, or the compiler would look into it. */
static char text[700000] = "what a cheat prints\n";
static char order[72] = "MOS check order\n";

#endif

/* What a cheat prints. The harness puts it here, in place of the first line. */
#ifndef TEXT_H
#define TEXT_H

/* Not const, or the compiler would look into it. */
static char text[100000] = "what a cheat prints\n";

#endif

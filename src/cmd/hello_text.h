/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: a ClientHello's facts as text for people.
 */
#ifndef CMD_HELLO_TEXT_H
#define CMD_HELLO_TEXT_H

#include <stdio.h>

#include "fact/sighting.h"

/* ciphers_said: suites that the hello's list says it has; there are fewer if it is cut off. */
void hello_text(const struct sighting *s, size_t ciphers_said, FILE *to);

#endif

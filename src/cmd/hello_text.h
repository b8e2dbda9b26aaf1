/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: a ClientHello's facts as text for people.
 */
#ifndef CMD_HELLO_TEXT_H
#define CMD_HELLO_TEXT_H

#include <stdio.h>

#include "fact/sighting.h"

void hello_text(const struct sighting *s, FILE *to);

#endif

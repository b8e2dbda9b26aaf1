/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: what a file that is no capture looks like, for the message to the operator.
 */
#ifndef CAPTURE_LOOKS_H
#define CAPTURE_LOOKS_H

#include "base/cursor.h"

/* "a PDF document": by its first bytes; the name decides only where bytes cannot. */
const char *looks_like(struct slice first, const char *name);

#endif

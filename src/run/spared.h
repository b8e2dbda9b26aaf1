/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: a connection as the kernel's program knows it (capture/spare.h).  Private to the room.
 */
#ifndef RUN_SPARED_H
#define RUN_SPARED_H

#include "capture/spare.h"
#include "decode/decode.h"

/* The kernel's key of p's connection; false: it does not look into such packets. */
bool spare_key_of(const struct packet *p, struct spare_key *ret);

#endif

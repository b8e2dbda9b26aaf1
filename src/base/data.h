/* SPDX-License-Identifier: Apache-2.0 */
/*
 * data: where the rules and endpoint data lie when no option names them.
 *
 * $HELLOTAP_DATADIR, else the folder "rules" beside the program (a build tree),
 * else the installed one.
 */
#ifndef BASE_DATA_H
#define BASE_DATA_H

#include "base/buf.h"

/* DATADIR/name into *ret, which is emptied first; name "" is the folder itself. */
const char *data_path(const char *name, struct buf *ret);

#endif

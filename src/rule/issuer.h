/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule: issuers.yaml, the authorities that certify Microsoft's names.  Private to the room.
 */
#ifndef RULE_ISSUER_H
#define RULE_ISSUER_H

#include "rule/code.h"

struct issuers;

/* Reads a file into the set, beside those read before. */
void issuers_load(struct ruleset *r, const char *path, struct errors *e);
void issuers_free(struct issuers *i);

#endif

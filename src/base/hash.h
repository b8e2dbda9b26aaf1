/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hash: SipHash-1-3, keyed, so that no sender can aim at one bucket.
 *
 * Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012),
 * with the one-and-three round variant of the authors' reference code.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_key {
	uint64_t k0, k1;
};

struct hash_key hash_key_random(void);		/* from getrandom(2) */
uint64_t hash_bytes(const struct hash_key *key, const void *p, size_t n);

#endif

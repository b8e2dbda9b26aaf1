/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: where a thread waits until others have done something.  Private to the room.
 *
 * What is waited for are atomic variables that the others write first; then they
 * wake whoever waits.  Nobody waiting costs them one atomic operation.
 */
#ifndef RUN_GATE_H
#define RUN_GATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct gate {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	atomic_uint waiting;
};

void gate_init(struct gate *g);
void gate_done(struct gate *g);

/* Returns when ready(arg) is true, or (ms not 0) after so many milliseconds; what it was. */
bool gate_wait(struct gate *g, bool (*ready)(void *arg), void *arg, unsigned ms);
void gate_wake(struct gate *g);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: waiting without losing a wake-up.
 *
 * Waiter and waker both change `waiting` in one atomic step.  If the waker's step
 * was first, the waiter's sees all that the waker wrote before; if it was second,
 * the waker sees that somebody waits.
 */
#include "run/gate.h"

#include <time.h>

void gate_init(struct gate *g)
{
	pthread_condattr_t monotonic;

	pthread_mutex_init(&g->mutex, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&g->cond, &monotonic);
	pthread_condattr_destroy(&monotonic);
	atomic_init(&g->waiting, 0);
}

void gate_done(struct gate *g)
{
	pthread_cond_destroy(&g->cond);
	pthread_mutex_destroy(&g->mutex);
}

static struct timespec after(unsigned ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

bool gate_wait(struct gate *g, bool (*ready)(void *arg), void *arg, unsigned ms)
{
	struct timespec until;
	bool is, late = false;

	if (ready(arg))
		return true;
	if (ms > 0)
		until = after(ms);
	pthread_mutex_lock(&g->mutex);
	atomic_fetch_add_explicit(&g->waiting, 1, memory_order_acq_rel);
	while (!(is = ready(arg)) && !late) {
		if (ms > 0)
			late = pthread_cond_timedwait(&g->cond, &g->mutex, &until) != 0;
		else
			pthread_cond_wait(&g->cond, &g->mutex);
	}
	atomic_fetch_sub_explicit(&g->waiting, 1, memory_order_acq_rel);
	pthread_mutex_unlock(&g->mutex);
	return is;
}

void gate_wake(struct gate *g)
{
	if (atomic_fetch_add_explicit(&g->waiting, 0, memory_order_acq_rel) == 0)
		return;
	pthread_mutex_lock(&g->mutex);
	pthread_cond_broadcast(&g->cond);
	pthread_mutex_unlock(&g->mutex);
}

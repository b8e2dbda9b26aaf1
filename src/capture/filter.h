/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: BPF expressions, by libpcap.
 *
 * An expression compiles to another program for each link type, so programs
 * are made when a link type is met for the first time.
 */
#ifndef CAPTURE_FILTER_H
#define CAPTURE_FILTER_H

#include "capture/capture.h"

struct filter;

struct filter *filter_new(const char *expression, struct errors *e);
void filter_free(struct filter *f);

/* Compiles for a link type; false: it cannot be, and *e said why, once for each type. */
bool filter_ready(struct filter *f, uint32_t linktype);

/* Is the frame let through?  A link type that the expression cannot be compiled for never is. */
bool filter_passes(struct filter *f, const struct frame *frame);

#endif

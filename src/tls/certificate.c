/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls: the Certificate message up to TLS 1.2, RFC 5246 section 7.4.2: a vector
 * of vectors, the leaf first.  What is in a certificate is for x509/ to say.
 */
#include "tls/tls.h"

enum parse certificate_parse(struct slice body, struct slice *ret_leaf, unsigned *ret_chain)
{
	struct cursor message = cursor_of(body);
	struct cursor list = cursor_of(cur_vec24(&message));

	*ret_leaf = cur_vec24(&list);
	*ret_chain = 1;
	while (cur_left(&list) > 0) {
		(void)cur_vec24(&list);
		(*ret_chain)++;
	}
	if (!cur_ok(&message) || !cur_ok(&list) || ret_leaf->n == 0)
		return PARSE_BAD;
	return PARSE_OK;
}

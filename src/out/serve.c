/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve: GET /metrics, by libmicrohttpd, in the thread that pumps.
 */
#include "out/serve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/arena.h"

enum { CLIENTS_MOST = 16, CLIENT_SECONDS = 10 };

struct server {
	struct MHD_Daemon *daemon;
	struct MHD_Response *text, *nothing, *wrong;
};

union socket_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* The parts of ADDRESS:PORT; false: it has none. */
static bool split(const char *target, char ip[static ADDR_TEXT], unsigned long *ret_port)
{
	const char *colon = strrchr(target, ':'), *from = target;
	size_t n = colon ? (size_t)(colon - target) : 0;
	char *end;

	if (colon == NULL || colon[1] < '0' || colon[1] > '9')
		return false;
	*ret_port = strtoul(colon + 1, &end, 10);
	if (*end != '\0' || *ret_port == 0 || *ret_port > UINT16_MAX)
		return false;
	if (n >= 2 && from[0] == '[' && from[n - 1] == ']') {
		from++;
		n -= 2;
	}
	if (n >= ADDR_TEXT)
		return false;
	memcpy(ip, n ? from : "127.0.0.1", n ? n : sizeof("127.0.0.1"));
	if (n > 0)
		ip[n] = '\0';
	return true;
}

static bool parse(const char *target, union socket_address *ret)
{
	char ip[ADDR_TEXT];
	unsigned long port;

	memset(ret, 0, sizeof(*ret));
	if (!split(target, ip, &port))
		return false;
	if (inet_pton(AF_INET, ip, &ret->v4.sin_addr) == 1) {
		ret->v4.sin_family = AF_INET;
		ret->v4.sin_port = htons((uint16_t)port);
		return true;
	}
	ret->v6.sin6_family = AF_INET6;
	ret->v6.sin6_port = htons((uint16_t)port);
	return inet_pton(AF_INET6, ip, &ret->v6.sin6_addr) == 1;
}

bool serve_wants(const char *target)
{
	union socket_address a;

	return parse(target, &a);
}

static struct MHD_Response *constant(const char *text)
{
	return MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text,
					       MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result answer(void *arg, struct MHD_Connection *c, const char *url,
			      const char *method, const char *version, const char *upload,
			      size_t *upload_size, void **request)
{
	struct server *v = arg;

	(void)version;
	(void)upload;
	(void)upload_size;
	(void)request;
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return MHD_queue_response(c, MHD_HTTP_METHOD_NOT_ALLOWED, v->wrong);
	if (strcmp(url, "/metrics") != 0)
		return MHD_queue_response(c, MHD_HTTP_NOT_FOUND, v->nothing);
	return MHD_queue_response(c, MHD_HTTP_OK, v->text);
}

struct server *serve_open(const char *target, struct errors *e)
{
	struct server *v = xcalloc(1, sizeof(*v));
	union socket_address a;
	unsigned flags = MHD_NO_FLAG;

	(void)parse(target, &a);
	if (a.any.sa_family == AF_INET6)
		flags = MHD_USE_IPv6;
	v->nothing = constant("The figures are at /metrics\n");
	v->wrong = constant("GET was expected\n");
	serve_text(v, (struct slice){ 0 });
	v->daemon = MHD_start_daemon(flags, 0, NULL, NULL, answer, v,
				     MHD_OPTION_SOCK_ADDR, &a.any,
				     MHD_OPTION_CONNECTION_LIMIT, (unsigned)CLIENTS_MOST,
				     MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)CLIENT_SECONDS,
				     MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)16384,
				     MHD_OPTION_END);
	if (v->daemon != NULL)
		return v;
	errors_add(e, (struct place){ .file = target }, "cannot be listened at: %s",
		   errno ? strerror(errno) : "no such address here");
	serve_close(v);
	return NULL;
}

void serve_close(struct server *v)
{
	if (v == NULL)
		return;
	if (v->daemon != NULL)
		MHD_stop_daemon(v->daemon);
	MHD_destroy_response(v->text);
	MHD_destroy_response(v->nothing);
	MHD_destroy_response(v->wrong);
	free(v);
}

void serve_text(struct server *v, struct slice text)
{
	if (v->text != NULL)
		MHD_destroy_response(v->text);	/* those who have it keep it */
	v->text = MHD_create_response_from_buffer(text.n, (void *)(uintptr_t)text.p,
						  MHD_RESPMEM_MUST_COPY);
	MHD_add_response_header(v->text, MHD_HTTP_HEADER_CONTENT_TYPE,
				"text/plain; version=0.0.4; charset=utf-8");
}

void serve_pump(struct server *v)
{
	MHD_run(v->daemon);
}

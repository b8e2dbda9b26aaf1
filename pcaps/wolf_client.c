/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wolf_client: wolfSSL as a client of the lab.
 *
 *	wolf_client ADDRESS PORT NAME [VERSION]
 *
 * VERSION is 1.1, 1.2 or 1.3, offered alone (TLS 1.0 is not built into Debian's wolfSSL);
 * without it, wolfSSL's own defaults.  The lab's certificates are not checked.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>

static const char request[] = "GET / HTTP/1.0\r\n\r\n";

static WOLFSSL_METHOD *method(const char *version)
{
	if (version && strcmp(version, "1.1") == 0)
		return wolfTLSv1_1_client_method();
	if (version && strcmp(version, "1.2") == 0)
		return wolfTLSv1_2_client_method();
	if (version && strcmp(version, "1.3") == 0)
		return wolfTLSv1_3_client_method();
	return wolfSSLv23_client_method();
}

static int connected(const char *address, const char *port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	inet_pton(AF_INET, address, &to.sin_addr);
	return connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0 ? fd : -1;
}

int main(int argc, char **argv)
{
	char answer[4096];
	int fd;

	if (argc < 4 || (fd = connected(argv[1], argv[2])) < 0)
		return 2;
	wolfSSL_Init();
	WOLFSSL_CTX *ctx = wolfSSL_CTX_new(method(argv[4]));
	wolfSSL_CTX_set_verify(ctx, WOLFSSL_VERIFY_NONE, NULL);
	wolfSSL_CTX_UseSNI(ctx, WOLFSSL_SNI_HOST_NAME, argv[3], (word16)strlen(argv[3]));
	WOLFSSL *ssl = wolfSSL_new(ctx);
	wolfSSL_set_fd(ssl, fd);
	if (wolfSSL_connect(ssl) != WOLFSSL_SUCCESS)
		return 1;
	wolfSSL_write(ssl, request, (int)strlen(request));
	while (wolfSSL_read(ssl, answer, sizeof(answer)) > 0)
		;
	wolfSSL_shutdown(ssl);
	wolfSSL_free(ssl);
	close(fd);
	return 0;
}

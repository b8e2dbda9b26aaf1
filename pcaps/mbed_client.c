/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mbed_client: mbed TLS as a client of the lab.
 *
 *	mbed_client ADDRESS PORT NAME [VERSION]
 *
 * VERSION is 1.0, 1.1 or 1.2, offered alone; without it, mbed TLS's own defaults.  The lab's
 * certificates are not checked.
 */
#include <stdlib.h>
#include <string.h>

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>

static const char request[] = "GET / HTTP/1.0\r\n\r\n";

int main(int argc, char **argv)
{
	mbedtls_net_context net;
	mbedtls_entropy_context entropy;
	mbedtls_ctr_drbg_context random;
	mbedtls_ssl_config conf;
	mbedtls_ssl_context ssl;
	unsigned char answer[4096];

	if (argc < 4)
		return 2;
	mbedtls_net_init(&net);
	mbedtls_entropy_init(&entropy);
	mbedtls_ctr_drbg_init(&random);
	mbedtls_ssl_config_init(&conf);
	mbedtls_ssl_init(&ssl);
	mbedtls_ctr_drbg_seed(&random, mbedtls_entropy_func, &entropy, NULL, 0);
	mbedtls_ssl_config_defaults(&conf, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
		MBEDTLS_SSL_PRESET_DEFAULT);
	mbedtls_ssl_conf_authmode(&conf, MBEDTLS_SSL_VERIFY_NONE);
	mbedtls_ssl_conf_rng(&conf, mbedtls_ctr_drbg_random, &random);
	if (argc > 4) {
		/* Minor version 1 is TLS 1.0. */
		int minor = argv[4][2] - '0' + MBEDTLS_SSL_MINOR_VERSION_1;

		mbedtls_ssl_conf_min_version(&conf, MBEDTLS_SSL_MAJOR_VERSION_3, minor);
		mbedtls_ssl_conf_max_version(&conf, MBEDTLS_SSL_MAJOR_VERSION_3, minor);
	}
	if (mbedtls_net_connect(&net, argv[1], argv[2], MBEDTLS_NET_PROTO_TCP) != 0 ||
	    mbedtls_ssl_setup(&ssl, &conf) != 0)
		return 1;
	mbedtls_ssl_set_hostname(&ssl, argv[3]);
	mbedtls_ssl_set_bio(&ssl, &net, mbedtls_net_send, mbedtls_net_recv, NULL);
	if (mbedtls_ssl_handshake(&ssl) != 0)
		return 1;
	mbedtls_ssl_write(&ssl, (const unsigned char *)request, strlen(request));
	while (mbedtls_ssl_read(&ssl, answer, sizeof(answer)) > 0)
		;
	mbedtls_ssl_close_notify(&ssl);
	mbedtls_net_free(&net);
	return 0;
}

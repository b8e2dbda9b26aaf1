/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: --version.
 */
#include "config.h"

#include "capture/capture.h"
#include "classify/classify.h"
#include "cmd/version.h"
#include "conf/conf.h"
#include "out/out.h"
#include "sandbox/sandbox.h"
#include "watch/screen.h"
#include "x509/x509.h"

void version_print(FILE *to)
{
	fprintf(to, "%s\nwith %s, %s, %s, %s\noutputs:", PACKAGE_STRING, capture_library_version(),
		classify_library_version(), conf_library_version(), x509_library_version());
	for (size_t i = 0; i < output_count(); i++)
		fprintf(to, " %s", output_at(i)->name);
	fprintf(to, "\ncaptures: pcap pcapng, plain gz zst\nscreen: %s\nfences: %s\n",
		screen_library_version(), fence_library_version());
}

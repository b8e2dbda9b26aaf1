/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jsse: Java's own TLS as client and as server of the lab.
 *
 *	java Jsse.java client ADDRESS PORT NAME [PROTOCOL,... [verify]]  no list: Java's defaults
 *	java Jsse.java server ADDRESS PORT KEYSTORE PROTOCOL,... one connection after the other
 *
 * PROTOCOLs are JSSE's names: SSLv2Hello SSLv3 TLSv1 TLSv1.1 TLSv1.2 TLSv1.3.  The lab's
 * certificates are checked only with "verify".
 */
import java.io.FileInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.Collections;
import javax.net.ssl.*;

public class Jsse {
	public static void main(String[] a) throws Exception {
		/* Old protocols are switched off by policy, not by absence. */
		if (a.length > 4) {
			Security.setProperty("jdk.tls.disabledAlgorithms", "");
			Security.setProperty("jdk.tls.legacyAlgorithms", "");
		}
		if (a[0].equals("client"))
			client(a);
		else
			server(a);
	}

	static void client(String[] a) throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, a.length > 5 ? null : new TrustManager[] { new Trusting() }, null);
		SSLSocket s = (SSLSocket)context.getSocketFactory().createSocket();
		SSLParameters p = s.getSSLParameters();
		p.setServerNames(Collections.singletonList(new SNIHostName(a[3])));
		s.setSSLParameters(p);
		if (a.length > 4)
			s.setEnabledProtocols(a[4].split(","));
		s.connect(new InetSocketAddress(a[1], Integer.parseInt(a[2])), 5000);
		s.getOutputStream().write(("GET / HTTP/1.1\r\nHost: " + a[3] +
			"\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
		s.getInputStream().readAllBytes();
		s.close();
	}

	static void server(String[] a) throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(new FileInputStream(a[3]), "hellotap".toCharArray());
		KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
		keys.init(store, "hellotap".toCharArray());
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys.getKeyManagers(), null, null);
		SSLServerSocket s = (SSLServerSocket)context.getServerSocketFactory()
			.createServerSocket(Integer.parseInt(a[2]), 5, InetAddress.getByName(a[1]));
		s.setEnabledProtocols(a[4].split(","));
		s.setEnabledCipherSuites(s.getSupportedCipherSuites());
		while (true) {
			try (SSLSocket c = (SSLSocket)s.accept()) {
				InputStream in = c.getInputStream();
				in.read(new byte[4096]);
				c.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
					.getBytes(StandardCharsets.US_ASCII));
			} catch (java.io.IOException refused) {
				/* That is the story being recorded. */
			}
		}
	}

	static class Trusting extends X509ExtendedTrustManager {
		public void checkClientTrusted(X509Certificate[] c, String t) { }
		public void checkServerTrusted(X509Certificate[] c, String t) { }
		public void checkClientTrusted(X509Certificate[] c, String t, java.net.Socket s) { }
		public void checkServerTrusted(X509Certificate[] c, String t, java.net.Socket s) { }
		public void checkClientTrusted(X509Certificate[] c, String t, SSLEngine e) { }
		public void checkServerTrusted(X509Certificate[] c, String t, SSLEngine e) { }
		public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
	}
}

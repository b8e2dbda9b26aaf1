// SPDX-License-Identifier: Apache-2.0

// client: Go's crypto/tls as a client of the lab.
//
//	client ADDRESS NAME [VERSION [verify]]
//
// VERSION is 1.0 to 1.3, offered alone; without it, Go's own defaults.  The lab's certificates
// are checked only with "verify".
package main

import (
	"crypto/tls"
	"io"
	"os"
)

func main() {
	a := os.Args[1:]
	c := &tls.Config{ServerName: a[1], InsecureSkipVerify: len(a) < 4}
	if len(a) > 2 {
		c.MinVersion = tls.VersionTLS10 + uint16(a[2][2]-'0')
		c.MaxVersion = c.MinVersion
	}
	s, err := tls.Dial("tcp", a[0], c)
	if err != nil {
		os.Exit(1)
	}
	io.WriteString(s, "GET / HTTP/1.0\r\n\r\n")
	io.Copy(io.Discard, s)
	s.Close()
}

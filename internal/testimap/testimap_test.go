package testimap

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
)

func TestStart(t *testing.T) {
	u := Start(t)
	u.Deliver(t, "", "Subject: one\n\nwords\n")
	conn, err := net.Dial("tcp", u.Plain)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	fmt.Fprintf(conn, "a LOGIN %s %q\r\n", u.Name, u.Password)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(line, "a ") {
			if !strings.HasPrefix(line, "a OK") {
				t.Errorf("logging in: %s", line)
			}
			return
		}
	}
}

package blob

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"
)

// crashEnv names the storage into which a copy of this test binary puts files
// until it is killed.
const crashEnv = "TENET_BLOB_CRASH_CHILD"

// numbered is a file of a few parts, which says in each eight bytes which it is.
func numbered(i int) []byte {
	size := []int{40_000, partSize + 80_000}[i%2]
	return bytes.Repeat(binary.BigEndian.AppendUint64(nil, uint64(i)), size/8)
}

func putUntilKilled(url string) error {
	s, err := Open(context.Background(), url)
	if err != nil {
		return err
	}
	var from int
	if _, err := fmt.Sscan(os.Getenv(crashEnv+"_FROM"), &from); err != nil {
		return err
	}
	for i := from; ; i++ {
		fmt.Println("begin", i)
		if err := s.Put(context.Background(), "dir/pack", bytes.NewReader(numbered(i))); err != nil {
			return err
		}
		fmt.Println("end", i)
	}
}

// Kill a writer at random instants: what is there is the last file that it said
// was put, or the one that it was putting, whole; and what it left behind goes.
func TestKilledWhilePutting(t *testing.T) {
	rounds := 25
	if testing.Short() {
		rounds = 4
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, url string) {
		rng := rand.New(rand.NewPCG(5, 6))
		s := open(t, url)
		begun, ended, swept := 0, 0, 0
		put(t, s, "dir/pack", numbered(0))
		for range rounds {
			child := exec.Command(self)
			child.Env = append(os.Environ(), crashEnv+"="+url, fmt.Sprintf("%s_FROM=%d", crashEnv, begun+1))
			child.Stderr = os.Stderr
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			hear := func() bool {
				if !lines.Scan() {
					return false
				}
				var what string
				var i int
				if _, err := fmt.Sscan(lines.Text(), &what, &i); err != nil {
					t.Fatal(err)
				}
				begun = i
				if what == "end" {
					ended = i
				}
				return true
			}
			for range 1 + rng.IntN(4) {
				if !hear() {
					t.Fatalf("the child ended by itself: %v", child.Wait())
				}
			}
			killer := time.AfterFunc(time.Duration(rng.IntN(40))*time.Millisecond, func() { child.Process.Kill() })
			for hear() {
			}
			killer.Stop()
			child.Process.Kill()
			if err := child.Wait(); err == nil {
				t.Fatal("the child ended by itself")
			}
			r, err := s.Get(t.Context(), "dir/pack")
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			r.Close()
			if err != nil {
				t.Fatal(err)
			}
			i := int(binary.BigEndian.Uint64(got))
			if !bytes.Equal(got, numbered(i)) {
				t.Fatalf("the file is torn: %d bytes of number %d", len(got), i)
			}
			if i != ended && i != begun {
				t.Fatalf("number %d is there; number %d was put, and %d begun", i, ended, begun)
			}
			ended = i
			n, err := s.Sweep(t.Context(), time.Now().Add(time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			swept += n
			if n, err := s.Sweep(t.Context(), time.Now().Add(time.Hour)); n != 0 || err != nil {
				t.Errorf("swept twice: %d, %v", n, err)
			}
			for f, err := range s.List(t.Context(), "") {
				if err != nil || f.Name != "dir/pack" {
					t.Errorf("%v lies there, %v", f, err)
				}
			}
		}
		t.Logf("%d deaths, %d files put, %d leftovers swept", rounds, ended, swept)
	})
}

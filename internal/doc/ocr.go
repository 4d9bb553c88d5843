package doc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// OCR reads the words in pictures with Tesseract, a program that the landlord
// installs or not. Each picture is given to a process of its own, with limits on its time and
// memory; it goes there through a pipe, so that no copy of it is left on a disk.
type OCR struct {
	Program  string        // path of tesseract
	Language string        // of the words: "eng", or several as "eng+cym"
	Time     time.Duration // for one picture; 0 is one minute
}

// installOCR is the mend where pictures cannot be read.
const installOCR = "install Tesseract (on Debian: apt install tesseract-ocr)"

// ErrNoOCR is wrapped by FindOCR where there is no OCR to be had.
var ErrNoOCR = errors.New("there is no OCR")

// FindOCR looks for Tesseract on the PATH, and for the language in it. The error
// says what to install.
func FindOCR(ctx context.Context, language string) (*OCR, error) {
	program, err := exec.LookPath("tesseract")
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrNoOCR, installOCR)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, "--list-langs").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w: tesseract --list-langs: %w", ErrNoOCR, err)
	}
	has := strings.Fields(string(out))
	for _, l := range strings.Split(language, "+") {
		found := false
		for _, h := range has {
			found = found || h == l
		}
		if !found {
			return nil, fmt.Errorf("%w for language %q: install it (on Debian: apt install tesseract-ocr-%s)", ErrNoOCR, l, l)
		}
	}
	return &OCR{Program: program, Language: language}, nil
}

// pixelLimit is the largest picture that is given to Tesseract: an A3 page at 600
// dots to the inch has 70 million.
const pixelLimit = 100_000_000

// text is what the picture says. dpi is its resolution, 0 if that is not known.
func (o *OCR) text(ctx context.Context, picture []byte, dpi int) (string, error) {
	out, err := o.run(ctx, picture, dpi, 4<<20)
	if err != nil {
		return "", err
	}
	text, _ := Decode(out)
	return strings.TrimSpace(strings.ReplaceAll(text, "\f", "\n")), nil
}

// run has Tesseract look at a picture, and returns what it prints: at most so many bytes, in
// the form that config names.
func (o *OCR) run(ctx context.Context, picture []byte, dpi, limit int, config ...string) ([]byte, error) {
	long := o.Time
	if long <= 0 {
		long = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	args := []string{"stdin", "stdout", "-l", o.Language}
	if dpi > 0 {
		args = append(args, "--dpi", strconv.Itoa(dpi))
	}
	cmd := exec.CommandContext(ctx, o.Program, append(args, config...)...)
	cmd.Env = []string{"OMP_THREAD_LIMIT=1", "LC_ALL=C.UTF-8", "PATH=" + os.Getenv("PATH")}
	if dir := os.Getenv("TESSDATA_PREFIX"); dir != "" {
		cmd.Env = append(cmd.Env, "TESSDATA_PREFIX="+dir)
	}
	cmd.Stdin = bytes.NewReader(picture)
	out := &capped{left: limit}
	cmd.Stdout = out
	cmd.WaitDelay = 2 * time.Second
	err := cmd.Start()
	if err == nil {
		confine(cmd.Process.Pid)
		err = cmd.Wait()
	}
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("OCR took longer than the limit of %s", long)
	case err != nil:
		return nil, fmt.Errorf("OCR could make nothing of the picture: %w", err)
	}
	return out.b.Bytes(), nil
}

// capped is a buffer that takes no more than so many bytes.
type capped struct {
	b    bytes.Buffer
	left int
}

func (c *capped) Write(p []byte) (int, error) {
	if c.left -= len(p); c.left < 0 {
		return 0, errors.New("more output than a picture can hold words")
	}
	return c.b.Write(p)
}

// picture reads the words of a picture.
func (w *reading) picture(out *prose, data []byte, t string) error {
	if signature(data[:min(len(data), 512)]) != t {
		switch t {
		case "image/bmp", "image/webp":
		case "image/png", "image/jpeg", "image/gif", "image/tiff":
			return fmt.Errorf("the file is damaged: it does not begin as %s does", t)
		default:
			return fmt.Errorf("%w: %s", ErrUnsupported, t)
		}
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case err == nil && int64(size.Width)*int64(size.Height) > pixelLimit:
		return fmt.Errorf("a picture of %d by %d points, over the limit of %s", size.Width, size.Height, Thousands(pixelLimit))
	case err != nil && !errors.Is(err, image.ErrFormat):
		return fmt.Errorf("the picture is damaged: %w", err)
	}
	if w.ocr == nil {
		out.lost("", "a picture, whose words were not looked for; for that, "+installOCR)
		return nil
	}
	if w.pictures++; w.pictures > w.limits.Pictures {
		return fmt.Errorf("more than %d pictures; this one was not looked into for words", w.limits.Pictures)
	}
	text, err := w.ocr.text(w.ctx, data, 0)
	if err != nil {
		return err
	}
	if text == "" {
		out.note("", "a picture in which no words were found")
		return nil
	}
	out.text(text)
	out.note("", "read by OCR from a picture, which may mistake letters")
	return nil
}

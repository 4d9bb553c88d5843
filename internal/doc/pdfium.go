package doc

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	gopdfium "github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// pdfium is what is asked of PDFium, the PDF reader of Chromium. It runs as WebAssembly: a file that
// breaks it has broken out of nothing. It is given no files, no network, and no
// more memory than pdfPages.
type pdfium interface {
	OpenDocument(*requests.OpenDocument) (*responses.OpenDocument, error)
	FPDF_GetPageCount(*requests.FPDF_GetPageCount) (*responses.FPDF_GetPageCount, error)
	FPDFText_LoadPage(*requests.FPDFText_LoadPage) (*responses.FPDFText_LoadPage, error)
	FPDFText_CountChars(*requests.FPDFText_CountChars) (*responses.FPDFText_CountChars, error)
	FPDFText_GetText(*requests.FPDFText_GetText) (*responses.FPDFText_GetText, error)
	FPDFText_ClosePage(*requests.FPDFText_ClosePage) (*responses.FPDFText_ClosePage, error)
	GetPageTextStructured(*requests.GetPageTextStructured) (*responses.GetPageTextStructured, error)
	GetPageSize(*requests.GetPageSize) (*responses.GetPageSize, error)
	GetMetaData(*requests.GetMetaData) (*responses.GetMetaData, error)
	RenderPageInDPI(*requests.RenderPageInDPI) (*responses.RenderPageInDPI, error)
	FPDFPage_CountObjects(*requests.FPDFPage_CountObjects) (*responses.FPDFPage_CountObjects, error)
	FPDFPage_GetAnnotCount(*requests.FPDFPage_GetAnnotCount) (*responses.FPDFPage_GetAnnotCount, error)
	FPDFPage_GetAnnot(*requests.FPDFPage_GetAnnot) (*responses.FPDFPage_GetAnnot, error)
	FPDFPage_CloseAnnot(*requests.FPDFPage_CloseAnnot) (*responses.FPDFPage_CloseAnnot, error)
	FPDFAnnot_GetStringValue(*requests.FPDFAnnot_GetStringValue) (*responses.FPDFAnnot_GetStringValue, error)
	FPDFDoc_GetAttachmentCount(*requests.FPDFDoc_GetAttachmentCount) (*responses.FPDFDoc_GetAttachmentCount, error)
	FPDFDoc_GetAttachment(*requests.FPDFDoc_GetAttachment) (*responses.FPDFDoc_GetAttachment, error)
	FPDFAttachment_GetName(*requests.FPDFAttachment_GetName) (*responses.FPDFAttachment_GetName, error)
	FPDFAttachment_GetFile(*requests.FPDFAttachment_GetFile) (*responses.FPDFAttachment_GetFile, error)
}

const (
	pdfPages = 8192 // of 64 KiB: 512 MiB of memory for one PDF
	pdfMost  = 2    // PDFs read at one time, in the whole process
)

// pdfiumPool compiles PDFium, which takes some seconds, for the first PDF that is read,
// and keeps it for as long as the process runs. What was compiled is kept on disk for
// the next process, where there is a place for it.
var pdfiumPool = sync.OnceValues(func() (gopdfium.Pool, error) {
	config := wazero.NewRuntimeConfig()
	if dir, ok := compiledDir(); ok {
		if cache, err := wazero.NewCompilationCacheWithDir(dir); err == nil {
			config = config.WithCompilationCache(cache)
		}
	}
	pool, err := webassembly.Init(webassembly.Config{
		Context:  experimental.WithCompilationWorkers(context.Background(), runtime.GOMAXPROCS(0)),
		MaxTotal: pdfMost,
		Stdout:   io.Discard,
		Stderr:   io.Discard,
		FSConfig: wazero.NewFSConfig(), // unless told so, the whole disk is lent to it
		RuntimeConfig: config.
			WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
			WithMemoryLimitPages(pdfPages).
			WithCloseOnContextDone(true),
	})
	if err != nil {
		return nil, fmt.Errorf("start the PDF reader: %w", err)
	}
	return pool, nil
})

// compiledDir is the user's own folder for compiled code. What lies there is run, so
// that a folder into which others may write is not taken, and there is none then.
func compiledDir() (string, bool) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", false
	}
	dir := filepath.Join(base, "tenet")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", false
	}
	info, err := os.Lstat(dir)
	return dir, err == nil && info.IsDir() && info.Mode().Perm()&0o022 == 0
}

// startPDFium is a new PDFium with memory of its own. It is killed when ctx ends; release it
// in any case.
func startPDFium(ctx context.Context) (pdfium, func(), error) {
	pool, err := pdfiumPool()
	if err != nil {
		return nil, nil, err
	}
	instance, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("start the PDF reader: %w", err)
	}
	killed := make(chan struct{})
	spare := context.AfterFunc(ctx, func() {
		defer close(killed)
		instance.Kill()
	})
	release := func() {
		if spare() {
			instance.Close()
			return
		}
		<-killed
	}
	// The wrapper around it cannot be killed while it is being called; what is in it can.
	calls, ok := instance.GetImplementation().(pdfium)
	if !ok {
		release()
		return nil, nil, fmt.Errorf("start the PDF reader: it is not the one that this program was written for")
	}
	return calls, release, nil
}

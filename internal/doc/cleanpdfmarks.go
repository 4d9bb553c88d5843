package doc

import (
	"errors"

	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// unsay takes off a text what the file says that it says (ISO 32000-1, 14.9.4): readers take that in the place of the
// letters that are to be seen, and it may be anything.
func (r *redrawn) unsay(text references.FPDF_PAGEOBJECT) error {
	n, err := r.FPDFPageObj_CountMarks(&requests.FPDFPageObj_CountMarks{PageObject: text})
	if err != nil {
		return nil // none
	}
	for i := n.Count - 1; i >= 0; i-- {
		m, err := r.FPDFPageObj_GetMark(&requests.FPDFPageObj_GetMark{PageObject: text, Index: uint64(i)})
		if err != nil {
			return err
		}
		says, err := r.says(m.Mark)
		if err != nil {
			return err
		}
		if !says {
			continue
		}
		// The mark of a layer is left: without it, a layer that is off would be seen.
		if name, err := r.FPDFPageObjMark_GetName(&requests.FPDFPageObjMark_GetName{PageObjectMark: m.Mark}); err != nil || name.Name == "OC" {
			return errors.New("a layer that says what its text is")
		}
		if _, err := r.FPDFPageObj_RemoveMark(&requests.FPDFPageObj_RemoveMark{PageObject: text, PageObjectMark: m.Mark}); err != nil {
			return err
		}
	}
	return nil
}

// says reports whether a mark on a text says what it says.
func (r *redrawn) says(mark references.FPDF_PAGEOBJECTMARK) (bool, error) {
	n, err := r.FPDFPageObjMark_CountParams(&requests.FPDFPageObjMark_CountParams{PageObjectMark: mark})
	if err != nil {
		return false, nil // none
	}
	for i := range n.Count {
		k, err := r.FPDFPageObjMark_GetParamKey(&requests.FPDFPageObjMark_GetParamKey{PageObjectMark: mark, Index: uint64(i)})
		if err != nil {
			return false, err
		}
		if k.Key == "ActualText" {
			return true, nil
		}
	}
	return false, nil
}

package doc

func (w *reading) pdf(out *prose, data []byte) error { return ErrUnsupported }

package doc

func readMSG(data []byte, b *budget, w *reading) (*Mail, error) { return nil, ErrUnsupported }

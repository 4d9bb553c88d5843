package blob

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

var (
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	regionName = regexp.MustCompile(`^[A-Za-z0-9-]{1,32}$`)
)

// openBucket reads the URL of a bucket. No error of it repeats the URL, which may
// hold a key that does not belong there.
func openBucket(raw string, attempts int) (*bucket, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("the URL of the bucket cannot be read: write it as s3://BUCKET/PREFIX?endpoint=https://HOST")
	}
	if u.User != nil {
		return nil, errors.New("the URL of a bucket has no user and no key in it: put them into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and take them out of the URL")
	}
	if !bucketName.MatchString(u.Host) {
		return nil, fmt.Errorf("%.80q is not the name of a bucket: 3 to 63 of small letters, digits, dots and hyphens, as in s3://tenet-packs", u.Host)
	}
	prefix := strings.Trim(u.Path, "/")
	if prefix != "" {
		if err := CheckName(prefix); err != nil {
			return nil, fmt.Errorf("the prefix in the bucket: %w", err)
		}
		prefix += "/"
	}
	q, err := settings(u.RawQuery)
	if err != nil {
		return nil, err
	}
	o := minio.Options{Region: "us-east-1", MaxRetries: attempts, Transport: transport()}
	host := "s3.amazonaws.com"
	o.Secure = true
	if e := q["endpoint"]; e != "" {
		if host, o.Secure, err = endpoint(e); err != nil {
			return nil, err
		}
	}
	if r := q["region"]; r != "" {
		if !regionName.MatchString(r) {
			return nil, errors.New("region: not the name of a region, such as eu-west-2")
		}
		o.Region = r
	}
	if p := q["path-style"]; p != "" {
		yes, err := strconv.ParseBool(p)
		if err != nil {
			return nil, errors.New("path-style: true, where the server wants the bucket in the path, or false, where it wants it in the host's name")
		}
		o.BucketLookup = minio.BucketLookupDNS
		if yes {
			o.BucketLookup = minio.BucketLookupPath
		}
	}
	if o.Creds, err = keys(q); err != nil {
		return nil, err
	}
	c, err := minio.New(host, &o)
	if err != nil {
		return nil, errors.New("endpoint: not an address of a server, such as https://s3.example.org")
	}
	return &bucket{minio.Core{Client: c}, u.Host, prefix}, nil
}

// settings are the parameters of the URL, each known and given once.
func settings(query string) (map[string]string, error) {
	const known = "endpoint region path-style access-key secret-key session-token"
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, errors.New("the URL of the bucket cannot be read after the ?: write it as endpoint=https://HOST&region=NAME")
	}
	q := map[string]string{}
	for k, v := range values {
		if !strings.Contains(" "+known+" ", " "+k+" ") {
			return nil, fmt.Errorf("the URL of a bucket has no parameter %.40q; it has %s", k, strings.ReplaceAll(known, " ", ", "))
		}
		if len(v) != 1 {
			return nil, fmt.Errorf("%s stands in the URL %d times", k, len(v))
		}
		q[k] = v[0]
	}
	return q, nil
}

// endpoint is the host of a server's URL, and whether it speaks TLS. Without TLS
// a server is believed on this machine only.
func endpoint(raw string) (host string, secure bool, err error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return "", false, errors.New("endpoint: give the server alone, such as endpoint=https://s3.example.org")
	}
	switch u.Scheme {
	case "https":
		return u.Host, true, nil
	case "http":
		ip, err := netip.ParseAddr(u.Hostname())
		if u.Hostname() == "localhost" || err == nil && ip.IsLoopback() {
			return u.Host, false, nil
		}
		return "", false, errors.New("endpoint: http: is for a server on this machine; use https: (its certificate is checked against the system's, and those of SSL_CERT_FILE)")
	}
	return "", false, errors.New("endpoint: begins with https:, such as https://s3.example.org")
}

// keys are the access keys, from the environment.
func keys(q map[string]string) (*credentials.Credentials, error) {
	read := func(parameter, usual string, must bool) (string, error) {
		variable := usual
		if given := q[parameter]; given != "" {
			name, ok := strings.CutPrefix(given, "env:")
			if !ok || name == "" {
				return "", fmt.Errorf("%s: no key stands in a URL: put it into the environment, and write %s=env:NAME", parameter, parameter)
			}
			variable, must = name, true
		}
		value := os.Getenv(variable)
		if value == "" && must {
			return "", fmt.Errorf("the environment variable %.80q is not set: it is to hold the %s of the bucket", variable, strings.ReplaceAll(parameter, "-", " "))
		}
		return value, nil
	}
	access, err1 := read("access-key", "AWS_ACCESS_KEY_ID", true)
	secret, err2 := read("secret-key", "AWS_SECRET_ACCESS_KEY", true)
	session, err3 := read("session-token", "AWS_SESSION_TOKEN", false)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	return credentials.NewStaticV4(access, secret, session), nil
}

const (
	dialTimeout  = 10 * time.Second
	stallTimeout = time.Minute // without a byte either way
)

// transport gives up on a server that has fallen silent.
func transport() *http.Transport {
	dialer := net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return &patient{c}, nil
		},
		MaxIdleConnsPerHost:   16,
		IdleConnTimeout:       30 * time.Second,
		TLSHandshakeTimeout:   dialTimeout,
		ExpectContinueTimeout: 10 * time.Second,
		DisableCompression:    true, // A file is what it is.
	}
}

// patient is a connection that waits for its other end, and not for ever.
type patient struct{ net.Conn }

func (p *patient) Read(b []byte) (int, error) {
	p.SetReadDeadline(time.Now().Add(stallTimeout))
	return p.Conn.Read(b)
}

func (p *patient) Write(b []byte) (int, error) {
	p.SetWriteDeadline(time.Now().Add(stallTimeout))
	return p.Conn.Write(b)
}

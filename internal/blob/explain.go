package blob

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"

	"github.com/minio/minio-go/v7"
)

// mends says of each code of S3 what it means and what to do.
var mends = map[string]string{
	"NoSuchBucket":                 "the bucket does not exist: make it, or correct the URL",
	"AccessDenied":                 "the server refuses: allow the key s3:GetObject, s3:PutObject, s3:DeleteObject, s3:ListBucket and s3:AbortMultipartUpload on this bucket",
	"AllAccessDisabled":            "the server refuses everybody: ask whoever runs the bucket",
	"InvalidAccessKeyId":           "the server does not know the access key: correct it in the environment",
	"SignatureDoesNotMatch":        "the secret key is not that of the access key: correct it in the environment",
	"ExpiredToken":                 "the session token has expired: set a new one and start Tenet again",
	"InvalidToken":                 "the session token is not valid: set a new one and start Tenet again",
	"RequestTimeTooSkewed":         "the clocks of this machine and of the server differ by too much: have both kept by NTP",
	"AuthorizationHeaderMalformed": "the server expects another region: set region=NAME in the URL",
	"SlowDown":                     "the server has too much to do: it was asked several times; do it again later",
	"ServiceUnavailable":           "the server is not available: it was asked several times; do it again later",
	"InternalError":                "the server has a fault of its own: it was asked several times; do it again later",
	"BadDigest":                    "the bytes arrived altered, and were refused: do it again; if it lasts, look at the network or the proxy between",
	"IncompleteBody":               "the bytes did not all arrive, and were refused: do it again",
	"EntityTooLarge":               "the server does not take a file of this size",
	"QuotaExceeded":                "the bucket has no room left: make room or raise its quota",
	"NoSuchUpload":                 "the upload was given up while it ran: do it again",
	"PermanentRedirect":            "the bucket lies at another endpoint: set endpoint=https://HOST and region=NAME in the URL",
}

// alike are codes that mean what another does.
var alike = map[string]string{
	"ExpiredTokenException": "ExpiredToken", "TokenRefreshRequired": "ExpiredToken", "InvalidTokenId": "InvalidToken",
	"XAmzContentSHA256Mismatch": "BadDigest", "InvalidDigest": "BadDigest", "XAmzContentChecksumMismatch": "BadDigest",
	"SlowDownRead": "SlowDown", "SlowDownWrite": "SlowDown", "Throttling": "SlowDown", "ThrottlingException": "SlowDown",
	"RequestLimitExceeded": "SlowDown", "TooManyRequests": "SlowDown",
	"XMinioStorageFull": "QuotaExceeded", "InsufficientStorage": "QuotaExceeded", "XMinioAdminBucketQuotaExceeded": "QuotaExceeded",
	"XAdminUserNotFound": "InvalidAccessKeyId", "TemporaryRedirect": "PermanentRedirect", "AuthorizationQueryParametersError": "AuthorizationHeaderMalformed",
	"RequestExpired": "RequestTimeTooSkewed",
}

var safeCode = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9.]{0,60}$`)

// code is the code of a server's answer, as one word that can be shown; "" where
// there was no answer.
func code(err error) string {
	var r minio.ErrorResponse
	if !errors.As(err, &r) {
		return ""
	}
	if !safeCode.MatchString(r.Code) {
		return fmt.Sprintf("HTTP%d", r.StatusCode)
	}
	return r.Code
}

// explain says what an error of the library or the server means. It repeats the
// code of the answer and never its words, which are not ours to trust.
func explain(err error) error {
	if err == nil {
		return nil
	}
	c := code(err)
	if c == "NoSuchKey" {
		return ErrNotFound
	}
	if c != "" {
		kind := c
		if k, ok := alike[c]; ok {
			kind = k
		} else if strings.HasPrefix(c, "HTTP") {
			kind = map[string]string{"HTTP429": "SlowDown", "HTTP500": "InternalError", "HTTP502": "ServiceUnavailable", "HTTP503": "ServiceUnavailable", "HTTP504": "ServiceUnavailable", "HTTP507": "QuotaExceeded"}[c]
		}
		if words, ok := mends[kind]; ok {
			return fmt.Errorf("%s (%s)", words, c)
		}
		return fmt.Errorf("the server refused with %s", c)
	}
	var u *url.Error
	if errors.As(err, &u) { // Its URL adds nothing.
		err = u.Err
	}
	var op *net.OpError
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	switch {
	case errors.As(err, &cert):
		return fmt.Errorf("the server's certificate is not believed: add its authority to the system's, or name its file in SSL_CERT_FILE: %w", cert.Err)
	case errors.As(err, &dns):
		return fmt.Errorf("the server's name %.100q is not known: correct the endpoint, or see to the network", dns.Name)
	case errors.As(err, &op) && op.Op == "dial":
		return fmt.Errorf("the server cannot be reached: start it, correct the endpoint, or see to the network: %w", err)
	case strings.Contains(err.Error(), "closed by foreign host"), errors.As(err, &op):
		return errors.New("the connection to the server broke off, several times: do it again later; if it lasts, look at the network or the proxy between")
	}
	return err
}

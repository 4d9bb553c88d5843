package source

import (
	"context"
	"crypto/tls"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	goora "github.com/sijms/go-ora/v2"
	"github.com/sijms/go-ora/v2/network"
)

// oracle is Oracle Database from 12.1 on.
type oracle struct {
	schema string // whose tables go by their bare names; empty for the login's own
}

// oracleSession is what each session begins with: what values look like as text, and what compares equal, must not
// depend on the login's country.
var oracleSession = []string{
	`ALTER SESSION SET NLS_LANGUAGE = 'ENGLISH' NLS_TERRITORY = 'UNITED KINGDOM' NLS_NUMERIC_CHARACTERS = '.,' NLS_SORT = BINARY NLS_COMP = BINARY NLS_LENGTH_SEMANTICS = CHAR`,
	`ALTER SESSION SET TIME_ZONE = 'UTC'`,
}

func newOracle(b base, rawURL string) (Source, error) {
	dsn, secure, schema, err := oracleConfig(rawURL, b.opts.Limits.Statement)
	if err != nil {
		return nil, b.fail("", "opening", err)
	}
	c := inTime{goora.NewDriver(), b.opts.Limits.Statement, func(d *dialer) (driver.Connector, error) {
		c, ok := goora.NewConnector(dsn).(*goora.OracleConnector)
		if !ok {
			return nil, errors.New("the driver's connector is of another kind than it was")
		}
		if secure != nil {
			c.WithTLSConfig(secure)
		}
		c.Dialer(d)
		return c, nil
	}}
	return newServer(b, oracle{schema}, session{c, oracleSession}), nil
}

// oracleConfig reads a URL. TLS has a port of its own on this engine, so that it is done only
// where the URL asks for it.
func oracleConfig(rawURL string, timeout time.Duration) (dsn string, secure *tls.Config, schema string, err error) {
	u, err := readServerURL(rawURL, "oracle://USER:env:NAME@HOST:1521/SERVICE, with ?schema=OWNER for whose tables go by their bare names", "1521", "schema")
	if err != nil {
		return "", nil, "", err
	}
	port, err := strconv.ParseUint(u.port, 10, 16)
	if err != nil {
		return "", nil, "", errors.New("the port in the URL is none")
	}
	options := map[string]string{
		"PROGRAM": "tenet", "PREFETCH_ROWS": strconv.Itoa(pageRows),
		"CONNECT TIMEOUT": strconv.Itoa(max(int(min(timeout, 15*time.Second).Seconds()), 1)),
	}
	if u.tls != nil && !u.plaintext {
		secure = u.tls
		options["SSL"] = "enable"
		options["SSL VERIFY"] = strings.ToUpper(strconv.FormatBool(!u.tls.InsecureSkipVerify))
	}
	return goora.BuildUrl(u.host, int(port), u.database, u.user, u.password, options), secure, u.more["schema"], nil
}

func (oracle) engine() string { return "oracle" }

func (oracle) quote(name string) string { return quoteIdent(name) }

func (oracle) param(n int) string { return ":" + strconv.Itoa(n) }

func (oracle) first(n int) string { return " FETCH FIRST " + strconv.Itoa(n) + " ROWS ONLY" }

func (oracle) begin(ctx context.Context, c *sql.Conn) (string, error) {
	_, err := c.ExecContext(ctx, "SET TRANSACTION READ ONLY")
	return "read only", err
}

func (oracle) end(ctx context.Context, c *sql.Conn) error {
	_, err := c.ExecContext(ctx, "ROLLBACK")
	return err
}

// stop has nothing to do: the driver tells the server of it when it gives up.
func (oracle) stop(context.Context, *sql.DB, string) {}

func (oracle) explain(err error) (mend string, plain error) {
	var oe *network.OracleError
	if !errors.As(err, &oe) {
		return "", nil
	}
	message, _, _ := strings.Cut(oe.Error(), " error occur at position") // as the driver puts it
	plain = fmt.Errorf("%s (ORA-%05d)", quoted.ReplaceAllString(strings.TrimPrefix(message, fmt.Sprintf("ORA-%05d: ", oe.ErrCode)), "'…'"), oe.ErrCode)
	unreachable := fmt.Errorf("%w: %w", ErrUnreachable, plain)
	switch oe.ErrCode {
	case 1017, 1005, 1045, 28000, 28001, 28040:
		return "check the user and the password, and GRANT CREATE SESSION to Tenet's login", fmt.Errorf("%w: %w", ErrRefused, plain)
	case 12505, 12514, 12516, 12528:
		return "check the service's name in the URL", unreachable
	case 1033, 1034, 1089, 12541, 12170, 20, 18, 2391:
		return "try again later, or allow the login more connections", unreachable
	case 28, 1012, 3113, 3114, 3135, 12537, 12547, 12571:
		return "try again; if it goes on, see the server's log", fmt.Errorf("%w: the connection was lost", ErrUnreachable)
	case 942, 1031:
		return "GRANT SELECT on the table to Tenet's login", plain
	case 54, 4021, 30006:
		return "another program holds the table locked; try again later", fmt.Errorf("%w: %w", errSlow, plain)
	case 1013:
		return "raise the source's time-out, or give the table a key or an index", fmt.Errorf("%w: %w", errSlow, plain)
	case 1555, 1466:
		return "the table was changed while it was read, and what it was is no longer kept; scan it again", plain
	}
	return "", plain
}

func (oracle) dropped(err error) bool {
	var oe *network.OracleError
	if errors.As(err, &oe) {
		switch oe.ErrCode {
		case 28, 1012, 1033, 1089, 3113, 3114, 3135, 12537, 12547, 12571:
			return true
		}
	}
	return false
}

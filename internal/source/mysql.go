package source

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// mysqlDialect is MariaDB and MySQL.
type mysqlDialect struct {
	limit time.Duration // of a statement
}

func newMySQL(b base, rawURL string) (Source, error) {
	conf, err := mysqlConfig(rawURL, b.opts.Limits.Statement)
	if err != nil {
		return nil, b.fail("", "opening", err)
	}
	c, err := mysql.NewConnector(conf)
	if err != nil {
		return nil, b.fail("", "opening", errors.New("the driver does not take the URL's parts"))
	}
	d := mysqlDialect{b.opts.Limits.Statement}
	seconds := int(math.Ceil(d.limit.Seconds()))
	s := newServer(b, d, session{c, []string{
		// What values look like as text, and what compares equal, must not depend on the
		// server's settings. A reader who takes his time over rows must not lose the connection.
		fmt.Sprintf("SET SESSION sql_mode = '', time_zone = '+00:00', lock_wait_timeout = %d, innodb_lock_wait_timeout = %[1]d, net_write_timeout = 3600, wait_timeout = 28800", seconds),
		d.timeLimit(d.limit),
		"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
	}})
	s.kept = newStatements(s.db, mysqlKept)
	return s, nil
}

// mysqlKept is how much SQL of lookups stays prepared in the server, in bytes: a few
// hundred statements for each idle connection, of the 16,382 that it allows to
// all its clients unless told otherwise.
const mysqlKept = 128 << 10

// mysqlConfig reads a URL.
func mysqlConfig(rawURL string, timeout time.Duration) (*mysql.Config, error) {
	u, err := readServerURL(rawURL, "mysql://USER:env:NAME@HOST:3306/DATABASE or mysql://USER@/DATABASE?socket=/run/mysqld/mysqld.sock", "3306", "socket")
	if err != nil {
		return nil, err
	}
	conf := mysql.NewConfig()
	conf.User, conf.Passwd, conf.DBName = u.user, u.password, u.database
	conf.Net, conf.Addr = "tcp", net.JoinHostPort(u.host, u.port)
	conf.TLS, conf.AllowFallbackToPlaintext = u.tls, u.plaintext
	if socket := u.more["socket"]; socket != "" {
		conf.Net, conf.Addr, conf.TLS = "unix", socket, nil
	}
	conf.Timeout = min(timeout, 15*time.Second)
	conf.Collation = "utf8mb4_general_ci"
	conf.ConnectionAttributes = "program_name:tenet"
	conf.Logger = log.New(io.Discard, "", 0) // what goes wrong comes back as an error
	return conf, nil
}

func (mysqlDialect) engine() string { return "mysql" }

func (mysqlDialect) quote(name string) string {
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}

func (mysqlDialect) param(int) string { return "?" }

func (mysqlDialect) first(n int) string { return " LIMIT " + strconv.Itoa(n) }

// timeLimit sets how long a statement may take. MariaDB and MySQL each leave out the
// comment that is for the other.
func (mysqlDialect) timeLimit(d time.Duration) string {
	return fmt.Sprintf("SET SESSION sql_select_limit = DEFAULT /*M!100100 , max_statement_time = %.3f */ /*!50708 , max_execution_time = %d */", d.Seconds(), d.Milliseconds())
}

// begin takes the time limit off: the server's clock would run on while the
// reader takes its time over rows. Ours does not, and stop does what the server's would.
func (m mysqlDialect) begin(ctx context.Context, c *sql.Conn) (string, error) {
	var id string
	if err := c.QueryRowContext(ctx, "SELECT CONNECTION_ID()").Scan(&id); err != nil {
		return "", err
	}
	for _, stmt := range []string{m.timeLimit(0), "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"} {
		if _, err := c.ExecContext(ctx, stmt); err != nil {
			return "", err
		}
	}
	return id, nil
}

func (m mysqlDialect) end(ctx context.Context, c *sql.Conn) error {
	for _, stmt := range []string{"ROLLBACK", m.timeLimit(m.limit)} {
		if _, err := c.ExecContext(ctx, stmt); err != nil {
			return err
		}
	}
	return nil
}

// stop is needed because the server does not look whether anyone is still
// there until it has a row to send. A user may stop what is his own.
func (mysqlDialect) stop(ctx context.Context, db *sql.DB, session string) {
	if _, err := strconv.ParseUint(session, 10, 64); err == nil {
		db.ExecContext(ctx, "KILL QUERY "+session)
	}
}

// quoted is what stands in quotation marks in a server's message, which may be a
// value, and a value may hold such marks itself: O'Hara.
var quoted = regexp.MustCompile(`(?s)'.*'|".*"`)

func (mysqlDialect) explain(err error) (mend string, plain error) {
	var me *mysql.MySQLError
	if !errors.As(err, &me) {
		if errors.Is(err, mysql.ErrInvalidConn) {
			return "try again; if it goes on, see the server's log", fmt.Errorf("%w: the connection was lost", ErrUnreachable)
		}
		if errors.Is(err, mysql.ErrNoTLS) {
			return "let the server use TLS, or put tls=false into the URL if nobody else is on the line", fmt.Errorf("%w: the server offers no TLS", ErrUnreachable)
		}
		return "", nil
	}
	plain = fmt.Errorf("%s (error %d)", quoted.ReplaceAllString(me.Message, "'…'"), me.Number)
	unreachable := fmt.Errorf("%w: %w", ErrUnreachable, plain)
	switch me.Number {
	case 1045, 1698, 1251, 1820, 1862, 3118, 4151:
		return "check the user, the password and the hosts that the user may come from", fmt.Errorf("%w: %w", ErrRefused, plain)
	case 1044:
		return "GRANT SELECT on the database to Tenet's login, and check its name in the URL", fmt.Errorf("%w: %w", ErrRefused, plain)
	case 1049:
		return "check the database's name in the URL", unreachable
	case 1040, 1203, 1226:
		return "try again later, or allow the login more connections", unreachable
	case 1129, 1130:
		return "let the server take connections from this machine", unreachable
	case 1142, 1143, 1370:
		return "GRANT SELECT on the table to Tenet's login; a view needs a definer who may still read what it shows", plain
	case 1356, 1449:
		return "mend or drop the view in the database", plain
	case 1205:
		return "another program holds the table locked; try again later", fmt.Errorf("%w: %w", errSlow, plain)
	case 1969, 3024, 1317:
		return "raise the source's time-out, or give the table a key or an index", fmt.Errorf("%w: %w", errSlow, plain)
	case 1412:
		return "the table was changed while it was read; scan it again", plain
	}
	return "", plain
}

func (mysqlDialect) dropped(err error) bool {
	if errors.Is(err, mysql.ErrInvalidConn) {
		return true
	}
	var me *mysql.MySQLError
	if errors.As(err, &me) {
		switch me.Number {
		case 1053, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 4031: // shutting down, killed, left idle too long
			return true
		}
	}
	return false
}

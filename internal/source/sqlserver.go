package source

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/msdsn"
)

// sqlServer is Microsoft SQL Server from 2016 on, and Azure SQL.
type sqlServer struct{}

func newSQLServer(b base, rawURL string) (Source, error) {
	conf, err := sqlServerConfig(rawURL, b.opts.Limits.Statement)
	if err != nil {
		return nil, b.fail("", "opening", err)
	}
	// Run each time a connection is used again, which resets it. What values look like as text
	// must not depend on the login's language.
	setup := fmt.Sprintf("SET LANGUAGE us_english; SET DATEFORMAT ymd; SET TEXTSIZE -1; SET ANSI_NULLS ON; SET ANSI_PADDING ON; SET ANSI_WARNINGS ON;"+
		" SET QUOTED_IDENTIFIER ON; SET CONCAT_NULL_YIELDS_NULL ON; SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCK_TIMEOUT %d", b.opts.Limits.Statement.Milliseconds())
	return newServer(b, sqlServer{}, inTime{&mssql.Driver{}, b.opts.Limits.Statement, func(d *dialer) (driver.Connector, error) {
		c := mssql.NewConnectorConfig(conf)
		c.SessionInitSQL, c.Dialer = setup, d
		return c, nil
	}}), nil
}

func sqlServerConfig(rawURL string, timeout time.Duration) (msdsn.Config, error) {
	u, err := readServerURL(rawURL, "sqlserver://USER:env:NAME@HOST:1433/DATABASE, with ?instance=NAME for an instance that has no port of its own", "", "instance")
	if err != nil {
		return msdsn.Config{}, err
	}
	conf, err := msdsn.Parse("sqlserver://localhost?encrypt=disable") // for what the driver takes by default
	if err != nil {
		return msdsn.Config{}, err
	}
	conf.Host, conf.Instance, conf.Database = u.host, u.more["instance"], u.database
	conf.User, conf.Password = u.user, u.password
	if u.port != "" {
		if conf.Port, err = strconv.ParseUint(u.port, 10, 16); err != nil {
			return msdsn.Config{}, errors.New("the port in the URL is none")
		}
	} else if conf.Instance == "" {
		conf.Port = 1433
	}
	if u.tls != nil {
		// Every version of the server that is read here offers TLS, so that none need do without.
		conf.Encryption, conf.TLSConfig = msdsn.EncryptionRequired, u.tls
		conf.TLSConfig.DynamicRecordSizingDisabled = true // which the server does not understand
	}
	conf.AppName = "tenet"
	conf.DialTimeout = min(timeout, 15*time.Second)
	conf.ReadOnlyIntent = true
	return conf, nil
}

func (sqlServer) engine() string { return "sqlserver" }

func (sqlServer) quote(name string) string {
	return "[" + strings.ReplaceAll(name, "]", "]]") + "]"
}

func (sqlServer) param(n int) string { return "@p" + strconv.Itoa(n) }

func (sqlServer) first(n int) string {
	return " OFFSET 0 ROWS FETCH NEXT " + strconv.Itoa(n) + " ROWS ONLY"
}

// begin takes a snapshot where the database's owner has allowed it. Elsewhere
// each page of rows is of its own moment, and has only rows that were committed.
func (sqlServer) begin(ctx context.Context, c *sql.Conn) (string, error) {
	var id string
	var allowed bool
	if err := c.QueryRowContext(ctx, "SELECT @@SPID, CASE snapshot_isolation_state WHEN 1 THEN 1 ELSE 0 END FROM sys.databases WHERE database_id = DB_ID()").Scan(&id, &allowed); err != nil {
		return "", err
	}
	if allowed {
		if _, err := c.ExecContext(ctx, "SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRANSACTION"); err != nil {
			return "", err
		}
	}
	return id, nil
}

func (sqlServer) end(ctx context.Context, c *sql.Conn) error {
	_, err := c.ExecContext(ctx, "IF @@TRANCOUNT > 0 ROLLBACK; SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
	return err
}

// stop has nothing to do: the driver tells the server of it when it gives up.
func (sqlServer) stop(context.Context, *sql.DB, string) {}

func (sqlServer) explain(err error) (mend string, plain error) {
	var me mssql.Error
	var broken mssql.StreamError
	switch {
	case errors.As(err, &me):
	case errors.As(err, &broken):
		return "try again; if it goes on, see the server's log", fmt.Errorf("%w: the connection was lost", ErrUnreachable)
	default:
		return "", nil
	}
	plain = fmt.Errorf("%s (error %d)", quoted.ReplaceAllString(me.Message, "'…'"), me.Number)
	unreachable := fmt.Errorf("%w: %w", ErrUnreachable, plain)
	switch me.Number {
	case 18456, 18452, 18470, 18486, 18487, 18488:
		return "check the user and the password, and that the server takes SQL Server logins", fmt.Errorf("%w: %w", ErrRefused, plain)
	case 4060, 916, 911:
		return "check the database's name in the URL, and CREATE USER in it for Tenet's login", unreachable
	case 40615, 40914:
		return "let the server's firewall take connections from this machine", unreachable
	case 40501, 40613, 40197, 10928, 10929, 17809, 6005:
		return "try again later, or allow the login more connections", unreachable
	case 978, 979:
		return "name a replica in the URL that may be read", unreachable
	case 229, 230, 300:
		return "GRANT SELECT on the table to Tenet's user", plain
	case 1222, 1205:
		return "another program holds the table locked; try again later", fmt.Errorf("%w: %w", errSlow, plain)
	case 3961, 3964:
		return "the table was changed while it was read; scan it again", plain
	}
	return "", plain
}

func (sqlServer) dropped(err error) bool {
	var broken mssql.StreamError
	var me mssql.Error
	if errors.As(err, &me) {
		switch me.Number {
		case 596, 6005, 40197, 40613: // killed, shutting down, moved
			return true
		}
	}
	return errors.As(err, &broken)
}

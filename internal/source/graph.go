package source

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"

	"tenet/internal/rows"
)

// graph is mailboxes of Microsoft 365 through Microsoft Graph, as an application that may
// read them (client credentials). It asks by GET alone, but for the token.
//
// A message is known by its mailbox and its immutable id, which it keeps when it is moved
// to another folder of the same mailbox.
type graph struct {
	base
	caller    *graphCaller
	mailboxes []string // nil: all that the tenant has
	schema    *rows.Schema

	mu    sync.Mutex
	paths map[string]map[string]string // of folders, by mailbox and id
}

const graphExample = "graph:TENANT?mailbox=housing@example.org&client=CLIENT-ID&secret=env:NAME, with mailbox= for each or mailboxes=all"

func newGraph(b base, rest string) (Source, error) {
	fail := func(err error) (Source, error) {
		return nil, b.fail("", "opening", fmt.Errorf("%w; the URL should be like %s", err, graphExample))
	}
	tenant, query, _ := strings.Cut(rest, "?")
	q, err := url.ParseQuery(query)
	if err != nil || tenant == "" || strings.ContainsAny(tenant, "/:#%\\ ") {
		return fail(errors.New("the URL names no tenant, or cannot be read"))
	}
	for name := range q {
		if !slices.Contains([]string{"mailbox", "mailboxes", "client", "secret", "login", "api"}, name) {
			return fail(fmt.Errorf("the URL has a parameter %q that is not known", name))
		}
	}
	g := &graph{base: b, schema: &rows.Schema{Source: b.name, Engine: "graph", Tables: mailTables()}, paths: map[string]map[string]string{}}
	for _, m := range q["mailbox"] {
		for m := range strings.SplitSeq(m, ",") {
			if m = strings.ToLower(strings.TrimSpace(m)); m != "" && !slices.Contains(g.mailboxes, m) {
				g.mailboxes = append(g.mailboxes, m)
			}
		}
	}
	slices.Sort(g.mailboxes)
	if all := q.Get("mailboxes"); all != "" && all != "all" || (all == "all") == (len(g.mailboxes) > 0) {
		return fail(errors.New("the URL must name mailboxes, or say mailboxes=all, and not both"))
	}
	c := newGraphCaller(b.opts, tenant)
	for name, into := range map[string]*string{"client": &c.client, "secret": &c.secret} {
		*into = q.Get(name)
		env, ok := strings.CutPrefix(*into, "env:")
		if ok {
			if *into, ok = os.LookupEnv(env); !ok {
				return fail(fmt.Errorf("the URL takes its %s from the environment variable %s, which is not set", name, env))
			}
		} else if name == "secret" && *into != "" {
			return fail(errors.New("a secret does not belong in the URL: put it into an environment variable, and secret=env:NAME into the URL"))
		}
		if *into == "" {
			return fail(fmt.Errorf("the URL says no %s", name))
		}
	}
	for name, into := range map[string]*string{"login": &c.login, "api": &c.api} {
		if v := q.Get(name); v != "" {
			if !isLoopback(v) {
				return fail(fmt.Errorf("%s= in the URL is for tests, and takes an address of this machine alone", name))
			}
			*into = strings.TrimRight(v, "/")
		}
	}
	g.caller = c
	return g, nil
}

// redactGraph is the URL with its secret only where that is the name of a variable.
func redactGraph(rest string) string {
	tenant, query, ok := strings.Cut(rest, "?")
	q, err := url.ParseQuery(query)
	if !ok || err != nil {
		return "graph:…"
	}
	for _, v := range q["secret"] {
		if !strings.HasPrefix(v, "env:") {
			q["secret"] = []string{"xxxxx"}
		}
	}
	return "graph:" + tenant + "?" + q.Encode()
}

// isLoopback says whether a URL leads to this machine, by its number.
func isLoopback(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && ip.IsLoopback()
}

func (g *graph) Close() error {
	g.caller.http.CloseIdleConnections()
	return nil
}

func (g *graph) Schema(context.Context) (*rows.Schema, error) { return g.schema, nil }

// Fingerprint is always empty: Graph does not say cheaply whether any message of a mailbox
// has come or gone.
func (g *graph) Fingerprint(_ context.Context, table string) (string, error) {
	if g.schema.Table(table) == nil {
		return "", g.fail(table, "fingerprinting", ErrNoTable)
	}
	return "", nil
}

// The replies of Graph, as much of them as is read (learn.microsoft.com/graph/api/resources:
// user, mailFolder, message, attachment).
type (
	graphUser struct {
		ID   string `json:"id"`
		Name string `json:"userPrincipalName"`
	}
	graphFolder struct {
		ID       string `json:"id"`
		Name     string `json:"displayName"`
		Children int    `json:"childFolderCount"`
		Items    int    `json:"totalItemCount"`
	}
	graphAddress struct {
		EmailAddress struct{ Name, Address string } `json:"emailAddress"`
	}
	graphMessage struct {
		ID             string         `json:"id"`
		Conversation   string         `json:"conversationId"`
		MessageID      string         `json:"internetMessageId"`
		Subject        string         `json:"subject"`
		From           *graphAddress  `json:"from"`
		Sender         *graphAddress  `json:"sender"`
		To             []graphAddress `json:"toRecipients"`
		Cc             []graphAddress `json:"ccRecipients"`
		Bcc            []graphAddress `json:"bccRecipients"`
		Sent           string         `json:"sentDateTime"`
		Received       string         `json:"receivedDateTime"`
		Folder         string         `json:"parentFolderId"`
		HasAttachments bool           `json:"hasAttachments"`
		Body           struct {
			Type    string `json:"contentType"`
			Content string `json:"content"`
		} `json:"body"`
		Headers []struct{ Name, Value string } `json:"internetMessageHeaders"`
	}
	graphAttachment struct {
		Kind   string `json:"@odata.type"`
		ID     string `json:"id"`
		Name   string `json:"name"`
		Type   string `json:"contentType"`
		Size   int64  `json:"size"`
		Inline bool   `json:"isInline"`
	}
)

const graphSelect = "id,conversationId,internetMessageId,subject,from,sender,toRecipients,ccRecipients,bccRecipients,sentDateTime,receivedDateTime,parentFolderId,hasAttachments,body,internetMessageHeaders"

// boxes lists the mailboxes by name.
func (g *graph) boxes(ctx context.Context) ([]string, error) {
	if g.mailboxes != nil {
		return g.mailboxes, nil
	}
	var out []string
	err := graphList(ctx, g.caller, "/users?$select=id,userPrincipalName&$top=999", func(u graphUser) error {
		if u.Name == "" {
			u.Name = u.ID
		}
		out = append(out, strings.ToLower(u.Name))
		return nil
	})
	slices.Sort(out)
	return slices.Compact(out), err
}

func userPath(mailbox string) string { return "/users/" + url.PathEscape(mailbox) }

const (
	graphDeep    = 64     // folders in folders
	graphFolders = 20_000 // of one mailbox
)

// folders lists the folders of a mailbox with their paths, those that are hidden and what
// was deleted and can still be recovered included.
func (g *graph) folders(ctx context.Context, mailbox string) ([]string, map[string]string, error) {
	var ids []string
	paths := map[string]string{}
	var list func(path, under string, depth int) error
	take := func(f graphFolder, under string, depth int) error {
		if _, seen := paths[f.ID]; seen || f.ID == "" {
			return nil
		}
		if len(ids) >= graphFolders || depth > graphDeep {
			return errors.New("there are more folders than can be, or deeper ones")
		}
		path := strings.ReplaceAll(f.Name, "/", "∕")
		if under != "" {
			path = under + "/" + path
		}
		ids, paths[f.ID] = append(ids, f.ID), path
		if f.Children == 0 {
			return nil
		}
		return list(userPath(mailbox)+"/mailFolders/"+url.PathEscape(f.ID)+"/childFolders", path, depth+1)
	}
	const fields = "?includeHiddenFolders=true&$select=id,displayName,childFolderCount,totalItemCount&$top=100"
	list = func(path, under string, depth int) error {
		var found []graphFolder
		err := graphList(ctx, g.caller, path+fields, func(f graphFolder) error {
			found = append(found, f)
			return nil
		})
		for _, f := range found {
			if err == nil {
				err = take(f, under, depth)
			}
		}
		return err
	}
	if err := list(userPath(mailbox)+"/mailFolders", "", 0); err != nil {
		return nil, nil, err
	}
	var recoverable graphFolder // which no list of folders shows
	err := g.caller.get(ctx, userPath(mailbox)+"/mailFolders/recoverableitemsdeletions?$select=id,displayName,childFolderCount,totalItemCount", &recoverable)
	var no *graphError
	switch {
	case errors.As(err, &no) && no.status == 404:
	case err != nil:
		return nil, nil, err
	default:
		if err := take(recoverable, "", 0); err != nil {
			return nil, nil, err
		}
	}
	g.mu.Lock()
	g.paths[mailbox] = paths
	g.mu.Unlock()
	return ids, paths, nil
}

// folderOf is the path of a folder, of which the mailbox is asked once.
func (g *graph) folderOf(ctx context.Context, mailbox, id string) (string, error) {
	g.mu.Lock()
	path, ok := g.paths[mailbox][id]
	g.mu.Unlock()
	if ok {
		return path, nil
	}
	_, paths, err := g.folders(ctx, mailbox)
	return paths[id], err
}

func (g *graph) Scan(ctx context.Context, table string, opt ScanOptions) iter.Seq2[rows.Row, error] {
	return g.rows(ctx, table, opt.Columns, nil)
}

func (g *graph) Lookup(ctx context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	if t := g.schema.Table(table); t != nil {
		if err := checkWhere(t, where); err != nil {
			return one(g.fail(table, "looking up", err))
		}
	}
	return g.rows(ctx, table, nil, where)
}

func (g *graph) rows(ctx context.Context, table string, columns []string, where []rows.Match) iter.Seq2[rows.Row, error] {
	t := g.schema.Table(table)
	if t == nil {
		return one(g.fail(table, "reading", ErrNoTable))
	}
	shown, err := narrow(t, t.Key, columns)
	if err != nil {
		return one(g.fail(table, "reading", err))
	}
	return func(yield func(rows.Row, error) bool) {
		last := ""
		visit := func(mailbox string, gm graphMessage, path string) error {
			l, m, err := g.message(ctx, mailbox, gm, path, t.Name == attachmentTable)
			if err != nil {
				return err
			}
			more := g.mailRows(ctx, t, l, m, func(r rows.Row) bool {
				last = r.ID()
				if !matches(r, where) {
					return true
				}
				g.reportLost(r)
				return yield(project(r, shown), nil)
			})
			if !more {
				return errEnough
			}
			return ctx.Err()
		}
		if id, ok := wanted(t, where); ok {
			err = g.single(ctx, id, visit)
		} else {
			err = g.each(ctx, visit)
		}
		if err != nil && err != errEnough {
			e := g.failed(table, "reading", err)
			e.After = last
			yield(rows.Row{}, e)
		}
	}
}

// single visits the message of an id, if there is one.
func (g *graph) single(ctx context.Context, id string, visit func(string, graphMessage, string) error) error {
	mailbox, id, ok := strings.Cut(id, "/")
	if !ok || id == "" {
		return nil
	}
	boxes, err := g.boxes(ctx)
	if err != nil || !slices.Contains(boxes, mailbox) {
		return err
	}
	var m graphMessage
	err = g.caller.get(ctx, userPath(mailbox)+"/messages/"+url.PathEscape(id)+"?$select="+graphSelect, &m)
	var no *graphError
	if errors.As(err, &no) && (no.status == 404 || no.code == "ErrorInvalidIdMalformed") {
		return nil
	}
	if err != nil {
		return err
	}
	path, err := g.folderOf(ctx, mailbox, m.Folder)
	if err != nil {
		return err
	}
	return visit(mailbox, m, path)
}

// each visits every message: mailbox by mailbox, folder by folder. One that was moved meanwhile
// may be met twice, and is visited once.
func (g *graph) each(ctx context.Context, visit func(string, graphMessage, string) error) error {
	boxes, err := g.boxes(ctx)
	if err != nil {
		return err
	}
	for _, mailbox := range boxes {
		ids, paths, err := g.folders(ctx, mailbox)
		var no *graphError
		if errors.As(err, &no) && (no.status == 404 || no.status == 403) && len(boxes) > 1 {
			g.report(Problem{Table: messageTable, Key: mailbox, Why: "the mailbox cannot be read: " + no.Error(), Mend: no.mend()})
			continue
		}
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, id := range ids {
			err := graphList(ctx, g.caller, userPath(mailbox)+"/mailFolders/"+url.PathEscape(id)+"/messages?$select="+graphSelect+"&$top=50", func(m graphMessage) error {
				if m.ID == "" || seen[m.ID] {
					return nil
				}
				seen[m.ID] = true
				return visit(mailbox, m, paths[id])
			})
			if errors.As(err, &no) && no.status == 404 {
				g.report(Problem{Table: messageTable, Key: mailbox + "/" + paths[id], Why: "the folder is gone since the folders were listed"})
				continue
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Check takes a token and looks at every mailbox.
func (g *graph) Check(ctx context.Context) (Health, error) {
	h := Health{Engine: "Microsoft Graph", Login: g.caller.client, Tables: len(g.schema.Tables)}
	problem := func(why, mend string) { h.Problems = append(h.Problems, Problem{Source: g.name, Why: why, Mend: mend}) }
	boxes, err := g.boxes(ctx)
	if err != nil {
		return h, g.failed("", "checking", err)
	}
	if len(boxes) == 0 {
		problem("the tenant lists no users", "grant the application User.Read.All")
	}
	for _, mailbox := range boxes {
		var page struct{}
		err := g.caller.get(ctx, userPath(mailbox)+"/mailFolders?$top=1", &page)
		var no *graphError
		if errors.As(err, &no) {
			problem("the mailbox "+mailbox+" cannot be read: "+no.Error(), no.mend())
		} else if err != nil {
			return h, g.failed("", "checking", err)
		}
	}
	if more := g.caller.writes(); len(more) > 0 {
		problem("the application may do more than read: "+strings.Join(more, ", "), "take these permissions away from it in Microsoft Entra; Mail.Read and User.Read.All are enough")
		h.Writable = []string{messageTable}
	} else {
		h.ReadOnly = true
	}
	return h, nil
}

// failed sorts what can go wrong into what people can do about it.
func (g *graph) failed(table, doing string, err error) *Error {
	e := g.fail(table, doing, err)
	var no *graphError
	if e.Mend == "" && errors.As(err, &no) {
		e.Mend = no.mend()
	}
	return e
}

// Package blob is where packs and evidence lie: whole files under names, in a
// folder of this machine or in S3-compatible storage, whichever the URL says.
//
//	file:/srv/tenet/packs     or a plain path
//	s3://BUCKET/PREFIX?endpoint=https://s3.example.org&region=eu-west-2&path-style=true
//
// It knows nothing of what the files are. What must not be read by whoever runs
// the storage is sealed before it comes here.
//
// # What holds for both
//
// [Store.Put] is whole or not at all: whoever reads, at any time and after any
// death of the writer, sees the old file or the new one. When Put has returned
// nil the file is on the disk, or the server has confirmed a SHA-256 of each
// part of it. When it has returned an error the old or the new one is there.
// Memory is bounded: a folder needs a few kilobytes, a bucket one part of 8 MiB
// for each Put that runs. What a killed writer leaves behind is out of sight
// and out of the way; [Store.Sweep] removes it.
//
// A name is made of one or more parts with "/" between them, each of letters,
// digits, ".", "_" and "-", beginning with a letter or digit. No name is also the
// folder of another, and no two differ in case alone: some file systems cannot
// keep them apart.
//
// # Secrets
//
// The keys of a bucket come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
// AWS_SESSION_TOKEN, or from other variables that the URL names:
// access-key=env:NAME, secret-key=env:NAME, session-token=env:NAME. A URL with a
// key in it is refused, and no error repeats one, nor what a server wrote: only
// the code of its answer and what to do about it. They are read when the store
// is opened; a session token that expires needs another start.
//
// # Deleting
//
// [Store.Delete] removes a file. A bucket that keeps versions keeps the old ones,
// and a file system or its backups may keep snapshots. [Store.Check] sees the
// former and says so; the latter are the operator's to expire.
package blob
